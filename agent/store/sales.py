"""One row for each committed sale: what the till asks of it quickly; the whole sale is its journal entry."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from agent.store.sqlite import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRow:
    """A committed sale."""

    sale_id: uuid.UUID
    chain_id: uuid.UUID
    seq: int
    receipt_number: str
    business_date: datetime.date
    at_ms: int
    operator_id: str
    account_id: uuid.UUID | None
    goods_minor: int
    discount_minor: int
    total_minor: int
    change_minor: int


_COLUMNS = (
    "sale_id, chain_id, seq, receipt_number, business_date, at_ms, operator_id, account_id,"
    " goods_minor, discount_minor, total_minor, change_minor"
)


def add_sale(db: Connection, sale: SaleRow) -> None:
    """Write the sale's row, in the unit of work of its journal entry."""
    db.execute(
        f"insert into sale ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            sale.sale_id.bytes,
            sale.chain_id.bytes,
            sale.seq,
            sale.receipt_number,
            sale.business_date.isoformat(),
            sale.at_ms,
            sale.operator_id,
            sale.account_id.bytes if sale.account_id else None,
            sale.goods_minor,
            sale.discount_minor,
            sale.total_minor,
            sale.change_minor,
        ),
    )


def read_sale(db: Connection, sale_id: uuid.UUID) -> SaleRow | None:
    """The committed sale, or None: then it was never committed."""
    row = db.execute(f"select {_COLUMNS} from sale where sale_id = ?", (sale_id.bytes,)).fetchone()
    return _sale(row) if row else None


def find_by_receipt(db: Connection, receipt_number: str) -> SaleRow | None:
    """This register's sale under a receipt number, the latest where there are several."""
    row = db.execute(
        f"select {_COLUMNS} from sale where receipt_number = ? order by sale_no desc limit 1",
        (receipt_number,),
    ).fetchone()
    return _sale(row) if row else None


def last_sale(db: Connection) -> SaleRow | None:
    """The sale that this register committed last; ids and clocks say nothing of that order."""
    row = db.execute(f"select {_COLUMNS} from sale order by sale_no desc limit 1").fetchone()
    return _sale(row) if row else None


def count_sales(db: Connection) -> int:
    """How many sales this register has committed."""
    (count,) = db.execute("select count(*) from sale").fetchone()
    return int(count)


def _sale(
    row: tuple[bytes, bytes, int, str, str, int, str, bytes | None, int, int, int, int],
) -> SaleRow:
    return SaleRow(
        sale_id=uuid.UUID(bytes=row[0]),
        chain_id=uuid.UUID(bytes=row[1]),
        seq=row[2],
        receipt_number=row[3],
        business_date=datetime.date.fromisoformat(row[4]),
        at_ms=row[5],
        operator_id=row[6],
        account_id=uuid.UUID(bytes=row[7]) if row[7] else None,
        goods_minor=row[8],
        discount_minor=row[9],
        total_minor=row[10],
        change_minor=row[11],
    )
