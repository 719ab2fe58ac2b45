"""Builders for every test: a basket, a member, a program set, a quote's input, each with sensible figures.

    quote = a_quote(a_basket(a_line("milk", 12_00, category=("food", "dairy"))), dairy_20(), member=a_member())

Amounts are minor units of RON. Every id is fixed, so that a failing test prints the same thing twice.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from agent.domain.basket import Basket, Line, Tax
from agent.domain.evaluate import evaluate
from agent.domain.ledger import points_unit
from agent.domain.member import MemberFacts
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.quote_input import Claim, Context, CouponClaim, QuoteInput, Share

STORE: Final = "brasov-1"
REGISTER: Final = "brasov-1-r1"
CURRENCY: Final = "RON"
# Sunday 22 November 2026, 14:30 in Brașov.
TODAY: Final = datetime.date(2026, 11, 22)
NOW_MS: Final = 1_795_350_600_000
OFFSET_MIN: Final = 120
POINTS: Final = points_unit("points")

JsonObject = dict[str, Any]


def an_id(number: int) -> uuid.UUID:
    """A fixed UUIDv7; small numbers make different ids."""
    return uuid.UUID(int=0x019AAAAA_0000_7000_8000_000000000000 | number)


CHAIN: Final = an_id(1)
MEMBER: Final = an_id(2)
ACCOUNT: Final = an_id(3)


# Goods


def a_line(
    item_code: str = "bread",
    extended_minor: int = 5_00,
    *,
    line_id: int = 0,
    quantity: int | str | Decimal = 1,
    uom: str = "each",
    category: Sequence[str] = ("food", "bakery"),
    taxes: Sequence[Tax] = (Tax("A", Decimal("0.11")),),
    **facts: Any,
) -> Line:
    """A line worth `extended_minor` in all. `line_id` 0 is numbered by `a_basket`."""
    return Line(
        line_id=line_id,
        item_code=item_code,
        name=facts.pop("name", item_code.capitalize()),
        quantity=Decimal(quantity),
        uom=uom,
        extended_minor=extended_minor,
        category=tuple(category),
        taxes=tuple(taxes),
        **facts,
    )


def a_basket(*lines: Line) -> Basket:
    """These lines, or one loaf of bread; lines without an id are numbered from 1."""
    lines = lines or (a_line(),)
    return Basket(
        tuple(
            line if line.line_id else msgspec.structs.replace(line, line_id=number)
            for number, line in enumerate(lines, start=1)
        )
    )


def milk(extended_minor: int = 10_00, **facts: Any) -> Line:
    """Dairy, for the offers that want it."""
    return a_line("milk", extended_minor, category=("food", "dairy"), **facts)


def a_deposit(extended_minor: int = 50, **facts: Any) -> Line:
    """A bottle's deposit: never discounted, never earning."""
    return a_line(
        "deposit", extended_minor, category=(), discountable=False, earns=False, deposit=True, **facts
    )


# Members


def a_member(
    points: int = 0,
    *,
    spendable: int | None = None,
    tier: str = "",
    provisional: bool = False,
    member_id: uuid.UUID = MEMBER,
    account_id: uuid.UUID = ACCOUNT,
    offered: tuple[str, ...] = (),
) -> MemberFacts:
    """A member with points of the program `points`; this register holds leases for all of them unless told."""
    held = points if spendable is None else spendable
    return MemberFacts(
        member_id=member_id,
        account_id=account_id,
        tier=tier,
        balances={POINTS: points} if points else {},
        spendable={POINTS: held} if held > 0 else {},
        provisional=provisional,
        offered=offered,
    )


# Programs, as the JSON that HQ publishes


def a_program(program_id: str, kind: str, **fields: Any) -> JsonObject:
    """Any program; the shorter builders below are the ones of the demo shop."""
    return {
        "id": program_id,
        "kind": kind,
        "name": {"en": program_id.replace("-", " ").capitalize()},
        **fields,
    }


def points_per_money(
    program_id: str = "points", points: str = "1", per_minor: int = 1_00, **fields: Any
) -> JsonObject:
    """So many points for each amount paid."""
    rule = {"type": "per_money", "points": points, "per_minor": per_minor, **fields.pop("rule", {})}
    return a_program(program_id, "points", earning=[rule], **fields)


def points_reward(
    program_id: str = "reward-5",
    cost_points: int = 500,
    amount_minor: int = 5_00,
    points_of: str = "points",
    **fields: Any,
) -> JsonObject:
    """An amount off for points, waiting for a tap."""
    reward = {"type": "amount_off", "amount_minor": amount_minor, **fields.pop("reward", {})}
    fields.setdefault("cost", {"points_of": points_of, "points": cost_points})
    fields.setdefault("audience", {"who": "members"})
    return a_program(program_id, "points_reward", trigger="choice", rewards=[reward], **fields)


def percent_off(
    program_id: str, rate: str, goods: Mapping[str, Any] | None = None, **fields: Any
) -> JsonObject:
    """A percentage off some goods, or off everything, by itself (or as a coupon: kind="coupon")."""
    return _promotion(program_id, {"type": "percent_off", "rate": rate}, goods, fields)


def amount_off(
    program_id: str,
    amount_minor: int,
    over_minor: int = 0,
    goods: Mapping[str, Any] | None = None,
    **fields: Any,
) -> JsonObject:
    """An amount off, once `over_minor` is reached."""
    return _promotion(
        program_id, {"type": "amount_off", "amount_minor": amount_minor}, goods, _over(over_minor, fields)
    )


