"""The columns of the figures, the same on the page, in the file and in the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hq.program_figures.figures import ProgramFigures
from hq.program_figures.given import Given


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of what a program gave. `comes_back`: returns take it back, so there is a net beside it."""

    name: str
    title: str | Promise
    of: Callable[[Given], int]
    is_money: bool = False
    comes_back: bool = True
    # Left out of the page where no program has any.
    is_rare: bool = False

    def net(self, one: ProgramFigures) -> int:
        return self.of(one.given) - self.of(one.back)


COLUMNS: Final = (
    Column("uses", gettext_lazy("Uses"), lambda given: given.uses, comes_back=False),
    Column("discount", gettext_lazy("Discount"), lambda given: given.discount_minor, is_money=True),
    Column(
        "cashback", gettext_lazy("Cashback"), lambda given: given.cashback_minor, is_money=True, is_rare=True
    ),
    Column("points_given", gettext_lazy("Points given"), lambda given: given.points_given),
    Column("points_taken", gettext_lazy("Points used"), lambda given: given.points_taken),
    Column("coupons_issued", gettext_lazy("Coupons printed"), lambda given: given.coupons_issued),
    Column("coupons_redeemed", gettext_lazy("Coupons used"), lambda given: given.coupons_redeemed),
    Column(
        "gift_units", gettext_lazy("Gifts"), lambda given: given.gift_units, comes_back=False, is_rare=True
    ),
)
