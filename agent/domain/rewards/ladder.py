"""Steps: the more is spent on the goods concerned, or the more units there are, the more is taken off."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _
from typing import Annotated

import msgspec

from agent.domain.basket import MAX_UNITS
from agent.domain.bounds import MAX_LINE_MINOR
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rates import millionths, rate_problem
from agent.domain.worksheet import Took, Worksheet

_MAX_STEPS = 20


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """From this amount (or these units) on, this rate (or this amount) is taken off."""

    from_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0
    from_units: Annotated[int, msgspec.Meta(ge=0, le=MAX_UNITS)] = 0
    rate: Decimal | None = None
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0


class Ladder(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="ladder",
):
    """The highest step that the goods reach is given, and no other. Steps are in rising order.

    The amount that counts is what earlier phases have left of the goods, tax included.
    """

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=_MAX_STEPS)]
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        by_units = any(step.from_units for step in self.steps)
        last = -1
        for number, step in enumerate(self.steps):
            path = f"steps[{number}]"
            if by_units and step.from_minor:
                return Problem(f"{path}.from_minor", _("must be left out where other steps count units"))
            begin = step.from_units if by_units else step.from_minor
            if begin <= last:
                field = "from_units" if by_units else "from_minor"
                return Problem(f"{path}.{field}", _("must be more than in the step before"))
            last = begin
            wrong = rate_problem(step.rate, f"{path}.rate") if step.rate is not None else None
            if wrong is not None:
                return wrong
            if (step.rate is None) == (not step.amount_minor):
                return Problem(path, _("must have either a `rate` or an `amount_minor`"))
        return None

    @property
    def by_units(self) -> bool:
        """Whether the steps count units instead of money."""
        return any(step.from_units for step in self.steps)

    @property
    def rising(self) -> bool:
        """Whether a higher step surely gives no less on the same goods."""
        rates = [step.rate for step in self.steps if step.rate is not None]
        amounts = [step.amount_minor for step in self.steps if step.rate is None]
        if rates and amounts:
            return False
        return rates == sorted(rates) and amounts == sorted(amounts)

    def begins_at(self, step: Step) -> int:
        """The amount in minor units, or the number of units, that a step needs."""
        return step.from_units if self.by_units else step.from_minor

    def step(self, reached: int) -> Step | None:
        """The step that this amount, or this number of units, has reached."""
        found = None
        for step in self.steps:
            if self.begins_at(step) <= reached:
                found = step
        return found

    def discount_minor(
        self, sheet: Worksheet, places: tuple[int, ...], reached: int, *, of_list: bool = False
    ) -> int:
        """What `take` would take off."""
        step = self.step(reached)
        if step is None:
            return 0
        if step.rate is not None:
            return sheet.percent_of(sheet.units_left(places), millionths(step.rate), of_list=of_list)
        return min(step.amount_minor, sheet.left_minor(places))

    def take(self, sheet: Worksheet, places: tuple[int, ...], reached: int, *, of_list: bool = False) -> Took:
        """Take off what the step gives that `reached` has come to."""
        step = self.step(reached)
        if step is None:
            return 0, []
        chosen = sheet.units_left(places)
        if step.rate is not None:
            return sheet.take_percent(chosen, millionths(step.rate), of_list=of_list)
        return sheet.take_amount(chosen, step.amount_minor)
