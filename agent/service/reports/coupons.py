"""`coupons`: how many were issued, redeemed, given back and made void in the period, and how many are live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.entries import backs_of, sale_named, sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from agent.store.report_sums import coupon_states


@dataclass(slots=True)
class _Coupons:
    issued: int = 0
    redeemed: int = 0
    discount_minor: int = 0
    given_back: int = 0
    void: int = 0
    live: int = 0


def coupons() -> Report:
    """By the program that honours them. `live` counts those that this register knows of and that could still be
    used after the period's last day; the others count what happened here in the period."""
    return Report(
        _("coupons issued, redeemed, given back, void and live, by program"),
        (
            Column("program", _("Program")),
            Column("name", _("Name")),
            count("issued", _("Issued")),
            count("redeemed", _("Redeemed")),
            money("discount", _("Discounts")),
            count("given_back", _("Given back")),
            count("void", _("Void")),
            count("live", _("Live now")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[str, _Coupons] = defaultdict(_Coupons)
    for _sale, entry in sales_of(books.db, period):
        for issued in entry.coupons_issued:
            found[issued.redeems_program_id].issued += 1
        for redeemed in entry.coupons_redeemed:
            found[redeemed.program_id].redeemed += 1
            found[redeemed.program_id].discount_minor += redeemed.discount_minor
    for undone in backs_of(books.db, period):
        sale = sale_named(books.db, undone.sale)
        programs = {each.coupon_id: each.program_id for each in sale.coupons_redeemed} if sale else {}
        printed = {each.coupon_id: each.redeems_program_id for each in sale.coupons_issued} if sale else {}
        for coupon_id in undone.coupons_back:
            found[programs.get(coupon_id, "")].given_back += 1
        for taken in undone.coupons_taken:
            if taken.state != "used":
                found[printed.get(taken.coupon_id, taken.program_id)].void += 1
    for states in coupon_states(books.db, period.last):
        if states.live:
            found[states.program_id].live = states.live
    for program_id, one in sorted(found.items()):
        yield (
            program_id,
            books.title(program_id),
            one.issued,
            one.redeemed,
            one.discount_minor,
            one.given_back,
            one.void,
            one.live,
        )
