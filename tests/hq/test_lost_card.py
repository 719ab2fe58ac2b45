"""A lost card at HQ: blocked and replaced in one step, at every register; the balance stays."""

from __future__ import annotations

import datetime
import os
import uuid

import pytest

from agent.domain.identifiers import identifier_hash
from hq.members.models import Consent as ConsentRow
from hq.members.models import Member
from hq.membership.models import MemberDetail
from sync.wire.blobs import ClearIdentifier, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import Consent, MemberChangeEntry
from sync.wire.feed import MemberRow
from sync.wire.messages import Lookup
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, quarantined, require_sound_books
from tests.hq.lane import OPERATOR, a_stamp
from tests.hq.shop import IOANA, IOANA_CARD, IOANA_PHONE, MEHMET

NEW = "2980000074999"


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def hashed(lane, card: str) -> str:
    return identifier_hash(lane.store_key, "card", card).hex()


def change(lane, member_id=IOANA, data=None, **fields) -> int:
    """Journal what a register journals when something about a member changes; the entry's seq."""
    blob = PiiBlob(uuid.uuid4(), member_id, pack_blob(os.urandom(16), data or PersonalData()))
    lane.blobs.append(blob)
    return lane.append(
        MemberChangeEntry(
            member_id=member_id,
            account_id=member_id,
            store_id=lane.store_id,
            operator=OPERATOR,
            stamp=a_stamp(),
            pii=(blob_ref(blob.blob_id, blob.data),),
            **{"change": "details", **fields},
        )
    )


def replace(lane, old: str = IOANA_CARD, new: str = NEW, member_id=IOANA) -> int:
    data = PersonalData(
        identifiers=(ClearIdentifier("card", new, hashed(lane, new)),), lost_cards=(hashed(lane, old),)
    )
    return change(lane, member_id, data, change="card_replaced")


def row_of(lane, member_id=IOANA) -> MemberRow:
    return [row for row in lane.pull() if isinstance(row, MemberRow) and row.member_id == member_id][-1]


def look_up(lane, card: str):
    return lane.client.lookup(Lookup(kind="card", value=card), 5.0).member


def test_every_register_hears_of_the_new_card_and_of_the_lost_one(lane, other_lane):
    seq = replace(lane)
    lane.sync()

    assert lane.outcomes()[seq] == ("posted", "")
    told = row_of(other_lane)
    assert hashed(lane, NEW) in {ref.hash for ref in told.identifiers}
    assert hashed(lane, IOANA_CARD) not in {ref.hash for ref in told.identifiers}
    assert told.lost_cards == (hashed(lane, IOANA_CARD),)
    assert available(IOANA) == 2340


def test_whoever_asks_for_a_lost_card_hears_that_it_is_lost(lane):
    replace(lane)
    lane.sync()

    assert look_up(lane, NEW).member_id == IOANA
    answer = look_up(lane, IOANA_CARD)
    assert hashed(lane, IOANA_CARD) in answer.lost_cards
    assert hashed(lane, IOANA_CARD) not in {ref.hash for ref in answer.identifiers}


def test_points_earned_on_a_lost_card_are_nobodys(lane, other_lane):
    replace(lane)
    lane.sync()
    account_id = uuid.uuid4()
    blob = other_lane.personal_data(account_id, ("card", IOANA_CARD))
    facts = builders.a_member(member_id=account_id, account_id=account_id, spendable=0, provisional=True)
    other_lane.sell(builders.a_line("bread", 40_00), member=facts, blob=blob)
    other_lane.sync()

    assert (available(IOANA), available(account_id)) == (2340, 40)


def test_nobody_joins_with_a_lost_card(lane, other_lane):
    replace(lane)
    lane.sync()
    joined = other_lane.enrol_member(("card", IOANA_CARD), ("phone", "+40721000777"))
    other_lane.sync()

    assert hashed(lane, IOANA_CARD) not in {ref.hash for ref in row_of(lane, joined).identifiers}


def test_a_card_lost_at_two_lanes_at_once_is_lost_once_and_both_new_ones_count(lane, other_lane):
    replace(lane)
    replace(other_lane, new="2980000074555")
    lane.sync()
    other_lane.sync()

    assert not quarantined()
    assert {look_up(lane, card).member_id for card in (NEW, "2980000074555")} == {IOANA}


def test_a_new_card_that_is_another_members_waits_but_the_lost_one_is_blocked(lane):
    lane.enrol_member(("card", NEW))
    seq = replace(lane)
    lane.sync()

    assert quarantined() == [(seq, "card_taken", "waiting")]
    assert look_up(lane, NEW).member_id != IOANA
    assert row_of(lane).lost_cards == (hashed(lane, IOANA_CARD),)


