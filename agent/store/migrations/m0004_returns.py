"""Goods that come back: one row for each return or void, and each unit at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS = (
    # `sale_return` holds returns and voids; the whole of each is its journal entry.
    """
    create table sale_return (
        return_id blob primary key,
        kind integer not null check (kind in (2, 3)),
        sale_id blob not null,
        chain_id blob not null,
        seq integer not null,
        receipt_number text not null,
        business_date text not null,
        at_ms integer not null,
        operator_id text not null,
        account_id blob,
        refund_minor integer not null,
        reason text not null
    ) strict, without rowid
    """,
    "create index sale_return_of_sale on sale_return (sale_id)",
    """
    create table returned_unit (
        sale_id blob not null,
        line_id integer not null,
        unit integer not null,
        return_id blob not null,
        primary key (sale_id, line_id, unit)
    ) strict, without rowid
    """,
    "create index sale_by_receipt on sale (receipt_number)",
    # What a redeemed coupon took off, so that a return of the sale that printed it can deduct it.
    "alter table coupon add column value_minor integer not null default 0",
)


def returns(db: Database) -> None:
    """Make the tables; nothing has come back yet."""
    for statement in STATEMENTS:
        db.execute(statement)
