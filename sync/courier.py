"""The courier: one thread that carries the journal to HQ and HQ's feed to the register.

It starts from rows and is called by nobody, so that an HQ that is down, slow, restarted or confused never holds up a
sale. Its pace follows a monotonic clock. Whatever goes wrong is one state and two lines for the till's strip; a bug
of ours stops this thread, loudly, and nothing else.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.domain.member import IdentifierKind
from agent.service import coupons, leases
from agent.service.lane import this_register
from agent.service.moment import stamp_at
from agent.service.ports import Clock, Entropy, LeaseAnswer
from agent.store.database import CommitUnknown, Store
from agent.store.leases import all_open_leases
from sync.backoff import Backoff, Pace
from sync.catalog import Catalog
from sync.client import HqClient
from sync.contact import ContactLog
from sync.hq_time import HqTime
from sync.leases import ASK_TIMEOUT_S, LOOKUP_TIMEOUT_S, LeaseDesk, LookupDesk
from sync.outcomes import ChainStopped, HqRefused, HqTrouble, HqUnreachable
from sync.push import Pusher
from sync.signing import RegisterKey
from sync.wire.feed import BalanceRow, MemberRow
from sync.wire.messages import PROBLEM_REVOKED

__all__ = ["Courier", "Pace", "open_link"]

_log = logging.getLogger(__name__)

# A contact older than this many heartbeats is no connection, whatever the last answer was.
_STALE_HEARTBEATS: Final = 3
STOP_TIMEOUT_S: Final = 5.0


class Courier:
    """The register's line to HQ (the services' HqLink). Made by `open_link`; `start` and `stop` it once."""

    def __init__(
        self, store: Store, hq_url: str, key: RegisterKey, clock: Clock, entropy: Entropy, pace: Pace
    ) -> None:
        register = this_register(store.reader())
        hq_time = HqTime(clock)
        client, asking = (
            HqClient(
                hq_url,
                key,
                hq_time,
                clock,
                connect_timeout_s=pace.connect_timeout_s,
                read_timeout_s=pace.read_timeout_s,
            )
            for _use in ("courier", "lookups")
        )
        self._store = store
        self._clock = clock
        self._pace = pace
        self._client = client
        self._contact = ContactLog(store, hq_url, clock, hq_time)
        self._desk = LeaseDesk(self.wake, self._may_ask)
        self._lookups = LookupDesk(asking, self._may_ask)
        self._pusher = Pusher(store, register.chain_id, client, self._desk, clock)
        self._catalog = Catalog(store, register.chain_id, register.store_id, client, clock)
        self._line, self._feed = (
            Backoff(_chance(entropy), first_s=pace.first_wait_s, longest_s=pace.longest_wait_s)
            for _use in ("line", "feed")
        )
        self._push_due_s = self._pull_due_s = clock.monotonic_s()
        self._chain_state = self._pusher.chain(store.reader()).state
        # Grants that the program held when it ended belong to no basket any more.
        self._left_over = True
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._pull_wanted = threading.Event()
        self._pull_wanted.set()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to carry; returns at once."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """End the thread. False when an exchange outlasted the timeout: its answer is still taken into the store."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._desk.away()
        self._lookups.close()
        ended = not self._thread.is_alive()
        if ended:
            self._client.close()
        return ended

    def wait_ended(self) -> None:
        """Wait for the thread's end, however long, after `stop`."""
        if self._thread.is_alive():
            self._thread.join()

    def online(self) -> bool:
        """Whether HQ answered the last time, and lately."""
        return self._contact.online(_STALE_HEARTBEATS * self._pace.heartbeat_s)

    def wake(self) -> None:
        """There is something to send; returns at once."""
        self._line.wake()
        self._woken.set()

    def refresh(self) -> None:
        """Pull the feed now."""
        self._pull_wanted.set()
        self._feed.wake()
        self.wake()

    def ask_lease(
        self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float = ASK_TIMEOUT_S
    ) -> LeaseAnswer:
        """Ask that this chain holds `target` of the unit. `granted` means that the grant is in the store."""
        return self._desk.ask(account_id, unit, target, timeout_s)

    def lookup(
        self, kind: IdentifierKind, value: str, timeout_s: float = LOOKUP_TIMEOUT_S
    ) -> MemberRow | None:
        """The member behind a normal identifier, asked of HQ. Raises HqAway."""
        found = self._lookups.lookup(kind, value, timeout_s)
        if found is not None:
            # The member now belongs to this store too: their points come with the feed.
            self.refresh()
        return found

    def find_gift_card(self, number: str, timeout_s: float = LOOKUP_TIMEOUT_S) -> BalanceRow | None:
        """What is on a card that another store sold, asked of HQ. Raises HqAway."""
        return self._lookups.find_gift_card(number, timeout_s)

    def _may_ask(self) -> bool:
        return self._chain_state == "ok" and not self._stopping.is_set() and self._thread.is_alive()

    def _run(self) -> None:
        """The thread: rounds until stopped. The one place that catches everything."""
        try:
            if self._chain_state != "ok":
                self._halt(ChainStopped(self._chain_state))
            while not self._stopping.is_set():
                # Cleared before the round, so that a wake in the middle of it is not lost.
                self._woken.clear()
                self._woken.wait(self._round())
        except Exception:  # noqa: BLE001  the top of this worker
            if self._stopping.is_set():
                _log.warning("the courier was stopped in the middle of an exchange", exc_info=True)
                return
            _log.critical("the courier stopped because of a defect", exc_info=True)
            self._contact.lost(
                _("The connection to HQ has stopped because of a fault in Regulars."),
                _("Sales go on and are kept here. Start Regulars again, and send its log to support."),
            )
            self._desk.away()
        finally:
            self._client.close()

    def _round(self) -> float:
        """Do what is due. Returns how many seconds may pass before the next round, unless somebody wakes us."""
        try:
            if self._left_over:
                leases.release_left_over(self._store, self._clock.now_ms())
                self._left_over = False
            self._line_round()
            self._feed_round()
        except ChainStopped as stopped:
            self._halt(stopped)
        except HqTrouble as trouble:
            self._failed(trouble)
        except (LoyaltyError, CommitUnknown) as error:
            # The register's own disk or lock; what was not written is asked for again.
            self._line.failed(self._clock.monotonic_s())
            title, advice = _lines(error)
            self._contact.lost(title, advice)
            self._desk.away()
        return self._pause_s()

    def _line_round(self) -> None:
        """One PUSH: of what is unsent or asked, or as a heartbeat."""
        now_s = self._clock.monotonic_s()
        if self._chain_state != "ok" or self._line.wait_s(now_s) > 0:
            return
        # A failed line is tried by a PUSH, due or not: a pull that found HQ away must not wait for the next heartbeat.
        if now_s < self._push_due_s and not self._line.failing and not self._pusher.has_work():
            return
        step = self._pusher.step()
        self._contact.heard()
        self._push_due_s = self._clock.monotonic_s() + self._pace.heartbeat_s
        if step.stuck:
            # HQ answered and took nothing: asking again at once would only be noise.
            self._line.failed(self._clock.monotonic_s())
            return
        self._line.succeeded()
        if not step.unsent:
            self._tidy()
            if step.sent:
                self._pull_wanted.set()

    def _tidy(self) -> None:
        """What is only done with a connection: coupons of later days, and lots past their date, go to HQ."""
        at_ms = self._clock.now_ms()
        coupons.release_for_any_lane(self._store, at_ms)
        reader = self._store.reader()
        if all_open_leases(reader):
            with self._store.unit_of_work() as db:
                leases.release_expired(db, stamp_at(db, at_ms).business_date, at_ms)

    def _feed_round(self) -> None:
        """Pull the feed where it is due, a page between two looks at the journal.

        A forked register still gets its prices and programs; only a revoked one hears nothing more.
        """
        now_s = self._clock.monotonic_s()
        if self._chain_state == "revoked" or self._line.failing or self._feed.wait_s(now_s) > 0:
            return
        if now_s < self._pull_due_s and not self._pull_wanted.is_set():
            return
        self._pull_wanted.clear()
        more = True
        try:
            more = self._catalog.step()
        except (HqTrouble, LoyaltyError) as error:
            if _is_of_the_line(error) and (self._chain_state == "ok" or _says_revoked(error)):
                raise
            self._feed.failed(self._clock.monotonic_s())
            if self._chain_state == "ok":
                # The line is well, what came over it is not.
                self._contact.troubled(*_lines(error))
            return
        finally:
            if more:
                self._pull_wanted.set()
        self._feed.succeeded()
        self._pull_due_s = self._clock.monotonic_s() + self._pace.pull_s
        if self._chain_state == "ok":
            self._contact.heard()
            self._contact.untroubled()

    def _failed(self, trouble: HqTrouble) -> None:
        if _says_revoked(trouble):
            self._pusher.revoke()
            self._halt(ChainStopped("revoked"))
            return
        self._line.failed(self._clock.monotonic_s())
        self._contact.lost(trouble.title, trouble.advice)
        self._desk.away()

    def _halt(self, stopped: ChainStopped) -> None:
        """The chain may not go on: nothing is sent or asked until a person has enrolled this register again."""
        self._chain_state = stopped.state
        self._line.succeeded()
        self._contact.lost(stopped.title, stopped.advice)
        self._desk.away()

    def _pause_s(self) -> float:
        """Seconds until something is due."""
        now_s = self._clock.monotonic_s()
        if self._chain_state == "revoked":
            return self._pace.heartbeat_s
        if self._line.failing:
            return self._line.wait_s(now_s)
        due_s = 0.0 if self._pull_wanted.is_set() else self._pull_due_s - now_s
        pull_s = max(0.0, due_s, self._feed.wait_s(now_s))
        if self._chain_state != "ok":
            return pull_s
        return 0.0 if self._pusher.has_work() else max(0.0, min(self._push_due_s - now_s, pull_s))


def open_link(
    store: Store, hq_url: str, key: RegisterKey, clock: Clock, entropy: Entropy, pace: Pace | None = None
) -> Courier:
    """The line of an enrolled register to its HQ, not started yet.

    Raises LoyaltyError before the register's enrolment, or for an address that may not be used.
    """
    return Courier(store, hq_url, key, clock, entropy, pace or Pace())


def _chance(entropy: Entropy) -> Callable[[], float]:
    return lambda: int.from_bytes(entropy.token(4), "big") / 2**32


def _is_of_the_line(error: Exception) -> bool:
    return isinstance(error, (HqUnreachable, HqRefused))


def _says_revoked(error: Exception) -> bool:
    return isinstance(error, HqRefused) and error.problem.code == PROBLEM_REVOKED


def _lines(error: Exception) -> tuple[str, str]:
    if isinstance(error, (LoyaltyError, HqTrouble)):
        return error.title, error.advice
    return _("The register's database did not confirm what HQ sent."), _("It is asked for again.")
