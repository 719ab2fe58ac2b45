"""A straightforward pricer: a loop over all programs, a loop over the lines inside it, amounts as Decimals.

It knows the rules as a shop's own programmer would write them down: who may, what is in the basket, the phases one
after another, and what is nearly reached. It gives up nothing for something better, so its answer is the engine's only
where offers do not compete; `competes` says that they might.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from agent.domain.basket import Line
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.conditions.weekly_hours import check_hours
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.per_money import PerMoney
from agent.domain.rewards.percent_off import PercentOff
from benchmarks.naive_units import (
    ZERO,
    Unit,
    is_among,
    left_of,
    less_amount,
    less_percent,
    paid_for,
    units_of,
)

NEAR: Final = 500
MOST_NEAR: Final = 20

# Program, reason, what is missing, and how far it came in thousandths.
Near = tuple[str, str, int, int]


class Answer(msgspec.Struct):
    """What is compared with the engine's: amounts in minor units, by program."""

    eligible: list[str] = []
    discounts: dict[str, int] = {}
    total_minor: int = 0
    near: list[Near] = []
    claimable: dict[str, int] = {}
    earned: dict[str, int] = {}
    gifts: dict[str, int] = {}
    coupons: list[str] = []
    competes: bool = False


@dataclass(frozen=True)
class _Rule:
    """A program with its goods laid out."""

    program: Program
    everything: bool
    items: frozenset[str]
    paths: tuple[tuple[str, ...], ...]
    stores: frozenset[str]


class Naive:
    """The program set, made ready once."""

    def __init__(self, program_set: ProgramSet) -> None:
        self._set = program_set
        self._rules = [_rule(program) for program in program_set.programs]

    def quote(self, asked: QuoteInput) -> Answer:
        """Price this basket."""
        answer = Answer()
        lines = sorted(asked.basket.lines, key=lambda line: (line.item_code, line.extended_minor))
        found: list[tuple[Program, list[Line]]] = []
        for rule in self._rules:
            program = rule.program
            if not _may(rule, asked) or not _asked_for(program, asked):
                continue
            concerned = [line for line in lines if _is_about(rule, line)]
            if concerned:
                found.append((program, concerned))
                if all(_is_met(condition, lines) for condition in program.conditions):
                    answer.eligible.append(program.id)
        basket = _Basket(lines, answer)
        offers = [each for each in found if each[0].rewards and each[0].trigger != "choice"]
        given = [each for each in offers if not isinstance(each[0].rewards[0], Gift | NextVisitCoupon)]
        for phase in (1, 2, 3, 4):
            basket.apply([each for each in given if _phase(each[0]) == phase])
        for program, concerned in offers:
            basket.hand_out(program, concerned)
        for program, _concerned in found:
            if program.trigger == "choice":
                basket.offer(program, asked)
        basket.earn(found)
        answer.total_minor = _minor(left_of(basket.units))
        answer.near = [each for each in answer.near if each[3] >= NEAR]
        answer.near.sort(key=lambda each: (-each[3], each[0]))
        del answer.near[MOST_NEAR:]
        return answer


