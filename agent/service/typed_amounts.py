"""Gift cards whose amount is typed: the item is scanned, then its amount is asked for, within what the shop allows.

Its line costs nothing until then and cannot be paid. The typed amount is the item's price in this basket.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.money import plain_amount
from agent.service import basket_edit
from agent.service.basket_lines import SoldLine, line_of_item
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.views import Notice
from agent.store.catalog import read_typed_amount
from agent.store.sqlite import Connection
from sync.wire.feed import ItemRow, StoreRow

# Fewer digits than any barcode or card has, so that a scan is never taken for an amount.
_AMOUNT: Final = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?")


def with_item(db: Connection, sale: OpenSale, item: ItemRow, quantity: Decimal | None) -> OpenSale:
    """One more of an item, or so many; one whose amount is typed waits for it, and only one at a time does."""
    asked = read_typed_amount(db, item.item_code)
    if asked is None or not item.gift_card:
        return basket_edit.with_item(sale, item, quantity)
    require_amounts(sale)
    free = msgspec.structs.replace(item, price=Decimal(0), card_price=None)
    more = basket_edit.with_item(sale, free, quantity)
    return replace(more, typed={**sale.typed, sale.next_line_id: asked})


def line_without_amount(sale: OpenSale) -> SoldLine | None:
    """The line whose amount is still to be typed."""
    return next(
        (one for one in sale.lines if one.line.line_id in sale.typed and not one.line.extended_minor), None
    )


def answers(sale: OpenSale, text: str) -> bool:
    """Whether this is the amount that the till is asking for."""
    return line_without_amount(sale) is not None and _AMOUNT.fullmatch(text) is not None


def with_amount(sale: OpenSale, text: str, pin: Pin) -> OpenSale:
    """The sale with the amount that was typed. Raises LoyaltyError for one that the shop does not sell."""
    sold = line_without_amount(sale)
    if sold is None or sold.item is None:
        raise AssertionError("no amount is asked for")
    line_id, asked, store = sold.line.line_id, sale.typed[sold.line.line_id], pin.store
    minor = Decimal(text.replace(",", ".")).scaleb(store.currency_exponent)
    if minor != minor.to_integral_value() or not asked.lowest_minor <= minor <= asked.highest_minor:
        raise LoyaltyError(
            _("{item} takes {lowest} to {highest}.").format(
                item=sold.line.name,
                lowest=plain_amount(asked.lowest_minor, store.currency_exponent),
                highest=plain_amount(asked.highest_minor, store.currency_exponent),
            ),
            _("Type another amount, or remove the line."),
            code="amount_out_of_range",
        )
    item = msgspec.structs.replace(sold.item, price=minor)
    priced = line_of_item(item, line_id, Decimal(1), for_member=False)
    return replace(sale, lines=tuple(priced if one is sold else one for one in sale.lines), newest=line_id)


def amount_notice(sale: OpenSale, store: StoreRow) -> Notice | None:
    """What to do next where an amount is wanted."""
    sold = line_without_amount(sale)
    if sold is None:
        return None
    asked = sale.typed[sold.line.line_id]
    return Notice(
        _("{item} needs its amount.").format(item=sold.line.name),
        _("Type {lowest} to {highest}, then Enter.").format(
            lowest=plain_amount(asked.lowest_minor, store.currency_exponent),
            highest=plain_amount(asked.highest_minor, store.currency_exponent),
        ),
    )


def require_amounts(sale: OpenSale) -> None:
    """Raise LoyaltyError where an amount was not typed yet."""
    sold = line_without_amount(sale)
    if sold is not None:
        raise LoyaltyError(
            _("{item} needs its amount.").format(item=sold.line.name),
            _("Type it, or remove the line."),
            code="amount_wanted",
        )
