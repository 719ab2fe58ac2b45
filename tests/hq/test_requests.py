"""Whatever arrives, HQ answers with one Problem in one sentence, stores nothing, and goes on serving."""

from __future__ import annotations

import gzip
import re
import struct
import tracemalloc

import msgspec
import pytest
import requests

from hq.ingest.models import JournalEntry
from sync.client import HqClient, HqTime
from sync.outcomes import HqRefused
from sync.wire import messages
from tests import builders
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock

PATHS = [
    messages.PATH_PUSH,
    messages.PATH_PULL,
    messages.PATH_LOOKUP,
    messages.PATH_BLOB,
    messages.PATH_ENROL,
]


def problem_of(response: requests.Response) -> messages.Problem:
    assert response.headers["Content-Type"] == messages.CONTENT_TYPE
    problem = msgspec.msgpack.decode(response.content, type=messages.Problem)
    assert "\n" not in problem.detail
    assert problem.detail.endswith((".", "..."))
    return problem


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_message"),
        (b"GET me out of here", "bad_message"),
        (b"\x81\xa4code", "bad_message"),
        (b"\xc1", "bad_message"),
        (b"\x91" * 100_000, "bad_message"),
        (b"\xdd\xff\xff\xff\xff", "bad_message"),
        (
            msgspec.msgpack.encode({"chain_id": 7, "cursor": 7, "kind": 7, "sha256": 7, "code": 7}),
            "bad_message",
        ),
    ],
    ids=["empty", "text", "cut", "no-msgpack", "deep", "huge-list", "wrong-types"],
)
def test_garbage_is_refused_in_one_sentence(lane, path, body, code):
    response = lane.post_raw(path, body)

    assert response.status_code == 400
    assert problem_of(response).code == code


@pytest.mark.parametrize("path", PATHS)
def test_other_content_types_are_refused(lane, path):
    response = requests.post(
        lane.hq.url + path, data=b"{}", headers={"Content-Type": "application/json"}, timeout=PATIENCE_S
    )

    assert response.status_code == 415
    assert "application/json" in problem_of(response).detail


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_that_looks_in_is_told_to_post(hq, path):
    response = requests.get(hq.url + path, timeout=PATIENCE_S)

    assert response.status_code == 405
    assert problem_of(response).code == "post_only"


def test_a_gzip_bomb_is_not_unpacked(lane):
    bomb = gzip.compress(bytes(200 * 1024 * 1024), compresslevel=9)
    tracemalloc.start()
    try:
        response = lane.post_raw(messages.PATH_PUSH, bomb, **{"Content-Encoding": "gzip"})
        _now, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert response.status_code == 413
    assert problem_of(response).code == "too_large"
    assert most_bytes < 50 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not gzip", "bad_message"),
        (gzip.compress(bytes(range(256)) * 40)[:-20], "bad_message"),
        (gzip.compress(b"\x80") + b"more", "bad_message"),
    ],
    ids=["no-gzip", "cut", "followed"],
)
def test_damaged_gzip_is_refused(lane, body, code):
    response = lane.post_raw(messages.PATH_PUSH, body, **{"Content-Encoding": "gzip"})

    assert response.status_code == 400
    assert problem_of(response).code == code


@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_another_encoding_is_refused_and_the_right_one_named(lane, encoding):
    response = lane.post_raw(messages.PATH_PUSH, b"x", **{"Content-Encoding": encoding})

    assert response.status_code == 415
    assert problem_of(response).detail == f"HQ reads gzip, not {encoding}."


def test_a_body_over_four_mebibytes_is_refused(lane):
    response = lane.post_raw(messages.PATH_PUSH, bytes(messages.MAX_BODY_BYTES + 1))

    assert response.status_code == 413
    assert problem_of(response).code == "too_large"


def test_a_body_changed_on_its_way_is_refused(lane):
    body = msgspec.msgpack.encode(lane.push_message())
    request = requests.Request(
        "POST", lane.hq.url + messages.PATH_PUSH, data=body, headers={"Content-Type": messages.CONTENT_TYPE}
    ).prepare()
    lane.key.sign_request(request, body, TestClock().now_ms())
    request.body = body.replace(b"enrolment", b"Enrolment")
    with requests.Session() as session:
        response = session.send(request, timeout=PATIENCE_S)

    assert response.status_code == 401
    assert problem_of(response).code == "bad_signature"
    assert JournalEntry.objects.count() == 0


def test_a_signature_is_good_for_its_own_path_only(lane):
    body = msgspec.msgpack.encode(lane.push_message())
    request = requests.Request(
        "POST", lane.hq.url + messages.PATH_PULL, data=body, headers={"Content-Type": messages.CONTENT_TYPE}
    ).prepare()
    lane.key.sign_request(request, body, TestClock().now_ms())
    request.url = lane.hq.url + messages.PATH_PUSH
    with requests.Session() as session:
        response = session.send(request, timeout=PATIENCE_S)

    assert problem_of(response).code == "bad_signature"


def test_an_unsigned_request_is_refused(lane):
    body = msgspec.msgpack.encode(lane.push_message())
    response = requests.post(
        lane.hq.url + messages.PATH_PUSH,
        data=body,
        headers={"Content-Type": messages.CONTENT_TYPE},
        timeout=PATIENCE_S,
    )

    assert response.status_code == 401
    assert problem_of(response).code == "bad_signature"


def test_a_key_that_hq_does_not_know_is_told_to_enrol(hq, lane):
    from hq.devices.models import Chain, Register

    Chain.objects.all().delete()
    Register.objects.all().delete()

    with pytest.raises(HqRefused) as refused:
        lane.push()

    assert refused.value.problem.code == messages.PROBLEM_UNKNOWN_KEY


