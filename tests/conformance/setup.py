"""A case as it is set up: its words read once, and a translation made for every basket that is priced."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from agent.domain import ledger
from tests.conformance.catalogue import Catalogue, catalogue_of
from tests.conformance.members import read_members
from tests.conformance.policy import Policy, read_policy
from tests.conformance.program_words import earner_id, translate
from tests.conformance.shop import Order, Shop, open_shop
from tests.conformance.source_lines import read_lines
from tests.conformance.source_programs import STORED_VALUE, SourceProgram, read_program
from tests.conformance.translation import Circumstances, Translation
from tests.conformance.words import Json, UnknownWord, Words, names_of, whole_of

_REMARKS: Final = ("id", "title", "level", "tags", "source")
_CLAIM: Final = re.compile(r"^claim:(?P<reward>[^=\s]+)")


@dataclass
class StepSettings:
    """What actions change for one step only."""

    number: int
    only: frozenset[str] | None = None
    also: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)
    apply_order: tuple[str, ...] = ()


@dataclass
class Setup:
    """`programs` are the case's own JSON, which `set:` may change."""

    programs: list[dict[str, Any]]
    steps: list[Json]
    policy: Policy
    catalogue: Catalogue
    shop: Shop
    net: bool
    claimed: frozenset[str]
    price_list: str

    def source_programs(self) -> list[SourceProgram]:
        return [read_program(each, place) for place, each in enumerate(self.programs)]

    def running(self, settings: StepSettings) -> list[SourceProgram]:
        """The programs of this step."""
        found = [
            each
            for each in self.source_programs()
            if (settings.only is None or each.id in settings.only) and each.id not in settings.without
        ]
        return [replace(each, enabled_from_step=1) if each.id in settings.also else each for each in found]

    def translation(self, order: Order, settings: StepSettings) -> Translation:
        """Our program set for this order. Raises UnknownWord."""
        about = Circumstances(
            catalogue=self.catalogue,
            policy=self.policy,
            net=self.net,
            step=settings.number,
            claimed=self.claimed,
            coupon_points=self._coupon_points(order),
            apply_order=settings.apply_order,
        )
        return translate(self.running(settings), about)

    def stored_value_items(self) -> dict[str, SourceProgram]:
        """Items that sell stored value, such as a gift card, with their program."""
        return {
            sku: program
            for program in self.source_programs()
            if program.kind in STORED_VALUE and program.when.goods.said
            for sku in self.catalogue.skus(program.when.goods)
        }

    def _coupon_points(self, order: Order) -> dict[str, Decimal]:
        known = [coupon for person in self.shop.people.values() for coupon in person.coupons]
        points = {coupon.program: coupon.points for coupon in known}
        return points | {coupon.program: coupon.points for coupon in order.coupons}


def read_case(case: Json, today: datetime.date) -> Setup:
    """Everything of a case that can be read before its first step. Raises UnknownWord."""
    words = Words(case, "case")
    for word in _REMARKS:
        words.take(word)
    steps = [_step(Words(each, f"step {number}"), each) for number, each in enumerate(words.rows("steps"), 1)]
    programs: list[dict[str, Any]] = copy.deepcopy([dict(each) for each in words.rows("programs")])
    known = [read_program(each, place).id for place, each in enumerate(programs)]
    if len(set(known)) < len(known):
        raise UnknownWord("two programs of one id")
    remarks = " ".join(str(each.get(word, "")) for each in (case, *steps) for word in ("note", "notes"))
    baskets = [read_lines(step["basket"]) for step in steps if step.get("basket")]
    shop = open_shop(read_members(words.table("member")), today)
    setup = Setup(
        programs=programs,
        steps=steps,
        policy=read_policy(words.inner("policy")),
        catalogue=catalogue_of(baskets, remarks),
        shop=shop,
        net=any(step["expect"].get("discount_basis") == "tax_excluded" for step in steps),
        claimed=frozenset(_claimed(steps)),
        price_list=words.text("price_list"),
    )
    words.done()
    _give_points(setup)
    _greet(setup)
    return setup


def _step(words: Words, data: Json) -> Json:
    """A step with its actions and what it expects, even where it has none."""
    words.rows("basket")
    return {**data, "expect": words.table("expect"), "actions": words.texts("actions") or ()}


def _give_points(setup: Setup) -> None:
    units = {each.id: ledger.points_unit(earner_id(each)) for each in setup.source_programs()}
    for person in setup.shop.people.values():
        for program, points in person.points.items():
            if program not in units:
                raise UnknownWord(f"points of {program}, which is no program")
            setup.shop.give(person.account_id, units[program], whole_of(points, f"points of {program}"))


def _greet(setup: Setup) -> None:
    """A case with one person is about them from the beginning, unless it says how they are found."""
    people = list(setup.shop.people.values())
    actions = [action for step in setup.steps for action in step["actions"]]
    found_later = any(action.startswith(("member:", "scan:")) for action in actions)
    if len(people) == 1 and not (found_later and (people[0].card or people[0].key)):
        setup.shop.member = people[0]


def _claimed(steps: Iterable[Json]) -> Iterable[str]:
    """Rewards that are taken by hand, or that the case expects to wait for a hand."""
    for step in steps:
        for action in step["actions"]:
            met = _CLAIM.match(action)
            if met is not None:
                yield met["reward"]
        yield from names_of(step["expect"].get("claimable", []), "reward", "claimable")
