"""A serialised coupon is redeemed once: by the chain that holds it, and by another only after HQ lent it on."""

from __future__ import annotations

import pytest

from agent.domain.coupon import serial
from agent.domain.ledger import coupon_unit
from hq.batches.serial_file import read_serials
from sync.wire.entries import Release
from sync.wire.feed import CouponRow
from tests import builders
from tests.hq.books import balance, quarantined, require_sound_books
from tests.hq.lane import a_stamp


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


@pytest.fixture
def coupon(lane):
    """A coupon that the lane printed, as issued."""
    sale = lane.sell(builders.a_line("party", 200_00))
    return sale.coupons_issued[0]


def test_a_lent_coupon_goes_back_by_its_lease_alone(lane, coupon):
    """The lane's feed told of the coupon before the lease itself came, so the lane took it for its own."""
    unit = coupon_unit(coupon.coupon_id)
    release(lane, coupon)
    lane.sync()
    (grant,) = lane.ask(coupon.coupon_id, unit, 1)

    release(lane, coupon)
    lane.sync()

    assert quarantined() == []
    assert balance(coupon.coupon_id, unit)[f"lease:{lane.chain_id}"] == 1
    lane.sell(
        builders.a_line("cup", 50_00),
        coupons=[claim(coupon)],
        coupon_grants={coupon.coupon_id: grant.grant_id},
    )
    lane.sync()
    assert quarantined() == []


def test_the_serial_of_a_printed_coupon_cannot_be_imported_for_another(lane, coupon):
    lane.sync()

    read = read_serials(f"serial\n{serial(coupon.coupon_id)}\n".encode())

    letters = serial(coupon.coupon_id).replace(" ", "")
    assert [problem.what for problem in read.problems] == [f"HQ has a coupon {letters} already"]


def claim(coupon):
    return builders.a_coupon_claim(coupon_id=coupon.coupon_id, program_id=coupon.redeems_program_id)


def release(lane, coupon):
    lane.append(
        Release(
            grant_id=None,
            account_id=coupon.coupon_id,
            unit=coupon_unit(coupon.coupon_id),
            amount=1,
            reason="coupon_for_any_lane",
            stamp=a_stamp(),
        )
    )


def heard(lane):
    return [(row.coupon_id, row.chain_id, row.state) for row in lane.pull() if isinstance(row, CouponRow)]


def test_a_coupon_belongs_to_the_chain_that_printed_it(lane, coupon):
    lane.sync()

    unit = coupon_unit(coupon.coupon_id)
    assert balance(coupon.coupon_id, unit) == {f"issued:{lane.store_id}": -1, f"lease:{lane.chain_id}": 1}
    assert heard(lane) == [(coupon.coupon_id, lane.chain_id, "held")]


def test_every_lane_of_the_store_hears_of_it(lane, other_lane, coupon):
    lane.sync()

    assert heard(other_lane) == [(coupon.coupon_id, lane.chain_id, "held")]


def test_its_own_chain_redeems_it(lane, coupon):
    lane.sell(builders.a_line("bread", 40_00), coupons=[claim(coupon)])

    lane.sync()

    assert lane.outcomes()[3] == ("posted", "")
    assert balance(coupon.coupon_id, coupon_unit(coupon.coupon_id))[f"redeemed:{lane.store_id}"] == 1


def test_a_released_coupon_can_be_asked_for_by_any_lane(lane, other_lane, coupon):
    release(lane, coupon)
    lane.sync()
    assert heard(other_lane)[-1] == (coupon.coupon_id, lane.chain_id, "free")

    (grant,) = other_lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1)
    other_lane.sell(
        builders.a_line("bread", 40_00),
        coupons=[claim(coupon)],
        coupon_grants={coupon.coupon_id: grant.grant_id},
    )
    other_lane.sync()

    assert other_lane.outcomes()[3] == ("posted", "")
    assert heard(lane)[-1] == (coupon.coupon_id, other_lane.chain_id, "redeemed")


def test_a_coupon_that_is_held_elsewhere_is_not_granted(lane, other_lane, coupon):
    lane.sync()

    assert other_lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1) == ()


def test_a_coupon_is_granted_to_one_lane_only(lane, other_lane, coupon):
    release(lane, coupon)
    lane.sync()
    assert len(other_lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1)) == 1

    assert lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1) == ()


def test_a_coupon_taken_off_again_is_free_again(lane, other_lane, coupon):
    release(lane, coupon)
    lane.sync()
    (grant,) = other_lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1)
    other_lane.release(grant, 1)
    other_lane.sync()

    assert len(lane.ask(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1)) == 1


def test_a_second_redemption_is_booked_to_shortfall(lane, other_lane, coupon):
    lane.sell(builders.a_line("bread", 40_00), coupons=[claim(coupon)])
    lane.sync()
    other_lane.sell(builders.a_line("bread", 40_00), coupons=[claim(coupon)])

    other_lane.sync()

    assert other_lane.outcomes()[2] == ("shortfall", "overspent")


def test_a_coupon_that_was_never_issued_is_booked_to_shortfall(lane):
    lane.sell(builders.a_line("bread", 40_00), coupons=[builders.a_coupon_claim()])

    lane.sync()

    assert lane.outcomes()[2] == ("shortfall", "overspent")
    assert heard(lane) == []


def test_a_coupon_released_twice_is_free_once(lane, coupon):
    release(lane, coupon)
    release(lane, coupon)

    lane.sync()

    assert quarantined() == [(4, "release_exceeds_lease", "waiting")]
    assert balance(coupon.coupon_id, coupon_unit(coupon.coupon_id))["available"] == 1
