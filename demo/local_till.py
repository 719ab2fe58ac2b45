"""The till on the demo shop in one process: its store, services, courier and spooler, and a virtual printer.

Pictures of the till and its journeys in the tests run on this, with HQ behind it (running_shop.py) or without.
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
from agent.service.member_news import MemberNews
from agent.service.moment import offset_at
from agent.service.ports import Clock
from agent.service.returns import ReturnDesk
from agent.store.chains import read_chain
from agent.store.database import Store
from agent.store.journal import head_of
from agent.store.print_jobs import count_queued
from agent.store.status import PrinterReport, read_status
from demo.demo_lane import wait_for
from demo.hq_line import HqLine
from demo.local_shop import make_local_register
from printers.escpos_bytes import load
from printers.profile import profile_for
from printers.spooler import Spooler
from printers.timing import Timing
from printers.transports.virtual import VirtualTransport
from printers.virtual.printer import VirtualPrinter
from sync.courier import Courier, Pace, open_link
from sync.signing import RegisterKey
from sync.wire.entries import Consent, Operator
from ui.till.services import TillServices

# A demo's printer is never far away, and a picture should not wait for it; it answers, though the machine may be slow.
_QUICK: Final = Timing(
    poll_s=0.02,
    idle_status_s=0.05,
    reply_s=10.0,
    probe_s=10.0,
    blocked_s=0.02,
    backoff_first_s=0.05,
    stop_s=0.5,
)
# HQ is on this machine, and a journey should not wait for what a shop gets within half a minute.
_PACE: Final = Pace(heartbeat_s=2.0, pull_s=0.5, first_wait_s=0.02, longest_wait_s=0.2)
_NOTICED_S: Final = 60.0


class TillLine:
    """The till's line to HQ, and what can happen to it. Each switch returns once the register has noticed."""

    def __init__(self, line: HqLine, courier: Courier) -> None:
        self._line = line
        self._courier = courier

    def go_away(self) -> None:
        """From now on there is no connection."""
        self._line.cut()
        self._courier.refresh()
        _wait(lambda: not self._courier.online(), "the register did not notice that HQ is away")

    def come_back(self) -> None:
        """There is a connection again."""
        self._line.restore()
        self._courier.wake()
        _wait(self._courier.online, "the register did not find HQ again")

    def hold_answers(self) -> None:
        """HQ hears everything and its answers stay on the way, as on a slow line."""
        self._line.hold()

    def let_answers_go(self) -> None:
        self._line.let_go()

    def refresh(self) -> None:
        """Let the register ask HQ for what is new."""
        self._courier.refresh()


class LocalTill:
    """A register of the demo shop with its printer, opened by `local_till`."""

    def __init__(self, data_dir: Path, clock: Clock, line: HqLine, cache: Path) -> None:
        entropy = SystemEntropy()
        keys = KeyStore(data_dir, "file")
        signing, store_key = keys.read(SIGNING_KEY), keys.read(STORE_KEY)
        if signing is None or store_key is None:
            raise FileNotFoundError(f"{data_dir} is no register")
        self.clock = clock
        self.store = Store(data_dir / DATABASE)
        key = RegisterKey(signing)
        self.courier = open_link(self.store, line.url, key, clock, entropy, _PACE)
        self.hq = TillLine(line, self.courier)
        self.lane = Lane(
            store=self.store,
            clock=clock,
            entropy=entropy,
            signer=key,
            link=self.courier,
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

        def join(
            kind: IdentifierKind, text: str, consents: tuple[str, ...], friends_code: str, news: MemberNews
        ) -> object:
            agreed = tuple(Consent(one, True) for one in consents)
            return enrol(
                lane, person, kind, text, agreed, locale=locale, referral_code=friends_code, news=news
            )

        return TillServices(
            lane=lane,
            checkout=Checkout(lane, person, locale),
            returns=ReturnDesk(lane, person, locale),
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

    def all_at_hq(self) -> bool:
        """Whether HQ has the whole journal, and what it made of it has come back: balances hold every sale."""
        reader = self.store.reader()
        chain = read_chain(reader, this_register(reader).chain_id)
        sent = chain is not None and chain.acked_seq == head_of(reader, chain.chain_id).seq
        (awaited,) = reader.execute("select count(*) from own_posting").fetchone()
        return sent and not awaited


@contextlib.contextmanager
def local_till(data_dir: Path, clock: Clock, line: HqLine, cache: Path) -> Iterator[LocalTill]:
    """The register of this folder at the end of a line to HQ, with its printer on; stopped and closed at the end.

    Where the line is whole, the register is online from the start. `cache` holds the printer library's tables; several
    registers may share one.
    """
    till = LocalTill(data_dir, clock, line, cache)
    till.printer.start()
    till.spooler.start()
    till.courier.start()
    try:
        if line.whole:
            _wait(till.courier.online, "the register did not find HQ")
        yield till
    finally:
        till.courier.stop()
        till.spooler.stop()
        till.printer.stop()
        till.store.close()


@contextlib.contextmanager
def lonely_till(data_dir: Path, clock: Clock, cache: Path) -> Iterator[LocalTill]:
    """A register that has the whole shop and no HQ: its line is down from beginning to end."""
    make_local_register(data_dir, name="Register 2", at_ms=clock.now_ms())
    line = HqLine(0)
    try:
        with local_till(data_dir, clock, line, cache) as till:
            yield till
    finally:
        line.close()


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    if not wait_for(until, _NOTICED_S):
        raise TimeoutError(otherwise)
