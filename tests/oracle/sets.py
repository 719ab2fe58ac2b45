"""Every way in which set offers can make sets of the units that are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, permutations
from typing import NamedTuple

from agent.domain.goods import Goods
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from tests.oracle.goods import Shelf, Unit, Units
from tests.oracle.standing import Candidate

# How many units of each kind (alike in line and figures, so that swapping them changes nothing).
Counts = tuple[int, ...]


class MadeSet(NamedTuple):
    """A possible set: what it takes, and which units of it lose something."""

    uses: Counts
    loses: Counts


class Made(NamedTuple):
    """What one offer's sets come to: the units that lose something, and how many sets there are."""

    loses: Counts
    sets: int


# For each offer what its sets come to.
Outcome = tuple[Made, ...]


def outcomes(
    offers: Sequence[Candidate], shelf: Shelf, units: Units
) -> Iterator[list[tuple[list[int], int]]]:
    """For every way of making sets, for each offer: the places of the units that lose something, and its sets.

    Ways that come to the same for every offer are one.
    """
    kinds = list(dict.fromkeys(units))
    places = {kind: [at for at, unit in enumerate(units) if unit == kind] for kind in kinds}
    possible = [sorted(_possible_sets(offer, shelf, units, kinds)) for offer in offers]
    counted = [_counts_sets(offer) for offer in offers]
    most = [getattr(offer.reward, "max_sets", 0) or len(units) for offer in offers]
    nothing = tuple(Made((0,) * len(kinds), 0) for _ in offers)

    @cache
    def ways(free: Counts) -> frozenset[Outcome]:
        """All outcomes with these units: the first of them is in no set, or in one of the sets that it can be in."""
        first = next((number for number, count in enumerate(free) if count), None)
        if first is None:
            return frozenset({nothing})
        found = set(ways((*free[:first], free[first] - 1, *free[first + 1 :])))
        for number, sets in enumerate(possible):
            for one in sets:
                if not one.uses[first] or any(a > b for a, b in zip(one.uses, free, strict=True)):
                    continue
                for rest in ways(tuple(b - a for a, b in zip(one.uses, free, strict=True))):
                    made = rest[number]
                    if made.sets < most[number]:
                        loses = tuple(a + b for a, b in zip(made.loses, one.loses, strict=True))
                        more = Made(loses, made.sets + counted[number])
                        found.add((*rest[:number], more, *rest[number + 1 :]))
        return frozenset(found)

    for outcome in ways(tuple(len(places[kind]) for kind in kinds)):
        taken: Counter[Unit] = Counter()
        told: list[tuple[list[int], int]] = []
        for made in outcome:
            chosen: list[int] = []
            for kind, count in zip(kinds, made.loses, strict=True):
                chosen += places[kind][taken[kind] : taken[kind] + count]
                taken[kind] += count
            told.append((sorted(chosen), made.sets))
        yield told


def _counts_sets(offer: Candidate) -> int:
    """1 where the number of sets matters: to a bundle's price, or to a limit of sets."""
    return int(isinstance(offer.reward, Bundle) or bool(getattr(offer.reward, "max_sets", 0)))


def _possible_sets(offer: Candidate, shelf: Shelf, units: Units, kinds: list[Unit]) -> set[MadeSet]:
    def of(goods: Goods) -> list[int]:
        lines = shelf.among(goods)
        return [at for at, unit in enumerate(units) if unit.line in lines and unit.left > 0]

    def counts(chosen: Sequence[int]) -> Counts:
        found = Counter(units[at] for at in chosen)
        return tuple(found[kind] for kind in kinds)

    reward = offer.reward
    found: set[MadeSet] = set()
    if isinstance(reward, CheapestOf):
        for whole in combinations(of(reward.goods), reward.of):
            for given in combinations(whole, reward.units):
                others = [(units[at].left, units[at].exact) for at in whole if at not in given]
                if max((units[at].left, units[at].exact) for at in given) <= min(others):
                    found.add(MadeSet(counts(whole), counts(given)))
    elif isinstance(reward, BuyGet):
        for bought in combinations(of(reward.buy), reward.buy_units):
            free = [at for at in of(reward.goods) if at not in bought]
            for size in range(1, reward.units + 1):
                for given in combinations(free, size):
                    found.add(MadeSet(counts((*bought, *given)), counts(given)))
    elif isinstance(reward, Bundle):
        wanted = [part.goods for part in reward.parts for _ in range(part.units)]
        able = [set(of(goods)) for goods in wanted]
        for whole in combinations(sorted(set().union(*able)), len(wanted)):
            if sum(units[at].left for at in whole) <= reward.price_minor:
                continue
            if any(
                all(at in fit for at, fit in zip(order, able, strict=True)) for order in permutations(whole)
            ):
                found.add(MadeSet(counts(whole), counts(whole)))
    return found
