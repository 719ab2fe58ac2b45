"""A batch's coupons as a CSV file: for whoever prints them, and what became of each."""

from __future__ import annotations

import csv
import datetime
import uuid
from collections.abc import Collection, Iterator
from typing import Final, TextIO

from agent.domain.coupon import serial
from hq.batches.models import BatchCoupon, CouponBatch
from hq.devices.signing_key import coupon_signer
from hq.feed.state import identity
from hq.ingest.models import Sale
from hq.ledger.books import KIND_OF, Step
from hq.ledger.models import Coupon, LedgerEntry

HEADER: Final = (
    "serial",
    "program",
    "valid_from",
    "valid_until",
    "state",
    "value_minor",
    "redeemed_on",
    "redeemed_in",
    "qr",
)
_PAGE: Final = 500


def write_coupons(batch: CouponBatch, file: TextIO) -> int:
    """Every coupon of the batch that is made, as it stands now, as CSV; how many."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(HEADER)
    payload_of = coupon_signer(identity().origin)
    count = 0
    for page in _pages(batch):
        used = _uses([one.coupon_id for one in page if one.state == "redeemed"])
        for coupon in page:
            on, store_id = used.get(coupon.coupon_id, ("", ""))
            table.writerow(
                (
                    serial(coupon.coupon_id),
                    batch.program_id,
                    coupon.valid_from,
                    coupon.valid_until,
                    coupon.state,
                    coupon.value_minor,
                    on,
                    store_id,
                    payload_of(coupon.coupon_id),
                )
            )
            count += 1
    return count


def _pages(batch: CouponBatch) -> Iterator[list[Coupon]]:
    ids = list(BatchCoupon.objects.filter(batch_id=batch.pk).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), _PAGE):
        yield list(Coupon.objects.filter(pk__in=ids[first : first + _PAGE]).order_by("pk"))


def _uses(coupon_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[datetime.date, str]]:
    """The business date and the store of the last sale that used each coupon."""
    spent = LedgerEntry.objects.filter(account_id__in=coupon_ids, kind=KIND_OF[Step.SPENT]).order_by("at_ms")
    last = {one.account_id: one for one in spent}
    sales = Sale.objects.filter(sale_id__in=[one.sale_id for one in last.values() if one.sale_id])
    dates = dict(sales.values_list("sale_id", "business_date"))
    return {
        coupon_id: (dates[one.sale_id], one.store_id)
        for coupon_id, one in last.items()
        if one.sale_id in dates
    }
