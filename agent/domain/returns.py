"""Goods come back: what is refunded, which points are taken and given back, and what becomes of coupons.

Everything follows from the shares that the sale stored for each unit, so it works offline and without the rules of
its programs. Each figure is counted over all that has come back so far, less what earlier returns have settled: so
that any number of partial returns adds up to one full return, to the cent and to the point, whatever their order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from agent.domain import ledger
from agent.domain.gift_cards import CardLoad, CardPayment, back_postings, loads_of
from agent.domain.ledger import Posting
from agent.domain.quote import Discount, Earned, Quote, Spent
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.milli_points import MILLI
from agent.domain.sold_units import (
    Units,
    UnitSpan,
    all_units,
    basket_without,
    paid_of,
    share_left,
    shares_of,
    spans_of,
    together,
    units_of,
)

BrokenOffers = Literal["keep", "reprice", "ask"]


class ReturnRules(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The store's switches for returns.

    `days`: so long after the sale goods come back, 0 for ever. `broken_offers`: what happens to an offer whose
    threshold the return breaks. `spent_points_back`: used points come back by share. `used_coupons_deducted`: what a
    coupon of the sale took off elsewhere is taken off the refund.
    """

    days: int = 30
    broken_offers: BrokenOffers = "keep"
    spent_points_back: bool = True
    used_coupons_deducted: bool = True


class ReturnedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one line that come back; `amount_minor` is what was paid for them."""

    line_id: int
    units: tuple[UnitSpan, ...]
    amount_minor: int


class PointsBack(msgspec.Struct, frozen=True, kw_only=True):
    """Points of one program that a return takes or gives back, a positive number."""

    program_id: str
    unit: str
    points: int


class CouponTaken(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A coupon that the returned sale had printed.

    `state`: `void`, it was unused and held by this chain; `asked`, HQ makes it void; `used`, and `deducted_minor` of
    what it took off is taken off the refund.
    """

    coupon_id: uuid.UUID
    program_id: str
    state: Literal["void", "asked", "used"]
    deducted_minor: int = 0


class UsedCoupon(Protocol):
    @property
    def coupon_id(self) -> uuid.UUID: ...
    @property
    def program_id(self) -> str: ...


class PrintedCoupon(Protocol):
    @property
    def coupon_id(self) -> uuid.UUID: ...
    @property
    def program_id(self) -> str: ...
    @property
    def redeems_program_id(self) -> str: ...


class SoldSale(Protocol):
    """A sale as its journal entry tells it."""

    @property
    def quote_input(self) -> QuoteInput: ...
    @property
    def total_minor(self) -> int: ...
    @property
    def discounts(self) -> tuple[Discount, ...]: ...
    @property
    def earned(self) -> tuple[Earned, ...]: ...
    @property
    def spent(self) -> tuple[Spent, ...]: ...
    @property
    def coupons_redeemed(self) -> Sequence[UsedCoupon]: ...
    @property
    def coupons_issued(self) -> Sequence[PrintedCoupon]: ...
    @property
    def cards_loaded(self) -> Sequence[CardLoad]: ...


class EarlierReturn(Protocol):
    """A return of the same sale that was settled before."""

    @property
    def lines(self) -> tuple[ReturnedLine, ...]: ...
    @property
    def goods_minor(self) -> int: ...
    @property
    def taken_back(self) -> tuple[PointsBack, ...]: ...
    @property
    def given_back(self) -> tuple[PointsBack, ...]: ...
    @property
    def coupons_back(self) -> tuple[uuid.UUID, ...]: ...
    @property
    def coupons_taken(self) -> tuple[CouponTaken, ...]: ...


