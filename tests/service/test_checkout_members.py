"""The member is found by whatever they bring; nobody is turned away because a line is down."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.service.feed import apply_page
from agent.service.members import SeveralMembers, search_members
from agent.store import feed_state, members
from agent.store.balances import read_balances
from agent.store.blobs import blobs_of_entries
from sync.wire.blobs import unpack_blob
from sync.wire.entries import IdentifierRef
from sync.wire.feed import AliasRow, MemberRow
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import Shop

PHONE = "0722 123 456"


def shown(shop: Shop) -> tuple[str, bool] | None:
    member = shop.checkout.state().member
    return (member.display_name, member.provisional) if member else None


@pytest.mark.parametrize(
    "typed", ["0722123456", "0722 123 456", "+40722123456", "0040 722 123 456", "0722-123-456"]
)
def test_a_phone_number_is_found_however_it_is_typed(shop: Shop, typed: str) -> None:
    shop.know_member(phone=PHONE)

    shop.checkout.enter(typed)

    assert shown(shop) == ("Ioana M.", False)


def test_a_card_and_an_email_find_their_member_too(shop: Shop) -> None:
    shop.know_member("Ioana Munteanu", card="26 0000 4417", email="ioana@example.ro")

    view = shop.checkout.enter("2600004417").member
    assert view is not None
    assert (view.display_name, view.initials, view.hint_kind, view.hint_last4) == (
        "Ioana M.",
        "IM",
        "card",
        "4417",
    )

    shop.checkout.forget_member()
    shop.checkout.enter("Ioana@Example.ro")
    assert shown(shop) == ("Ioana M.", False)


def test_an_item_comes_before_a_card_of_the_same_number(shop: Shop) -> None:
    shop.know_member(card="5941234567890")

    assert shop.checkout.enter("5941234567890").member is None


def test_a_member_card_that_looks_like_a_payment_card_is_known_by_itself(shop: Shop) -> None:
    shop.know_member(card="4111111111111111")

    assert shop.checkout.enter("4111111111111111").member is not None


def test_members_get_card_prices_on_what_is_in_the_basket_already(shop: Shop) -> None:
    shop.publish(builders.points_per_money(), version=2)
    shop.know_member(phone=PHONE)
    assert shop.checkout.enter("101").total_minor == 1850

    assert shop.checkout.enter(PHONE).total_minor == 1650
    assert shop.checkout.forget_member().total_minor == 1850
    shop.checkout.enter(PHONE)
    shop.sell()

    (line,) = shop.last_sale().quote_input.basket.lines
    assert (line.extended_minor, line.price_source) == (1650, "card")


def test_points_shown_are_hqs_figure_and_what_was_bought_here_since(shop: Shop) -> None:
    shop.know_member(phone=PHONE, points=2_340)
    shop.checkout.enter(PHONE)
    shop.sell("105")

    shop.checkout.enter(PHONE)
    view = shop.checkout.enter("105").member

    assert view is not None
    assert (view.points, view.earns_points) == (2_430, 90)


def test_offline_only_what_is_leased_here_is_usable_now(shop: Shop) -> None:
    member = shop.know_member(phone=PHONE, points=2_340)
    shop.give_lease(member.account_id, 1_500)

    view = shop.checkout.enter(PHONE).member

    assert view is not None
    assert (view.points, view.usable_now) == (2_340, 1_500)


def test_an_unknown_phone_offline_earns_into_a_provisional_account(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    assert shown(shop) == ("", True)

    sale = shop.sell("105")

    facts = sale.quote_input.member
    assert facts is not None
    assert facts.provisional
    assert [earned.points for earned in sale.earned] == [90]
    assert {posting.account_id for posting in sale.postings} == {facts.account_id}
    (ref,) = sale.pii
    (blob,) = blobs_of_entries(shop.store.reader(), shop.chain_id, 1, 99)
    assert (blob.blob_id, blob.member_id) == (ref.blob_id, facts.member_id)
    assert [(one.kind, one.value) for one in unpack_blob(blob.data).identifiers] == [
        ("phone", "+40722123456")
    ]


def test_the_journal_never_holds_a_phone_number(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    shop.sell("105")

    bodies = [row[0] for row in shop.store.reader().execute("select body from journal")]
    hashed = shop.identifier("phone", PHONE).hash.encode()
    assert not any(b"722123456" in body or hashed in body for body in bodies)


def test_the_same_unknown_phone_comes_back_to_the_same_account_without_a_second_blob(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    first = shop.sell("105")
    shop.checkout.enter(PHONE)
    view = shop.checkout.state().member
    assert view is not None
    assert (view.points, view.usable_now) == (90, 0)
    second = shop.sell("100")

    assert first.quote_input.member is not None
    assert second.quote_input.member is not None
    assert first.quote_input.member.account_id == second.quote_input.member.account_id
    assert second.pii == ()


def test_an_unknown_member_who_leaves_the_basket_is_not_kept(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    shop.checkout.abandon()

    assert shop.store.reader().execute("select count(*) from member").fetchone() == (0,)


def test_when_hq_knows_the_provisional_member_their_points_are_shown_together(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    sold = shop.sell("105").quote_input.member
    assert sold is not None
    owner = shop.know_member("Ana Pop", phone=PHONE, points=40)
    from agent.store.balances import move_own_postings

    with shop.store.unit_of_work() as db:
        feed_state.put_alias(db, sold.account_id, owner.account_id)
        move_own_postings(db, sold.account_id, owner.account_id)

    view = shop.checkout.enter(PHONE).member
    assert view is not None
    assert (view.display_name, view.points) == ("Ana P.", 130)


def test_online_hq_is_asked_and_its_answer_stays_here(shop: Shop) -> None:
    shop.hq.reachable = True
    ref = shop.identifier("phone", PHONE)
    shop.hq.members["phone", "+40722123456"] = MemberRow(
        member_id=builders.MEMBER, account_id=builders.ACCOUNT, name="Dan Vlad", identifiers=(ref,)
    )

    shop.checkout.enter(PHONE)
    assert shown(shop) == ("Dan V.", False)
    shop.checkout.abandon()
    shop.hq.reachable = False
    shop.checkout.enter(PHONE)

    assert shown(shop) == ("Dan V.", False)
    assert shop.hq.lookups == ["+40722123456"]


def test_a_phone_that_hq_does_not_know_either_still_earns(shop: Shop) -> None:
    shop.hq.reachable = True

    shop.checkout.enter(PHONE)

    assert shown(shop) == ("", True)


def test_two_members_with_one_phone_are_told_apart_by_a_tap(shop: Shop) -> None:
    shop.know_member("Ana Pop", phone=PHONE)
    dan = shop.know_member("Dan Pop", phone=PHONE)

    with pytest.raises(SeveralMembers) as several:
        shop.checkout.enter(PHONE)
    assert {choice.display_name for choice in several.value.choices} == {"Ana P.", "Dan P."}
    shop.checkout.choose_member(dan.member_id)

    assert shown(shop) == ("Dan P.", False)


def test_a_member_is_found_by_the_beginning_of_a_name(shop: Shop) -> None:
    ioana = shop.know_member("Ioana Munteanu", phone=PHONE)

    (choice,) = search_members(shop.lane, "munt")

    assert (choice.member_id, choice.display_name, choice.hint_last4) == (ioana.member_id, "Ioana M.", "3456")


def test_a_blocked_member_buys_without_their_membership(shop: Shop) -> None:
    shop.know_member(phone=PHONE, blocked=True)

    with pytest.raises(LoyaltyError, match="blocked"):
        shop.checkout.enter(PHONE)
    assert shop.checkout.enter("100").member is None


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("phone", "12", "not a whole phone number"),
        ("email", "nobody", "not an e-mail address"),
        ("card", "4111111111111111", "payment card"),
        ("card", "1", "cannot be read"),
    ],
)
def test_what_is_no_identifier_is_said_so_and_kept_nowhere(
    shop: Shop, kind: str, text: str, words: str
) -> None:
    with pytest.raises(LoyaltyError, match=words):
        shop.checkout.identify(kind, text)  # type: ignore[arg-type]

    assert shop.checkout.state().member is None


def test_another_member_takes_the_place_of_the_first(shop: Shop) -> None:
    shop.know_member("Ana Pop", phone=PHONE)
    shop.know_member("Dan Vlad", card="1234567")
    shop.checkout.enter("100")
    shop.checkout.enter(PHONE)

    shop.checkout.enter("1234567")
    sale = shop.sell()

    assert sale.quote_input.member is not None
    known = members.read_member(shop.store.reader(), sale.quote_input.member.member_id)
    assert known is not None
    assert known.row.name == "Dan Vlad"


def test_a_member_whom_hq_describes_in_no_usable_way_is_served_as_if_hq_were_away(shop: Shop) -> None:
    shop.hq.reachable = True
    member_id = uuid.UUID(int=5)
    no_hash = IdentifierRef("phone", "not a hash", "4567")
    shop.hq.members["phone", "+40721234567"] = MemberRow(
        member_id=member_id, account_id=member_id, name="Ana Pop", identifiers=(no_hash,)
    )

    view = shop.checkout.identify("phone", "0721 234 567").member

    assert view is not None
    assert view.provisional
    assert shop.sell("100").quote_input.member is not None


def test_points_of_a_sale_go_to_the_owner_even_if_hq_names_them_while_it_is_rung_up(shop: Shop) -> None:
    owner = shop.know_member(phone="0744 000 111", points=100)
    shop.checkout.enter(PHONE)
    shop.sell("105")
    shop.checkout.enter(PHONE)
    shop.checkout.enter("105")
    facts = shop.last_sale().quote_input.member
    assert facts is not None
    alias = AliasRow(facts.account_id, owner.account_id)
    row = FeedRow(commit=1, kind="alias", key="a", body=msgspec.Raw(msgspec.msgpack.encode(alias)))
    apply_page(shop.store, Pulled(rows=(row,), next_cursor="1"), shop.chain_id)

    shop.sell()

    assert read_balances(shop.store.reader(), owner.account_id)[builders.POINTS].points == 100 + 90 + 90
