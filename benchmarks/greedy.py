"""Greedy by saving: again and again the set or the offer that saves most now, then the amounts that still may.

What a shop without a search would do; a benchmark on baskets on which this is as good as the best deal shows nothing.
"""

from __future__ import annotations

from agent.domain.conditions.min_spend import MinSpend
from agent.domain.goods import Goods
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.percent_off import PercentOff
from benchmarks.naive_units import Unit, is_among, units_of


def greedy_discount(asked: QuoteInput, program_set: ProgramSet) -> int:
    """The discount in minor units that greedy finds for a basket of contest.py."""
    return _Greedy(asked, program_set).discount()


class _Greedy:
    def __init__(self, asked: QuoteInput, program_set: ProgramSet) -> None:
        self._set = program_set
        lines = asked.basket.lines
        self._free = sorted(units_of(lines), key=lambda unit: -unit.price_minor)
        self._total = asked.basket.total_minor
        self._offers = [
            program
            for program in program_set.programs
            if any(
                goods.everything or any(is_among(line, goods) for line in lines) for goods in program.goods
            )
        ]
        self._chosen: dict[str, Program] = {}

    def discount(self) -> int:
        """All early offers by saving, then the amounts by saving."""
        taken = 0
        early = [program for program in self._offers if not _is_late(program)]
        while True:
            best: tuple[int, str] | None = None
            units: list[Unit] = []
            for program in early:
                if self._may(program):
                    saving, wanted = self._saving(program)
                    if saving > 0 and (best is None or (saving, program.id) > best):
                        best, units = (saving, program.id), wanted
            if best is None:
                break
            taken += best[0]
            program = next(each for each in early if each.id == best[1])
            self._chosen[program.id] = program
            gone = {id(unit) for unit in units}
            self._free = [unit for unit in self._free if id(unit) not in gone]
            if not units:
                early.remove(program)
        left = self._total - taken
        amounts = sorted(
            (program for program in self._offers if _is_late(program)),
            key=lambda program: (-_amount(program), program.id),
        )
        late = 0
        for program in amounts:
            if self._may(program) and all(
                left >= each.amount_minor for each in program.conditions if isinstance(each, MinSpend)
            ):
                self._chosen[program.id] = program
                late += _amount(program)
        return taken + min(late, left)

    def _may(self, program: Program) -> bool:
        one_of = self._set.group_of(program).choose == "one"
        return not any(
            program.id in other.not_with
            or other.id in program.not_with
            or (one_of and other.group == program.group)
            for other in self._chosen.values()
            if other.id != program.id
        )

    def _of(self, goods: Goods) -> list[Unit]:
        return [unit for unit in self._free if is_among(unit.line, goods)]

    def _saving(self, program: Program) -> tuple[int, list[Unit]]:
        """What it saves now, and the units of the set; an offer on single items reserves none."""
        reward = program.rewards[0]
        if isinstance(reward, PercentOff):
            worth = sum(unit.price_minor for unit in self._of(reward.goods))
            return (0 if program.id in self._chosen else int(worth * reward.rate * 2 + 1) // 2), []
        if isinstance(reward, AmountOff):
            off = [min(unit.price_minor, reward.amount_minor) for unit in self._of(reward.goods)]
            return (0 if program.id in self._chosen else sum(off)), []
        if isinstance(reward, CheapestOf):
            dearest = self._of(reward.goods)[: reward.of]
            return (dearest[-1].price_minor if len(dearest) == reward.of else 0), dearest
        if isinstance(reward, BuyGet):
            given = self._of(reward.goods)[:1]
            bought = [unit for unit in reversed(self._of(reward.buy)) if unit not in given][
                : reward.buy_units
            ]
            complete = bool(given) and len(bought) == reward.buy_units
            return (given[0].price_minor if complete else 0), [*given, *bought]
        if isinstance(reward, Bundle):
            units = [unit for part in reward.parts for unit in self._of(part.goods)[: part.units]]
            complete = len(units) == sum(part.units for part in reward.parts)
            return (sum(unit.price_minor for unit in units) - reward.price_minor if complete else 0), units
        raise TypeError(f"{program.id} is no offer of these shops")


def _is_late(program: Program) -> bool:
    reward = program.rewards[0]
    return isinstance(reward, AmountOff) and reward.goods.everything


def _amount(program: Program) -> int:
    reward = program.rewards[0]
    return reward.amount_minor if isinstance(reward, AmountOff) else 0
