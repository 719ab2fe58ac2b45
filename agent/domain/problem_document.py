"""A refusal as a JSON problem, in the members of RFC 9457 (problem details), for programs that call Regulars.

`title` is the same for every problem of a `type`; `detail` is this one, in whole sentences; `code` is stable; `path` is the
JSON path of the field at fault, "" for the whole document or where no document is at fault.
"""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError

_TYPE: Final = "urn:regulars:problem:"
UNNAMED: Final = "not_possible"


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The problem's members, in the order in which they are written."""

    type: str
    title: str
    detail: str
    code: str
    path: str


def problem_document(error: LoyaltyError) -> ProblemDocument:
    """What a refused call answers with."""
    code = error.code or UNNAMED
    return ProblemDocument(
        type=_TYPE + code,
        title=_titles().get(code, _("The basket cannot be priced.")),
        detail=f"{error.title} {error.advice}".strip(),
        code=code,
        path=error.path,
    )


def _titles() -> dict[str, str]:
    return {
        "bad_quote_input": _("The quote_input cannot be used."),
        "bad_program_set": _("The program set cannot be used."),
        "other_program_set": _("The basket names another program set."),
        "other_engine": _("The basket was priced by another engine."),
        "no_program_set": _("There is no program set."),
        "cannot_read": _("A file cannot be read."),
    }
