"""What a condition may look at: the quote's input, and what is left to pay at this point of the pricing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agent.domain.basket import Line
from agent.domain.goods import Goods, GoodsFinder
from agent.domain.member import MemberFacts
from agent.domain.quote_input import Context, QuoteInput
from agent.domain.tax import tax_factor
from agent.domain.worksheet import Worksheet


class Situation:
    """One moment of one pricing. `sheet` holds what earlier phases have left of the lines.

    `settled`: nothing more is taken off this sheet, so that sums of it are kept.
    """

    __slots__ = ("_spent", "_units", "finder", "lines", "quote_input", "settled", "sheet")

    def __init__(
        self,
        quote_input: QuoteInput,
        lines: Sequence[Line],
        finder: GoodsFinder,
        sheet: Worksheet,
        *,
        settled: bool = False,
    ) -> None:
        self.quote_input = quote_input
        self.lines = lines
        self.finder = finder
        self.sheet = sheet
        self.settled = settled
        # By the places concerned, which say all about the goods.
        self._spent: dict[tuple[int, ...], int] = {}
        self._units: dict[tuple[int, ...], int] = {}

    @property
    def member(self) -> MemberFacts | None:
        return self.quote_input.member

    @property
    def context(self) -> Context:
        return self.quote_input.context

    def with_sheet(self, sheet: Worksheet, *, settled: bool = False) -> Situation:
        """The same input at another moment."""
        return Situation(self.quote_input, self.lines, self.finder, sheet, settled=settled)

    def spent_minor(self, goods: Goods, *, taxed: bool = True) -> int:
        """What is left to pay for goods that may be discounted, with or without the taxes contained: deposits, and
        what the law keeps out of promotions, count towards no threshold."""
        places = self.finder.places(goods, "discount")
        if taxed:
            if not self.settled:
                return self.sheet.left_minor(places)
            spent = self._spent.get(places)
            if spent is None:
                spent = self._spent[places] = self.sheet.left_minor(places)
            return spent
        net = sum(
            (self.sheet.left_minor((place,)) / tax_factor(self.lines[place].taxes) for place in places),
            start=Fraction(),
        )
        return int(net + Fraction(1, 2))

    def units(self, goods: Goods) -> int:
        """How many units of these goods there are; lines that cost nothing do not count."""
        places = self.finder.places(goods, "discount")
        counted = self._units.get(places)
        if counted is None:
            lines = self.lines
            counted = sum([lines[place].units for place in places if lines[place].extended_minor > 0])
            self._units[places] = counted
        return counted
