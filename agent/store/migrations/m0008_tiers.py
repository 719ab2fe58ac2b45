"""Where accounts stand in the tiers, as HQ has counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # The body is the feed's row.
    "create table tier_standing (account_id blob primary key, body blob not null) strict, without rowid",
    # A return is looked for by whose sale it came from.
    "create index sale_return_by_account on sale_return (account_id) where account_id is not null",
    "create index if not exists sale_by_account on sale (account_id) where account_id is not null",
)


def tiers(db: Database) -> None:
    """Make the table; HQ fills it."""
    for statement in STATEMENTS:
        db.execute(statement)
