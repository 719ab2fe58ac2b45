"""A price that does not contain its tax would let the shop pay that tax itself, so such an item is not sold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.domain.basket import Tax
from agent.domain.errors import LoyaltyError
from agent.service.basket_lines import line_of_item
from sync.wire.feed import ItemRow


def test_an_item_whose_tax_comes_on_top_is_refused():
    item = ItemRow(
        item_code="1", name="Milk", price=Decimal(849), taxes=(Tax("A", Decimal("0.11"), included=False),)
    )

    with pytest.raises(LoyaltyError) as refused:
        line_of_item(item, 1, Decimal(1), for_member=False)

    assert refused.value.code == "tax_not_included"


def test_an_item_with_its_tax_inside_sells_at_its_price():
    item = ItemRow(item_code="1", name="Milk", price=Decimal(849), taxes=(Tax("A", Decimal("0.11")),))

    assert line_of_item(item, 1, Decimal(2), for_member=False).line.extended_minor == 1698
