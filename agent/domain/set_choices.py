"""The sets that an offer could make of some units, and what each would bring.

Units are merged into classes: units that cost the same and that no later offer or rule tells apart are one class
with a capacity, so that twelve equal bottles are no harder than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement
from typing import Final

from agent.domain.candidate import SETS, Candidate
from agent.domain.packing import Column, Use
from agent.domain.rates import millionths
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.worksheet import FINE, WHOLE, Chosen

# More possible sets than this are not all tried.
MAX_COLUMNS: Final = 3_000


@dataclass(slots=True)
class UnitClass:
    """Equal units: what is left of each, how much of a discount on them later offers leave (in 10^-12)."""

    left: int
    exact: int
    keeps: int
    roles: int
    units: list[Chosen] = field(default_factory=list)
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class SetChoice:
    """One possible set of a candidate: the units that it uses, and those of them that are discounted."""

    candidate: Candidate
    uses: tuple[Use, ...]
    given: tuple[Use, ...]
    value: int

    def column(self, owner: int) -> Column:
        return Column(owner, self.uses, self.value)


def list_choices(
    choices: list[SetChoice], classes: Sequence[UnitClass], offer: Candidate, members: list[list[int]]
) -> bool:
    """Add every set of the offer that takes something off; false where there are too many."""
    seen: set[tuple[tuple[Use, ...], tuple[Use, ...]]] = set()
    tried = 0
    for given, others in _sets(offer, members, classes):
        tried += 1
        if len(choices) >= MAX_COLUMNS or tried > 10 * MAX_COLUMNS:
            return False
        uses = _counted((*given, *others))
        if any(classes[number].capacity < count for number, count in uses):
            continue
        discounted = _counted(given)
        if (uses, discounted) in seen:
            continue
        seen.add((uses, discounted))
        value = _value(offer, discounted, classes)
        if value > 0:
            choices.append(SetChoice(offer, uses, discounted, value))
    return True


def _sets(
    offer: Candidate, members: list[list[int]], classes: Sequence[UnitClass]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every set as (class of each unit given, class of each other unit)."""
    reward = offer.reward
    if isinstance(reward, CheapestOf):
        for units in combinations_with_replacement(members[0], reward.of):
            yield from _cheapest(units, reward.units, classes)
    elif isinstance(reward, BuyGet):
        for bought in combinations_with_replacement(members[0], reward.buy_units):
            for count in range(1, reward.units + 1):
                for given in combinations_with_replacement(members[1], count):
                    yield given, bought
    elif isinstance(reward, Bundle):
        yield from ((units, ()) for units in _bundles(reward, members, 0, ()))


def _cheapest(
    units: tuple[int, ...], count: int, classes: Sequence[UnitClass]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The `count` cheapest of these units, dearest first, and the others; of equally cheap ones each in turn.

    Equal units of two classes are not the same to later offers.
    """
    given, others = units[-count:], units[:-count]
    price = (classes[given[0]].left, classes[given[0]].exact)
    equal = [unit for unit in units if (classes[unit].left, classes[unit].exact) == price]
    if equal[0] == equal[-1]:
        yield given, others
        return
    dearer, cheaper = units[: units.index(equal[0])], units[units.index(equal[0]) + len(equal) :]
    for some in dict.fromkeys(combinations(equal, count - len(cheaper))):
        left = list(equal)
        for unit in some:
            left.remove(unit)
        yield (*some, *cheaper), (*dearer, *left)


def _bundles(
    reward: Bundle, members: list[list[int]], part: int, units: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    if part == len(reward.parts):
        yield units
        return
    for more in combinations_with_replacement(members[part], reward.parts[part].units):
        yield from _bundles(reward, members, part + 1, (*units, *more))


def _counted(units: tuple[int, ...]) -> tuple[Use, ...]:
    counts: dict[int, int] = {}
    for number in units:
        counts[number] = counts.get(number, 0) + 1
    return tuple(sorted(counts.items()))


def _value(offer: Candidate, given: tuple[Use, ...], classes: Sequence[UnitClass]) -> int:
    """What a set takes off in the end, in 10^-12 of a minor unit."""
    reward = offer.reward
    if isinstance(reward, Bundle):
        left = sum(count * classes[number].left for number, count in given)
        saving = left - reward.price_minor
        if saving <= 0:
            return 0
        kept = sum(count * classes[number].left * classes[number].keeps for number, count in given)
        return -(-saving * kept // left)
    rate = millionths(reward.rate) if isinstance(reward, CheapestOf | BuyGet) else 0
    if rate == WHOLE:
        return sum(count * classes[number].left * classes[number].keeps for number, count in given)
    top = sum(count * classes[number].exact * classes[number].keeps for number, count in given)
    return -(-top * rate // (WHOLE * FINE))


def lone_sets(
    offer: Candidate, members: list[list[int]], classes: Sequence[UnitClass]
) -> list[SetChoice] | None:
    """The best sets of an offer that has its units to itself, without a search; None where that is not certain.

    Dearest units first: the cheapest of a set is then as dear as it can be, and every further set brings less.
    """
    if len({each.keeps for each in classes}) > 1:
        return None
    reward = offer.reward
    groups: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    if isinstance(reward, CheapestOf):
        units = _expanded(members[0], classes)
        for begin in range(0, len(units) - reward.of + 1, reward.of):
            group = units[begin : begin + reward.of]
            groups.append(
                (tuple(group[reward.of - reward.units :]), tuple(group[: reward.of - reward.units]))
            )
    elif isinstance(reward, Bundle):
        if any(set(one) & set(other) for at, one in enumerate(members) for other in members[:at]):
            return None
        columns = [_expanded(each, classes) for each in members]
        sizes = [part.units for part in reward.parts]
        for number in range(min(len(units) // size for units, size in zip(columns, sizes, strict=True))):
            parts = [
                units[number * size : (number + 1) * size] for units, size in zip(columns, sizes, strict=True)
            ]
            groups.append((tuple(unit for part in parts for unit in part), ()))
    elif isinstance(reward, BuyGet):
        if set(members[0]) & set(members[1]):
            return None
        bought, given = _expanded(members[0], classes)[::-1], _expanded(members[1], classes)
        sets = min(len(bought) // reward.buy_units, -(-len(given) // reward.units))
        groups = [
            (
                tuple(given[number * reward.units : (number + 1) * reward.units]),
                tuple(bought[number * reward.buy_units : (number + 1) * reward.buy_units]),
            )
            for number in range(sets)
        ]
    if isinstance(reward, SETS) and reward.max_sets:
        groups = groups[: reward.max_sets]
    found: list[SetChoice] = []
    for group_given, others in groups:
        discounted = _counted(group_given)
        value = _value(offer, discounted, classes)
        if value <= 0:
            break
        found.append(SetChoice(offer, _counted((*group_given, *others)), discounted, value))
    return found


def _expanded(members: Sequence[int], classes: Sequence[UnitClass]) -> list[int]:
    """The class of each unit, dearest first."""
    return [number for number in members for _unit in range(classes[number].capacity)]
