"""Who has bought before, as HQ has counted it, and which enrolments nobody but this register can know of yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    "create table told_purchase (account_id blob primary key, bought integer not null) strict, without rowid",
    # The enrolment's place in the journal; of one from before this release it is not known.
    "alter table joined_here add column chain_id blob",
    "alter table joined_here add column seq integer",
)


def first_purchase(db: Database) -> None:
    """Make the table; HQ fills it."""
    for statement in STATEMENTS:
        db.execute(statement)
