"""Items whose amount is typed when they are sold: value for a gift card or the wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # The body is the feed's row.
    "create table typed_amount (item_code text primary key, body blob not null) strict, without rowid",
)


def typed_amounts(db: Database) -> None:
    """Make the table; HQ fills it."""
    for statement in STATEMENTS:
        db.execute(statement)
