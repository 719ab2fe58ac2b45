"""The business date is the shop's, and a clock that cannot be right is suspect."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from agent.service.moment import EARLIEST_MS, stamp_at
from agent.store import settings
from agent.store.status import HqContact, put_status
from tests import builders
from tests.service.shop import STORE, Shop

HOUR_MS = 3_600_000


def at(local: str, offset_h: int) -> int:
    zone = datetime.timezone(datetime.timedelta(hours=offset_h))
    return int(datetime.datetime.fromisoformat(local).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("local", "offset_h", "cutoff_min", "day"),
    [
        ("2026-11-22T23:59", 2, 0, "2026-11-22"),
        ("2026-11-23T00:00", 2, 0, "2026-11-23"),
        ("2026-11-23T03:59", 2, 240, "2026-11-22"),
        ("2026-11-23T04:00", 2, 240, "2026-11-23"),
        ("2026-07-01T00:30", 3, 0, "2026-07-01"),
        # The night in which summer time ends has 03:30 twice.
        ("2026-10-25T03:30", 3, 0, "2026-10-25"),
        ("2026-10-25T03:30", 2, 0, "2026-10-25"),
    ],
)
def test_the_business_day_follows_the_stores_zone_and_cut_off(
    shop: Shop, local: str, offset_h: int, cutoff_min: int, day: str
) -> None:
    with shop.store.unit_of_work() as db:
        settings.put_store(db, msgspec.structs.replace(STORE, day_cutoff_min=cutoff_min))

    stamp = stamp_at(shop.store.reader(), at(local, offset_h))

    assert (stamp.offset_min, stamp.business_date.isoformat()) == (offset_h * 60, day)


@pytest.mark.parametrize("skew_ms", [HOUR_MS, -HOUR_MS])
def test_a_clock_that_differs_from_hqs_is_suspect_until_it_agrees(shop: Shop, skew_ms: int) -> None:
    with shop.store.unit_of_work() as db:
        put_status(db, HqContact(skew_ms=skew_ms))
    assert shop.sell("100").stamp.clock == "suspect"

    with shop.store.unit_of_work() as db:
        put_status(db, HqContact(skew_ms=1_000))
    assert shop.sell("100").stamp.clock == "ok"


def test_a_clock_that_stands_before_the_last_sale_is_suspect(shop: Shop) -> None:
    shop.sell("100")
    shop.clock.move(minutes=-60)

    assert shop.sell("100").stamp.clock == "suspect"


def test_a_clock_that_is_set_back_a_little_is_not(shop: Shop) -> None:
    shop.sell("100")
    shop.clock.move(minutes=-2)

    assert shop.sell("100").stamp.clock == "ok"


def test_one_sale_with_a_wrong_date_does_not_make_the_right_time_suspect_for_long(shop: Shop) -> None:
    shop.clock.move(days=400)
    shop.sell("100")
    shop.clock.move(days=-400)

    # The clock has jumped back before the last sale; after that it is an ordinary clock again.
    assert shop.sell("100").stamp.clock == "suspect"
    assert shop.sell("100").stamp.clock == "ok"


def test_an_impossible_date_is_suspect_and_still_sells(shop: Shop) -> None:
    shop.clock.at_ms = EARLIEST_MS - 1

    assert shop.sell("100").stamp.clock == "suspect"


def test_before_the_store_is_known_time_is_utc(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        db.execute("delete from store_setting")

    assert stamp_at(shop.store.reader(), builders.NOW_MS).offset_min == 0
