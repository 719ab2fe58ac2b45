"""Occasions of activities that were entered at this register."""

from __future__ import annotations

import uuid

from agent.store.sqlite import Connection


def add_done(db: Connection, member_id: uuid.UUID, program_id: str, occasion: str) -> bool:
    """Remember that the member did it on this occasion; False when that was entered here before."""
    cursor = db.execute(
        "insert into activity_done (member_id, program_id, occasion) values (?, ?, ?) on conflict do nothing",
        (member_id.bytes, program_id, occasion),
    )
    return bool(cursor.rowcount == 1)


def is_done(db: Connection, member_id: uuid.UUID, program_id: str, occasion: str) -> bool:
    """Whether it was entered here."""
    row = db.execute(
        "select 1 from activity_done where member_id = ? and program_id = ? and occasion = ?",
        (member_id.bytes, program_id, occasion),
    ).fetchone()
    return row is not None
