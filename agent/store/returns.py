"""Returns and voids of this register's sales; the whole of each is its journal entry."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from agent.store.sqlite import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """A return (`kind` 2) or a void (3)."""

    return_id: uuid.UUID
    kind: int
    sale_id: uuid.UUID
    chain_id: uuid.UUID
    seq: int
    receipt_number: str
    business_date: datetime.date
    at_ms: int
    operator_id: str
    account_id: uuid.UUID | None
    refund_minor: int
    reason: str


_COLUMNS = (
    "return_id, kind, sale_id, chain_id, seq, receipt_number, business_date, at_ms, operator_id, account_id,"
    " refund_minor, reason"
)


def add_return(db: Connection, row: ReturnRow, units: Mapping[int, frozenset[int]]) -> None:
    """Write the row and its units, in the unit of work of its journal entry. A unit comes back at most once."""
    db.execute(
        f"insert into sale_return ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.return_id.bytes,
            row.kind,
            row.sale_id.bytes,
            row.chain_id.bytes,
            row.seq,
            row.receipt_number,
            row.business_date.isoformat(),
            row.at_ms,
            row.operator_id,
            row.account_id.bytes if row.account_id else None,
            row.refund_minor,
            row.reason,
        ),
    )
    db.executemany(
        "insert into returned_unit (sale_id, line_id, unit, return_id) values (?, ?, ?, ?)",
        [
            (row.sale_id.bytes, line_id, unit, row.return_id.bytes)
            for line_id, numbers in units.items()
            for unit in sorted(numbers)
        ],
    )


def read_return(db: Connection, return_id: uuid.UUID) -> ReturnRow | None:
    """The return or void, or None: then it was never committed."""
    row = db.execute(f"select {_COLUMNS} from sale_return where return_id = ?", (return_id.bytes,)).fetchone()
    return _return(row) if row else None


def is_receipt_of_return(db: Connection, receipt_number: str) -> bool:
    """Whether this number stands on the receipt of a return or a void."""
    row = db.execute("select 1 from sale_return where receipt_number = ?", (receipt_number,)).fetchone()
    return row is not None


def returns_of_sale(db: Connection, sale_id: uuid.UUID) -> tuple[ReturnRow, ...]:
    """What came back of a sale so far, in the order in which it did."""
    rows = db.execute(f"select {_COLUMNS} from sale_return where sale_id = ?", (sale_id.bytes,)).fetchall()
    return tuple(sorted((_return(row) for row in rows), key=lambda one: (one.at_ms, one.seq)))


def count_returned_units(db: Connection, sale_id: uuid.UUID) -> int:
    """How many units of a sale have come back."""
    (count,) = db.execute("select count(*) from returned_unit where sale_id = ?", (sale_id.bytes,)).fetchone()
    return int(count)


def _return(
    row: tuple[bytes, int, bytes, bytes, int, str, str, int, str, bytes | None, int, str],
) -> ReturnRow:
    return ReturnRow(
        return_id=uuid.UUID(bytes=row[0]),
        kind=row[1],
        sale_id=uuid.UUID(bytes=row[2]),
        chain_id=uuid.UUID(bytes=row[3]),
        seq=row[4],
        receipt_number=row[5],
        business_date=datetime.date.fromisoformat(row[6]),
        at_ms=row[7],
        operator_id=row[8],
        account_id=uuid.UUID(bytes=row[9]) if row[9] else None,
        refund_minor=row[10],
        reason=row[11],
    )
