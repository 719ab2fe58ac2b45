"""Set offers that share units: the classes of those units, and every set that could be made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.domain.candidate import Candidate
from agent.domain.goods import GoodsFinder
from agent.domain.packing import Packer, Packing
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.set_choices import SetChoice, UnitClass, list_choices, lone_sets
from agent.domain.worksheet import COUNT, EXACT, FINE, LEFT, Worksheet


class Listed:
    """What was worked out for some offers on some classes of units: the same wherever they meet in one quote."""

    __slots__ = ("choices", "complete", "packer", "tied")

    def __init__(self) -> None:
        self.choices: list[SetChoice] | None = None
        # False where there are too many sets to list them all.
        self.complete = True
        self.packer: Packer | None = None
        # For a best packing, the others that take as much.
        self.tied: dict[Packing, list[Packing]] = {}


class SetShop:
    """The classes of units that some set offers compete for, and their possible sets."""

    def __init__(
        self,
        classes: list[UnitClass],
        offers: Sequence[Candidate],
        members: list[list[list[int]]],
        known: dict[object, Listed],
    ) -> None:
        self.classes = classes
        self.offers = list(offers)
        # For each offer and part, the classes whose units it may use.
        self._members = members
        self._known = known
        self._listed: Listed | None = None
        # The best sets where a single offer has the units to itself; None where sets have to be searched.
        self.lone = lone_sets(offers[0], members[0], classes) if len(offers) == 1 else None

    @property
    def choices(self) -> list[SetChoice]:
        """Every possible set, listed when it is first asked for."""
        listed = self.listed
        if listed.choices is None:
            listed.choices = []
            for offer, members in zip(self.offers, self._members, strict=True):
                complete = list_choices(listed.choices, self.classes, offer, members)
                listed.complete = complete and listed.complete
        return listed.choices

    @property
    def complete(self) -> bool:
        """Whether all possible sets are among those that were listed."""
        return self.listed.complete

    @property
    def listed(self) -> Listed:
        """What is known of the sets of these offers on such classes."""
        if self._listed is None:
            figures = [
                (each.left, each.exact, each.keeps, each.roles, each.capacity) for each in self.classes
            ]
            self._listed = self._known.setdefault((*self.offers, *figures), Listed())
        return self._listed

    def classes_on(self, sheet: Worksheet, other: Worksheet) -> list[UnitClass]:
        """The same classes with the units of another sheet, a copy of the one that they were read from."""
        there = {
            id(run): other.runs[place][at]
            for place in {place for each in self.classes for place, _run in each.units}
            for at, run in enumerate(sheet.runs[place])
        }
        return [
            UnitClass(
                each.left,
                each.exact,
                each.keeps,
                each.roles,
                [(place, there[id(run)]) for place, run in each.units],
                each.capacity,
            )
            for each in self.classes
        ]


def set_shop(
    offers: Sequence[Candidate],
    sheet: Worksheet,
    finder: GoodsFinder,
    keeps: Mapping[int, int],
    tags: Mapping[int, int],
    known: dict[object, Listed],
) -> SetShop:
    """The classes and possible sets of these offers, on what is left now.

    `keeps` says for each line how much of a discount later offers leave (10^-12; 10^12 where it is missing), `tags`
    tells lines apart that later offers or rules treat differently, and `known` is kept for the whole quote.
    """
    parts = [_part_places(offer, finder) for offer in offers]
    roles: dict[int, int] = {}
    bit = 1
    for places_of_parts in parts:
        for places in places_of_parts:
            for place in places:
                roles[place] = roles.get(place, 0) | bit
            bit <<= 1
    by_key: dict[tuple[int, int, int, int], UnitClass] = {}
    for place in sorted(roles):
        for run in sheet.runs[place]:
            if not run[LEFT]:
                continue
            kept = keeps.get(place, FINE)
            key = (-run[LEFT], -run[EXACT], roles[place], tags.get(place, 0))
            found = by_key.get(key)
            if found is None:
                found = by_key[key] = UnitClass(run[LEFT], run[EXACT], kept, roles[place])
            found.units.append((place, run))
            found.capacity += run[COUNT]
    # The dearest first, so that the last units of a set are its cheapest.
    classes = [by_key[key] for key in sorted(by_key)]
    members: list[list[list[int]]] = []
    bit = 1
    for places_of_parts in parts:
        of_offer: list[list[int]] = []
        for _places in places_of_parts:
            of_offer.append([number for number, each in enumerate(classes) if each.roles & bit])
            bit <<= 1
        members.append(of_offer)
    return SetShop(classes, offers, members, known)


def _part_places(offer: Candidate, finder: GoodsFinder) -> list[tuple[int, ...]]:
    reward = offer.reward
    if isinstance(reward, Bundle):
        return [finder.places(part.goods, "discount") for part in reward.parts]
    if isinstance(reward, BuyGet):
        return [finder.places(reward.buy, "discount"), finder.places(reward.goods, "discount")]
    if isinstance(reward, CheapestOf):
        return [finder.places(reward.goods, "discount")]
    raise TypeError("not a set offer")
