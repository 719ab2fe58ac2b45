"""A lost card is replaced in one step, and what a member tells us is noted, with HQ or without."""

from __future__ import annotations

import datetime

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.enrolment import enrol
from agent.service.member_changes import change_member, replace_card
from agent.service.member_news import MemberNews
from agent.service.members import search_members
from agent.store.blobs import blobs_of_entries
from agent.store.members import forget_member, put_member, read_member
from sync.wire.blobs import PersonalData, unpack_blob
from sync.wire.entries import Consent, MemberChangeEntry
from sync.wire.feed import MemberRow
from tests import builders
from tests.service.shop import ELENA, Shop

OLD, NEW = "2980000000016", "2980000000023"
PHONE = "0722123456"


@pytest.fixture
def ioana(shop: Shop) -> MemberRow:
    return shop.know_member(card=OLD, phone=PHONE, points=2340, birthday="04-11", locale="ro")


def changes(shop: Shop) -> list[MemberChangeEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, MemberChangeEntry)]


def told(shop: Shop) -> PersonalData:
    """The clear values of the newest blob."""
    return unpack_blob(blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 99)[-1].data)


def test_the_new_card_finds_the_member_with_the_old_balance(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)

    member = shop.checkout.enter(NEW).member
    assert member is not None
    assert (member.member_id, member.points, member.hint_last4) == (ioana.member_id, 2340, NEW[-4:])
    assert shop.hq.wakes == 1


def test_the_lost_card_finds_nobody_and_says_so(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)

    for find in (shop.checkout.enter, lambda card: shop.checkout.identify("card", card)):
        with pytest.raises(LoyaltyError, match="reported lost") as refused:
            find(OLD)
        assert refused.value.code == "lost_card"
    assert shop.checkout.state().member is None
    assert shop.checkout.enter(PHONE).member is not None


def test_nobody_joins_with_a_lost_card(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)

    with pytest.raises(LoyaltyError, match="reported lost"):
        enrol(shop.lane, ELENA, "card", OLD, (Consent("program", True),))
    with pytest.raises(LoyaltyError, match="reported lost"):
        replace_card(shop.lane, ELENA, shop.know_member("Dan Vlad", card="1234567").member_id, OLD)


def test_a_lost_card_stays_lost_after_the_next_one_is_lost_too(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)
    replace_card(shop.lane, ELENA, ioana.member_id, "2980000000030")

    for card in (OLD, NEW):
        with pytest.raises(LoyaltyError, match="reported lost"):
            shop.checkout.enter(card)


def test_the_journal_says_that_a_card_was_replaced_and_not_which(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)

    (entry,) = changes(shop)
    assert (entry.change, entry.member_id, entry.operator) == ("card_replaced", ioana.member_id, ELENA)
    (body,) = (
        shop.store.reader().execute("select body from journal order by entry_no desc limit 1").fetchone()
    )
    old = next(ref.hash for ref in ioana.identifiers if ref.kind == "card")
    assert not any(secret.encode() in body for secret in (OLD, NEW, OLD[-4:], NEW[-4:], old))
    assert (told(shop).identifiers[0].value, told(shop).lost_cards) == (NEW, (old,))


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (OLD, "card that the member has now"),
        ("1234567", "belongs to Dan V"),
        ("4111111111111111", "payment card"),
        ("", "card"),
    ],
)
def test_a_card_that_cannot_be_the_new_one_leaves_the_old_one(
    shop: Shop, ioana: MemberRow, card: str, words: str
) -> None:
    shop.know_member("Dan Vlad", card="1234567")

    with pytest.raises(LoyaltyError, match=words):
        replace_card(shop.lane, ELENA, ioana.member_id, card)

    assert not changes(shop)
    assert shop.checkout.enter(OLD).member is not None


def test_hq_is_asked_whether_the_new_card_is_somebodys(shop: Shop, ioana: MemberRow) -> None:
    shop.hq.reachable = True
    other = builders.an_id(90)
    shop.hq.members["card", NEW] = MemberRow(
        member_id=other, account_id=other, name="Dan Vlad", identifiers=(shop.identifier("card", NEW),)
    )

    with pytest.raises(LoyaltyError, match="belongs to Dan V"):
        replace_card(shop.lane, ELENA, ioana.member_id, NEW)


def test_a_card_lost_at_another_store_is_known_once_hq_was_asked(shop: Shop) -> None:
    shop.hq.reachable = True
    somebody = builders.an_id(90)
    shop.hq.members["card", OLD] = MemberRow(
        member_id=somebody, account_id=somebody, lost_cards=(shop.identifier("card", OLD).hash,)
    )

    with pytest.raises(LoyaltyError, match="reported lost"):
        shop.checkout.identify("card", OLD)
    shop.hq.reachable = False
    with pytest.raises(LoyaltyError, match="reported lost"):
        shop.checkout.identify("card", OLD)


def test_a_card_that_hq_found_again_counts_again(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)
    with shop.store.unit_of_work() as db:
        put_member(db, ioana)

    assert shop.checkout.enter(OLD).member is not None


