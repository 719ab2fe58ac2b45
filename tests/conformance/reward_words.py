"""Rewards of a case as rewards of ours. One of theirs may need several of ours, each with conditions of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from tests.conformance.source_programs import Selection, SourceProgram, SourceReward
from tests.conformance.translation import Access, Circumstances, Document
from tests.conformance.when_words import ceiling, cost_conditions
from tests.conformance.words import UnknownWord, whole_of

_MAX_PARTS: Final = 99
_FREE_UNITS: Final = ("cheapest_unit", "cheapest_units_first", "get_units", "each_unit")
# for_each of a gift counts at most so many units.
_MAX_FOR_EACH: Final = 50


@dataclass(frozen=True)
class Part:
    """A reward of ours with its own conditions; `item` where it hands something out."""

    reward: Document
    conditions: list[Document] = field(default_factory=list)
    item: str = ""


def parts_of(
    program: SourceProgram, reward: SourceReward, access: Access, about: Circumstances
) -> list[Part]:
    """Our rewards for one of theirs; none where its points can never be reached. Raises UnknownWord."""
    paid_otherwise = access in ("points", "coupon")
    if reward.type == "free_item" and reward.scope in _FREE_UNITS:
        # A unit of the basket for nothing is a hundred percent off it.
        reward = replace(reward, type="percent_off", value=Decimal(100))
    if reward.type == "free_item":
        return _free_item(program, reward, about, paid_otherwise=paid_otherwise)
    if reward.type == "amount_per_point":
        return _amount_per_point(program, reward, access, about)
    needed = [] if paid_otherwise else cost_conditions(program, reward, about)
    if needed is None:
        return []
    if reward.scope == "get_units":
        return [Part(_buy_get(program, reward, about), needed)]
    if reward.type in ("tiered_percent", "tiered_amount"):
        return [Part(_ladder(program, reward, about), needed)]
    return [Part(document, needed) for document in _discounts(program, reward, about)]


def goods_concerned(program: SourceProgram, reward: SourceReward) -> Selection:
    """What a reward is about: what it says, else the whole basket, or the goods that qualify for narrower scopes."""
    said = reward.goods
    if said.said or reward.scope == "order":
        return said
    when = program.when.goods
    return Selection(
        when.products,
        when.category,
        when.tag,
        (*when.exclude_products, *said.exclude_products),
        when.exclude_sale_items or said.exclude_sale_items,
    )


def rate(percent: Decimal) -> str:
    return str((percent / 100).normalize())


def _discounts(program: SourceProgram, reward: SourceReward, about: Circumstances) -> list[Document]:
    selection = goods_concerned(program, reward)
    goods = about.catalogue.goods(selection)
    picked = _picked(reward)
    if not reward.value:
        return []
    if reward.type == "percent_off":
        document: Document = {"type": "percent_off", "rate": rate(reward.value), "goods": goods, **picked}
        if reward.max_discount is not None:
            document["max_discount_minor"] = _cap(reward, selection, about)
        return [document]
    amount = about.amount_minor(reward.value, program.amount_basis, selection)
    if picked or reward.scope == "each_unit":
        if reward.max_discount is not None:
            raise UnknownWord(f"{program.id}.{reward.id}: an amount off each unit with a cap")
        return [{"type": "amount_off", "amount_minor": amount, "off": "unit", "goods": goods, **picked}]
    if reward.max_discount is not None:
        amount = min(amount, _cap(reward, selection, about))
    if reward.scope == "each_line":
        return [
            {"type": "amount_off", "amount_minor": amount, "goods": each}
            for each in about.catalogue.one_each(selection)
        ]
    return [{"type": "amount_off", "amount_minor": amount, "goods": goods}]


def _picked(reward: SourceReward) -> Document:
    """Which units, where it is not all of them."""
    per = "line" if reward.max_units_basis == "per_line" else "sale"
    if reward.scope == "cheapest_unit":
        return {"units": reward.max_units or 1, "pick": "cheapest"}
    if reward.scope == "cheapest_units_first" and reward.max_units:
        return {"units": reward.max_units, "units_per": per, "pick": "cheapest"}
    if reward.scope == "each_unit" and reward.max_units:
        return {"units": reward.max_units, "units_per": per}
    if reward.max_units:
        raise UnknownWord(f"max_units with the scope {reward.scope}")
    return {}


def _cap(reward: SourceReward, goods: Selection, about: Circumstances) -> int:
    basis = "tax_excluded" if about.policy.cap_without_tax or about.net else "tax_included"
    return about.amount_minor(reward.max_discount or Decimal(0), basis, goods)


def _ladder(program: SourceProgram, reward: SourceReward, about: Circumstances) -> Document:
    selection = goods_concerned(program, reward)
    if reward.max_discount is not None or (reward.type == "tiered_amount" and reward.scope == "each_line"):
        raise UnknownWord(f"{program.id}.{reward.id}: steps with a cap, or for each line")
    steps: list[Document] = []
    for begin, value in reward.tiers:
        if reward.tiers_basis == "qty":
            step: Document = {"from_units": ceiling(begin)} if begin else {}
        else:
            step = {"from_minor": about.amount_minor(begin, "", selection)}
        if reward.type == "tiered_percent":
            step["rate"] = rate(value)
        else:
            step["amount_minor"] = about.amount_minor(value, program.amount_basis, selection)
        if value:
            steps.append(step)
    if not steps:
        raise UnknownWord(f"{program.id}.{reward.id} has no steps")
    return {"type": "ladder", "steps": steps, "goods": about.catalogue.goods(selection)}


def _buy_get(program: SourceProgram, reward: SourceReward, about: Circumstances) -> Document:
    if reward.type != "percent_off" or reward.max_discount is not None:
        raise UnknownWord(f"{program.id}.{reward.id}: {reward.type} for the units that are got")
    bought = program.when.buy_qty or ceiling(program.when.min_qty) or 1
    return _sets(program, reward, about, bought, reward.get_qty, rate(reward.value), reward.max_units)


def _sets(
    program: SourceProgram,
    reward: SourceReward,
    about: Circumstances,
    bought: int,
    got: int,
    off: str,
    most_units: int = 0,
) -> Document:
    document: Document = {
        "type": "buy_get",
        "buy": about.catalogue.goods(program.when.goods),
        "buy_units": bought,
        "goods": about.catalogue.goods(goods_concerned(program, reward)),
        "units": got,
        "rate": off,
    }
    if most_units:
        document["max_sets"] = most_units // got
        if most_units % got:
            raise UnknownWord(f"{program.id}.{reward.id}: max_units that break a set")
    return document


def _free_item(
    program: SourceProgram, reward: SourceReward, about: Circumstances, *, paid_otherwise: bool
) -> list[Part]:
    if reward.scope == "basket_line":
        return [_from_the_basket(program, reward, about, paid_otherwise=paid_otherwise)]
    if reward.scope != "added_line":
        raise UnknownWord(f"a free item with the scope {reward.scope}")
    skus = about.catalogue.skus(reward.goods if reward.goods.said else program.when.goods)
    found: list[Part] = []
    for sku in skus:
        gift: Document = {"type": "gift", "item": sku, "units": reward.reward_qty}
        price = about.catalogue.price(sku)
        if price is not None:
            gift["value_minor"] = about.amount_minor(price, "", Selection())
        found += _given(program, reward, about, gift) if not paid_otherwise else [Part(gift, [], sku)]
    return found


def _given(program: SourceProgram, reward: SourceReward, about: Circumstances, gift: Document) -> list[Part]:
    """A gift once, or as often as the points of this order pay for it."""
    cost, earn, item = reward.cost_points, program.earn, str(gift["item"])
    if not cost or earn.per in ("order", "none"):
        needed = cost_conditions(program, reward, about) if cost else []
        return [Part(gift, needed, item)] if needed is not None else []
    ratio = cost / (earn.points * earn.multiplier) if earn.points else Decimal(0)
    if not ratio:
        raise UnknownWord(f"{program.id}.{reward.id} costs points that nothing earns")
    if earn.per == "unit" and ratio == int(ratio) and ratio <= _MAX_FOR_EACH:
        for_each = {"goods": about.catalogue.goods(program.when.goods), "units": int(ratio)}
        return [Part({**gift, "for_each": for_each}, [], item)]
    return [Part(gift, [condition], item) for condition in _multiples(program, ratio, about)]


def _from_the_basket(
    program: SourceProgram, reward: SourceReward, about: Circumstances, *, paid_otherwise: bool
) -> Part:
    """A unit of the basket becomes free; one that qualifies is never the one that is free."""
    goods = about.catalogue.goods(goods_concerned(program, reward))
    free: Document = {"type": "percent_off", "rate": "1", "goods": goods, "units": reward.reward_qty}
    if paid_otherwise:
        return Part(free)
    cost, earn = reward.cost_points, program.earn
    if earn.per == "unit" and cost and earn.points:
        bought = whole_of(cost / (earn.points * earn.multiplier), f"{program.id}: units for one that is free")
        return Part(_sets(program, reward, about, bought, reward.reward_qty, "1", reward.max_units))
    if earn.per == "money":
        raise UnknownWord(f"{program.id}.{reward.id}: a free unit of the basket for money spent")
    bought = program.when.buy_qty or ceiling(program.when.min_qty)
    if not bought:
        return Part(free)
    most = reward.max_units or (0 if program.kind == "buy_get" else reward.reward_qty)
    return Part(_sets(program, reward, about, bought, reward.reward_qty, "1", most))


def _amount_per_point(
    program: SourceProgram, reward: SourceReward, access: Access, about: Circumstances
) -> list[Part]:
    selection = goods_concerned(program, reward)
    goods = about.catalogue.goods(selection)
    if access == "points":
        amount = about.amount_minor(reward.value, program.amount_basis, selection)
        return [Part({"type": "amount_off", "amount_minor": amount, "goods": goods})]
    if access == "coupon":
        points = about.coupon_points.get(program.id, Decimal(0))
        amount = about.amount_minor(reward.value * points, program.amount_basis, selection)
        return [Part({"type": "amount_off", "amount_minor": amount, "goods": goods})] if amount else []
    earn, cost = program.earn, reward.cost_points
    points = earn.points * earn.multiplier
    if earn.per == "order":
        amount = about.amount_minor(reward.value * points, program.amount_basis, selection)
        return (
            [Part({"type": "amount_off", "amount_minor": amount, "goods": goods})] if points >= cost else []
        )
    if earn.per == "money":
        if goods != about.catalogue.goods(program.when.goods):
            raise UnknownWord(f"{program.id}.{reward.id}: an amount per point off other goods")
        needed = cost_conditions(program, reward, about)
        return [
            Part(
                {"type": "percent_off", "rate": rate(reward.value * points * 100), "goods": goods},
                needed or [],
            )
        ]
    if earn.per == "none" or not points:
        raise UnknownWord(f"{program.id}.{reward.id}: an amount for points that nothing earns")
    first = max(ceiling(cost / points), 1)
    each = about.amount_minor(reward.value * points, program.amount_basis, selection)
    found: list[Part] = []
    for condition in _multiples(program, Decimal(1), about):
        if condition["units"] >= first:
            times = first if condition["units"] == first else 1
            found.append(
                Part({"type": "amount_off", "amount_minor": each * times, "goods": goods}, [condition])
            )
    return found


def _multiples(program: SourceProgram, ratio: Decimal, about: Circumstances) -> Iterator[Document]:
    """Once, twice, ... so many units (or so much money) of the goods that qualify, as far as the case's baskets go."""
    goods = about.catalogue.goods(program.when.goods)
    by_unit = program.earn.per == "unit"
    most = Decimal(about.catalogue.most_units) if by_unit else Decimal(int(about.catalogue.largest) + 1)
    times = int(most / ratio)
    if times > _MAX_PARTS:
        raise UnknownWord(f"{program.id}: a reward {times} times in one sale")
    for number in range(1, times + 1):
        if by_unit:
            yield {"type": "has_goods", "goods": goods, "units": ceiling(ratio * number)}
        else:
            yield {"type": "min_spend", "goods": goods, "amount_minor": ceiling(ratio * number * 100)}
