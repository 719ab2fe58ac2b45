"""Items and prices: found by item code or barcode in one step."""

from __future__ import annotations

import msgspec

from agent.store.sqlite import Connection
from sync.wire.feed import ItemRow, TypedAmountRow

_ITEM = msgspec.json.Decoder(ItemRow)
_TYPED_AMOUNT = msgspec.json.Decoder(TypedAmountRow)


def put_item(db: Connection, row: ItemRow) -> None:
    """Keep an item with its prices and codes; a withdrawn one is forgotten."""
    if row.withdrawn:
        db.execute("delete from item where item_code = ?", (row.item_code,))
        return
    db.execute(
        "insert into item (item_code, body) values (?, ?) on conflict (item_code) do update set body = excluded.body",
        (row.item_code, msgspec.json.encode(row)),
    )
    db.execute("delete from item_code where item_code = ?", (row.item_code,))
    # A barcode that moves to another item goes with the newer row.
    db.executemany(
        "insert into item_code (code, item_code) values (?, ?)"
        " on conflict (code) do update set item_code = excluded.item_code",
        [(code, row.item_code) for code in dict.fromkeys(row.codes)],
    )


def find_item(db: Connection, code: str) -> ItemRow | None:
    """The item with this item code or barcode."""
    row = db.execute(
        "select body from item where item_code = coalesce("
        "(select item_code from item_code where code = ?1), ?1)",
        (code,),
    ).fetchone()
    return _ITEM.decode(row[0]) if row else None


def put_typed_amount(db: Connection, row: TypedAmountRow) -> None:
    """Keep between which amounts an item is sold, or forget that its amount is typed."""
    if not row.highest_minor:
        db.execute("delete from typed_amount where item_code = ?", (row.item_code,))
        return
    db.execute(
        "insert into typed_amount (item_code, body) values (?, ?)"
        " on conflict (item_code) do update set body = excluded.body",
        (row.item_code, msgspec.json.encode(row)),
    )


def read_typed_amount(db: Connection, item_code: str) -> TypedAmountRow | None:
    """Between which amounts the item is sold; None for one with a price."""
    row = db.execute("select body from typed_amount where item_code = ?", (item_code,)).fetchone()
    return _TYPED_AMOUNT.decode(row[0]) if row else None


def count_items(db: Connection) -> int:
    """How many items there are."""
    (count,) = db.execute("select count(*) from item").fetchone()
    return int(count)
