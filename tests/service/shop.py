"""A lane for these tests: a real database with a store, its items and programs, and the checkout in front of it."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

from agent.domain.identifiers import identifier_hash, last_four, normal_identifier
from agent.domain.member import IdentifierKind
from agent.service.checkout import Checkout
from agent.service.feed import apply_page
from agent.service.lane import Lane
from agent.service.leases import receive_grants
from agent.service.ports import HqAway
from agent.service.program_sets import install_program_set
from agent.service.register_identity import open_register
from agent.store import balances, catalog, journal, members, settings
from agent.store.database import Store
from sync.signing import RegisterKey
from sync.wire.entries import Entry, IdentifierRef, LotPart, Operator, SaleEntry, decode_entry
from sync.wire.feed import KIND_OF, BalanceRow, ItemRow, MemberRow, Row, StoreRow
from sync.wire.messages import FeedRow, Grant, Pulled
from tests import builders

STORE_KEY = bytes(range(32))
ELENA = Operator("7", "Elena P.")

STORE = StoreRow(
    store_id=builders.STORE,
    name="Piața Mare",
    receipt_lines=("Str. Republicii 14, Brașov",),
    country="RO",
    zone="Europe/Bucharest",
    day_cutoff_min=0,
    currency="RON",
    currency_exponent=2,
    locale="en",
)

DAIRY, BAKERY, WATER = ("food", "dairy"), ("food", "bakery"), ("drinks", "water")
ITEMS = (
    ItemRow(
        item_code="100", name="Whole milk 1 l", codes=("5941234567890",), price=Decimal(849), category=DAIRY
    ),
    ItemRow(
        item_code="101", name="Telemea 300 g", price=Decimal(1850), card_price=Decimal(1650), category=DAIRY
    ),
    ItemRow(
        item_code="102", name="Sourdough bread", codes=("036000291452",), price=Decimal(1290), category=BAKERY
    ),
    ItemRow(
        item_code="103",
        name="Bananas",
        uom="kg",
        price=Decimal(799),
        category=("food", "fruit"),
        quantity_step=Decimal("0.001"),
    ),
    ItemRow(
        item_code="104",
        name="Bottle deposit",
        price=Decimal(50),
        discountable=False,
        earns=False,
        deposit=True,
    ),
    ItemRow(item_code="105", name="Ham", price=Decimal(10_000), category=("food", "meat")),
)


class MovableClock:
    """It stands at Sunday 22 November 2026, 14:30 in Brașov, until it is moved."""

    def __init__(self) -> None:
        self.at_ms = builders.NOW_MS

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_s(self) -> float:
        return self.at_ms / 1000

    def move(self, *, minutes: float = 0, days: float = 0) -> None:
        self.at_ms += round((minutes + days * 24 * 60) * 60_000)


class SeededEntropy:
    """The same bytes in each run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, length: int) -> bytes:
        return self._random.randbytes(length)


class TestHq:
    """HQ as the checkout meets it: it grants from balances that it holds, knows members, or is away."""

    __test__ = False

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.reachable = False
        self.members: dict[tuple[str, str], MemberRow] = {}
        self.available: dict[tuple[uuid.UUID, str], int] = {}
        self.wakes = 0
        self.lookups: list[str] = []
        self.cards_elsewhere: dict[str, BalanceRow] = {}
        self._grants = 0

    def online(self) -> bool:
        return self.reachable

    def wake(self) -> None:
        self.wakes += 1

    def ask_lease(
        self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float
    ) -> Literal["granted", "refused", "offline"]:
        if not self.reachable:
            return "offline"
        held = self._shop.held(account_id, unit)
        left = self.available.get((account_id, unit), 0)
        if target - held > left:
            return "refused"
        self.available[account_id, unit] = left - (target - held)
        self._shop.give_lease(account_id, target - held, unit=unit)
        return "granted"

    def lookup(self, kind: IdentifierKind, value: str, timeout_s: float) -> MemberRow | None:
        if not self.reachable:
            raise HqAway
        self.lookups.append(value)
        return self.members.get((kind, value))

    def find_gift_card(self, number: str, timeout_s: float) -> BalanceRow | None:
        if not self.reachable:
            raise HqAway
        self.lookups.append(number)
        return self.cards_elsewhere.get(number)


