"""A member brings a friend: both get points after the friend's first qualifying purchase."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, Final

import msgspec

from agent.domain.bounds import MAX_LINE_MINOR, ProgramId
from agent.domain.problems import Problem

# No 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V: what a receipt says is typed right by somebody who reads it aloud.
LETTERS: Final = "ACDEFGHJKMNPQRTWXY34679"
CODE_LENGTH: Final = 8

_Points = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class Referral(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="referral",
):
    """`referrer_points` and `friend_points` of the program `points_of`.

    A friend's purchase qualifies where what was paid, less what came back, reaches `min_spend_minor`, `within_days` of
    joining (0: whenever). `most_friends` bounds what one member can be rewarded for (0: no bound). `on_receipt`:
    members' receipts print their code.
    """

    points_of: ProgramId
    referrer_points: _Points = 0
    friend_points: _Points = 0
    min_spend_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0
    within_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0
    most_friends: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    on_receipt: bool = True

    def problem(self) -> Problem | None:
        if not (self.referrer_points or self.friend_points):
            return Problem("referrer_points", _("must be above 0 where `friend_points` is 0"))
        return None


def code_of(digest: bytes) -> str:
    """Eight letters made of a keyed hash: seven of it, and one that tells a typing mistake."""
    number = int.from_bytes(digest[:16], "big")
    letters = []
    for _letter in range(CODE_LENGTH - 1):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters) + _check_letter("".join(letters))


def normal_code(text: str) -> str:
    """A code as it was typed: without spaces and hyphens, in capitals. "" where it is no code of ours."""
    told = "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text if c not in " -\t")
    if len(told) != CODE_LENGTH or any(letter not in LETTERS for letter in told):
        return ""
    return told if _check_letter(told[:-1]) == told[-1] else ""


def shown_code(code: str) -> str:
    """As people read it: ACDE-FGHJ."""
    return f"{code[:4]}-{code[4:]}" if len(code) == CODE_LENGTH else code


def _check_letter(letters: str) -> str:
    """Each place weighs differently, and the alphabet's size is a prime: one wrong letter, or two swapped, are seen."""
    total = sum((place + 1) * LETTERS.index(letter) for place, letter in enumerate(letters))
    return LETTERS[total % len(LETTERS)]
