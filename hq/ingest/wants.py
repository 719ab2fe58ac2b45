"""WANTS: a chain asks to hold a target of an account's unit. HQ grants the whole of what is missing, or nothing.

Only a store that knows the account, or in which the coupon counts, may ask; only available points or a free coupon are granted; nobody is granted
anything from an account at or below zero, from one that turned out to be another's, or while HQ, restored from a
backup, has not heard every chain again (it may have forgotten what they hold).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from agent.domain.ledger import coupon_unit
from hq.batches.stores import stores_of
from hq.devices.models import Chain
from hq.feed import news
from hq.feed.state import identity, next_commit
from hq.feed.writer import FeedWriter
from hq.ids import new_id
from hq.ledger import coupons, grants
from hq.ledger.books import Books, Origin
from hq.members import aliases, roll
from sync.wire.messages import Want


def answer_wants(chain_id: uuid.UUID, store_id: str, wants: Iterable[Want], now_ms: int) -> None:
    """Grant what can be granted, in one transaction; the grants stand in the chain's next answers."""
    with transaction.atomic():
        chain = Chain.objects.select_for_update().get(pk=chain_id)
        if chain.state != Chain.State.OK or _awaits_reports():
            return
        books, feed = Books(), FeedWriter()
        for want in wants:
            _answer(books, chain_id, store_id, want, now_ms)
        news.tell_balances(feed, books)
        feed.write()


def _awaits_reports() -> bool:
    return Chain.objects.filter(state=Chain.State.OK, reported=False).exists()


def _answer(books: Books, chain_id: uuid.UUID, store_id: str, want: Want, now_ms: int) -> None:
    missing = want.target - grants.held_by(chain_id, want.account, want.unit)
    is_coupon = want.unit == coupon_unit(want.account)
    if missing <= 0 or not _may_ask(store_id, want, is_coupon):
        return
    if books.held(want.account, want.unit).available < missing:
        return
    origin = Origin(identity().origin, next_commit(), now_ms, store_id)
    grants.grant(books, origin, new_id(now_ms), chain_id, want.account, want.unit, missing)
    if is_coupon:
        coupons.set_held(want.account, chain_id)


def _may_ask(store_id: str, want: Want, is_coupon: bool) -> bool:
    if is_coupon:
        known = coupons.find(want.account)
        if known is None or known.row.state != "free":
            return False
        return store_id in stores_of(want.account, known.store_id)
    return store_id in roll.stores_of(want.account) and aliases.owner_of(want.account) == want.account
