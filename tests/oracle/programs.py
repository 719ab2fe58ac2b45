"""Programs that nobody chose, of every kind that gives a discount, made so that they get in one another's way."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

from tests.builders import a_program, points_per_money

JsonObject = dict[str, Any]

RATES: Final = ("0.05", "0.1", "0.1", "0.125", "0.15", "0.2", "0.25", "0.333333", "0.5", "0.5", "0.75", "1")
SELECTORS: Final[tuple[JsonObject, ...]] = (
    {"categories": [["food"]]},
    {"categories": [["food", "dairy"]]},
    {"categories": [["food", "bakery"]]},
    {"categories": [["drinks"]]},
    {"categories": [["food", "dairy"], ["drinks"]]},
    {"items": ["milk"]},
    {"items": ["bread"]},
    {"items": ["milk", "juice"]},
    {"items": ["bread", "roll", "water"]},
)


def _goods(chance: random.Random, *, all_too: bool = False) -> JsonObject:
    """A selector, as the field of a reward."""
    if all_too and chance.random() < 0.4:
        return {}
    return {"goods": chance.choice(SELECTORS)}


def _percent(chance: random.Random) -> JsonObject:
    found = {
        "type": "percent_off",
        "rate": chance.choice(RATES),
        **_goods(chance, all_too=True),
        **_units(chance),
    }
    if chance.random() < 0.2:
        found["max_discount_minor"] = chance.choice((1, 10, 50, 100))
    return found


def _amount(chance: random.Random) -> JsonObject:
    found = {"type": "amount_off", "amount_minor": _money(chance), **_goods(chance, all_too=True)}
    if chance.random() < 0.4:
        found |= {"off": "unit", **_units(chance)}
    return found


def _units(chance: random.Random) -> JsonObject:
    if chance.random() < 0.6:
        return {}
    return {
        "units": chance.randint(1, 3),
        "units_per": chance.choice(("sale", "sale", "line")),
        "pick": chance.choice(("dearest", "cheapest")),
    }


def _ladder(chance: random.Random) -> JsonObject:
    by_units = chance.random() < 0.4
    starts = (
        sorted(chance.sample(range(1, 7), 2))
        if by_units
        else sorted(chance.sample((50, 100, 200, 300, 500, 800), 2))
    )
    steps: list[JsonObject] = []
    for start in starts:
        step: JsonObject = {"from_units" if by_units else "from_minor": start}
        if chance.random() < 0.6:
            step["rate"] = chance.choice(RATES)
        else:
            step["amount_minor"] = _money(chance)
        steps.append(step)
    return {"type": "ladder", "steps": steps, **_goods(chance, all_too=True)}


def _cheapest_of(chance: random.Random) -> JsonObject:
    of = chance.choice((2, 2, 3, 3, 4))
    found = {"type": "cheapest_of", "of": of, "rate": chance.choice(RATES), **_goods(chance, all_too=True)}
    if of > 2 and chance.random() < 0.3:
        found["units"] = 2
    return found | _max_sets(chance)


def _buy_get(chance: random.Random) -> JsonObject:
    found: JsonObject = {"type": "buy_get", "rate": chance.choice(RATES), **_goods(chance, all_too=True)}
    if chance.random() < 0.6:
        found["buy"] = chance.choice(SELECTORS)
    found["buy_units"] = chance.choice((1, 1, 2))
    found["units"] = chance.choice((1, 1, 2))
    return found | _max_sets(chance)


def _bundle(chance: random.Random) -> JsonObject:
    parts = [
        {"goods": chance.choice(SELECTORS), "units": chance.choice((1, 1, 1, 2))}
        for _ in range(chance.choice((1, 2, 2, 3)))
    ]
    if len(parts) == 1:
        parts[0]["units"] = chance.choice((2, 3))
    return {"type": "bundle", "parts": parts, "price_minor": _money(chance)} | _max_sets(chance)


def _max_sets(chance: random.Random) -> JsonObject:
    return {"max_sets": chance.choice((1, 2))} if chance.random() < 0.25 else {}


def _money(chance: random.Random) -> int:
    return chance.choice((1, 3, 10, 49, 50, 99, 100, 120, 150, 200, 300))


_REWARDS: Final[tuple[tuple[Callable[[random.Random], JsonObject], int], ...]] = (
    (_percent, 5),
    (_amount, 4),
    (_ladder, 2),
    (_cheapest_of, 3),
    (_buy_get, 2),
    (_bundle, 4),
)


def a_random_program(chance: random.Random, number: int) -> JsonObject:
    """A promotion, a coupon's program or a points reward; a third have a condition, an eighth a budget."""
    make = chance.choices([each for each, _ in _REWARDS], [weight for _, weight in _REWARDS])[0]
    reward = make(chance)
    fields: JsonObject = {"rewards": [reward], "priority": chance.choice((0, 0, 0, 0, 5, -5))}
    if chance.random() < 0.3:
        fields["conditions"] = [_condition(chance)]
    if chance.random() < 0.12:
        fields["limits"] = {"budget_minor": 100_00}
    kind, trigger = "promotion", "automatic"
    lot = chance.random()
    if make in (_percent, _amount) and lot < 0.2:
        kind, trigger = "points_reward", "choice"
        fields["cost"] = {
            "points_of": chance.choice(("points", "points", "card")),
            "points": chance.choice((50, 80, 100)),
        }
    elif lot < 0.3:
        trigger = "code"
        fields["code"] = f"CODE{number}"
    elif lot < 0.4:
        kind, trigger = "coupon", "coupon"
    elif lot < 0.45:
        trigger = "choice"
    return a_program(f"p{number:02}", kind, trigger=trigger, **fields)


