"""A small real HTTP server that behaves like HQ, and misbehaves on request.

It checks signatures, keeps each chain's entries by contiguous seq, answers from what it holds, and gives a feed. A
test queues faults; each request takes the next one. What it stored is a fact that the test can look at.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms

from sync.wire import messages as m
from sync.wire.journal import GENESIS, entry_hash
from sync.wire.signatures import COVERED, TAG


class FaultHq:
    """HQ's memory and its queued faults; `url` is where it listens."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults: deque[str] = deque()
        self.requests: list[tuple[str, Any]] = []
        self.chains: dict[uuid.UUID, list[tuple[m.PushedEntry, bytes]]] = defaultdict(list)
        self.blobs: dict[uuid.UUID, bytes] = {}
        self.grants: dict[tuple[uuid.UUID, str], m.Grant] = {}
        self.open_grants: list[m.Grant] = []
        self.recalls: list[m.LeaseRecall] = []
        self.wants: list[m.Want] = []
        self.chain_state: m.ChainState = "ok"
        self.incarnation = "inc-1"
        self.clock_offset_ms = 0
        self.feed: list[m.FeedRow] = []
        self.page_rows = 100
        self.contents: dict[bytes, bytes] = {}
        self.lookups: dict[str, m.LookedUp] = {}
        self.public_key: bytes | None = None
        self.codes: dict[str, m.Enrolled] = {}
        self.connections = 0
        # Cleared, whoever wants a grant waits; `wants_held` counts them.
        self.grants_hold_back = threading.Event()
        self.grants_hold_back.set()
        self.wants_held = 0
        # Cleared, every answer waits, after HQ has done what was asked.
        self.answers_may_go = threading.Event()
        self.answers_may_go.set()
        # Set, an answer that drips breaks off.
        self.drip_may_end = threading.Event()
        self._server: _Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; after a stop, on the port of before."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Close the port and every open connection, as a killed process does."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            server.close_all()

    def seqs(self, chain_id: uuid.UUID) -> list[int]:
        """What is stored of a chain, in the order of arrival."""
        with self.lock:
            return [entry.seq for entry, _ in self.chains[chain_id]]

    def asked(self, path: str) -> list[Any]:
        with self.lock:
            return [message for at, message in self.requests if at == path]

    def emit(self, kind: str, key: str, body: bytes | msgspec.Struct) -> None:
        """Another row of the feed."""
        raw = body if isinstance(body, bytes) else msgspec.msgpack.encode(body)
        with self.lock:
            self.feed.append(m.FeedRow(commit=len(self.feed) + 1, kind=kind, key=key, body=msgspec.Raw(raw)))

    # What each message does, under the lock.

    def enrol(self, ask: m.Enrol) -> msgspec.Struct:
        known = self.codes.pop(ask.code, None)
        if known is None:
            return m.Problem(code="unknown_code", detail="This enrolment code is not known or was used.")
        self.public_key = ask.public_key
        return known

    def push(self, ask: m.Push) -> m.Pushed:
        held = self.chains[ask.chain_id]
        head = held[-1][1] if held else GENESIS
        if self.chain_state == "ok":
            for entry in ask.entries:
                if entry.seq == len(held) + 1:
                    head = entry_hash(head, ask.chain_id, entry.seq, entry.kind, entry.version, entry.body)
                    held.append((entry, head))
            for blob in ask.blobs:
                if blob.data:
                    self.blobs[blob.blob_id] = blob.data
        for want in ask.wants:
            self.wants.append(want)
            grant = self.grants.pop((want.account, want.unit), None)
            if grant is not None:
                self.open_grants.append(grant)
        return m.Pushed(
            acked_seq=len(held),
            acked_hash=head,
            grants=tuple(self.open_grants),
            lease_recalls=tuple(self.recalls),
            hq_time=self.now_ms(),
            hq_incarnation=self.incarnation,
            chain_state=self.chain_state,
        )

    def pull(self, ask: m.Pull) -> m.Pulled:
        after = int(ask.cursor or 0)
        rows = tuple(self.feed[after : after + self.page_rows])
        return m.Pulled(
            rows=rows, next_cursor=str(after + len(rows)), more=after + len(rows) < len(self.feed)
        )

    def blob(self, ask: m.BlobRange) -> msgspec.Struct:
        data = self.contents.get(ask.sha256)
        if data is None:
            return m.Problem(code="unknown_blob", detail="There is no content with this hash.")
        return m.BlobPart(data=data[ask.offset : ask.offset + ask.length], size=len(data))

    def lookup(self, ask: m.Lookup) -> m.LookedUp:
        return self.lookups.get(ask.value, m.LookedUp())

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.clock_offset_ms


@contextlib.contextmanager
def a_fault_hq() -> Iterator[FaultHq]:
    hq = FaultHq()
    hq.start()
    try:
        yield hq
    finally:
        hq.stop()


_SHAPES: dict[str, tuple[type[msgspec.Struct], str]] = {
    m.PATH_ENROL: (m.Enrol, "enrol"),
    m.PATH_PUSH: (m.Push, "push"),
    m.PATH_PULL: (m.Pull, "pull"),
    m.PATH_LOOKUP: (m.Lookup, "lookup"),
    m.PATH_BLOB: (m.BlobRange, "blob"),
}


