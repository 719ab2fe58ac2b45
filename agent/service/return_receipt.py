"""The receipt of goods that came back, from the return and the sale that they came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.ledger import is_money, is_stamps, money_unit
from agent.domain.program_set import ProgramSet
from agent.domain.receipt import (
    Receipt,
    ReceiptCard,
    ReceiptLine,
    ReceiptMember,
    ReceiptPoints,
    ReceiptReturn,
    ReceiptTender,
    StoreHead,
)
from agent.domain.returns import Refund
from agent.domain.sold_units import prices_of, shares_of, units_of
from agent.domain.tax import taxes_contained
from agent.domain.tendering import WALLET
from agent.service.names import display_name
from agent.service.past_sale import PastSale
from agent.store.balances import Balance
from agent.store.register import Register
from sync.wire.entries import Operator, Stamp, Tender
from sync.wire.feed import MemberRow, StoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedGoods:
    """A returned line in words and figures; `discounts` are (text, amount) by program, `rewards` what points paid."""

    name: str
    count: int
    quantity: Decimal
    list_minor: int
    amount_minor: int
    discounts: tuple[tuple[str, int], ...]
    rewards: tuple[tuple[str, int], ...]


def returned_goods(sale: PastSale, refund: Refund, locale: str) -> tuple[ReturnedGoods, ...]:
    """The lines of a refund with their shares of each offer."""
    paid_with_points = {one.program_id for one in sale.entry.spent}
    lines = {line.line_id: line for line in sale.entry.quote_input.basket.lines}
    found = []
    for back in refund.lines:
        line, units = lines[back.line_id], units_of(back.units)
        prices = prices_of(line)
        parts: dict[str, int] = {}
        for discount in sale.entry.discounts:
            if discount.line_id == back.line_id:
                shares = shares_of(discount.runs, line.units)
                part = sum(shares[unit] for unit in units)
                parts[discount.program_id] = parts.get(discount.program_id, 0) + part
        whole = len(units) == line.units
        found.append(
            ReturnedGoods(
                name=line.name,
                count=len(units),
                quantity=line.quantity if whole else Decimal(len(units)),
                list_minor=sum(prices[unit] for unit in units),
                amount_minor=back.amount_minor,
                discounts=_told(
                    sale.names, parts, locale, (one for one in parts if one not in paid_with_points)
                ),
                rewards=_told(sale.names, parts, locale, (one for one in parts if one in paid_with_points)),
            )
        )
    return tuple(found)


def rewards_of(goods: Iterable[ReturnedGoods]) -> tuple[tuple[str, int], ...]:
    """What points had paid of all these goods, by reward."""
    sums: dict[str, int] = {}
    for each in goods:
        for text, amount in each.rewards:
            sums[text] = sums.get(text, 0) + amount
    return tuple(sums.items())


def points_of(
    sale: PastSale,
    refund: Refund,
    balances: dict[str, Balance],
    locale: str,
    tenders: Iterable[Tender] = (),
) -> tuple[ReceiptPoints, ...]:
    """The member's points before and after, by ledger unit."""
    taken: dict[str, int] = {}
    given: dict[str, int] = {}
    for each in refund.taken_back:
        taken[each.unit] = taken.get(each.unit, 0) + each.points
    for each in refund.given_back:
        given[each.unit] = given.get(each.unit, 0) + each.points
    unit = money_unit(sale.entry.quote_input.context.currency)
    for tender in tenders:
        if tender.kind == WALLET:
            given[unit] = given.get(unit, 0) + tender.amount_minor
    counting = {sale.names.unit_of(one.id): one for one in sale.names.programs if one.earning}
    found = []
    for unit in dict.fromkeys((*given, *taken)):
        balance = balances.get(unit)
        before = balance.points if balance is not None else 0
        program = counting.get(unit)
        found.append(
            ReceiptPoints(
                program_name=program.text(locale) if program is not None else unit.partition(":")[2],
                before=before,
                taken_back=taken.get(unit, 0),
                given_back=given.get(unit, 0),
                after=before + given.get(unit, 0) - taken.get(unit, 0),
                stamps=is_stamps(unit),
                money=is_money(unit),
            )
        )
    return tuple(found)


