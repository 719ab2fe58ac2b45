"""Gift cards at HQ: what is sold can be lent and spent, once; what comes back is taken from them or put back onto them."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest

from agent.domain.gift_cards import CardLoad, CardPayment, back_postings, card_account, load_postings
from agent.domain.ledger import lease_bucket, move, redeemed_bucket
from agent.domain.returns import ReturnedLine, refund_for, return_postings
from agent.domain.sold_units import UnitSpan, all_units
from hq.members.models import Account
from sync.wire.entries import LeaseSpend, ReturnEntry, SaleEntry, SaleRef, Tender, VoidEntry
from sync.wire.feed import BalanceRow
from sync.wire.messages import Grant, Want
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.lane import OPERATOR, Lane, a_stamp
from tests.hq.programs import publish
from tests.hq.shop import IOANA, MEHMET

MONEY = "money:RON"
CARD = card_account(bytes(32), "6300123456784417")
GIFT = builders.a_line("gift", 50_00, discountable=False, earns=False)
BREAD = builders.a_line("bread", 30_00)


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def a_load(amount_minor: int = 50_00, card: uuid.UUID = CARD, line_id: int = 1) -> CardLoad:
    return CardLoad(account_id=card, line_id=line_id, amount_minor=amount_minor, last4="4417")


def sells_card(lane: Lane, *loads: CardLoad, **changed: Any) -> SaleEntry:
    loads = loads or (a_load(),)
    sale = lane.a_sale(GIFT)
    postings = (*sale.postings, *load_postings(loads, "RON", lane.store_id))
    sale = msgspec.structs.replace(sale, **{"cards_loaded": loads, "postings": postings, **changed})
    lane.append(sale)
    return sale


def lent(lane: Lane, amount: int, card: uuid.UUID = CARD) -> Grant:
    (grant,) = lane.ask(card, MONEY, amount)
    return grant


def pays_with_card(lane: Lane, grant: Grant, amount: int, **changed: Any) -> SaleEntry:
    """A sale of bread that the card pays a part of."""
    sale = lane.a_sale(BREAD)
    spend = LeaseSpend(grant_id=grant.grant_id, account_id=grant.account_id, unit=MONEY, amount=amount)
    legs = move(grant.account_id, MONEY, amount, lease_bucket(lane.chain_id), redeemed_bucket(lane.store_id))
    facts = {
        "tenders": (Tender("gift_card", amount, "4417", grant.account_id), Tender("cash", 30_00 - amount)),
        "lease_spends": (spend,),
        "postings": (*sale.postings, *legs),
    }
    sale = msgspec.structs.replace(sale, **{**facts, **changed})
    lane.append(sale)
    return sale


def comes_back(lane: Lane, sale: SaleEntry, *tenders: Tender, **changed: Any) -> ReturnEntry:
    (line,) = sale.quote_input.basket.lines
    back = [CardPayment(one.account_id, one.amount_minor) for one in tenders if one.account_id is not None]
    facts: dict[str, Any] = {
        "return_id": uuid.uuid4(),
        "receipt_number": f"1-{len(lane.journal):06}",
        "store_id": lane.store_id,
        "register_id": lane.register_id,
        "role": "till",
        "operator": OPERATOR,
        "stamp": a_stamp(),
        "sale": SaleRef(
            sale_id=sale.sale_id,
            chain_id=lane.chain_id,
            seq=len(lane.journal),
            receipt_number=sale.receipt_number,
        ),
        "lines": (
            ReturnedLine(line_id=line.line_id, units=(UnitSpan(0, 1),), amount_minor=sale.total_minor),
        ),
        "goods_minor": sale.total_minor,
        "refund_minor": sale.total_minor,
        "tenders": tenders,
        "cards_emptied": sale.cards_loaded,
        "reason": "faulty",
        "postings": tuple(back_postings(sale.cards_loaded, back, "RON", lane.store_id)),
    }
    entry = ReturnEntry(**{**facts, **changed})
    lane.append(entry)
    return entry


def told(lane: Lane, card: uuid.UUID = CARD) -> list[tuple[int, int]]:
    return [
        (row.balance, row.available)
        for row in lane.pull()
        if isinstance(row, BalanceRow) and row.account_id == card
    ]


def test_a_card_that_is_sold_is_an_account_of_its_own_with_what_it_cost(lane):
    sells_card(lane)
    lane.sync()

    assert quarantined() == []
    assert balance(CARD, MONEY) == {"available": 50_00, f"issued:{lane.store_id}": -50_00}
    assert Account.objects.get(pk=CARD).kind == "gift_card"
    assert told(lane)[-1] == (50_00, 50_00)


def test_every_lane_of_the_store_can_borrow_from_it_and_none_more_than_is_on_it(lane, other_lane):
    sells_card(lane)
    lane.sync()

    assert lent(lane, 30_00).amount == 30_00
    assert other_lane.push(wants=[Want(CARD, MONEY, 20_01)]).grants == ()
    assert lent(other_lane, 20_00).amount == 20_00


def test_a_card_nobody_sold_is_lent_to_nobody(lane):
    assert lane.push(wants=[Want(CARD, MONEY, 1)]).grants == ()


def test_what_a_card_pays_leaves_its_lease(lane):
    sells_card(lane)
    lane.sync()
    pays_with_card(lane, lent(lane, 20_00), 20_00)
    lane.sync()

    assert quarantined() == []
    assert balance(CARD, MONEY) == {
        "available": 30_00,
        f"redeemed:{lane.store_id}": 20_00,
        f"issued:{lane.store_id}": -50_00,
    }
    assert told(lane)[-1] == (30_00, 30_00)


def test_a_sale_that_came_twice_is_posted_once(lane):
    sells_card(lane)
    lane.sync()
    lane.acked = 0
    lane.sync()

    assert available(CARD, MONEY) == 50_00


@pytest.mark.parametrize(
    ("loads", "changed"),
    [
        ((a_load(60_00),), {}),
        ((a_load(line_id=2),), {}),
        ((a_load(), a_load()), {}),
        ((a_load(),), {"postings": ()}),
    ],
    ids=["more than its line cost", "a line that is not there", "twice", "not posted"],
)
def test_a_load_that_does_not_follow_from_its_sale_waits_for_a_person(lane, loads, changed):
    sells_card(lane, *loads, **changed)
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["postings_differ"]
    assert available(CARD, MONEY) == 0


@pytest.mark.parametrize(
    "tenders",
    [
        (Tender("gift_card", 10_00, "4417", CARD), Tender("cash", 20_00)),
        (Tender("gift_card", 20_00, "4417"), Tender("cash", 10_00)),
        (Tender("cash", 20_00, "", CARD), Tender("cash", 10_00)),
    ],
    ids=["less than was taken", "without its account", "an account on cash"],
)
def test_a_tender_that_is_not_what_left_the_card_waits_for_a_person(lane, tenders):
    sells_card(lane)
    lane.sync()
    pays_with_card(lane, lent(lane, 20_00), 20_00, tenders=tenders)
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["postings_differ"]
    assert balance(CARD, MONEY)[f"redeemed:{lane.store_id}"] == 20_00, "what left the lease has left it"


def test_goods_that_a_card_paid_for_put_it_back_onto_the_card(lane):
    sells_card(lane)
    lane.sync()
    sale = pays_with_card(lane, lent(lane, 20_00), 20_00)
    comes_back(lane, sale, Tender("gift_card", 20_00, "4417", CARD), Tender("cash", 10_00))
    lane.sync()

    assert quarantined() == []
    assert available(CARD, MONEY) == 50_00
    assert lent(lane, 50_00).amount == 50_00


def test_cash_for_what_a_card_paid_waits_for_a_person(lane):
    sells_card(lane)
    lane.sync()
    sale = pays_with_card(lane, lent(lane, 20_00), 20_00)
    comes_back(lane, sale, Tender("cash", 30_00))
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["return_differs"]


def test_a_card_that_comes_back_is_empty(lane):
    sale = sells_card(lane)
    comes_back(lane, sale, Tender("cash", 50_00))
    lane.sync()

    assert quarantined() == []
    assert balance(CARD, MONEY) == {}
    assert told(lane)[-1] == (0, 0)


def test_a_card_that_was_spent_elsewhere_and_came_back_owes_it(lane, other_lane):
    sale = sells_card(lane)
    lane.sync()
    pays_with_card(other_lane, lent(other_lane, 20_00), 20_00)
    other_lane.sync()
    comes_back(lane, sale, Tender("cash", 50_00))
    lane.sync()

    assert quarantined() == []
    assert available(CARD, MONEY) == -20_00
    assert lane.push(wants=[Want(CARD, MONEY, 1)]).grants == ()


def test_a_void_puts_back_what_a_card_paid(lane):
    sells_card(lane)
    lane.sync()
    sale = pays_with_card(lane, lent(lane, 20_00), 20_00)
    tenders = (Tender("cash", 10_00), Tender("gift_card", 20_00, "4417", CARD))
    lane.append(
        VoidEntry(
            void_id=uuid.uuid4(),
            receipt_number="1-000099",
            store_id=lane.store_id,
            register_id=lane.register_id,
            role="till",
            operator=OPERATOR,
            stamp=a_stamp(),
            sale=SaleRef(
                sale_id=sale.sale_id,
                chain_id=lane.chain_id,
                seq=len(lane.journal),
                receipt_number=sale.receipt_number,
            ),
            total_minor=30_00,
            tenders=tenders,
            reason="mistake",
            postings=tuple(back_postings((), [CardPayment(CARD, 20_00)], "RON", lane.store_id)),
        )
    )
    lane.sync()

    assert quarantined() == []
    assert available(CARD, MONEY) == 50_00


PAGE = "/console/gift-cards/"


def sells_at_the_store(lane: Lane, number: str) -> uuid.UUID:
    card = card_account(lane.store_key, number)
    sells_card(lane, a_load(card=card))
    lane.sync()
    return card


def test_the_page_says_what_is_owed_and_finds_a_card_by_its_whole_number(console, lane):
    card = sells_at_the_store(lane, "6300123456784417")
    lent(lane, 20_00, card)
    assert "50.00" in page(console, PAGE)

    text = console.post(PAGE, {"number": "6300 1234 5678 4417"}).content.decode()
    assert "50.00 RON" in text and "30.00" in text and str(card) in text
    assert "6300 1234" not in text

    missing = console.post(PAGE, {"number": "6300 1234 5678 4418"}).content.decode()
    assert "No store has sold a gift card with this number." in missing
    assert "This is not the number of a gift card." in console.post(PAGE, {"number": "4417"}).content.decode()


def test_who_may_not_see_the_ledger_sees_no_cards(hq):
    assert staff_with("ana", "view_consolemember").get(PAGE).status_code == 403


def test_a_wallet_gets_cashback_pays_and_is_put_back_beside_points(lane):
    back = builders.a_program("back", "cashback", earning=[{"type": "back", "rate": "0.1"}])
    lane.program_set = publish(back)
    member = builders.a_member(0, member_id=IOANA, account_id=IOANA)
    first = lane.a_sale(BREAD, member=member, program_set=lane.program_set)
    lane.append(first)
    lane.sync()
    assert available(IOANA, MONEY) == 3_00

    second = pays_with_wallet(lane, lent(lane, 3_00, IOANA), member)
    lane.sync()
    assert quarantined() == []
    assert balance(IOANA, MONEY)["available"] == 3_00, "what it paid brought cashback too"

    refund = refund_for(second, all_units(second.quote_input.basket))
    to_wallet = CardPayment(IOANA, 3_00)
    comes_back(
        lane,
        second,
        Tender("wallet", 3_00, "", IOANA),
        Tender("cash", 27_00),
        account_id=IOANA,
        taken_back=refund.taken_back,
        postings=return_postings(
            refund, IOANA, lane.store_id, lane.chain_id, currency="RON", to_cards=[to_wallet]
        ),
    )
    lane.sync()

    assert quarantined() == []
    assert balance(IOANA, MONEY)["available"] == 3_00
    assert balance(IOANA, MONEY).get("pending", 0) == 0
    assert told(lane, IOANA)[-1][0] in (3_00, available(IOANA))


def pays_with_wallet(lane: Lane, grant: Grant, member: Any, **changed: Any) -> SaleEntry:
    sale = lane.a_sale(BREAD, member=member, program_set=lane.program_set)
    spend = LeaseSpend(grant_id=grant.grant_id, account_id=grant.account_id, unit=MONEY, amount=grant.amount)
    legs = move(
        grant.account_id, MONEY, grant.amount, lease_bucket(lane.chain_id), redeemed_bucket(lane.store_id)
    )
    facts = {
        "tenders": (Tender("wallet", grant.amount, "", grant.account_id), Tender("cash", 27_00)),
        "lease_spends": (spend,),
        "postings": (*sale.postings, *legs),
    }
    sale = msgspec.structs.replace(sale, **{**facts, **changed})
    lane.append(sale)
    return sale


def test_the_wallet_of_somebody_else_waits_for_a_person(lane):
    back = builders.a_program("back", "cashback", earning=[{"type": "back", "rate": "0.1"}])
    lane.program_set = publish(back)
    ioana = builders.a_member(0, member_id=IOANA, account_id=IOANA)
    lane.append(lane.a_sale(BREAD, member=ioana, program_set=lane.program_set))
    lane.sync()
    mehmet = builders.a_member(0, member_id=MEHMET, account_id=MEHMET)

    pays_with_wallet(lane, lent(lane, 3_00, IOANA), mehmet)
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["postings_differ"]


def test_pages_say_money_as_money(console, lane):
    back = builders.a_program("back", "cashback", earning=[{"type": "back", "rate": "0.1"}])
    lane.program_set = publish(back)
    ioana = builders.a_member(0, member_id=IOANA, account_id=IOANA)
    sale = lane.a_sale(BREAD, member=ioana, program_set=lane.program_set)
    lane.append(sale)
    card = sells_card(lane)
    lane.sync()

    text = page(console, f"/console/ingest/consolesale/{sale.sale_id}/change/")
    assert "3.00 into the wallet" in text
    assert "50.00 put onto it" in page(console, f"/console/ingest/consolesale/{card.sale_id}/change/")
    member = page(console, f"/console/members/consolemember/{IOANA}/change/")
    assert '<td class="hq-number">3.00</td>' in member
    assert "+50.00" in page(console, "/console/ledger/", q=str(CARD))
