"""Accounts that turn out to be another's: told to the registers, and what they hold moved to the owner, all of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from agent.domain.ledger import AVAILABLE, Posting
from hq.feed import news
from hq.feed.writer import FeedWriter
from hq.ledger import lots
from hq.ledger.books import Books, Origin, Step
from hq.members import aliases, roll


@dataclass(frozen=True, slots=True)
class Accounts:
    """Works with the books and the feed of one database transaction."""

    books: Books
    feed: FeedWriter
    now_ms: int

    def make_alias(self, account_id: uuid.UUID, owner_id: uuid.UUID) -> bool:
        """The account belongs to `owner_id`: told to every store that knows it, which then knows the owner too."""
        theirs = aliases.of(account_id)
        if not aliases.add(account_id, owner_id, self.now_ms):
            return False
        owner = aliases.owner_of(account_id)
        for each in theirs:
            stores = roll.stores_of(each)
            for store_id in stores:
                self.join_store(owner, store_id)
            news.tell_alias(self.feed, each, owner, stores)
        return True

    def join_store(self, account_id: uuid.UUID, store_id: str) -> None:
        """The store's registers know the account, and hear of it if they did not."""
        if roll.join_store(account_id, store_id, self.now_ms):
            news.tell_joined(self.feed, self.books, account_id, store_id)

    def sweep(self, account_id: uuid.UUID, origin: Origin, nth: int = 0) -> None:
        """Move what an aliased account has available to its owner, lots and all; and what it owes."""
        owner = aliases.owner_of(account_id)
        if owner == account_id:
            return
        legs: list[Posting] = []
        for unit, held in self.books.all_held(account_id).items():
            if unit.startswith(news.COUPON):
                continue
            for chain_id, seq in self.books.counted(account_id, unit).items():
                self.books.saw(owner, unit, chain_id, seq)
            if held.available:
                legs.append(Posting(account_id, unit, AVAILABLE, -held.available))
                legs.append(Posting(owner, unit, AVAILABLE, held.available))
        if legs and self.books.post(origin, Step.SWEPT, legs, nth):
            for leg in legs:
                if leg.account_id == account_id and leg.amount < 0:
                    for part in lots.take(account_id, leg.unit, -leg.amount):
                        lots.add(owner, leg.unit, part.lot_id, part.amount, origin.at_ms, part.expires_on)
                elif leg.account_id == account_id:
                    lots.pay_debt(account_id, leg.unit, leg.amount)
                    lots.take_back(owner, leg.unit, leg.amount, "")