def program_title(sale: PastSale, program_id: str, locale: str) -> str:
    """What the program is called, which is also its coupon's name; its id where it is not known here any more."""
    return _text(sale.names, program_id, locale)


def build_return_receipt(
    sale: PastSale,
    refund: Refund,
    *,
    return_id: str,
    register: Register,
    store: StoreRow,
    operator: Operator,
    stamp: Stamp,
    tenders: tuple[Tender, ...],
    reason: str,
    void: bool,
    member: MemberRow | None,
    balances: dict[str, Balance],
    cards: tuple[ReceiptCard, ...] = (),
) -> Receipt:
    """The receipt without its number, which is taken while the return is committed."""
    locale = (member.locale if member is not None else "") or store.locale
    goods = returned_goods(sale, refund, locale)
    rewards = rewards_of(goods)
    used = {coupon.coupon_id: coupon.program_id for coupon in sale.entry.coupons_redeemed}
    lines = {line.line_id: line for line in sale.entry.quote_input.basket.lines}
    return Receipt(
        sale_id=return_id,
        store=StoreHead(store.name, store.receipt_lines),
        receipt_number="",
        register_name=register.name,
        operator_name=operator.name,
        at_ms=stamp.at_ms,
        offset_min=stamp.offset_min,
        locale=locale,
        currency=store.currency,
        currency_exponent=store.currency_exponent,
        lines=tuple(
            ReceiptLine(
                name=each.name,
                quantity=each.quantity,
                uom=lines[back.line_id].uom,
                unit_price=lines[back.line_id].unit_price,
                extended_minor=each.list_minor,
                discounts=each.discounts,
            )
            for each, back in zip(goods, refund.lines, strict=True)
        ),
        goods_minor=sum(each.list_minor for each in goods),
        rewards=rewards,
        total_minor=refund.refund_minor,
        cards=cards,
        tenders=tuple(ReceiptTender(one.kind, one.amount_minor, one.reference) for one in tenders),
        # Where the rest was priced again, the tax of the difference is not known line by line.
        taxes=(
            taxes_contained(
                (
                    (lines[back.line_id].taxes, back.amount_minor)
                    for back in refund.lines
                    if lines[back.line_id].taxes
                ),
                sale.entry.tax_rounding,
            )
            if refund.paid_minor == refund.goods_minor
            else ()
        ),
        member=(
            ReceiptMember(
                display_name=display_name(member),
                tier_name=member.tier,
                points=points_of(sale, refund, balances, locale, tenders),
            )
            if member is not None
            else None
        ),
        returned=ReceiptReturn(
            of_receipt=sale.row.receipt_number,
            of_at_ms=sale.entry.stamp.at_ms,
            of_offset_min=sale.entry.stamp.offset_min,
            reason=reason,
            void=void,
            repriced_minor=refund.paid_minor - refund.goods_minor,
            deducted=tuple(
                (_text(sale.names, one.program_id, locale), one.deducted_minor)
                for one in refund.coupons_taken
                if one.deducted_minor
            ),
            coupons_void=tuple(
                _text(sale.names, one.program_id, locale)
                for one in refund.coupons_taken
                if one.state != "used"
            ),
            coupons_back=tuple(_text(sale.names, used[one], locale) for one in refund.coupons_back),
        ),
        fiscal=register.role == "plugin",
    )


def _told(
    names: ProgramSet, parts: dict[str, int], locale: str, wanted: Iterable[str]
) -> tuple[tuple[str, int], ...]:
    return tuple((_text(names, one, locale), parts[one]) for one in wanted if parts[one])


def _text(names: ProgramSet, program_id: str, locale: str) -> str:
    program = names.program(program_id)
    return program.text(locale) if program is not None else program_id
