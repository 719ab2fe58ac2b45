"""The store's settings and its operators, as HQ's feed brought them."""

from __future__ import annotations

import msgspec

from agent.store.sqlite import Connection
from sync.wire.feed import OperatorRow, StoreRow

_STORE = msgspec.json.Decoder(StoreRow)
_OPERATOR = msgspec.json.Decoder(OperatorRow)


def put_store(db: Connection, row: StoreRow) -> None:
    """Keep the store's settings."""
    db.execute(
        "insert into store_setting (id, body) values (1, ?) on conflict (id) do update set body = excluded.body",
        (msgspec.json.encode(row),),
    )


def read_store(db: Connection) -> StoreRow | None:
    """The store's settings, or None before the first feed page."""
    row = db.execute("select body from store_setting").fetchone()
    return _STORE.decode(row[0]) if row else None


def put_operator(db: Connection, row: OperatorRow) -> None:
    """Keep a person who may sign on, or that they may no longer (`active` false)."""
    db.execute(
        "insert into operator (operator_id, body) values (?, ?)"
        " on conflict (operator_id) do update set body = excluded.body",
        (row.operator_id, msgspec.json.encode(row)),
    )


def read_operators(db: Connection) -> tuple[OperatorRow, ...]:
    """Those who may sign on, by name."""
    rows = [_OPERATOR.decode(body) for (body,) in db.execute("select body from operator")]
    return tuple(sorted((row for row in rows if row.active), key=lambda row: (row.name, row.operator_id)))
