"""A shop as one JSON file: store, operators, items, members in the clear, and the program set beside it.

Loading it again changes only what differs: everything has an id of its own. Unknown fields are refused, so that
nothing misspelt is silently left out.
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
from django.db import transaction

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.ledger import AVAILABLE, issued_bucket, move
from agent.domain.member import IdentifierKind
from agent.domain.problems import document_error, problem_of
from hq.devices.models import Store
from hq.feed import news
from hq.feed.state import identity, next_commit
from hq.feed.writer import FeedWriter, store_scope
from hq.ledger import lots
from hq.ledger.books import Books, Origin, Step
from hq.ledger.models import LedgerEntry
from hq.members import roll
from hq.members.roll import Person
from hq.programs import publishing
from sync.wire.feed import ItemRow, OperatorRow, Row, StoreRow

LOADED_BY: Final = "load-shop"


class ShopStore(StoreRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The store; the same fields as registers get."""


class ShopOperator(OperatorRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person who may sign on."""


class ShopItem(ItemRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An item with its prices in minor units."""


class ShopMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A member in the clear. `balances` (ledger unit -> points) are opening balances, posted once."""

    member_id: uuid.UUID
    account_id: uuid.UUID | None = None
    name: str = ""
    given_name: str = ""
    tier: str = ""
    locale: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""
    birthday: datetime.date | None = None
    balances: dict[str, int] = {}

    @property
    def clear(self) -> list[tuple[IdentifierKind, str]]:
        """The identifiers that are filled in."""
        told: list[tuple[IdentifierKind, str]] = [
            ("phone", self.phone),
            ("email", self.email),
            ("card", self.card),
        ]
        return [(kind, value) for kind, value in told if value]


class Shop(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `program_set` names a file beside this one."""

    format: Literal[1]
    store: ShopStore
    operators: tuple[ShopOperator, ...] = ()
    items: tuple[ShopItem, ...] = ()
    members: tuple[ShopMember, ...] = ()
    program_set: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many there are of each in the file."""

    store_id: str
    operators: int
    items: int
    members: int


def read_shop(path: Path) -> Shop:
    """The file's content. Raises LoyaltyError naming the JSON path of the first bad field."""
    try:
        return msgspec.json.decode(_bytes_of(path), type=Shop)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        advice = f"Correct {path} and load it again; nothing was changed."
        raise document_error("The shop file", problem_of(error, Shop), advice, "bad_shop_file") from error


def load_shop(path: Path, now_ms: int) -> Loaded:
    """Load the file, all of it or nothing, and publish its program set."""
    shop = read_shop(path)
    program_set = _bytes_of(path.parent / shop.program_set) if shop.program_set else None
    with transaction.atomic():
        store = _put_store(shop.store)
        feed = FeedWriter()
        scope = store_scope(store.pk)
        feed.add(scope, store.pk, _as(StoreRow, shop.store))
        for operator in shop.operators:
            feed.add(scope, operator.operator_id, _as(OperatorRow, operator))
        for item in shop.items:
            feed.add(scope, item.item_code, _as(ItemRow, item))
        books = Books()
        for member in shop.members:
            _put_member(store, member, books, now_ms)
        news.tell_balances(feed, books)
        for member in shop.members:
            news.tell_members(feed, member.account_id or member.member_id, [store.pk])
        feed.write()
        if program_set is not None:
            publishing.publish(publishing.upload(program_set, LOADED_BY, now_ms), LOADED_BY, now_ms)
    return Loaded(store.pk, len(shop.operators), len(shop.items), len(shop.members))


def _put_store(told: ShopStore) -> Store:
    fields = {
        "name": told.name,
        "receipt_lines": list(told.receipt_lines),
        "country": told.country,
        "zone": told.zone,
        "day_cutoff_min": told.day_cutoff_min,
        "currency": told.currency,
        "currency_exponent": told.currency_exponent,
        "locale": told.locale,
    }
    store, _made = Store.objects.update_or_create(
        store_id=told.store_id,
        defaults=fields,
        create_defaults={**fields, "store_key": secrets.token_bytes(32)},
    )
    return store


def _put_member(store: Store, told: ShopMember, books: Books, now_ms: int) -> None:
    account_id = told.account_id or told.member_id
    roll.open_account(account_id, "member", now_ms)
    roll.add_member(
        Person(
            member_id=told.member_id,
            account_id=account_id,
            name=told.name,
            given_name=told.given_name,
            tier=told.tier,
            locale=told.locale,
            birthday=told.birthday,
        ),
        store.pk,
        now_ms,
    )
    for kind, text in told.clear:
        _own_identifier(store, told, account_id, kind, text)
    roll.join_store(account_id, store.pk, now_ms)
    _open_balances(store, told, account_id, books, now_ms)


def _own_identifier(
    store: Store, told: ShopMember, account_id: uuid.UUID, kind: IdentifierKind, text: str
) -> None:
    try:
        value = normal_identifier(kind, text, store.country)
    except LoyaltyError as error:
        raise LoyaltyError(
            f"The {kind} of member {told.member_id} cannot be used: {error.title}",
            "Correct the shop file and load it again; nothing was changed.",
            code="bad_shop_file",
        ) from error
    owner = roll.own_identifier(identity().lookup_key, kind, value, account_id, told.member_id)
    if owner.member_id != told.member_id:
        raise LoyaltyError(
            f"The {kind} of member {told.member_id} belongs to member {owner.member_id} already.",
            "Correct the shop file and load it again; nothing was changed.",
            code="bad_shop_file",
        )


def _open_balances(store: Store, told: ShopMember, account_id: uuid.UUID, books: Books, now_ms: int) -> None:
    wanted = {unit: amount for unit, amount in told.balances.items() if amount > 0}
    opened = LedgerEntry.objects.filter(account_id=account_id, n=int(Step.OPENING)).exists()
    if not wanted or opened:
        return
    origin = Origin(identity().origin, next_commit(), now_ms, store.pk)
    legs = [
        leg
        for unit, amount in wanted.items()
        for leg in move(account_id, unit, amount, issued_bucket(store.pk), AVAILABLE)
    ]
    books.post(origin, Step.OPENING, legs)
    for unit, amount in wanted.items():
        lots.add(account_id, unit, f"opening:{account_id}", amount, now_ms, None)


def _as(shape: type[Row], told: Row) -> Row:
    """The wire's own row, without the strictness of the file."""
    return shape(**msgspec.structs.asdict(told))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoyaltyError(
            f"The file {path} cannot be read ({error.strerror}).",
            "Check the name and try again.",
            code="no_file",
        ) from error
