"""Every code has its sentence; sentences are as the house writes them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.domain.quote import Refusal
from agent.domain.refusal_codes import MEANINGS
from agent.service.return_views import CouponFateView
from agent.service.tier_view import NextTier
from agent.service.views import (
    GiftView,
    MemberView,
    OfferView,
    PrinterState,
    PrintQuestion,
    RegisterStatus,
    StampView,
)
from tests.ui.till_words import AT_MS
from ui.figures import Figures
from ui.till import words
from ui.till.refusals import refusal_words
from ui.till.return_words import fate_words


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_every_refusal_has_words(code: str, figures: Figures) -> None:
    refusal = Refusal(code, gap_minor=744, gap_units=1, gap_points=20, at="2026-12-03")

    said = refusal_words(refusal, figures, other="2nd coffee half price")

    assert said
    assert said != code
    assert "!" not in said
    assert "invalid" not in said.lower()
    assert "{" not in said


def test_a_gap_is_said_in_its_own_unit(figures: Figures) -> None:
    assert refusal_words(Refusal("below_minimum_spend", gap_minor=744), figures) == "7.44 more"
    assert refusal_words(Refusal("not_enough_units", gap_units=1), figures) == "1 more unit"
    assert refusal_words(Refusal("not_enough_points", gap_points=1), figures) == "1 point more"
    assert refusal_words(Refusal("not_yet_active", at="2026-12-03"), figures) == "starts on 3 Dec"
    assert refusal_words(Refusal("not_yet_active", at="2026-12-03T16:00"), figures).endswith("3 Dec 16:00")


def test_a_refusal_says_when_and_what_instead(figures: Figures) -> None:
    used = Refusal("used_up", at="year", on="2026-11-03")
    replaced = Refusal("better_offer", other_program_id="half-coffee")

    assert refusal_words(used, figures) == "already used on 3 Nov"
    assert refusal_words(Refusal("outside_hours", at="16:00"), figures) == "not before 16:00"
    assert refusal_words(Refusal("outside_hours", at="sat 09:00"), figures) == "not before Saturday 09:00"
    assert (
        refusal_words(replaced, figures, other="2nd coffee half price")
        == "a better offer applies: 2nd coffee half price"
    )


def test_what_a_stamp_card_lacks_is_said_in_stamps(figures: Figures) -> None:
    lacks = Refusal("not_enough_points", gap_points=2)

    assert refusal_words(lacks, figures, in_stamps=True) == "2 stamps more"
    assert refusal_words(Refusal("no_goods"), figures, in_stamps=True) == refusal_words(
        Refusal("no_goods"), figures
    )


def test_a_stamp_card_says_what_is_on_it_and_what_this_sale_does(figures: Figures) -> None:
    card = StampView(program_id="c", title="Coffee card", stamps=9, earns=2, spends=9)

    assert words.card_words(card, figures) == "Coffee card: 9 stamps, 9 used, +2 now"


def test_what_is_used_counts_points_and_stamps_apart(figures: Figures) -> None:
    points = OfferView(program_id="a", title="A", state="applied", points_cost=500)
    stamps = OfferView(program_id="b", title="B", state="applied", points_cost=9, in_stamps=True)

    assert words.used_words([points], figures) == "500 points used"
    assert words.used_words([stamps], figures) == "9 stamps used"
    assert words.used_words([points, stamps], figures) == "500 points and 9 stamps used"


def test_gifts_are_named_with_their_count(figures: Figures) -> None:
    mug = GiftView(program_id="a", title="Mug for you", item_name="Mug", units=1)
    milk = GiftView(program_id="b", title="Milk on us", item_name="Milk", units=2)

    assert words.hand_over_words((mug, milk), figures) == "Hand over: Mug, 2 x Milk"
    assert words.hand_over_words((), figures) == ""


def test_a_code_is_named_beside_what_it_gives(figures: Figures) -> None:
    offer = OfferView(program_id="a", title="10% off", state="applied", amount_minor=129, code="HELLO")

    assert words.offer_detail(offer, figures) == "Code HELLO"


def test_an_offer_says_what_becomes_of_its_voucher(figures: Figures) -> None:
    def told(**facts: Any) -> tuple[str, str]:
        offer = OfferView(program_id="book", title="Barista course", **facts)
        return words.offer_detail(offer, figures), words.offer_amount(offer, figures)

    reward = {"points_cost": 1000, "usable_points": 1500, "voucher": "issued"}
    assert told(state="available", **reward) == ("A voucher, leaves 500 usable", "")
    assert told(state="applied", **reward) == ("Voucher prints, tap to keep points", "")
    assert told(state="available", voucher="issued") == ("A voucher on the receipt", "")
    used = told(state="applied", voucher="used", coupon_id=uuid.UUID(int=7))
    assert used == ("Voucher used", "0.00")


def test_a_used_coupon_is_taken_off_and_a_used_voucher_is_not(figures: Figures) -> None:
    assert fate_words(CouponFateView(title="10 %", fate="used", amount_minor=129), figures) == "used, −1.29"
    assert fate_words(CouponFateView(title="Course", fate="used"), figures) == "used, nothing comes back"


def test_points_wait_for_the_connection_in_the_shops_words(figures: Figures) -> None:
    said = refusal_words(Refusal("points_not_held", gap_points=500), figures)

    assert said == "Points can be used when the connection is back."


def test_a_refused_offer_is_one_line(figures: Figures) -> None:
    offer = OfferView(
        program_id="b",
        title="Coffee week",
        state="refused",
        refusal=Refusal("coupon_expired", at="2026-11-03"),
    )

    assert words.refused_line(offer, figures) == "Coffee week: was valid until 3 Nov"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"hq": "online"}, "Online, all sales sent"),
        ({"hq": "online", "unsent_sales": 1}, "Online, 1 sale to send"),
        ({"hq": "offline", "offline_since_ms": AT_MS, "unsent_sales": 14}, "Offline since 14:02"),
        ({"hq": "forked"}, "Not sending: HQ must check this register"),
        ({"hq": "revoked"}, "Not sending: HQ has closed this register"),
        ({"hq": "none"}, "Works without HQ"),
    ],
)
def test_the_strip_says_how_it_stands_with_hq(status: dict[str, object], said: str, figures: Figures) -> None:
    assert words.hq_words(RegisterStatus(printer=PrinterState("ready"), **status), figures) == said  # type: ignore[arg-type]


def test_the_offline_strip_counts_the_sales(figures: Figures) -> None:
    status = RegisterStatus(
        hq="offline", offline_since_ms=AT_MS, unsent_sales=14, printer=PrinterState("ready")
    )

    assert words.offline_words(status, figures) == (
        "Offline since 14:02.",
        "14 sales saved, they will be sent.",
    )


@pytest.mark.parametrize(
    "code",
    ["ready", "none", "unknown", "paper_low", "paper_out", "cover_open", "offline", "off", "something_new"],
)
def test_the_strip_has_a_word_for_every_printer(code: str) -> None:
    said, trouble = words.printer_words(PrinterState(code))
    notice = words.printer_notice(PrinterState(code))

    assert said.startswith(("Printer", "No printer"))
    assert trouble or notice is None


def test_paper_out_is_said_in_two_lines() -> None:
    notice = words.printer_notice(PrinterState("paper_out"))

    assert notice is not None
    assert (notice.title, notice.advice) == (
        "The printer is out of paper.",
        "The receipt will print when paper is in.",
    )


def test_the_finished_sale_says_where_its_receipt_is(figures: Figures) -> None:
    ready, out = PrinterState("ready"), PrinterState("paper_out", waiting=1)
    question = PrintQuestion(
        job_id=uuid.UUID(int=1), receipt_number="2-0413", total_minor=100, created_ms=AT_MS, reason=""
    )

    sent = words.receipt_words(RegisterStatus(hq="online", printer=ready), "2-0413", figures)
    waits = words.receipt_words(RegisterStatus(hq="online", printer=out), "2-0413", figures)
    unsure = words.receipt_words(
        RegisterStatus(hq="online", printer=ready, print_questions=(question,)), "2-0413", figures
    )

    assert sent[3] == "Receipt 2-0413 went to the printer."
    assert waits[0] == "1 waiting"
    assert waits[3] == "Receipt 2-0413. Nothing is lost, the next sale can start."
    assert unsure[3] == "Receipt 2-0413 may or may not be on paper."


def test_a_member_without_a_name_is_still_called_something() -> None:
    member = MemberView(
        member_id=uuid.UUID(int=1), display_name="", initials="", tier="", hint_kind="phone", hint_last4="8906",
        points=0, usable_now=0, earns_points=16, provisional=True,
    )  # fmt: skip

    assert words.member_name(member) == "New member"
    assert words.hint_words(member) == "Phone ending 8906"


def test_what_is_missing_to_the_next_tier_is_said_with_its_amount(figures: Figures) -> None:
    assert words.next_tier_words(NextTier("gold", 120_00, False), figures) == "120.00 more to Gold"
    assert words.next_tier_words(NextTier("gold", 1, True), figures) == "1 point more to Gold"
    assert words.next_tier_words(NextTier("gold", 0, False), figures) == "Gold from the next visit"
    assert words.next_tier_words(None, figures) == ""
