"""What is handed out with a basket: gifts and vouchers, and what vouchers are used for.

It is decided after everything else of the deal, and changes no price.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.domain import refusal_codes
from agent.domain.basis import Basis, Handout
from agent.domain.member import MemberFacts
from agent.domain.pricing import Priced
from agent.domain.quote import Applied, CouponGrant, GiftGrant, Refusal, Spent
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.voucher import Voucher
from agent.domain.situation import Situation


@dataclass(slots=True)
class HandedOut:
    """`costs` are the points for it, `refused` what was not handed out, and why; `applied` names every program of it."""

    gifts: list[GiftGrant] = field(default_factory=list)
    vouchers: list[CouponGrant] = field(default_factory=list)
    costs: list[Spent] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    refused: list[tuple[Handout, Refusal]] = field(default_factory=list)


def hand_out(basis: Basis, priced: Priced) -> HandedOut:
    """What is handed out with this deal; programs of a higher priority first have the points."""
    found = HandedOut()
    if not basis.handouts:
        return found
    situation = basis.situation.with_sheet(priced.sheet)
    spent = dict(priced.spent_points)
    for offer in sorted(basis.handouts, key=lambda one: (-one.program.priority, one.program.id)):
        blocks, units, refusal = given_of(basis, offer, situation, spent)
        if refusal is not None:
            found.refused.append((offer, refusal))
        else:
            _give(basis, offer, blocks, units, spent, found)
    found.gifts.sort(key=lambda gift: gift.program_id)
    found.vouchers.sort(key=lambda voucher: voucher.program_id)
    found.applied.sort(key=lambda one: (not one.gift_units, one.program_id))
    return found


def given_of(
    basis: Basis, offer: Handout, situation: Situation, spent: dict[str, int]
) -> tuple[int, int, Refusal | None]:
    """How many blocks can be given and how many units of a gift they are, or why none can; a voucher is always one."""
    blocks, refusal = _blocks(basis, offer, situation, spent)
    gift = offer.reward
    if not isinstance(gift, Gift):
        return min(blocks, 1), 0, refusal
    units = gift.units_given(situation, blocks)
    if refusal is None and not units:
        for_each = gift.for_each
        gap = for_each.units - situation.units(for_each.goods) if for_each is not None else 0
        refusal = Refusal(refusal_codes.NOT_ENOUGH_UNITS, gap_units=gap)
    return blocks, units, refusal


def _give(
    basis: Basis, offer: Handout, blocks: int, units: int, spent: dict[str, int], found: HandedOut
) -> None:
    program, reward, cost = offer.program, offer.reward, offer.program.cost
    points, unit = 0, ""
    if cost is not None:
        points, unit = cost.points * blocks, basis.program_set.unit_of(cost.points_of)
        spent[unit] = spent.get(unit, 0) + points
        found.costs.append(Spent(program.id, unit, points))
    if isinstance(reward, Gift):
        value = reward.value_minor * units
        found.gifts.append(
            GiftGrant(program_id=program.id, item_code=reward.item, units=units, value_minor=value)
        )
    elif isinstance(reward, Voucher):
        first, last = reward.validity(basis.quote_input.context.business_date)
        found.vouchers.append(
            CouponGrant(
                program_id=program.id, redeems_program_id=reward.redeems, valid_from=first, valid_until=last
            )
        )
    found.applied.append(
        Applied(
            program_id=program.id,
            points_cost=points,
            unit=unit,
            coupon_id=offer.coupon_id,
            gift_units=units,
            vouchers_issued=int(isinstance(reward, Voucher)),
        )
    )


def _blocks(
    basis: Basis, offer: Handout, situation: Situation, spent: dict[str, int]
) -> tuple[int, Refusal | None]:
    """How many blocks can be given, and why none can; 1 where it costs nothing."""
    for condition in offer.program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return 0, refusal
    cost, member = offer.program.cost, basis.quote_input.member
    if cost is None:
        return 1, None
    if member is None:
        return 0, Refusal(refusal_codes.NEEDS_MEMBER)
    unit = basis.program_set.unit_of(cost.points_of)
    return _paid_blocks(member, unit, cost.points, offer.blocks, spent.get(unit, 0))


def _paid_blocks(
    member: MemberFacts, unit: str, points: int, asked: int, spent: int
) -> tuple[int, Refusal | None]:
    balance = member.balances.get(unit, 0) - spent
    held = min(member.spendable.get(unit, 0) - spent, balance)
    if balance < points:
        return 0, Refusal(refusal_codes.NOT_ENOUGH_POINTS, gap_points=points - balance)
    if held < points:
        return 0, Refusal(refusal_codes.POINTS_NOT_HELD, gap_points=points - held)
    return min(asked, held // points), None
