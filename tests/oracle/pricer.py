"""The best of all deals, by trying every one of them.

A deal is a subset of the candidates and a way of making sets. What comes to the same remainders of the same units at
the end of a phase, with the same choices left, goes on as one: nothing later can tell it apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import localcontext
from itertools import combinations
from typing import NamedTuple

from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from tests.oracle.earning import Earning, all_hold
from tests.oracle.goods import EXACTLY, Shelf, Units, units_of
from tests.oracle.handing import Handed, Handing
from tests.oracle.sets import outcomes
from tests.oracle.standing import PHASES, SETS, Candidate, candidates_of
from tests.oracle.taking import Taking, amount, is_amount, percent, taken_by

Ids = frozenset[str]
# For each program what it takes off each line.
Parts = dict[str, dict[int, int]]


class Rank(NamedTuple):
    """How good a deal is, the smallest first: the largest discount, points kept, fewer programs, their ids."""

    minus_discount: int
    minus_points: int
    programs: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One deal, priced: what each program takes off each line (by line id), and its points, with those of vouchers."""

    discount_minor: int
    parts: Parts
    spent: dict[str, int]
    earned: dict[str, int]
    rank: Rank
    handed: Handed


@dataclass(frozen=True)
class _Moment:
    """Some phases of some deal are over. `key` is all that the phases to come can see of them."""

    units: Units
    spent: tuple[tuple[str, int], ...] = ()
    # Of each program that changed anything: what each line gave.
    given: Parts = field(default_factory=dict)

    @property
    def key(self) -> tuple[Units, tuple[tuple[str, int], ...]]:
        return self.units, self.spent

    def after(self, one: Candidate, taking: Taking) -> _Moment:
        """The units stay in their places until the phase is over.

        A percentage that comes to less than half a minor unit gives nothing, and exact remainders shrink all the same.
        """
        units = taking.done(self.units)
        if units == self.units:
            return self
        lines: dict[int, int] = {}
        for at, part in taking.parts.items():
            if part:
                lines[self.units[at].line] = lines.get(self.units[at].line, 0) + part
        spent = dict(self.spent)
        if one.points and taking.amount:
            spent[one.unit] = spent.get(one.unit, 0) + one.points * taking.blocks
        return _Moment(
            units,
            tuple(sorted(spent.items())),
            {**self.given, one.id: lines},
        )


