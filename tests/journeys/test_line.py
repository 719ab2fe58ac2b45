"""The line between a till and HQ: cut, restored and held on a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from demo.hq_line import HqLine
from tests.patience import PATIENCE_S


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def line(far: socket.socket) -> Iterator[HqLine]:
    made = HqLine(far.getsockname()[1])
    yield made
    made.close()


def call(line: HqLine) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(line.url.rsplit(":", 1)[1])), timeout=PATIENCE_S)


def test_what_is_said_arrives_at_either_end(line: HqLine, far: socket.socket) -> None:
    with call(line) as near, far.accept()[0] as answering:
        near.sendall(b"PUSH")
        assert answering.recv(100) == b"PUSH"
        answering.sendall(b"acked")
        assert near.recv(100) == b"acked"


def test_a_cut_ends_every_call_at_once_and_refuses_new_ones(line: HqLine, far: socket.socket) -> None:
    with call(line) as near, far.accept()[0] as answering:
        near.sendall(b"PUSH")
        assert answering.recv(100) == b"PUSH"
        line.cut()

        with pytest.raises(ConnectionResetError):
            near.recv(100)
        with pytest.raises(ConnectionRefusedError):
            call(line)
        answering.settimeout(PATIENCE_S)
        assert answering.recv(100) == b"", "HQ's end is closed too"


def test_after_a_cut_the_line_is_at_the_same_place_again(line: HqLine, far: socket.socket) -> None:
    before = line.url
    for _time in range(3):
        line.cut()
        line.restore()
    with call(line) as near, far.accept()[0] as answering:
        near.sendall(b"PUSH")

        assert answering.recv(100) == b"PUSH"
    assert line.url == before


def test_a_held_line_carries_one_way_only(line: HqLine, far: socket.socket) -> None:
    with call(line) as near, far.accept()[0] as answering:
        line.hold()
        near.sendall(b"PUSH")
        assert answering.recv(100) == b"PUSH"
        answering.sendall(b"acked")
        answering.close()
        near.settimeout(0.1)
        with pytest.raises(TimeoutError):
            near.recv(100)

        line.let_go()
        near.settimeout(PATIENCE_S)
        assert near.recv(100) == b"acked"
        assert near.recv(100) == b"", "and then HQ had hung up"


def test_hq_that_is_down_ends_the_call() -> None:
    with socket.socket() as nobody:
        # Bound and never listened on: whoever dials is refused, and nobody else gets the port.
        nobody.bind(("127.0.0.1", 0))
        line = HqLine(nobody.getsockname()[1])
        # The reset may come before the dialling is over.
        with closing(line), pytest.raises(ConnectionResetError), call(line) as near:
            near.recv(100)


def test_closing_the_line_leaves_no_thread_behind(line: HqLine, far: socket.socket) -> None:
    with call(line) as near, far.accept()[0]:
        line.cut()
        near.close()
    before = set(threading.enumerate())
    other = HqLine(0)
    assert not other.whole
    other.close()

    assert not set(threading.enumerate()) - before
