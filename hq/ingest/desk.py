"""What the projector works with for one entry: the chain, the books, the feed, HQ's time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db import connection

from hq.columns import key
from hq.devices.models import Chain, Store
from hq.feed.state import Identity
from hq.feed.writer import FeedWriter
from hq.ledger.books import Books, Origin
from hq.membership.accounts import Accounts
from hq.occasions.office import Office


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
    def office(self) -> Office:
        """The same books and feed for what HQ gives because of this entry."""
        return Office(self.books, self.feed, self.identity, self.now_ms)

    @property
    def store(self) -> Store:
        return self.chain.register.store

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

    @property
    def accounts(self) -> Accounts:
        """Whose accounts are whose, within this entry's books and feed."""
        return Accounts(self.books, self.feed, self.now_ms)

    def make_alias(self, account_id: uuid.UUID, owner_id: uuid.UUID) -> bool:
        """The account belongs to `owner_id`: told to every store that knows it, which then knows the owner too."""
        return self.accounts.make_alias(account_id, owner_id)

    def join_store(self, account_id: uuid.UUID, store_id: str) -> None:
        """The store's registers know the account, and hear of it if they did not."""
        self.accounts.join_store(account_id, store_id)

    def sweep(self, account_id: uuid.UUID, origin: Origin, nth: int = 0) -> None:
        """Move what an aliased account has available to its owner, lots and all; and what it owes."""
        self.accounts.sweep(account_id, origin, nth)
