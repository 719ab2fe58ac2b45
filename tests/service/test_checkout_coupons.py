"""A coupon is redeemed only once, wherever it was printed."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.coupon import CouponPayload, pack_payload, serial, unpack_payload
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit, lease_bucket
from agent.domain.receipt import Receipt
from agent.service.checkout import LeaseNeeded
from agent.service.coupons import release_for_any_lane
from agent.service.feed import apply_page
from agent.store import coupons
from agent.store.coupons import Coupon
from agent.store.print_jobs import jobs_of_sale
from sync.wire.entries import Release, SaleEntry
from sync.wire.feed import CouponRow
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import Shop


def receipt_of(shop: Shop, sale: SaleEntry) -> Receipt:
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    return msgspec.json.decode(job.body, type=Receipt)


def a_printed_coupon(shop: Shop) -> tuple[uuid.UUID, str]:
    """Buys enough for a next-visit coupon; its id and what its QR code says."""
    sale = shop.sell("2*105")
    (issued,) = sale.coupons_issued
    (printed,) = receipt_of(shop, sale).coupons
    return issued.coupon_id, printed.qr_payload


def a_coupon_of_another_lane(shop: Shop, state: str = "free") -> uuid.UUID:
    coupon_id = uuid.UUID(int=0x99)
    row = CouponRow(
        coupon_id=coupon_id,
        program_id="next-visit-10",
        valid_from=builders.TODAY,
        valid_until=builders.TODAY,
        chain_id=uuid.UUID(int=0x77),
        state=state,  # type: ignore[arg-type]
    )
    with shop.store.unit_of_work() as db:
        coupons.put_coupon(db, row)
    return coupon_id


def test_a_large_basket_prints_a_coupon_that_this_register_holds(shop: Shop) -> None:
    sale = shop.sell("2*105")

    (issued,) = sale.coupons_issued
    assert (issued.program_id, issued.redeems_program_id) == ("next-visit", "next-visit-10")
    held = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert held is not None
    assert (held.state, held.chain_id) == ("held", shop.chain_id)
    legs = [(leg.bucket, leg.amount) for leg in sale.postings if leg.unit == coupon_unit(issued.coupon_id)]
    assert (lease_bucket(shop.chain_id), 1) in legs


def test_the_receipt_prints_the_coupon_with_a_signed_code(shop: Shop) -> None:
    sale = shop.sell("2*105")

    receipt = receipt_of(shop, sale)
    (printed,) = receipt.coupons
    payload = unpack_payload(printed.qr_payload)
    assert payload is not None
    assert payload.coupon_id == sale.coupons_issued[0].coupon_id
    assert payload.signature == shop.key.sign(payload.signed_bytes)
    assert printed.serial == serial(payload.coupon_id)
    assert receipt.receipt_number == sale.receipt_number


def test_a_coupon_for_tomorrow_does_not_count_today(shop: Shop) -> None:
    _, code = a_printed_coupon(shop)
    shop.checkout.enter("105")

    with pytest.raises(LoyaltyError, match="counts from 2026-11-23 on"):
        shop.checkout.enter(code)


def test_a_held_coupon_is_redeemed_offline_and_only_once(shop: Shop) -> None:
    coupon_id, code = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")

    assert shop.checkout.enter(code).saved_minor == 129
    sale = shop.sell()

    assert [(one.coupon_id, one.discount_minor, one.grant_id) for one in sale.coupons_redeemed] == [
        (coupon_id, 129, None)
    ]
    shop.checkout.enter("102")
    with pytest.raises(LoyaltyError, match="used already"):
        shop.checkout.enter(code)


@pytest.mark.parametrize("write", [str, str.lower, lambda text: text.replace(" ", "-")])
def test_a_coupon_may_be_typed_by_its_serial(shop: Shop, write: object) -> None:
    coupon_id, _ = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")

    state = shop.checkout.enter(write(serial(coupon_id)))  # type: ignore[operator]

    assert state.saved_minor == 129


def test_the_same_coupon_twice_in_a_basket_counts_once(shop: Shop) -> None:
    _, code = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)

    assert shop.checkout.enter(code).saved_minor == 129


def test_a_coupon_can_be_kept_for_another_time(shop: Shop) -> None:
    coupon_id, code = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)

    assert shop.checkout.drop_coupon(coupon_id).saved_minor == 0
    assert shop.sell().coupons_redeemed == ()
    shop.checkout.enter("102")
    assert shop.checkout.enter(code).saved_minor == 129


def test_the_receipt_says_why_a_second_coupon_was_not_used(shop: Shop) -> None:
    codes = [a_printed_coupon(shop)[1] for _ in range(2)]
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    for code in codes:
        shop.checkout.enter(code)

    receipt = receipt_of(shop, shop.sell())

    (unused,) = receipt.unused
    assert unused.refusal.code == "one_coupon_per_sale"
    assert receipt.total_minor == 1161


def test_a_coupon_past_its_date_is_refused(shop: Shop) -> None:
    _, code = a_printed_coupon(shop)
    shop.clock.move(days=31)
    shop.checkout.enter("102")

    with pytest.raises(LoyaltyError, match="counted until 2026-12-22"):
        shop.checkout.enter(code)


def test_a_forged_code_is_refused(shop: Shop) -> None:
    coupon_id, code = a_printed_coupon(shop)
    payload = unpack_payload(code)
    assert payload is not None
    forged = pack_payload(CouponPayload(coupon_id, shop.chain_id, payload.key_id, bytes(64)))

    with pytest.raises(LoyaltyError, match="not printed by this shop"):
        shop.checkout.enter(forged)


def test_a_torn_code_asks_for_the_letters(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="cannot be read"):
        shop.checkout.enter("R1.abc")


@pytest.mark.parametrize("state", ["held", "free"])
def test_another_lanes_coupon_waits_for_the_connection(shop: Shop, state: str) -> None:
    coupon_id = a_coupon_of_another_lane(shop, state)
    shop.checkout.enter("102")

    with pytest.raises(LoyaltyError) as refused:
        shop.checkout.enter(serial(coupon_id))

    assert refused.value.title == (
        "This coupon can be used at the register that printed it, or when the connection is back."
    )


def test_another_lanes_coupon_is_redeemed_online_with_a_lease_of_one(shop: Shop) -> None:
    shop.hq.reachable = True
    coupon_id = a_coupon_of_another_lane(shop)
    shop.hq.available[coupon_id, coupon_unit(coupon_id)] = 1
    shop.checkout.enter("102")
    with pytest.raises(LeaseNeeded) as needed:
        shop.checkout.redeem_coupon(serial(coupon_id))
    ask = needed.value.ask
    assert shop.hq.ask_lease(ask.account_id, ask.unit, ask.target, 2.0) == "granted"

    assert shop.checkout.redeem_coupon(serial(coupon_id)).saved_minor == 129
    sale = shop.sell()

    (redeemed,) = sale.coupons_redeemed
    assert redeemed.grant_id is not None
    assert sale.lease_spends == ()
    assert shop.held(coupon_id, coupon_unit(coupon_id)) == 0


def test_a_coupon_that_hq_does_not_grant_stays_where_it_is(shop: Shop) -> None:
    shop.hq.reachable = True
    coupon_id = a_coupon_of_another_lane(shop, "held")
    shop.checkout.enter("102")
    with pytest.raises(LeaseNeeded):
        shop.checkout.redeem_coupon(serial(coupon_id))

    with pytest.raises(LeaseNeeded):
        shop.checkout.redeem_coupon(serial(coupon_id))
    assert shop.checkout.state().saved_minor == 0


def test_a_granted_coupon_that_is_not_used_goes_back(shop: Shop) -> None:
    shop.hq.reachable = True
    coupon_id = a_coupon_of_another_lane(shop)
    unit = coupon_unit(coupon_id)
    shop.hq.available[coupon_id, unit] = 1
    shop.checkout.enter("102")
    with pytest.raises(LeaseNeeded):
        shop.checkout.redeem_coupon(serial(coupon_id))
    shop.hq.ask_lease(coupon_id, unit, 1, 2.0)
    shop.checkout.redeem_coupon(serial(coupon_id))
    shop.checkout.drop_coupon(coupon_id)

    shop.sell()

    assert shop.held(coupon_id, unit) == 0


def test_a_coupon_recalled_under_the_sale_stops_it_before_anything_is_written(shop: Shop) -> None:
    from agent.service.coupons import release_coupon

    coupon_id, code = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)
    shop.checkout.tender("cash")
    with shop.store.unit_of_work() as db:
        coupon = coupons.read_coupon(db, coupon_id)
        assert coupon is not None
        release_coupon(db, coupon, "recalled", shop.clock.now_ms())

    with pytest.raises(LoyaltyError, match="does not hold the coupon any more"):
        shop.checkout.finish()
    assert len(shop.sales()) == 1

    # Scanned again, as the till advises, it is asked for like any coupon that is not held here.
    shop.checkout.back_to_basket()
    with pytest.raises(LoyaltyError, match="when the connection is back"):
        shop.checkout.enter(code)
    shop.hq.reachable = True
    with pytest.raises(LeaseNeeded):
        shop.checkout.enter(code)
    shop.give_lease(coupon_id, 1, unit=coupon_unit(coupon_id))
    assert shop.checkout.enter(code).saved_minor == 129
    (used,) = shop.sell().coupons_redeemed
    assert used.grant_id is not None


def test_a_coupon_of_a_later_day_is_given_to_every_lane(shop: Shop) -> None:
    coupon_id, _ = a_printed_coupon(shop)

    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 1
    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 0

    release = shop.entries()[-1]
    assert isinstance(release, Release)
    assert (release.grant_id, release.account_id, release.amount) == (None, coupon_id, 1)
    assert release.reason == "coupon_for_any_lane"
    released = coupons.read_coupon(shop.store.reader(), coupon_id)
    assert released is not None
    assert released.state == "free"


def test_a_coupon_that_counts_today_stays_with_its_register(shop: Shop) -> None:
    a_printed_coupon(shop)
    shop.clock.move(days=1)

    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 0


def test_a_coupon_goes_to_every_lane_when_its_first_day_has_ended(shop: Shop) -> None:
    """A voucher counts at once: it stays with the lane that printed it for that day, and is any lane's from the next."""
    coupon_id, _ = a_printed_coupon(shop)
    shop.clock.move(days=2)

    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 1
    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 0

    release = shop.entries()[-1]
    assert isinstance(release, Release)
    assert (release.account_id, release.reason) == (coupon_id, "day_end")


