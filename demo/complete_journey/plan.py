"""Which baskets are played in which order, and which register plays each.

The order alone says where a replay stands: a register's n-th sale is the n-th basket of its own in the plan. So the
registers' journals are the only bookmark, and a kill at any moment neither skips a basket nor plays one twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.domain.errors import LoyaltyError
from demo.complete_journey.source import Source, SourceBasket


@dataclass(frozen=True, slots=True)
class Plan:
    """The first `count` baskets in time order, of one store of the data or of all (`store_id` None), dealt out in turn
    to `lanes` registers."""

    source: Source
    store_id: int | None
    count: int
    lanes: int = 1

    def baskets(self, skip: int = 0) -> Iterator[tuple[int, SourceBasket]]:
        """(place, basket) from `skip` on; the place counts from 0 over all registers."""
        baskets = self.source.baskets(self.store_id, skip=skip, limit=max(0, self.count - skip))
        return enumerate(baskets, skip)

    def households(self) -> list[int]:
        """Everybody who shops in it."""
        return self.source.households(self.store_id, self.count)

    def lane_of(self, place: int) -> int:
        """The register that plays this basket, from 0."""
        return place % self.lanes

    def position(self, sales: Sequence[int]) -> int:
        """How many baskets have been played, from each register's number of sales.

        Raises LoyaltyError where these numbers cannot come from this plan.
        """
        played = sum(sales)
        for lane, count in enumerate(sales):
            if count != (played - lane + self.lanes - 1) // self.lanes:
                raise other_sales()
        return played


def other_sales() -> LoyaltyError:
    """The registers hold sales that are not the replay's."""
    return LoyaltyError(
        "These registers hold other sales than this replay's.",
        "Choose an empty folder with --out.",
        code="not_this_replay",
    )


def demo_baskets(source: Source, count: int) -> Plan:
    """The demo's plan: the store with the most baskets, dealt out between two registers."""
    return Plan(source, source.busiest_store(), count, lanes=2)


def households_at_every_lane(plan: Plan) -> list[int]:
    """Households that shop at each of the registers, the most frequent first."""
    visits: defaultdict[int, list[int]] = defaultdict(list)
    for place, basket in plan.baskets():
        visits[basket.household_id].append(plan.lane_of(place))
    both = [household for household, lanes in visits.items() if len(set(lanes)) == plan.lanes]
    return sorted(both, key=lambda household: (-len(visits[household]), household))


def household_to_enrol(plan: Plan) -> tuple[int, int]:
    """(place, household): who joins in the middle of the plan, and where: the household with the most visits of those
    that first come in its middle third, so that there is time to be known afterwards."""
    first: dict[int, int] = {}
    visits: defaultdict[int, int] = defaultdict(int)
    for place, basket in plan.baskets():
        first.setdefault(basket.household_id, place)
        visits[basket.household_id] += 1
    middle = range(plan.count // 3, plan.count * 2 // 3 + 1)
    newcomers = [household for household, place in first.items() if place in middle] or list(first)
    chosen = max(newcomers, key=lambda household: (visits[household], -household))
    return first[chosen], chosen