class Shop:
    """Register 2 of the store in Brașov. `hq.reachable = True` connects it."""

    def __init__(self, folder: Path, *programs: Mapping[str, Any]) -> None:
        self.clock = MovableClock()
        self.store = Store(folder / "register.db")
        self.hq = TestHq(self)
        self.key = RegisterKey(bytes(range(32)))
        self.lane = Lane(
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(),
            signer=self.key,
            link=self.hq,
            store_key=STORE_KEY,
        )
        self.chain_id = builders.CHAIN
        self._grants = 0
        open_register(
            self.store,
            register_id=builders.REGISTER,
            store_id=builders.STORE,
            name="Register 2",
            chain_id=self.chain_id,
            role="till",
            software="test",
            at_ms=self.clock.now_ms(),
        )
        with self.store.unit_of_work() as db:
            settings.put_store(db, STORE)
            for item in ITEMS:
                catalog.put_item(db, item)
        self.publish(*(programs or builders.demo_programs()))
        self.checkout = Checkout(self.lane, ELENA)

    def close(self) -> None:
        self.store.close()

    def publish(self, *programs: Mapping[str, Any], version: int = 1) -> None:
        """Make these programs the active set."""
        data = builders.program_set_bytes(*programs, version=version)
        install_program_set(self.store, data, hashlib.sha256(data).hexdigest(), version, self.clock.now_ms())

    def know_member(
        self,
        name: str = "Ioana Munteanu",
        *,
        phone: str = "",
        card: str = "",
        email: str = "",
        points: int = 0,
        **fields: Any,
    ) -> MemberRow:
        """A member whom HQ has sent, with what HQ's books say they hold."""
        kinds: dict[IdentifierKind, str] = {"phone": phone, "card": card, "email": email}
        known = [self.identifier(kind, text) for kind, text in kinds.items() if text]
        member_id = uuid.UUID(int=int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big"))
        row = MemberRow(
            member_id=member_id, account_id=member_id, name=name, identifiers=tuple(known), **fields
        )
        with self.store.unit_of_work() as db:
            members.put_member(db, row)
            if points:
                balance = BalanceRow(
                    account_id=row.account_id, unit=builders.POINTS, balance=points, available=points
                )
                balances.put_balance(db, balance)
        self.hq.available[row.account_id, builders.POINTS] = points
        return row

    def identifier(self, kind: IdentifierKind, text: str) -> IdentifierRef:
        value = normal_identifier(kind, text, "RO")
        return IdentifierRef(kind, identifier_hash(STORE_KEY, kind, value).hex(), last_four(value))

    def give_lease(
        self,
        account_id: uuid.UUID,
        amount: int,
        *,
        unit: str = builders.POINTS,
        lots: tuple[LotPart, ...] = (),
    ) -> uuid.UUID:
        """HQ grants part of a balance to this register."""
        self._grants += 1
        grant_id = uuid.UUID(int=0xABC000 + self._grants)
        grant = Grant(
            grant_id=grant_id,
            account_id=account_id,
            unit=unit,
            amount=amount,
            lots=lots or (LotPart("lot-1", amount),),
        )
        with self.store.unit_of_work() as db:
            receive_grants(db, [grant], self.clock.now_ms())
        return grant_id

    def held(self, account_id: uuid.UUID, unit: str = builders.POINTS) -> int:
        from agent.store.leases import open_leases

        return sum(
            lease.remaining for lease in open_leases(self.store.reader(), account_id) if lease.unit == unit
        )

    def hears(self, *rows: Row) -> None:
        """A page of HQ's feed with these rows, applied."""
        page = tuple(
            FeedRow(
                commit=number,
                kind=KIND_OF[type(row)],
                key=str(number),
                body=msgspec.Raw(msgspec.msgpack.encode(row)),
            )
            for number, row in enumerate(rows, start=1)
        )
        apply_page(self.store, Pulled(rows=page, next_cursor=str(len(rows))), self.chain_id)

    def sell(self, *codes: str, kind: str = "cash") -> SaleEntry:
        """Scan, pay and finish; returns what the journal says."""
        for code in codes:
            self.checkout.enter(code)
        if self.checkout.state().left_to_pay_minor:
            self.checkout.tender(kind)
        self.checkout.finish()
        return self.last_sale()

    def entries(self) -> list[Entry]:
        return [
            decode_entry(row.kind, row.version, row.body) for row in journal.read_all(self.store.reader())
        ]

    def sales(self) -> list[SaleEntry]:
        return [entry for entry in self.entries() if isinstance(entry, SaleEntry)]

    def last_sale(self) -> SaleEntry:
        return self.sales()[-1]
