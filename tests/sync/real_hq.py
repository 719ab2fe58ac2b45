"""The real HQ in a process of its own, registers enrolled at it, and a line between them that loses things."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import subprocess
import sys
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from pysqlite3 import dbapi2 as sqlite

from agent.bootstrap import Agent, FileClock, build_agent, enrol_register
from agent.config import Config, HqConfig
from agent.service.checkout import Checkout
from agent.service.views import FinishedSale
from agent.store import chains, journal
from agent.store.status import HqContact, read_status
from demo.hq_process import HqProcess
from demo.local_shop import DEMO_SHOP
from sync.courier import Pace
from sync.wire import messages
from sync.wire.entries import Entry, Operator, decode_entry
from tests.at_hq import revoke
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually

STORE = "piata-mare"
# Sunday, 22 November 2026, 10:30 in Brașov.
TEN_THIRTY_MS = 1_795_336_200_000
DAY_MS = 86_400_000
OPERATOR = Operator("1", "Elena P.")
# HQ's last answer counts as a connection for three heartbeats: long enough for a machine that has other things to do.
QUICK = Pace(
    heartbeat_s=PATIENCE_S / 3,
    pull_s=0.2,
    first_wait_s=0.02,
    longest_wait_s=0.2,
    connect_timeout_s=PATIENCE_S,
    read_timeout_s=PATIENCE_S,
)
CODES = 80

_MAKE_CODES = """
import django; django.setup()
from hq import clock
from hq.devices.enrolment import new_code
from hq.devices.models import Store
store = Store.objects.get(pk={store!r})
print(*(new_code(store, clock.now_ms()) for _ in range({count})))
"""


class RealHq:
    """`python -m hq serve` on the demo shop, on a simulated clock that registers share."""

    def __init__(self, folder: Path) -> None:
        self.clock_file = folder / "clock"
        self.set_clock(TEN_THIRTY_MS)
        self.marker = folder / "die-after-commit"
        self.process = HqProcess(
            folder / "hq",
            settings="demo.hq_settings",
            environment={
                "REGULARS_CLOCK_FILE": str(self.clock_file),
                "REGULARS_DIE_AFTER_COMMIT": str(self.marker),
                "REGULARS_HQ_DATA": str(folder / "hq"),
            },
        )
        self.process.run("load-shop", str(DEMO_SHOP))
        self._codes = deque(self._python(_MAKE_CODES.format(store=STORE, count=CODES)).split())
        self.process.start()

    @property
    def url(self) -> str:
        return self.process.url

    def set_clock(self, at_ms: int) -> None:
        aside = self.clock_file.with_suffix(".new")
        aside.write_text(str(at_ms))
        aside.replace(self.clock_file)

    def new_code(self) -> str:
        return self._codes.popleft()

    def enrol(self, data_dir: Path, name: str, code: str = "") -> None:
        """Make the folder a register of the demo shop."""
        data_dir.mkdir()
        (data_dir / "register.toml").write_text('secrets = "file"\n')
        enrol_register(data_dir, self.url, code or self.new_code(), name, clock=FileClock(self.clock_file))

    def revoke(self, register_id: str) -> None:
        revoke(self.process, register_id)

    def entries(self, chain_id: uuid.UUID) -> list[tuple[int, bytes, bytes]]:
        """(seq, hash, body) of what HQ stored of a chain, straight from its database."""
        return self._rows(
            "select seq, hash, body from journal_entry where chain_id = ? order by seq", chain_id.hex
        )

    def posted_sales(self, chain_id: uuid.UUID) -> list[tuple[int, str]]:
        """(seq, state) of the sales that HQ projected."""
        return self._rows("select seq, state from sale where chain_id = ? order by seq", chain_id.hex)

    def quarantined(self) -> list[tuple[str, str]]:
        return self._rows("select code, detail from quarantine")

    def bucket(self, account_id: uuid.UUID, unit: str, bucket: str) -> int:
        """What HQ's ledger holds in one bucket."""
        [(amount,)] = self._rows(
            "select coalesce(sum(amount), 0) from posting where account_id = ? and unit = ? and bucket = ?",
            account_id.hex,
            unit,
            bucket,
        )
        return int(amount)

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        with contextlib.closing(sqlite.connect(self.process.data / "hq.db", timeout=PATIENCE_S)) as db:
            return db.execute(statement, values).fetchall()

    def _python(self, program: str) -> str:
        environment = {**self.process._environment, "DJANGO_SETTINGS_MODULE": "hq.settings"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


class RealLane:
    """A register of the demo shop, as bootstrap builds it, with its checkout."""

    def __init__(self, hq: RealHq, data_dir: Path, url: str = "") -> None:
        self.hq = hq
        self.data_dir = data_dir
        self.url = url
        self.reopen()

    def reopen(self) -> RealLane:
        """Begin anew on the same data, as after a restart; not connected yet."""
        self.agent: Agent = build_agent(
            self.data_dir,
            config=Config(secrets="file", hq=HqConfig(url=self.url or self.hq.url)),
            clock=FileClock(self.hq.clock_file),
            pace=QUICK,
        )
        assert self.agent.courier is not None
        self.courier = self.agent.courier
        self.store = self.agent.lane.store
        self.chain_id = self.agent.identity.chain_id
        self.checkout: Checkout = self.agent.checkout(OPERATOR)
        return self

    def start(self) -> RealLane:
        self.courier.start()
        return self

    def ready(self) -> RealLane:
        """Started, and in possession of the shop's items and programs."""
        self.start()
        eventually(self.courier.online)
        eventually(lambda: self.has_programs() and self.all_sent())
        return self

    def has_programs(self) -> bool:
        from agent.store.program_sets import active_hash

        return bool(active_hash(self.store.reader()))

    def stop(self) -> None:
        assert self.courier.stop(PATIENCE_S)
        self.store.close()

    def sell(self, *codes: str, card: str = "") -> FinishedSale:
        """Sell these items for cash."""
        if card:
            self.checkout.identify("card", card)
        for code in codes or ("1001",):
            self.checkout.enter(code)
        self.checkout.tender("cash")
        return self.checkout.finish()

    def all_sent(self) -> bool:
        reader = self.store.reader()
        return self.chain().acked_seq == journal.head_of(reader, self.chain_id).seq

    def chain(self) -> chains.Chain:
        found = chains.read_chain(self.store.reader(), self.chain_id)
        assert found is not None
        return found

    def contact(self) -> HqContact:
        return read_status(self.store.reader(), HqContact)

    def journalled(self) -> list[tuple[int, bytes, bytes]]:
        return [
            (row.seq, row.hash, row.body)
            for row in journal.read_all(self.store.reader())
            if row.chain_id == self.chain_id
        ]

    def entries(self) -> list[Entry]:
        return [
            decode_entry(row.kind, row.version, row.body)
            for row in journal.read_all(self.store.reader())
            if row.chain_id == self.chain_id
        ]


class LossyLine:
    """A line to HQ: each request takes the next fault, `lose_request` or `lose_answer`; empty passes."""

    def __init__(self, hq: RealHq) -> None:
        self.hq = hq
        self.faults: deque[str] = deque()
        # Cleared, answers to those who ask for a lease are kept back; `kept_back` counts them.
        self.leases_may_pass = threading.Event()
        self.leases_may_pass.set()
        self.kept_back = 0
        self.server = _Line(("127.0.0.1", 0), self)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextlib.contextmanager
def a_lossy_line(hq: RealHq) -> Iterator[LossyLine]:
    line = LossyLine(hq)
    thread = threading.Thread(target=line.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.server.shutdown()
        line.server.server_close()
        thread.join()


class _Line(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], line: LossyLine) -> None:
        self.line = line
        super().__init__(address, _Forward)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A register that hangs up, or an HQ that is down, is part of these tests."""


class _Forward(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    server: _Line

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        line = self.server.line
        fault = line.faults.popleft() if line.faults else ""
        if fault == "lose_request":
            return
        port = line.hq.process.port
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as onward:
            onward.request("POST", self.path, content, dict(self.headers))
            answer = onward.getresponse()
            body = answer.read()
        if fault == "lose_answer":
            return
        if (
            not line.leases_may_pass.is_set()
            and self.path == messages.PATH_PUSH
            and _asks_for_leases(content)
        ):
            line.kept_back += 1
            line.leases_may_pass.wait(2 * PATIENCE_S)
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Encoding"):
            if answer.headers[name]:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _asks_for_leases(content: bytes) -> bool:
    return bool(msgspec.msgpack.decode(gzip.decompress(content), type=messages.Push).wants)


def hq_counts(hq: RealHq) -> dict[str, int]:
    """`regulars-hq status`."""
    found: dict[str, int] = json.loads(hq.process.run("status"))
    return found
