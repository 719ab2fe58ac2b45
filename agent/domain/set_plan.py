"""One component of set offers: its best packing by exact figures, and on demand those that come close."""

from __future__ import annotations

from typing import Final

from agent.domain.candidate import Candidate
from agent.domain.packing import Packer, Packing, Steps
from agent.domain.set_choices import SetChoice
from agent.domain.set_making import discount_of
from agent.domain.set_shop import SetShop
from agent.domain.worksheet import FINE

# So many packings of one component are compared by their exact figures.
MAX_ALTERNATIVES: Final = 1_000
# So many steps are taken to find the other packings that take as much as the best.
MAX_TIE_STEPS: Final = 400


class Plan:
    """One component: its best packing by exact figures, and on demand those that come close."""

    def __init__(self, shop: SetShop, steps: Steps) -> None:
        self.shop = shop
        self.alternatives: list[tuple[int, Packing]] = []
        self._packer: Packer | None = None
        if shop.lone is not None:
            self.value = self.bound = sum(choice.value for choice in shop.lone)
            self.best: Packing = tuple(range(len(shop.lone)))
            self.proven = True
            return
        if shop.listed.packer is None:
            # To list the sets and to find their prices is work, too.
            steps.take(len(shop.choices))
        self._packer = packer = packer_of(shop)
        self.value, self.best, self.proven = packer.best(steps)
        self.bound = packer.bound
        if not shop.complete:
            self.proven = False
            self.bound = sum(each.left * each.capacity * each.keeps for each in shop.classes)

    @property
    def roundings(self) -> int:
        """How many of its offers round."""
        return sum(offer.rounds for offer in self.shop.offers)

    @property
    def minor(self) -> int:
        """What the best packing takes off in whole minor units."""
        return self._minor(self.best)

    def _minor(self, packing: Packing) -> int:
        by_offer: dict[Candidate, list[SetChoice]] = {}
        for choice in chosen_of(self.shop, packing):
            by_offer.setdefault(choice.candidate, []).append(choice)
        return sum(discount_of(choices, self.shop.classes) for choices in by_offer.values())

    def round_off(self, steps: Steps) -> bool:
        """Let the best packing be the one that takes most in whole minor units; false where that is not certain."""
        if not self.proven:
            return False
        roundings = self.roundings
        if not roundings:
            return True
        best = self.minor
        # A packing that takes a minor unit more may be rounded up by half a unit for each of its offers.
        lowest = (2 * best + 2 - roundings) * FINE // 2
        if self.value < lowest:
            return True
        complete = self.list_from(lowest, steps)
        for _value, packing in self.alternatives:
            minor = self._minor(packing)
            if minor > best:
                best, self.best = minor, packing
        return complete

    def tied(self) -> list[Packing]:
        """The other packings that take as much as the best one in whole minor units, as far as they are looked for."""
        if not self.proven or not self.value:
            return []
        if self.shop.lone is not None:
            return self._list_tied()
        known = self.shop.listed.tied
        if self.best not in known:
            known[self.best] = self._list_tied()
        return known[self.best]

    def _list_tied(self) -> list[Packing]:
        best = self.minor
        roundings = self.roundings
        lowest = self.value if not roundings else (2 * best - roundings) * FINE // 2
        alternatives, steps = self.alternatives, Steps(MAX_TIE_STEPS)
        self.list_from(min(lowest, self.value), steps)
        found = [
            packing
            for _value, packing in self.alternatives
            if packing != self.best and self._minor(packing) == best
        ]
        self.alternatives = alternatives
        return found

    def offers_of(self, packing: Packing) -> list[str]:
        """The ids of the offers that make sets in a packing."""
        return sorted({choice.candidate.id for choice in chosen_of(self.shop, packing)})

    def list_from(self, lowest: int, steps: Steps) -> bool:
        """List the packings worth at least `lowest`, best first; false where there are too many."""
        shop = self.shop
        choices = shop.choices
        if shop.lone is not None:
            # From here on packings are numbers of listed choices.
            numbers = {(each.uses, each.given): number for number, each in enumerate(choices)}
            if any((each.uses, each.given) not in numbers for each in shop.lone):
                return False
            self.best = tuple(sorted(numbers[each.uses, each.given] for each in shop.lone))
            shop.lone = None
        limit = Steps(max(min(steps.left, 4 * MAX_ALTERNATIVES), 0))
        begin = limit.left
        found: list[tuple[int, Packing]] = []

        def tell(value: int, packing: Packing) -> None:
            if len(found) <= MAX_ALTERNATIVES:
                found.append((value, packing))

        if self._packer is None:
            self._packer = packer_of(shop)
        complete = self._packer.search(lambda: lowest, tell, limit) and len(found) <= MAX_ALTERNATIVES
        steps.take(begin - max(limit.left, 0))
        found.sort(key=lambda each: (-each[0], each[1]))
        self.alternatives = found
        if not any(packing == self.best for _value, packing in found):
            self.alternatives.insert(0, (self.value, self.best))
        return complete and shop.complete


def packer_of(shop: SetShop) -> Packer:
    """All packings of a component, with what was found out about them before."""
    listed = shop.listed
    if listed.packer is None:
        owners = {offer: number for number, offer in enumerate(shop.offers)}
        listed.packer = Packer(
            [each.capacity for each in shop.classes],
            [choice.column(owners[choice.candidate]) for choice in shop.choices],
            [_max_sets(offer) for offer in shop.offers],
        )
    return listed.packer


def _max_sets(offer: Candidate) -> int:
    return int(getattr(offer.reward, "max_sets", 0))


def chosen_of(shop: SetShop, packing: Packing) -> list[SetChoice]:
    source = shop.lone if shop.lone is not None else shop.choices
    return [source[number] for number in packing]
