"""A register filled with a shop file as HQ's feed would fill it, for pictures, tests and benchmarks without HQ.

The rows are the feed's own and go through the register's own way of applying them; only the line between the two
is left out.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from agent.bootstrap import DATABASE, SystemEntropy
from agent.domain.identifiers import identifier_hash, last_four, normal_identifier
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.feed import apply_page
from agent.service.ports import new_id
from agent.service.program_sets import install_program_set
from agent.service.register_identity import open_register
from agent.store.database import Store
from sync.wire import feed
from sync.wire.entries import IdentifierRef
from sync.wire.messages import FeedRow, Pulled

DEMO_SHOP: Final = Path(__file__).parent / "shop" / "shop.json"


@cache
def demo_shop() -> dict[str, Any]:
    """The demo shop's file, decoded."""
    document: dict[str, Any] = msgspec.json.decode(DEMO_SHOP.read_bytes())
    return document


def make_local_register(data_dir: Path, *, name: str, at_ms: int, shop: Path = DEMO_SHOP) -> None:
    """Make `data_dir` a register of this shop that has never met HQ."""
    entropy = SystemEntropy()
    keys = KeyStore(data_dir, "file")
    store_key = entropy.token(32)
    keys.write(SIGNING_KEY, entropy.token(32))
    keys.write(STORE_KEY, store_key)
    (data_dir / "register.toml").write_text('secrets = "file"\n')
    document = msgspec.json.decode(shop.read_bytes())
    chain_id = new_id(at_ms, entropy)
    store = Store(data_dir / DATABASE)
    try:
        open_register(
            store,
            register_id=f"r{name[-1]}",
            store_id=document["store"]["store_id"],
            name=name,
            chain_id=chain_id,
            role="till",
            software="regulars demo",
            at_ms=at_ms,
        )
        rows = tuple(_row(number, body) for number, body in enumerate(_rows(document, store_key)))
        apply_page(store, Pulled(rows=rows, next_cursor=""), chain_id)
        program_set = (shop.parent / document["program_set"]).read_bytes()
        install_program_set(store, program_set, hashlib.sha256(program_set).hexdigest(), 1, at_ms)
    finally:
        store.close()


def _rows(document: dict[str, Any], store_key: bytes) -> Iterator[feed.Row]:
    yield msgspec.convert(document["store"], feed.StoreRow)
    for operator in document["operators"]:
        yield msgspec.convert(operator, feed.OperatorRow)
    for item in document["items"]:
        yield msgspec.convert(item, feed.ItemRow, dec_hook=_decimal)
        if "typed_amount" in item:
            yield feed.TypedAmountRow(item_code=item["item_code"], **item["typed_amount"])
    for member in document["members"]:
        yield from _member_rows(member, store_key, document["store"]["country"])


def _member_rows(told: dict[str, Any], store_key: bytes, country: str) -> Iterator[feed.Row]:
    member_id = uuid.UUID(told["member_id"])
    account_id = uuid.UUID(told.get("account_id") or told["member_id"])
    refs = []
    for kind in ("card", "phone", "email"):
        if told.get(kind):
            value = normal_identifier(kind, told[kind], country)
            refs.append(IdentifierRef(kind, identifier_hash(store_key, kind, value).hex(), last_four(value)))
    yield feed.MemberRow(
        member_id=member_id,
        account_id=account_id,
        name=told.get("name", ""),
        given_name=told.get("given_name", ""),
        tier=told.get("tier", ""),
        locale=told.get("locale", ""),
        identifiers=tuple(refs),
    )
    for unit, points in told.get("balances", {}).items():
        yield feed.BalanceRow(account_id=account_id, unit=unit, balance=points, available=points)


def _row(number: int, body: feed.Row) -> FeedRow:
    return FeedRow(
        commit=number + 1,
        kind=feed.KIND_OF[type(body)],
        key=str(number),
        body=msgspec.Raw(msgspec.msgpack.encode(body)),
    )


def _decimal(kind: type, value: Any) -> Any:
    return Decimal(value) if kind is Decimal else value
