"""What this register itself has seen of members: programs that they used, and who joined here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # One row for each sale in which a program with a limit per member gave something.
    """
    create table program_use (
        account_id blob not null,
        program_id text not null,
        business_date text not null,
        sale_id blob not null,
        primary key (account_id, program_id, business_date, sale_id)
    ) strict, without rowid
    """,
    "create table joined_here (account_id blob primary key) strict, without rowid",
    "create index sale_by_account on sale (account_id) where account_id is not null",
)


def member_history(db: Database) -> None:
    """Make the tables; sales from before are in no limit's count."""
    for statement in STATEMENTS:
        db.execute(statement)
