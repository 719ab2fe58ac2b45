"""Small shops in which the whole basket has steps and thresholds, which the early offers may spoil."""

from __future__ import annotations

import random

import msgspec

from tests.oracle.programs import JsonObject
from tests.oracle.shops import Shop, a_shop, shop_of

_CODE = "STEPS"
_AMOUNTS = (5, 20, 50, 100, 150)
_RATES = ("0.05", "0.1", "0.15", "0.3")


def a_stepped_shop(seed: int) -> Shop:
    """The shop of this seed: a small one of other offers, and a ladder or two on everything beside them."""
    shop = a_shop(seed, max_units=6, max_programs=5)
    chance = random.Random(f"steps {seed}")
    total = sum(line.extended_minor for line in shop.quote_input.basket.lines)
    programs = [_ladder(chance, total, number) for number in range(chance.choice((1, 1, 2)))]
    if chance.random() < 0.5:
        programs.append(_amount(chance, total))
    document = {**shop.document, "programs": [*shop.document["programs"], *programs]}
    asked = msgspec.structs.replace(shop.quote_input, codes=(*shop.quote_input.codes, _CODE))
    return shop_of(document, asked, seed)


def _ladder(chance: random.Random, total: int, number: int) -> JsonObject:
    begins = sorted({_part(chance, total, 0.3, 1.05) for _step in range(chance.choice((1, 2, 3)))})
    if chance.random() < 0.7:
        gives = [{"amount_minor": minor} for minor in sorted(chance.choice(_AMOUNTS) for _ in begins)]
    else:
        gives = [{"rate": rate} for rate in sorted(chance.choice(_RATES) for _ in begins)]
    steps = [{"from_minor": begin, **each} for begin, each in zip(begins, gives, strict=True)]
    program = _program(f"steps-{number}", {"type": "ladder", "steps": steps})
    if chance.random() < 0.3:
        program.update(trigger="code", code=_CODE)
    if chance.random() < 0.3:
        program["conditions"] = [_over(_part(chance, total, 0.4, 1.0))]
    return program


def _amount(chance: random.Random, total: int) -> JsonObject:
    program = _program("amount", {"type": "amount_off", "amount_minor": chance.choice((20, 50, 100))})
    program["conditions"] = [_over(_part(chance, total, 0.4, 1.0))]
    return program


def _program(program_id: str, reward: JsonObject) -> JsonObject:
    return {
        "id": program_id,
        "kind": "promotion",
        "name": {"en": program_id},
        "trigger": "automatic",
        "rewards": [reward],
    }


def _over(minor: int) -> JsonObject:
    return {"type": "min_spend", "amount_minor": minor}


def _part(chance: random.Random, total: int, least: float, most: float) -> int:
    return max(1, int(total * chance.uniform(least, most)))
