"""The weekly price book that is rebuilt from what was paid."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from demo.complete_journey.price_book import PriceBook, unit_price
from demo.complete_journey.source import Product, SourceLine

MILK = Product(1, "GROCERY", "FLUID MILK PRODUCTS", "FLUID MILK WHITE ONLY", "1 GA", pairs=1_000, alike=950)
BANANAS = Product(2, "PRODUCE", "TROPICAL FRUIT", "BANANAS", "40 LB", pairs=10_000, alike=300)
FUEL = Product(3, "FUEL", "COUPON/MISC ITEMS", "GASOLINE-REG UNLEADED", "")
CATALOG = {product.product_id: product for product in (MILK, BANANAS, FUEL)}


def sold(product: Product, quantity: int, regular: int, *, card_saves: int = 0, match: int = 0) -> SourceLine:
    return SourceLine(product.product_id, quantity, regular - card_saves - match, card_saves, 0, match)


def a_book(*lines: SourceLine) -> PriceBook:
    return PriceBook(lines, CATALOG.__getitem__)


@given(
    product=st.sampled_from(list(CATALOG.values())),
    quantity=st.integers(1, 90_000),
    regular=st.integers(0, 100_000),
    data=st.data(),
)
def test_a_line_alone_made_its_price_itself(
    product: Product, quantity: int, regular: int, data: st.DataObject
) -> None:
    saves = data.draw(st.integers(0, regular))
    line = sold(
        product, quantity, regular, card_saves=saves, match=data.draw(st.integers(0, regular - saves))
    )

    assert a_book(line).verdict(line) == ("card" if saves else "list")


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 2_000)), min_size=2, max_size=12))
def test_the_book_explains_at_least_the_price_that_most_paid(paid: list[tuple[int, int]]) -> None:
    lines = [sold(MILK, quantity, regular) for quantity, regular in paid]
    book = a_book(*lines)
    same = max(sum(a * q == b * r for a, b in paid) for r, q in paid)

    assert sum(book.verdict(line) == "list" for line in lines) >= same


def test_the_price_that_most_paid_is_the_price_and_another_is_an_override() -> None:
    usual, dearer = sold(MILK, 1, 299), sold(MILK, 1, 349)
    book = a_book(usual, dearer, sold(MILK, 2, 598))

    assert book.verdict(usual) == "list"
    assert book.verdict(dearer) == "override"


def test_with_the_card_a_line_pays_the_card_price_and_without_it_the_list_price() -> None:
    with_card, without = sold(MILK, 1, 299, card_saves=50), sold(MILK, 1, 299)
    more_off = sold(MILK, 1, 299, card_saves=80)
    book = a_book(with_card, without, sold(MILK, 2, 598, card_saves=100), more_off)

    assert book.verdict(with_card) == "card"
    assert book.verdict(without) == "list"
    assert book.verdict(more_off) == "override"
    assert unit_price(with_card, MILK) == Decimal(249)


def test_three_for_five_is_one_price_however_many_are_bought() -> None:
    one, two, three = sold(MILK, 1, 167), sold(MILK, 2, 333), sold(MILK, 3, 500)
    book = a_book(one, two, three)

    assert {book.verdict(line) for line in (one, two, three)} == {"list"}


def test_the_shops_match_of_a_coupon_changes_no_price() -> None:
    matched = sold(MILK, 1, 299, match=40)

    assert matched.sales_minor == 259
    assert a_book(sold(MILK, 1, 299), matched).verdict(matched) == "list"


def test_weighed_goods_have_no_price_of_a_piece_but_one_share_off_for_cards() -> None:
    small, large = sold(BANANAS, 1, 59, card_saves=20), sold(BANANAS, 1, 236, card_saves=80)
    other_share = sold(BANANAS, 1, 118, card_saves=90)
    book = a_book(small, large, other_share, sold(BANANAS, 1, 177))

    assert {book.verdict(small), book.verdict(large)} == {"card"}
    assert book.verdict(sold(BANANAS, 1, 177)) == "list"
    assert book.verdict(other_share) == "override"


def test_fuel_goes_by_tenths_of_a_cent_a_gallon() -> None:
    # 219.9 cents a gallon: 10.000 gallons, 12.345 and 17.001.
    lines = [sold(FUEL, 10_000, 2_199), sold(FUEL, 12_345, 2_715), sold(FUEL, 17_001, 3_739)]
    book = a_book(*lines)

    assert {book.verdict(line) for line in lines} == {"list"}
    assert unit_price(lines[0], FUEL) == Decimal("219.9")


def test_a_line_of_no_quantity_is_an_override_only_when_it_has_a_value() -> None:
    nothing, something = sold(MILK, 0, 0), sold(MILK, 0, 89)
    book = a_book(nothing, something)

    assert book.verdict(nothing) == "list"
    assert book.verdict(something) == "override"
    assert unit_price(something, MILK) is None
