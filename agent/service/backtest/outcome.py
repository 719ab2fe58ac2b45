"""The sums of a back-test, and its largest changes with their reasons."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from agent.domain.explain import explain
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Refusal
from agent.service.backtest.replay import LEFT_OUT, LeftOut, Missing, Replayed

LARGEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramChange:
    """What a program took off a sale before and after; `code` is why it gives nothing now (docs/refusal-codes.md)."""

    program_id: str
    before_minor: int
    after_minor: int
    code: str


@dataclass(slots=True)
class Pair:
    """A figure under the sales' own sets, and under the new one."""

    before: int = 0
    after: int = 0

    def add(self, before: int, after: int) -> None:
        self.before += before
        self.after += after

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(slots=True)
class Outcome:
    """Everything that is counted while sales are replayed; it grows with members and units, not with sales."""

    left_out: dict[LeftOut, int] = field(default_factory=lambda: dict.fromkeys(LEFT_OUT, 0))
    compared: int = 0
    changed: int = 0
    partly_returned: int = 0
    unproven: int = 0
    members: set[uuid.UUID] = field(default_factory=set)
    goods_minor: int = 0
    discount_minor: Pair = field(default_factory=Pair)
    # By ledger unit.
    earned: dict[str, Pair] = field(default_factory=dict)
    spent: dict[str, Pair] = field(default_factory=dict)
    coupons: Pair = field(default_factory=Pair)
    gifts: Pair = field(default_factory=Pair)
    missing: Missing = field(default_factory=Missing)
    _largest: list[tuple[int, int, int, Replayed]] = field(default_factory=list)

    def add(self, one: Replayed | LeftOut) -> None:
        """Count one sale."""
        if isinstance(one, str):
            self.left_out[one] += 1
            return
        self.compared += 1
        self.partly_returned += one.partly_returned
        self.unproven += not one.proven
        self.goods_minor += one.goods_minor
        before, after = one.before, one.after
        self.discount_minor.add(before.discount_minor, after.discount_minor)
        _add(self.earned, before.earned, after.earned)
        _add(self.spent, before.spent, after.spent)
        self.coupons.add(sum(before.coupons.values()), sum(after.coupons.values()))
        self.gifts.add(sum(before.gifts.values()), sum(after.gifts.values()))
        self.missing = Missing(
            codes=self.missing.codes + one.missing.codes,
            claims=self.missing.claims + one.missing.claims,
            coupons=self.missing.coupons + one.missing.coupons,
        )
        if one.changed:
            self.changed += 1
            if one.account_id is not None:
                self.members.add(one.account_id)
            self._keep(one)

    def largest(self) -> list[Replayed]:
        """The sales that change most, by money and then by points; the earlier of equal ones first."""
        return [one for *_size, one in sorted(self._largest, key=lambda kept: kept[:3], reverse=True)]

    def _keep(self, one: Replayed) -> None:
        kept = (abs(one.cost_minor), _points_moved(one), -self.compared, one)
        if len(self._largest) < LARGEST:
            heapq.heappush(self._largest, kept)
        else:
            heapq.heappushpop(self._largest, kept)


def reasons(one: Replayed, program_set: ProgramSet) -> list[ProgramChange]:
    """The programs behind a change, the largest difference first."""
    found: list[ProgramChange] = []
    for program_id in {*one.before.by_program, *one.after.by_program}:
        before, after = one.before.by_program.get(program_id, 0), one.after.by_program.get(program_id, 0)
        if before == after:
            continue
        told = explain(one.asked, program_set, program_id) if not after else None
        code = told.code if isinstance(told, Refusal) else ""
        found.append(ProgramChange(program_id=program_id, before_minor=before, after_minor=after, code=code))
    return sorted(
        found, key=lambda change: (-abs(change.after_minor - change.before_minor), change.program_id)
    )


def differences(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What came to each name more (or, negative, less), without zeros, by name."""
    return {
        name: after.get(name, 0) - before.get(name, 0)
        for name in sorted({*before, *after})
        if after.get(name, 0) != before.get(name, 0)
    }


def _points_moved(one: Replayed) -> int:
    moved: Iterable[dict[str, int]] = (
        differences(one.before.earned, one.after.earned),
        differences(one.before.spent, one.after.spent),
    )
    return sum(abs(points) for each in moved for points in each.values())


def _add(sums: dict[str, Pair], before: dict[str, int], after: dict[str, int]) -> None:
    for name in {*before, *after}:
        sums.setdefault(name, Pair()).add(before.get(name, 0), after.get(name, 0))
