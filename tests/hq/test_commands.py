"""`regulars-hq`, run as people run it: a process of its own, killed and started again."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import uuid
from pathlib import Path

import msgspec
import pysqlite3
import pytest
import requests

from sync.client import HqClient, HqTime
from sync.signing import RegisterKey
from sync.wire import messages
from sync.wire.journal import GENESIS, entry_hash
from tests.hq.shop import write_shop
from tests.sync.clocks import TestClock

TIMEOUT_S = 120


def hq(data, *arguments, **environment):
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "hq", *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={**os.environ, **environment},
        check=False,
    )


@contextlib.contextmanager
def serving(data, port=0, arguments=(), **environment):
    """A running HQ: (process, url)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hq", "serve", "--port", str(port), "--data", str(data), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("HQ listens on http://127.0.0.1:"), line
        yield process, line.split()[-1]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT_S)
        process.stdout.close()


@pytest.fixture
def shop_dir(shop_template, tmp_path):
    """A data folder with the test shop."""
    return Path(shutil.copytree(shop_template, tmp_path / "data"))


def wait_until_projected(data):
    """The server's own projector does it; this only looks."""
    deadline = time.monotonic() + TIMEOUT_S
    with contextlib.closing(pysqlite3.connect(str(data / "hq.db"), timeout=TIMEOUT_S)) as db:
        while db.execute("SELECT SUM(acked_seq - projected_seq) FROM chain").fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def takes_calls(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S).close()
    except ConnectionRefusedError:
        return False
    except ConnectionResetError:
        pass
    return True


def enrolled(data, url):
    code = hq(data, "enrolment-code", "--store", "brasov-1").stdout.strip()
    assert len(code) == 14
    key, chain_id, clock = RegisterKey(os.urandom(32)), uuid.uuid4(), TestClock()
    client = HqClient(url, key, HqTime(clock), clock, connect_timeout_s=TIMEOUT_S, read_timeout_s=TIMEOUT_S)
    client.enrol(messages.Enrol(code=code, public_key=key.public_key, chain_id=chain_id, name="Casa 1"))
    return client, chain_id


def a_push(chain_id, count):
    entries = tuple(messages.PushedEntry(seq, 99, 1, b"%d" % seq) for seq in range(1, count + 1))
    return messages.Push(chain_id=chain_id, from_seq=1, prev_hash=GENESIS, entries=entries, clock=0)


def test_an_hq_that_was_killed_goes_on_with_everything_it_acked(shop_dir, tmp_path):
    with serving(shop_dir) as (process, url):
        client, chain_id = enrolled(shop_dir, url)
        answer = client.push(a_push(chain_id, 50))
        client.close()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT_S)
        port = int(url.rpartition(":")[2])
        gone = time.monotonic() + TIMEOUT_S
        while takes_calls(port):
            assert time.monotonic() < gone, "a worker of the killed HQ still answers"
            time.sleep(0.05)
    with serving(shop_dir, port) as (_, again):
        assert again == url
        wait_until_projected(shop_dir)

    out = tmp_path / "hq.csv"
    assert hq(shop_dir, "export-journal", "--csv", str(out)).stdout == "50 entries\n"
    with out.open(newline="", encoding="utf-8") as file:
        table = list(csv.reader(file))
    assert table[0] == ["chain_id", "seq", "hash", "total_minor"]
    assert [row[1] for row in table[1:]] == [str(seq) for seq in range(1, 51)]
    assert table[-1] == [str(chain_id), "50", answer.acked_hash.hex(), ""]
    assert answer.acked_hash == _hash_of(chain_id, 50)


def _hash_of(chain_id, count):
    digest = GENESIS
    for seq in range(1, count + 1):
        digest = entry_hash(digest, chain_id, seq, 99, 1, b"%d" % seq)
    return digest


def test_a_clean_stop_ends_the_server_and_its_projector(shop_dir):
    with serving(shop_dir) as (process, _):
        process.terminate()
        assert process.wait(TIMEOUT_S) == 0


def test_the_secrets_are_made_once_and_for_their_owner_only(shop_dir):
    before = {name: (shop_dir / name).read_bytes() for name in ("secret_key", "signing_key")}

    hq(shop_dir, "status")

    for name, value in before.items():
        assert (shop_dir / name).read_bytes() == value
        assert len(value) == 32
        assert stat.S_IMODE((shop_dir / name).stat().st_mode) == 0o600


def test_a_shop_is_loaded_into_a_new_folder(tmp_path):
    done = hq(tmp_path / "new", "load-shop", str(write_shop(tmp_path)))

    assert done.stdout == "brasov-1: 2 items, 2 members, 1 operators\n", done.stderr


def test_status_is_json(shop_dir):
    figures = json.loads(hq(shop_dir, "status").stdout)

    assert figures["members"] == 2
    assert figures["posted"] == figures["quarantined"] == 0


