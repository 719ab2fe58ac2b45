"""HQ's answers without HQ, for pictures and for journeys through the till: a line that is up or away.

It lends what is asked for as HQ would: a grant that the register receives, journals and may spend. Whether HQ itself
does right is not asked here; the demo and its tests run the real one.
"""

from __future__ import annotations

import threading
import uuid

from agent.domain.member import IdentifierKind
from agent.service.leases import receive_grants
from agent.service.ports import Clock, Entropy, HqAway, LeaseAnswer, new_id
from agent.store.database import Store
from agent.store.status import HqContact, put_status
from sync.wire.entries import LotPart
from sync.wire.feed import MemberRow
from sync.wire.messages import Grant


class NearHq:
    """An HqLink. `lends` false: HQ answers that it lends nothing now."""

    def __init__(self, store: Store, clock: Clock, entropy: Entropy) -> None:
        self.lends = True
        # Cleared, it holds HQ's answers back, as a slow line does.
        self.answers = threading.Event()
        self.answers.set()
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._online = False
        self.come_back()

    def go_away(self) -> None:
        """From now on there is no connection."""
        self._contact(online=False)

    def come_back(self) -> None:
        """There is a connection, and everything arrives."""
        self._contact(online=True)

    def online(self) -> bool:
        return self._online

    def wake(self) -> None:
        return None

    def ask_lease(self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float) -> LeaseAnswer:
        if not self._online or not self.answers.wait(timeout_s):
            return "offline"
        if not self.lends:
            return "refused"
        at_ms = self._clock.now_ms()
        grant = Grant(
            grant_id=new_id(at_ms, self._entropy),
            account_id=account_id,
            unit=unit,
            amount=target,
            lots=(LotPart("lot", target),),
        )
        with self._store.unit_of_work() as db:
            receive_grants(db, [grant], at_ms)
        return "granted"

    def lookup(self, kind: IdentifierKind, value: str, timeout_s: float) -> MemberRow | None:
        if not self._online:
            raise HqAway("the line is away")
        return None

    def _contact(self, *, online: bool) -> None:
        self._online = online
        with self._store.unit_of_work() as db:
            put_status(db, HqContact(online=online, since_ms=self._clock.now_ms()))
