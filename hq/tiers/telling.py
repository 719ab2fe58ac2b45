"""An account's standing as registers hear of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from hq.feed.writer import FeedWriter, store_scope
from hq.members import aliases
from hq.tiers import facts
from hq.tiers.models import TierStanding
from sync.wire.feed import TierRow


def tell_standing(feed: FeedWriter, account_id: uuid.UUID, stores: Iterable[str]) -> None:
    """What was worked out last, with the entries that it counts; nothing where no tiers are counted."""
    owner = aliases.owner_of(account_id)
    known = TierStanding.objects.filter(pk=owner).first()
    if known is None:
        return
    row = TierRow(
        account_id=owner,
        program_id=known.program_id,
        progress=known.progress,
        counts="points" if known.counts == "points" else "spend",
        tier=known.tier,
        review_on=known.review_on,
        includes_seq=facts.includes_seq(aliases.of(owner)),
    )
    for store_id in stores:
        feed.add(store_scope(store_id), str(owner), row)
