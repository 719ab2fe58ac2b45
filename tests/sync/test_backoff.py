"""The pace at which a dead HQ is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import Backoff


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40))
def test_waits_grow_to_the_longest_and_never_pass_it(chances):
    rolls = iter(chances)
    backoff = Backoff(lambda: next(rolls), first_s=1, longest_s=60)
    step = 1.0
    for _ in chances:
        backoff.failed(1000.0)
        assert step / 2 <= backoff.wait_s(1000.0) <= step
        step = min(step * 2, 60)


def test_a_success_forgets_the_failures():
    backoff = Backoff(lambda: 0.5)
    for _ in range(9):
        backoff.failed(0.0)
    backoff.succeeded()

    assert not backoff.failing and backoff.wait_s(0.0) == 0
    backoff.failed(0.0)
    assert backoff.wait_s(0.0) <= 1


def test_somebody_who_waits_for_an_answer_shortens_the_wait_to_a_quarter_second():
    backoff = Backoff(lambda: 0.9)
    for _ in range(9):
        backoff.failed(100.0)
    backoff.wake()

    assert 0 < backoff.wait_s(100.0) <= 0.25
    assert backoff.wait_s(100.26) == 0


def test_registers_that_lost_hq_together_do_not_come_back_together():
    early, late = Backoff(lambda: 0.0), Backoff(lambda: 0.99)
    for one in (early, late):
        one.failed(0.0)

    assert late.wait_s(0.0) > early.wait_s(0.0)
