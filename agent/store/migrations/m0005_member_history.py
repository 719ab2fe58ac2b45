"""Programs with limits: in which sales they were used, who joined here, and what HQ says of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # One row for each sale in which a program with a limit gave something; no account where no member was there.
    """
    create table program_use (
        sale_id blob not null,
        program_id text not null,
        account_id blob,
        business_date text not null,
        chain_id blob not null,
        seq integer not null,
        given_minor integer not null,
        primary key (sale_id, program_id)
    ) strict, without rowid
    """,
    "create index program_use_by_account on program_use (account_id) where account_id is not null",
    "create index sale_return_voids on sale_return (sale_id) where kind = 3",
    # HQ's count of an account's uses, over all registers; the body is the feed's row.
    """
    create table told_use (
        account_id blob not null,
        program_id text not null,
        body blob not null,
        primary key (account_id, program_id)
    ) strict, without rowid
    """,
    # What a chain may do of a program with a total, as HQ has shared it out, and what it has done of it so far.
    """
    create table program_share (
        chain_id blob not null,
        program_id text not null,
        uses integer not null,
        budget_minor integer not null,
        primary key (chain_id, program_id)
    ) strict, without rowid
    """,
    """
    create table share_use (
        chain_id blob not null,
        program_id text not null,
        uses integer not null,
        given_minor integer not null,
        primary key (chain_id, program_id)
    ) strict, without rowid
    """,
    "create table joined_here (account_id blob primary key) strict, without rowid",
    "create index sale_by_account on sale (account_id) where account_id is not null",
)


def member_history(db: Database) -> None:
    """Make the tables; sales from before are in no limit's count."""
    for statement in STATEMENTS:
        db.execute(statement)
