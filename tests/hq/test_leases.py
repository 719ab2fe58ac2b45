"""One way to spend: HQ grants exactly what was asked, once, and only the journal gives it back."""

from __future__ import annotations

import uuid

import pytest

from hq.devices.models import Chain
from hq.ledger.grants import MAX_GRANTS
from hq.ledger.models import LeaseGrant
from sync.wire.messages import Want
from tests import builders
from tests.hq.books import balance, quarantined, require_sound_books
from tests.hq.shop import IOANA, MEHMET

POINTS = builders.POINTS
STRANGER = builders.an_id(404)


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def ioana(points=2340, spendable=0):
    return builders.a_member(points, member_id=IOANA, account_id=IOANA, spendable=spendable)


def test_a_grant_is_exactly_what_was_asked(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)

    assert (grant.account_id, grant.unit, grant.amount) == (IOANA, POINTS, 500)
    assert sum(lot.amount for lot in grant.lots) == 500
    assert balance(IOANA)["available"] == 1840
    assert balance(IOANA)[f"lease:{lane.chain_id}"] == 500


def test_a_grant_is_repeated_until_the_journal_has_it(lane):
    first = lane.push(wants=[Want(IOANA, POINTS, 500)]).grants
    again = lane.push().grants

    assert first == again
    lane.ask(IOANA, POINTS, 500)
    lane.sync()
    assert lane.push().grants == ()


def test_asking_again_for_the_same_target_grants_nothing_more(lane):
    lane.push(wants=[Want(IOANA, POINTS, 500)])
    grants = lane.push(wants=[Want(IOANA, POINTS, 500)]).grants

    assert [grant.amount for grant in grants] == [500]
    assert balance(IOANA)["available"] == 1840


def test_a_higher_target_grants_the_difference(lane):
    lane.push(wants=[Want(IOANA, POINTS, 500)])
    grants = lane.push(wants=[Want(IOANA, POINTS, 800)]).grants

    assert [grant.amount for grant in grants] == [500, 300]


def test_no_more_is_granted_than_there_is(lane):
    assert lane.push(wants=[Want(IOANA, POINTS, 2341)]).grants == ()
    assert balance(IOANA)["available"] == 2340


def test_two_lanes_cannot_be_granted_the_same_points(lane, other_lane):
    lane.push(wants=[Want(IOANA, POINTS, 2000)])

    assert other_lane.push(wants=[Want(IOANA, POINTS, 500)]).grants == ()
    assert balance(IOANA)["available"] == 340


@pytest.mark.parametrize(
    ("account", "unit"), [(MEHMET, POINTS), (STRANGER, POINTS), (IOANA, "points:other"), (IOANA, "")]
)
def test_nothing_is_granted_where_nothing_is(lane, account, unit):
    assert lane.push(wants=[Want(account, unit, 1)]).grants == ()


def test_a_want_waits_for_the_registers_own_entries(lane):
    lane.sell(builders.a_line("bread", 60_00), member=ioana())

    grants = lane.push(wants=[Want(IOANA, POINTS, 2400)]).grants

    assert [grant.amount for grant in grants] == [2400]


def test_a_want_before_a_gap_is_not_answered(lane):
    lane.push()
    lane.sell(builders.a_line("bread", 60_00))
    lane.sell(builders.a_line("bread", 60_00))

    assert lane.push(since=2, wants=[Want(IOANA, POINTS, 500)]).grants == ()


