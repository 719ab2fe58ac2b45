"""What somebody does at the register in a step: one method for each word of the cases' list of actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from agent.domain.identifiers import normal_card
from tests.conformance.checkout import commit, plan_coupons, void
from tests.conformance.office import Office
from tests.conformance.pricing import PricedOrder, price_order
from tests.conformance.refunds import Return, return_of, units_left
from tests.conformance.setup import Setup, StepSettings
from tests.conformance.shop import Order, Sale
from tests.conformance.words import UnknownWord, decimal_of, whole_of

# `word:argument key=value key='several words'`
_ACTION: Final = re.compile(
    r"^(?P<word>[a-z_]+)(?::(?P<argument>.*?))?(?P<options>(?:\s+\w+=(?:'[^']*'|\S+))*)$"
)
_OPTION: Final = re.compile(r"(\w+)=(?:'([^']*)'|(\S+))")


@dataclass
class StepResult:
    """What a step came to. `before_cancel` is the order as it was when it was cancelled."""

    settings: StepSettings
    priced: PricedOrder | None = None
    before_cancel: PricedOrder | None = None
    sale: Sale | None = None
    returns: list[Return] = field(default_factory=list)
    granted: dict[str, Decimal] = field(default_factory=dict)


class Register:
    """Performs the actions of one step on the shop. Raises UnknownWord for an action that it does not know."""

    def __init__(self, setup: Setup, settings: StepSettings) -> None:
        self._setup = setup
        self._shop = setup.shop
        self.result = StepResult(settings)
        self._open_returns: list[Return] = []
        self._words: dict[str, Callable[[str, dict[str, str]], None]] = {
            "enter_code": self._enter_code,
            "scan": self._scan,
            "claim": self._claim,
            "redeem_points": self._redeem_points,
            "use_wallet": self._use_wallet,
            "remove": self._remove,
            "member": self._member,
            "commit": self._commit,
            "refund": self._refund,
            "park": self._park,
            "reopen": self._reopen,
            "void": self._void,
            "cancel": self._cancel,
            "revive": self._revive,
            "order": self._order,
            **Office(setup, settings, self.result.granted).words,
        }

    def perform(self, action: object) -> None:
        met = _ACTION.match(action) if isinstance(action, str) else None
        word = self._words.get(met["word"]) if met is not None else None
        if met is None or word is None:
            raise UnknownWord(f'the action "{action}"')
        options = {key: quoted or plain for key, quoted, plain in _OPTION.findall(met["options"])}
        word((met["argument"] or "").strip(), options)
        if options:
            raise UnknownWord(f'the option "{next(iter(options))}" of the action "{action}"')

    def price(self) -> PricedOrder | None:
        """The order in progress, priced now; one that is committed or cancelled as it was priced last."""
        order = self._shop.order
        if order is None:
            return self.result.priced
        self._shop.number(order)
        if order.state in ("open", "parked"):
            order.priced = price_order(self._setup, order, self.result.settings)
            order.planned = plan_coupons(order.priced)
        return order.priced

    # The basket and who buys it

    def _open(self) -> Order:
        if self._shop.order is None:
            raise UnknownWord("an action on an order where there is none")
        return self._shop.order

    def _enter_code(self, code: str, options: dict[str, str]) -> None:
        order = self._open()
        coupon = self._shop.find_coupon(code)
        if coupon is not None:
            if coupon not in order.coupons:
                order.coupons.append(coupon)
        elif self._shop.find_card(code) is not None:
            order.gift_cards.append(code)
        elif code.upper() in {each.when.code.upper() for each in self._setup.source_programs()}:
            order.codes.append(code)
        else:
            order.unknown.append(code)

    def _scan(self, code: str, options: dict[str, str]) -> None:
        for person in self._shop.people.values():
            if person.card and person.card == normal_card(code):
                self._attach(person.key)
                return
        self._enter_code(code, options)

    def _member(self, key: str, options: dict[str, str]) -> None:
        people = self._shop.people
        known = (
            key
            if key in people
            else next((k for k, p in people.items() if key in (p.name, p.facts.get("id"))), None)
        )
        if known is None:
            raise UnknownWord(f'the member "{key}"')
        self._attach(known)

    def _attach(self, key: str) -> None:
        self._shop.member = self._shop.people[key]
        if self._shop.order is not None:
            self._shop.order.member = self._shop.member

    # Rewards and tenders

    def _claim(self, argument: str, options: dict[str, str]) -> None:
        name, _, item = argument.partition("=")
        order = self._open()
        if not any(
            name in (reward.id, f"{program.id}.{reward.id}")
            for program in self._setup.source_programs()
            for reward in program.rewards
        ):
            raise UnknownWord(f'the reward "{name}"')
        quantity = options.pop("qty", None)
        order.claims[name] = decimal_of(quantity, "qty") if quantity is not None else None
        if item:
            order.claimed_items[name] = item

    def _redeem_points(self, argument: str, options: dict[str, str]) -> None:
        found = [
            reward.id
            for program in self._setup.running(self.result.settings)
            for reward in program.rewards
            if program.kind == "points" and reward.type == "amount_per_point"
        ]
        if len(found) != 1:
            raise UnknownWord(f"points are redeemed where {len(found)} rewards give an amount for each")
        self._open().claims[found[0]] = decimal_of(argument, "redeem_points")

    def _use_wallet(self, argument: str, options: dict[str, str]) -> None:
        order = self._open()
        order.uses_wallet = True
        if argument:
            order.wallet_asked = decimal_of(argument, "use_wallet")

    def _remove(self, argument: str, options: dict[str, str]) -> None:
        self._open().removed.append(argument)

    # Orders and their ends

    def _order(self, argument: str, options: dict[str, str]) -> None:
        number = whole_of(decimal_of(argument, "order"), "order")
        fresh = self._shop.order
        known = self._shop.orders.get(number)
        if fresh is not None and fresh.number == 0:
            # This step has a basket: it is that order's from now on.
            fresh.number = number
            self._shop.orders[number] = fresh
        elif known is not None:
            self._shop.order = known
        else:
            raise UnknownWord(f"order {number}, which has no basket")
        order = self._open()
        if order.member is not None:
            self._shop.member = order.member

    def _commit(self, argument: str, options: dict[str, str]) -> None:
        if self._open_returns:
            for each in self._open_returns:
                self._shop.book(each.postings)
                each.sale.returns.append(each.refund)
            self._open_returns = []
            return
        priced = self.price()
        order = self._open()
        if priced is None or order.state != "open":
            raise UnknownWord(f"a commit of an order that is {order.state}")
        self.result.sale = commit(self._setup, priced, options.pop("card", ""))

    def _park(self, argument: str, options: dict[str, str]) -> None:
        order = self._open()
        self.result.priced = self.price()
        order.state = "parked"
        self._shop.parked.append(order)
        self._shop.order = None

    def _reopen(self, argument: str, options: dict[str, str]) -> None:
        if not self._shop.parked:
            raise UnknownWord("an order is reopened where none is parked")
        fresh, order = self._shop.order, self._shop.parked.pop()
        if fresh is not None and not fresh.number:
            order.lines = fresh.lines
        order.state = "open"
        self._shop.order = order

    def _cancel(self, argument: str, options: dict[str, str]) -> None:
        order = self._open()
        if order.sale is not None and order.state == "committed":
            void(self._shop, order.sale)
            return
        self.result.before_cancel = self.price()
        order.state = "cancelled"

    def _revive(self, argument: str, options: dict[str, str]) -> None:
        order = self._open()
        if order.state != "cancelled":
            raise UnknownWord(f"an order is revived that is {order.state}")
        order.state, order.sale = "open", None

    def _void(self, argument: str, options: dict[str, str]) -> None:
        order = self._shop.order
        if order is not None and not order.number:
            # The basket of this very step, which nobody has paid.
            self._cancel(argument, options)
            return
        sale = order.sale if order is not None and order.sale is not None else None
        if sale is None:
            sale = next((each for each in reversed(self._shop.sales) if not each.void), None)
        if sale is None:
            raise UnknownWord("a void where nothing is sold")
        void(self._shop, sale)
        self.result.sale = sale

    def _refund(self, sku: str, options: dict[str, str]) -> None:
        """Units of an item come back, of the last sale that has any left: shown now, booked by a commit."""
        asked = options.pop("qty", None)
        for sale in reversed(self._shop.sales):
            lines = [
                number for number, line in enumerate(sale.order.lines) if line.sku == sku and not sale.void
            ]
            earlier = [*sale.returns, *(each.refund for each in self._open_returns if each.sale is sale)]
            left = {number: units_left(sale, number, earlier) for number in lines}
            if not any(left.values()):
                continue
            count = whole_of(decimal_of(asked, "qty"), "qty") if asked is not None else sum(left.values())
            if not 0 < count <= sum(left.values()):
                raise UnknownWord(f"{count} of {sku} come back where {sum(left.values())} could")
            chosen: dict[int, int] = {}
            for number, units in left.items():
                part = min(units, count - sum(chosen.values()))
                if part:
                    chosen[number] = part
            self.result.returns.append(return_of(self._shop, sale, chosen, earlier))
            self._open_returns.append(self.result.returns[-1])
            self.result.sale = sale
            return
        raise UnknownWord(f"{sku} comes back and was not sold")