def test_a_superuser_can_be_made(shop_dir):
    made = hq(
        shop_dir,
        "createsuperuser",
        "--noinput",
        "--username",
        "andrei",
        "--email",
        "a@example.com",
        DJANGO_SUPERUSER_PASSWORD="piata-mare-14",
    )

    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("enrolment-code", "--store", "nowhere"), "HQ has no store nowhere."),
        (("load-shop", "/nowhere/shop.json"), "The file /nowhere/shop.json cannot be read"),
        (("serve", "--host", "0.0.0.0", "--port", "0"), "HQ does not listen on 0.0.0.0"),
        (("export-journal", "--csv", "/nowhere/hq.csv"), "The file /nowhere/hq.csv cannot be written"),
        (("revoke-register", "--register", "nobody"), "HQ has no register nobody."),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(shop_dir, arguments, said):
    done = hq(shop_dir, *arguments)

    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 2


def test_a_data_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")

    done = hq(tmp_path / "file" / "data", "status")

    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("name", ["secret_key", "signing_key"])
def test_a_damaged_secret_is_said_so(shop_dir, name):
    (shop_dir / name).write_bytes(b"short")

    done = hq(shop_dir, "status")

    assert done.returncode == 1
    assert f"{name} is missing or damaged" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_damaged_database_is_said_so_and_left_as_it_is(shop_dir):
    (shop_dir / "hq.db").write_bytes(b"no database at all, only words" * 200)

    done = hq(shop_dir, "status")

    assert done.returncode == 1
    assert "hq.db cannot be used (file is not a database)" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert (shop_dir / "hq.db").read_bytes() == b"no database at all, only words" * 200


def test_peoples_data_can_be_read_by_hqs_own_account_only(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    hq(data, "load-shop", str(write_shop(tmp_path)))

    with serving(data) as (_, url):
        requests.get(url, timeout=TIMEOUT_S)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.glob("hq.db*")}

    assert modes == {"hq.db": 0o600, "hq.db-shm": 0o600, "hq.db-wal": 0o600}


def test_a_database_of_an_earlier_release_is_closed_to_others_too(shop_dir):
    (shop_dir / "hq.db").chmod(0o644)

    hq(shop_dir, "status")

    assert stat.S_IMODE((shop_dir / "hq.db").stat().st_mode) == 0o600


def test_a_register_is_revoked_while_hq_runs_and_hears_of_it(shop_dir):
    with serving(shop_dir) as (_, url):
        client, chain_id = enrolled(shop_dir, url)
        client.push(a_push(chain_id, 1))

        done = hq(shop_dir, "revoke-register", "--register", "brasov-1-1")
        answer = client.push(a_push(chain_id, 2))
        client.close()

    assert done.stdout == "Casa 1 (brasov-1-1) is revoked.\n", done.stderr
    assert (answer.chain_state, answer.acked_seq) == ("revoked", 1)


def test_revoking_a_register_again_changes_nothing(shop_dir):
    with serving(shop_dir) as (_, url):
        client, _chain_id = enrolled(shop_dir, url)
        client.close()
    hq(shop_dir, "revoke-register", "--register", "brasov-1-1")

    again = hq(shop_dir, "revoke-register", "--register", "brasov-1-1")

    assert again.stdout == "Casa 1 (brasov-1-1) was revoked before.\n", again.stderr
    assert again.returncode == 0


def test_another_database_is_refused(tmp_path):
    done = hq(tmp_path, "status", DATABASE_URL="postgres://example/hq")

    assert done.returncode == 1
    assert "Unset DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_port_that_is_taken_is_said_so(shop_dir):
    with serving(shop_dir) as (_, url):
        done = hq(shop_dir, "serve", "--port", url.rpartition(":")[2])

    assert done.returncode == 1
    assert "Port " in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_an_hq_restored_from_an_older_copy_begins_a_new_incarnation(shop_dir):
    copy = (shop_dir / "hq.db").read_bytes()
    with serving(shop_dir) as (process, url):
        client, chain_id = enrolled(shop_dir, url)
        before = client.push(a_push(chain_id, 5)).hq_incarnation
        client.close()
        wait_until_projected(shop_dir)
        process.terminate()
        process.wait(TIMEOUT_S)
    for name in ("hq.db", "hq.db-wal", "hq.db-shm"):
        (shop_dir / name).unlink(missing_ok=True)
    (shop_dir / "hq.db").write_bytes(copy)

    with serving(shop_dir) as (_, url):
        client, chain_id = enrolled(shop_dir, url)
        after = client.push(a_push(chain_id, 1)).hq_incarnation
        client.close()

    assert before != after


def test_the_simulated_clock_is_hqs_clock(shop_dir, tmp_path):
    clock_file = tmp_path / "clock"
    clock_file.write_text("1489000000000")
    with serving(shop_dir, REGULARS_CLOCK_FILE=str(clock_file)) as (_, url):
        answer = requests.get(url + messages.PATH_PUSH, timeout=TIMEOUT_S)

    assert msgspec.msgpack.decode(answer.content)["hq_time"] == 1_489_000_000_000


def test_behind_a_proxy_hq_answers_to_its_public_name(shop_dir):
    with serving(shop_dir, arguments=("--public-name", "hq.example.com")) as (_, url):
        named = requests.get(
            url, headers={"Host": "hq.example.com"}, timeout=TIMEOUT_S, allow_redirects=False
        )
        other = requests.get(
            url, headers={"Host": "elsewhere.example.com"}, timeout=TIMEOUT_S, allow_redirects=False
        )

    assert (named.status_code, other.status_code) == (302, 400)