def test_a_coupon_that_hq_lent_goes_back_by_its_lease_and_an_expired_one_to_nobody(shop: Shop) -> None:
    coupon_id, _ = a_printed_coupon(shop)
    shop.clock.move(days=2)
    shop.give_lease(coupon_id, 1, unit=coupon_unit(coupon_id))
    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 0

    a_printed_coupon(shop)
    shop.clock.move(days=200)
    assert release_for_any_lane(shop.store, shop.clock.now_ms()) == 0


def hq_tells(shop: Shop, row: CouponRow) -> None:
    told = FeedRow(commit=1, kind="coupon", key="x", body=msgspec.Raw(msgspec.msgpack.encode(row)))
    apply_page(shop.store, Pulled(rows=(told,), next_cursor="1", more=False), shop.chain_id)


@pytest.mark.parametrize(("state", "holder"), [("held", builders.CHAIN), ("free", uuid.UUID(int=0x77))])
def test_hqs_older_row_never_brings_a_used_coupon_back(shop: Shop, state: str, holder: uuid.UUID) -> None:
    coupon_id, code = a_printed_coupon(shop)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)
    shop.sell()
    coupon = coupons.read_coupon(shop.store.reader(), coupon_id)
    assert coupon is not None

    hq_tells(
        shop,
        CouponRow(
            coupon_id=coupon_id,
            program_id=coupon.program_id,
            valid_from=coupon.valid_from,
            valid_until=coupon.valid_until,
            chain_id=holder,
            state=state,  # type: ignore[arg-type]
        ),
    )

    known = coupons.read_coupon(shop.store.reader(), coupon_id)
    assert isinstance(known, Coupon)
    assert known.state == "redeemed"


def test_a_coupon_that_hq_made_void_is_refused_without_naming_a_sale(shop: Shop) -> None:
    coupon_id = a_coupon_of_another_lane(shop, state="void")

    shop.checkout.enter("102")
    with pytest.raises(LoyaltyError) as refused:
        shop.checkout.enter(serial(coupon_id))

    assert refused.value.code == "coupon_void"
    assert "sale" not in refused.value.advice
