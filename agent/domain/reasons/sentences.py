"""Why a program gives nothing, for the cashier, for the member, or for HQ."""

from __future__ import annotations

from typing import Final

from agent.domain.quote import Refusal
from agent.domain.reasons import for_cashier, for_hq, for_member
from agent.domain.reasons.for_cashier import Words
from agent.domain.reasons.gives import what_it_gives
from agent.domain.reasons.voice import Reader, Voice

__all__ = ["READERS", "SENTENCES", "Reader", "what_it_gives", "why_not"]

READERS: Final[tuple[Reader, ...]] = ("cashier", "member", "hq")
# reader -> code -> its words, and those that differ where stamps are counted. A test holds every code to each.
SENTENCES: Final[dict[Reader, dict[str, Words]]] = {
    "cashier": for_cashier.SENTENCES,
    "member": for_member.SENTENCES,
    "hq": for_hq.SENTENCES,
}
_OF_STAMPS: Final[dict[Reader, dict[str, Words]]] = {
    "cashier": for_cashier.OF_STAMPS,
    "member": for_member.OF_STAMPS,
    "hq": for_hq.OF_STAMPS,
}


def why_not(refusal: Refusal, reader: Reader, voice: Voice, *, in_stamps: bool = False) -> str:
    """Why a program gives nothing. `in_stamps`: what it costs is counted in stamps.

    A code of a newer engine, which has no words here, is told as it is.
    """
    words = _OF_STAMPS[reader].get(refusal.code) if in_stamps else None
    words = words or SENTENCES[reader].get(refusal.code)
    return words(refusal, voice) if words is not None else refusal.code
