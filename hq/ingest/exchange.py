"""An exchange is a return and a sale of one visit: what the one pays out is what the other is paid with.

The register writes both in one unit of work, the return first, so the sale's return is the entry before it.
"""

from __future__ import annotations

import uuid
from typing import Final

import msgspec
from django.db import connection

from agent.domain.tendering import EXCHANGE
from hq.columns import key
from hq.ingest.verdict import Verdict, held
from sync.wire.entries import KIND_RETURN, Entry, ReturnEntry, SaleEntry, UnknownEntry, decode_entry

CODE: Final = "exchange_differs"


def check_sale(chain_id: uuid.UUID, seq: int, sale: SaleEntry) -> Verdict | None:
    """What is wrong with what the sale says that goods of the same visit paid; None for one without any, too."""
    paid = _exchanged(sale)
    before = _entry(chain_id, seq - 1, (KIND_RETURN,))
    goods = before if isinstance(before, ReturnEntry) and before.exchange_sale_id == sale.sale_id else None
    came = _exchanged(goods) if goods is not None else 0
    if paid == came:
        return None
    if goods is None:
        return held(CODE, f"Goods that came back pay {paid} of the sale, and no return of its visit says so.")
    return held(
        CODE,
        f"Goods that came back pay {paid} of the sale; their return {goods.receipt_number[:64]} is worth {came}.",
    )


def check_return(chain_id: uuid.UUID, seq: int, goods: ReturnEntry) -> Verdict | None:
    """What is wrong with a return that says it is part of an exchange, as far as its sale is here already."""
    if goods.exchange_sale_id is None:
        if _exchanged(goods):
            return held(CODE, "The return pays into an exchange and names no sale of it.")
        return None
    if _exchanged(goods) != goods.refund_minor:
        return held(CODE, "The return is part of an exchange and pays out in another way.")
    after = _entry(chain_id, seq + 1)
    if after is not None and not (isinstance(after, SaleEntry) and after.sale_id == goods.exchange_sale_id):
        return held(CODE, "The return pays into a sale that does not follow it.")
    return None


def _exchanged(entry: SaleEntry | ReturnEntry) -> int:
    return sum(tender.amount_minor for tender in entry.tenders if tender.kind == EXCHANGE)


def _entry(chain_id: uuid.UUID, seq: int, kinds: tuple[int, ...] = ()) -> Entry | None:
    """The chain's entry, where it is stored, of one of these kinds, and can be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, version, body FROM journal_entry WHERE chain_id = %s AND seq = %s",
            [key(chain_id), seq],
        )
        row = cursor.fetchone()
    # Nearly every sale follows something else, whose bytes need not be read.
    if row is None or (kinds and row[0] not in kinds):
        return None
    try:
        return decode_entry(row[0], row[1], bytes(row[2]))
    except (UnknownEntry, msgspec.DecodeError):
        return None
