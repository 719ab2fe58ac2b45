"""Shops in which offers compete: sets that want the same units, groups of which one applies, thresholds that sets break.

Everything in them is an integer model as well, so that HiGHS can be asked for the same best deal: sets take whole minor
units, offers on single items are about items that are in no set, and thresholds count the whole basket.
"""

from __future__ import annotations

import random
from typing import Any, Final

from agent.domain.basket import Basket, Line
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from benchmarks.engine_catalogue import Catalogue, Item, a_line
from benchmarks.engine_shop import JsonObject, context, decoded, document_of

# Of the shelves so many have offers on single items; the others have sets.
PLAIN_SHELVES: Final = 120
SET_OFFERS: Final = 640
ITEM_OFFERS: Final = 357
# A customer stands before so many shelves and takes several things from each.
VISITED: Final = 16


class Contest:
    """A set of 1,000 programs over the catalogue, and baskets of 50 lines."""

    def __init__(self, catalogue: Catalogue, dice: random.Random, *, count: int = 1_000) -> None:
        shelves = [[item for item in shelf if not item.weighed] for shelf in catalogue.shelves]
        self._shelves = shelves
        makers = (_mix_and_match, _cheapest_of, _buy_get, _bundle)
        programs: list[JsonObject] = []
        for at in range(SET_OFFERS * count // 1_000):
            shelf = dice.choice(shelves[PLAIN_SHELVES:])
            programs.append(makers[at % len(makers)](at, shelf, dice))
        groups: list[JsonObject] = [{"id": "order-wide", "choose": "one"}]
        for at in range(ITEM_OFFERS * count // 1_000):
            shelf = shelves[at % PLAIN_SHELVES]
            programs.append(_item_offer(at, shelf, dice))
        groups += [{"id": f"shelf-{at:03}", "choose": "one"} for at in range(PLAIN_SHELVES)]
        programs += [_order_offer(at) for at in range(count - len(programs))]
        _set_against_one_another(programs[: SET_OFFERS * count // 1_000], dice)
        self.program_set: ProgramSet = decoded(document_of(programs, groups))

    def quote_input(self, dice: random.Random, *, lines: int = 50) -> QuoteInput:
        """A basket of a customer who buys several things of each shelf that they stop at."""
        chosen: dict[str, Item] = {}
        shelves = dice.sample(self._shelves, VISITED)
        while len(chosen) < lines:
            item = dice.choice(dice.choice(shelves))
            chosen[item.code] = item
        basket = Basket(
            tuple(_line(number, item, dice) for number, item in enumerate(chosen.values(), start=1))
        )
        return QuoteInput(basket=basket, context=context(), program_set_hash=self.program_set.hash)


def _line(number: int, item: Item, dice: random.Random) -> Line:
    return a_line(number, item, dice.choice((1, 1, 1, 1, 2, 3)))


def _some(shelf: list[Item], dice: random.Random, least: int, most: int) -> list[Item]:
    return dice.sample(shelf, min(len(shelf), dice.randint(least, most)))


def _goods(items: list[Item]) -> JsonObject:
    return {"items": [item.code for item in items]}


def _promotion(program_id: str, reward: JsonObject, **fields: Any) -> JsonObject:
    return {"id": program_id, "kind": "promotion", "name": {"en": program_id}, "rewards": [reward], **fields}


def _mix_and_match(at: int, shelf: list[Item], dice: random.Random) -> JsonObject:
    items, units = _some(shelf, dice, 5, 10), dice.choice((2, 3))
    usual = sorted(item.price_minor for item in items)[len(items) // 2]
    parts = [{"goods": _goods(items), "units": units}]
    price = usual * units * dice.randint(70, 90) // 100
    return _promotion(f"mix-{at:03}", {"type": "bundle", "parts": parts, "price_minor": price})


def _cheapest_of(at: int, shelf: list[Item], dice: random.Random) -> JsonObject:
    reward = {"type": "cheapest_of", "of": dice.choice((2, 3, 3)), "goods": _goods(_some(shelf, dice, 5, 10))}
    return _promotion(f"cheapest-{at:03}", reward)


def _buy_get(at: int, shelf: list[Item], dice: random.Random) -> JsonObject:
    buy, goods = _some(shelf, dice, 3, 6), _some(shelf, dice, 3, 6)
    reward = {
        "type": "buy_get",
        "buy": _goods(buy),
        "buy_units": dice.choice((1, 2, 2)),
        "goods": _goods(goods),
    }
    return _promotion(f"buy-get-{at:03}", reward)


def _bundle(at: int, shelf: list[Item], dice: random.Random) -> JsonObject:
    halves = _some(shelf, dice, 6, 10)
    one, other = halves[::2], halves[1::2]
    usual = sum(sorted(item.price_minor for item in half)[len(half) // 2] for half in (one, other))
    parts = [{"goods": _goods(one)}, {"goods": _goods(other)}]
    return _promotion(
        f"bundle-{at:03}",
        {"type": "bundle", "parts": parts, "price_minor": usual * dice.randint(70, 90) // 100},
    )


def _item_offer(at: int, shelf: list[Item], dice: random.Random) -> JsonObject:
    """Of the offers on one shelf at most one applies."""
    goods = _goods(_some(shelf, dice, 4, 9))
    reward: JsonObject = {"type": "percent_off", "rate": dice.choice(("0.1", "0.2", "0.25")), "goods": goods}
    if at % 3 == 0:
        reward = {
            "type": "amount_off",
            "off": "unit",
            "amount_minor": dice.choice((50, 80, 120)),
            "goods": goods,
        }
    return _promotion(f"item-{at:03}", reward, group=f"shelf-{at % PLAIN_SHELVES:03}")


def _order_offer(at: int) -> JsonObject:
    """An amount off from a threshold on, which earlier discounts may break; the best of them applies."""
    over = 200_00 + 100_00 * at
    return _promotion(
        f"order-{at:03}",
        {"type": "amount_off", "amount_minor": over // 20},
        conditions=[{"type": "min_spend", "amount_minor": over}],
        group="order-wide",
    )


def _set_against_one_another(programs: list[JsonObject], dice: random.Random) -> None:
    for _pair in range(len(programs) // 10):
        one, other = dice.sample(programs, 2)
        one["not_with"] = sorted({*one.get("not_with", ()), other["id"]})
