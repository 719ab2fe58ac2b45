"""The shop of one case: what is booked, used and in progress between its steps.

Balances are sums of ledger postings: those that the domain makes for a sale, and moves of the same ledger for what a
case was given beforehand.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agent.domain import ledger
from agent.domain.gift_cards import CardLoad
from agent.domain.ledger import Posting
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Discount, Earned, Spent
from agent.domain.quote_input import QuoteInput
from agent.domain.returns import Refund
from agent.domain.sale import CouponUse, HeldGrant, NewCoupon, SettledSale
from tests.conformance.members import Person, SourceCoupon, id_of
from tests.conformance.source_lines import SourceLine, minor
from tests.conformance.translation import CURRENCY

if TYPE_CHECKING:
    from tests.conformance.pricing import PricedOrder

STORE: Final = "shop"
CHAIN: Final = id_of("chain")
MONEY: Final = f"money:{CURRENCY}"


@dataclass
class Order:
    """A basket in progress. `claims` are rewards taken by hand, with how many were asked for.

    `number` 0 is an order that nobody has numbered yet; `priced` is how it was priced last.
    """

    number: int
    lines: tuple[SourceLine, ...] = ()
    member: Person | None = None
    codes: list[str] = field(default_factory=list)
    coupons: list[SourceCoupon] = field(default_factory=list)
    claims: dict[str, Decimal | None] = field(default_factory=dict)
    claimed_items: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    gift_cards: list[str] = field(default_factory=list)
    wallet_asked: Decimal | None = None
    uses_wallet: bool = False
    unknown: list[str] = field(default_factory=list)
    state: str = "open"
    planned: dict[str, SourceCoupon] = field(default_factory=dict)
    sale: Sale | None = None
    priced: PricedOrder | None = None

    def coupon_code(self, place: int) -> str:
        """What cases call the coupon that this order issues, or would issue."""
        return (
            f"<coupon of order {self.number}>"
            if not place
            else f"<coupon {place + 1} of order {self.number}>"
        )


@dataclass
class Sale:
    """A committed order as it is stored, with everything that a return needs.

    `gave` are the programs that gave something; `credited` the stored value that it sold: (line, account, amount).
    """

    order: Order
    quote_input: QuoteInput
    settled: SettledSale
    gave: dict[str, int]
    credited: tuple[tuple[int, uuid.UUID, int], ...]
    postings: tuple[Posting, ...]
    program_set: ProgramSet
    returns: list[Refund] = field(default_factory=list)
    void: bool = False

    # What a return asks of a sale.
    @property
    def total_minor(self) -> int:
        return self.settled.total_minor

    @property
    def cards_loaded(self) -> tuple[CardLoad, ...]:
        return self.settled.cards_loaded

    @property
    def discounts(self) -> tuple[Discount, ...]:
        return self.settled.discounts

    @property
    def earned(self) -> tuple[Earned, ...]:
        return self.settled.earned

    @property
    def spent(self) -> tuple[Spent, ...]:
        return self.settled.spent

    @property
    def coupons_redeemed(self) -> tuple[CouponUse, ...]:
        return self.settled.coupons_redeemed

    @property
    def coupons_issued(self) -> tuple[NewCoupon, ...]:
        return self.settled.coupons_issued


@dataclass
class Shop:
    """State over the steps of a case."""

    people: dict[str, Person]
    today: datetime.date
    member: Person | None = None
    order: Order | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    parked: list[Order] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    uses: dict[str, int] = field(default_factory=dict)
    member_uses: dict[tuple[str, str], int] = field(default_factory=dict)
    given_away: dict[str, int] = field(default_factory=dict)
    issued: dict[str, SourceCoupon] = field(default_factory=dict)

    def number(self, order: Order) -> None:
        """Give an order the next number, unless its case has given it one."""
        if not order.number:
            order.number = max(self.orders, default=0) + 1
            self.orders[order.number] = order

    def book(self, postings: Iterable[Posting]) -> None:
        """Write postings down; they must sum to zero."""
        found = tuple(postings)
        ledger.require_balanced(found)
        self.postings += found

    def balance(self, account_id: uuid.UUID, unit: str) -> int:
        """What an account has of a unit: available, pending and leased together."""
        return ledger.member_amount(self.postings, account_id, unit)

    def give(self, account_id: uuid.UUID, unit: str, amount: int) -> None:
        """Put something on an account, as HQ's adjustment does; less than nothing takes it off."""
        self.book(ledger.move(account_id, unit, amount, ledger.issued_bucket(STORE), ledger.AVAILABLE))

    def holds(self, coupon: SourceCoupon) -> bool:
        """Whether the coupon is issued and unspent."""
        return self.balance(coupon.id, ledger.coupon_unit(coupon.id)) > 0

    def grants(self, person: Person | None, coupons: Sequence[SourceCoupon]) -> list[HeldGrant]:
        """Everything that may be spent now, as leases that this register holds."""
        wanted = [(coupon.id, ledger.coupon_unit(coupon.id)) for coupon in coupons]
        if person is not None:
            units = {posting.unit for posting in self.postings if posting.account_id == person.account_id}
            wanted += [(person.account_id, unit) for unit in sorted(units)]
        found = [(account, unit, self.balance(account, unit)) for account, unit in wanted]
        return [
            HeldGrant(id_of("grant", str(account), unit), account, unit, amount)
            for account, unit, amount in found
            if amount > 0
        ]

    def find_coupon(self, code: str) -> SourceCoupon | None:
        """The coupon of this code: one of a member, or one that an order issued or would issue."""
        for person in self.people.values():
            for coupon in person.coupons:
                if coupon.code == code:
                    return coupon
        planned = (order.planned.get(code) for order in self.orders.values())
        return self.issued.get(code) or next((each for each in planned if each is not None), None)

    def find_card(self, code: str) -> uuid.UUID | None:
        """The account of a gift card, where there is one of this code."""
        account = id_of("gift card", code)
        return account if any(posting.account_id == account for posting in self.postings) else None


def open_shop(people: dict[str, Person], today: datetime.date) -> Shop:
    """A shop in which everybody has what the case gives them."""
    shop = Shop(people, today)
    for person in people.values():
        for coupon in person.coupons:
            shop.give(coupon.id, ledger.coupon_unit(coupon.id), 1)
        for code, amount in person.gift_cards.items():
            shop.give(id_of("gift card", code), MONEY, minor(amount))
        for program, amount in person.wallets.items():
            shop.give(wallet_of(person, program), MONEY, minor(amount))
    return shop


def wallet_of(person: Person, program: str) -> uuid.UUID:
    return id_of("wallet", person.key, program)
