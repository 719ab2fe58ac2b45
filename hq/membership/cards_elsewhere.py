"""A gift card in another store than the one that sold it: its number there is another name of one and the same account.

Each store hashes numbers with its own key, so a store cannot know another's cards. HQ has all keys: it finds the account by
the number, and makes what the asking store would call it an alias. From then on the card is that account everywhere,
lent to one register at a time like any balance.
"""

from __future__ import annotations

import uuid

from agent.domain.gift_cards import card_account, card_number
from agent.domain.ledger import money_unit
from hq.devices.models import Store
from hq.feed import news
from hq.feed.writer import store_settings
from hq.members import aliases
from hq.members.models import Account
from hq.membership.accounts import Accounts
from sync.wire.feed import BalanceRow

KIND = "gift_card"


def find(accounts: Accounts, store: Store, text: str) -> BalanceRow | None:
    """What is on the card, for a store that takes cards; its registers hear of it from now on. None where no store of the
    same currency has sold it. Raises LoyaltyError for what is no card's number."""
    number = card_number(text)
    settings = store_settings(store.pk)
    if settings is None or not settings.gift_cards:
        return None
    own = card_account(bytes(store.store_key), number)
    account_id = _account(store, own, number)
    if account_id is None:
        return None
    if account_id != own and aliases.owner_of(own) == own:
        aliases.add(own, account_id, accounts.now_ms)
        news.tell_alias(accounts.feed, own, account_id, [store.pk])
    accounts.join_store(account_id, store.pk)
    return news.balance_row(accounts.books, account_id, money_unit(store.currency))


def _account(store: Store, own: uuid.UUID, number: str) -> uuid.UUID | None:
    """The store's own card first; else that of the store that sold it first."""
    others = Store.objects.filter(currency=store.currency).exclude(pk=store.pk).order_by("pk")
    names = [own, *(card_account(bytes(other.store_key), number) for other in others)]
    owner = aliases.owner_of(own)
    if owner != own:
        return owner
    sold = {one.pk: one for one in Account.objects.filter(pk__in=names, kind=KIND)}
    if own in sold:
        return own
    first = min(sold.values(), key=lambda one: (one.opened_ms, one.pk), default=None)
    return aliases.owner_of(first.pk) if first is not None else None
