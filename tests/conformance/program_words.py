"""The programs of a case as one program set of ours, decoded by the decoder that registers use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.program_document import decode_program_set
from tests.conformance.catalogue import NOTHING
from tests.conformance.reward_words import Part, parts_of
from tests.conformance.source_programs import STORED_VALUE, SourceProgram, SourceReward
from tests.conformance.stacking_words import group_of, groups_of, priority_of
from tests.conformance.translation import CURRENCY, Access, Circumstances, Document, Offer, Translation
from tests.conformance.when_words import conditions_of, merged
from tests.conformance.words import UnknownWord

_VALID_DAYS: Final = 365
_MAX_NOT_WITH: Final = 200


def translate(programs: Sequence[SourceProgram], about: Circumstances) -> Translation:
    """Our program set. Raises UnknownWord for what our model has no words for."""
    active = [
        each
        for each in programs
        if each.active and each.enabled_from_step <= about.step and each.kind not in STORED_VALUE
    ]
    offers: list[Offer] = []
    others: list[Document] = []
    earners: dict[str, str] = {}
    for program in active:
        if program.kind == "points":
            documents = _earner(program, about)
            others += documents
            earners[program.id] = documents[0]["id"]
        made = _offers(program, about, earners)
        offers += made
        if program.kind == "next_order_coupon":
            others += [_issuer(program, each, about) for each in made]
    _exclude(offers)
    document = {
        "format": 1,
        "set_id": "conformance",
        "version": 1,
        "currency": CURRENCY,
        "groups": groups_of(about),
        "programs": [*others, *(each.document for each in offers)],
    }
    try:
        program_set = decode_program_set(msgspec.json.encode(document))
    except LoyaltyError as error:
        raise UnknownWord(f"our program set has no such thing: {error.title}") from error
    codes: dict[str, tuple[Offer, ...]] = {}
    for each in offers:
        source_code = each.program.when.code.upper()
        if source_code and each.access in ("code", "coupon"):
            codes[source_code] = (*codes.get(source_code, ()), each)
    return Translation(program_set, document, tuple(offers), earners, codes)


def code_of(program: SourceProgram, reward: SourceReward | None = None) -> str:
    """Our code for a program's code: theirs may have other letters or one letter only."""
    several = reward is not None and len(program.rewards) > 1
    suffix = f"-{program.rewards.index(reward)}" if several and reward is not None else ""
    return our_code(program.when.code) + suffix


def our_code(text: str) -> str:
    """Our form of a code that a case writes."""
    return "X" + re.sub(r"[^A-Z0-9]", "-", text.upper())[:20]


def earner_id(program: SourceProgram) -> str:
    """Our id of a points program of the case."""
    return f"{program.place:03d}-{_slug(program.id)}"


def access_of(program: SourceProgram, reward: SourceReward, about: Circumstances) -> Access:
    """How one gets this reward."""
    if program.kind == "points":
        return "points"
    if program.kind == "next_order_coupon":
        return "coupon"
    if program.kind == "coupon" and (program.id in about.coupon_points or not program.when.code):
        return "coupon"
    if program.when.trigger == "code":
        return "code"
    named = {reward.id, f"{program.id}.{reward.id}"}
    by_hand = len(program.rewards) > 1 or not named.isdisjoint(about.claimed)
    if program.claim == "manual" or (program.claim != "auto" and by_hand):
        return "choice"
    return "automatic"


def _offers(program: SourceProgram, about: Circumstances, earners: dict[str, str]) -> list[Offer]:
    found: list[Offer] = []
    for number, reward in enumerate(program.rewards):
        access = access_of(program, reward, about)
        parts = parts_of(program, reward, access, about)
        for place, part in enumerate(parts):
            our_id = f"{program.place:03d}.{number}.{place:02d}-{_slug(reward.id)}"
            document = _document(program, reward, part, our_id, access, about)
            if access == "points":
                document["cost"] = {"points_of": earners[program.id], "points": _cost(program, reward)}
            found.append(
                Offer(our_id, program, reward, access, document, document.get("code", ""), part.item)
            )
    return found


def _document(
    program: SourceProgram,
    reward: SourceReward,
    part: Part,
    our_id: str,
    access: Access,
    about: Circumstances,
) -> Document:
    document: Document = {
        "id": our_id,
        "name": {"en": f"{program.id}: {reward.id}"},
        "rewards": [part.reward],
    }
    if access == "points":
        document |= {"kind": "points_reward", "trigger": "choice"}
    elif access == "coupon":
        document |= {"kind": "coupon", "trigger": "coupon"}
    else:
        document |= {"kind": "promotion", "trigger": access}
    if access == "code":
        if not program.when.code:
            raise UnknownWord(f"{program.id} has no code")
        document["code"] = code_of(program, reward)
    # Points are earned under conditions and spent without; a coupon that was issued is not tested again.
    free = access == "points" or program.kind == "next_order_coupon"
    document["conditions"] = merged([] if free else [*conditions_of(program, about), *part.conditions])
    document |= _for_whom(program, reward)
    document["limits"] = _limits(program)
    document["group"] = group_of(program, reward, access, about)
    document["priority"] = priority_of(program, about)
    return {key: value for key, value in document.items() if value not in ("", [], {}, 0)}


