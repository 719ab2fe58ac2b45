"""What the items of gifts are called here."""

from __future__ import annotations

from agent.domain.quote import Quote
from agent.store.catalog import find_item
from agent.store.sqlite import Connection


def item_names(db: Connection, quote: Quote) -> dict[str, str]:
    """The names of the quote's gifts in this register's catalog, by item code."""
    found = {gift.item_code: find_item(db, gift.item_code) for gift in quote.gifts}
    return {code: item.name for code, item in found.items() if item is not None}
