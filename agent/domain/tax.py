"""The tax that a receipt's total contains, for each code and rate: rounded once for the receipt, or on each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from agent.domain.basket import Tax
from agent.domain.money import half_up
from agent.domain.receipt import ReceiptTax

TaxRounding = Literal["receipt", "line"]


def taxes_contained(
    lines: Iterable[tuple[tuple[Tax, ...], int]], rounding: TaxRounding = "receipt"
) -> tuple[ReceiptTax, ...]:
    """Taxes by code and rate, of lines given as (taxes, what is paid for the line in minor units).

    A compound tax is a tax on the price with the taxes before it. Taxes that prices do not include are charged by
    nobody here, so they are left out. `rounding`, the country's rule: half up once for the whole receipt, or line by
    line before they are added up.
    """
    sums: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for taxes, paid_minor in lines:
        included = [tax for tax in taxes if tax.included]
        shares: list[tuple[Tax, Decimal]] = []
        gross = Decimal(1)
        for tax in included:
            share = tax.rate * (gross if tax.compound else 1)
            shares.append((tax, share))
            gross += share
        for tax, share in shares:
            amount = paid_minor * share / gross
            sums[tax.code, tax.rate] += half_up(amount) if rounding == "line" else amount
    return tuple(ReceiptTax(code, rate, half_up(amount)) for (code, rate), amount in sorted(sums.items()))


def tax_factor(taxes: Iterable[Tax]) -> Fraction:
    """By how much the taxes that a price includes raise it over the price without them, exactly."""
    gross = Fraction(1)
    for tax in taxes:
        if tax.included:
            gross += Fraction(tax.rate) * (gross if tax.compound else 1)
    return gross
