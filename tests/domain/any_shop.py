"""Hypothesis strategies for the widest shop that is still allowed: every kind of program with every kind of field,
baskets up to the edges of their bounds, members with any facts, and documents that are nearly right.
"""

from __future__ import annotations

import random
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from agent.domain.basket import Basket, Line
from agent.domain.bounds import MAX_LINE_MINOR, MAX_SAFE_INT
from agent.domain.member import MemberFacts
from agent.domain.program_document import decode_program_set
from agent.domain.quote_input import Claim, Share
from tests.builders import a_basket, a_context, a_coupon_claim, a_line, a_member, a_program, a_quote_input
from tests.oracle.programs import SELECTORS, a_random_program, earners, grouped, set_against_one_another
from tests.oracle.shops import CATEGORIES, Shop

JsonObject = dict[str, Any]

_PRICES: Final = (0, 1, 3, 99, 100, 149, 999, 10_000, 10**9, MAX_LINE_MINOR)
_QUANTITIES: Final = ("1", "1", "1", "2", "3", "7", "60", "1000", "0", "0.435", "999999999999999999")
_WHEN: Final = (
    {"from": "2026-11-01", "until": "2026-11-22"},
    {"from": "2026-11-22T14:00"},
    {"until": "2026-11-22T14:30"},
)
_HOURS: Final = (
    {"days": ["sun"], "from": "12:00", "until": "16:00"},
    {"days": ["mon"]},
    {"from": "22:00", "until": "02:00"},
)
_WHO: Final[tuple[JsonObject, ...]] = (
    {"who": "members"},
    {"who": "tiers", "tiers": ["gold"]},
    {"who": "segments", "segments": ["lapsed"]},
    {"who": "members", "not_segments": ["lapsed"]},
    {"who": "offered"},
    {"who": "members", "birthday_week": True},
    {"who": "members", "first_purchase": True},
)
_LIMITS: Final[tuple[JsonObject, ...]] = (
    {"member_uses": 1},
    {"member_uses": 2, "member_period": "week"},
    {"total_uses": 100},
    {"budget_minor": 10_000},
)


@st.composite
def shops(draw: st.DrawFn, max_lines: int = 5, max_programs: int = 7) -> Shop:
    """A shop with everything that its programs can ask for in the basket or not, as chance has it."""
    chance = draw(st.randoms(use_true_random=False))
    programs = [a_random_program(chance, n) for n in range(draw(st.integers(0, max_programs)))]
    programs += _handing_out(chance)
    for program in programs:
        _narrow(chance, program)
    standing_alone = [program for program in programs if program["kind"] == "experience"]
    others = [program for program in programs if program not in standing_alone]
    groups = grouped(chance, others) if len(others) > 1 else []
    if len(others) > 1:
        set_against_one_another(chance, others)
    document = {
        "format": 1,
        "set_id": "any",
        "version": 1,
        "currency": "RON",
        "groups": groups,
        "programs": [*programs, *earners(chance)],
    }
    program_set = decode_program_set(msgspec.json.encode(document))
    lines = draw(st.lists(_lines(), max_size=max_lines))
    quote_input = a_quote_input(
        a_basket(*lines) if lines else Basket(),
        program_set,
        member=draw(st.none() | members()),
        claims=[
            Claim(program["id"], chance.choice((1, 1, 2, 1_000_000)))
            for program in programs
            if program["trigger"] == "choice" and chance.random() < 0.8
        ],
        codes=[each["code"] for each in programs if "code" in each and chance.random() < 0.8],
        coupons=[
            a_coupon_claim(100 + 10 * number + copy, program["id"], held=chance.random() < 0.9)
            for number, program in enumerate(programs)
            if program["trigger"] == "coupon"
            for copy in range(chance.choice((0, 1, 1, 2)))
        ],
        removals=[program["id"] for program in programs if chance.random() < 0.05],
        shares={
            program["id"]: Share(uses=chance.choice((0, 1)), budget_minor=chance.choice((0, 10, 10_000)))
            for program in programs
            if "limits" in program and chance.random() < 0.8
        },
        context=a_context(clock=draw(st.sampled_from(["ok", "ok", "suspect"]))),
        confirmed_time_offers=draw(st.booleans()),
    )
    return Shop(0, document, quote_input, program_set)


