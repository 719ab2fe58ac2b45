"""Coupons of a batch at registers of two stores and the real HQ: scanned from the file, lent to one, used once."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterator

import pytest

from agent.domain.coupon import unpack_payload
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.checkout import LeaseNeeded
from agent.store import coupons
from agent.store.feed_state import count_waiting_at_hq
from demo.local_shop import DEMO_SHOP
from sync.wire.entries import SaleEntry
from tests.hq.at_once import at_once
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually
from tests.sync.real_hq import STORE, RealHq, RealLane

CENTRU = "centru"
MILK = "1001"


@pytest.fixture(scope="module", name="hq")
def _hq(tmp_path_factory) -> Iterator[RealHq]:
    """The demo's HQ with a second store of the same goods and programs, where nobody is a member yet."""
    folder = tmp_path_factory.mktemp("hq-of-two-stores")
    shop = json.loads(DEMO_SHOP.read_text("utf-8"))
    shop["store"] |= {"store_id": CENTRU, "name": "Centru"}
    shop["members"] = []
    file = folder / "centru.json"
    file.write_text(json.dumps(shop), "utf-8")
    (folder / shop["program_set"]).write_bytes(DEMO_SHOP.with_name(shop["program_set"]).read_bytes())
    made = RealHq(folder)
    try:
        made.process.run("load-shop", str(file))
        yield made
    finally:
        made.process.kill()


@pytest.fixture
def here(hq, tmp_path):
    hq.enrol(tmp_path / "here", "Casa 1")
    made = RealLane(hq, tmp_path / "here").ready()
    yield made
    made.stop()


@pytest.fixture
def there(hq, tmp_path):
    hq.enrol(tmp_path / "there", "Casa 1", hq.process.enrolment_code(CENTRU))
    made = RealLane(hq, tmp_path / "there").ready()
    yield made
    made.stop()


@pytest.fixture
def codes(hq, here, there, tmp_path) -> list[str]:
    """The QR codes of a batch for both stores, which both registers have heard of."""
    file = tmp_path / "coupons.csv"
    hq.process.run(
        "coupon-batch", "make", "--store", STORE, "--store", CENTRU, "--program", "next-visit-coupon",
        "--from", "2026-11-22", "--until", "2026-12-31", "--count", "2", "--csv", str(file),
    )  # fmt: skip
    found = [row["qr"] for row in csv.DictReader(file.read_text("utf-8").splitlines())]
    for lane in (here, there):
        eventually(lambda lane=lane: all(state_at(lane, id_in(code)) == "free" for code in found))
    return found


def id_in(code: str) -> uuid.UUID:
    payload = unpack_payload(code)
    assert payload is not None
    return payload.coupon_id


def state_at(lane: RealLane, coupon_id: uuid.UUID) -> str:
    known = coupons.read_coupon(lane.store.reader(), coupon_id)
    return known.state if known is not None else ""


def ask(lane: RealLane, coupon_id: uuid.UUID) -> str:
    return lane.courier.ask_lease(coupon_id, coupon_unit(coupon_id), 1, PATIENCE_S)


def test_a_coupon_scanned_from_the_file_is_used_in_one_of_two_stores(hq, here, there, codes):
    code = codes[0]
    coupon_id = id_in(code)
    there.checkout.enter(MILK)
    with pytest.raises(LeaseNeeded) as needed:
        there.checkout.enter(code)
    assert needed.value.ask.account_id == coupon_id
    assert ask(there, coupon_id) == "granted"
    there.checkout.redeem_coupon(code)
    there.checkout.tender("cash")
    there.checkout.finish()
    sale = there.entries()[-1]
    assert isinstance(sale, SaleEntry) and sale.coupons_redeemed[0].coupon_id == coupon_id
    eventually(there.all_sent)

    eventually(lambda: state_at(here, coupon_id) == "redeemed")
    here.checkout.enter(MILK)
    with pytest.raises(LoyaltyError, match="used already"):
        here.checkout.enter(code)
    here.checkout.abandon()
    assert ask(here, coupon_id) == "refused"
    assert hq.bucket(coupon_id, coupon_unit(coupon_id), f"redeemed:{CENTRU}") == 1
    assert count_waiting_at_hq(there.store.reader()) == 0


def test_two_stores_that_scan_one_coupon_at_the_same_moment_get_it_once(hq, here, there, codes):
    coupon_id = id_in(codes[1])

    answers = at_once(lambda: ask(here, coupon_id), lambda: ask(there, coupon_id))

    assert sorted(answers) == ["granted", "refused"]
    assert hq.bucket(coupon_id, coupon_unit(coupon_id), "available") == 0


def test_away_from_hq_it_waits_in_both_stores(hq, here, there, codes):
    hq.process.kill()
    try:
        for lane in (here, there):
            eventually(lambda lane=lane: not lane.courier.online())
            lane.checkout.enter(MILK)
            with pytest.raises(LoyaltyError, match="when the connection is back"):
                lane.checkout.enter(codes[0])
            lane.checkout.abandon()
    finally:
        hq.process.start()
