"""The sales of a period as they were committed, one after another, however many there are."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.store.sqlite import Connection
from sync.wire.entries import KIND_VOID

# A long reading never holds back a checkpoint of the till for longer than this many sales take.
PAGE_SALES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSale:
    """A committed sale with the bytes of its journal entry; `body` is None where the journal no longer has it.

    `returned_units` is how many units of it came back since; `voided` when all of it was taken back the same day.
    """

    receipt_number: str
    business_date: datetime.date
    account_id: uuid.UUID | None
    kind: int
    version: int
    body: bytes | None
    returned_units: int
    voided: bool


def count_sales_between(db: Connection, first: datetime.date, last: datetime.date) -> int:
    """How many sales have a business date in this period, both days included."""
    (count,) = db.execute(
        "select count(*) from sale where business_date between ? and ?",
        (first.isoformat(), last.isoformat()),
    ).fetchone()
    return int(count)


def sales_between(db: Connection, first: datetime.date, last: datetime.date) -> Iterator[StoredSale]:
    """The sales of this period, both days included, in the order in which they were committed."""
    after = 0
    while True:
        rows = db.execute(
            "select sale.sale_no, sale.receipt_number, sale.business_date, sale.account_id, journal.kind,"
            " journal.version, journal.body,"
            " (select count(*) from returned_unit where returned_unit.sale_id = sale.sale_id),"
            " exists (select 1 from sale_return where sale_return.sale_id = sale.sale_id and kind = ?)"
            " from sale left join journal on journal.chain_id = sale.chain_id and journal.seq = sale.seq"
            " where sale.sale_no > ? and sale.business_date between ? and ? order by sale.sale_no limit ?",
            (KIND_VOID, after, first.isoformat(), last.isoformat(), PAGE_SALES),
        )
        found = 0
        for number, receipt, day, account, kind, version, body, returned, voided in rows:
            found += 1
            after = number
            yield StoredSale(
                receipt_number=receipt,
                business_date=datetime.date.fromisoformat(day),
                account_id=uuid.UUID(bytes=account) if account else None,
                kind=kind or 0,
                version=version or 0,
                body=body,
                returned_units=returned,
                voided=bool(voided),
            )
        if found < PAGE_SALES:
            return
