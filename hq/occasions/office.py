"""What HQ works with when it gives something by itself: its books, its feed and its time, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from hq.feed import news
from hq.feed.state import Identity, identity
from hq.feed.writer import FeedWriter
from hq.ledger.books import Books


@dataclass(frozen=True, slots=True)
class Office:
    """The books and the feed of the caller's transaction."""

    books: Books
    feed: FeedWriter
    identity: Identity
    now_ms: int


@contextmanager
def open_office(now_ms: int) -> Iterator[Office]:
    """An office with a transaction of its own; registers hear of everything that changed in it."""
    with transaction.atomic():
        office = Office(Books(), FeedWriter(), identity(), now_ms)
        yield office
        news.tell_balances(office.feed, office.books)
        office.feed.write()
