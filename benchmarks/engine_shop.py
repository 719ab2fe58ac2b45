"""A supermarket's program set of every kind, its members, and quotes to be priced.

Programs stand together or are about goods of their own, as a chain's flyer has them, so that on most baskets all that
can apply does; shops in which offers compete are made in contest.py.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from agent.domain.ledger import points_unit, stamp_unit
from agent.domain.member import MemberFacts
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Context, CouponClaim, QuoteInput, Share
from benchmarks.engine_catalogue import Catalogue

JsonObject = dict[str, Any]

STORE: Final = "brasov-1"
CURRENCY: Final = "RON"
# Monday 23 November 2026, 17:30 in Brașov.
TODAY: Final = datetime.date(2026, 11, 23)
NOW_MS: Final = 1_795_447_800_000
OFFSET_MIN: Final = 120
SEGMENTS: Final = 40

# How many programs of each kind a set of 1,000 has; what is left are percentages off single items.
SHARES: Final = {
    "amount_off_items": 130,
    "unit_ladders": 40,
    "some_units": 40,
    "shelf_offers": 30,
    "aisle_offers": 24,
    "cheapest_of": 60,
    "buy_get": 35,
    "bundles": 45,
    "order_offers": 2,
    "codes": 90,
    "coupons": 80,
    "personal": 70,
    "gifts": 20,
    "points_rewards": 5,
    "next_visit": 6,
    "multipliers": 12,
    "stamps": 8,
}


def program_document(catalogue: Catalogue, dice: random.Random, count: int = 1_000) -> JsonObject:
    """The document of a set of so many programs, with every kind in proportion."""
    numbers = {kind: max(1, share * count // 1_000) for kind, share in SHARES.items()}
    programs = [_points()]
    maker = _Maker(catalogue, dice)
    for kind, number in numbers.items():
        programs += [getattr(maker, kind)(at) for at in range(number)]
    programs += [maker.percent_off_items(at) for at in range(count - len(programs))]
    return document_of(programs)


def document_of(programs: list[JsonObject], groups: list[JsonObject] | None = None) -> JsonObject:
    """A program set's document."""
    return {
        "format": 1,
        "set_id": "bench",
        "version": 1,
        "currency": CURRENCY,
        "groups": groups or [],
        "programs": programs,
    }


def decoded(document: JsonObject) -> ProgramSet:
    """The set as a register has it."""
    program_set = decode_program_set(msgspec.json.encode(document))
    if program_set.disabled:
        raise AssertionError(f"{program_set.disabled[0]} does not run here")
    return program_set


def quote_inputs(
    catalogue: Catalogue, program_set: ProgramSet, dice: random.Random, *, lines: int = 50
) -> Iterator[QuoteInput]:
    """Baskets of members, one in ten of somebody unknown; every sixth brings a coupon, every twelfth a code."""
    coupons = [program.id for program in program_set.programs if program.trigger == "coupon"]
    codes = [program.code for program in program_set.programs if program.code]
    shares = {
        program.id: Share(uses=20, budget_minor=50_000)
        for program in program_set.programs
        if program.limits.total_uses or program.limits.budget_minor
    }
    number = 0
    while True:
        number += 1
        presented = [_coupon(number, dice.choice(coupons))] if coupons and number % 6 == 0 else []
        yield QuoteInput(
            basket=catalogue.basket(dice, lines),
            member=_member(dice) if number % 10 else None,
            coupons=tuple(presented),
            codes=(dice.choice(codes),) if codes and number % 12 == 0 else (),
            shares=shares,
            context=context(),
            program_set_hash=program_set.hash,
        )


def context() -> Context:
    """This shop, this afternoon."""
    return Context(
        store_id=STORE,
        register_id=f"{STORE}-r1",
        currency=CURRENCY,
        currency_exponent=2,
        offer_time_ms=NOW_MS,
        offset_min=OFFSET_MIN,
        business_date=TODAY,
    )


def _member(dice: random.Random) -> MemberFacts:
    points, stamps = dice.randint(0, 3_000), dice.randint(0, 20)
    balances = {points_unit("points"): points, stamp_unit("stamps-000"): stamps}
    return MemberFacts(
        member_id=uuid.UUID(int=dice.getrandbits(128), version=4),
        account_id=uuid.UUID(int=dice.getrandbits(128), version=4),
        tier=dice.choice(("", "silver", "gold")),
        balances=balances,
        spendable=balances,
        counters={"visits": dice.randint(1, 80)},
        segments=tuple(f"segment-{each:02}" for each in dice.sample(range(SEGMENTS), 4)),
    )


