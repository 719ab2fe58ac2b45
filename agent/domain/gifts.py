"""What is handed out with a basket: gifts, after everything else of the deal is decided."""

from __future__ import annotations

from agent.domain import refusal_codes
from agent.domain.basis import Basis, GiftOffer
from agent.domain.member import MemberFacts
from agent.domain.pricing import Priced
from agent.domain.quote import GiftGrant, Refusal, Spent
from agent.domain.situation import Situation


def gifts_given(
    basis: Basis, priced: Priced
) -> tuple[list[GiftGrant], list[Spent], list[tuple[GiftOffer, Refusal]]]:
    """The gifts of this deal, the points that they cost, and why others are not given."""
    situation = basis.situation.with_sheet(priced.sheet)
    spent = dict(priced.spent_points)
    granted: list[GiftGrant] = []
    costs: list[Spent] = []
    refused: list[tuple[GiftOffer, Refusal]] = []
    for offer in sorted(basis.gifts, key=lambda one: (-one.program.priority, one.program.id)):
        blocks, refusal = gift_blocks(basis, offer, situation, spent)
        units = offer.gift.units_given(situation, blocks)
        if refusal is None and not units:
            for_each = offer.gift.for_each
            gap = for_each.units - situation.units(for_each.goods) if for_each is not None else 0
            refusal = Refusal(refusal_codes.NOT_ENOUGH_UNITS, gap_units=gap)
        if refusal is not None:
            refused.append((offer, refusal))
            continue
        program, cost = offer.program, offer.program.cost
        value = offer.gift.value_minor * units
        granted.append(
            GiftGrant(program_id=program.id, item_code=offer.gift.item, units=units, value_minor=value)
        )
        if cost is not None:
            unit = basis.program_set.unit_of(cost.points_of)
            spent[unit] = spent.get(unit, 0) + cost.points * blocks
            costs.append(Spent(program.id, unit, cost.points * blocks))
    granted.sort(key=lambda gift: gift.program_id)
    return granted, costs, refused


def gift_blocks(
    basis: Basis, offer: GiftOffer, situation: Situation, spent: dict[str, int]
) -> tuple[int, Refusal | None]:
    """How many blocks of a gift can be given, and why none can; 1 where it costs nothing."""
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