class Oracle:
    """All deals of one quote. Money is minor units; nothing here knows the engine."""

    def __init__(self, quote_input: QuoteInput, program_set: ProgramSet) -> None:
        self.shelf = Shelf(quote_input.basket.lines)
        found = candidates_of(quote_input, program_set)
        # What is about nothing in the basket is in no deal, and excludes nothing.
        self.candidates = {one.id: one for one in found if any(map(self.shelf.among, one.goods))}
        self._input = quote_input
        self._earning = Earning(quote_input, program_set, self.shelf)
        self._handing = Handing(quote_input, program_set, self.shelf)
        self._begin = _Moment(units_of(self.shelf.lines))

    def deals(self) -> list[Ids]:
        """Every subset of the candidates that may stand together, without the ways of making sets."""
        ids = sorted(self.candidates)
        clashes = {frozenset(pair) for pair in combinations(ids, 2) if self._clash(*pair)}
        found: list[Ids] = []
        for size in range(len(ids) + 1):
            for chosen in combinations(ids, size):
                deal = frozenset(chosen)
                if any(pair <= deal for pair in clashes):
                    continue
                left_out = [each for each in ids if each not in deal and self._is_in_order(each)]
                if all(any(frozenset((each, other)) in clashes for other in deal) for each in left_out):
                    found.append(deal)
        return found

    def best(self) -> Result:
        """The best deal of all."""
        with localcontext(EXACTLY):
            moments: dict[object, tuple[_Moment, frozenset[Ids]]] = {
                0: (self._begin, frozenset(self.deals()))
            }
            for phase in PHASES:
                moments = self._through(phase, moments)
            best: Result | None = None
            for moment, _nothing_to_choose in moments.values():
                if best is None or self._discount(moment) >= best.discount_minor:
                    result = self._result(moment)
                    if best is None or result.rank < best.rank:
                        best = result
            assert best is not None, "without candidates there is still the deal of nothing"
            return best

    def priced(self, ids: Iterable[str]) -> Iterator[Result]:
        """This deal, with every way of making its sets."""
        with localcontext(EXACTLY):
            deal = frozenset(ids)
            moments = [self._begin]
            for phase in PHASES:
                moments = [after for moment in moments for after in self._phase(phase, deal, moment)]
            results = [self._result(moment) for moment in moments]
        yield from results

    def _through(
        self, phase: int, moments: dict[object, tuple[_Moment, frozenset[Ids]]]
    ) -> dict[object, tuple[_Moment, frozenset[Ids]]]:
        """One phase of all deals that are still open; those that come to the same go on as one, the better ranked."""
        found: dict[object, tuple[_Moment, frozenset[Ids]]] = {}
        for moment, deals in moments.values():
            here: dict[Ids, set[Ids]] = {}
            for deal in deals:
                now = frozenset(each for each in deal if self.candidates[each].phase == phase)
                here.setdefault(now, set()).add(deal - now)
            for now, later in here.items():
                rest = frozenset(later)
                for after in self._phase(phase, now, moment):
                    key = (after.key, rest)
                    known = found.get(key)
                    if known is None or _fewer(after, known[0]):
                        found[key] = (after, rest)
        return found

    def _phase(self, phase: int, deal: Ids, moment: _Moment) -> list[_Moment]:
        """A deal's own programs of this phase, one after another; more than one answer where sets are made."""
        begin = moment.units
        standing = [self.candidates[each] for each in deal if self.candidates[each].phase == phase]
        standing = [one for one in standing if all_hold(one.program, self.shelf, begin)]
        listed = [one for one in standing if one.choose == "in_order"]
        listed.sort(key=lambda one: (one.program.group, -one.program.priority, one.id))
        others = [one for one in standing if one.choose != "in_order"]
        if not standing:
            return [moment]
        if phase == SETS:
            others.sort(key=lambda one: one.id)
            return self._with_sets([*listed, *others], moment)

        def rank(one: Candidate) -> tuple[int, bool, int, str]:
            saving = taken_by(one, self.shelf, begin, begin, self._blocks(one, moment)).amount
            return -one.program.priority, is_amount(one, self.shelf, begin), -saving, one.id

        others.sort(key=rank)
        now = moment
        for one in (*listed, *others):
            if one.choose == "in_order" and not all_hold(one.program, self.shelf, now.units):
                continue
            # In list order a ladder, too, looks at what is left at its own turn.
            seen = now.units if one.choose == "in_order" else begin
            taking = taken_by(one, self.shelf, now.units, seen, self._blocks(one, now))
            if self._affords(one, taking.amount):
                now = now.after(one, taking)
        return [now]

    def _with_sets(self, offers: list[Candidate], moment: _Moment) -> list[_Moment]:
        found: dict[object, _Moment] = {}
        for outcome in outcomes(offers, self.shelf, moment.units):
            now = moment
            for one, (places, sets) in zip(offers, outcome, strict=True):
                if not places:
                    continue
                if one.choose == "in_order" and not all_hold(one.program, self.shelf, now.units):
                    continue
                taking = _taken_by_sets(one, now.units, places, sets)
                if self._affords(one, taking.amount):
                    now = now.after(one, taking)
            # Different sets that give the same units are the same to everybody.
            found.setdefault(
                (now.key, tuple(sorted((each, str(parts)) for each, parts in now.given.items()))), now
            )
        return list(found.values())

    def _blocks(self, one: Candidate, moment: _Moment) -> int:
        """The blocks that were claimed, cut to what is left of the points that this register holds."""
        if not one.points:
            return one.blocks
        member = self._input.member
        if member is None:
            return 0
        spent = dict(moment.spent).get(one.unit, 0)
        held = min(member.spendable.get(one.unit, 0), member.balances.get(one.unit, 0)) - spent
        return min(one.blocks, max(held, 0) // one.points)

    def _affords(self, one: Candidate, discount_minor: int) -> bool:
        if not one.program.limits.budget_minor:
            return True
        shares = self._input.shares
        return isinstance(shares, dict) and discount_minor <= shares[one.id].budget_minor

    def _discount(self, moment: _Moment) -> int:
        return sum(unit.price - unit.left for unit in moment.units)

    def _result(self, moment: _Moment) -> Result:
        discount = self._discount(moment)
        spent = {
            one.unit: points
            for one in self.candidates.values()
            for unit, points in moment.spent
            if unit == one.unit
        }
        earned = self._earning.points(moment.units)
        counting = sum(points for each, points in earned.items() if each not in self._earning.in_money)
        kept = counting - sum(spent.values())
        ids = tuple(sorted(_giving(moment)))
        lines = self.shelf.lines
        parts = {
            each: {lines[line].line_id: part for line, part in by_line.items()}
            for each, by_line in moment.given.items()
            if by_line
        }
        # No deal is better or worse for what is handed out after it.
        handed = self._handing.out(moment.units, spent)
        for unit, points in handed.costs:
            spent[unit] = spent.get(unit, 0) + points
        return Result(discount, parts, spent, earned, Rank(-discount, -kept, len(ids), ids), handed)

    def _clash(self, one: str, other: str) -> bool:
        a, b = self.candidates[one].program, self.candidates[other].program
        chooses_one = bool(a.group) and a.group == b.group and self.candidates[one].choose == "one"
        return chooses_one or one in b.not_with or other in a.not_with

    def _is_in_order(self, program_id: str) -> bool:
        return self.candidates[program_id].choose == "in_order"


def _fewer(one: _Moment, other: _Moment) -> bool:
    """Of two deals that come to the same so far, the one of fewer programs, then by their ids, ends up ranked first."""
    mine, others = sorted(_giving(one)), sorted(_giving(other))
    return (len(mine), mine) < (len(others), others)


def _giving(moment: _Moment) -> list[str]:
    """The programs of the deal: one whose percentage comes to nothing is none."""
    return [each for each, lines in moment.given.items() if lines]


def _taken_by_sets(one: Candidate, units: Units, places: list[int], sets: int) -> Taking:
    """What all sets of an offer together take off the units that lose something."""
    if isinstance(one.reward, Bundle):
        left = sum(units[at].left for at in places)
        return amount(units, places, left - sets * one.reward.price_minor)
    assert isinstance(one.reward, CheapestOf | BuyGet)
    return percent(units, places, one.reward.rate, of_list=False)
