"""Lines of a basket: from an item of the catalog, or as a host tells them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from gettext import gettext as _
from typing import Final

from agent.domain.basket import Line, PriceSource, Tax
from agent.domain.errors import LoyaltyError
from agent.domain.money import half_up, plain_decimal
from sync.wire.feed import ItemRow

MAX_TYPED_QUANTITY: Final = Decimal(9_999)
MAX_LINE_MINOR: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """A line as another till, a file or a replay tells it: what it says is authoritative."""

    item_code: str
    name: str
    quantity: Decimal
    extended_minor: int
    uom: str = "each"
    unit_price: Decimal | None = None
    taxes: tuple[Tax, ...] = ()
    category: tuple[str, ...] = ()
    discountable: bool = True
    earns: bool = True
    deposit: bool = False
    age_restricted: bool = False
    price_source: PriceSource = "host"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line and the item that it was made from, as it was then: its price does not rise in this basket."""

    line: Line
    item: ItemRow | None = None


def line_of_item(item: ItemRow, line_id: int, quantity: Decimal, *, for_member: bool) -> SoldLine:
    """A line at the list price, or at the card price where a member buys and the item has one.

    Raises LoyaltyError for a quantity in which the item is not sold, and for a tax that its price does not contain.
    """
    _check_quantity(item, quantity)
    if not all(tax.included for tax in item.taxes):
        raise LoyaltyError(
            _("The price of {name} does not contain its tax.").format(name=item.name),
            _("Only prices with tax included can be sold so far; HQ must change the item."),
            code="tax_not_included",
        )
    card = item.card_price if for_member else None
    try:
        price = plain_decimal(item.price if card is None else card)
        quantity = plain_decimal(quantity)
    except ValueError as error:
        raise _no_number(item.name) from error
    extended = half_up(price * quantity)
    if extended > MAX_LINE_MINOR:
        raise _too_much(item.name)
    line = Line(
        line_id=line_id,
        item_code=item.item_code,
        name=item.name,
        quantity=quantity,
        uom=item.uom,
        unit_price=price,
        extended_minor=extended,
        taxes=item.taxes,
        category=item.category,
        discountable=item.discountable and not item.gift_card,
        # Value that is sold earns nothing: what it pays for will.
        earns=item.earns and not item.gift_card,
        deposit=item.deposit,
        age_restricted=item.age_restricted,
        price_source="list" if card is None else "card",
    )
    return SoldLine(line, item)


def line_of_facts(facts: LineFacts, line_id: int) -> SoldLine:
    """A host's line, with numbers in the one form that the journal allows.

    Raises LoyaltyError for an amount below zero or beyond the limit, or a number that is none.
    """
    if not 0 <= facts.extended_minor <= MAX_LINE_MINOR:
        raise LoyaltyError(
            _("The line “{name}” has an amount that a sale cannot have.").format(name=facts.name),
            _("Goods that come back are a return, not a sale."),
            code="line_amount",
        )
    try:
        quantity = plain_decimal(facts.quantity)
        unit_price = None if facts.unit_price is None else plain_decimal(facts.unit_price)
    except ValueError as error:
        raise _no_number(facts.name) from error
    if quantity < 0:
        raise _no_number(facts.name)
    line = Line(
        line_id=line_id,
        item_code=facts.item_code,
        name=facts.name,
        quantity=quantity,
        uom=facts.uom,
        unit_price=unit_price,
        extended_minor=facts.extended_minor,
        taxes=facts.taxes,
        category=facts.category,
        discountable=facts.discountable,
        earns=facts.earns,
        deposit=facts.deposit,
        age_restricted=facts.age_restricted,
        price_source=facts.price_source,
    )
    return SoldLine(line)


def priced_for(sold: SoldLine, *, for_member: bool) -> SoldLine:
    """The same line at the price that its buyer pays; a host's line keeps its own."""
    if sold.item is None:
        return sold
    return line_of_item(sold.item, sold.line.line_id, sold.line.quantity, for_member=for_member)


def _check_quantity(item: ItemRow, quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity <= 0:
        raise _no_number(item.name)
    if quantity > MAX_TYPED_QUANTITY:
        raise _too_much(item.name)
    if quantity % item.quantity_step:
        raise LoyaltyError(
            _("{name} is sold in steps of {step}.").format(name=item.name, step=item.quantity_step),
            _("Type another quantity."),
            code="quantity_step",
        )


def _no_number(name: str) -> LoyaltyError:
    return LoyaltyError(
        _("{name} cannot be sold in that quantity.").format(name=name),
        _("Type a quantity above zero, with six decimals at most."),
        code="quantity",
    )


def _too_much(name: str) -> LoyaltyError:
    return LoyaltyError(
        _("That is more of {name} than one line can hold.").format(name=name),
        _("Check the quantity; a code may have been scanned into it."),
        code="quantity_too_large",
    )
