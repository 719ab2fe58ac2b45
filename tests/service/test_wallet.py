"""Cashback comes into the member's wallet, and the wallet pays at the next purchase: to the cent, and never twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.checkout import LeaseNeeded
from agent.service.returns import ReturnDesk
from sync.wire.entries import ReturnEntry
from sync.wire.feed import BalanceRow, MemberRow
from tests import builders
from tests.service.shop import ELENA, STORE, Shop
from tests.service.test_reports import rows

MONEY, PHONE = "money:RON", "0722123456"
BREAD, HAM = "102", "105"


def cashback(program_id: str = "back", rate: str = "0.02", **fields: Any) -> builders.JsonObject:
    return builders.a_program(program_id, "cashback", earning=[{"type": "back", "rate": rate}], **fields)


@pytest.fixture
def maria(shop: Shop) -> MemberRow:
    shop.publish(cashback())
    return shop.know_member("Maria Pop", phone=PHONE)


def in_wallet(shop: Shop, member: MemberRow, minor: int) -> None:
    shop.hears(BalanceRow(account_id=member.account_id, unit=MONEY, balance=minor, available=minor))
    shop.hq.available[member.account_id, MONEY] = minor


def pays(shop: Shop, amount_minor: int | None = None) -> None:
    try:
        shop.checkout.pay_with_wallet(amount_minor)
    except LeaseNeeded as needed:
        shop.hq.ask_lease(needed.ask.account_id, needed.ask.unit, needed.ask.target, 1)
        shop.checkout.pay_with_wallet(amount_minor)


def refused(work: Any, *arguments: Any) -> str:
    with pytest.raises(LoyaltyError) as error:
        work(*arguments)
    return error.value.code


def sums(*entries: Any) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for leg in entry.postings:
            found[leg.unit, leg.bucket] += leg.amount
    return Counter({place: amount for place, amount in found.items() if amount})


def test_a_part_of_what_is_paid_comes_into_the_wallet(shop: Shop, maria: MemberRow) -> None:
    shop.checkout.enter(PHONE)
    shop.checkout.enter(BREAD)
    member = shop.checkout.state().member
    assert member is not None and member.has_wallet
    assert (member.wallet_minor, member.wallet_earns_minor) == (0, 25)

    sale = shop.sell()

    assert [(one.unit, one.points) for one in sale.earned] == [(MONEY, 25)]
    assert sums(sale) == {(MONEY, "pending"): 25, (MONEY, f"issued:{STORE.store_id}"): -25}
    shop.checkout.enter(PHONE)
    member = shop.checkout.state().member
    assert member is not None and member.wallet_minor == 25


def test_who_is_no_member_gets_nothing_back(shop: Shop, maria: MemberRow) -> None:
    assert shop.sell(BREAD).earned == ()


def test_two_programs_bring_into_one_wallet(shop: Shop, maria: MemberRow) -> None:
    shop.publish(cashback(), cashback("more", "0.1"))
    shop.checkout.enter(PHONE)

    sale = shop.sell(BREAD)

    assert [one.points for one in sale.earned] == [25, 129]
    shop.checkout.enter(PHONE)
    member = shop.checkout.state().member
    assert member is not None and member.wallet_minor == 154


def test_the_wallet_pays_and_what_it_pays_brings_cashback_too(shop: Shop, maria: MemberRow) -> None:
    in_wallet(shop, maria, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(PHONE)
    shop.checkout.enter(BREAD)
    pays(shop)
    assert shop.checkout.state().left_to_pay_minor == 290

    sale = shop.sell()

    assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("wallet", 1000), ("cash", 290)]
    assert sale.tenders[0].account_id == maria.account_id
    assert sums(sale) == {
        (MONEY, "pending"): 25,
        (MONEY, f"issued:{STORE.store_id}"): -25,
        (MONEY, f"lease:{shop.chain_id}"): -1000,
        (MONEY, f"redeemed:{STORE.store_id}"): 1000,
    }


@pytest.mark.parametrize(("amount", "code"), [(1001, "card_too_small"), (0, "card_over"), (-1, "card_over")])
def test_the_wallet_never_pays_more_than_is_in_it(
    shop: Shop, maria: MemberRow, amount: int, code: str
) -> None:
    in_wallet(shop, maria, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(PHONE)
    shop.checkout.enter(BREAD)

    assert refused(shop.checkout.pay_with_wallet, amount) == code


def test_offline_the_wallet_waits_and_nobody_has_none(shop: Shop, maria: MemberRow) -> None:
    shop.checkout.enter(BREAD)
    assert refused(shop.checkout.pay_with_wallet) == "needs_member"
    in_wallet(shop, maria, 1000)
    shop.checkout.enter(PHONE)

    assert refused(shop.checkout.pay_with_wallet) == "card_offline"


def test_an_empty_wallet_says_so(shop: Shop, maria: MemberRow) -> None:
    shop.checkout.enter(PHONE)
    shop.checkout.enter(BREAD)

    assert refused(shop.checkout.pay_with_wallet) == "card_empty"


def give_back(shop: Shop, line_id: int, count: int) -> ReturnEntry:
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(shop.last_sale().receipt_number)
    desk.choose(line_id, count)
    desk.give_reason("faulty")
    desk.commit()
    return [entry for entry in shop.entries() if isinstance(entry, ReturnEntry)][-1]


def test_parts_that_come_back_add_up_to_the_cent_in_cashback_and_in_the_wallet(
    shop: Shop, maria: MemberRow
) -> None:
    in_wallet(shop, maria, 2000)
    shop.hq.reachable = True
    shop.checkout.enter(PHONE)
    shop.checkout.enter("3*" + BREAD)
    pays(shop)
    sale = shop.sell()
    line = sale.quote_input.basket.lines[0].line_id

    parts = [give_back(shop, line, 1) for _ in range(3)]

    assert [[(one.kind, one.amount_minor) for one in part.tenders] for part in parts] == [
        [("wallet", 1290)],
        [("wallet", 710), ("cash", 580)],
        [("cash", 1290)],
    ]
    assert sum(back.points for part in parts for back in part.taken_back) == 77
    assert sums(sale, *parts) == {
        (MONEY, f"lease:{shop.chain_id}"): -2000,
        (MONEY, "pending"): 2000,
    }


def test_the_report_tells_what_was_given_and_taken_back(shop: Shop, maria: MemberRow) -> None:
    shop.checkout.enter(PHONE)
    sale = shop.sell(BREAD)
    give_back(shop, sale.quote_input.basket.lines[0].line_id, 1)

    assert rows(shop, "cashback") == [
        {"program": "back", "name": "Back", "sales": 1, "given": 25, "taken_back": 25, "net": 0}
    ]
    assert rows(shop, "points") == []
    (program,) = rows(shop, "programs")
    assert (program["program"], program["points_earned"], program["cashback"]) == ("back", 0, 25)


def test_the_receipt_says_what_is_in_the_wallet(shop: Shop, maria: MemberRow) -> None:
    in_wallet(shop, maria, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(PHONE)
    shop.checkout.enter(BREAD)
    pays(shop, 400)
    shop.sell()
    (body,) = shop.store.reader().execute("select body from print_job order by rowid desc limit 1").fetchone()

    for said in (b'"before":1000', b'"earned":25', b'"spent":400', b'"after":625', b'"money":true'):
        assert said in bytes(body)