def dairy_20(**fields: Any) -> JsonObject:
    """20 % off dairy, for everybody unless told."""
    return percent_off("dairy-20", "0.2", {"categories": [["food", "dairy"]]}, **fields)


def next_visit(over_minor: int = 150_00, valid_days: int = 30, **fields: Any) -> JsonObject:
    """Prints a coupon for `next_visit_10` when the basket passes a threshold."""
    reward = {"type": "next_visit_coupon", "redeems": "next-visit-10", "valid_days": valid_days}
    return a_program("next-visit", "next_visit_coupon", rewards=[reward], **_over(over_minor, fields))


def next_visit_10(**fields: Any) -> JsonObject:
    """Honours the next-visit coupon: 10 % off the whole basket."""
    return percent_off("next-visit-10", "0.1", kind="coupon", **fields)


def a_course(program_id: str = "course", **fields: Any) -> JsonObject:
    """A barista course, which takes nothing off: what a voucher is for."""
    fields.setdefault("name", {"en": "Barista course"})
    return a_program(program_id, "experience", trigger="coupon", **fields)


def course_voucher(
    cost_points: int = 1000, valid_days: int = 90, redeems: str = "course", **fields: Any
) -> JsonObject:
    """A voucher for the course, for points, waiting for a tap."""
    reward = {"type": "voucher", "redeems": redeems, "valid_days": valid_days, **fields.pop("reward", {})}
    program_id = fields.pop("program_id", "book-course")
    fields.setdefault("name", {"en": "Barista course for points"})
    cost = {"points_of": "points", "points": cost_points}
    return a_program(program_id, "points_reward", trigger="choice", cost=cost, rewards=[reward], **fields)


def demo_programs() -> list[JsonObject]:
    """The programs of the main job: points, a reward, dairy for members, an amount off, a next-visit coupon."""
    return [
        points_per_money(),
        points_reward(),
        dairy_20(audience={"who": "members"}),
        amount_off("ten-over-100", 10_00, over_minor=100_00),
        next_visit(),
        next_visit_10(),
    ]


def program_set_bytes(
    *programs: Mapping[str, Any],
    currency: str = CURRENCY,
    version: int = 1,
    groups: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The document as HQ publishes it."""
    document = {"format": 1, "set_id": "test", "version": version, "currency": currency, "programs": programs}
    return msgspec.json.encode({**document, "groups": groups} if groups else document)


def a_program_set(*programs: Mapping[str, Any], **document: Any) -> ProgramSet:
    """These programs, or those of the main job."""
    return decode_program_set(program_set_bytes(*(programs or demo_programs()), **document))


# Quotes


def a_context(**facts: Any) -> Context:
    """Brașov, today at 14:30."""
    known: JsonObject = {
        "store_id": STORE,
        "register_id": REGISTER,
        "currency": CURRENCY,
        "currency_exponent": 2,
        "offer_time_ms": NOW_MS,
        "offset_min": OFFSET_MIN,
        "business_date": TODAY,
    }
    return Context(**{**known, **facts})


def a_coupon_claim(number: int = 77, program_id: str = "next-visit-10", **facts: Any) -> CouponClaim:
    """A coupon presented in this sale: valid this month, and held by this register."""
    known: JsonObject = {
        "coupon_id": an_id(number),
        "program_id": program_id,
        "valid_from": TODAY - datetime.timedelta(days=5),
        "valid_until": TODAY + datetime.timedelta(days=25),
        "held": True,
    }
    return CouponClaim(**{**known, **facts})


def a_quote_input(
    basket: Basket | None = None,
    program_set: ProgramSet | None = None,
    *,
    member: MemberFacts | None = None,
    claims: Sequence[str | Claim] = (),
    removals: Sequence[str] = (),
    coupons: Sequence[CouponClaim] = (),
    codes: Sequence[str] = (),
    shares: Mapping[str, Share] | None = None,
    context: Context | None = None,
    confirmed_time_offers: bool = False,
) -> QuoteInput:
    """What the engine reads; `claims` are program ids, or Claims with more blocks."""
    return QuoteInput(
        basket=basket if basket is not None else a_basket(),
        member=member,
        claims=tuple(Claim(claim) if isinstance(claim, str) else claim for claim in claims),
        removals=tuple(removals),
        coupons=tuple(coupons),
        codes=tuple(codes),
        shares=dict(shares) if shares is not None else msgspec.UNSET,
        confirmed_time_offers=confirmed_time_offers,
        context=context if context is not None else a_context(),
        program_set_hash=(program_set if program_set is not None else a_program_set()).hash,
    )


def a_quote(basket: Basket, *programs: Mapping[str, Any], **inputs: Any) -> Quote:
    """What the engine answers for this basket under these programs (or those of the main job)."""
    program_set = a_program_set(*programs)
    return evaluate(a_quote_input(basket, program_set, **inputs), program_set)


def _promotion(
    program_id: str, reward: JsonObject, goods: Mapping[str, Any] | None, fields: JsonObject
) -> JsonObject:
    if goods is not None:
        reward["goods"] = goods
    kind = fields.pop("kind", "promotion")
    if kind == "coupon":
        fields["trigger"] = "coupon"
    return a_program(program_id, kind, rewards=[reward], **fields)


def _over(over_minor: int, fields: JsonObject) -> JsonObject:
    if over_minor:
        threshold = {"type": "min_spend", "amount_minor": over_minor}
        fields["conditions"] = [threshold, *fields.get("conditions", [])]
    return fields
