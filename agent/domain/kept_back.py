"""Early offers that are given up so that what is left reaches the threshold of a later one, where there are too many
of them to search.

Each early offer that has its goods to itself is worth a certain amount. The least that some of them together come to,
and that is enough for the threshold, is found among all their sums at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.close_calls import PartDeal
from agent.domain.late import LateDeal
from agent.domain.packing import Steps
from agent.domain.pricing import Priced, after_sets, before_sets
from agent.domain.ranking import deal_rank
from agent.domain.set_search import pricing_steps

# All sums up to here are looked at, in minor units.
MAX_SUM: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class KeptBack:
    """The best deal found, the early offers given up for it, and what no deal exceeds; None where that is not known."""

    priced: Priced
    late: Sequence[Candidate]
    given_up: frozenset[Candidate]
    bound_minor: int | None


def keep_back(
    basis: Basis,
    plain: Sequence[Candidate],
    deals: Sequence[PartDeal],
    begin: Priced,
    late: LateDeal,
    steps: Steps,
) -> KeptBack:
    """The best of `late` and of deals that give up early offers for it.

    `begin` has the `plain` offers, each alone on its goods; `deals` are those of the other parts of the early offers.
    """
    parts = _parts(deals, begin)
    amounts = [amount for amount, _offers in parts]
    best = KeptBack(late.priced, late.mode, frozenset(), None)
    bound: int | None = late.priced.discount_minor
    for each in late.after:
        if not each.needed_minor:
            bound = max(bound or 0, each.most(0))
            continue
        if each.most(0) < best.priced.discount_minor:
            continue
        chosen = least_sum(amounts, each.needed_minor)
        if chosen is None:
            continue
        most = each.most(sum(amounts[at] for at in chosen))
        bound = max(bound or 0, most)
        out = frozenset(one for at in chosen for one in parts[at][1])
        if most < best.priced.discount_minor or not steps.take(pricing_steps([*plain, *each.mode])):
            continue
        left = [one for one in plain if one not in out]
        priced = before_sets(basis, left, record=True)
        for deal in deals:
            if out.isdisjoint(deal.part):
                priced.take_over(deal.priced, deal.places)
        after_sets(basis, each.mode, priced)
        if deal_rank(basis, priced) < deal_rank(basis, best.priced):
            best = KeptBack(priced, each.mode, out, None)
    # Parts with a choice may give up less than all, and sums beyond the limit were not looked at.
    if deals or sum(amounts) > MAX_SUM or any(one.in_order for one in plain):
        bound = None
    elif bound is not None:
        bound = max(bound, best.priced.discount_minor)
    return KeptBack(best.priced, best.late, best.given_up, bound)


def _parts(deals: Sequence[PartDeal], begin: Priced) -> list[tuple[int, tuple[Candidate, ...]]]:
    """What can be given up, with what it takes off: in the order of ids."""
    parts: list[tuple[tuple[Candidate, ...], int]] = []
    parts += [((each.candidate,), each.amount_minor) for each in begin.given]
    parts += [(tuple(deal.part), deal.priced.discount_minor) for deal in deals]
    found = [
        (amount, offers) for offers, amount in parts if amount and not any(one.in_order for one in offers)
    ]
    return sorted(found, key=lambda part: part[1][0].id)


def least_sum(amounts: Sequence[int], least: int) -> list[int] | None:
    """The places of amounts that together come to the least that is enough; None where all are not enough.

    Also where they come to more than `MAX_SUM`.
    """
    if not least <= sum(amounts) <= MAX_SUM:
        return None
    # Bit n: some of the amounts so far come to n.
    sums = [1]
    for amount in amounts:
        sums.append(sums[-1] | sums[-1] << amount)
    enough = sums[-1] >> least
    rest = least + (enough & -enough).bit_length() - 1
    chosen: list[int] = []
    for at in range(len(amounts) - 1, -1, -1):
        if not sums[at] >> rest & 1:
            chosen.append(at)
            rest -= amounts[at]
    return chosen[::-1]
