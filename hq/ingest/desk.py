"""What the projector works with for one entry: the chain, the books, the feed, HQ's time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db import connection

from agent.domain.ledger import AVAILABLE, Posting
from hq.columns import key
from hq.devices.models import Chain
from hq.feed import news
from hq.feed.state import Identity
from hq.feed.writer import FeedWriter
from hq.ledger import lots
from hq.ledger.books import Books, Origin, Step
from hq.members import aliases, roll


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it was received; `hash` is the chain's after it."""

    seq: int
    kind: int
    version: int
    body: bytes
    hash: bytes


@dataclass(slots=True)
class Desk:
    """One entry's projection. `chain` is loaded with its register and store."""

    chain: Chain
    identity: Identity
    now_ms: int
    books: Books = field(default_factory=Books)
    feed: FeedWriter = field(default_factory=FeedWriter)

    @property
    def chain_id(self) -> uuid.UUID:
        return self.chain.chain_id

    @property
    def store_id(self) -> str:
        return str(self.chain.register.store_id)

    @property
    def store_key(self) -> bytes:
        return bytes(self.chain.register.store.store_key)

    def blob(self, blob_id: uuid.UUID) -> bytes | None:
        """The personal data that came beside this chain's entries: b"" once erased, None when it never came."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT data FROM personal_blob WHERE chain_id = %s AND blob_id = %s",
                [key(self.chain_id), key(blob_id)],
            )
            row = cursor.fetchone()
        return None if row is None else bytes(row[0])

    def make_alias(self, account_id: uuid.UUID, owner_id: uuid.UUID) -> bool:
        """The account belongs to `owner_id`: told to every store that knows it, which then knows the owner too."""
        if not aliases.add(account_id, owner_id, self.now_ms):
            return False
        owner = aliases.owner_of(account_id)
        stores = roll.stores_of(account_id)
        for store_id in stores:
            self.join_store(owner, store_id)
        news.tell_alias(self.feed, account_id, owner, stores)
        return True

    def join_store(self, account_id: uuid.UUID, store_id: str) -> None:
        """The store's registers know the account, and hear of it if they did not."""
        if roll.join_store(account_id, store_id, self.now_ms):
            news.tell_joined(self.feed, self.books, account_id, store_id)

    def sweep(self, account_id: uuid.UUID, origin: Origin, nth: int = 0) -> None:
        """Move what an aliased account has available to its owner, lots and all."""
        owner = aliases.owner_of(account_id)
        if owner == account_id:
            return
        legs: list[Posting] = []
        for unit, held in self.books.all_held(account_id).items():
            if unit.startswith(news.COUPON):
                continue
            for chain_id, seq in self.books.counted(account_id, unit).items():
                self.books.saw(owner, unit, chain_id, seq)
            if held.available > 0:
                legs.append(Posting(account_id, unit, AVAILABLE, -held.available))
                legs.append(Posting(owner, unit, AVAILABLE, held.available))
        if legs and self.books.post(origin, Step.SWEPT, legs, nth):
            for leg in legs:
                if leg.amount < 0:
                    for part in lots.take(account_id, leg.unit, -leg.amount):
                        lots.add(owner, leg.unit, part.lot_id, part.amount, origin.at_ms, part.expires_on)
