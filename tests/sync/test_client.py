"""One request to HQ: whatever comes back is an answer of the expected shape or one clear sentence."""

from __future__ import annotations

import contextlib
import time
import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.service.ports import HqAway
from sync.client import HqClient
from sync.connection import checked_url
from sync.hq_time import HqTime
from sync.outcomes import ClockWrong, HqGarbage, HqRefused, HqTrouble, HqUnreachable
from sync.signing import RegisterKey
from sync.wire import messages
from sync.wire.entries import LotPart
from sync.wire.journal import GENESIS
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock
from tests.sync.examples import CHAIN
from tests.sync.fault_hq import a_fault_hq
from tests.sync.lanes import eventually
from tests.sync.message_examples import ROWS

HEARTBEAT = messages.Push(chain_id=CHAIN, from_seq=1, prev_hash=GENESIS, clock=0)
ENTRY = messages.Push(
    chain_id=CHAIN, from_seq=1, prev_hash=GENESIS, entries=(messages.PushedEntry(1, 11, 1, b"{}"),), clock=0
)


@pytest.fixture
def hq():
    with a_fault_hq() as found:
        yield found


@pytest.fixture
def key():
    return RegisterKey(bytes(range(32)))


def a_client(hq, key, read_timeout_s=PATIENCE_S):
    clock = TestClock()
    return HqClient(
        hq.url, key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=read_timeout_s
    )


@pytest.fixture
def client(hq, key):
    hq.public_key = key.public_key
    made = a_client(hq, key)
    yield made
    made.close()


def test_a_signed_heartbeat_is_answered(hq, client):
    answer = client.push(HEARTBEAT)

    assert (answer.acked_seq, answer.acked_hash, answer.chain_state) == (0, GENESIS, "ok")


def test_a_gzip_answer_is_read(hq, client):
    hq.faults.append("gzip")

    assert client.push(HEARTBEAT).acked_seq == 0


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("garbage", "cannot be read"),
        ("deep", "cannot be read: maximum recursion depth"),
        ("html", "it is text/html, not MessagePack"),
        ("empty", "cannot be read"),
        ("cut_gzip", "it ends in the middle"),
        ("no_gzip", "it says gzip and is not"),
        ("bomb", "larger than 524288 bytes"),
        ("huge", "larger than 524288 bytes"),
        ("redirect", r"sends us elsewhere \(status 302\)"),
        ("not_found", "status 404 without a reason"),
    ],
)
def test_an_answer_that_is_no_message_is_one_clear_sentence(hq, client, fault, says):
    hq.faults.append(fault)

    with pytest.raises(HqGarbage, match=says) as caught:
        client.push(HEARTBEAT)

    assert caught.value.title.startswith("HQ's answer cannot be read: ") and caught.value.title.endswith(".")
    assert "goes on selling" in caught.value.advice
    assert client.push(HEARTBEAT).acked_seq == 0


def a_row(body_bytes: int) -> messages.FeedRow:
    body = msgspec.Raw(msgspec.msgpack.encode(bytes(body_bytes)))
    return messages.FeedRow(commit=1, kind="later", key="1", body=body)


def test_a_page_of_the_feed_may_have_64_kib_and_not_a_byte_more(hq, client):
    pull = messages.Pull(cursor="", scopes=("store:brasov-1",))
    hq.feed.append(a_row(60_000))
    around = len(msgspec.msgpack.encode(hq.pull(pull))) - 60_000

    hq.feed[0] = a_row(messages.MAX_PAGE_BYTES - around)
    assert len(client.pull(pull).rows) == 1

    hq.feed[0] = a_row(messages.MAX_PAGE_BYTES - around + 1)
    with pytest.raises(HqGarbage) as caught:
        client.pull(pull)
    assert caught.value.title == "HQ's answer cannot be read: it is larger than 65536 bytes."


def test_a_member_who_does_not_fit_into_a_page_is_refused(hq, client):
    member = msgspec.structs.replace(ROWS["member"], name="x" * messages.MAX_PAGE_BYTES)
    hq.lookups["+40721234567"] = messages.LookedUp(member=member)

    with pytest.raises(HqGarbage, match="larger than 65536 bytes"):
        client.lookup(messages.Lookup(kind="phone", value="+40721234567"), timeout_s=PATIENCE_S)


def test_grants_of_many_lots_are_more_than_a_page_and_are_read(hq, client):
    lots = tuple(LotPart(f"lot-{number}", 1) for number in range(5_000))
    grant = messages.Grant(grant_id=CHAIN, account_id=CHAIN, unit="points:p", amount=5_000, lots=lots)
    hq.open_grants.append(grant)

    answer = client.push(HEARTBEAT)

    assert len(msgspec.msgpack.encode(answer)) > messages.MAX_PAGE_BYTES
    assert answer.grants == (grant,)


@pytest.mark.parametrize("fault", ["500", "503", "429", "hang_up_midway"])
def test_an_hq_that_cannot_answer_now_is_away(hq, client, fault):
    hq.faults.append(fault)

    with pytest.raises(HqUnreachable) as caught:
        client.push(HEARTBEAT)

    assert isinstance(caught.value, HqAway)
    assert client.push(HEARTBEAT).acked_seq == 0


def test_an_hq_that_is_slow_to_answer_is_away_and_found_again(hq, key):
    hq.public_key = key.public_key
    hq.faults.append("slow")
    with contextlib.closing(a_client(hq, key, read_timeout_s=0.5)) as client:
        with pytest.raises(HqUnreachable, match="in time"):
            client.push(HEARTBEAT)

        eventually(lambda: answers(client))


