"""Making a batch void: what was not used counts no more, in any of its stores."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from django.db import transaction

from agent.domain.errors import LoyaltyError
from hq.batches.making import PAGE
from hq.batches.models import BatchCoupon, CouponBatch
from hq.feed.state import next_commit
from hq.ledger import coupons
from hq.ledger.books import Origin
from hq.occasions.office import open_office

_UNUSED: Final = ("free", "held")


def void_batch(batch: CouponBatch, reason: str, now_ms: int) -> int:
    """The coupons that were not used count no more; how many. One that a lane holds is void once it comes back.

    The reason comes first and stops the making of more. A batch that is void keeps its reason; what somebody was kept
    from ending then is ended now.

    Raises LoyaltyError without a reason.
    """
    told = reason.strip()[:100]
    with transaction.atomic():
        known = CouponBatch.objects.select_for_update().get(pk=batch.pk)
        if not known.void_reason:
            if not told:
                raise LoyaltyError(
                    _("A batch is made void for a reason."), _("Say why."), code="reason_missing"
                )
            CouponBatch.objects.filter(pk=batch.pk).update(void_reason=told)
    ids = list(BatchCoupon.objects.filter(batch_id=batch.pk).values_list("coupon_id", flat=True))
    gone = 0
    for first in range(0, len(ids), PAGE):
        with open_office(now_ms) as office:
            for coupon_id in ids[first : first + PAGE]:
                coupon = coupons.find(coupon_id)
                if coupon is not None and coupon.row.state in _UNUSED:
                    origin = Origin(office.identity.origin, next_commit(), now_ms, batch.store_id)
                    coupons.take_back(office.books, origin, coupon_id)
                    gone += 1
    return gone
