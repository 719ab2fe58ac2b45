"""The till on the demo shop in one process: a real store, the real services, spooler and virtual printer.

HQ's line is the one thing that is played (near_hq.py). Pictures of the till and its journeys in the tests run on this.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from agent.bootstrap import DATABASE, SystemEntropy
from agent.domain.member import IdentifierKind
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.checkout import Checkout
from agent.service.enrolment import enrol
from agent.service.lane import Lane, this_register, this_store
from agent.service.moment import offset_at
from agent.service.ports import Clock
from agent.store.database import Store
from agent.store.print_jobs import count_queued
from agent.store.status import PrinterReport, read_status
from demo.local_shop import make_local_register
from demo.near_hq import NearHq
from printers.escpos_bytes import load
from printers.profile import profile_for
from printers.spooler import Spooler
from printers.timing import Timing
from printers.transports.virtual import VirtualTransport
from printers.virtual.printer import VirtualPrinter
from sync.signing import RegisterKey
from sync.wire.entries import Consent, Operator
from ui.till.services import TillServices

# A demo's printer is never far away, and a picture should not wait for it.
_QUICK: Final = Timing(
    poll_s=0.02,
    idle_status_s=0.05,
    reply_s=0.2,
    probe_s=0.3,
    blocked_s=0.02,
    backoff_first_s=0.05,
    stop_s=0.5,
)


class LocalTill:
    """A register of the demo shop with its printer, opened by `local_till`."""

    def __init__(self, data_dir: Path, clock: Clock, name: str, cache: Path) -> None:
        entropy = SystemEntropy()
        keys = KeyStore(data_dir, "file")
        signing, store_key = keys.read(SIGNING_KEY), keys.read(STORE_KEY)
        if signing is None or store_key is None:
            raise FileNotFoundError(f"{data_dir} is no register")
        self.clock = clock
        self.name = name
        self.store = Store(data_dir / DATABASE)
        self.hq = NearHq(self.store, clock, entropy)
        self.lane = Lane(
            store=self.store,
            clock=clock,
            entropy=entropy,
            signer=RegisterKey(signing),
            link=self.hq,
            store_key=store_key,
        )
        self._profile = profile_for("80mm", chinese=True)
        self._cache = cache
        self.printer = VirtualPrinter(self._profile)
        self.spooler = self._new_spooler()

    def services(
        self, *, operator_id: str = "1", operator: str = "Elena P.", locale: str = "en"
    ) -> TillServices:
        """The till's services for one operator, with a basket of their own."""
        person = Operator(operator_id, operator)
        store, lane = this_store(self.store.reader()), self.lane

        def join(kind: IdentifierKind, text: str, consents: tuple[str, ...]) -> object:
            return enrol(
                lane, person, kind, text, tuple(Consent(one, True) for one in consents), locale=locale
            )

        return TillServices(
            lane=lane,
            checkout=Checkout(lane, person, locale),
            enrol=join,
            store_name=store.name,
            register_name=this_register(self.store.reader()).name,
            operator_name=operator,
            country=store.country,
            currency=store.currency,
            currency_exponent=store.currency_exponent,
            offset_min=lambda at_ms: offset_at(store.zone, at_ms),
            locale=locale,
        )

    def restart_spooler(self) -> None:
        """As after a start of the program: what was under way when the last one ended is asked about."""
        self.spooler.stop()
        self.spooler = self._new_spooler()
        self.spooler.start()

    def _new_spooler(self) -> Spooler:
        return Spooler(
            self.store,
            lambda: VirtualTransport(self.printer, self.clock),
            self._profile,
            self.clock,
            policy="ask",
            timing=_QUICK,
            prepare=lambda: load(self._cache),
        )

    def printer_says(self, code: str) -> Callable[[], bool]:
        """Whether the strip would say this of the printer."""
        return lambda: read_status(self.store.reader(), PrinterReport).code == code

    def receipts_waiting(self) -> int:
        """How many receipts have not printed."""
        return count_queued(self.store.reader())


@contextlib.contextmanager
def local_till(
    data_dir: Path, clock: Clock, name: str = "Register 2", cache: Path | None = None
) -> Iterator[LocalTill]:
    """A new register in an empty folder, with its printer on; stopped and closed at the end.

    `cache` holds the printer library's tables; several registers may share one.
    """
    make_local_register(data_dir, name=name, at_ms=clock.now_ms())
    till = LocalTill(data_dir, clock, name, cache or data_dir / "cache" / "escpos")
    till.printer.start()
    till.spooler.start()
    try:
        yield till
    finally:
        till.spooler.stop()
        till.printer.stop()
        till.store.close()