def answers(client):
    try:
        return client.push(HEARTBEAT).acked_seq == 0
    except HqUnreachable:
        return False


def test_an_answer_that_drips_ends_at_its_deadline(hq, key):
    client = a_client(hq, key, read_timeout_s=0.3)
    hq.lookups["+40721234567"] = messages.LookedUp()
    hq.faults.append("drip")
    began = time.monotonic()

    with pytest.raises(HqUnreachable, match="in time"):
        client.lookup(messages.Lookup(kind="phone", value="+40721234567"), timeout_s=0.3)

    assert time.monotonic() - began < PATIENCE_S / 2
    client.close()


def test_no_hq_at_all_is_away_at_once(hq, client):
    hq.stop()
    began = time.monotonic()

    with pytest.raises(HqUnreachable, match="cannot be reached"):
        client.push(HEARTBEAT)

    assert time.monotonic() - began < PATIENCE_S / 2


def test_an_answer_lost_on_its_way_is_asked_for_again_without_doubling_anything(hq, client):
    hq.faults.append("hang_up_after")

    assert client.push(ENTRY).acked_seq == 1
    assert hq.seqs(CHAIN) == [1]
    assert len(hq.asked(messages.PATH_PUSH)) == 2


def test_a_restarted_hq_is_reached_over_a_new_connection(hq, client):
    client.push(HEARTBEAT)
    client.push(HEARTBEAT)
    assert hq.connections == 1
    hq.stop()
    hq.start()

    assert client.push(HEARTBEAT).acked_seq == 0


def test_an_enrolment_is_never_sent_twice(hq, client, key):
    hq.faults.append("hang_up_after")
    ask = messages.Enrol(code="K7QX", public_key=key.public_key, chain_id=CHAIN, name="Casa 1")

    with pytest.raises(HqUnreachable):
        client.enrol(ask)

    assert len(hq.asked(messages.PATH_ENROL)) == 1


def test_a_refusal_says_hqs_reason(hq, client):
    hq.faults.append("refused")

    with pytest.raises(HqRefused, match="This register was revoked at HQ") as caught:
        client.push(HEARTBEAT)

    assert caught.value.problem.code == "not_today"


def test_a_wrong_clock_brings_hqs_time(hq, client):
    hq.faults.extend(["clock"] * 3)

    with pytest.raises(ClockWrong) as caught:
        client.push(HEARTBEAT)

    assert abs(caught.value.hq_time - hq.now_ms()) < 60_000


def test_the_signature_carries_hqs_time_not_the_registers(hq, key):
    clock = TestClock(ahead_ms=9 * 86_400_000)
    hq_time = HqTime(clock)
    now_ms = clock.now_ms()
    hq_time.heard(1_000_000_000_000, now_ms, now_ms)

    assert abs(hq_time.now_ms() - 1_000_000_000_000) < 60_000


def test_a_register_nine_days_ahead_is_answered_at_its_second_try(hq, key):
    clock = TestClock(ahead_ms=9 * 86_400_000)
    hq_time = HqTime(clock)
    client = HqClient(hq.url, key, hq_time, clock, read_timeout_s=PATIENCE_S)
    hq.faults.append("clock")

    assert client.pull(messages.Pull(cursor="", scopes=())).rows == ()
    assert abs(hq_time.now_ms() - hq.now_ms()) < 60_000
    client.close()


@pytest.mark.parametrize(("hq_ms", "offset_ms"), [(50, -50), (100, 0), (150, 0), (200, 0), (260, 60)])
def test_a_time_between_request_and_answer_is_no_difference(hq_ms, offset_ms):
    hq_time = HqTime(TestClock())
    hq_time.heard(hq_ms, 100, 200)

    assert hq_time.offset_ms == offset_ms


def test_a_request_signed_by_another_key_is_not_answered(hq, client):
    hq.public_key = RegisterKey(bytes(32)).public_key

    with pytest.raises(HqTrouble):
        client.push(HEARTBEAT)

    assert hq.asked(messages.PATH_PUSH) == []


@pytest.mark.parametrize(
    "url",
    ["http://hq.example", "http://10.0.0.7:8000", "ftp://hq.example", "hq.example", "https://", "http://"],
)
def test_plain_http_leaves_this_machine_never(url):
    with pytest.raises(LoyaltyError, match="https://"):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://hq.example", "http://127.0.0.1:8000/", "http://[::1]:8000", "http://localhost:1"]
)
def test_https_anywhere_and_http_to_this_machine(url):
    assert checked_url(url) == url.rstrip("/")


def test_coupons_and_requests_are_signed_by_the_same_key(key):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(key.public_key).verify(key.sign(b"R1."), b"R1.")
    assert key.key_id.hex() == key.name


def test_unknown_answers_keep_their_ids(hq, client):
    member = uuid.uuid4()
    hq.lookups["1234567890"] = msgspec.convert(
        {"member": {"member_id": str(member), "account_id": str(member)}}, messages.LookedUp
    )

    found = client.lookup(messages.Lookup(kind="card", value="1234567890"), timeout_s=PATIENCE_S).member

    assert found is not None and found.member_id == member


@pytest.mark.parametrize("offset_ms", [2**52, -(2**52)])
def test_an_impossible_time_of_hq_is_not_believed_and_does_no_harm(hq, client, offset_ms):
    hq.clock_offset_ms = offset_ms
    with pytest.raises(HqGarbage, match="time"):
        client.push(HEARTBEAT)
    hq.faults.append("clock")
    with pytest.raises(HqGarbage, match="time"):
        client.push(HEARTBEAT)
    hq.clock_offset_ms = 0

    assert client.push(HEARTBEAT).acked_seq == 0