def _coupon(number: int, program_id: str) -> CouponClaim:
    return CouponClaim(
        coupon_id=uuid.UUID(int=number),
        program_id=program_id,
        valid_from=TODAY - datetime.timedelta(days=3),
        valid_until=TODAY + datetime.timedelta(days=20),
        held=True,
    )


def _points() -> JsonObject:
    return _program(
        "points", "points", earning=[{"type": "per_money", "points": "1", "per_minor": 100}], **_MEMBERS
    )


_MEMBERS: Final[JsonObject] = {"audience": {"who": "members"}}


def _program(program_id: str, kind: str, **fields: Any) -> JsonObject:
    return {"id": program_id, "kind": kind, "name": {"en": program_id}, **fields}


class _Maker:
    """One program of a kind at a time; goods are drawn so that no two promotions are about one item."""

    def __init__(self, catalogue: Catalogue, dice: random.Random) -> None:
        self._dice = dice
        self._catalogue = catalogue
        self._fresh = [[item.code for item in shelf] for shelf in catalogue.shelves]
        self._price = {item.code: item.price_minor for item in catalogue.items}

    def percent_off_items(self, at: int) -> JsonObject:
        reward = {"type": "percent_off", "rate": self._rate(), "goods": self._items(1, 6)}
        return _program(f"percent-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def amount_off_items(self, at: int) -> JsonObject:
        reward = {
            "type": "amount_off",
            "off": "unit",
            "amount_minor": self._amount(),
            "goods": self._items(1, 3),
        }
        return _program(f"amount-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def unit_ladders(self, at: int) -> JsonObject:
        steps = [{"from_units": 2, "rate": "0.1"}, {"from_units": 4, "rate": "0.2"}]
        reward = {"type": "ladder", "steps": steps, "goods": self._items(2, 5)}
        return _program(f"more-for-less-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def some_units(self, at: int) -> JsonObject:
        reward = {"type": "percent_off", "rate": "0.5", "units": 1, "goods": self._items(2, 4)}
        return _program(f"one-of-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def shelf_offers(self, at: int) -> JsonObject:
        reward = {"type": "percent_off", "rate": "0.05", "goods": {"categories": [self._shelf()]}}
        audience = {"audience": {"who": "tiers", "tiers": ["gold"]}} if at % 3 == 0 else _MEMBERS
        return _program(f"shelf-{at:03}", "promotion", rewards=[reward], **audience)

    def cheapest_of(self, at: int) -> JsonObject:
        reward: JsonObject = {"type": "cheapest_of", "goods": self._items(3, 8)}
        if at % 2:
            reward["of"] = 3
        else:
            reward.update(of=2, rate="0.5")
        return _program(f"cheapest-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def buy_get(self, at: int) -> JsonObject:
        reward = {"type": "buy_get", "buy_units": 2, "buy": self._items(2, 4), "goods": self._items(1, 3)}
        return _program(f"buy-get-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def bundles(self, at: int) -> JsonObject:
        parts = [self._items(1, 1) for _ in range(self._dice.choice((2, 2, 3)))]
        worth = sum(self._price[part["items"][0]] for part in parts)
        reward = {
            "type": "bundle",
            "price_minor": worth * 4 // 5,
            "parts": [{"goods": part} for part in parts],
        }
        return _program(f"bundle-{at:03}", "promotion", rewards=[reward], **self._when(at))

    def aisle_offers(self, at: int) -> JsonObject:
        goods = {"categories": [self._shelf()[:2]]}
        reward = {"type": "amount_off", "amount_minor": 5_00, "goods": goods}
        over = {"type": "min_spend", "amount_minor": 50_00, "goods": goods}
        return _program(f"aisle-{at:03}", "promotion", rewards=[reward], conditions=[over])

    def order_offers(self, at: int) -> JsonObject:
        """Steps for members, and an amount for everybody who buys very much."""
        if at % 2:
            reward = {"type": "amount_off", "amount_minor": 40_00}
            return _program(f"order-{at:03}", "promotion", rewards=[reward], conditions=_over(800_00))
        steps = [{"from_minor": 150_00, "amount_minor": 5_00}, {"from_minor": 300_00, "amount_minor": 15_00}]
        return _program(
            f"order-{at:03}", "promotion", rewards=[{"type": "ladder", "steps": steps}], **_MEMBERS
        )

    def codes(self, at: int) -> JsonObject:
        reward = {"type": "percent_off", "rate": "0.1", "max_discount_minor": 20_00, "goods": self._wide()}
        return _program(f"code-{at:03}", "promotion", trigger="code", code=f"CODE{at:03}", rewards=[reward])

    def coupons(self, at: int) -> JsonObject:
        reward: JsonObject = {"type": "percent_off", "rate": "0.15"}
        if at % 4:
            reward["goods"] = self._wide()
        return _program(f"coupon-{at:03}", "coupon", trigger="coupon", rewards=[reward])

    def personal(self, at: int) -> JsonObject:
        reward = {"type": "percent_off", "rate": self._rate(), "goods": self._items(1, 3)}
        who = {"who": "segments", "segments": [f"segment-{at % SEGMENTS:02}"]}
        return _program(f"personal-{at:03}", "promotion", rewards=[reward], audience=who)

    def gifts(self, at: int) -> JsonObject:
        goods = self._items(2, 5)
        reward = {"type": "gift", "item": goods["items"][0], "for_each": {"goods": goods, "units": 3}}
        return _program(f"gift-{at:03}", "promotion", rewards=[reward])

    def points_rewards(self, at: int) -> JsonObject:
        cost = {"points_of": "points", "points": 500 * (at + 1)}
        rewards = [{"type": "amount_off", "amount_minor": 5_00 * (at + 1)}]
        return _program(
            f"reward-{at:03}", "points_reward", trigger="choice", cost=cost, rewards=rewards, **_MEMBERS
        )

    def next_visit(self, at: int) -> JsonObject:
        reward = {"type": "next_visit_coupon", "redeems": f"coupon-{at:03}", "valid_days": 30}
        return _program(
            f"next-{at:03}", "next_visit_coupon", rewards=[reward], conditions=_over((at + 1) * 110_00)
        )

    def multipliers(self, at: int) -> JsonObject:
        goods = {"categories": [self._shelf()[:2]]}
        rule = {"type": "multiply", "points_of": "points", "times": "2", "goods": goods}
        return _program(f"double-{at:03}", "points_multiplier", earning=[rule], **_MEMBERS)

    def stamps(self, at: int) -> JsonObject:
        rule = {"type": "per_unit", "points": "1", "goods": self._items(3, 6)}
        return _program(f"stamps-{at:03}", "stamps", earning=[rule], **_MEMBERS)

    def _items(self, least: int, most: int) -> JsonObject:
        """Some items of one shelf that no other promotion is about."""
        wanted = self._dice.randint(least, most)
        while True:
            shelf = self._dice.choice(self._fresh)
            if len(shelf) >= wanted:
                return {"items": [shelf.pop(self._dice.randrange(len(shelf))) for _ in range(wanted)]}

    def _shelf(self) -> list[str]:
        return list(self._dice.choice(self._catalogue.shelves)[0].category)

    def _wide(self) -> JsonObject:
        return {"categories": [self._shelf()[: self._dice.choice((1, 2))]]}

    def _rate(self) -> str:
        return self._dice.choice(("0.1", "0.15", "0.2", "0.25", "0.3", "0.4"))

    def _amount(self) -> int:
        return self._dice.choice((50, 100, 150, 200))

    def _when(self, at: int) -> JsonObject:
        """Most run this week; some have hours, one store, a limit, or are over."""
        fields: JsonObject = {"active": {"from": "2026-11-20", "until": "2026-11-29"}}
        if at % 17 == 3:
            fields["active"] = {"from": "2026-11-01", "until": "2026-11-15"}
        elif at % 17 == 5:
            fields["hours"] = [{"days": ["mon", "tue"], "from": "08:00", "until": "12:00"}]
        elif at % 17 == 7:
            fields["stores"] = ["cluj-1", "iasi-1"]
        elif at % 17 == 9:
            fields["limits"] = {"total_uses": 500}
        elif at % 17 == 11:
            fields |= _MEMBERS
        return fields


def _over(amount_minor: int) -> list[JsonObject]:
    return [{"type": "min_spend", "amount_minor": amount_minor}]