@pytest.mark.parametrize("days", [-30, 30])
def test_a_wrong_clock_is_told_hqs_time(lane, days):
    now_ms = TestClock().now_ms()
    body = msgspec.msgpack.encode(messages.Pull(cursor="", scopes=(f"chain:{lane.chain_id}",)))

    response = lane.post_raw(messages.PATH_PULL, body, at_ms=now_ms + days * 86_400_000)

    problem = problem_of(response)
    assert (response.status_code, problem.code) == (401, messages.PROBLEM_CLOCK)
    assert abs(problem.hq_time - now_ms) < 60_000


def test_a_register_corrects_its_clock_by_hqs_answer(lane):
    clock = TestClock(ahead_ms=30 * 86_400_000)
    client = HqClient(
        lane.hq.url, lane.key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S
    )

    page = client.pull(messages.Pull(cursor="", scopes=(f"store:{lane.store_id}",)))
    client.close()

    assert page.rows


@pytest.mark.parametrize("days", [-3000, 30])
def test_a_sale_is_taken_whatever_the_registers_clock_says(lane, days):
    clock = TestClock(ahead_ms=days * 86_400_000)
    client = HqClient(
        lane.hq.url, lane.key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S
    )

    answer = client.push(lane.push_message())
    client.close()

    assert answer.acked_seq == 1


def test_a_defect_of_ours_is_one_sentence_and_no_trace(lane, monkeypatch, caplog):
    from hq.ingest import views

    def broken(*_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(views, "page", broken)
    body = msgspec.msgpack.encode(messages.Pull(cursor="", scopes=(f"chain:{lane.chain_id}",)))

    response = lane.post_raw(messages.PATH_PULL, body)

    assert response.status_code == 500
    assert "ZeroDivision" not in problem_of(response).detail
    assert "ZeroDivisionError" in caplog.text


def test_a_database_that_is_locked_is_said_to_be_busy(lane, monkeypatch, caplog):
    from django.db import OperationalError

    from hq.ingest import views

    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(views.pushes, "store", locked)

    response = lane.post_raw(messages.PATH_PUSH, msgspec.msgpack.encode(lane.push_message()))

    assert response.status_code == 503
    assert problem_of(response).code == "hq_busy"
    assert "OperationalError" in caplog.text


def test_large_numbers_do_not_reach_the_database(lane):
    message = msgspec.msgpack.encode(
        {"chain_id": str(lane.chain_id), "from_seq": 2**63, "prev_hash": bytes(32), "clock": 1}
    )

    response = lane.post_raw(messages.PATH_PUSH, message)

    assert response.status_code == 400
    assert "from_seq" in problem_of(response).detail


def test_hq_goes_on_after_all_this(lane):
    for junk in (b"\xc1", struct.pack(">B", 0xDD), b"x" * 100):
        lane.post_raw(messages.PATH_PUSH, junk)
    lane.sell(builders.milk(12_00))

    assert lane.push().acked_seq == 2


# What a broken proxy or a stranger makes of the three headers; none of it may reach our own log as a defect.
DAMAGE = {
    "no-label": ("Signature-Input", lambda v: v.replace("register=", "")),
    "other-label": ("Signature-Input", lambda v: v.replace("register=", "other=")),
    "twice": ("Signature-Input", lambda v: f"{v}, {v}"),
    "no-list": ("Signature-Input", lambda v: "register=1"),
    "nothing-covered": ("Signature-Input", lambda v: "register=()" + v[v.index(";") :]),
    "path-not-covered": ("Signature-Input", lambda v: v.replace('"@path" ', "")),
    "digest-not-covered": ("Signature-Input", lambda v: v.replace(' "content-digest"', "")),
    "created-a-word": ("Signature-Input", lambda v: re.sub("created=[0-9]+", "created=now", v)),
    "created-removed": ("Signature-Input", lambda v: re.sub("created=[0-9]+;", "", v)),
    "created-moved": ("Signature-Input", lambda v: re.sub("created=[0-9]+", "created=1", v)),
    "created-far": ("Signature-Input", lambda v: re.sub("created=[0-9]+", "created=999999999999999", v)),
    "other-algorithm": ("Signature-Input", lambda v: v.replace("ed25519", "hmac-sha256")),
    "other-tag": ("Signature-Input", lambda v: v.replace("regulars", "irregulars")),
    "signature-cut": ("Signature", lambda v: v[:40] + ":"),
    "signature-open": ("Signature", lambda v: v[:-1]),
    "signature-empty": ("Signature", lambda v: ""),
    "digest-of-another-kind": ("Content-Digest", lambda v: v.replace("sha-256", "md5")),
    "digest-empty": ("Content-Digest", lambda v: ""),
    "no-ascii": ("Content-Digest", lambda v: "sha-256=:\u015f:"),
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("path", [messages.PATH_PUSH, messages.PATH_ENROL])
def test_a_damaged_signature_is_refused_and_is_no_defect(lane, path, name, caplog):
    body = msgspec.msgpack.encode(
        lane.push_message()
        if path == messages.PATH_PUSH
        else messages.Enrol(code="x", public_key=lane.key.public_key, chain_id=lane.chain_id, name="x")
    )
    request = requests.Request(
        "POST", lane.hq.url + path, data=body, headers={"Content-Type": messages.CONTENT_TYPE}
    ).prepare()
    lane.key.sign_request(request, body, TestClock().now_ms())
    header, change = DAMAGE[name]
    request.headers[header] = change(request.headers[header]).encode()
    with requests.Session() as session:
        response = session.send(request, timeout=PATIENCE_S)

    assert response.status_code == 401
    assert problem_of(response).code == "bad_signature"
    assert JournalEntry.objects.count() == 0
    assert not caplog.text
