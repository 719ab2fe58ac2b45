"""Tax is summed exactly and rounded once for each rate."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.basket import Tax
from agent.domain.receipt import ReceiptTax
from agent.domain.tax import taxes_contained

FOOD = Tax("B", Decimal("0.11"))
REST = Tax("A", Decimal("0.21"))


def test_tax_is_the_part_of_the_price_that_it_is() -> None:
    assert taxes_contained([((FOOD,), 1110), ((REST,), 1210)]) == (
        ReceiptTax("A", Decimal("0.21"), 210),
        ReceiptTax("B", Decimal("0.11"), 110),
    )


def test_many_small_lines_are_rounded_together() -> None:
    assert taxes_contained([((FOOD,), 5)] * 20) == (ReceiptTax("B", Decimal("0.11"), 10),)


def test_where_a_country_rounds_line_by_line_many_small_lines_contain_more() -> None:
    small = [((FOOD,), 5)] * 20

    assert taxes_contained(small, "line") == (ReceiptTax("B", Decimal("0.11"), 0),)
    assert taxes_contained([((FOOD,), 6)] * 20, "line") == (ReceiptTax("B", Decimal("0.11"), 20),)
    assert taxes_contained([((FOOD,), 6)] * 20) == (ReceiptTax("B", Decimal("0.11"), 12),)


def test_a_tax_on_a_tax_counts_the_first_one_in() -> None:
    excise = Tax("E", Decimal("0.10"))
    vat = Tax("V", Decimal("0.20"), compound=True)

    assert taxes_contained([((excise, vat), 132)]) == (
        ReceiptTax("E", Decimal("0.10"), 10),
        ReceiptTax("V", Decimal("0.20"), 22),
    )


def test_two_taxes_side_by_side_share_one_base() -> None:
    state, city = Tax("S", Decimal("0.05")), Tax("C", Decimal("0.05"))

    assert [tax.amount_minor for tax in taxes_contained([((state, city), 110)])] == [5, 5]


def test_a_tax_that_is_not_in_the_price_is_not_shown() -> None:
    assert taxes_contained([((Tax("X", Decimal("0.1"), included=False),), 100)]) == ()


@given(st.lists(st.integers(min_value=0, max_value=1_000_000), max_size=30))
def test_tax_is_never_more_than_what_was_paid(amounts: list[int]) -> None:
    taxes = taxes_contained([((FOOD, REST), amount) for amount in amounts])

    assert sum(tax.amount_minor for tax in taxes) <= sum(amounts) + len(taxes)
