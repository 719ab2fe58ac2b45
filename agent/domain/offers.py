"""What the till shows beside the total: offers nearly reached, and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agent.domain import refusal_codes
from agent.domain.basis import Basis, Handout
from agent.domain.candidate import Candidate
from agent.domain.deal_search import BestDeal
from agent.domain.near import missed_by
from agent.domain.quote import NearMiss, Refusal, Refused
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.gift import Gift
from agent.domain.situation import Situation

# Below half of the way, an offer is not nearly reached.
NEAR_FROM: Final = 500
MAX_NEAR_MISSES: Final = 20

# Refusals of programs that nobody claimed but that a cashier would ask about.
_ASKED_ABOUT: Final = frozenset({refusal_codes.TAKEN_OFF, refusal_codes.CLOCK_SUSPECT})

_WITH_A_GAP: Final = frozenset(
    {
        refusal_codes.BELOW_MINIMUM_SPEND,
        refusal_codes.NOT_ENOUGH_UNITS,
        refusal_codes.NOT_ENOUGH_POINTS,
        refusal_codes.BASKET_TOO_SMALL,
    }
)


def near_misses(
    basis: Basis,
    deal: BestDeal,
    untapped: Iterable[NearMiss],
    ungiven: Iterable[tuple[Handout, Refusal]] = (),
    settled: Situation | None = None,
) -> tuple[NearMiss, ...]:
    """Offers that fail only by a gap, at least half of the way reached; nearest first.

    `untapped` are the rewards that a tap would not give, `ungiven` what is not handed out. What was
    claimed or presented is refused instead. `settled` is the situation after the deal, where it is known already.
    """
    found = [
        NearMiss(one.program.id, refusal, deal.priced.reached.get(one, 0))
        for one, refusal in deal.priced.missed.items()
        if not (one.blocks or one.coupon_id)
    ]
    situation = settled or basis.situation.with_sheet(deal.priced.sheet, settled=True)
    for program in (*basis.issuers, *basis.earners):
        missed = missed_by(program, situation)
        if missed is not None:
            found.append(missed)
    found.extend(untapped)
    for offer, refusal in ungiven:
        if not (offer.blocks or offer.coupon_id) and refusal.code in _WITH_A_GAP:
            found.append(missed_by(offer.program, situation) or _gift_missed(basis, offer, refusal))
    setless = (set_missed(basis, one) for one in _without_sets(basis, deal))
    found.extend(each for each in setless if each is not None)
    near = [each for each in found if each.refusal.code in _WITH_A_GAP and each.reached >= NEAR_FROM]
    near.sort(key=lambda each: (-each.reached, each.program_id))
    return tuple(near[:MAX_NEAR_MISSES])


def _gift_missed(basis: Basis, offer: Handout, refusal: Refusal) -> NearMiss:
    for_each = offer.reward.for_each if isinstance(offer.reward, Gift) else None
    reached = basis.situation.units(for_each.goods) * 1000 // for_each.units if for_each is not None else 0
    return NearMiss(offer.program.id, refusal, reached)


def _without_sets(basis: Basis, deal: BestDeal) -> list[Candidate]:
    """Set offers that make no set in this deal, though nothing else refuses them."""
    priced = deal.priced
    return [
        one
        for one in basis.candidates
        if one.is_set and one not in priced.touched and one not in priced.missed and one not in deal.given_up
    ]


def set_missed(basis: Basis, candidate: Candidate) -> NearMiss | None:
    """How many units are missing for the first set of an offer; None where the basket has enough of them."""
    situation, reward = basis.situation, candidate.reward
    if isinstance(reward, CheapestOf):
        needed, there = reward.of, situation.units(reward.goods)
    elif isinstance(reward, BuyGet):
        bought = min(situation.units(reward.buy), reward.buy_units)
        same = reward.buy == reward.goods
        given = min(max(situation.units(reward.goods) - (bought if same else 0), 0), 1)
        needed, there = reward.buy_units + 1, bought + given
    elif isinstance(reward, Bundle):
        needed = sum(part.units for part in reward.parts)
        there = sum(min(situation.units(part.goods), part.units) for part in reward.parts)
    else:
        return None
    gap = needed - there
    if gap <= 0:
        return None
    refusal = Refusal(refusal_codes.NOT_ENOUGH_UNITS, gap_units=gap)
    return NearMiss(candidate.program.id, refusal, there * 1000 // needed)


def refused(
    basis: Basis, deal: BestDeal, ungiven: Iterable[tuple[Handout, Refusal]] = ()
) -> tuple[Refused, ...]:
    """What was asked for and does not apply, what was taken off, and what a better offer replaced; by program."""
    found = list(basis.refused)
    for one, refusal in deal.priced.missed.items():
        if one not in deal.given_up and (one.blocks or one.coupon_id is not None):
            found.append(Refused(one.program.id, refusal, one.coupon_id))
    for offer, refusal in ungiven:
        if offer.blocks or offer.coupon_id is not None:
            found.append(Refused(offer.program.id, refusal, offer.coupon_id))
    given = largest_first(deal) if deal.given_up else []
    for one in deal.given_up:
        refusal = Refusal(refusal_codes.BETTER_OFFER, other_program_id=replaced_by(given, one))
        found.append(Refused(one.program.id, refusal, one.coupon_id))
    told = {each.program_id for each in found}
    for program_id, refusal in basis.barred.items():
        if refusal.code in _ASKED_ABOUT and program_id not in told:
            found.append(Refused(program_id, refusal))
    found.sort(key=lambda each: (each.program_id, each.coupon_id.int if each.coupon_id else 0))
    return tuple(found)


def largest_first(deal: BestDeal) -> list[Candidate]:
    """What applies in the deal, the largest discount first."""
    ranked = sorted(deal.priced.given, key=lambda each: (-each.amount_minor, each.candidate.program.id))
    return [each.candidate for each in ranked]


def replaced_by(given: Sequence[Candidate], candidate: Candidate) -> str:
    """The offer that took the place of this one: of `given`, largest first, the first that excludes it, else the
    first that shares its goods, else the first."""
    places = set(candidate.places)
    sharing = ""
    for other in given:
        if candidate.group.choose == "one" and other.group is candidate.group:
            return other.id
        if other.id in candidate.program.not_with or candidate.id in other.program.not_with:
            return other.id
        if not sharing and not places.isdisjoint(other.places):
            sharing = other.id
    return sharing or (given[0].id if given else "")
