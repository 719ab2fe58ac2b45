"""Program sets as published bytes. The newest activated one is the active one; the one before it is kept."""

from __future__ import annotations

from agent.store.sqlite import Connection

_KEPT = 2


def put_program_set(db: Connection, sha256: str, version: int, data: bytes, activated_ms: int) -> None:
    """Activate a program set that was decoded whole, and forget all but the one before it."""
    db.execute("delete from program_set where sha256 = ?", (sha256,))
    db.execute(
        "insert into program_set (sha256, version, activated_ms, data) values (?, ?, ?, ?)",
        (sha256, version, activated_ms, data),
    )
    db.execute(
        "delete from program_set where rowid not in (select rowid from program_set order by rowid desc limit ?)",
        (_KEPT,),
    )


def active_hash(db: Connection) -> str:
    """The hash of the active program set; empty when there is none."""
    row = db.execute("select sha256 from program_set order by rowid desc limit 1").fetchone()
    return str(row[0]) if row else ""


def active_program_set(db: Connection) -> bytes | None:
    """The published bytes of the active program set."""
    return next(iter(kept_program_sets(db)), None)


def kept_program_sets(db: Connection) -> tuple[bytes, ...]:
    """The published bytes of the sets that are kept: the active one first."""
    return tuple(data for (data,) in db.execute("select data from program_set order by rowid desc"))
