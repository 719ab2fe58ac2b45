"""Counts what is odd in the lines that go by."""

from __future__ import annotations

from dataclasses import dataclass

from demo.complete_journey.goods import is_measured_fuel, is_weighed
from demo.complete_journey.source import Product, SourceBasket, SourceLine


@dataclass(slots=True)
class Oddities:
    """Lines, but for `coupon_excess_baskets`: baskets whose manufacturer's coupons are worth more than their goods.

    `value_zero` is to the cent: the package holds 20 values of some 1e-15 dollars beside 11,226 that are exactly 0.
    """

    fuel: int = 0
    weighed: int = 0
    quantity_zero: int = 0
    value_zero: int = 0
    not_in_catalog: int = 0
    coupon_excess_baskets: int = 0

    def count_line(self, line: SourceLine, product: Product) -> None:
        self.value_zero += not line.sales_minor
        self.not_in_catalog += not product.listed
        if not line.quantity:
            self.quantity_zero += 1
        elif is_weighed(product):
            self.weighed += 1
        elif is_measured_fuel(product, line):
            self.fuel += 1

    def count_coupons(self, basket: SourceBasket) -> None:
        self.coupon_excess_baskets += basket.coupon_minor > basket.sales_minor