def members() -> st.SearchStrategy[MemberFacts]:
    """A member with any tier, segments, counters and balances, negative and enormous ones too."""
    amounts = st.sampled_from((0, 1, 60, 100, 450, -30, MAX_SAFE_INT, -MAX_SAFE_INT))
    facts = st.fixed_dictionaries({"points:points": amounts, "stamp:card": amounts})
    return st.builds(
        lambda changes: msgspec.structs.replace(a_member(), **changes),
        st.fixed_dictionaries(
            {
                "tier": st.sampled_from(["", "gold", "silver"]),
                "segments": st.sampled_from([(), ("lapsed",)]),
                "offered": st.sampled_from([(), ("p00", "p01", "p02"), ("p03",)]),
                "balances": facts,
                "spendable": facts,
                "counters": st.sampled_from([{}, {"visits": 0}, {"visits": 9, "used:p01": 2}]),
                "in_birthday_week": st.booleans(),
                "provisional": st.booleans(),
            }
        ),
    )


def _lines() -> st.SearchStrategy[Line]:
    return st.builds(
        lambda code, minor, quantity, flags: a_line(
            code, minor, quantity=quantity, category=CATEGORIES[code], **flags
        ),
        st.sampled_from(sorted(CATEGORIES)),
        st.sampled_from(_PRICES) | st.integers(0, 2_000),
        st.sampled_from(_QUANTITIES),
        st.sampled_from(
            [
                {},
                {},
                {},
                {"uom": "kg"},
                {"discountable": False},
                {"earns": False},
                {"deposit": True, "discountable": False, "earns": False},
                {"taxes": ()},
            ]
        ),
    )


def _handing_out(chance: random.Random) -> list[JsonObject]:
    """Sometimes a gift, bought with points or not, and a next-visit coupon with the program that honours it."""
    found: list[JsonObject] = []
    if chance.random() < 0.4:
        gift: JsonObject = {"type": "gift", "item": "mug", "units": chance.choice((1, 2)), "value_minor": 500}
        if chance.random() < 0.5:
            gift["for_each"] = {"goods": chance.choice(SELECTORS), "units": chance.choice((1, 2))}
        found.append(a_program("mug", "promotion", trigger="automatic", rewards=[gift]))
    if chance.random() < 0.2:
        cost = {"points_of": "points", "points": 60}
        gift = {"type": "gift", "item": "cup"}
        found.append(a_program("cup", "points_reward", trigger="choice", cost=cost, rewards=[gift]))
    if chance.random() < 0.4:
        redeems = {"type": "next_visit_coupon", "redeems": "next", "valid_days": chance.choice((1, 30))}
        found.append(a_program("again", "next_visit_coupon", trigger="automatic", rewards=[redeems]))
        reward = {"type": "percent_off", "rate": "0.1"}
        found.append(a_program("next", "coupon", trigger="coupon", rewards=[reward]))
    if chance.random() < 0.4:
        voucher: JsonObject = {"type": "voucher", "redeems": "course", "valid_days": chance.choice((1, 30))}
        cost = {"points_of": chance.choice(("points", "card")), "points": 60}
        found.append(a_program("book", "points_reward", trigger="choice", cost=cost, rewards=[voucher]))
        found.append(a_program("try", "promotion", trigger="choice", rewards=[voucher]))
        found.append(a_program("course", "experience", trigger="coupon"))
    return found


def _narrow(chance: random.Random, program: JsonObject) -> None:
    """Now and then only for some members, some hours, some stores, or so often."""
    for field, choices in (("audience", _WHO), ("active", _WHEN), ("limits", _LIMITS)):
        if chance.random() < 0.15:
            program[field] = chance.choice(choices)
    if chance.random() < 0.1:
        program["hours"] = [chance.choice(_HOURS)]
    if chance.random() < 0.05:
        program["stores"] = ["cluj-1"]
