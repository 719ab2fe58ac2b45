"""A supermarket's catalogue and the baskets that are filled from it: the same seed is the same shop for ever."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Final

from agent.domain.basket import Basket, Line, Tax

DEPARTMENTS: Final = 12
AISLES: Final = 6
SHELVES: Final = 5
ITEMS_A_SHELF: Final = 18
# One item in so many is sold by weight.
WEIGHED_EVERY: Final = 11

_TAXES: Final = ((Tax("A", Decimal("0.21")),), (Tax("B", Decimal("0.11")),))
_UNITS: Final = (1,) * 14 + (2,) * 4 + (3, 4)


@dataclass(frozen=True)
class Item:
    """What is sold: its code, its category from the widest to the narrowest, the price of a unit or of a kilogram."""

    code: str
    category: tuple[str, str, str]
    price_minor: int
    weighed: bool
    taxes: tuple[Tax, ...]


class Catalogue:
    """6,480 items on 360 shelves. Some are bought far more often than others."""

    def __init__(self, dice: random.Random) -> None:
        self.shelves: list[list[Item]] = []
        for department in range(DEPARTMENTS):
            for aisle in range(AISLES):
                for shelf in range(SHELVES):
                    path = (f"d{department:02}", f"a{aisle}", f"s{shelf}")
                    self.shelves.append(self._shelf(len(self.shelves), path, dice))
        self.items = [item for shelf in self.shelves for item in shelf]
        # By rank, as goods sell: the tenth sells about a fifth as often as the first.
        ranks = list(range(1, len(self.items) + 1))
        dice.shuffle(ranks)
        self._weights = list(accumulate(1 / rank**0.7 for rank in ranks))

    def basket(self, dice: random.Random, lines: int) -> Basket:
        """So many different items, mostly one unit of each."""
        chosen: dict[str, Item] = {}
        while len(chosen) < lines:
            (item,) = dice.choices(self.items, cum_weights=self._weights)
            chosen[item.code] = item
        return Basket(
            tuple(
                a_line(number, item, _quantity(item, dice))
                for number, item in enumerate(chosen.values(), start=1)
            )
        )

    def _shelf(self, number: int, path: tuple[str, str, str], dice: random.Random) -> list[Item]:
        usual = dice.choice((149, 249, 349, 499, 699, 1199, 1999))
        taxes = _TAXES[number % 3 != 0]
        return [
            Item(
                code=f"594{number:05}{place:04}",
                category=path,
                price_minor=usual * dice.randint(60, 180) // 100 // 10 * 10 + 9,
                weighed=dice.randrange(WEIGHED_EVERY) == 0,
                taxes=taxes,
            )
            for place in range(ITEMS_A_SHELF)
        ]


def a_line(number: int, item: Item, quantity: int | Decimal) -> Line:
    """A line of so many units, or kilograms."""
    return Line(
        line_id=number,
        item_code=item.code,
        name=f"Item {item.code}",
        quantity=Decimal(quantity),
        uom="kg" if item.weighed else "each",
        unit_price=Decimal(item.price_minor),
        extended_minor=int((item.price_minor * Decimal(quantity)).to_integral_value(ROUND_HALF_UP)),
        taxes=item.taxes,
        category=item.category,
    )


def _quantity(item: Item, dice: random.Random) -> int | Decimal:
    return Decimal(dice.randint(120, 2_400)) / 1000 if item.weighed else dice.choice(_UNITS)
