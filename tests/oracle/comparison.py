"""The engine's answer held against the oracle's, and the smallest shop in which they still differ."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from agent.domain.basket import Basket
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput
from tests.oracle.pricer import Oracle, Parts, Result
from tests.oracle.shops import Shop, shop_of


class Difference(NamedTuple):
    """`about`: discount (the engine's is not the largest, or its bound is wrong), lines, tie, points, or vouchers."""

    about: str
    told: str


@dataclass(frozen=True)
class Comparison:
    """`differences` is empty where engine and oracle agree. `exact`: the engine says that its answer is proven."""

    shop: Shop
    quote: Quote
    result: Result
    exact: bool
    differences: list[Difference]

    def as_json(self) -> dict[str, Any]:
        """The shop, both answers, and how they differ."""
        return {
            "differences": [f"{each.about}: {each.told}" for each in self.differences],
            "engine": {
                "discount_minor": self.quote.discount_minor,
                "proven_bound_minor": self.quote.proven_bound_minor,
                "discounts": parts_of(self.quote),
            },
            "oracle": {"discount_minor": self.result.discount_minor, "discounts": self.result.parts},
            **self.shop.as_json(),
        }


def compared(shop: Shop) -> Comparison:
    """Price this shop twice, and look at everything that must be the same."""
    quote = evaluate(shop.quote_input, shop.program_set)
    oracle = Oracle(shop.quote_input, shop.program_set)
    best = oracle.best()
    exact = quote.proven_bound_minor == quote.discount_minor
    return Comparison(shop, quote, best, exact, list(_differences(shop, quote, oracle, best, exact)))


def parts_of(quote: Quote) -> Parts:
    """What each program takes off each line; the engine's own shares must add up to it."""
    found: Parts = {}
    for discount in quote.discounts:
        assert discount.amount_minor == sum(run.count * run.share for run in discount.runs)
        if discount.amount_minor:
            found.setdefault(discount.program_id, {})[discount.line_id] = discount.amount_minor
    return found


def smaller(shop: Shop) -> Shop:
    """A shop with fewer programs and lines in which engine and oracle still differ about the same."""
    about = compared(shop).differences[0].about
    while True:
        for less in _with_less(shop):
            if about in _abouts(less):
                shop = less
                break
        else:
            return shop


def _differences(shop: Shop, quote: Quote, oracle: Oracle, best: Result, exact: bool) -> Iterator[Difference]:
    discount, bound, largest = quote.discount_minor, quote.proven_bound_minor, best.discount_minor
    if bound < largest:
        yield Difference("discount", f"the proven bound is {bound}, and a deal gives {largest}")
    if discount > largest or (exact and discount < largest):
        yield Difference("discount", f"the engine's is {discount}, the best deal's {largest}")
    told = parts_of(quote)
    alike = _deals_like(oracle, told)
    if not alike:
        yield Difference("lines", f"no deal with {sorted(told)} gives each line what the engine's gives")
        return
    first = min(one.rank for one in alike)
    if exact and discount == largest and first != best.rank:
        yield Difference("tie", f"{best.rank} is before the engine's {first}")
    if not any(_vouchers_of(quote) == one.handed[:2] for one in alike):
        yield Difference("vouchers", f"(issued, used) are {_vouchers_of(quote)}, not {alike[0].handed[:2]}")
    if not any(_points_of(quote) == (one.earned, one.spent) for one in alike):
        yield Difference(
            "points", f"(earned, spent) are {_points_of(quote)}, not {(alike[0].earned, alike[0].spent)}"
        )


def _deals_like(oracle: Oracle, told: Parts) -> list[Result]:
    """The smallest deals in which each program gives each line what the engine says.

    Programs that give nothing may be in a deal: those that apply in order must be.
    """
    found: list[Result] = []
    size = 0
    for deal in oracle.deals():
        if found and len(deal) > size:
            break
        if deal >= set(told):
            size = len(deal)
            found += [result for result in oracle.priced(deal) if result.parts == told]
    return found


def _points_of(quote: Quote) -> tuple[dict[str, int], dict[str, int]]:
    spent: dict[str, int] = {}
    for each in quote.spent:
        spent[each.unit] = spent.get(each.unit, 0) + each.points
    return {each.program_id: each.points for each in quote.earned}, spent


def _vouchers_of(quote: Quote) -> tuple[tuple[str, ...], tuple[tuple[str, uuid.UUID], ...]]:
    """Which programs issue one, and which are what one is for."""
    issued = [one.program_id for one in quote.applied if one.vouchers_issued]
    used = [
        (one.program_id, one.coupon_id)
        for one in quote.applied
        if one.coupon_id is not None and not one.discount_minor
    ]
    return tuple(sorted(issued)), tuple(sorted(used))


def _abouts(shop: Shop) -> set[str]:
    try:
        return {each.about for each in compared(shop).differences}
    except LoyaltyError:
        return set()


def _with_less(shop: Shop) -> Iterator[Shop]:
    programs = shop.document["programs"]
    for number, dropped in enumerate(programs):
        if any(dropped["id"] == each.get("cost", {}).get("points_of") for each in programs):
            continue
        if any(
            dropped["id"] == rule.get("points_of") for each in programs for rule in each.get("earning", ())
        ):
            continue
        kept = [_without(each, dropped["id"]) for at, each in enumerate(programs) if at != number]
        yield shop_of({**shop.document, "programs": kept}, _not_asking(shop, dropped), shop.seed)
    for number, program in enumerate(programs):
        for key in ("conditions", "not_with", "group", "limits", "priority"):
            if program.get(key):
                plainer = {name: value for name, value in program.items() if name != key}
                kept = [*programs[:number], plainer, *programs[number + 1 :]]
                yield shop_of({**shop.document, "programs": kept}, shop.quote_input, shop.seed)
    lines = shop.quote_input.basket.lines
    for number, line in enumerate(lines):
        others = (*lines[:number], *lines[number + 1 :])
        fewer = [others] if others else []
        if line.units > 1:
            less = msgspec.structs.replace(
                line,
                quantity=line.quantity - 1,
                extended_minor=line.extended_minor * (line.units - 1) // line.units,
            )
            fewer.append((*lines[:number], less, *lines[number + 1 :]))
        for left in fewer:
            asked = msgspec.structs.replace(shop.quote_input, basket=Basket(left))
            yield shop_of(shop.document, asked, shop.seed)


def _not_asking(shop: Shop, dropped: dict[str, Any]) -> QuoteInput:
    asked, gone = shop.quote_input, dropped["id"]
    return msgspec.structs.replace(
        asked,
        claims=tuple(claim for claim in asked.claims if claim.program_id != gone),
        coupons=tuple(coupon for coupon in asked.coupons if coupon.program_id != gone),
        codes=tuple(code for code in asked.codes if code != dropped.get("code")),
        shares={each: share for each, share in asked.shares.items() if each != gone}
        if isinstance(asked.shares, dict)
        else msgspec.UNSET,
        removals=tuple(each for each in asked.removals if each != gone),
    )


def _without(program: dict[str, Any], dropped: str) -> dict[str, Any]:
    if dropped not in program.get("not_with", ()):
        return program
    return {**program, "not_with": [each for each in program["not_with"] if each != dropped]}