@dataclass(frozen=True, slots=True)
class CouponStanding:
    """What this register knows of a coupon: `held` by its own chain, or `used`, and what it took off then."""

    held: bool = False
    used: bool = False
    value_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What a return comes to. `refund_minor` is `goods_minor` less `deducted_minor`, never below zero.

    `lines` add up to `paid_minor`; `goods_minor` differs from it where the rest of the sale was priced again.
    """

    lines: tuple[ReturnedLine, ...]
    paid_minor: int
    goods_minor: int
    deducted_minor: int = 0
    taken_back: tuple[PointsBack, ...] = ()
    given_back: tuple[PointsBack, ...] = ()
    coupons_back: tuple[uuid.UUID, ...] = ()
    coupons_taken: tuple[CouponTaken, ...] = ()
    cards_emptied: tuple[CardLoad, ...] = ()

    @property
    def refund_minor(self) -> int:
        return self.goods_minor - self.deducted_minor


def returned_units(returns: Iterable[EarlierReturn]) -> dict[int, frozenset[int]]:
    """The units that have come back already."""
    return together(*({line.line_id: units_of(line.units)} for each in returns for line in each.lines))


def rest_of(sale: SoldSale, gone: Units) -> QuoteInput | None:
    """The sale's own input without the units that came back, for pricing the rest again; None when nothing is left."""
    basket = basket_without(sale.quote_input.basket, gone)
    return msgspec.structs.replace(sale.quote_input, basket=basket) if basket.lines else None


def refund_for(
    sale: SoldSale,
    chosen: Units,
    earlier: Sequence[EarlierReturn] = (),
    *,
    rest: Quote | None = None,
    reprice: bool = False,
    spent_points_back: bool = True,
    coupons: Mapping[uuid.UUID, CouponStanding] | None = None,
    deduct_used: bool = True,
    taken_as_told: Sequence[CouponTaken] | None = None,
) -> Refund:
    """What the `chosen` units come to, after the `earlier` returns of the sale.

    `rest` is the quote of what then remains of the sale, where it can be had: it decides which printed coupons are
    no longer due, and with `reprice` it is what the member keeps paying. `taken_as_told` are the coupons that the
    register says it took, for who checks a return and cannot know what the register knew of them. Raises ValueError for
    units that the sale does not have or that came back already, and for none.
    """
    gone_before = returned_units(earlier)
    _require_there(sale, chosen, gone_before)
    gone = together(gone_before, chosen)
    whole = gone == all_units(sale.quote_input.basket)
    lines = tuple(_lines(sale, chosen))
    paid = sum(line.amount_minor for line in lines)
    priced_again = rest if reprice and not whole else None
    goods = _goods_minor(sale, earlier, paid, whole=whole, rest=priced_again)
    taken = tuple(_coupons_taken(sale, earlier, coupons or {}, whole=whole, rest=rest))
    vouchers = vouchers_of(sale)
    due = goods
    settled = []
    for coupon in taken:
        part = min(coupon.deducted_minor, due) if deduct_used else 0
        due -= part
        # The points of a used voucher stay spent, and that has to be said.
        if coupon.state != "used" or part or coupon.coupon_id in vouchers:
            settled.append(msgspec.structs.replace(coupon, deducted_minor=part))
    told = taken if taken_as_told is None else taken_as_told
    return Refund(
        lines=lines,
        paid_minor=paid,
        goods_minor=goods,
        deducted_minor=goods - due,
        taken_back=tuple(_taken_back(sale, earlier, gone, whole=whole, rest=priced_again)),
        given_back=(
            tuple(_given_back(sale, earlier, gone, whole=whole, rest=priced_again, taken=told))
            if spent_points_back
            else ()
        ),
        coupons_back=tuple(_coupons_back(sale, earlier, gone, whole=whole, rest=priced_again)),
        coupons_taken=tuple(settled),
        cards_emptied=loads_of(sale.cards_loaded, chosen),
    )


