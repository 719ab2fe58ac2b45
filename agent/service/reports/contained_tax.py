"""The tax that is in what was paid, rounded as each receipt rounded it."""

from __future__ import annotations

from agent.domain.receipt import ReceiptTax
from agent.domain.tax import taxes_contained
from sync.wire.entries import ReturnEntry, SaleEntry


def tax_of_sale(entry: SaleEntry) -> tuple[ReceiptTax, ...]:
    """By code and rate, as on the sale's receipt."""
    off: dict[int, int] = {}
    for discount in entry.discounts:
        off[discount.line_id] = off.get(discount.line_id, 0) + discount.amount_minor
    return taxes_contained(
        (
            (line.taxes, line.extended_minor - off.get(line.line_id, 0))
            for line in entry.quote_input.basket.lines
            if line.taxes
        ),
        entry.tax_rounding,
    )


def tax_of_return(entry: ReturnEntry, sale: SaleEntry) -> tuple[ReceiptTax, ...]:
    """By code and rate, in what was paid for the goods that came back."""
    taxes = {line.line_id: line.taxes for line in sale.quote_input.basket.lines}
    return taxes_contained(
        ((taxes.get(line.line_id, ()), line.amount_minor) for line in entry.lines), sale.tax_rounding
    )
