"""Joining takes a number and a yes, with HQ or without."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.service.enrolment import enrol
from agent.service.member_news import MemberNews
from agent.service.members import search_members
from agent.store.blobs import blobs_of_entries, drop_acked_blobs
from agent.store.settings import put_store
from sync.wire.blobs import blob_ref, unpack_blob
from sync.wire.entries import Consent, MemberEntry
from sync.wire.feed import MemberRow
from tests.service.shop import ELENA, STORE, Shop

PHONE = "0722123456"
YES = (Consent("program", True),)


def test_a_member_who_joins_offline_shops_at_once(shop: Shop) -> None:
    member = enrol(shop.lane, ELENA, "phone", PHONE, YES, name="  Ioana   Munteanu ")

    view = shop.checkout.enter(PHONE).member
    assert view is not None
    assert (view.member_id, view.display_name, view.provisional) == (member.member_id, "Ioana M.", False)
    assert [choice.member_id for choice in search_members(shop.lane, "munt")] == [member.member_id]
    assert shop.hq.wakes == 1


def test_the_journal_names_the_consent_and_only_points_to_the_personal_data(shop: Shop) -> None:
    member = enrol(shop.lane, ELENA, "phone", PHONE, (*YES, Consent("sms", False)), name="Ioana Munteanu")

    entry = shop.entries()[-1]
    assert isinstance(entry, MemberEntry)
    assert (entry.member_id, entry.operator) == (member.member_id, ELENA)
    assert [(one.kind, one.given) for one in entry.consents] == [("program", True), ("sms", False)]
    (blob,) = blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 9)
    assert entry.pii == (blob_ref(blob.blob_id, blob.data),)
    data = unpack_blob(blob.data)
    assert (data.name, data.identifiers[0].value) == ("Ioana Munteanu", "+40722123456")
    (body,) = (
        shop.store.reader().execute("select body from journal order by entry_no desc limit 1").fetchone()
    )
    assert b"Ioana" not in body
    assert b"722123456" not in body


def test_wishes_told_while_joining_are_in_the_personal_data_and_not_in_the_journal(shop: Shop) -> None:
    news = MemberNews(locale="tr", interests=("coffee ", "wine"), channel="sms")

    member = enrol(shop.lane, ELENA, "phone", PHONE, YES, locale="en", news=news)

    assert (member.locale, member.interests, member.channel) == ("tr", ("coffee", "wine"), "sms")
    entry = shop.entries()[-1]
    assert isinstance(entry, MemberEntry)
    assert (entry.locale, [one.kind for one in entry.consents]) == ("tr", ["program"])
    (blob,) = blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 9)
    data = unpack_blob(blob.data)
    assert (data.interests, data.channel) == (("coffee", "wine"), "sms")
    assert b"coffee" not in msgspec.json.encode(entry)


def test_nobody_joins_with_a_wish_that_cannot_be_kept(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="no way to reach"):
        enrol(shop.lane, ELENA, "phone", PHONE, YES, news=MemberNews(channel="pigeon"))

    assert not [entry for entry in shop.entries() if isinstance(entry, MemberEntry)]


def test_who_joins_agrees_to_the_terms_in_force(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        put_store(db, msgspec.structs.replace(STORE, terms_version="2026-10"))

    enrol(shop.lane, ELENA, "phone", PHONE, (*YES, Consent("sms", True, "signed", "sms-3")))

    entry = shop.entries()[-1]
    assert isinstance(entry, MemberEntry)
    assert [(one.kind, one.terms_version) for one in entry.consents] == [
        ("program", "2026-10"),
        ("sms", "sms-3"),
    ]


def test_clear_values_go_as_soon_as_hq_has_them(shop: Shop) -> None:
    enrol(shop.lane, ELENA, "phone", PHONE, YES)

    with shop.store.unit_of_work() as db:
        assert drop_acked_blobs(db, shop.chain_id, 2) == 1

    (erased,) = blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 9)
    assert erased.data == b""
    assert shop.checkout.enter(PHONE).member is not None


def test_two_blobs_of_one_person_do_not_look_alike(shop: Shop) -> None:
    enrol(shop.lane, ELENA, "phone", PHONE, YES)
    enrol(shop.lane, ELENA, "card", "1234567", YES)

    first, second = blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 9)
    assert first.data[:16] != second.data[:16]


@pytest.mark.parametrize("consents", [(), (Consent("sms", True),), (Consent("program", False),)])
def test_nobody_joins_without_agreeing(shop: Shop, consents: tuple[Consent, ...]) -> None:
    with pytest.raises(LoyaltyError, match="without agreeing"):
        enrol(shop.lane, ELENA, "phone", PHONE, consents)

    assert not any(isinstance(entry, MemberEntry) for entry in shop.entries())


def test_a_number_joins_once(shop: Shop) -> None:
    shop.know_member("Ioana Munteanu", phone=PHONE)

    with pytest.raises(LoyaltyError, match=r"Ioana M\., who is a member already"):
        enrol(shop.lane, ELENA, "phone", PHONE, YES)


def test_online_hq_is_asked_whether_the_number_is_a_members(shop: Shop) -> None:
    shop.hq.reachable = True
    ref = shop.identifier("phone", PHONE)
    known = shop.know_member("Dan Vlad", card="1234567")
    shop.hq.members["phone", "+40722123456"] = MemberRow(
        member_id=known.member_id, account_id=known.account_id, name="Dan Vlad", identifiers=(ref,)
    )

    with pytest.raises(LoyaltyError, match="Dan V"):
        enrol(shop.lane, ELENA, "phone", PHONE, YES)


def test_who_was_provisional_may_join_and_is_then_known(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    shop.sell("105")

    member = enrol(shop.lane, ELENA, "phone", PHONE, YES, name="Ana")

    view = shop.checkout.enter(PHONE).member
    assert view is not None
    assert (view.member_id, view.provisional) == (member.member_id, False)


@pytest.mark.parametrize(
    ("kind", "text", "name", "words"),
    [
        ("phone", "07", "", "not a whole phone number"),
        ("card", "4111111111111111", "", "payment card"),
        ("phone", PHONE, "4111 1111 1111 1111", "payment card"),
        ("phone", PHONE, "x" * 121, "longer than 120"),
    ],
)
def test_what_cannot_be_kept_is_refused(shop: Shop, kind: str, text: str, name: str, words: str) -> None:
    with pytest.raises(LoyaltyError, match=words):
        enrol(shop.lane, ELENA, kind, text, YES, name=name)  # type: ignore[arg-type]

    assert shop.store.reader().execute("select count(*) from member").fetchone() == (0,)


def test_a_name_cannot_carry_control_characters_to_the_printer(shop: Shop) -> None:
    assert enrol(shop.lane, ELENA, "phone", PHONE, YES, name="Ana\x1bp\x00 Pop").name == "Ana p Pop"
