"""Asking HQ, now, for exactly what a tapped reward costs; and for a member whom this register does not know.

The desk stands between the checkout, which waits at most two seconds, and the courier, which carries the ask. A
grant that comes after the asker gave up is received and released: points are never parked by a slow line.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from agent.domain.member import IdentifierKind
from agent.service.ports import HqAway, LeaseAnswer
from sync.client import HqClient
from sync.outcomes import HqTrouble
from sync.wire.feed import BalanceRow, MemberRow
from sync.wire.messages import MAX_WANTS, LookedUp, Lookup, Want

ASK_TIMEOUT_S: Final = 2.0
LOOKUP_TIMEOUT_S: Final = 2.0

_Key = tuple[uuid.UUID, str]


class _Ask:
    """One person waiting for one grant."""

    def __init__(self, account_id: uuid.UUID, unit: str, target: int) -> None:
        self.want = Want(account_id, unit, target)
        self.answered = threading.Event()
        self.answer: LeaseAnswer = "offline"

    @property
    def key(self) -> _Key:
        return self.want.account, self.want.unit

    def end(self, answer: LeaseAnswer) -> None:
        self.answer = answer
        self.answered.set()


class LeaseDesk:
    """Asks that wait. `wake` starts the courier; `open` tells whether it would carry an ask at all."""

    def __init__(self, wake: Callable[[], None], is_open: Callable[[], bool]) -> None:
        self._wake = wake
        self._is_open = is_open
        self._lock = threading.Lock()
        self._asks: list[_Ask] = []

    def ask(
        self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float = ASK_TIMEOUT_S
    ) -> LeaseAnswer:
        """Wait for the grant: `granted` means that it is in the store. Never longer than `timeout_s`."""
        ask = _Ask(account_id, unit, target)
        with self._lock:
            if len(self._asks) >= MAX_WANTS or not self._is_open():
                return "offline"
            self._asks.append(ask)
        self._wake()
        ask.answered.wait(timeout_s)
        with self._lock:
            # Under the lock an answer has either come, or finds nobody and is released as late.
            if ask in self._asks:
                self._asks.remove(ask)
            return ask.answer

    def waiting(self) -> tuple[Want, ...]:
        """What the courier should ask for: one want for each account and unit, the largest."""
        with self._lock:
            largest: dict[_Key, Want] = {}
            for ask in self._asks:
                known = largest.get(ask.key)
                if known is None or known.target < ask.want.target:
                    largest[ask.key] = ask.want
            return tuple(largest.values())

    def settle(
        self, sent: Iterable[Want], granted: Iterable[_Key], held: Callable[[uuid.UUID, str], int]
    ) -> set[_Key]:
        """HQ has answered these wants, and these grants are in the store. Returns the grants nobody waits for."""
        asked = {(want.account, want.unit) for want in sent}
        new = set(granted)
        with self._lock:
            waited_for = set()
            for ask in [ask for ask in self._asks if ask.key in asked or ask.key in new]:
                if held(*ask.key) >= ask.want.target:
                    waited_for.add(ask.key)
                    ask.end("granted")
                elif ask.key in asked:
                    ask.end("refused")
                else:
                    continue
                self._asks.remove(ask)
        return new - waited_for

    def away(self) -> None:
        """HQ cannot be reached: whoever waits is told at once."""
        with self._lock:
            for ask in self._asks:
                ask.end("offline")
            self._asks.clear()


class _Lookup:
    """One question on its way to HQ, and what came of it."""

    def __init__(self, message: Lookup) -> None:
        self.message = message
        self.done = threading.Event()
        self.found = LookedUp()
        self.trouble: Exception | None = None


class LookupDesk:
    """Members and gift cards that this register does not know, asked of HQ over a connection of its own, one at a time.

    The question travels on a thread of its own: name servers, and an answer that drips, know no timeout, and the
    checkout waits for neither.
    """

    def __init__(self, client: HqClient, is_open: Callable[[], bool]) -> None:
        self._client = client
        self._is_open = is_open
        self._lock = threading.Lock()

    def lookup(
        self, kind: IdentifierKind, value: str, timeout_s: float = LOOKUP_TIMEOUT_S
    ) -> MemberRow | None:
        """The member behind a normal identifier, or None where HQ knows none. Raises HqAway for any trouble."""
        return self._ask(Lookup(kind=kind, value=value), timeout_s).member

    def find_gift_card(self, number: str, timeout_s: float = LOOKUP_TIMEOUT_S) -> BalanceRow | None:
        """What is on a card that another store sold, or None where none did. Raises HqAway for any trouble."""
        found = self._ask(Lookup(kind="gift_card", value=number), timeout_s).gift_card
        return None if found is msgspec.UNSET else found

    def _ask(self, message: Lookup, timeout_s: float) -> LookedUp:
        if not self._is_open() or not self._lock.acquire(blocking=False):
            raise HqAway
        asked = _Lookup(message)
        threading.Thread(target=self._carry, args=(asked, timeout_s), name="lookup", daemon=True).start()
        if not asked.done.wait(timeout_s):
            raise HqAway("HQ does not answer in time")
        if isinstance(asked.trouble, HqTrouble):
            raise HqAway(str(asked.trouble)) from asked.trouble
        if asked.trouble is not None:
            raise asked.trouble
        return asked.found

    def _carry(self, asked: _Lookup, timeout_s: float) -> None:
        """The thread of one question; whoever asks before it has an answer, or none, is told that HQ is away."""
        try:
            asked.found = self._client.lookup(asked.message, timeout_s)
        except Exception as trouble:  # noqa: BLE001  the top of this worker: whoever asked gets it
            asked.trouble = trouble
        finally:
            self._lock.release()
            asked.done.set()

    def close(self) -> None:
        self._client.close()
