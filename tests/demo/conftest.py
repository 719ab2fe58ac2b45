"""The real baskets, unpacked once. Where they cannot be, these tests fail: `./run test` installs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from agent.bootstrap import DATABASE, SystemEntropy
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.checkout import Checkout
from agent.service.lane import Lane
from agent.service.ports import NoHq
from agent.store.database import Store
from agent.store.sqlite import open_connection
from demo.complete_journey.cache import unpacked
from demo.complete_journey.clock import SimulatedClock
from demo.complete_journey.facts import Facts, measure
from demo.complete_journey.plan import Plan
from demo.complete_journey.replay import ReplayLane
from demo.complete_journey.shop import OPERATOR_ID, OPERATOR_NAME, write_shop
from demo.complete_journey.source import Source
from demo.local_shop import make_local_register
from sync.signing import RegisterKey
from sync.wire.entries import Operator

FirstColumn = Callable[[str], list[int]]


class OpenLanes(Protocol):
    """Opens the registers of a plan; households that are left out are no members yet."""

    def __call__(
        self, plan: Plan, leave_out: frozenset[int] = frozenset()
    ) -> tuple[list[ReplayLane], SimulatedClock]: ...


@pytest.fixture(scope="session")
def source() -> Iterator[Source]:
    source = Source(unpacked())
    yield source
    source.close()


@pytest.fixture(scope="session")
def first_column() -> Iterator[FirstColumn]:
    """Asks the cache itself, in SQL."""
    db = open_connection(unpacked(), read_only=True)
    yield lambda sql: [row[0] for row in db.execute(sql)]
    db.close()


@pytest.fixture(scope="session")
def facts(source: Source) -> Facts:
    return measure(source)


@pytest.fixture
def open_lanes(tmp_path: Path) -> Iterator[OpenLanes]:
    """Opens the registers of a plan in one folder, as often as asked: they are found again as they were left."""
    stores: list[Store] = []

    def open_lanes(
        plan: Plan, leave_out: frozenset[int] = frozenset()
    ) -> tuple[list[ReplayLane], SimulatedClock]:
        clock = SimulatedClock(tmp_path / "clock")
        _place, first = next(plan.baskets())
        clock.stand_at(first.at_ms)
        while stores:
            stores.pop().close()
        members = {basket.household_id for _place, basket in plan.baskets()} - leave_out
        shop = write_shop(tmp_path / "shop", plan.store_id, sorted(members))
        lanes = []
        for number in range(plan.lanes):
            data_dir = tmp_path / f"register{number}"
            if not (data_dir / DATABASE).exists():
                data_dir.mkdir()
                make_local_register(data_dir, name=f"Register {number + 1}", at_ms=first.at_ms, shop=shop)
            keys = KeyStore(data_dir, "file")
            signing, store_key = keys.read(SIGNING_KEY), keys.read(STORE_KEY)
            assert signing
            assert store_key
            stores.append(Store(data_dir / DATABASE))
            lane = Lane(
                store=stores[-1],
                clock=clock,
                entropy=SystemEntropy(),
                signer=RegisterKey(signing),
                link=NoHq(),
                store_key=store_key,
            )
            lanes.append(ReplayLane(lane, Checkout(lane, Operator(OPERATOR_ID, OPERATOR_NAME))))
        return lanes, clock

    yield open_lanes
    for store in stores:
        store.close()