def test_an_erased_member_leaves_no_lost_card_behind(shop: Shop, ioana: MemberRow) -> None:
    replace_card(shop.lane, ELENA, ioana.member_id, NEW)
    with shop.store.unit_of_work() as db:
        forget_member(db, ioana.member_id)

    assert shop.store.reader().execute("select count(*) from lost_card").fetchone() == (0,)


def test_a_member_without_a_card_gets_one(shop: Shop) -> None:
    dan = shop.know_member("Dan Vlad", phone=PHONE)

    replace_card(shop.lane, ELENA, dan.member_id, NEW)

    assert shop.checkout.enter(NEW).member is not None


def test_what_a_member_tells_is_kept_and_only_points_to_from_the_journal(
    shop: Shop, ioana: MemberRow
) -> None:
    news = MemberNews(
        name="Ioana  Popa",
        locale="tr",
        birthday=datetime.date(1987, 11, 23),
        interests=("coffee", "wine", "coffee"),
        channel="sms",
        consents=(Consent("sms", True, terms_version="2026-10"),),
    )

    row = change_member(shop.lane, ELENA, ioana.member_id, news)

    known = read_member(shop.store.reader(), ioana.member_id)
    assert known is not None
    assert known.row == row
    assert (row.name, row.locale, row.birthday) == ("Ioana Popa", "tr", "11-23")
    assert (row.interests, row.channel) == (("coffee", "wine"), "sms")
    assert [choice.member_id for choice in search_members(shop.lane, "popa")] == [ioana.member_id]
    (entry,) = changes(shop)
    assert (entry.change, entry.locale, entry.consents) == ("details", "tr", news.consents)
    data = told(shop)
    assert (data.name, data.birthday, data.interests, data.channel) == (
        "Ioana Popa",
        datetime.date(1987, 11, 23),
        ("coffee", "wine"),
        "sms",
    )
    (body,) = (
        shop.store.reader().execute("select body from journal order by entry_no desc limit 1").fetchone()
    )
    assert not any(secret in body for secret in (b"Popa", b"1987", b"11-23", b"coffee", b'"channel"'))


def test_a_birthday_told_today_counts_in_this_week(shop: Shop, ioana: MemberRow) -> None:
    shop.checkout.enter(OLD)
    assert not shop.checkout._sale.facts.in_birthday_week  # type: ignore[union-attr]

    change_member(shop.lane, ELENA, ioana.member_id, MemberNews(birthday=datetime.date(1987, 11, 23)))
    shop.checkout.choose_member(ioana.member_id)

    assert shop.checkout._sale.facts.in_birthday_week  # type: ignore[union-attr]


def test_what_was_not_said_stays(shop: Shop, ioana: MemberRow) -> None:
    row = change_member(shop.lane, ELENA, ioana.member_id, MemberNews(channel="email"))

    assert (row.name, row.locale, row.birthday, row.identifiers) == (
        ioana.name,
        "ro",
        "04-11",
        ioana.identifiers,
    )


def test_no_news_is_no_entry(shop: Shop, ioana: MemberRow) -> None:
    change_member(shop.lane, ELENA, ioana.member_id, MemberNews(locale="ro", birthday=None))

    assert not changes(shop)


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (MemberNews(channel="pigeon"), "no way to reach"),
        (MemberNews(birthday=datetime.date(2027, 1, 1)), "Nobody was born"),
        (MemberNews(birthday=datetime.date(1815, 12, 10)), "Nobody was born"),
        (MemberNews(interests=tuple(f"thing {n}" for n in range(13))), "At most 12 interests"),
        (MemberNews(interests=("x" * 41,)), "At most 12 interests"),
        (MemberNews(name="4111 1111 1111 1111"), "payment card"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    shop: Shop, ioana: MemberRow, news: MemberNews, words: str
) -> None:
    with pytest.raises(LoyaltyError, match=words):
        change_member(shop.lane, ELENA, ioana.member_id, news)

    assert not changes(shop)


def test_a_blocked_member_is_changed_at_hq_only(shop: Shop) -> None:
    blocked = shop.know_member("Dan Vlad", card="1234567", blocked=True)

    with pytest.raises(LoyaltyError, match="blocked"):
        replace_card(shop.lane, ELENA, blocked.member_id, NEW)


def test_points_lent_on_an_account_that_was_merged_can_still_be_spent(shop: Shop, ioana: MemberRow) -> None:
    """The old account's lease pays for its owner's reward, and the sale posts it where it was lent."""
    from agent.store.feed_state import put_alias

    old = builders.an_id(91)
    shop.give_lease(old, 500)
    with shop.store.unit_of_work() as db:
        put_alias(db, old, ioana.account_id)
    shop.checkout.enter(OLD)
    shop.checkout.enter("105")
    shop.checkout.claim("reward-5")
    sale = shop.sell()

    assert sale.spent[0].points == 500
    assert [(one.account_id, one.amount) for one in sale.lease_spends] == [(old, 500)]
    spent = [leg for leg in sale.postings if leg.amount < 0 and leg.bucket.startswith("lease:")]
    assert [(leg.account_id, leg.amount) for leg in spent] == [(old, -500)]
    assert shop.held(ioana.account_id) == 0