def test_a_change_of_a_member_whom_hq_does_not_have_waits(lane, other_lane):
    nobody = uuid.uuid4()
    seq = change(lane, nobody, PersonalData(channel="sms"))
    lane.sync()

    assert quarantined() == [(seq, "unknown_member", "waiting")]


def test_a_card_given_after_an_offline_sale_brings_that_sales_points(lane, other_lane):
    account_id = uuid.uuid4()
    blob = other_lane.personal_data(account_id, ("card", NEW))
    facts = builders.a_member(member_id=account_id, account_id=account_id, spendable=0, provisional=True)
    other_lane.sell(builders.a_line("bread", 40_00), member=facts, blob=blob)
    other_lane.sync()
    replace(lane)
    lane.sync()

    assert available(IOANA) == 2380


def test_what_a_member_told_is_kept_and_every_register_hears_it(lane, other_lane):
    data = PersonalData(
        name="Ioana Popa",
        birthday=datetime.date(1987, 5, 17),
        interests=("coffee", "wine"),
        channel="sms",
    )
    change(lane, data=data, locale="tr", consents=(Consent("sms", True, terms_version="2026-10"),))
    lane.sync()

    told = row_of(other_lane)
    assert (told.name, told.locale, told.birthday) == ("Ioana Popa", "tr", "05-17")
    assert (told.interests, told.channel) == (("coffee", "wine"), "sms")
    assert Member.objects.get(member_id=IOANA).birthday == datetime.date(1987, 5, 17)
    assert [(one.kind, one.given, one.terms_version) for one in ConsentRow.objects.all()] == [
        ("sms", True, "2026-10")
    ]


def test_what_was_not_said_stays_and_what_was_emptied_is_empty(lane):
    change(lane, data=PersonalData(interests=("coffee",), channel="sms"))
    change(lane, data=PersonalData(interests=()))
    lane.sync()

    told = row_of(lane)
    assert (told.name, told.birthday, told.interests, told.channel) == ("Ioana Munteanu", "04-11", (), "sms")
    assert MemberDetail.objects.count() == 1


def test_erased_personal_data_changes_nothing(lane):
    change(lane, data=PersonalData(name="Ioana Popa"))
    blob = lane.blobs.pop()
    lane.blobs.append(PiiBlob(blob.blob_id, IOANA, b""))
    lane.sync()

    assert not quarantined()
    assert Member.objects.get(member_id=IOANA).name == "Ioana Munteanu"


@pytest.mark.parametrize(
    ("fields", "code"), [({"change": "moved"}, "needs_upgrade"), ({"store_id": "cluj-1"}, "wrong_store")]
)
def test_a_change_that_cannot_be_posted_waits(lane, fields, code):
    import msgspec

    seq = change(lane)
    entry = lane.journal.pop()
    lane.hashes.pop()
    from sync.wire.entries import decode_entry

    lane.append(msgspec.structs.replace(decode_entry(entry.kind, entry.version, entry.body), **fields))
    lane.sync()

    assert quarantined() == [(seq, code, "waiting")]


def on_console(console, number: str, member_id=IOANA):
    address = f"/console/members/consolemember/{member_id}/card/"
    return console.post(address, {"card": number}, follow=True).content.decode()


def test_staff_replace_a_card(console, lane):
    said = on_console(console, NEW)

    assert "is blocked" in said
    assert row_of(lane).lost_cards == (hashed(lane, IOANA_CARD),)
    assert look_up(lane, NEW).member_id == IOANA


def test_staff_block_a_card_before_there_is_a_new_one(console, lane):
    on_console(console, "")

    assert hashed(lane, IOANA_CARD) in look_up(lane, IOANA_CARD).lost_cards
    assert lane.client.lookup(Lookup(kind="phone", value=IOANA_PHONE), 5.0).member.member_id == IOANA


@pytest.mark.parametrize(("card", "words"), [("4111111111111111", "payment card"), (IOANA_CARD, "already")])
def test_a_card_that_cannot_be_the_new_one_is_refused_and_nothing_is_blocked(console, lane, card, words):
    assert words in on_console(console, card, MEHMET)
    assert look_up(lane, IOANA_CARD).member_id == IOANA


def test_who_may_not_replace_cards_sees_no_form_and_can_do_nothing(lane):
    reader = staff_with("reader", "view_consolemember")
    assert "Lost card" not in page(reader, f"/console/members/consolemember/{IOANA}/change/")
    assert reader.post(f"/console/members/consolemember/{IOANA}/card/", {"card": NEW}).status_code == 403
    desk = staff_with("desk", "view_consolemember", "replace_card")
    assert "Lost card" in page(desk, f"/console/members/consolemember/{IOANA}/change/")
    assert desk.get(f"/console/members/consolemember/{IOANA}/card/").status_code == 405
