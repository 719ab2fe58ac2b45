"""A receipt's facts -> the document that is printed, in the receipt's language.

From the top: the store, the sale, its lines, the total, how it was paid, the member's points, coupons, and the words
that a till must say. What the receipt does not know is not printed.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from agent.domain.receipt import (
    Receipt,
    ReceiptCoupon,
    ReceiptGift,
    ReceiptLine,
    ReceiptMember,
    ReceiptPoints,
    ReceiptTender,
)
from agent.service.names import tier_title
from printers.document import (
    BIG,
    BOLD,
    TALL,
    Barcode,
    Block,
    Columns,
    Cut,
    Document,
    Drawer,
    Feed,
    Qr,
    Rule,
    Text,
)
from printers.figures import Figures, local_time
from printers.returned import returned_coupons, returned_head, returned_points, returned_sums
from printers.unused import unused_blocks
from printers.words import words_for

_HALF_LINE_DOTS: Final = 10
_BARCODE_GAP_DOTS: Final = 6
_LINE_DOTS: Final = 24
_INDENT: Final = 2
_ONE: Final = Decimal(1)


def receipt_document(
    receipt: Receipt, *, copy: bool = False, words: gettext.NullTranslations | None = None
) -> Document:
    """The receipt as blocks. A `copy` says so at both ends, opens no drawer, and keeps each coupon's serial."""
    return _ReceiptWriter(receipt, copy, words or words_for(receipt.locale)).document()


