"""A batch's coupon counts in each of its stores, and once in all of them together."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.ledger import coupon_unit
from hq.__main__ import main
from hq.batches.coupon_file import write_coupons
from hq.batches.ending import void_batch
from hq.batches.making import make_batch
from hq.batches.models import BatchCoupon, BatchStore, CouponBatch
from hq.devices.models import Store
from hq.ledger.models import Coupon
from hq.members.models import AccountStore
from hq.programs import publishing
from sync.wire.feed import CouponRow
from sync.wire.messages import Want
from tests import builders
from tests.hq.at_console import page
from tests.hq.at_once import at_once
from tests.hq.books import balance, quarantined, require_sound_books, rows
from tests.hq.brought_back import Sold
from tests.hq.lane import Lane, new_code
from tests.hq.programs import publish
from tests.hq.shop import IOANA, MEHMET

TODAY = builders.TODAY
TEN_OFF = builders.percent_off("ten", "0.1", kind="coupon", trigger="coupon")
PAGE_OF_BATCHES = "/console/coupon-batches/"
CLUJ, SIBIU = "cluj-1", "sibiu-1"


@pytest.fixture(autouse=True)
def program_set(hq, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    for number, store_id in enumerate((CLUJ, SIBIU)):
        store = Store.objects.get(pk=builders.STORE)
        store.store_id, store.name, store.store_key = store_id, store_id.title(), bytes([number] * 32)
        store.save(force_insert=True)
    yield publish(TEN_OFF)
    require_sound_books()


@pytest.fixture
def in_cluj(hq):
    with Lane.enrolled(hq, new_code(CLUJ)) as made:
        yield made


@pytest.fixture
def in_sibiu(hq):
    with Lane.enrolled(hq, new_code(SIBIU)) as made:
        yield made


def a_batch(*store_ids: str, count: int = 1, **changed) -> CouponBatch:
    facts = {
        "program_id": "ten",
        "stores": list(Store.objects.filter(pk__in=store_ids or (builders.STORE, CLUJ)).order_by("pk")),
        "valid_from": TODAY,
        "valid_until": TODAY,
        "title": "Spring",
        "by": "ana",
        "now_ms": builders.NOW_MS,
    }
    return make_batch(publishing.active(), serials=count, **{**facts, **changed})


def one_of(batch: CouponBatch) -> uuid.UUID:
    return BatchCoupon.objects.filter(batch_id=batch.pk).values_list("pk", flat=True)[0]


def told(lane: Lane) -> list[tuple[uuid.UUID, str]]:
    return [(row.coupon_id, row.state) for row in lane.pull() if isinstance(row, CouponRow)]


def want(coupon_id: uuid.UUID) -> Want:
    return Want(coupon_id, coupon_unit(coupon_id), 1)


def used_by(lane: Lane, coupon_id: uuid.UUID, grants, program_set) -> Sold:
    claim = builders.a_coupon_claim(coupon_id=coupon_id, program_id="ten")
    return Sold(
        lane,
        builders.a_line("bread", 10_00),
        coupons=[claim],
        coupon_grants={coupon_id: grants[0].grant_id} if grants else {},
        program_set=program_set,
    )


def test_each_of_its_stores_hears_of_it_and_no_other(lane, in_cluj, in_sibiu):
    coupon_id = one_of(a_batch())

    assert told(lane) == told(in_cluj) == [(coupon_id, "free")]
    assert told(in_sibiu) == []
    assert in_sibiu.push(wants=[want(coupon_id)]).grants == ()


def test_used_in_one_store_it_is_used_in_the_other(lane, in_cluj, program_set):
    batch = a_batch()
    coupon_id = one_of(batch)
    sold = used_by(in_cluj, coupon_id, in_cluj.ask(coupon_id, coupon_unit(coupon_id), 1), program_set)
    in_cluj.sync()

    assert (sold.sale.total_minor, quarantined()) == (9_00, [])
    assert told(lane)[-1] == (coupon_id, "redeemed")
    assert lane.push(wants=[want(coupon_id)]).grants == ()
    assert balance(coupon_id, coupon_unit(coupon_id)) == {
        f"issued:{min(CLUJ, builders.STORE)}": -1,
        f"redeemed:{CLUJ}": 1,
    }
    file = io.StringIO(newline="")
    write_coupons(batch, file)
    (row,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert (row["state"], row["redeemed_in"], row["redeemed_on"]) == ("redeemed", CLUJ, TODAY.isoformat())


def test_registers_of_two_stores_that_ask_at_once_get_it_once(lane, in_cluj):
    coupon_id = one_of(a_batch())
    lane.push()
    in_cluj.push()

    answers = at_once(*[lambda one=one: one.push(wants=[want(coupon_id)]) for one in (lane, in_cluj)])

    assert sorted(len(answer.grants) for answer in answers) == [0, 1]


def test_made_void_it_is_void_in_every_store(lane, in_cluj):
    batch = a_batch()

    void_batch(batch, "misprinted", builders.NOW_MS)

    for one in (lane, in_cluj):
        assert told(one) == [(one_of(batch), "void")]
        assert one.push(wants=[want(one_of(batch))]).grants == ()


class Shops:
    """Four lanes of two stores, one coupon, and where it must be: nowhere, with a lane, or used at one."""

    def __init__(self, hq, program_set) -> None:
        self.program_set = program_set
        self.lanes = [Lane.enrolled(hq, new_code(one)) for one in (builders.STORE, CLUJ) for _nth in range(2)]
        for lane in self.lanes:
            lane.push()
        self.coupon_id = one_of(a_batch())
        self.unit = coupon_unit(self.coupon_id)
        self.holder: Lane | None = None
        self.grants: tuple = ()
        self.sold: Sold | None = None

    def act(self, what: str, lane: Lane) -> None:
        holds = self.holder is lane and self.sold is None
        match what:
            case "ask" if not holds:
                grants = lane.ask(self.coupon_id, self.unit, 1)
                assert bool(grants) == (self.holder is None), (
                    "it is lent to whoever asks first, and to one only"
                )
                if grants:
                    self.holder, self.grants = lane, grants
            case "use" if holds:
                self.sold = used_by(lane, self.coupon_id, self.grants, self.program_set)
                assert self.sold.sale.coupons_redeemed
            case "give back" if holds and self.grants:
                lane.release(self.grants[0], 1)
                self.holder, self.grants = None, ()
            case "return" if self.sold is not None and self.holder is lane:
                self.sold.comes_back()
                # Its chain holds it again, of itself and not by the lease that was spent.
                self.sold, self.grants = None, ()
        lane.sync()

    def close(self) -> None:
        for lane in self.lanes:
            lane.client.close()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["ask", "ask", "use", "give back", "return"]), st.integers(0, 3)),
        min_size=4,
        max_size=14,
    )
)
def test_whatever_the_lanes_of_two_stores_do_it_is_with_one_of_them_and_counts_once(hq, program_set, acts):
    shops = Shops(hq, program_set)
    try:
        for what, number in acts:
            shops.act(what, shops.lanes[number])
            require_sound_books()
    finally:
        shops.close()

    buckets = balance(shops.coupon_id, shops.unit)
    assert sum(n for bucket, n in buckets.items() if not bucket.startswith("issued:")) == 1
    assert all(n in (0, 1) for bucket, n in buckets.items() if not bucket.startswith("issued:"))
    assert sum(n for bucket, n in buckets.items() if bucket.startswith("redeemed:")) == bool(shops.sold)
    assert quarantined() == []


def test_electronic_coupons_are_for_the_members_of_all_of_its_stores(lane, in_cluj, console):
    AccountStore.objects.filter(account_id=MEHMET).update(store_id=CLUJ)
    form = {
        "program": "ten",
        "stores": [builders.STORE, CLUJ],
        "valid_from": TODAY.isoformat(),
        "valid_until": TODAY.isoformat(),
        "to": "members",
    }

    text = console.post(PAGE_OF_BATCHES, form, follow=True).content.decode()

    assert "2 coupons were made." in text
    assert set(Coupon.objects.values_list("owner_account_id", flat=True)) == {IOANA, MEHMET}
    assert len(told(lane)) == len(told(in_cluj)) == 2


def test_the_page_names_its_stores_and_wants_one_at_least(console):
    a_batch()
    a_batch(builders.STORE, CLUJ, SIBIU)
    text = page(console, PAGE_OF_BATCHES)
    assert "Cluj-1, Piața Mare" in text and "all stores" in text

    form = {"program": "ten", "valid_from": TODAY.isoformat(), "valid_until": TODAY.isoformat(), "count": "1"}
    assert "This field is required." in console.post(PAGE_OF_BATCHES, form).content.decode()
    assert CouponBatch.objects.count() == 2


@pytest.mark.parametrize(
    ("where", "stores"),
    [
        (["--store", CLUJ, "--store", builders.STORE], [CLUJ, builders.STORE]),
        (["--all-stores"], [CLUJ, SIBIU, builders.STORE]),
    ],
)
def test_the_command_makes_a_batch_for_several_stores(data_dir, tmp_path, where, stores):
    words = ["coupon-batch", "make", "--data", str(data_dir), "--program", "ten", "--count", "2"]
    words += ["--from", "2026-11-22", "--until", "2026-12-31", "--csv", str(tmp_path / "new.csv")]

    assert main([*words, *where]) == 0

    found = BatchStore.objects.order_by("store_id").values_list("store_id", flat=True)
    assert list(found) == sorted(stores)


def test_a_store_that_hq_does_not_know_makes_nothing(data_dir, tmp_path, capsys):
    words = ["coupon-batch", "make", "--data", str(data_dir), "--program", "ten", "--count", "2"]
    words += ["--from", "2026-11-22", "--until", "2026-12-31", "--csv", str(tmp_path / "new.csv")]

    assert main([*words, "--store", CLUJ, "--store", "nowhere"]) == 1

    assert "HQ has no store nowhere." in capsys.readouterr().err
    assert rows("SELECT COUNT(*) FROM coupon_batch") == [(0,)]