class _Basket:
    """The units of one basket, and what is taken off them."""

    def __init__(self, lines: list[Line], answer: Answer) -> None:
        self.units = units_of(lines)
        self._answer = answer

    def of(self, lines: Iterable[Line]) -> list[Unit]:
        ids = {line.line_id for line in lines}
        return [unit for unit in self.units if unit.line.line_id in ids]

    def apply(self, offers: list[tuple[Program, list[Line]]]) -> None:
        """One phase: percentages before amounts, the larger saving first."""
        begin = [unit.left for unit in self.units]
        ranked = []
        for program, lines in offers:
            if self._holds(program):
                saving = self._take(program, lines)
                for unit, left in zip(self.units, begin, strict=True):
                    unit.left = left
                    unit.exact = unit.begin
                reward = program.rewards[0]
                percent = isinstance(reward, PercentOff) or (isinstance(reward, Ladder) and reward.by_units)
                amounts = 0 if percent else 1
                ranked.append((-program.priority, amounts, -saving, program.id, program, lines))
        ranked.sort(key=lambda each: each[:4])
        for *_order, program, lines in ranked:
            taken = self._take(program, lines)
            if taken:
                self._answer.discounts[program.id] = _minor(taken)
        for unit in self.units:
            unit.begin = unit.exact

    def hand_out(self, program: Program, lines: list[Line]) -> None:
        """Gifts and coupons for the next visit."""
        reward = program.rewards[0]
        if isinstance(reward, Gift) and reward.for_each is not None:
            bought = len(self.of(lines))
            times = bought // reward.for_each.units
            if times:
                self._answer.gifts[program.id] = reward.units * times
            else:
                gap = reward.for_each.units - bought
                self._miss(program, "not_enough_units", gap, bought * 1000 // reward.for_each.units)
        elif program.kind == "next_visit_coupon" and self._holds(program):
            self._answer.coupons.append(program.id)

    def offer(self, program: Program, asked: QuoteInput) -> None:
        """A reward that waits for a tap."""
        reward, cost, member = program.rewards[0], program.cost, asked.member
        if cost is None or member is None or not isinstance(reward, AmountOff):
            return
        balance = member.balances.get(f"points:{cost.points_of}", 0)
        left = _minor(left_of(self.units))
        if balance < cost.points:
            self._miss(program, "not_enough_points", cost.points - balance, balance * 1000 // cost.points)
        elif left < reward.amount_minor:
            gap = reward.amount_minor - left
            self._miss(program, "basket_too_small", gap, left * 1000 // reward.amount_minor)
        else:
            self._answer.claimable[program.id] = reward.amount_minor

    def earn(self, found: list[tuple[Program, list[Line]]]) -> None:
        """Points and stamps on what is paid; the largest multiplier of a line counts."""
        times: dict[int, Decimal] = {}
        for program, lines in found:
            if program.kind == "points_multiplier":
                factor = program.earning[0].times  # type: ignore[union-attr]
                for line in lines:
                    times[line.line_id] = max(times.get(line.line_id, Decimal(1)), factor)
        for program, lines in found:
            if program.kind not in ("points", "stamps"):
                continue
            rule = program.earning[0]
            points = ZERO
            for unit in self.of(lines):
                if isinstance(rule, PerMoney):
                    points += unit.left * 100 / rule.per_minor * rule.points * times.get(unit.line.line_id, 1)
                else:
                    points += rule.points  # type: ignore[union-attr]
            if points >= 1:
                self._answer.earned[program.id] = int(points)

    def _holds(self, program: Program) -> bool:
        for condition in program.conditions:
            if isinstance(condition, MinSpend):
                spent = _minor(paid_for(self.units, condition.goods))
                listed = sum(unit.price_minor for unit in self.units if is_among(unit.line, condition.goods))
                if spent < condition.amount_minor:
                    if program.kind != "next_visit_coupon":
                        self._answer.competes |= listed >= condition.amount_minor
                    gap = condition.amount_minor - spent
                    self._miss(program, "below_minimum_spend", gap, spent * 1000 // condition.amount_minor)
                    return False
        return True

    def _take(self, program: Program, lines: list[Line]) -> Decimal:
        reward, units = program.rewards[0], self.of(lines)
        if isinstance(reward, PercentOff):
            if reward.units:
                dearest = sorted(units, key=lambda unit: (-unit.left, -unit.exact, unit.number))
                units = sorted(dearest[: reward.units], key=lambda unit: unit.number)
            cap = Decimal(reward.max_discount_minor) / 100 if reward.max_discount_minor else None
            return less_percent(units, reward.rate, cap)
        if isinstance(reward, AmountOff):
            amount = Decimal(reward.amount_minor) / 100
            if reward.off == "sale":
                return less_amount(units, amount)
            # What does not cost as much makes other offers on it needless.
            self._answer.competes |= any(unit.left < amount for unit in units)
            return sum((less_amount([unit], amount) for unit in units), ZERO)
        if isinstance(reward, Ladder):
            return self._climb(program, reward, units)
        return self._make_sets(program, reward, units)

    def _climb(self, program: Program, ladder: Ladder, units: list[Unit]) -> Decimal:
        reached = len(units) if ladder.by_units else _minor(left_of(units))
        step = ladder.step(reached)
        if not ladder.by_units:
            self._answer.competes |= step is not ladder.step(sum(unit.price_minor for unit in units))
        if step is None:
            target = ladder.begins_at(ladder.steps[0])
            code = "not_enough_units" if ladder.by_units else "below_minimum_spend"
            self._miss(program, code, target - reached, reached * 1000 // target)
            return ZERO
        if step.rate is not None:
            return less_percent(units, step.rate, None)
        return less_amount(units, Decimal(step.amount_minor) / 100)

    def _make_sets(self, program: Program, reward: Any, units: list[Unit]) -> Decimal:
        dearest = sorted(units, key=lambda unit: (-unit.left, -unit.exact, unit.number))
        if isinstance(reward, CheapestOf):
            self._short(program, reward.of, len(units))
            return less_percent(dearest[reward.of - 1 :: reward.of], reward.rate, None)
        if isinstance(reward, BuyGet):
            bought = sum(is_among(unit.line, reward.buy) for unit in self.units)
            there = min(bought, reward.buy_units) + min(len(dearest), 1)
            self._short(program, reward.buy_units + 1, there)
            return less_percent(dearest[: bought // reward.buy_units], reward.rate, None)
        if isinstance(reward, Bundle):
            parts = [[unit for unit in dearest if is_among(unit.line, part.goods)] for part in reward.parts]
            self._short(program, len(parts), sum(bool(part) for part in parts))
            whole = [unit for chosen in zip(*parts, strict=False) for unit in chosen]
            price = Decimal(reward.price_minor) / 100 * (len(whole) // len(parts))
            if left_of(whole) > price:
                return less_amount(sorted(whole, key=lambda unit: unit.number), left_of(whole) - price)
        return ZERO

    def _short(self, program: Program, needed: int, there: int) -> None:
        if there < needed:
            self._miss(program, "not_enough_units", needed - there, there * 1000 // needed)

    def _miss(self, program: Program, code: str, gap: int, reached: int) -> None:
        told = (program.id, code, gap, reached)
        # What was presented and fails is refused, not nearly reached.
        if program.trigger != "coupon" and told not in self._answer.near:
            self._answer.near.append(told)


def _rule(program: Program) -> _Rule:
    goods = program.goods
    return _Rule(
        program=program,
        everything=not goods or any(each.everything for each in goods),
        items=frozenset(item for each in goods for item in each.items),
        paths=tuple(path for each in goods for path in each.categories),
        stores=frozenset(program.stores),
    )


def _is_about(rule: _Rule, line: Line) -> bool:
    if rule.everything or line.item_code in rule.items:
        return True
    return any(line.category[: len(path)] == path for path in rule.paths) if rule.paths else False


def _may(rule: _Rule, asked: QuoteInput) -> bool:
    """Store, dates, hours, the member, and this register's share of a limited program."""
    program, context, member = rule.program, asked.context, asked.member
    if rule.stores and context.store_id not in rule.stores:
        return False
    if program.active is not None and program.active.check(context) is not None:
        return False
    if program.hours and check_hours(program.hours, context) is not None:
        return False
    for_members = program.kind in ("points", "points_multiplier", "stamps", "points_reward")
    if (for_members or program.audience.who != "all") and member is None:
        return False
    if member is not None and program.audience.check(member, known=not for_members) is not None:
        return False
    if program.limits.total_uses:
        share = asked.shares[program.id] if isinstance(asked.shares, dict) else None
        return share is not None and share.uses > 0
    return True


def _asked_for(program: Program, asked: QuoteInput) -> bool:
    if program.trigger == "code":
        return program.code in asked.codes
    if program.trigger == "coupon":
        today = asked.context.business_date
        return any(
            coupon.program_id == program.id
            and coupon.held
            and coupon.valid_from <= today <= coupon.valid_until
            for coupon in asked.coupons
        )
    return True


def _is_met(condition: Any, lines: list[Line]) -> bool:
    """Whether so much is spent at list prices."""
    spent = sum(line.extended_minor for line in lines if is_among(line, condition.goods))
    return bool(spent >= condition.amount_minor)


def _phase(program: Program) -> int:
    reward = program.rewards[0]
    if isinstance(reward, CheapestOf | BuyGet | Bundle):
        return 2
    if program.trigger in ("code", "coupon"):
        return 4
    if isinstance(reward, PercentOff | AmountOff | Ladder) and not reward.goods.everything:
        return 1
    return 3


def _minor(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))