def _cost(program: SourceProgram, reward: SourceReward) -> int:
    """Points for one block: one point where each point is worth something, else the reward's price."""
    if reward.type == "amount_per_point":
        return 1
    cost = reward.cost_points
    if cost != int(cost) or cost < 1:
        raise UnknownWord(f"{program.id}.{reward.id} costs {cost} points")
    return int(cost)


def _for_whom(program: SourceProgram, reward: SourceReward | None = None) -> Document:
    found: Document = {}
    if reward is not None and needs_balance(program, reward):
        if program.when.targets:
            raise UnknownWord(f"{program.id}.{reward.id}: both a smallest balance and chosen members")
        found["audience"] = {"who": "segments", "segments": [rich_segment(program, reward)]}
    elif program.when.targets:
        found["audience"] = {"who": "segments", "segments": [segment_of(program)]}
    if program.begins or program.ends:
        window = {"from": program.begins, "until": program.ends}
        found["active"] = {name: value for name, value in window.items() if value}
    if program.when.price_list:
        found["stores"] = [program.when.price_list]
    return found


def segment_of(program: SourceProgram) -> str:
    """HQ's list of the members at whom a program is aimed."""
    return f"for {program.id}"[:64]


def needs_balance(program: SourceProgram, reward: SourceReward) -> bool:
    """Whether points may be spent one by one, though only from so many on."""
    return program.kind == "points" and reward.type == "amount_per_point" and reward.cost_points > 1


def rich_segment(program: SourceProgram, reward: SourceReward) -> str:
    """HQ's list of the members who have enough points to begin with."""
    return f"has {reward.cost_points} of {program.id}"[:64]


def _limits(program: SourceProgram) -> Document:
    found: Document = {}
    if program.max_uses_total:
        found["total_uses"] = program.max_uses_total
    if program.max_uses_per_member:
        found["member_uses"] = program.max_uses_per_member
    if program.budget_minor_limit is not None:
        found["budget_minor"] = int(program.budget_minor_limit * 100)
    return found


def _earner(program: SourceProgram, about: Circumstances) -> list[Document]:
    """A points program, and its multiplier where it has one."""
    our_id = earner_id(program)
    found: list[Document] = [
        {
            "id": our_id,
            "kind": "points",
            "name": {"en": program.id},
            "earning": [_earning(program, about)],
            "conditions": merged(conditions_of(program, about)),
            **_for_whom(program),
            **({"limits": _limits(program)} if _limits(program) else {}),
        }
    ]
    if program.earn.multiplier != 1:
        rule = {"type": "multiply", "points_of": our_id, "times": str(program.earn.multiplier)}
        found.append(
            {
                "id": f"{our_id}-times",
                "kind": "points_multiplier",
                "name": {"en": program.id},
                "earning": [rule],
            }
        )
    return found


def _earning(program: SourceProgram, about: Circumstances) -> Document:
    earn, goods = program.earn, about.catalogue.goods(program.when.goods)
    if earn.per == "none" or not earn.points:
        return {"type": "per_unit", "points": "1", "goods": NOTHING}
    if earn.per == "order":
        return {"type": "per_visit", "points": str(earn.points), "goods": goods}
    if earn.per == "unit":
        return {"type": "per_unit", "points": str(earn.points), "goods": goods}
    points, per_minor = earn.points, 100
    while points != points.quantize(Decimal("0.001")):
        points, per_minor = points * 10, per_minor * 10
    rule: Document = {"type": "per_money", "points": f"{points.normalize():f}", "per_minor": per_minor}
    if about.policy.earns_on:
        rule["base"] = about.policy.earns_on
    return {**rule, "goods": goods}


def _issuer(program: SourceProgram, offer: Offer, about: Circumstances) -> Document:
    """Prints the coupon that `offer` honours."""
    document: Document = {
        "id": f"{offer.id}-issue",
        "kind": "next_visit_coupon",
        "name": {"en": f"{program.id}: a coupon for the next order"},
        "conditions": merged(conditions_of(program, about)),
        "rewards": [
            {
                "type": "next_visit_coupon",
                "redeems": offer.id,
                "valid_days": _VALID_DAYS,
                "starts_after_days": 0,
            }
        ],
        **_for_whom(program),
    }
    if program.when.trigger == "code":
        document |= {"trigger": "code", "code": code_of(program)}
    return document


def _exclude(offers: list[Offer]) -> None:
    """Rewards that stand alone, and rewards of one program that its points cannot pay together."""
    for one in offers:
        others = [each.id for each in offers if each is not one and _apart(one, each)]
        if others:
            one.document["not_with"] = others[:_MAX_NOT_WITH]


def _apart(one: Offer, other: Offer) -> bool:
    if one.program is not other.program:
        return one.program.alone or other.program.alone
    if one.reward is other.reward or one.access in ("points", "coupon"):
        return False
    costs = one.reward.cost_points + other.reward.cost_points
    if not costs or one.program.earn.per == "none":
        return False
    if one.program.earn.per != "order":
        raise UnknownWord(f"{one.program.id}: several rewards for points that grow with the basket")
    return costs > one.program.earn.points * one.program.earn.multiplier


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:30] or "x"
