"""Counting an entry: once, in the transaction that posts it, into its own rows and into its day's sums.

An entry that has rows already is counted already, so it may come again in any way: pushed twice, tried again after
quarantine, or met by the count of what was posted before HQ kept these figures.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from hq.columns import key
from hq.ingest.sold import SoldBefore, read_sold
from hq.ingest.verdict import Verdict
from hq.program_figures.given import ByProgram, given_by, taken_back
from sync.wire.entries import Entry, ReturnEntry, SaleEntry, VoidEntry

_ADD_PART: Final = """
    INSERT INTO program_part (chain_id, seq, sale_chain_id, sale_seq, account_id, store_id, program_id, business_date,
        came_back, uses, discount_minor, points_given, points_taken, coupons_issued, coupons_redeemed, gift_units,
        cashback_minor)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ADD_DAY: Final = """
    INSERT INTO program_day (store_id, program_id, business_date, came_back, uses, discount_minor, points_given,
        points_taken, coupons_issued, coupons_redeemed, gift_units, cashback_minor)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (business_date, store_id, program_id, came_back) DO UPDATE SET
        uses = program_day.uses + excluded.uses,
        discount_minor = program_day.discount_minor + excluded.discount_minor,
        points_given = program_day.points_given + excluded.points_given,
        points_taken = program_day.points_taken + excluded.points_taken,
        coupons_issued = program_day.coupons_issued + excluded.coupons_issued,
        coupons_redeemed = program_day.coupons_redeemed + excluded.coupons_redeemed,
        gift_units = program_day.gift_units + excluded.gift_units,
        cashback_minor = program_day.cashback_minor + excluded.cashback_minor
"""


def note(chain_id: uuid.UUID, seq: int, entry: Entry, verdict: Verdict) -> None:
    """Count an entry that was posted just now; one that waits for a person counts when it is posted."""
    if verdict.state == "quarantined":
        return
    match entry:
        case SaleEntry():
            count_sale(chain_id, seq, entry)
        case ReturnEntry() | VoidEntry():
            sold = read_sold(entry.sale, besides=(chain_id, seq))
            if sold is not None:
                count_back(chain_id, seq, entry, sold, sold.earlier)


def count_sale(chain_id: uuid.UUID, seq: int, sale: SaleEntry) -> None:
    """What its programs gave."""
    given = given_by(sale)
    if given and not is_counted(chain_id, seq):
        add_parts(
            (chain_id, seq), (chain_id, seq), _buyer(sale), sale.store_id, sale.stamp.business_date, False, given
        )  # fmt: skip


def count_back(
    chain_id: uuid.UUID,
    seq: int,
    entry: ReturnEntry | VoidEntry,
    sold: SoldBefore,
    earlier: Sequence[ReturnEntry],
) -> None:
    """What a return took back, on its own day; a void undoes its sale's figures on the sale's."""
    if isinstance(entry, VoidEntry):
        by_program = {program_id: -one for program_id, one in given_by(sold.sale).items()}
        came_back, on = False, sold.sale.stamp.business_date
    else:
        by_program = taken_back(sold.sale, entry, earlier)
        came_back, on = True, entry.stamp.business_date
    if by_program and not is_counted(chain_id, seq):
        of = (entry.sale.chain_id, entry.sale.seq)
        add_parts((chain_id, seq), of, _buyer(sold.sale), sold.store_id, on, came_back, by_program)


def _buyer(sale: SaleEntry) -> uuid.UUID | None:
    return sale.quote_input.member.account_id if sale.quote_input.member is not None else None


def is_counted(chain_id: uuid.UUID, seq: int) -> bool:
    """Whether the entry has rows. Its chain is locked, so nobody else is counting it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM program_part WHERE chain_id = %s AND seq = %s LIMIT 1", [key(chain_id), seq]
        )
        return cursor.fetchone() is not None


def add_parts(
    entry: tuple[uuid.UUID, int],
    sale: tuple[uuid.UUID, int],
    account_id: uuid.UUID | None,
    store_id: str,
    on: datetime.date,
    came_back: bool,
    by_program: ByProgram,
) -> None:
    """The rows of an entry about a sale (both as chain and seq), and its part of the sums of the day."""
    buyer = key(account_id) if account_id is not None else None
    days: list[tuple[Any, ...]] = [
        (store_id, program_id, on, came_back, *one.amounts) for program_id, one in sorted(by_program.items())
    ]
    parts = [(key(entry[0]), entry[1], key(sale[0]), sale[1], buyer, *day) for day in days]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_PART, parts)
        cursor.executemany(_ADD_DAY, days)
