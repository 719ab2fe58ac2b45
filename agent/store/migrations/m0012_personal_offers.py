"""Personal offers: for each member the list that HQ told last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    """
    create table personal_offer (
        member_id blob primary key,
        body blob not null
    ) strict, without rowid
    """,
)


def personal_offers(db: Database) -> None:
    """Make the table."""
    for statement in STATEMENTS:
        db.execute(statement)