def return_postings(
    refund: Refund,
    account_id: uuid.UUID | None,
    store_id: str,
    chain_id: uuid.UUID,
    *,
    currency: str = "",
    to_cards: Sequence[CardPayment] = (),
) -> tuple[Posting, ...]:
    """The reversals of what the sale had posted, balanced, in one fixed order. `to_cards`: what gift cards get back.

    Both points that are taken back and points that are given back pass through `pending`: what HQ has made
    available since then, HQ alone brings down, below zero where the member has spent it (formats.md).
    """
    issued, redeemed = ledger.issued_bucket(store_id), ledger.redeemed_bucket(store_id)
    lease = ledger.lease_bucket(chain_id)
    postings: list[Posting] = []
    if account_id is not None:
        for each in refund.taken_back:
            postings += ledger.move(account_id, each.unit, each.points, ledger.PENDING, issued)
        for each in refund.given_back:
            postings += ledger.move(account_id, each.unit, each.points, redeemed, ledger.PENDING)
    for coupon_id in refund.coupons_back:
        postings += ledger.move(coupon_id, ledger.coupon_unit(coupon_id), 1, redeemed, lease)
    for coupon in refund.coupons_taken:
        if coupon.state == "void":
            unit = ledger.coupon_unit(coupon.coupon_id)
            postings += ledger.move(coupon.coupon_id, unit, 1, lease, issued)
    postings += back_postings(refund.cards_emptied, to_cards, currency, store_id)
    ledger.require_balanced(postings)
    return tuple(postings)


def _require_there(sale: SoldSale, chosen: Units, gone: Units) -> None:
    sold = all_units(sale.quote_input.basket)
    if not any(chosen.values()):
        raise ValueError("nothing was chosen")
    for line_id, units in chosen.items():
        if not units <= sold.get(line_id, frozenset()):
            raise ValueError(f"line {line_id} has no such units")
        if units & gone.get(line_id, frozenset()):
            raise ValueError(f"units of line {line_id} came back already")


def _lines(sale: SoldSale, chosen: Units) -> Iterable[ReturnedLine]:
    for line in sale.quote_input.basket.lines:
        units = chosen.get(line.line_id)
        if units:
            paid = paid_of(line, sale.discounts)
            amount = sum(paid[unit] for unit in units)
            yield ReturnedLine(line_id=line.line_id, units=spans_of(units), amount_minor=amount)


def _goods_minor(
    sale: SoldSale, earlier: Sequence[EarlierReturn], paid_minor: int, *, whole: bool, rest: Quote | None
) -> int:
    """What is paid back for the goods; with the last unit, all that is still owed of the sale."""
    owed = sale.total_minor - sum(each.goods_minor for each in earlier)
    if whole:
        return max(0, owed)
    if rest is not None:
        return max(0, owed - rest.total_minor)
    return max(0, min(paid_minor, owed))


def _taken_back(
    sale: SoldSale, earlier: Sequence[EarlierReturn], gone: Units, *, whole: bool, rest: Quote | None
) -> Iterable[PointsBack]:
    """Earned points that the rest of the sale does not earn."""
    for earned in sale.earned:
        if whole:
            kept = 0
        elif rest is not None:
            kept = sum(one.points for one in rest.earned if one.program_id == earned.program_id)
        else:
            kept = share_left(earned.lines, sale.quote_input.basket, gone) // MILLI
        before = _before(earned.program_id, (each.taken_back for each in earlier))
        points = earned.points - kept - before
        if points > 0:
            yield PointsBack(program_id=earned.program_id, unit=earned.unit, points=points)


def vouchers_of(sale: SoldSale) -> dict[uuid.UUID, Spent]:
    """The vouchers that the sale issued, each with the points that it cost; only what is chosen costs any."""
    spent = {one.program_id: one for one in sale.spent}
    return {one.coupon_id: spent[one.program_id] for one in sale.coupons_issued if one.program_id in spent}


