"""What one entry's programs gave, or took back of what they gave: read from its bytes and its sale's, never guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.ledger import is_money
from agent.domain.quote import Discount, Quote
from agent.domain.returns import rest_of, returned_units
from agent.domain.sold_units import Units, all_units, shares_of
from hq.ingest.replay import program_set_of
from sync.wire.entries import ReturnEntry, SaleEntry


@dataclass(slots=True)
class Given:
    """What a program gave; amounts in minor units."""

    uses: int = 0
    discount_minor: int = 0
    points_given: int = 0
    points_taken: int = 0
    coupons_issued: int = 0
    coupons_redeemed: int = 0
    gift_units: int = 0
    cashback_minor: int = 0

    def __neg__(self) -> Given:
        return Given(*(-amount for amount in self.amounts))

    def __bool__(self) -> bool:
        return any(self.amounts)

    @property
    def amounts(self) -> tuple[int, ...]:
        """In the order of the columns in SQL."""
        return (
            self.uses, self.discount_minor, self.points_given, self.points_taken, self.coupons_issued,
            self.coupons_redeemed, self.gift_units, self.cashback_minor,
        )  # fmt: skip


ByProgram = dict[str, Given]


def given_by(sale: SaleEntry) -> ByProgram:
    """program_id -> what it gave in the sale, as the register's own report tells it."""
    found: defaultdict[str, Given] = defaultdict(Given)
    for discount in sale.discounts:
        found[discount.program_id].discount_minor += discount.amount_minor
    for earned in sale.earned:
        if is_money(earned.unit):
            found[earned.program_id].cashback_minor += earned.points
        else:
            found[earned.program_id].points_given += earned.points
    for spent in sale.spent:
        found[spent.program_id].points_taken += spent.points
    for issued in sale.coupons_issued:
        found[issued.program_id].coupons_issued += 1
    for redeemed in sale.coupons_redeemed:
        found[redeemed.program_id].coupons_redeemed += 1
    for gift in sale.gifts:
        found[gift.program_id].gift_units += gift.units
    for one in found.values():
        one.uses = 1
    return dict(found)


def taken_back(sale: SaleEntry, entry: ReturnEntry, earlier: Sequence[ReturnEntry]) -> ByProgram:
    """program_id -> what of it came back with a return, after the `earlier` ones of the sale.

    Gifts are not lines of the sale and stay with the customer. The use stands.
    """
    found: defaultdict[str, Given] = defaultdict(Given)
    before, after = discounts_left(sale, earlier), discounts_left(sale, [*earlier, entry])
    for program_id in before.keys() | after.keys():
        found[program_id].discount_minor = before[program_id] - after[program_id]
    for back in entry.taken_back:
        if is_money(back.unit):
            found[back.program_id].cashback_minor += back.points
        else:
            found[back.program_id].points_given += back.points
    for back in entry.given_back:
        found[back.program_id].points_taken += back.points
    redeemed = {each.coupon_id: each.program_id for each in sale.coupons_redeemed}
    for coupon_id in entry.coupons_back:
        if coupon_id in redeemed:
            found[redeemed[coupon_id]].coupons_redeemed += 1
    issued = {each.coupon_id: each.program_id for each in sale.coupons_issued}
    for coupon in entry.coupons_taken:
        if coupon.state != "used" and coupon.coupon_id in issued:
            found[issued[coupon.coupon_id]].coupons_issued += 1
    return {program_id: one for program_id, one in found.items() if one}


def discounts_left(sale: SaleEntry, returns: Sequence[ReturnEntry]) -> Counter[str]:
    """program_id -> what it took off the goods that these returns left with the customer.

    The shares of the units that stayed; where a return priced the rest again, what it was priced at then.
    """
    gone = returned_units(returns)
    if gone == all_units(sale.quote_input.basket):
        return Counter()
    rest = priced_again(sale, gone) if any(each.repriced for each in returns) else None
    left: Counter[str] = Counter()
    if rest is not None:
        for discount in rest.discounts:
            left[discount.program_id] += discount.amount_minor
        return left
    units = {line.line_id: line.units for line in sale.quote_input.basket.lines}
    for discount in sale.discounts:
        left[discount.program_id] += _left(discount, units.get(discount.line_id, 0), gone)
    return left


def priced_again(sale: SaleEntry, gone: Units) -> Quote | None:
    """What the sale's own programs give for what is left of it; None where HQ cannot tell, or nothing is left."""
    rest = rest_of(sale, gone)
    if rest is None:
        return None
    programs = program_set_of(rest.program_set_hash, rest.context.currency)
    if programs is None:
        return None
    try:
        return evaluate(rest, programs)
    except LoyaltyError:
        return None


def _left(discount: Discount, units: int, gone: Units) -> int:
    away = gone.get(discount.line_id, frozenset())
    if not away or not units:
        return discount.amount_minor
    shares = shares_of(discount.runs, units)
    return sum(share for unit, share in enumerate(shares) if unit not in away)
