"""Small shops that nobody chose, in which offers get in one another's way: the same seed is the same shop for ever."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from agent.domain.basket import Basket, Line
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Claim, QuoteInput, Share
from tests.builders import a_basket, a_coupon_claim, a_line, a_member, a_quote_input
from tests.oracle.programs import (
    JsonObject,
    a_random_program,
    earners,
    grouped,
    set_against_one_another,
    some_vouchers,
)

CATEGORIES: Final = {
    "milk": ("food", "dairy"),
    "cheese": ("food", "dairy"),
    "bread": ("food", "bakery"),
    "roll": ("food", "bakery"),
    "juice": ("drinks",),
    "water": ("drinks",),
}
# Few prices, so that units are often alike; small and odd ones, so that roundings matter.
PRICES: Final = (1, 2, 3, 5, 7, 33, 99, 99, 100, 100, 149, 150, 199, 250, 333, 500, 999)


@dataclass(frozen=True)
class Shop:
    """A basket, everything that is asked for with it, and the programs, with the document that they came from."""

    seed: int
    document: JsonObject
    quote_input: QuoteInput
    program_set: ProgramSet

    def as_json(self) -> JsonObject:
        """All that another machine needs to see the same."""
        told = msgspec.json.decode(msgspec.json.encode(self.quote_input))
        return {"seed": self.seed, "program_set": self.document, "quote_input": told}


def shop_of(document: JsonObject, quote_input: QuoteInput, seed: int = 0) -> Shop:
    """The shop of this document; the input names it, whatever set it named before."""
    program_set = decode_program_set(msgspec.json.encode(document))
    named = msgspec.structs.replace(quote_input, program_set_hash=program_set.hash)
    return Shop(seed, document, named, program_set)


def stored_shops(path: Path) -> list[Shop]:
    """The shops of a file, one JSON object (`Shop.as_json`, what else is in it is ignored) on each line."""
    found: list[Shop] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("{"):
            told = msgspec.json.decode(line)
            asked = msgspec.convert(told["quote_input"], QuoteInput)
            found.append(shop_of(told["program_set"], asked, told["seed"]))
    return found


def a_shop(seed: int, *, max_units: int = 8, max_programs: int = 12) -> Shop:
    """The shop of this seed: a basket of at most so many units, at most so many programs that give discounts."""
    chance = random.Random(seed)
    programs = [
        a_random_program(chance, number) for number in range(1, chance.randint(2, max(2, max_programs)) + 1)
    ]
    groups = grouped(chance, programs)
    set_against_one_another(chance, programs)
    earning = earners(chance)
    document = {
        "format": 1,
        "set_id": "oracle",
        "version": 1,
        "currency": "RON",
        "groups": groups,
        "programs": [*programs, *earning],
    }
    return shop_of(document, _asked(chance, programs, _a_basket(chance, max_units)), seed)


def with_vouchers(shop: Shop) -> Shop:
    """The same shop with vouchers to choose and to show; its other programs and what is asked of them stay."""
    chance = random.Random(f"vouchers of {shop.seed}")
    programs = some_vouchers(chance)
    asked = _asked(chance, programs, shop.quote_input.basket, first_coupon=1_000)
    more = {
        field: (*getattr(shop.quote_input, field), *getattr(asked, field))
        for field in ("claims", "coupons", "removals")
    }
    document = {**shop.document, "programs": [*shop.document["programs"], *programs]}
    return shop_of(document, msgspec.structs.replace(shop.quote_input, **more), shop.seed)


def _a_basket(chance: random.Random, max_units: int) -> Basket:
    lines: list[Line] = []
    left = chance.randint(min(2, max_units), max_units)
    while left:
        units = min(left, chance.choice((1, 1, 1, 2, 2, 3)))
        left -= units
        code = chance.choice(tuple(CATEGORIES))
        minor = chance.choice(PRICES) * units + chance.choice((0, 0, 0, 1))
        flags: JsonObject = {}
        odd = chance.random()
        if odd < 0.03:
            flags = {"discountable": False}
        elif odd < 0.05:
            flags = {"discountable": False, "earns": False, "deposit": True}
        elif odd < 0.08:
            flags = {"earns": False}
        elif odd < 0.10:
            minor = 0
        elif odd < 0.13:
            flags = {"quantity": "0.435", "uom": "kg"}
        lines.append(a_line(code, minor, category=CATEGORIES[code], **{"quantity": units, **flags}))
    return a_basket(*lines)


def _asked(
    chance: random.Random, programs: list[JsonObject], basket: Basket, first_coupon: int = 100
) -> QuoteInput:
    """Most of what could be asked for is, by a member whose points do not pay for all of it."""
    claims = [
        Claim(program["id"], chance.choice((1, 1, 2, 3)) if "cost" in program else 1)
        for program in programs
        if program["trigger"] == "choice" and chance.random() < 0.9
    ]
    codes = [program["code"] for program in programs if "code" in program and chance.random() < 0.9]
    coupons = [
        a_coupon_claim(first_coupon + 10 * number + copy, program["id"], held=chance.random() < 0.9)
        for number, program in enumerate(programs)
        if program["trigger"] == "coupon"
        for copy in range(chance.choice((0, 1, 1, 1, 2)))
    ]
    shares = {
        program["id"]: Share(budget_minor=chance.choice((10, 50, 100, 200)))
        for program in programs
        if "limits" in program
    }
    points, stamps = chance.choice((0, 70, 130, 210, 400)), chance.choice((0, 60, 160))
    member = a_member(points, spendable=chance.choice((points, points, points // 2)))
    member = msgspec.structs.replace(
        member,
        balances={**member.balances, "stamp:card": stamps},
        spendable={**member.spendable, "stamp:card": stamps},
    )
    return a_quote_input(
        basket,
        member=None if chance.random() < 0.1 else member,
        claims=claims,
        codes=codes,
        coupons=coupons,
        shares=shares,
        removals=[program["id"] for program in programs if chance.random() < 0.03],
    )
