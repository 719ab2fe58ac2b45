"""Any order of sales, asks, lost requests, lost answers and restarts leaves each entry at HQ exactly once."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from agent.service import leases
from agent.store import journal
from sync.client import HqClient
from sync.hq_time import HqTime
from sync.leases import LeaseDesk
from sync.outcomes import HqTrouble
from sync.push import Pusher
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually
from tests.sync.real_hq import RealLane, a_lossy_line

CARD = "2980000003226"
CLUB = "points:club"

# At most two for one exchange: the client itself asks once more over a new connection.
FAULTS = st.lists(st.sampled_from(["", "lose_request", "lose_answer"]), max_size=2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(1, 3)),
        st.tuples(st.just("exchange"), FAULTS),
        st.tuples(st.just("ask"), FAULTS),
        st.tuples(st.just("restart"), st.none()),
    ),
    min_size=3,
    max_size=14,
)


class ByHand:
    """The courier's exchange with HQ, one at a time, when the test says so."""

    def __init__(self, lane: RealLane, line) -> None:
        self.lane = lane
        self.line = line
        self.open()

    def open(self) -> None:
        clock = self.lane.agent.lane.clock
        self.client = HqClient(self.line.url, self.lane.agent.lane.signer, HqTime(clock), clock)
        self.desk = LeaseDesk(lambda: None, lambda: True)
        self.pusher = Pusher(self.lane.store, self.lane.chain_id, self.client, self.desk, clock)
        leases.release_left_over(self.lane.store, clock.now_ms())

    def sell(self, count: int) -> None:
        for _ in range(count):
            self.lane.sell()

    def exchange(self, faults: list[str]) -> None:
        self.line.faults.extend(faults)
        try:
            self.pusher.step()
        except HqTrouble as trouble:
            note(str(trouble))
            self.desk.away()
        self.line.faults.clear()

    def ask(self, faults: list[str]) -> None:
        """Somebody taps a reward, and waits while the exchange runs."""
        account = self.account
        asking = threading.Thread(target=self.desk.ask, args=(account, CLUB, 100, PATIENCE_S))
        asking.start()
        eventually(self.desk.waiting)
        self.exchange(faults)
        self.desk.away()
        asking.join()

    @property
    def account(self):
        state = self.lane.checkout.identify("card", CARD)
        self.lane.checkout.abandon()
        return state.member.member_id

    def restart(self, _nothing: None) -> None:
        self.client.close()
        self.lane.stop()
        self.lane.reopen()
        self.open()

    def heal(self) -> int:
        """Exchange until nothing is unsent; how many exchanges that took."""
        for rounds in range(1, 12):
            self.exchange([])
            if self.lane.all_sent():
                return rounds
        raise AssertionError("the queue never empties")


@pytest.fixture(scope="module")
def by_hand(real_hq, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exactly-once")
    real_hq.enrol(folder / "r1", "Casa 1")
    with a_lossy_line(real_hq) as line:
        lane = RealLane(real_hq, folder / "r1", url=line.url).ready()
        lane.stop()
        lane.reopen()
        hand = ByHand(lane, line)
        yield hand
        hand.client.close()
        lane.stop()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_entry_is_at_hq_exactly_once_whatever_is_lost(real_hq, by_hand, steps):
    account = by_hand.account
    by_hand.heal()
    before = real_hq.bucket(account, CLUB, "available")
    for name, told in steps:
        getattr(by_hand, name)(told)
    by_hand.restart(None)
    assert by_hand.heal() <= 4

    lane = by_hand.lane
    assert real_hq.entries(lane.chain_id) == lane.journalled()
    assert lane.chain().state == "ok"
    assert journal.head_of(lane.store.reader(), lane.chain_id).hash == lane.chain().acked_hash
    # What was granted and not spent went back, once: not a point is lost or doubled.
    eventually(lambda: real_hq.bucket(account, CLUB, f"lease:{lane.chain_id}") == 0)
    assert real_hq.bucket(account, CLUB, "available") == before