def _given_back(
    sale: SoldSale,
    earlier: Sequence[EarlierReturn],
    gone: Units,
    *,
    whole: bool,
    rest: Quote | None,
    taken: Sequence[CouponTaken],
) -> Iterable[PointsBack]:
    """Spent points of the goods that came back; what was spent on no line comes back with the last one.

    What a voucher cost comes back with the voucher: all of it once that is void, nothing where it was used.
    """
    unused = {one.coupon_id for one in taken if one.state != "used"}
    bought = {cost.program_id: coupon_id in unused for coupon_id, cost in vouchers_of(sale).items()}
    for spent in sale.spent:
        if spent.program_id in bought:
            before = _before(spent.program_id, (each.given_back for each in earlier))
            if bought[spent.program_id] and spent.points > before:
                yield PointsBack(program_id=spent.program_id, unit=spent.unit, points=spent.points - before)
            continue
        all_shares = share_left(spent.lines, sale.quote_input.basket, {})
        if whole:
            back = spent.points
        elif rest is not None:
            back = spent.points - sum(one.points for one in rest.spent if one.program_id == spent.program_id)
        else:
            back = (all_shares - share_left(spent.lines, sale.quote_input.basket, gone)) // MILLI
        points = back - _before(spent.program_id, (each.given_back for each in earlier))
        if points > 0:
            yield PointsBack(program_id=spent.program_id, unit=spent.unit, points=points)


def _before(program_id: str, earlier: Iterable[tuple[PointsBack, ...]]) -> int:
    return sum(one.points for each in earlier for one in each if one.program_id == program_id)


def _coupons_back(
    sale: SoldSale, earlier: Sequence[EarlierReturn], gone: Units, *, whole: bool, rest: Quote | None
) -> Iterable[uuid.UUID]:
    """Coupons that the sale used, once nothing that stays with the member was made cheaper by them."""
    back_already = {coupon_id for each in earlier for coupon_id in each.coupons_back}
    units = {line.line_id: line.units for line in sale.quote_input.basket.lines}
    for coupon in sale.coupons_redeemed:
        if coupon.coupon_id in back_already:
            continue
        discounts = [each for each in sale.discounts if each.program_id == coupon.program_id]
        if whole:
            serves = False
        elif rest is not None:
            serves = any(one.coupon_id == coupon.coupon_id for one in rest.applied)
        else:
            # One that took nothing off was for the visit: for what was booked, or for a gift.
            serves = not discounts or any(
                share and unit not in gone.get(discount.line_id, ())
                for discount in discounts
                if discount.line_id in units
                for unit, share in enumerate(shares_of(discount.runs, units[discount.line_id]))
            )
        if not serves:
            yield coupon.coupon_id


def _coupons_taken(
    sale: SoldSale,
    earlier: Sequence[EarlierReturn],
    standing: Mapping[uuid.UUID, CouponStanding],
    *,
    whole: bool,
    rest: Quote | None,
) -> Iterable[CouponTaken]:
    """Coupons that the sale printed and that its rest would not print: `deducted_minor` is what is still owed."""
    due = {} if whole or rest is None else _counts(one.program_id for one in rest.coupons_issued)
    for coupon in sale.coupons_issued:
        before = [one for each in earlier for one in each.coupons_taken if one.coupon_id == coupon.coupon_id]
        if any(one.state != "used" for one in before):
            continue
        if not whole and rest is None:
            continue
        if due.get(coupon.program_id, 0):
            due[coupon.program_id] -= 1
            continue
        known = standing.get(coupon.coupon_id, CouponStanding())
        state: Literal["void", "asked", "used"] = "used" if known.used else "void" if known.held else "asked"
        owed = known.value_minor - sum(one.deducted_minor for one in before) if known.used else 0
        yield CouponTaken(
            coupon_id=coupon.coupon_id,
            program_id=coupon.redeems_program_id,
            state=state,
            deducted_minor=max(0, owed),
        )


def _counts(program_ids: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for program_id in program_ids:
        found[program_id] = found.get(program_id, 0) + 1
    return found
