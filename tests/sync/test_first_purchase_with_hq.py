"""An offer for the first purchase over two registers and the real HQ: given once, wherever the member comes first."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.service.enrolment import enrol
from sync.wire.entries import Consent
from sync.wire.feed import MemberRow
from tests import builders
from tests.sync.lanes import eventually
from tests.sync.real_hq import OPERATOR, RealHq, RealLane
from tests.sync.test_limits_with_hq import _PUBLISH, given, two_lanes

MILK = "1001"
WELCOME = builders.percent_off(
    "welcome", "0.5", {"items": [MILK]}, audience={"who": "members", "first_purchase": True}
)


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    folder = tmp_path / "at-hq"
    folder.mkdir()
    made = RealHq(folder)
    try:
        path = folder / "welcome.json"
        path.write_bytes(builders.program_set_bytes(WELCOME, version=1000))
        made._python(_PUBLISH.format(path=str(path)))
        yield made
    finally:
        made.process.stop()


def joins(lane: RealLane, card: str) -> MemberRow:
    return enrol(lane.agent.lane, OPERATOR, "card", card, (Consent("program", True),))


def told(lane: RealLane, account_id: uuid.UUID) -> bool | None:
    row = (
        lane.store.reader()
        .execute("select bought from told_purchase where account_id = ?", (account_id.bytes,))
        .fetchone()
    )
    return bool(row[0]) if row else None


def test_who_joined_at_one_register_has_the_first_purchase_at_the_other_and_once(
    hq: RealHq, tmp_path: Path
) -> None:
    with two_lanes(hq, tmp_path) as (first, second):
        ana = joins(first, "2987000000012")
        eventually(lambda: told(second, ana.account_id) is False)

        second.sell(MILK, card="2987000000012")
        assert given(second, "welcome") == 1
        eventually(lambda: told(first, ana.account_id) is True)

        first.sell(MILK, card="2987000000012")
        second.sell(MILK, card="2987000000012")
        assert (given(first, "welcome"), given(second, "welcome")) == (0, 1)
        eventually(lambda: first.all_sent() and second.all_sent())
    assert hq.quarantined() == []


def test_who_joins_in_the_middle_of_a_sale_has_its_offer_at_once(hq: RealHq, tmp_path: Path) -> None:
    with two_lanes(hq, tmp_path) as (first, _second):
        ana = joins(first, "2987000000029")
        first.sell(MILK, card="2987000000029")
        assert given(first, "welcome") == 1
        eventually(lambda: told(first, ana.account_id) is True)


def test_with_hq_away_nobody_but_a_register_that_alone_knows_them_gives_it(
    hq: RealHq, tmp_path: Path
) -> None:
    with two_lanes(hq, tmp_path) as (first, second):
        joins(first, "2987000000036")
        eventually(lambda: first.all_sent() and second.store.reader() is not None)
        eventually(lambda: told(second, joined_id(second)) is False)
        hq.process.stop()
        eventually(lambda: not first.agent.lane.link.online() and not second.agent.lane.link.online())

        first.sell(MILK, card="2987000000036")
        second.sell(MILK, card="2987000000036")
        assert (given(first, "welcome"), given(second, "welcome")) == (0, 0)

        joins(first, "2987000000043")
        first.sell(MILK, card="2987000000043")
        assert given(first, "welcome") == 1


def joined_id(lane: RealLane) -> uuid.UUID:
    """The only account of which HQ has told whether it bought."""
    row = lane.store.reader().execute("select account_id from told_purchase").fetchone()
    return uuid.UUID(bytes=row[0]) if row else uuid.UUID(int=0)
