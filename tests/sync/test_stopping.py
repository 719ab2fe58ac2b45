"""The till is closed while HQ is still answering: it closes soon, and nothing that is under way breaks."""

from __future__ import annotations

import logging
import threading

import pytest

from agent.bootstrap import build_agent
from agent.config import Config, HqConfig
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.store.database import StoreClosed
from sync.courier import Pace
from sync.wire.messages import PATH_PUSH
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually

SLOW = Pace(heartbeat_s=60, pull_s=60, first_wait_s=0.02, longest_wait_s=0.1, read_timeout_s=60)


@pytest.fixture
def agent(hq, lane, tmp_path):
    keys = KeyStore(tmp_path, "file")
    keys.write(SIGNING_KEY, bytes(range(32)))
    keys.write(STORE_KEY, bytes(32))
    config = Config(secrets="file", hq=HqConfig(url=hq.url))
    built = build_agent(tmp_path, config=config, pace=SLOW)
    yield built
    hq.answers_may_go.set()
    built.stop()


def is_closed(agent) -> bool:
    try:
        agent.lane.store.reader()
    except StoreClosed:
        return True
    return False


def test_an_exchange_that_outlasts_the_till_ends_in_peace_and_counts(hq, lane, agent, caplog):
    lane.sell(3)
    hq.answers_may_go.clear()
    agent.start()
    eventually(lambda: hq.seqs(lane.chain_id) == [1, 2, 3, 4])
    with caplog.at_level(logging.WARNING):
        assert not agent.stop(timeout_s=0.05)
        assert not is_closed(agent), "the courier still needs it"
        hq.answers_may_go.set()
        eventually(lambda: is_closed(agent))

    assert lane.all_sent()
    assert caplog.records == []
    assert len([push for push in hq.asked(PATH_PUSH) if push.entries]) == 1


def test_a_till_without_anything_under_way_is_closed_at_once(hq, lane, agent):
    before = set(threading.enumerate())
    agent.start()
    eventually(lane.all_sent)

    assert agent.stop(PATIENCE_S)
    assert is_closed(agent)
    assert agent.stop(), "stopping twice is no mistake"
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name in ("courier", "printer")]


def test_a_closed_database_says_so_in_one_sentence(lane, agent):
    agent.stop()

    with (
        pytest.raises(StoreClosed, match="The register's database is closed"),
        agent.lane.store.unit_of_work(),
    ):
        pass
