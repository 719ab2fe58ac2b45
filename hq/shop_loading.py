"""Loading a shop file into HQ: all of it or nothing, and a second time only what differs.

Everything in the file has an id of its own, so that nothing is made twice.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import AVAILABLE, issued_bucket, move
from agent.domain.member import IdentifierKind
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
from hq.shop_file import Shop, ShopItem, ShopMember, ShopStore, bytes_of, normal_value, read_shop
from sync.wire.feed import ItemRow, OperatorRow, Row, StoreRow, TypedAmountRow

LOADED_BY: Final = "load-shop"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many there are of each in the file."""

    store_id: str
    operators: int
    items: int
    members: int


def load_shop(path: Path, now_ms: int) -> Loaded:
    """Load the file, all of it or nothing, and publish its program set."""
    shop = read_shop(path)
    program_set = bytes_of(path.parent / shop.program_set) if shop.program_set else None
    with transaction.atomic():
        store = _put_store(shop.store)
        feed = FeedWriter()
        scope = store_scope(store.pk)
        feed.add(scope, store.pk, _as(StoreRow, shop.store))
        for operator in shop.operators:
            feed.add(scope, operator.operator_id, _as(OperatorRow, operator))
        for item in shop.items:
            feed.add(scope, item.item_code, _as(ItemRow, item))
            if item.gift_card:
                feed.add(scope, item.item_code, _typed_amount(item))
        books = Books()
        for member in shop.members:
            _put_member(store, shop, member, books, now_ms)
        news.tell_balances(feed, books)
        for member in shop.members:
            news.tell_members(feed, member.account_id or member.member_id, [store.pk])
        feed.write()
        if program_set is not None:
            publishing.publish(publishing.upload(program_set, LOADED_BY, now_ms), LOADED_BY, now_ms)
    return Loaded(store.pk, len(shop.operators), len(shop.items), len(shop.members))


def _typed_amount(item: ShopItem) -> TypedAmountRow:
    """Also for a card with a price: its amount may have been typed before."""
    asked = item.typed_amount
    if asked is None:
        return TypedAmountRow(item_code=item.item_code)
    return TypedAmountRow(
        item_code=item.item_code, lowest_minor=asked.lowest_minor, highest_minor=asked.highest_minor
    )


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


def _put_member(store: Store, shop: Shop, told: ShopMember, books: Books, now_ms: int) -> None:
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
        _own_identifier(shop, told, account_id, kind, text)
    roll.join_store(account_id, store.pk, now_ms)
    _open_balances(store, told, account_id, books, now_ms)


def _own_identifier(
    shop: Shop, told: ShopMember, account_id: uuid.UUID, kind: IdentifierKind, text: str
) -> None:
    value = normal_value(shop, kind, text)
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
    return shape(**{name: getattr(told, name) for name in shape.__struct_fields__})
