"""What this register itself has seen of a member: programs that they used, their sales, that they joined here.

A sale that was voided counts as if it had never been.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Final

from agent.store.sqlite import Connection

# A row of `sale_return` of this kind is a void (formats.md, the journal's kinds).
_VOID: Final = 3


def add_uses(
    db: Connection, account_id: uuid.UUID, on: datetime.date, sale_id: uuid.UUID, program_ids: Iterable[str]
) -> None:
    """Each of these programs gave the account something in this sale, in the sale's unit of work.

    A provisional account's go to its owner, also where HQ named that one while the sale was rung up.
    """
    db.executemany(
        "insert into program_use (account_id, program_id, business_date, sale_id) values"
        " (coalesce((select account_id from alias where provisional_id = ?1), ?1), ?2, ?3, ?4)",
        [(account_id.bytes, program_id, on.isoformat(), sale_id.bytes) for program_id in program_ids],
    )


def count_uses(db: Connection, account_id: uuid.UUID, program_id: str, since: datetime.date) -> int:
    """In how many sales here the account used the program, from this business date on."""
    (count,) = db.execute(
        "select count(*) from program_use use where account_id = ? and program_id = ? and business_date >= ?"
        " and not exists (select 1 from sale_return back where back.sale_id = use.sale_id and back.kind = ?)",
        (account_id.bytes, program_id, since.isoformat(), _VOID),
    ).fetchone()
    return int(count)


def note_joined_here(db: Connection, account_id: uuid.UUID) -> None:
    """The account was opened at this register, in the enrolment's unit of work."""
    db.execute("insert into joined_here (account_id) values (?)", (account_id.bytes,))


def count_visits(db: Connection, account_id: uuid.UUID) -> int | None:
    """How many sales the account had, where it was opened at this register; else None, since others may know more."""
    row = db.execute("select 1 from joined_here where account_id = ?", (account_id.bytes,)).fetchone()
    if row is None:
        return None
    (count,) = db.execute(
        "select count(*) from sale where account_id = ? and not exists (select 1 from sale_return back"
        " where back.sale_id = sale.sale_id and back.kind = ?)",
        (account_id.bytes, _VOID),
    ).fetchone()
    return int(count)


def move_uses(db: Connection, source: uuid.UUID, target: uuid.UUID) -> None:
    """An account turned out to be another's: what it used counts there, and it opened nothing new."""
    db.execute("update program_use set account_id = ? where account_id = ?", (target.bytes, source.bytes))
    db.execute("delete from joined_here where account_id in (?, ?)", (source.bytes, target.bytes))
