"""Returns and voids at HQ: reversals posted once, by the sale's own shares, whichever lane was projected first."""

from __future__ import annotations

import random
import uuid

import msgspec
import pytest

from agent.domain.ledger import coupon_unit
from agent.domain.sold_units import all_units
from sync.wire.entries import Tender
from sync.wire.feed import BalanceRow, CouponRow
from tests import builders
from tests.hq.books import available, balance, quarantined, require_sound_books, rows
from tests.hq.brought_back import EARLY, Sold, ioana, one
from tests.hq.shop import IOANA

POINTS = builders.POINTS


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def test_a_returned_sale_takes_its_points_back(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back()
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    assert balance(IOANA).get("pending", 0) == 0
    # What the shop had issued is what Ioana's opening balance was.
    assert balance(IOANA)[f"issued:{lane.store_id}"] == -EARLY


def test_partial_returns_add_up_to_the_full_one(lane):
    sold = Sold(lane, builders.a_line("cup", 33_33, quantity=3), builders.milk(9_99), member=ioana())
    for part in (one(1, 1), one(2), one(1, 0, 2)):
        sold.comes_back(part)
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    assert rows("SELECT SUM(refund_minor) FROM sale_return") == [(sold.sale.total_minor,)]


def test_spent_points_come_back_and_can_be_granted_again(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    sold = Sold(
        lane, builders.a_line("pan", 80_00), member=ioana(spendable=500), claims=["reward-5"], spends=[grant]
    )
    sold.comes_back()
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    assert balance(IOANA).get(f"redeemed:{lane.store_id}", 0) == 0
    assert lane.ask(IOANA, POINTS, EARLY)[0].amount == EARLY


def test_points_that_were_lent_elsewhere_leave_the_balance_below_zero_until_more_come_in(lane, other_lane):
    stranger = lane.enrol_member(("phone", "+40721000111"), name="Vlad Rus")
    member = builders.a_member(0, member_id=stranger, account_id=stranger)
    sold = Sold(lane, builders.a_line("pan", 80_00), member=member)
    lane.sync()
    earned = sold.sale.earned[0].points
    (grant,) = other_lane.ask(stranger, POINTS, earned)
    sold.comes_back()
    lane.sync()
    assert available(stranger) == -earned
    assert lane.ask(stranger, POINTS, 1) == ()

    other_lane.release(grant, earned)
    other_lane.sync()

    assert available(stranger) == 0
    lane.sell(builders.a_line("pan", 20_00), member=member)
    lane.sync()
    assert quarantined() == []
    assert available(stranger) == 20


def test_the_till_hears_a_balance_that_counts_the_return(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back()
    lane.sync()

    told = [row for row in lane.pull() if isinstance(row, BalanceRow) and row.account_id == IOANA]
    assert (told[-1].balance, told[-1].includes_seq[str(lane.chain_id)]) == (EARLY, len(lane.journal))


def test_pushing_a_return_twice_posts_it_once(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back()
    lane.sync()
    lane.push(since=0)
    lane.hq.settle()

    assert available(IOANA) == EARLY
    assert rows("SELECT COUNT(*) FROM returned_unit") == [(1,)]


def test_goods_that_come_back_at_two_lanes_are_posted_for_the_first_projected(lane, other_lane):
    sold = Sold(lane, builders.a_line("cup", 40_00, quantity=2), member=ioana())
    lane.sync()
    sold.comes_back(one(1, 1), by=other_lane)
    other_lane.sync()
    sold.earlier.clear()
    sold.comes_back(one(1, 1))
    lane.sync()

    assert [(code, state) for _seq, code, state in quarantined()] == [("returned_twice", "waiting")]
    assert available(IOANA) == EARLY + sold.sale.earned[0].points - 20
    assert rows("SELECT COUNT(*) FROM returned_unit") == [(1,)]


def test_a_return_of_a_sale_that_hq_does_not_have_waits_until_it_comes(lane, other_lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back(by=other_lane)
    other_lane.sync()
    assert [code for _seq, code, _state in quarantined()] == ["unknown_sale"]
    lane.sync()

    from hq.ingest.models import Quarantine
    from hq.ingest.retry import try_again

    assert try_again(Quarantine.objects.get(), builders.NOW_MS).state == "posted"
    assert available(IOANA) == EARLY


def test_a_return_of_a_sale_that_waits_waits_too(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana(), goods_minor=1)
    sold.comes_back()
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["replay_difference", "sale_waits"]
    assert available(IOANA) == EARLY


@pytest.mark.parametrize(
    "changed",
    [
        {"goods_minor": 90_00, "refund_minor": 90_00, "tenders": (Tender("cash", 90_00),)},
        {"refund_minor": 70_00, "tenders": (Tender("cash", 70_00),)},
        {"tenders": (Tender("cash", 100_00),)},
        {"tenders": (Tender("cash", 100_00), Tender("card", -20_00))},
        {"taken_back": ()},
        {"account_id": builders.ACCOUNT},
        {"coupons_back": (builders.an_id(5),)},
        {"deducted_minor": 10_00},
    ],
)
def test_a_return_that_does_not_follow_from_its_sale_waits_for_a_person(lane, changed):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back(**changed)
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["return_differs"]
    assert available(IOANA) == EARLY + sold.sale.earned[0].points


def test_a_span_that_would_fill_the_memory_is_only_a_wrong_return(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    entry = sold.comes_back()
    huge = msgspec.structs.replace(entry.lines[0], units=(type(entry.lines[0].units[0])(0, 10**12),))
    lane.journal.pop()
    lane.hashes.pop()
    lane.append(msgspec.structs.replace(entry, lines=(huge,)))
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["return_differs"]


def test_a_return_whose_postings_are_others_waits(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back(postings=())
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["postings_differ"]


def test_a_return_from_another_store_waits(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.comes_back(store_id="cluj-1")
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["wrong_store"]


def test_the_rest_is_priced_again_as_the_register_did(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), builders.a_line("pot", 40_00), member=ioana())
    assert sold.sale.discount_minor == 10_00
    sold.comes_back(one(1), reprice=True)
    sold.comes_back(one(2))
    lane.sync()

    assert quarantined() == []
    assert rows("SELECT refund_minor FROM sale_return ORDER BY seq") == [(70_00,), (40_00,)]
    assert available(IOANA) == EARLY


def test_a_voided_sale_leaves_nothing(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    sold = Sold(
        lane, builders.a_line("pan", 200_00), member=ioana(spendable=500), claims=["reward-5"], spends=[grant]
    )
    assert len(sold.sale.coupons_issued) == 1
    sold.is_voided()
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    coupon_id = sold.sale.coupons_issued[0].coupon_id
    assert balance(coupon_id, coupon_unit(coupon_id)) == {}
    assert [row.state for row in lane.pull() if isinstance(row, CouponRow)] == ["void"]


def test_a_voided_sale_does_not_come_back(lane):
    sold = Sold(lane, builders.a_line("pan", 80_00), member=ioana())
    sold.is_voided()
    sold.comes_back()
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["returned_twice"]
    assert available(IOANA) == EARLY


def test_a_coupon_of_a_returned_sale_that_hq_has_is_void_at_every_lane(lane, other_lane):
    sold = Sold(lane, builders.a_line("pan", 200_00))
    (coupon,) = sold.sale.coupons_issued
    from tests.hq.test_coupons import release

    release(lane, coupon)
    refund = sold.facts(all_units(sold.sale.quote_input.basket), lane, reprice=False, held=False)["refund"]
    sold.comes_back(coupons_taken=refund.coupons_taken, postings=())
    lane.sync()

    assert quarantined() == []
    assert [row.state for row in other_lane.pull() if isinstance(row, CouponRow)] == ["void"]
    unit = coupon_unit(coupon.coupon_id)
    assert other_lane.ask(coupon.coupon_id, unit, 1) == ()
    assert balance(coupon.coupon_id, unit) == {}


def test_a_coupon_lent_to_another_lane_is_void_and_never_lent_again(lane, other_lane):
    sold = Sold(lane, builders.a_line("pan", 200_00))
    (coupon,) = sold.sale.coupons_issued
    from tests.hq.test_coupons import release

    release(lane, coupon)
    lane.sync()
    unit = coupon_unit(coupon.coupon_id)
    (grant,) = other_lane.ask(coupon.coupon_id, unit, 1)
    refund = sold.facts(all_units(sold.sale.quote_input.basket), lane, reprice=False, held=False)["refund"]
    sold.comes_back(coupons_taken=refund.coupons_taken, postings=())
    lane.sync()
    assert [row.state for row in other_lane.pull() if isinstance(row, CouponRow)][-1] == "void"

    other_lane.release(grant, 1)
    other_lane.sync()

    assert quarantined() == []
    assert other_lane.ask(coupon.coupon_id, unit, 1) == ()


def test_a_coupon_that_the_returned_sale_used_is_its_chains_again(lane):
    first = Sold(lane, builders.a_line("pan", 200_00))
    (coupon,) = first.sale.coupons_issued
    claim = builders.a_coupon_claim(coupon_id=coupon.coupon_id, program_id=coupon.redeems_program_id)
    second = Sold(lane, builders.a_line("cup", 50_00), coupons=[claim])
    assert len(second.sale.coupons_redeemed) == 1
    lane.sync()
    assert [row.value_minor for row in lane.pull() if isinstance(row, CouponRow)] == [5_00]

    second.comes_back()
    lane.sync()

    assert quarantined() == []
    unit = coupon_unit(coupon.coupon_id)
    assert balance(coupon.coupon_id, unit)[f"lease:{lane.chain_id}"] == 1
    assert [row.state for row in lane.pull() if isinstance(row, CouponRow)] == ["held"]
    third = Sold(lane, builders.a_line("cup", 50_00), coupons=[claim])
    lane.sync()
    assert third.sale.coupons_redeemed
    assert quarantined() == []


def test_a_sale_of_a_member_who_was_found_later_gives_its_points_back_by_the_owner(lane):
    provisional = uuid.uuid4()
    blob = lane.personal_data(provisional, ("phone", "+40721999888"))
    member = builders.a_member(0, member_id=provisional, account_id=provisional, provisional=True)
    sold = Sold(lane, builders.a_line("pan", 80_00), member=member, blob=blob)
    owner = lane.enrol_member(("phone", "+40721999888"), name="Dan Pop")
    lane.sync()
    assert available(owner) == sold.sale.earned[0].points

    sold.comes_back()
    lane.sync()

    assert quarantined() == []
    assert (available(owner), available(provisional)) == (0, 0)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_back_in_whatever_order_leaves_the_books_as_they_were(lane, seed):
    chance = random.Random(seed)
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lines = [
        builders.a_line(f"i{number}", chance.randint(1, 60_00), quantity=chance.randint(1, 4))
        for number in range(chance.randint(1, 4))
    ]
    sold = Sold(
        lane,
        *lines,
        builders.milk(chance.randint(1, 90_00), quantity=chance.randint(1, 3)),
        builders.a_line("pan", 90_00),
        member=ioana(spendable=500),
        claims=["reward-5"],
        spends=[grant],
    )
    units = [
        (line.line_id, unit) for line in sold.sale.quote_input.basket.lines for unit in range(line.units)
    ]
    chance.shuffle(units)
    while units:
        count = chance.randint(1, len(units))
        part, units = units[:count], units[count:]
        chosen = {line_id: frozenset(unit for at, unit in part if at == line_id) for line_id, _unit in part}
        sold.comes_back(chosen, reprice=chance.random() < 0.4)
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    assert balance(IOANA).get("pending", 0) == 0
    assert rows("SELECT SUM(refund_minor) FROM sale_return") == [(sold.sale.total_minor,)]