def _condition(chance: random.Random) -> JsonObject:
    if chance.random() < 0.7:
        return {
            "type": "min_spend",
            "amount_minor": chance.choice((50, 100, 150, 200, 300, 400, 600)),
            **_goods(chance, all_too=True),
        }
    return {"type": "has_goods", "units": chance.randint(1, 4), "goods": chance.choice(SELECTORS)}


def grouped(chance: random.Random, programs: list[JsonObject]) -> list[JsonObject]:
    """Put some of the programs into stacking groups, and answer with the groups."""
    groups: list[JsonObject] = []
    for name in chance.sample(("a", "b", "c"), chance.choice((0, 0, 1, 1, 2))):
        groups.append(
            {
                "id": name,
                "choose": chance.choice(("one", "one", "in_order", "all")),
                "percent_of": chance.choice(("remainder", "remainder", "original")),
            }
        )
        for program in chance.sample(programs, min(len(programs), chance.randint(2, 4))):
            program["group"] = name
    return groups


def set_against_one_another(chance: random.Random, programs: list[JsonObject]) -> None:
    """Let some programs never stand beside another."""
    for _ in range(chance.choice((0, 0, 1, 2))):
        one, other = chance.sample(programs, 2)
        one["not_with"] = sorted({*one.get("not_with", []), other["id"]})


def earners(chance: random.Random) -> list[JsonObject]:
    """Programs that earn, so that deals of one discount differ by the points that they keep."""
    found = [
        points_per_money(points=chance.choice(("1", "0.5", "2.5")), per_minor=chance.choice((7, 10, 100)))
    ]
    rule: JsonObject = {"type": chance.choice(("per_unit", "per_visit")), "points": chance.choice(("1", "5"))}
    found.append(a_program("card", "stamps", earning=[rule | _goods(chance, all_too=True)]))
    if chance.random() < 0.4:
        times = {
            "type": "multiply",
            "points_of": "points",
            "times": chance.choice(("2", "1.5")),
            **_goods(chance),
        }
        conditions = [_condition(chance)] if chance.random() < 0.5 else []
        found.append(a_program("more-points", "points_multiplier", earning=[times], conditions=conditions))
    # Money back is no points: it decides between no deals.
    found.append(a_program("wallet", "cashback", earning=[{"type": "back", "rate": "0.0175"}]))
    return found


def some_vouchers(chance: random.Random) -> list[JsonObject]:
    """Two vouchers for points or stamps, one for nothing, and what they are for."""
    found: list[JsonObject] = []
    for number in range(1, 4):
        experience = f"visit{number}"
        fields: JsonObject = {"conditions": [_condition(chance)]} if chance.random() < 0.3 else {}
        found.append(a_program(experience, "experience", trigger="coupon", **fields))
        reward = {"type": "voucher", "redeems": experience, "valid_days": 30}
        fields = {"priority": chance.choice((0, 0, 5)), "rewards": [reward]}
        if chance.random() < 0.3:
            fields["conditions"] = [_condition(chance)]
        if number < 3:
            fields["cost"] = {
                "points_of": chance.choice(("points", "card")),
                "points": chance.choice((30, 60)),
            }
        kind = "points_reward" if number < 3 else "promotion"
        found.append(a_program(f"book{number}", kind, trigger="choice", **fields))
    return found
