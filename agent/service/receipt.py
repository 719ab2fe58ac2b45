"""What a sale's receipt says, in the member's language or the shop's. Built before the sale is committed."""

from __future__ import annotations

from agent.domain.coupon import CouponPayload, pack_payload, serial, signed_bytes
from agent.domain.explain import explain
from agent.domain.ledger import is_money, is_stamps, money_unit
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Refusal
from agent.domain.receipt import (
    Receipt,
    ReceiptCard,
    ReceiptCoupon,
    ReceiptGift,
    ReceiptLine,
    ReceiptMember,
    ReceiptPoints,
    ReceiptTax,
    ReceiptTender,
    ReceiptUnused,
    StoreHead,
)
from agent.domain.sale import NewCoupon, SettledSale
from agent.domain.tax import taxes_contained
from agent.domain.tendering import WALLET
from agent.service.member_view import printed_code
from agent.service.names import display_name
from agent.service.open_sale import ReadySale
from agent.service.pin import Pin
from agent.service.ports import CouponSigner
from agent.service.tier_view import next_tier
from sync.wire.entries import Operator, Stamp


def build_receipt(
    sale: ReadySale,
    settled: SettledSale,
    *,
    stamp: Stamp,
    operator: Operator,
    signer: CouponSigner,
    online: bool,
    cards: tuple[ReceiptCard, ...] = (),
) -> Receipt:
    """The receipt without its number, which the sale takes while it is committed. `cards` are the gift cards that it
    sold or that paid."""
    quote, pin = sale.quote, sale.pin
    locale = receipt_locale(sale)
    spending = {one.program_id for one in quote.applied if one.points_cost}
    return Receipt(
        sale_id=str(sale.sale_id),
        store=StoreHead(pin.store.name, pin.store.receipt_lines),
        receipt_number="",
        register_name=pin.register.name,
        operator_name=operator.name,
        at_ms=stamp.at_ms,
        offset_min=stamp.offset_min,
        locale=locale,
        currency=pin.store.currency,
        currency_exponent=pin.store.currency_exponent,
        lines=_lines(sale, pin.programs, spending, locale),
        goods_minor=quote.goods_minor,
        saved_minor=quote.discount_minor,
        # What points paid for is one line under the goods; what offers took off stands under each of them.
        rewards=tuple(
            (_text(pin.programs, one.program_id, locale), one.discount_minor)
            for one in quote.applied
            if one.points_cost and one.discount_minor
        ),
        total_minor=quote.total_minor,
        tenders=tuple(ReceiptTender(one.kind, one.amount_minor, one.reference) for one in sale.tenders),
        change_minor=settled.change_minor,
        taxes=_taxes(sale),
        member=_member(sale, locale, online),
        coupons=tuple(_coupon(new, pin, locale, signer) for new in settled.coupons_issued),
        gifts=tuple(
            ReceiptGift(
                sale.gift_names.get(gift.item_code, gift.item_code),
                gift.units,
                _text(pin.programs, gift.program_id, locale),
            )
            for gift in quote.gifts
        ),
        vouchers_used=tuple(
            _text(pin.programs, one.program_id, locale)
            for one in quote.applied
            if one.coupon_id is not None and not (one.discount_minor or one.gift_units)
        ),
        unused=_unused(sale, locale),
        cards=cards,
        fiscal=pin.register.role == "plugin",
    )


def receipt_locale(sale: ReadySale) -> str:
    """The member's language, else the shop's."""
    member = sale.member.row.locale if sale.member is not None else ""
    return member or sale.pin.store.locale


def coupon_titles(sale: ReadySale) -> tuple[str, ...]:
    """The coupons that a sale issues, as its receipt calls them."""
    locale = receipt_locale(sale)
    return tuple(
        _text(sale.pin.programs, new.redeems_program_id, locale) for new in sale.quote.coupons_issued
    )


def _lines(
    sale: ReadySale, programs: ProgramSet, elsewhere: set[str], locale: str
) -> tuple[ReceiptLine, ...]:
    under: dict[int, list[tuple[str, int]]] = {}
    for discount in sale.quote.discounts:
        if discount.program_id not in elsewhere:
            text = _text(programs, discount.program_id, locale)
            under.setdefault(discount.line_id, []).append((text, discount.amount_minor))
    return tuple(
        ReceiptLine(
            name=sold.line.name,
            quantity=sold.line.quantity,
            uom=sold.line.uom,
            unit_price=sold.line.unit_price,
            extended_minor=sold.line.extended_minor,
            discounts=tuple(under.get(sold.line.line_id, ())),
        )
        for sold in sale.lines
    )


