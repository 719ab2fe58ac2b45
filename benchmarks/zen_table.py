"""Which programs may do something in a basket, asked of ZEN: one decision table with a rule for each program.

Dates, store, member, tier, triggers, goods and thresholds are columns of the table, in the order that rules out most
soonest. The basket is given as it is; a node before the table takes its item codes and categories out of its lines
once, which is several times faster than to ask every line in every rule.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from agent.domain.conditions.min_spend import MinSpend
from agent.domain.conditions.weekly_hours import WeeklyHours
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from tests.oracle.highs_model import solver_python

_SCRIPT: Final = Path(__file__).with_name("zen_process.py")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FOR_MEMBERS: Final = ("points", "points_multiplier", "stamps", "points_reward")
# Column, and the field that its cells are about; without one a cell is a whole expression.
_COLUMNS: Final = (
    ("date", "date"),
    ("store", "store"),
    ("member", "member"),
    ("tier", "tier"),
    ("more", ""),
    ("goods", ""),
    ("spent", ""),
)


class Zen:
    """The decision, loaded once in its own process."""

    def __init__(self, program_set: ProgramSet) -> None:
        self._process = subprocess.Popen(
            [str(solver_python()), str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(_decision(program_set))

    def __enter__(self) -> Zen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def eligible(self, asked: QuoteInput) -> tuple[list[str], float]:
        """The programs that may do something, by id, and the seconds that deciding took."""
        self._say(_document(asked))
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("ZEN ended without an answer")
        answer = json.loads(line)
        return sorted(answer["programs"]), answer["took_s"]

    def _say(self, told: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()


def _document(asked: QuoteInput) -> dict[str, Any]:
    context, member = asked.context, asked.member
    minutes = context.offer_time_ms // 60_000 + context.offset_min
    today = context.business_date
    return {
        "store": context.store_id,
        "date": int(today.strftime("%Y%m%d")),
        "day": _DAYS[(minutes // 1440 + 3) % 7],
        "minute": minutes % 1440,
        "member": member is not None,
        "tier": member.tier if member is not None else "",
        "segments": list(member.segments) if member is not None else [],
        "codes": list(asked.codes),
        "coupons": [
            coupon.program_id
            for coupon in asked.coupons
            if coupon.held and coupon.valid_from <= today <= coupon.valid_until
        ],
        "shares": [program_id for program_id, share in asked.shares.items() if share.uses > 0]
        if isinstance(asked.shares, dict)
        else [],
        "lines": [
            {"item": line.item_code, "category": _path(line.category), "amount": line.extended_minor}
            for line in asked.basket.lines
        ],
    }


def _decision(program_set: ProgramSet) -> dict[str, Any]:
    inputs: list[dict[str, str]] = []
    for name, about in _COLUMNS:
        inputs.append({"id": name, "name": name, "type": "expression"} | ({"field": about} if about else {}))
    laid_out = {
        "passThrough": True,
        "expressions": [
            {"id": "items", "key": "items", "value": "map(lines, #.item)"},
            {"id": "categories", "key": "categories", "value": "map(lines, #.category)"},
        ],
    }
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "program", "name": "program", "type": "expression", "field": "program"}],
        "rules": [_rule(program) for program in program_set.programs],
    }
    at = {"position": {"x": 0, "y": 0}}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", **at},
            {"id": "laid-out", "name": "laid-out", "type": "expressionNode", "content": laid_out, **at},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table, **at},
            {"id": "out", "name": "out", "type": "outputNode", **at},
        ],
        "edges": [
            {"id": "to-laid-out", "sourceId": "in", "targetId": "laid-out", "type": "edge"},
            {"id": "to-table", "sourceId": "laid-out", "targetId": "table", "type": "edge"},
            {"id": "from-table", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def _rule(program: Program) -> dict[str, str]:
    audience, active = program.audience, program.active
    more: list[str] = []
    if program.trigger == "code":
        more.append(f"'{program.code}' in codes")
    if program.trigger == "coupon":
        more.append(f"'{program.id}' in coupons")
    if program.limits.total_uses:
        more.append(f"'{program.id}' in shares")
    if program.hours:
        more.append("(" + " or ".join(_hours(each) for each in program.hours) + ")")
    if audience.segments:
        more.append("(" + " or ".join(f"'{each}' in segments" for each in audience.segments) + ")")
    members = program.kind in _FOR_MEMBERS or audience.who != "all"
    day = {"from": "00000000", "until": "99999999"}
    if active is not None:
        day = {"from": active.begin.replace("-", ""), "until": active.until.replace("-", "")}
    return {
        "_id": program.id,
        "date": f"[{int(day['from'])}..{int(day['until'])}]" if active is not None else "",
        "store": _among(program.stores),
        "member": "true" if members else "",
        "tier": _among(audience.tiers) if audience.tiers else "",
        "more": " and ".join(more),
        "goods": _goods(program),
        "spent": " and ".join(_spent(each) for each in program.conditions if isinstance(each, MinSpend)),
        "program": f"'{program.id}'",
    }


def _among(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in texts)


def _hours(hours: WeeklyHours) -> str:
    begin, until = (int(text[:2]) * 60 + int(text[3:]) for text in (hours.begin, hours.until))
    days = f"day in [{_among(hours.days)}] and " if hours.days else ""
    return f"({days}minute >= {begin} and minute < {until})"


def _goods(program: Program) -> str:
    goods = program.goods
    if not goods or any(each.everything for each in goods):
        return ""
    items = [f"'{item}' in items" for each in goods for item in each.items]
    paths = [
        f"some(categories, startsWith(#, '{_path(path)}'))" for each in goods for path in each.categories
    ]
    return " or ".join([*items, *paths])


def _spent(condition: MinSpend) -> str:
    goods = condition.goods
    about = [f"#.item == '{item}'" for item in goods.items]
    about += [f"startsWith(#.category, '{_path(path)}')" for path in goods.categories]
    lines = f"filter(lines, {' or '.join(about)})" if about else "lines"
    return f"sum(map({lines}, #.amount)) >= {condition.amount_minor}"


def _path(category: Sequence[str]) -> str:
    return "/".join(category) + "/"
