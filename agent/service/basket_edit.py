"""Changing a basket: each function returns another open sale, not priced yet, or raises and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from gettext import gettext as _
from typing import Final

from agent.domain.basket import MAX_LINES
from agent.domain.errors import LoyaltyError
from agent.service.basket_lines import LineFacts, SoldLine, line_of_facts, line_of_item, priced_for
from agent.service.open_sale import OpenSale
from sync.wire.feed import ItemRow

_ONE: Final = Decimal(1)


def with_item(sale: OpenSale, item: ItemRow, quantity: Decimal | None) -> OpenSale:
    """One more of an item, or so many. The same item twice in a row is one line."""
    if quantity is None and item.uom != "each":
        raise LoyaltyError(
            _("{name} is sold by {uom}.").format(name=item.name, uom=item.uom),
            _("Type how much before it, for example 1.25*{code}.").format(code=item.item_code),
            code="quantity_needed",
        )
    for_member = sale.member is not None
    newest = sale.line(sale.newest) if sale.newest is not None else None
    if item.gift_card:
        # Each card is a line of its own.
        if quantity not in (None, _ONE):
            raise LoyaltyError(
                _("Gift cards are sold one by one."),
                _("Scan {name}, then the card; then the next.").format(name=item.name),
                code="one_card_a_line",
            )
    elif quantity is None and newest is not None and newest.item == item:
        more = line_of_item(item, newest.line.line_id, newest.line.quantity + 1, for_member=for_member)
        return _with_line_changed(sale, more)
    quantity = _ONE if quantity is None else quantity
    return _with_line_added(sale, line_of_item(item, sale.next_line_id, quantity, for_member=for_member))


def with_facts(sale: OpenSale, facts: LineFacts) -> OpenSale:
    """A line as a host tells it."""
    return _with_line_added(sale, line_of_facts(facts, sale.next_line_id))


def with_quantity(sale: OpenSale, line_id: int, quantity: Decimal) -> OpenSale:
    """Another quantity of a line's item."""
    sold = _require_line(sale, line_id)
    if sold.item is None:
        raise LoyaltyError(
            _("This line came from another till, so its quantity stands."),
            _("Change it there, or remove the line."),
            code="host_line",
        )
    if sold.item.gift_card and quantity != _ONE:
        raise LoyaltyError(
            _("Gift cards are sold one by one."), _("Scan the next one."), code="one_card_a_line"
        )
    changed = line_of_item(sold.item, line_id, quantity, for_member=sale.member is not None)
    return _with_line_changed(sale, changed)


def without_line(sale: OpenSale, line_id: int) -> OpenSale:
    """The basket without one line."""
    _require_line(sale, line_id)
    lines = tuple(one for one in sale.lines if one.line.line_id != line_id)
    return replace(sale, lines=lines, newest=lines[-1].line.line_id if lines else None)


def at_the_buyers_prices(sale: OpenSale) -> OpenSale:
    """Every line at the price of whoever buys now: members may have card prices."""
    for_member = sale.member is not None
    return replace(sale, lines=tuple(priced_for(sold, for_member=for_member) for sold in sale.lines))


def _with_line_added(sale: OpenSale, sold: SoldLine) -> OpenSale:
    if len(sale.lines) >= MAX_LINES:
        raise LoyaltyError(
            _("A basket has at most {count} lines.").format(count=MAX_LINES),
            _("Finish this sale and begin another for the rest."),
            code="basket_full",
        )
    line_id = sold.line.line_id
    return replace(sale, lines=(*sale.lines, sold), newest=line_id, next_line_id=line_id + 1)


def _with_line_changed(sale: OpenSale, changed: SoldLine) -> OpenSale:
    line_id = changed.line.line_id
    lines = tuple(changed if one.line.line_id == line_id else one for one in sale.lines)
    return replace(sale, lines=lines, newest=line_id)


def _require_line(sale: OpenSale, line_id: int) -> SoldLine:
    sold = sale.line(line_id)
    if sold is None:
        raise LoyaltyError(
            _("That line is not in the basket any more."), _("Look at the basket."), code="no_line"
        )
    return sold