def test_a_reward_is_paid_from_its_lease(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lane.sell(builders.a_line("bread", 40_00), member=ioana(2340, 500), claims=["reward-5"], spends=[grant])

    lane.sync()

    assert balance(IOANA) == {
        "available": 1840 + 35,
        f"redeemed:{lane.store_id}": 500,
        f"issued:{lane.store_id}": -2375,
    }
    assert lane.outcomes()[3] == ("posted", "")


def test_what_was_not_used_comes_back(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lane.release(grant, 500)

    lane.sync()

    assert balance(IOANA)["available"] == 2340
    assert lane.outcomes()[3] == ("posted", "")


def test_a_release_sent_twice_comes_back_once(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lane.release(grant, 500)
    lane.sync()
    lane.release(grant, 500)

    lane.sync()

    assert balance(IOANA)["available"] == 2340
    assert lane.outcomes()[4] == ("quarantined", "release_exceeds_lease")


def test_the_part_of_a_release_that_was_held_comes_back(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lane.release(grant, 700)

    lane.sync()

    assert balance(IOANA)["available"] == 2340
    assert lane.outcomes()[3] == ("quarantined", "release_exceeds_lease")


def test_spending_more_than_the_lease_holds_is_booked_to_shortfall(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    member = ioana(2340, 500)
    for _ in range(2):
        lane.sell(builders.a_line("bread", 40_00), member=member, claims=["reward-5"], spends=[grant])

    lane.sync()

    assert lane.outcomes()[4] == ("shortfall", "overspent")
    assert balance(IOANA)[f"shortfall:{lane.store_id}"] == -500
    assert f"lease:{lane.chain_id}" not in balance(IOANA)


def test_spending_another_lanes_lease_is_booked_to_shortfall(lane, other_lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    lane.sync()
    other_lane.sell(
        builders.a_line("bread", 40_00), member=ioana(2340, 500), claims=["reward-5"], spends=[grant]
    )

    other_lane.sync()

    assert other_lane.outcomes()[2] == ("shortfall", "overspent")
    assert balance(IOANA)[f"lease:{lane.chain_id}"] == 500


def test_the_spend_of_a_quarantined_sale_is_posted_and_its_earning_waits(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    sale = lane.a_sale(
        builders.a_line("bread", 40_00), member=ioana(2340, 500), claims=["reward-5"], spends=[grant]
    )
    import msgspec

    lane.append(msgspec.structs.replace(sale, total_minor=1))

    lane.sync()

    assert lane.outcomes()[3] == ("quarantined", "replay_difference")
    assert balance(IOANA) == {
        "available": 1840,
        f"redeemed:{lane.store_id}": 500,
        f"issued:{lane.store_id}": -2340,
    }


def test_a_grant_that_hq_never_made_is_not_believed(lane):
    (grant,) = lane.ask(IOANA, POINTS, 500)
    import msgspec

    lane.release(msgspec.structs.replace(grant, grant_id=builders.an_id(1)), 500)

    lane.sync()

    assert quarantined() == [(3, "unknown_grant", "waiting")]
    assert balance(IOANA)["available"] == 1840


def test_nothing_is_granted_until_a_restored_hq_has_heard_every_chain(lane, other_lane):
    lane.push()
    other_lane.push()
    Chain.objects.update(reported=False)

    assert lane.push(wants=[Want(IOANA, POINTS, 500)]).grants == ()
    other_lane.push()
    assert [grant.amount for grant in lane.push(wants=[Want(IOANA, POINTS, 500)]).grants] == [500]


def test_points_expire_first_come_first_served_by_lot(lane):
    lane.sell(builders.a_line("bread", 60_00), member=ioana())
    lane.sync()

    (grant,) = lane.ask(IOANA, POINTS, 2400)

    assert [lot.amount for lot in grant.lots] == [2340, 60]


def test_an_answer_repeats_only_so_many_grants_at_once(lane):
    lane.push()
    chain_id = lane.chain_id
    LeaseGrant.objects.bulk_create(
        LeaseGrant(
            account_id=uuid.uuid4(),
            grant_id=uuid.uuid4(),
            chain_id=chain_id,
            unit=POINTS,
            amount=1,
            remaining=1,
            granted_ms=number,
        )
        for number in range(MAX_GRANTS + 5)
    )
    oldest = LeaseGrant.objects.order_by("granted_ms")[:MAX_GRANTS]

    told = lane.push().grants
    LeaseGrant.objects.filter(grant_id__in=[grant.grant_id for grant in told]).update(received=True)

    assert [grant.grant_id for grant in told] == [grant.grant_id for grant in oldest]
    assert len(lane.push().grants) == 5
    # No ledger entry stands behind these.
    LeaseGrant.objects.all().delete()
