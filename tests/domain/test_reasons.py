"""Every code has its sentence for every reader, and each says its figures."""

from __future__ import annotations

import datetime
import uuid

import pytest

from agent.domain.quote import Applied, Refusal
from agent.domain.reasons.sentences import READERS, SENTENCES, Reader, what_it_gives, why_not
from agent.domain.refusal_codes import MEANINGS


class Plain:
    """English, with figures as the tests can read them."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return singular if number == 1 else plural

    def money(self, amount_minor: int) -> str:
        return f"{amount_minor // 100}.{amount_minor % 100:02}"

    def count(self, number: int) -> str:
        return f"{number:,}"

    def date(self, day: datetime.date) -> str:
        return f"{day:%d %b}".lstrip("0")

    def title(self, program_id: str) -> str:
        return {"half-coffee": "2nd coffee half price"}.get(program_id, program_id)


VOICE = Plain()


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_has_words_for_every_code_and_for_no_other(reader: Reader) -> None:
    assert set(SENTENCES[reader]) == set(MEANINGS)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("code", sorted(MEANINGS))
@pytest.mark.parametrize("in_stamps", [False, True])
def test_a_sentence_is_made_for_people(reader: Reader, code: str, in_stamps: bool) -> None:
    refusal = Refusal(code, gap_minor=320, gap_units=1, gap_points=20, at="2026-12-03", on="2026-11-03")

    said = why_not(refusal, reader, VOICE, in_stamps=in_stamps)

    assert said
    assert "_" not in said
    assert "{" not in said
    assert "!" not in said
    assert "invalid" not in said.lower()
    # Whole sentences are for members; the others read words beside a name.
    assert said.endswith(".") == (reader == "member") or code == "points_not_held"


@pytest.mark.parametrize(
    ("refusal", "cashier", "member", "hq"),
    [
        (
            Refusal("not_enough_units", gap_units=1),
            "1 more unit",
            "1 more unit, and you get it.",
            "1 more unit",
        ),
        (
            Refusal("not_enough_units", gap_units=2),
            "2 more units",
            "2 more units, and you get it.",
            "2 more units",
        ),
        (
            Refusal("below_minimum_spend", gap_minor=320),
            "3.20 more",
            "3.20 more, and you get it.",
            "3.20 more",
        ),
        (
            Refusal("used_up", at="year", on="2026-11-03"),
            "already used on 3 Nov",
            "You used this offer on 3 Nov.",
            "The member had used it up for the year, last on 3 Nov",
        ),
        (
            Refusal("used_up", at="day", on="2026-11-23"),
            "used up for today",
            "You have used this offer today; it is there again tomorrow.",
            "The member had used it up for the day, last on 23 Nov",
        ),
        (
            Refusal("better_offer", other_program_id="half-coffee"),
            "a better offer applies: 2nd coffee half price",
            "A better offer applies: 2nd coffee half price.",
            "A better offer applied: 2nd coffee half price",
        ),
        (
            Refusal("outside_hours", at="16:00"),
            "not before 16:00",
            "This offer is not on before 16:00.",
            "Not at this hour; next at 16:00",
        ),
        (
            Refusal("not_enough_points", gap_points=20),
            "20 points more",
            "You can use this with 20 points more.",
            "20 points more",
        ),
        (
            Refusal("not_yet_active", at="2026-12-03T18:00"),
            "starts on 3 Dec 18:00",
            "This offer starts on 3 Dec 18:00.",
            "Not before 3 Dec 18:00",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else "",
)
def test_a_refusal_is_said_to_each_in_their_way(refusal: Refusal, cashier: str, member: str, hq: str) -> None:
    assert [why_not(refusal, reader, VOICE) for reader in READERS] == [cashier, member, hq]


def test_a_code_of_a_newer_engine_is_told_as_it_is() -> None:
    assert why_not(Refusal("needs_full_moon"), "cashier", VOICE) == "needs_full_moon"


def test_what_a_program_gives_is_said_with_every_part() -> None:
    reward = Applied(program_id="a", discount_minor=500, points_cost=500, unit="points:club")
    card = Applied(program_id="b", points_earned=1, unit="stamp:coffee")

    assert [what_it_gives(reward, reader, VOICE) for reader in READERS] == [
        "takes off 5.00, uses 500 points",
        "you save 5.00, for 500 points",
        "5.00 taken off, 500 points spent",
    ]
    assert what_it_gives(card, "cashier", VOICE) == "earns 1 stamp"
    assert what_it_gives(Applied(program_id="c", gift_units=2), "hq", VOICE) == "2 gifts handed over"
    assert what_it_gives(Applied(program_id="d", coupons_issued=1), "member", VOICE) == (
        "a coupon for the next visit"
    )
    assert what_it_gives(Applied(program_id="e"), "cashier", VOICE) == "applies"


def test_a_voucher_is_told_where_it_is_issued_and_where_it_is_used() -> None:
    booked = Applied(program_id="a", points_cost=1000, unit="points:club", vouchers_issued=1)
    used = Applied(program_id="b", coupon_id=uuid.UUID(int=7))

    assert what_it_gives(booked, "member", VOICE) == "for 1,000 points, a voucher on the receipt"
    assert [what_it_gives(used, reader, VOICE) for reader in READERS] == ["its voucher is used"] * 3
