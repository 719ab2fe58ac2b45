"""Grants that this checkout asked for and may not need after all: given back when the sale ends without them."""

from __future__ import annotations

import uuid
from collections.abc import Container
from typing import Final

from agent.service.leases import release_unused
from agent.service.views import LeaseAsk
from agent.store.database import Store
from agent.store.leases import open_leases

# An answer can come while its sale ends, so an ask is looked after once more at the next one's end.
_LOOKS: Final = 2


class AskedLeases:
    """What was asked, by account and unit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looks_left: dict[tuple[uuid.UUID, str], int] = {}

    def note(self, ask: LeaseAsk) -> None:
        """HQ is being asked for this."""
        self._looks_left[ask.account_id, ask.unit] = _LOOKS

    def release(self, reason: str, at_ms: int, keep: Container[uuid.UUID] = ()) -> bool:
        """Give back what is left of what was asked, except for the accounts to `keep`.

        Returns whether something was journalled.
        """
        asked = [key for key in self._looks_left if key[0] not in keep]
        if not asked:
            return False
        reader = self._store.reader()
        left = [
            (account_id, unit)
            for account_id, unit in asked
            if any(lease.unit == unit for lease in open_leases(reader, account_id))
        ]
        if left:
            with self._store.unit_of_work() as db:
                for account_id, unit in left:
                    release_unused(db, account_id, unit, reason, at_ms)
        for key in asked:
            self._looks_left[key] -= 1
            if self._looks_left[key] <= 0 or key in left:
                del self._looks_left[key]
        return bool(left)
