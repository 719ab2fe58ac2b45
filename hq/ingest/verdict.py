"""What became of an entry: posted, posted with a shortfall, or held for a person. "No" is an answer, so it has a type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["posted", "shortfall", "quarantined"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is stable (docs of the console's words: hq/console/words.py), `detail` one sentence with figures."""

    state: State
    code: str = ""
    detail: str = ""


POSTED = Verdict("posted")


def held(code: str, detail: str) -> Verdict:
    """The entry waits in quarantine."""
    return Verdict("quarantined", code, detail)
