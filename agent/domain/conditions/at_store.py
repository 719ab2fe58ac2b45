"""The program must be one of this store's."""

from __future__ import annotations

from agent.domain import refusal_codes
from agent.domain.quote import Refusal
from agent.domain.quote_input import Context


def check_store(stores: frozenset[str], context: Context) -> Refusal | None:
    """`stores` empty: every store."""
    if stores and context.store_id not in stores:
        return Refusal(refusal_codes.OTHER_STORE)
    return None
