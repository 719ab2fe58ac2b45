"""The parts of a receipt that only a return or a void has, in the receipt's language."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator

from agent.domain.receipt import ReceiptPoints, ReceiptReturn
from printers.document import BIG, BOLD, Block, Columns, Text
from printers.figures import Figures, local_time


def returned_head(
    returned: ReceiptReturn, figures: Figures, words: gettext.NullTranslations
) -> Iterator[Block]:
    """What it is, and the sale that it came from."""
    _ = words.gettext
    at = local_time(returned.of_at_ms, returned.of_offset_min)
    yield Text(_("VOID") if returned.void else _("RETURN"), BIG, "center")
    sale = _("of receipt {number}").format(number=returned.of_receipt)
    yield Columns(sale, f"{figures.date(at.date())} {figures.time(at)}")
    yield Columns(_("Reason"), _reason(returned.reason, words))


def returned_sums(
    returned: ReceiptReturn, figures: Figures, words: gettext.NullTranslations
) -> Iterator[Block]:
    """What is taken off the money back."""
    _ = words.gettext
    if returned.repriced_minor:
        yield Columns(_("Offers the rest no longer has"), figures.signed_money(returned.repriced_minor))
    for title, amount_minor in returned.deducted:
        yield Columns(_("Used: {coupon}").format(coupon=title), figures.signed_money(amount_minor))


def returned_points(
    points: ReceiptPoints, signed: Callable[[int], str], words: gettext.NullTranslations
) -> Iterator[Block]:
    """Points that go each way; `signed` writes an amount of them."""
    _ = words.gettext
    if points.given_back:
        yield Columns(_("Used, given back"), signed(points.given_back))
    if points.taken_back:
        yield Columns(_("Earned, taken back"), signed(-points.taken_back))


def returned_coupons(returned: ReceiptReturn, words: gettext.NullTranslations) -> Iterator[Block]:
    """Coupons that no longer count, and those that can be used again."""
    _ = words.gettext
    for title in returned.coupons_void:
        yield Text(_("No longer counts: {coupon}").format(coupon=title), BOLD)
    for title in returned.coupons_back:
        yield Text(_("Can be used again: {coupon}").format(coupon=title), BOLD)


def _reason(code: str, words: gettext.NullTranslations) -> str:
    """The words of a reason; one that was typed as it is."""
    _ = words.gettext
    known = {
        "faulty": _("Faulty"),
        "changed_mind": _("Changed mind"),
        "wrong_item": _("Wrong item"),
        "mistake": _("Rung up by mistake"),
        "payment": _("Wrong payment"),
        "other": _("Other"),
    }
    return known.get(code, code)
