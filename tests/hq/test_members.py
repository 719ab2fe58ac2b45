"""Members: enrolled at a lane, found by phone at another store, and two enrolments of one phone made one."""

from __future__ import annotations

import uuid

import pytest

from agent.domain.identifiers import identifier_hash
from hq.members.models import Consent, Identifier, Member
from hq.shop_loading import load_shop
from sync.outcomes import HqRefused
from sync.wire.blobs import PiiBlob
from sync.wire.feed import AliasRow, BalanceRow, MemberRow
from sync.wire.messages import Lookup, Want
from tests import builders
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.lane import Lane, new_code
from tests.hq.shop import IOANA, IOANA_CARD, IOANA_PHONE, shop, write_shop

POINTS = builders.POINTS
PHONE = "+40721000999"
CARD = "2980000099991"


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def rows_of(lane, kind):
    return [row for row in lane.pull() if isinstance(row, kind)]


def facts(account_id, points=0, *, provisional=False):
    return builders.a_member(
        points, member_id=account_id, account_id=account_id, spendable=0, provisional=provisional
    )


def sell_to_unknown(lane, *identifiers, amount=40_00):
    """A sale to someone whose identifier the lane does not know; the provisional account."""
    account_id = uuid.uuid4()
    blob = lane.personal_data(account_id, *identifiers)
    lane.sell(builders.a_line("bread", amount), member=facts(account_id, provisional=True), blob=blob)
    return account_id


def test_an_enrolment_makes_a_member_whom_the_store_knows(lane, other_lane):
    member_id = lane.enrol_member(("phone", PHONE), ("card", CARD), name="Ana Pop")
    lane.sync()

    told = next(row for row in rows_of(other_lane, MemberRow) if row.member_id == member_id)

    assert (told.name, told.account_id, told.locale) == ("Ana Pop", member_id, "ro")
    assert {ref.hash for ref in told.identifiers} == {
        identifier_hash(lane.store_key, "phone", PHONE).hex(),
        identifier_hash(lane.store_key, "card", CARD).hex(),
    }
    assert {ref.last4 for ref in told.identifiers} == {"0999", "9991"}


def test_consents_are_kept_with_what_was_said(lane):
    lane.enrol_member(("phone", PHONE))

    lane.sync()

    assert {(one.kind, one.given, one.how) for one in Consent.objects.all()} == {
        ("program", True, "said"),
        ("sms", False, "said"),
    }


def test_registers_never_hear_a_phone_in_the_clear(lane, other_lane):
    lane.enrol_member(("phone", PHONE))
    lane.sync()

    assert PHONE[1:] not in repr(other_lane.pull())


def test_erased_personal_data_leaves_a_member_without_a_name(lane):
    member_id = lane.enrol_member(("phone", PHONE))
    blob = lane.blobs.pop()
    lane.blobs.append(PiiBlob(blob.blob_id, member_id, b""))

    lane.sync()

    assert not quarantined()
    assert Member.objects.get(member_id=member_id).name == ""
    assert not Identifier.objects.filter(member_id=member_id).exists()


def test_a_second_enrolment_of_one_phone_becomes_an_alias(lane, other_lane):
    first = lane.enrol_member(("phone", PHONE))
    lane.sell(builders.a_line("bread", 40_00), member=facts(first))
    second = other_lane.enrol_member(("phone", PHONE), ("card", CARD), name="Ana P.")
    other_lane.sell(builders.a_line("bread", 25_00), member=facts(second))

    lane.sync()
    other_lane.sync()

    assert not quarantined()
    assert available(first) == 65
    assert balance(second) == {f"issued:{lane.store_id}": -25}
    assert AliasRow(second, first) in rows_of(lane, AliasRow)
    assert Identifier.objects.get(value=CARD).member_id == first


