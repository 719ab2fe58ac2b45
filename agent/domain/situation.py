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
    """One moment of one pricing. `sheet` holds what earlier phases have left of the lines."""

    def __init__(
        self, quote_input: QuoteInput, lines: Sequence[Line], finder: GoodsFinder, sheet: Worksheet
    ) -> None:
        self.quote_input = quote_input
        self.lines = lines
        self.finder = finder
        self.sheet = sheet

    @property
    def member(self) -> MemberFacts | None:
        return self.quote_input.member

    @property
    def context(self) -> Context:
        return self.quote_input.context

    def with_sheet(self, sheet: Worksheet) -> Situation:
        """The same input at another moment."""
        return Situation(self.quote_input, self.lines, self.finder, sheet)

    def spent_minor(self, goods: Goods, *, taxed: bool = True) -> int:
        """What is left to pay for goods that may be discounted, with or without the taxes contained: deposits, and
        what the law keeps out of promotions, count towards no threshold."""
        places = self.finder.places(goods, "discount")
        if taxed:
            return self.sheet.left_minor(places)
        net = sum(
            (self.sheet.left_minor((place,)) / tax_factor(self.lines[place].taxes) for place in places),
            start=Fraction(),
        )
        return int(net + Fraction(1, 2))

    def units(self, goods: Goods) -> int:
        """How many units of these goods there are; lines that cost nothing do not count."""
        lines = self.lines
        return sum(
            lines[place].units
            for place in self.finder.places(goods, "discount")
            if lines[place].extended_minor > 0
        )
