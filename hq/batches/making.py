"""Making a batch of serialised coupons: each an account of its own, free for any lane of its stores to lease when it is scanned.

It is begun in one transaction, which takes all of its serials or none. The coupons follow in pages: whatever stops that,
`carry_on` makes those that are missing, once each.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from gettext import gettext as _
from typing import Final

from django.db import connection, transaction

from agent.domain.coupon import id_with_serial
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import AVAILABLE, coupon_unit, issued_bucket, move
from agent.domain.program_set import ProgramSet
from hq.batches.models import BatchStore, CouponBatch
from hq.columns import as_uuid, key
from hq.csv_lines import no_progress
from hq.devices.models import Store
from hq.feed.state import next_commit
from hq.ids import new_id
from hq.ledger import serials as all_serials
from hq.ledger.books import Origin, Step
from hq.ledger.models import Coupon
from hq.occasions.office import Office, open_office

MAX_BATCH: Final = 100_000
# Coupons in one transaction, and what registers are told in one: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 200
_TOLD_AT_ONCE: Final = 1000


def make_batch(
    program_set: ProgramSet | None,
    *,
    program_id: str,
    stores: Sequence[Store],
    valid_from: datetime.date,
    valid_until: datetime.date,
    serials: Sequence[str] | int,
    title: str,
    by: str,
    now_ms: int,
    owners: Sequence[uuid.UUID] = (),
    progress: Callable[[int], None] = no_progress,
) -> CouponBatch:
    """A batch that is begun and made to its end; what it takes and raises is what `begin_batch` does."""
    batch = begin_batch(
        program_set,
        program_id=program_id,
        stores=stores,
        valid_from=valid_from,
        valid_until=valid_until,
        serials=serials,
        title=title,
        by=by,
        now_ms=now_ms,
        owners=owners,
    )
    carry_on(batch, now_ms, progress=progress)
    return batch


def begin_batch(
    program_set: ProgramSet | None,
    *,
    program_id: str,
    stores: Sequence[Store],
    valid_from: datetime.date,
    valid_until: datetime.date,
    serials: Sequence[str] | int,
    title: str,
    by: str,
    now_ms: int,
    owners: Sequence[uuid.UUID] = (),
) -> CouponBatch:
    """Say which coupons there will be, all of them missing yet: so many new ones, or one for each of these serials.

    Serials are twelve letters each. With `owners`, accounts, there is one electronic coupon for each of them, which
    nobody else may use.

    Raises LoyaltyError, and begins nothing, for a program that honours no coupons, no store, dates the wrong way round,
    too many or no coupons, and a serial that is another coupon's.
    """
    program = program_set.program(program_id) if program_set is not None else None
    if program is None or program.kind not in ("coupon", "experience"):
        raise LoyaltyError(
            _("The active program set has no coupon program {id}.").format(id=program_id[:64]),
            _("Choose a program of the kind coupon or experience; it says what its coupons are for."),
            code="no_coupon_program",
        )
    if not stores:
        raise LoyaltyError(
            _("A batch counts in one store at least."), _("Choose its stores."), code="no_store"
        )
    if valid_until < valid_from:
        raise LoyaltyError(_("The last day is before the first."), _("Correct the dates."), code="dates")
    if owners:
        serials = len(owners)
    count = serials if isinstance(serials, int) else len(serials)
    if not 0 < count <= MAX_BATCH:
        raise LoyaltyError(
            _("A batch has 1 to {most} coupons.").format(most=MAX_BATCH),
            _("Make several batches."),
            code="batch_size",
        )
    fresh = [new_id(now_ms) for _nth in range(count)]
    ids = (
        fresh
        if isinstance(serials, int)
        else [id_with_serial(one, letters) for one, letters in zip(fresh, serials, strict=True)]
    )
    whose: Sequence[uuid.UUID | None] = owners or [None] * count
    batch_id = new_id(now_ms)
    # All that can be done before the write lock is taken: registers wait for it.
    claim = all_serials.claim_of(ids)
    rows = [
        (key(one), key(batch_id), key(owner) if owner else None)
        for one, owner in zip(ids, whose, strict=True)
    ]
    with transaction.atomic():
        batch = CouponBatch.objects.create(
            batch_id=batch_id,
            title=(title.strip() or program.title("en"))[:100],
            program_id=program.id,
            store_id=stores[0].pk,
            valid_from=valid_from,
            valid_until=valid_until,
            made_ms=now_ms,
            made_by=by,
        )
        all_serials.take(claim)
        BatchStore.objects.bulk_create(BatchStore(batch_id=batch_id, store_id=one.pk) for one in stores)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO batch_coupon (coupon_id, batch_id, owner_account_id) VALUES (%s, %s, %s)", rows
            )
    return batch


def carry_on(
    batch: CouponBatch,
    now_ms: int,
    *,
    most: int = MAX_BATCH,
    progress: Callable[[int], None] = no_progress,
) -> int:
    """Make the batch's coupons that are missing, at most so many, in pages, each whole; how many were made.

    Several may do so at once: each coupon is made once. `progress` is told how many there are after each page.

    Raises LoyaltyError once the batch is void.
    """
    waiting = missing(batch.pk)[:most]
    stores = BatchStore.objects.filter(batch_id=batch.pk).count() or 1
    part = max(1, min(PAGE, _TOLD_AT_ONCE // stores))
    made = 0
    for first in range(0, len(waiting), part):
        some = dict(waiting[first : first + part])
        with open_office(now_ms) as office:
            _require_not_void(batch)
            there = Coupon.objects.filter(pk__in=list(some)).values_list("pk", flat=True)
            for one in there:
                del some[one]
            if some:
                _make(office, batch, some)
        made += len(some)
        progress(made)
    return made


def missing(batch_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """The coupons of a batch that are not made yet, each with its owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.coupon_id, b.owner_account_id FROM batch_coupon b"
            " LEFT JOIN coupon c ON c.coupon_id = b.coupon_id"
            " WHERE b.batch_id = %s AND c.coupon_id IS NULL ORDER BY b.coupon_id",
            [key(batch_id)],
        )
        return [
            (as_uuid(coupon_id), as_uuid(owner) if owner is not None else None)
            for coupon_id, owner in cursor.fetchall()
        ]


def _require_not_void(batch: CouponBatch) -> None:
    """Locks the batch: whoever makes it void waits for this page, and finds its coupons."""
    if CouponBatch.objects.select_for_update().get(pk=batch.pk).void_reason:
        raise LoyaltyError(
            _("The batch {title} was made void.").format(title=batch.title),
            _("No more of its coupons are made."),
            code="batch_void",
        )


def _make(office: Office, batch: CouponBatch, owners: dict[uuid.UUID, uuid.UUID | None]) -> None:
    """These coupons, each with its owner, into the coupon table and the books."""
    Coupon.objects.bulk_create(
        Coupon(
            coupon_id=coupon_id,
            program_id=batch.program_id,
            redeems_program_id=batch.program_id,
            valid_from=batch.valid_from,
            valid_until=batch.valid_until,
            store_id=batch.store_id,
            holder=office.identity.origin,
            state="free",
            issued_ms=office.now_ms,
            owner_account_id=owner,
            bound=owner is not None,
        )
        for coupon_id, owner in owners.items()
    )
    origin = Origin(office.identity.origin, next_commit(), office.now_ms, batch.store_id)
    issued = issued_bucket(batch.store_id)
    legs = [leg for one in owners for leg in move(one, coupon_unit(one), 1, issued, AVAILABLE)]
    office.books.post(origin, Step.ISSUED, legs)
