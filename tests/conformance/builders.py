"""Small cases of our own, for the tests: TEN_PERCENT off everything, POINTS for money with 10.00 off for 100 of them."""

from __future__ import annotations

import datetime
from typing import Any

from tests.conformance.runner import Outcome, run_case

TODAY = datetime.date(2026, 11, 22)
Json = dict[str, Any]


def line(sku: str, qty: str, price: str, **words: Any) -> Json:
    return {"sku": sku, "qty": qty, "unit_price": price, "tax_rate_pct": "0", "tax_included": False, **words}


def program(kind: str, *rewards: Json, program_id: str = "p", **words: Any) -> Json:
    when = {"trigger": "auto", **words.pop("when", {})}
    earn = words.pop("earn", {"per": "order", "points": "1"})
    return {"id": program_id, "kind": kind, "when": when, "earn": earn, "rewards": list(rewards), **words}


def reward(kind: str, scope: str, reward_id: str = "r", **words: Any) -> Json:
    return {"id": reward_id, "type": kind, "scope": scope, "cost_points": "1", **words}


def step(basket: list[Json] | None, *actions: str, **expect: Any) -> Json:
    return {"basket": basket, "actions": list(actions), "expect": expect}


def outcome(*steps: Json, programs: list[Json], **case: Any) -> Outcome:
    return run_case({"id": "X", "policy": {}, "programs": programs, "steps": list(steps), **case}, TODAY)


def agrees(*steps: Json, programs: list[Json], **case: Any) -> None:
    found = outcome(*steps, programs=programs, **case)
    assert (found.verdict, found.what) == ("passed", "")


TEN_PERCENT = program("automatic_promotion", reward("percent_off", "order", value="10"))
POINTS = program(
    "points",
    reward("amount_off", "order", value="10", cost_points="100"),
    program_id="pts",
    earn={"per": "money", "points": "1"},
)