def test_points_that_arrive_for_an_alias_later_go_to_its_owner(lane, other_lane):
    first = lane.enrol_member(("phone", PHONE))
    lane.sync()
    second = other_lane.enrol_member(("phone", PHONE))
    other_lane.sync()
    other_lane.sell(builders.a_line("bread", 25_00), member=facts(second))

    other_lane.sync()

    assert available(first) == 25
    told = [row for row in rows_of(other_lane, BalanceRow) if row.account_id == first][-1]
    assert (told.balance, told.includes_seq[str(other_lane.chain_id)]) == (25, 3)


def test_an_alias_is_granted_nothing(lane, other_lane):
    lane.enrol_member(("phone", PHONE))
    lane.sync()
    second = other_lane.enrol_member(("phone", PHONE))
    other_lane.sell(builders.a_line("bread", 600_00), member=facts(second))

    assert other_lane.push(wants=[Want(second, POINTS, 500)]).grants == ()


def test_a_sale_to_an_unknown_phone_finds_its_owner(lane):
    account_id = sell_to_unknown(lane, ("phone", IOANA_PHONE))

    lane.sync()

    assert lane.outcomes()[2] == ("posted", "")
    assert available(IOANA) == 2380
    assert available(account_id) == 0


def test_the_owner_of_a_provisional_account_comes_later(lane, other_lane):
    first, second = (
        sell_to_unknown(lane, ("phone", PHONE)),
        sell_to_unknown(other_lane, ("phone", PHONE), amount=7_00),
    )
    lane.sync()
    other_lane.sync()
    assert available(first) == 40

    member_id = lane.enrol_member(("phone", PHONE))
    lane.sync()

    assert available(member_id) == 47
    assert {row.provisional_id for row in rows_of(other_lane, AliasRow)} == {first, second}


def test_a_lookup_finds_a_member_of_another_store(hq, lane, tmp_path):
    other = shop()
    other["store"] |= {"store_id": "cluj-1", "name": "Centru"}
    other["members"] = []
    load_shop(write_shop(tmp_path, other), 1)
    with Lane.enrolled(hq, new_code("cluj-1")) as far:
        assert not rows_of(far, MemberRow)

        found = far.client.lookup(Lookup(kind="phone", value=IOANA_PHONE), 5.0).member

        assert (found.member_id, found.name, found.birthday) == (IOANA, "Ioana Munteanu", "04-11")
        assert identifier_hash(far.store_key, "phone", IOANA_PHONE).hex() in {
            ref.hash for ref in found.identifiers
        }
        assert far.store_key != lane.store_key
        told = far.pull()
        assert IOANA in {row.member_id for row in told if isinstance(row, MemberRow)}
        assert [row.balance for row in told if isinstance(row, BalanceRow)] == [2340]


@pytest.mark.parametrize(
    ("kind", "value"), [("card", IOANA_CARD), ("phone", "0721 000 101"), ("phone", IOANA_PHONE)]
)
def test_a_lookup_takes_what_a_person_types(lane, kind, value):
    assert lane.client.lookup(Lookup(kind=kind, value=value), 5.0).member.member_id == IOANA


def test_a_lookup_of_nobody_finds_nobody(lane):
    assert lane.client.lookup(Lookup(kind="phone", value=PHONE), 5.0).member is None


def test_a_lookup_that_cannot_be_a_phone_is_said_so(lane):
    with pytest.raises(HqRefused) as refused:
        lane.client.lookup(Lookup(kind="phone", value="12"), 5.0)

    assert refused.value.problem.code == "bad_identifier"


def test_a_balance_tells_which_entries_it_counts(lane):
    lane.pull()
    lane.sell(builders.a_line("bread", 40_00), member=facts(IOANA, 2340))
    lane.sell(builders.a_line("bread", 5_00), member=facts(IOANA, 2380))

    lane.sync()

    (told,) = rows_of(lane, BalanceRow)
    assert (told.balance, told.available, told.includes_seq) == (2385, 2385, {str(lane.chain_id): 3})


def test_a_balance_counts_what_is_leased_as_the_members_own(lane):
    lane.pull()
    lane.ask(IOANA, POINTS, 500)

    (told,) = rows_of(lane, BalanceRow)
    assert (told.balance, told.available) == (2340, 1840)