def _taxes(sale: ReadySale) -> tuple[ReceiptTax, ...]:
    taken_off: dict[int, int] = {}
    for discount in sale.quote.discounts:
        taken_off[discount.line_id] = taken_off.get(discount.line_id, 0) + discount.amount_minor
    return taxes_contained(
        (
            (sold.line.taxes, sold.line.extended_minor - taken_off.get(sold.line.line_id, 0))
            for sold in sale.lines
            if sold.line.taxes
        ),
        sale.pin.store.tax_rounding,
    )


def _member(sale: ReadySale, locale: str, online: bool) -> ReceiptMember | None:
    member, facts = sale.member, sale.facts
    if member is None or facts is None:
        return None
    # Two programs may bring money back into one wallet.
    earned: dict[str, int] = {}
    for gain in sale.quote.earned:
        earned[gain.unit] = earned.get(gain.unit, 0) + gain.points
    spent = {one.unit: one.points for one in sale.quote.spent}
    paid = sum(one.amount_minor for one in sale.tenders if one.kind == WALLET)
    if paid:
        spent[money_unit(sale.pin.store.currency)] = paid
    # A ledger unit is found by its program: what is spent names the reward, and not what it costs.
    counting = {sale.pin.programs.unit_of(one.id): one for one in sale.pin.programs.programs if one.earning}
    points = []
    for unit in dict.fromkeys((*earned, *spent)):
        before = facts.balances.get(unit, 0) + _came_back(sale, unit)
        after = before + earned.get(unit, 0) - spent.get(unit, 0)
        usable = max(0, facts.spendable.get(unit, 0) - spent.get(unit, 0))
        program = counting.get(unit)
        points.append(
            ReceiptPoints(
                program_name=program.text(locale) if program is not None else unit.partition(":")[2],
                before=before,
                earned=earned.get(unit, 0),
                spent=spent.get(unit, 0),
                after=after,
                usable_now=None if online or facts.provisional or usable == after else usable,
                stamps=is_stamps(unit),
                money=is_money(unit),
            )
        )
    goods = sale.exchange
    theirs = goods is not None and goods.sale.account_id == facts.account_id
    refunded_minor = goods.refund.refund_minor if goods is not None and theirs else 0
    following = next_tier(facts, sale.pin.programs, sale.quote, refunded_minor=refunded_minor)
    return ReceiptMember(
        display_name=display_name(member.row),
        tier_name=sale.quote.tier or member.row.tier,
        points=tuple(points),
        pending_hq=member.provisional,
        referral_code=printed_code(sale.pin.programs, sale.member_programs),
        next_tier=following.tier if following else "",
        missing=following.missing if following else 0,
        missing_points=following.in_points if following else False,
    )


def _came_back(sale: ReadySale, unit: str) -> int:
    """What the goods that came back in this visit add to the member's points, where they were the same member's."""
    goods = sale.exchange
    if goods is None or sale.facts is None or goods.sale.account_id != sale.facts.account_id:
        return 0
    given = sum(one.points for one in goods.refund.given_back if one.unit == unit)
    return given - sum(one.points for one in goods.refund.taken_back if one.unit == unit)


def _coupon(new: NewCoupon, pin: Pin, locale: str, signer: CouponSigner) -> ReceiptCoupon:
    chain_id = pin.register.chain_id
    signature = signer.sign(signed_bytes(new.coupon_id, chain_id, signer.key_id))
    title = _text(pin.programs, new.redeems_program_id, locale)
    issuer = _text(pin.programs, new.program_id, locale)
    return ReceiptCoupon(
        title=title,
        terms=(issuer,) if issuer != title else (),
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        serial=serial(new.coupon_id),
        qr_payload=pack_payload(CouponPayload(new.coupon_id, chain_id, signer.key_id, signature)),
    )


def _unused(sale: ReadySale, locale: str) -> tuple[ReceiptUnused, ...]:
    """The coupons and codes that were brought and gave nothing: the customer reads why at home."""
    programs = sale.pin.programs
    given = {one.program_id for one in sale.quote.applied} | {one.program_id for one in sale.quote.gifts}
    told = [(one.program_id, one.refusal) for one in sale.quote.refused if one.coupon_id is not None]
    for program in programs.programs:
        if program.trigger == "code" and program.code in sale.quote_input.codes and program.id not in given:
            why = explain(sale.quote_input, programs, program.id)
            if isinstance(why, Refusal):
                told.append((program.id, why))
    return tuple(
        ReceiptUnused(
            title=_text(programs, program_id, locale),
            refusal=refusal,
            other_title=_text(programs, refusal.other_program_id, locale) if refusal.other_program_id else "",
        )
        for program_id, refusal in told
    )


def _text(programs: ProgramSet, program_id: str, locale: str) -> str:
    program = programs.program(program_id)
    return program.text(locale) if program is not None else program_id
