"""Codes for friends at the register: typed while somebody joins, shown and printed for members."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.occasions.referral import code_of, shown_code
from agent.domain.receipt import Receipt
from agent.service.enrolment import enrol
from agent.store.member_programs import put_programs
from agent.store.print_jobs import jobs_of_sale
from sync.wire.entries import Consent, MemberEntry
from sync.wire.feed import MemberProgramsRow
from tests.builders import a_program, points_per_money
from tests.service.shop import ELENA, Shop

PHONE, YES = "0722123456", (Consent("program", True),)
CODE = code_of(bytes(range(16)))


def bring_a_friend(**occasion: Any) -> dict[str, Any]:
    facts = {"type": "referral", "points_of": "points", "referrer_points": 200}
    return a_program("bring-a-friend", "referral", occasion={**facts, **occasion})


def told(shop: Shop) -> MemberEntry:
    return next(entry for entry in reversed(shop.entries()) if isinstance(entry, MemberEntry))


def knows_ioana(shop: Shop) -> None:
    """A member whose code HQ has told."""
    row = shop.know_member("Ioana Munteanu", phone=PHONE)
    with shop.store.unit_of_work() as db:
        put_programs(db, MemberProgramsRow(member_id=row.member_id, referral_code=CODE))


def paper(shop: Shop, **occasion: Any) -> str:
    """The code on the receipt of a member's sale."""
    shop.publish(points_per_money(), bring_a_friend(**occasion))
    knows_ioana(shop)
    shop.checkout.enter(PHONE)
    sale = shop.sell("100")
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    member = msgspec.json.decode(job.body, type=Receipt).member
    assert member is not None
    return member.referral_code


@pytest.mark.parametrize("typed", [CODE, shown_code(CODE).lower(), f" {CODE[:3]} {CODE[3:]} "])
def test_a_friends_code_is_journalled_in_one_form_however_it_is_typed(shop: Shop, typed: str) -> None:
    enrol(shop.lane, ELENA, "phone", PHONE, YES, referral_code=typed)

    assert told(shop).referral_code == CODE


def test_who_joins_without_a_code_has_none_in_the_journal(shop: Shop) -> None:
    enrol(shop.lane, ELENA, "phone", PHONE, YES, referral_code="  ")

    assert told(shop).referral_code == ""


def test_a_mistyped_code_is_told_while_the_receipt_is_at_hand_and_nobody_has_joined(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="not the code of a member"):
        enrol(
            shop.lane, ELENA, "phone", PHONE, YES, referral_code=CODE[:-1] + ("A" if CODE[-1] != "A" else "C")
        )

    assert not any(isinstance(entry, MemberEntry) for entry in shop.entries())


def test_a_members_code_is_on_their_panel_and_on_their_receipt(shop: Shop) -> None:
    assert paper(shop) == shown_code(CODE)

    member = shop.checkout.enter(PHONE).member
    assert member is not None and member.referral_code == shown_code(CODE)


def test_a_shop_that_wants_no_codes_on_receipts_prints_none(shop: Shop) -> None:
    assert paper(shop, on_receipt=False) == ""


def test_a_shop_without_a_referral_program_shows_no_code(shop: Shop) -> None:
    shop.publish(points_per_money())
    knows_ioana(shop)

    member = shop.checkout.enter(PHONE).member
    assert member is not None and member.referral_code == ""
