"""Set offers that can make no set of a basket, or none that takes anything off: they are nothing to any deal.

Nothing gives a unit back its price, so what list prices do not allow is never possible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.worksheet import COUNT, LIST


def without_idle_sets(
    basis: Basis, candidates: Sequence[Candidate], conflicts: Collection[Candidate]
) -> Sequence[Candidate]:
    """The candidates that may matter. Who excludes others, or has conditions to be told about, stays."""
    idle = {
        one
        for one in candidates
        if one.is_set
        and one not in conflicts
        and not one.program.conditions
        and not (could_make_a_set(basis, one) and _could_save(basis, one))
    }
    return [one for one in candidates if one not in idle] if idle else candidates


def could_make_a_set(basis: Basis, one: Candidate) -> bool:
    """Whether the basket has the units for one set."""
    units, reward = basis.situation.units, one.reward
    if isinstance(reward, CheapestOf):
        return units(reward.goods) >= reward.of
    if isinstance(reward, BuyGet):
        bought, given = units(reward.buy), units(reward.goods)
        return bought >= reward.buy_units and given > 0 and (bought > reward.buy_units or _apart(basis, one))
    if isinstance(reward, Bundle):
        return all(units(part.goods) >= part.units for part in reward.parts)
    return True


def _apart(basis: Basis, one: Candidate) -> bool:
    """Whether some goods that are given are none that have to be bought."""
    reward, finder = one.reward, basis.situation.finder
    if not isinstance(reward, BuyGet):
        return True
    bought = set(finder.places(reward.buy, "discount"))
    return any(
        place not in bought and basis.lines[place].extended_minor > 0
        for place in finder.places(reward.goods, "discount")
    )


def _could_save(basis: Basis, one: Candidate) -> bool:
    """Whether the dearest units of each part cost more than the bundle."""
    reward = one.reward
    if not isinstance(reward, Bundle):
        return True
    finder = basis.situation.finder
    dearest = sum(_dearest(basis, finder.places(part.goods, "discount"), part.units) for part in reward.parts)
    return dearest > reward.price_minor


def _dearest(basis: Basis, places: Iterable[int], units: int) -> int:
    """What so many of the dearest units of these lines cost."""
    runs = basis.situation.sheet.runs
    total = 0
    for price, count in sorted(
        ((run[LIST], run[COUNT]) for place in places for run in runs[place]), reverse=True
    ):
        total += price * min(count, units)
        units -= min(count, units)
    return total
