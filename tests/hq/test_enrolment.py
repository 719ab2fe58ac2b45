"""Enrolling a register: one code, one register, five tries, half an hour."""

from __future__ import annotations

import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from hq import clock
from hq.devices.enrolment import LIFETIME_MS, TRIES, new_code
from hq.devices.models import Chain, EnrolmentCode, Register, Store
from hq.devices.revocation import revoke
from sync.client import HqClient, HqTime
from sync.outcomes import HqRefused
from sync.signing import RegisterKey
from sync.wire import messages
from tests import builders
from tests.sync.clocks import TestClock


class Newcomer:
    """A register with a key and a journal, not known to HQ yet."""

    def __init__(self, hq):
        self.key = RegisterKey(os.urandom(32))
        self.chain_id = uuid.uuid4()
        test_clock = TestClock()
        self.client = HqClient(hq.url, self.key, HqTime(test_clock), test_clock)

    def enrol(self, code, **changed):
        told = {"code": code, "public_key": self.key.public_key, "chain_id": self.chain_id, "name": "Casa 2"}
        return self.client.enrol(messages.Enrol(**{**told, **changed}))


@pytest.fixture
def newcomer(hq):
    made = Newcomer(hq)
    yield made
    made.client.close()


@pytest.fixture
def another(hq):
    made = Newcomer(hq)
    yield made
    made.client.close()


@pytest.fixture
def code(hq):
    return new_code(Store.objects.get(), clock.now_ms())


def test_a_code_makes_a_register(newcomer, code):
    answer = newcomer.enrol(code)

    register = Register.objects.get()
    assert (answer.register_id, answer.store) == (register.pk, builders.STORE)
    assert register.name == "Casa 2"
    assert Chain.objects.get().pk == newcomer.chain_id
    assert len(answer.store_key) == 32
    assert all(len(key) == 32 for key in answer.hq_keys.values())
    assert abs(answer.hq_time - clock.now_ms()) < 60_000


def test_a_code_typed_carelessly_works(newcomer, code):
    assert newcomer.enrol(
        f"  {code.replace('-', ' ').lower().replace('0', 'o').replace('1', 'l')} "
    ).register_id


def test_a_code_is_good_for_one_register(newcomer, another, code):
    newcomer.enrol(code)

    with pytest.raises(HqRefused) as refused:
        another.enrol(code)

    assert refused.value.problem.code == "bad_code"
    assert Register.objects.count() == 1


def test_a_register_that_lost_the_answer_may_ask_again(newcomer, code):
    first = newcomer.enrol(code)

    assert newcomer.enrol(code).register_id == first.register_id
    assert Register.objects.count() == 1


def test_five_wrong_tries_close_a_code(newcomer, code):
    wrong = code[:5] + ("0000-0000" if code[5:] != "0000-0000" else "1111-1111")
    for _ in range(5):
        with pytest.raises(HqRefused):
            newcomer.enrol(wrong)

    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(code)

    assert refused.value.problem.code == "bad_code"


def test_four_wrong_tries_leave_one(newcomer, code):
    wrong = code[:5] + ("0000-0000" if code[5:] != "0000-0000" else "1111-1111")
    for _ in range(4):
        with pytest.raises(HqRefused):
            newcomer.enrol(wrong)

    assert newcomer.enrol(code).register_id


def test_a_code_dies_after_half_an_hour(newcomer, hq):
    old = new_code(Store.objects.get(), clock.now_ms() - LIFETIME_MS - 1000)

    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(old)

    assert refused.value.problem.code == "bad_code"


@pytest.mark.parametrize("text", ["", "x", "AAAA-BBBB-CCCC", "é" * 1000, "'; DROP TABLE register; --"])
def test_what_is_no_code_opens_nothing(newcomer, text):
    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(text)

    assert refused.value.problem.code == "bad_code"


def test_a_code_is_not_kept_in_the_clear(code):
    kept = EnrolmentCode.objects.get()
    letters = code.replace("-", "")

    assert letters[4:] not in f"{kept.lookup}{kept.digest}"
    assert len(kept.digest) == 64


def test_somebody_elses_key_cannot_be_enrolled(newcomer, another, code):
    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(code, public_key=another.key.public_key)

    assert refused.value.problem.code in ("bad_signature", messages.PROBLEM_UNKNOWN_KEY)
    assert not Register.objects.exists()


def test_a_known_key_is_not_enrolled_twice(newcomer, code):
    newcomer.enrol(code)
    second = new_code(Store.objects.get(), clock.now_ms())

    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(second)

    assert refused.value.problem.code == "known_key"


def test_a_key_of_another_length_is_refused(newcomer, code):
    with pytest.raises(HqRefused) as refused:
        newcomer.enrol(code, public_key=b"short")

    assert "`public_key` must have 32 bytes" in refused.value.problem.detail


def test_a_code_is_good_for_one_register_when_many_ask_at_once(hq, code):
    newcomers = [Newcomer(hq) for _ in range(6)]
    start = threading.Barrier(len(newcomers))

    def ask(newcomer):
        start.wait()
        try:
            return newcomer.enrol(code).register_id
        except HqRefused as refused:
            return refused.problem.code
        finally:
            newcomer.client.close()

    with ThreadPoolExecutor(len(newcomers)) as pool:
        answers = sorted(pool.map(ask, newcomers))

    assert answers == ["bad_code"] * 5 + ["brasov-1-1"]
    assert Register.objects.count() == Chain.objects.count() == 1


def test_many_wrong_tries_at_once_are_all_counted(hq, code):
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    newcomers = [Newcomer(hq) for _ in range(TRIES)]

    def guess(newcomer):
        with pytest.raises(HqRefused, match="cannot be used"):
            newcomer.enrol(wrong)
        newcomer.client.close()

    with ThreadPoolExecutor(TRIES) as pool:
        list(pool.map(guess, newcomers))

    assert EnrolmentCode.objects.get().tries_left == 0


def test_a_revoked_register_does_not_get_the_stores_key_again(newcomer, code):
    register_id = newcomer.enrol(code).register_id
    revoke(register_id, clock.now_ms())

    with pytest.raises(HqRefused, match="cannot be used"):
        newcomer.enrol(code)