class _ReceiptWriter:
    """Writes one receipt; each method is one part of the paper."""

    def __init__(self, receipt: Receipt, copy: bool, words: gettext.NullTranslations) -> None:
        self._receipt = receipt
        self._copy = copy
        self._words = words
        self._figures = Figures(receipt.locale, receipt.currency_exponent)
        self._blocks: list[Block] = []

    def document(self) -> Document:
        self._drawer()
        self._copy_mark()
        self._head()
        self._sale()
        for line in self._receipt.lines:
            self._line(line)
        for gift in self._receipt.gifts:
            self._gift(gift)
        for title in self._receipt.vouchers_used:
            self._voucher_used(title)
        self._sums()
        self._paid()
        if self._receipt.returned is not None:
            self._put(*returned_coupons(self._receipt.returned, self._words))
        if self._receipt.member is not None:
            self._member(self._receipt.member)
        if self._receipt.unused:
            self._put(Rule(), *unused_blocks(self._receipt.unused, self._figures, self._words))
        for coupon in self._receipt.coupons:
            self._coupon(coupon)
        self._foot()
        self._copy_mark()
        self._put(Cut())
        return Document(tuple(self._blocks))

    def _put(self, *blocks: Block) -> None:
        self._blocks.extend(blocks)

    def _drawer(self) -> None:
        if not self._copy and any(tender.kind == "cash" for tender in self._receipt.tenders):
            self._put(Drawer())

    def _copy_mark(self) -> None:
        _ = self._words.gettext
        if self._copy:
            self._put(Text(_("COPY"), BIG, "center"))

    def _head(self) -> None:
        store = self._receipt.store
        self._put(Text(store.name, BIG, "center"))
        self._put(*(Text(line, align="center") for line in store.lines))
        self._put(Feed(_HALF_LINE_DOTS))

    def _sale(self) -> None:
        _ = self._words.gettext
        receipt, figures = self._receipt, self._figures
        at = local_time(receipt.at_ms, receipt.offset_min)
        number = _("Receipt {number}").format(number=receipt.receipt_number)
        self._put(Columns(number, f"{figures.date(at.date())} {figures.time(at)}"))
        cashier = _("Cashier: {name}").format(name=receipt.operator_name) if receipt.operator_name else ""
        self._put(Columns(receipt.register_name, cashier))
        if receipt.returned is not None:
            self._put(*returned_head(receipt.returned, figures, self._words))
        self._put(Rule())

    def _line(self, line: ReceiptLine) -> None:
        amount = self._figures.money(line.extended_minor)
        if line.quantity == _ONE and line.uom == "each":
            self._put(Columns(line.name, amount, BOLD))
        else:
            self._put(Text(line.name, BOLD), Columns(self._quantity_and_price(line), amount, indent=_INDENT))
        for text, amount_minor in line.discounts:
            self._put(Columns(text, self._figures.signed_money(amount_minor), indent=_INDENT))

    def _gift(self, gift: ReceiptGift) -> None:
        """What was handed over for nothing stands among the goods, with the program that gives it."""
        _ = self._words.gettext
        name = gift.item_name
        if gift.units > 1:
            name = _("{count} x {item}").format(count=self._figures.points(gift.units), item=gift.item_name)
        self._put(Columns(name, _("free"), BOLD), Text("  " + gift.text))

    def _voucher_used(self, title: str) -> None:
        """What was booked is a line of the receipt, for nothing: it was paid for when the voucher was issued."""
        _ = self._words.gettext
        self._put(Columns(title, self._figures.money(0), BOLD), Text("  " + _("Voucher used")))

    def _quantity_and_price(self, line: ReceiptLine) -> str:
        _ = self._words.gettext
        quantity = self._figures.quantity(line.quantity)
        if line.uom != "each":
            quantity = f"{quantity} {line.uom}"
        if line.unit_price is None:
            return quantity
        price = self._figures.unit_price(line.unit_price)
        return _("{quantity} x {price}").format(quantity=quantity, price=price)

    def _sums(self) -> None:
        _ = self._words.gettext
        receipt, figures = self._receipt, self._figures
        self._put(Rule())
        if receipt.saved_minor or receipt.rewards:
            self._put(Columns(_("Goods"), figures.money(receipt.goods_minor)))
        for text, amount_minor in receipt.rewards:
            self._put(Columns(text, figures.signed_money(amount_minor), indent=_INDENT))
        if receipt.saved_minor:
            self._put(Columns(_("You saved"), figures.signed_money(receipt.saved_minor), BOLD))
        total = _("TOTAL {currency}").format(currency=receipt.currency)
        if receipt.returned is not None:
            self._put(*returned_sums(receipt.returned, figures, self._words))
            total = _("MONEY BACK {currency}").format(currency=receipt.currency)
        self._put(Columns(total, figures.money(receipt.total_minor), BIG))

    def _paid(self) -> None:
        _ = self._words.gettext
        receipt, figures = self._receipt, self._figures
        for tender in receipt.tenders:
            self._put(Columns(self._tender_words(tender), figures.money(tender.amount_minor)))
        for card in receipt.cards:
            left = _("On gift card {last4}").format(last4=card.last4)
            self._put(Columns(left, figures.money(card.balance_minor)))
        if receipt.change_minor:
            self._put(Columns(_("Change"), figures.money(receipt.change_minor), BOLD))
        for tax in receipt.taxes:
            words = _("Tax {code} {rate}").format(code=tax.code, rate=figures.rate(tax.rate))
            self._put(Columns(words, figures.money(tax.amount_minor)))

    def _tender_words(self, tender: ReceiptTender) -> str:
        _ = self._words.gettext
        known = {
            "cash": _("Cash"),
            "card": _("Card"),
            "manufacturer_coupon": _("Manufacturer's coupon"),
            "exchange": _("Goods that came back"),
            "gift_card": _("Gift card"),
            "wallet": _("Wallet"),
        }
        if tender.kind == "exchange" and self._receipt.returned is not None:
            return _("Goes into a new sale")
        return f"{known.get(tender.kind, tender.kind)} {tender.detail}".rstrip()

    def _member(self, member: ReceiptMember) -> None:
        _ = self._words.gettext
        self._put(
            Rule("double"), Columns(member.display_name or _("Member"), tier_title(member.tier_name, _), TALL)
        )
        several = len(member.points) > 1
        for points in member.points:
            # A member has one account of points and several cards of stamps.
            if several or points.stamps or points.money:
                self._put(Text(points.program_name))
            self._points(points)
        if member.referral_code:
            self._put(Columns(_("Your code for friends"), member.referral_code))
        if member.next_tier:
            self._put(Text(self._next_tier(member)))
        if member.pending_hq:
            self._put(Text(_("These points join your account when the shop is connected again.")))

    def _next_tier(self, member: ReceiptMember) -> str:
        _ = self._words.gettext
        tier = tier_title(member.next_tier, _)
        if not member.missing:
            return _("{tier} is reached and counts from the next visit.").format(tier=tier)
        figures = self._figures
        if member.missing_points:
            return _("{points} more points to {tier}").format(
                points=figures.points(member.missing), tier=tier
            )
        return _("{amount} more to {tier}").format(amount=figures.money(member.missing), tier=tier)

    def _points(self, points: ReceiptPoints) -> None:
        _ = self._words.gettext
        figures = self._figures
        before, after = _("Points before"), _("Points in total")
        count: Callable[[int], str] = figures.points
        signed: Callable[[int], str] = figures.signed_points
        if points.stamps:
            before, after = _("Stamps before"), _("Stamps in total")
        if points.money:
            before, after = _("Wallet before"), _("Now in the wallet")
            count, signed = figures.money, figures.plus_minus
        self._put(Columns(before, count(points.before)))
        if points.spent:
            self._put(Columns(_("Used now"), signed(-points.spent)))
        if self._receipt.returned is not None:
            self._put(*returned_points(points, signed, self._words))
        else:
            self._put(Columns(_("Earned now"), signed(points.earned)))
        self._put(Columns(after, count(points.after), BOLD))
        if points.usable_now is not None and points.usable_now != points.after:
            self._put(Columns(_("of which usable now"), count(points.usable_now), indent=_INDENT))

    def _coupon(self, coupon: ReceiptCoupon) -> None:
        _ = self._words.gettext
        first, last = self._figures.date(coupon.valid_from), self._figures.date(coupon.valid_until)
        valid = (
            _("Valid on {day}.").format(day=first)
            if coupon.valid_from == coupon.valid_until
            else _("Valid from {first} to {last}.").format(first=first, last=last)
        )
        self._put(Rule("double"), Text(coupon.title, BIG, "center"))
        self._put(*(Text(term, align="center") for term in coupon.terms), Text(valid, align="center"))
        self._put(Feed(_HALF_LINE_DOTS), Barcode(coupon.serial.replace(" ", "")), Feed(_BARCODE_GAP_DOTS))
        self._put(Text(coupon.serial, BOLD, "center"), Feed(_HALF_LINE_DOTS))
        self._put(Qr(coupon.qr_payload), Feed(_HALF_LINE_DOTS))

    def _foot(self) -> None:
        _ = self._words.gettext
        self._put(Rule())
        if not self._receipt.fiscal:
            self._put(Text(_("THIS IS NOT A FISCAL RECEIPT"), BOLD, "center"))
        self._put(Text(_("Thank you. See you soon."), align="center"), Feed(_LINE_DOTS))
