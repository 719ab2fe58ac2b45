"""Programs that HQ runs: what they have for members, and what members did here, so that nothing is entered twice."""

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
    # What HQ's own programs have for a member, as HQ told it.
    """
    create table member_program (
        member_id blob primary key,
        body blob not null
    ) strict, without rowid
    """,
)


def activities(db: Database) -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        db.execute(statement)
