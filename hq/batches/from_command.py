"""`regulars-hq coupon-batch`: batches are made, carried on, written to a file, ended and listed."""

from __future__ import annotations

import argparse
import datetime
import uuid
from collections.abc import Callable, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from hq.batches.coupon_file import write_coupons
from hq.batches.making import begin_batch, carry_on, missing
from hq.batches.models import BatchCoupon, BatchStore, CouponBatch
from hq.batches.serial_file import read_serials
from hq.csv_lines import MAX_FILE_BYTES, FileProblem
from hq.devices.models import Store
from hq.new_file import new_file
from hq.programs import publishing

MADE_BY: Final = "coupon-batch"


def batch_of(
    told: argparse.Namespace,
    now_ms: int,
    begun: Callable[[CouponBatch], None],
    read: Callable[[int], None],
    made: Callable[[int], None],
) -> tuple[int, Sequence[FileProblem]]:
    """How many coupons were made and written; or what is wrong with the file of their serials, and nothing is made then.

    `begun` is told the batch before its first coupon, so that its name is known whatever happens; `read` and `made` count
    lines and coupons. Raises LoyaltyError for anything else that is wrong.
    """
    stores = _stores(told)
    serials: list[str] | int = told.count
    if told.serials is not None:
        found = read_serials(_bytes_of(told.serials), read)
        if found.problems:
            return 0, found.problems
        serials = found.serials
    # Opened first: nobody is kept waiting for a file that cannot be written.
    with new_file(told.csv) as file:
        batch = begin_batch(
            publishing.active(),
            program_id=told.program,
            stores=stores,
            valid_from=_date(told.first),
            valid_until=_date(told.last),
            serials=serials,
            title=told.title,
            by=MADE_BY,
            now_ms=now_ms,
        )
        begun(batch)
        carry_on(batch, now_ms, progress=made)
        return write_coupons(batch, file), ()


def resume(batch: CouponBatch, csv: Path, now_ms: int, made: Callable[[int], None]) -> int:
    """Make what is missing of the batch, and write all of its coupons; how many there are. Raises LoyaltyError."""
    with new_file(csv) as file:
        carry_on(batch, now_ms, progress=made)
        return write_coupons(batch, file)


def export(batch: CouponBatch, csv: Path) -> int:
    """Write the batch's coupons as they stand now; how many. Raises LoyaltyError."""
    with new_file(csv) as file:
        return write_coupons(batch, file)


def batch_named(text: str) -> CouponBatch:
    """The batch with this id. Raises LoyaltyError."""
    try:
        batch = CouponBatch.objects.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        batch = None
    if batch is None:
        raise LoyaltyError(
            _("HQ has no coupon batch {id}.").format(id=text[:40]),
            _("regulars-hq coupon-batch list names them."),
            code="no_batch",
        )
    return batch


def lines() -> list[str]:
    """Every batch: its id, stores, dates, title, and what is missing of it or why it is void."""
    found = []
    for batch in CouponBatch.objects.order_by("made_ms"):
        stores = BatchStore.objects.filter(batch_id=batch.pk).order_by("store_id")
        words = [
            str(batch.pk),
            ",".join(stores.values_list("store_id", flat=True)),
            f"{batch.valid_from}..{batch.valid_until}",
            str(BatchCoupon.objects.filter(batch_id=batch.pk).count()),
            batch.title,
        ]
        if batch.void_reason:
            words.append(_("void: {reason}").format(reason=batch.void_reason))
        elif lacking := len(missing(batch.pk)):
            words.append(_("{count} not made yet").format(count=lacking))
        found.append("\t".join(words))
    return found


def _stores(told: argparse.Namespace) -> list[Store]:
    if told.all_stores:
        return list(Store.objects.order_by("pk"))
    found = {one.pk: one for one in Store.objects.filter(pk__in=told.store or ())}
    for name in told.store or ():
        if name not in found:
            raise LoyaltyError(
                _("HQ has no store {store}.").format(store=name),
                _("Load it first with load-shop, or check its id."),
                code="no_store",
            )
    return [found[name] for name in dict.fromkeys(told.store or ())]


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror),
            _("Check the name of the file."),
            code="no_file",
        ) from error


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise LoyaltyError(
            _("{text} is no date.").format(text=text[:40]), _("Write it like 2026-12-31."), code="bad_date"
        ) from None
