"""Programs as the cases write them, read word by word and not yet translated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.conformance.words import Json, UnknownWord, Words

KINDS: Final = (
    "automatic_promotion",
    "points",
    "coupon",
    "promo_code",
    "buy_get",
    "gift_card",
    "ewallet",
    "next_order_coupon",
)
STORED_VALUE: Final = ("gift_card", "ewallet")
REWARD_TYPES: Final = (
    "percent_off",
    "amount_off",
    "amount_per_point",
    "free_item",
    "tiered_percent",
    "tiered_amount",
    "tiered_amount_off",
)
SCOPES: Final = (
    "order",
    "products",
    "cheapest_unit",
    "spread_over_lines",
    "each_unit",
    "each_line",
    "cheapest_units_first",
    "get_units",
    "added_line",
    "basket_line",
)
_MONEY: Final = ("spend", "amount", "money")
_STATUSES: Final = ("active", "draft", "inactive", "archived", "expired")


@dataclass(frozen=True)
class Selection:
    """Which goods: listed products, a category, a tag, all but some; nothing said is all goods."""

    products: tuple[str, ...] | None = None
    category: str = ""
    tag: str = ""
    exclude_products: tuple[str, ...] = ()
    exclude_sale_items: bool = False

    @property
    def said(self) -> bool:
        return self.products is not None or bool(self.category or self.tag)


@dataclass(frozen=True)
class When:
    """What must be true, and how the program is asked for."""

    trigger: str
    code: str
    goods: Selection
    min_qty: Decimal
    buy_qty: int
    min_amount: Decimal
    min_amount_basis: str
    min_amount_strict: bool
    price_list: str
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Earn:
    """Points per order, per unit of money or per unit of the goods that qualify."""

    per: str
    points: Decimal
    multiplier: Decimal


@dataclass(frozen=True)
class SourceReward:
    id: str
    type: str
    scope: str
    cost_points: Decimal
    value: Decimal
    goods: Selection
    max_discount: Decimal | None
    reward_qty: int
    max_units: int
    max_units_basis: str
    get_qty: int
    tiers: tuple[tuple[Decimal, Decimal], ...]
    tiers_basis: str


@dataclass(frozen=True)
class SourceProgram:
    """`place` is where it stands in its case, which decides between equals."""

    place: int
    id: str
    kind: str
    when: When
    earn: Earn
    rewards: tuple[SourceReward, ...]
    claim: str
    sequence: int | None
    active: bool
    amount_basis: str
    max_uses_total: int
    max_uses_per_member: int
    budget_minor_limit: Decimal | None
    budget_spent: Decimal
    uses_before: int
    enabled_from_step: int
    alone: bool
    begins: str
    ends: str


def read_program(data: Json, place: int) -> SourceProgram:
    """One program. Raises UnknownWord."""
    words = Words(data, f"programs[{place}]")
    program_id = words.text("id")
    if not program_id:
        raise UnknownWord(f"{words.where} has no id")
    when = _when(Words(words.table("when"), f"{program_id}.when"))
    earn = _earn(Words(words.table("earn"), f"{program_id}.earn"))
    rewards = tuple(
        _reward(Words(each, f"{program_id}.rewards[{number}]"))
        for number, each in enumerate(words.rows("rewards"))
    )
    budget = words.inner("budget")
    budget_type = budget.one_of("type", ("uses", "usage", "spend", "amount", "money"))
    limit, used = budget.number("limit"), budget.number("used", Decimal(0)) or Decimal(0)
    budget.done()
    uses = words.whole("max_uses_total")
    program = SourceProgram(
        place=place,
        id=program_id,
        kind=words.one_of("kind", KINDS),
        when=when,
        earn=earn,
        rewards=rewards,
        claim=words.one_of("claim", ("auto", "manual")),
        sequence=words.whole("sequence") if words.has("sequence") else None,
        active=words.one_of("status", _STATUSES, "active") == "active",
        amount_basis=words.one_of("amount_basis", ("tax_included", "tax_excluded")),
        max_uses_total=int(limit) if budget_type in ("uses", "usage") and limit is not None else uses,
        max_uses_per_member=words.whole("max_uses_per_member"),
        budget_minor_limit=limit if budget_type in _MONEY else None,
        budget_spent=used if budget_type in _MONEY else Decimal(0),
        uses_before=int(used) if budget_type in ("uses", "usage") else 0,
        enabled_from_step=words.whole("enabled_from_step", 1),
        alone=words.flag("exclusive")
        or words.flag("individual_use")
        or not words.flag("stackable", default=True),
        begins=words.text("valid_from"),
        ends=words.text("valid_until"),
    )
    words.take("title"), words.take("name")
    words.done()
    return program


def _selection(words: Words) -> Selection:
    return Selection(
        products=words.texts("products"),
        category=words.text("category"),
        tag=words.text("tag"),
        exclude_products=words.texts("exclude_products") or (),
        exclude_sale_items=words.flag("exclude_sale_items"),
    )


def _when(words: Words) -> When:
    amount, discounted = words.number("min_amount"), words.number("min_discounted_amount")
    if amount is not None and discounted is not None:
        raise UnknownWord(f"{words.where} has two minimum amounts")
    targets = [
        (fact, words.text(word))
        for fact, word in (
            ("id", "member_id"),
            ("group", "member_group"),
            ("group", "group"),
            ("region", "region"),
            ("tier", "tier"),
        )
        if words.has(word)
    ]
    when = When(
        trigger=words.one_of("trigger", ("auto", "code"), "auto"),
        code=words.text("code"),
        goods=_selection(words),
        min_qty=words.number("min_qty", Decimal(0)) or Decimal(0),
        buy_qty=words.whole("buy_qty"),
        min_amount=amount or discounted or Decimal(0),
        min_amount_basis=words.one_of("min_amount_basis", ("incl", "excl"), "incl"),
        min_amount_strict=words.flag("min_amount_strict"),
        price_list=words.text("price_list"),
        targets=tuple(targets),
    )
    words.done()
    return when


def _earn(words: Words) -> Earn:
    earn = Earn(
        per=words.one_of("per", ("order", "money", "unit", "none"), "none"),
        points=words.number("points", Decimal(0)) or Decimal(0),
        multiplier=words.number("multiplier", Decimal(1)) or Decimal(1),
    )
    words.one_of("rounding", ("floor_to_integer",))
    words.done()
    return earn


def _reward(words: Words) -> SourceReward:
    reward = SourceReward(
        id=words.text("id"),
        type=words.one_of("type", REWARD_TYPES).replace("tiered_amount_off", "tiered_amount"),
        scope=words.one_of("scope", SCOPES, "order"),
        cost_points=words.number("cost_points", Decimal(0)) or Decimal(0),
        value=words.number("value", Decimal(0)) or Decimal(0),
        goods=_selection(words),
        max_discount=words.number("max_discount"),
        reward_qty=words.whole("reward_qty", 1),
        max_units=words.whole("max_units"),
        max_units_basis=words.one_of("max_units_basis", ("per_line", "per_order"), "per_order"),
        get_qty=words.whole("get_qty", 1),
        tiers=_tiers(words),
        tiers_basis=words.one_of("tiers_basis", ("amount", "qty"), "amount"),
    )
    if not (reward.id and reward.type):
        raise UnknownWord(f"{words.where} has no id, or no type")
    words.done()
    return reward


def _tiers(words: Words) -> tuple[tuple[Decimal, Decimal], ...]:
    """(from, value) in rising order; `base` counts from nothing."""
    base = words.number("base")
    found = {} if base is None else {Decimal(0): base}
    tiers = words.inner("tiers")
    for key in words.table("tiers"):
        try:
            begin = Decimal(key)
        except ArithmeticError:
            raise UnknownWord(f"{words.where}.tiers.{key}") from None
        found[begin] = tiers.number(key) or Decimal(0)
    return tuple(sorted(found.items()))