# 16 MiB of zeros in 16 KiB, packed once: packing takes longer than a register waits.
_BOMB = gzip.compress(bytes(16 * 1024 * 1024))
# The longest that anything here is held back; a test lets it go, or ends, before.
_LONG_S = 120.0
# Faults that only the answer to a PUSH can have.
_OF_A_PUSH = frozenset({"wrong_hash", "short_hash", "ahead"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], hq: FaultHq) -> None:
        self.hq = hq
        self.open: set[socket.socket] = set()
        self.ended = threading.Event()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Noted before its thread begins, so that a stop finds it however late that is."""
        self.open.add(request)
        self.hq.connections += 1
        super().process_request(request, client_address)

    def close_all(self) -> None:
        self.ended.set()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is part of these tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    @property
    def url(self) -> str:
        """What the signature's resolver reads."""
        return f"http://127.0.0.1{self.path}"

    @property
    def method(self) -> str:
        return self.command

    def do_POST(self) -> None:
        hq = self.server.hq
        content = self.rfile.read(int(self.headers["Content-Length"]))
        shape, name = _SHAPES[self.path]
        ask = msgspec.msgpack.decode(gzip.decompress(content), type=shape)
        fault = self._next_fault()
        if fault == "hang_up_before":
            return self._hang_up()
        if hq.public_key is not None:
            self._check_signature(hq.public_key, content)
        if self.path == m.PATH_PUSH and getattr(ask, "wants", ()):
            hq.wants_held += not hq.grants_hold_back.is_set()
            hq.grants_hold_back.wait(_LONG_S)
        with hq.lock:
            hq.requests.append((self.path, ask))
            answer = getattr(hq, name)(ask)
        hq.answers_may_go.wait(_LONG_S)
        self._answer(fault, answer)

    def _next_fault(self) -> str:
        faults = self.server.hq.faults
        with self.server.hq.lock:
            if not faults or (faults[0] in _OF_A_PUSH and self.path != m.PATH_PUSH):
                return ""
            return faults.popleft()

    def _check_signature(self, public_key: bytes, content: bytes) -> None:
        resolver = _OneKey(public_key)
        verifier = _Timeless(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
        verifier.verify(self, max_age=None, expect_tag=TAG, require_components=COVERED, body=content)

    def _answer(self, fault: str, answer: msgspec.Struct) -> None:
        body = msgspec.msgpack.encode(answer)
        status = 409 if isinstance(answer, m.Problem) else 200
        hq = self.server.hq
        match fault:
            case "":
                self._send(status, body)
            case "gzip":
                self._send(status, gzip.compress(body), packed=True)
            case "hang_up_after":
                self._hang_up()
            case "hang_up_midway":
                self._send(status, body, cut=len(body) // 2)
                self._hang_up()
            case "garbage":
                self._send(200, b"\xc1" + body)
            case "deep":
                self._send(200, b"\x81\xa1y" + b"\x91" * 100_000 + b"\x01")
            case "cut_gzip":
                self._send(200, gzip.compress(body)[:-9], packed=True)
            case "no_gzip":
                self._send(200, body, packed=True)
            case "bomb":
                self._send(200, _BOMB, packed=True)
            case "huge":
                self._send(200, bytes(m.MAX_BODY_BYTES))
            case "html":
                self._send(200, b"<html>Welcome to the mall's Wi-Fi</html>", kind="text/html")
            case "redirect":
                self._send(302, b"", kind="text/html")
            case "not_found":
                self._send(404, b"<h1>Not Found</h1>", kind="text/html")
            case "empty":
                self._send(200, b"")
            case "500" | "503" | "429":
                self._send(int(fault), b"<h1>Sorry</h1>", kind="text/html")
            case "slow":
                # Slower than anybody waits.
                self.server.ended.wait(_LONG_S)
            case "drip":
                self._drip(body)
            case "drip_head":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(600):
                    self.wfile.write(b"y")
                    self.wfile.flush()
                    if hq.drip_may_end.wait(0.1):
                        break
                self._hang_up()
            case "clock":
                problem = m.Problem(code=m.PROBLEM_CLOCK, detail="It is days ahead.", hq_time=hq.now_ms())
                self._send(401, msgspec.msgpack.encode(problem))
            case "revoked" | "refused":
                code = m.PROBLEM_REVOKED if fault == "revoked" else "not_today"
                problem = m.Problem(code=code, detail="This register was revoked at HQ.", hq_time=hq.now_ms())
                self._send(403, msgspec.msgpack.encode(problem))
            case "wrong_hash":
                assert isinstance(answer, m.Pushed)
                self._send(
                    200, msgspec.msgpack.encode(msgspec.structs.replace(answer, acked_hash=bytes([7] * 32)))
                )
            case "short_hash":
                assert isinstance(answer, m.Pushed)
                self._send(200, msgspec.msgpack.encode(msgspec.structs.replace(answer, acked_hash=b"abc")))
            case "ahead":
                assert isinstance(answer, m.Pushed)
                self._send(
                    200,
                    msgspec.msgpack.encode(msgspec.structs.replace(answer, acked_seq=answer.acked_seq + 100)),
                )
            case _:
                raise AssertionError(f"no such fault: {fault}")

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = m.CONTENT_TYPE,
        packed: bool = False,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/login")
        self.end_headers()
        self.wfile.write(body[:cut])
        self.wfile.flush()

    def _drip(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", m.CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class _OneKey(MappingKeyResolver):
    """Whatever the key id: the signature itself tells whether it was the register's."""

    def __init__(self, public_key: bytes) -> None:
        super().__init__(public_keys={}, private_keys={})
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return self._key


class _Timeless(HTTPMessageVerifier):
    """PUSH has no freshness window."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        pass
