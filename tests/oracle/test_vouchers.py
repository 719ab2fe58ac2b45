"""Vouchers beside every kind of offer: issued and used as a second pricer says, and no price changes by them."""

from __future__ import annotations

from functools import cache

from tests.oracle.comparison import Comparison, compared, parts_of
from tests.oracle.shops import a_shop, with_vouchers

SHOPS = 60


@cache
def the_shops() -> list[tuple[Comparison, Comparison]]:
    """Each shop without vouchers and with them."""
    plain = [a_shop(seed, max_units=5, max_programs=6) for seed in range(SHOPS)]
    return [(compared(shop), compared(with_vouchers(shop))) for shop in plain]


def test_vouchers_are_issued_and_used_as_the_definition_says():
    other = [
        (with_them.shop.seed, each.told)
        for _without, with_them in the_shops()
        for each in with_them.differences
        if each.about in ("vouchers", "points")
    ]

    assert other == []


def test_no_price_and_no_earned_point_changes_by_a_voucher():
    for without, with_them in the_shops():
        assert parts_of(with_them.quote) == parts_of(without.quote)
        assert with_them.quote.earned == without.quote.earned
        assert with_them.quote.total_minor == without.quote.total_minor


def test_the_shops_have_vouchers_of_every_sort():
    """So that the comparison says something."""
    quotes = [with_them.quote for _without, with_them in the_shops()]

    issued = {one.program_id for quote in quotes for one in quote.applied if one.vouchers_issued}
    used = {one.program_id for quote in quotes for one in quote.applied if one.program_id.startswith("visit")}
    refused = {
        one.refusal.code for quote in quotes for one in quote.refused if one.program_id.startswith("book")
    }
    assert issued == {"book1", "book2", "book3"}
    assert used == {"visit1", "visit2", "visit3"}
    assert {"not_enough_points", "points_not_held", "taken_off"} <= refused
