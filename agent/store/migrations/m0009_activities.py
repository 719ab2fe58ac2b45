"""What members did here without buying, so that a cashier is told at once that it was entered before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # One row for each occasion of an activity's program that was entered at this register.
    """
    create table activity_done (
        member_id blob not null,
        program_id text not null,
        occasion text not null,
        primary key (member_id, program_id, occasion)
    ) strict, without rowid
    """,
)


def activities(db: Database) -> None:
    """Make the table."""
    for statement in STATEMENTS:
        db.execute(statement)
