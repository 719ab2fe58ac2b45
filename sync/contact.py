"""What the till's strip says about the line to HQ; written only when it changes, for each write is an fsync."""

from __future__ import annotations

import logging
from typing import Any, Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.service.ports import Clock
from agent.store.database import CommitUnknown, Store
from agent.store.status import HqContact, put_status, read_status
from sync.hq_time import HqTime

_log = logging.getLogger(__name__)

# A clock that drifts by less than this is not worth a write.
_SKEW_STEP_MS: Final = 2_000


class ContactLog:
    """Online or not, since when, how far the clocks differ, and the last trouble's two lines."""

    def __init__(self, store: Store, address: str, clock: Clock, hq_time: HqTime) -> None:
        self._store = store
        self._clock = clock
        self._hq_time = hq_time
        before = read_status(store.reader(), HqContact)
        self._said = before
        # Whatever was true when the program ended, there is no line before the first answer.
        since_ms = before.since_ms if not before.online and before.since_ms else clock.now_ms()
        self._now = HqContact(online=False, since_ms=since_ms, address=address, skew_ms=before.skew_ms)
        self._heard_s: float | None = None

    def online(self, within_s: float) -> bool:
        heard_s = self._heard_s
        return self._now.online and heard_s is not None and self._clock.monotonic_s() - heard_s <= within_s

    def heard(self) -> None:
        """HQ answered."""
        self._heard_s = self._clock.monotonic_s()
        skew_ms = self._hq_time.offset_ms
        if self._now.skew_ms is not None and abs(skew_ms - self._now.skew_ms) < _SKEW_STEP_MS:
            skew_ms = self._now.skew_ms
        if self._now.online:
            self._write(self._with(skew_ms=skew_ms))
        else:
            self._write(
                HqContact(
                    online=True, since_ms=self._clock.now_ms(), address=self._now.address, skew_ms=skew_ms
                )
            )

    def lost(self, title: str, advice: str) -> None:
        """There is no line: the two lines say why."""
        since_ms = self._clock.now_ms() if self._now.online else self._now.since_ms
        self._write(self._with(online=False, since_ms=since_ms, title=title, advice=advice))

    def troubled(self, title: str, advice: str) -> None:
        """The line is well; what came over it could not be used."""
        self._write(self._with(title=title, advice=advice))

    def untroubled(self) -> None:
        self._write(self._with(title="", advice=""))

    def _with(self, **changes: Any) -> HqContact:
        return msgspec.structs.replace(self._now, **changes)

    def _write(self, contact: HqContact) -> None:
        before, self._now = self._now, contact
        if (contact.online, contact.title) != (before.online, before.title):
            _log.info("HQ: %s", contact.title or ("online" if contact.online else "offline"))
        if contact == self._said:
            return
        try:
            with self._store.unit_of_work() as db:
                put_status(db, contact)
        except (LoyaltyError, CommitUnknown) as error:
            # A full disk must not stop the courier; the next change is written when it can be.
            _log.warning("the state of the line to HQ could not be written: %s", error)
            return
        self._said = contact
