"""Making a batch of serialised coupons: each an account of its own, free for any lane of its store to lease when it is scanned."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from gettext import gettext as _
from typing import Final

from django.db import transaction

from agent.domain.coupon import id_with_serial, serial
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import AVAILABLE, coupon_unit, issued_bucket, move
from agent.domain.program_set import ProgramSet
from hq.batches.models import BatchCoupon, CouponBatch
from hq.csv_lines import no_progress
from hq.devices.models import Store
from hq.feed.state import next_commit
from hq.ids import new_id
from hq.ledger import coupons
from hq.ledger.books import Origin, Step
from hq.ledger.models import Coupon
from hq.occasions.office import Office, open_office

MAX_BATCH: Final = 100_000
# Coupons in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 200


def make_batch(
    program_set: ProgramSet | None,
    *,
    program_id: str,
    store: Store,
    valid_from: datetime.date,
    valid_until: datetime.date,
    serials: Sequence[str] | int,
    title: str,
    by: str,
    now_ms: int,
    owners: Sequence[uuid.UUID] = (),
    progress: Callable[[int], None] = no_progress,
) -> CouponBatch:
    """So many new coupons, or one for each of these serials (twelve letters, nobody else's), in pages, each whole.

    With `owners`, accounts, there is one electronic coupon for each of them, which nobody else may use.

    Raises LoyaltyError, and makes nothing, for a program that honours no coupons, dates the wrong way round, and too
    many or no coupons.
    """
    program = program_set.program(program_id) if program_set is not None else None
    if program is None or program.kind not in ("coupon", "experience"):
        raise LoyaltyError(
            _("The active program set has no coupon program {id}.").format(id=program_id[:64]),
            _("Choose a program of the kind coupon or experience; it says what its coupons are for."),
            code="no_coupon_program",
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
    batch = CouponBatch.objects.create(
        batch_id=new_id(now_ms),
        title=(title.strip() or program.title("en"))[:100],
        program_id=program.id,
        store_id=store.pk,
        valid_from=valid_from,
        valid_until=valid_until,
        made_ms=now_ms,
        made_by=by,
    )
    for first in range(0, count, PAGE):
        part = min(PAGE, count - first)
        named = None if isinstance(serials, int) else serials[first : first + part]
        with open_office(now_ms) as office:
            fresh = [new_id(now_ms) for _nth in range(part)]
            _make(office, batch, fresh, named, owners[first : first + part])
        progress(first + part)
    return batch


def void_batch(batch: CouponBatch, reason: str, now_ms: int) -> int:
    """The coupons that were not used count no more; how many. One that a lane holds is void once it comes back."""
    ids = list(BatchCoupon.objects.filter(batch_id=batch.pk).values_list("coupon_id", flat=True))
    gone = 0
    for first in range(0, len(ids), PAGE):
        with open_office(now_ms) as office:
            for coupon_id in ids[first : first + PAGE]:
                known = coupons.find(coupon_id)
                if known is not None and known.row.state in ("free", "held"):
                    origin = Origin(office.identity.origin, next_commit(), now_ms, batch.store_id)
                    coupons.take_back(office.books, origin, coupon_id)
                    gone += 1
    CouponBatch.objects.filter(pk=batch.pk).update(void_reason=reason.strip()[:100] or _("void"))
    return gone


def known_serials(store: Store) -> set[str]:
    """The serials of every coupon of this store, as twelve letters: a second one of a serial could not be told apart."""
    ids = Coupon.objects.filter(store_id=store.pk).values_list("coupon_id", flat=True)
    return {serial(coupon_id).replace(" ", "") for coupon_id in ids.iterator()}


def _make(
    office: Office,
    batch: CouponBatch,
    fresh: Sequence[uuid.UUID],
    serials: Sequence[str] | None,
    owners: Sequence[uuid.UUID],
) -> None:
    ids = (
        [id_with_serial(one, letters) for one, letters in zip(fresh, serials, strict=True)]
        if serials
        else fresh
    )
    whose: Sequence[uuid.UUID | None] = owners or [None] * len(ids)
    with transaction.atomic():
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
            for coupon_id, owner in zip(ids, whose, strict=True)
        )
        BatchCoupon.objects.bulk_create(BatchCoupon(coupon_id=one, batch_id=batch.pk) for one in ids)
        origin = Origin(office.identity.origin, next_commit(), office.now_ms, batch.store_id)
        issued = issued_bucket(batch.store_id)
        legs = [leg for one in ids for leg in move(one, coupon_unit(one), 1, issued, AVAILABLE)]
        office.books.post(origin, Step.ISSUED, legs)
