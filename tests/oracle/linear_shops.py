"""Shops whose best deal is an integer model: many overlapping sets at one price, on large baskets and small ones."""

from __future__ import annotations

import random
from typing import Any

from agent.domain.basket import Basket
from tests.builders import a_basket, a_line, a_program, a_quote_input, amount_off
from tests.oracle.programs import JsonObject
from tests.oracle.shops import Shop, shop_of


def an_overlapping_shop(seed: int, *, units: int = 60, offers: int = 500) -> Shop:
    """So many single units of different items, and so many bundles of two to four of them at one price."""
    chance = random.Random(seed)
    prices = {f"i{number:02}": 5 * chance.randint(10, 300) for number in range(units)}
    programs = []
    for number in range(offers):
        items = chance.sample(sorted(prices), chance.choice((2, 2, 3, 3, 4)))
        worth = sum(prices[item] for item in items)
        programs.append(
            _bundle(number, [{"items": [item]} for item in items], worth * chance.randint(70, 97) // 100)
        )
    return _shop(seed, programs, a_basket(*(a_line(item, price) for item, price in prices.items())))


def a_linear_shop(seed: int, *, max_units: int = 8, max_programs: int = 8) -> Shop:
    """Every linear kind of program at once: sets of categories, free units, groups that choose one, amounts."""
    chance = random.Random(seed)
    programs: list[JsonObject] = []
    categories = (["food"], ["food", "dairy"], ["food", "bakery"], ["drinks"])
    for number in range(chance.randint(2, max_programs)):
        goods = [{"categories": [chance.choice(categories)]} for _ in range(3)]
        sets: JsonObject = {"max_sets": chance.choice((1, 2))} if chance.random() < 0.3 else {}
        lot = chance.random()
        if lot < 0.4:
            programs.append(_bundle(number, goods[: chance.randint(2, 3)], chance.randint(50, 900), **sets))
        elif lot < 0.6:
            of = chance.choice((2, 3))
            reward = {
                "type": "cheapest_of",
                "of": of,
                "goods": goods[0],
                "rate": chance.choice(("1", "0.5")),
                **sets,
            }
            programs.append(_promotion(number, reward))
        elif lot < 0.8:
            reward = {
                "type": "buy_get",
                "buy": goods[0],
                "goods": goods[1],
                "units": chance.choice((1, 2)),
                **sets,
            }
            programs.append(_promotion(number, reward | {"rate": chance.choice(("1", "0.25"))}))
        else:
            programs.append(amount_off(f"p{number:03}", chance.randint(10, 600)))
    for program in programs:
        if chance.random() < 0.4:
            program["group"] = chance.choice(("a", "b"))
    if len(programs) > 2 and chance.random() < 0.4:
        one, other = chance.sample(programs, 2)
        one["not_with"] = [other["id"]]
    left, lines = chance.randint(3, max_units), []
    while left:
        units = min(left, chance.choice((1, 1, 2, 3)))
        left -= units
        code, category = chance.choice(
            (
                ("milk", ("food", "dairy")),
                ("bread", ("food", "bakery")),
                ("water", ("drinks",)),
                ("rice", ("food",)),
            )
        )
        lines.append(a_line(code, units * 4 * chance.randint(5, 120), quantity=units, category=category))
    return _shop(seed, programs, a_basket(*lines))


def _bundle(number: int, goods: list[JsonObject], price_minor: int, **fields: Any) -> JsonObject:
    parts = [{"goods": each} for each in goods]
    return _promotion(number, {"type": "bundle", "parts": parts, "price_minor": price_minor, **fields})


def _promotion(number: int, reward: JsonObject) -> JsonObject:
    return a_program(f"p{number:03}", "promotion", rewards=[reward])


def _shop(seed: int, programs: list[JsonObject], basket: Basket) -> Shop:
    groups = [{"id": "a", "choose": "one"}, {"id": "b", "choose": "one"}]
    document = {
        "format": 1,
        "set_id": "linear",
        "version": 1,
        "currency": "RON",
        "groups": groups,
        "programs": programs,
    }
    return shop_of(document, a_quote_input(basket), seed)
