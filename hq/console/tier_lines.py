"""A member's tier on the console: where they stand, what is missing, how they came there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from agent.domain.tiers import TierChange
from hq.console import words
from hq.devices.models import Store
from hq.programs import publishing
from hq.tiers.models import TierByHand, TierStanding

_CHANGES: Final = msgspec.json.Decoder(tuple[TierChange, ...])
_WHY: Final = {"reached": _("Reached"), "review": _("Review"), "by_hand": _("By hand")}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One step of the history, newest first. `said`: who and why, of one made by hand."""

    change: TierChange
    why: str
    said: str


@dataclass(frozen=True, slots=True)
class StandingLines:
    """The standing with its amounts in words."""

    standing: TierStanding
    progress: str
    missing: str
    history: tuple[ChangeLine, ...]


def standing_lines(account_id: uuid.UUID) -> StandingLines | None:
    """Where the account stands, None where no tiers are counted."""
    standing = TierStanding.objects.filter(pk=account_id).first()
    if standing is None:
        return None
    by_hand: dict[object, str] = {
        one.on_date: f"{one.changed_by}: {one.reason}" if one.changed_by else ""
        for one in TierByHand.objects.filter(account_id=account_id).order_by("at_ms", "pk")
    }
    return StandingLines(
        standing,
        _amount(standing.counts, standing.progress),
        _amount(standing.counts, standing.missing),
        tuple(
            ChangeLine(
                change,
                str(_WHY[change.why]),
                by_hand.get(change.on, "") if change.why == "by_hand" else "",
            )
            for change in reversed(_CHANGES.decode(bytes(standing.changes)))
        ),
    )


def tiers_in_force() -> list[str]:
    """The tiers of the programs in force, lowest first."""
    programs = publishing.active()
    program = programs.tiers if programs is not None else None
    return [level.tier for level in program.tiers.levels] if program is not None and program.tiers else []


def _amount(counts: str, amount: int) -> str:
    if counts == "points":
        return words.whole(amount)
    programs = publishing.active()
    store = Store.objects.filter(currency=programs.currency).first() if programs is not None else None
    return words.money(amount, store.currency_exponent if store else 2)
