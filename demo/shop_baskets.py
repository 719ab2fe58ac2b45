"""Plausible baskets of the demo shop, the same for the same number: for benchmarks, kills and pictures."""

from __future__ import annotations

import random
from decimal import Decimal

from agent.service.checkout import Checkout
from agent.service.views import FinishedSale
from demo.local_shop import demo_shop


def fill_basket(checkout: Checkout, number: int) -> None:
    """Scan basket `number`: 1 to 15 goods, a member in two of three."""
    chance = random.Random(number)
    shop = demo_shop()
    if number % 3:
        checkout.identify("card", chance.choice(shop["members"])["card"])
    goods = [item for item in shop["items"] if not item.get("gift_card")]
    for item in chance.sample(goods, chance.randint(1, 15)):
        weighed = item.get("uom", "each") != "each"
        quantity = (
            Decimal(chance.randint(80, 2500)) / 1000 if weighed else Decimal(chance.choice((1, 1, 1, 2, 3)))
        )
        checkout.add_item(item["item_code"], quantity)


def sell_basket(checkout: Checkout, number: int) -> FinishedSale:
    """Scan basket `number`, take cash for it, and finish."""
    fill_basket(checkout, number)
    checkout.tender("cash")
    return checkout.finish()
