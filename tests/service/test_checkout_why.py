"""A customer asks why they do not get an offer: the till knows the answer for every program of the shop."""

from __future__ import annotations

from agent.domain.quote import Applied, Refusal
from agent.service.views import WhyView
from tests import builders
from tests.service.shop import Shop

OVER_20 = builders.amount_off("autumn", 5_00, over_minor=20_00, name={"en": "Autumn: 5.00 off from 20.00"})
DAIRY = builders.percent_off(
    "dairy", "0.2", {"items": ["100"]}, name={"en": "Dairy days", "ro": "Zilele laptelui"}
)
SECRET = builders.percent_off("secret", "0.2", trigger="code", code="SECRET", name={"en": "Secret days"})


def told(found: tuple[WhyView, ...]) -> list[tuple[str, str]]:
    return [(one.title, one.told.code if isinstance(one.told, Refusal) else "applied") for one in found]


def test_every_program_has_its_answer(shop: Shop) -> None:
    shop.publish(OVER_20, DAIRY, SECRET)
    shop.checkout.enter("100")

    assert told(shop.checkout.why_not("", 9)) == [
        ("Autumn: 5.00 off from 20.00", "below_minimum_spend"),
        ("Dairy days", "applied"),
        ("Secret days", "needs_code"),
    ]


def test_a_word_of_the_name_finds_the_offer(shop: Shop) -> None:
    shop.publish(OVER_20, DAIRY, SECRET)
    shop.checkout.enter("100")

    assert [one.title for one in shop.checkout.why_not("days", 9)] == ["Dairy days", "Secret days"]
    assert [one.title for one in shop.checkout.why_not("d", 9)] == ["Dairy days", "Secret days"]
    assert [one.title for one in shop.checkout.why_not("SECR day", 9)] == ["Secret days"]
    assert shop.checkout.why_not("winter", 9) == ()
    assert len(shop.checkout.why_not("", 2)) == 2


def test_the_name_is_that_of_the_screens_language(shop: Shop) -> None:
    shop.publish(DAIRY)
    shop.checkout.locale = "ro"
    shop.checkout.enter("100")

    assert [one.title for one in shop.checkout.why_not("lapte", 9)] == ["Zilele laptelui"]


def test_asking_changes_nothing(shop: Shop) -> None:
    shop.publish(OVER_20, DAIRY)
    shop.checkout.enter("100")
    before = shop.checkout.state()

    shop.checkout.why_not("autumn", 9)

    assert shop.checkout.state() == before


def test_a_better_offer_is_named(shop: Shop) -> None:
    half = builders.percent_off("half", "0.5", name={"en": "Half price"})
    third = builders.percent_off("third", "0.3", name={"en": "A third off"}, not_with=["half"])
    shop.publish(half, third)
    shop.checkout.enter("100")

    (asked,) = shop.checkout.why_not("third", 9)

    assert isinstance(asked.told, Refusal)
    assert (asked.told.code, asked.other_title) == ("better_offer", "Half price")


def test_the_total_that_was_said_is_explained_also_when_its_time_has_run_out(shop: Shop) -> None:
    shop.publish(DAIRY)
    shop.checkout.enter("100")
    shop.publish(OVER_20, version=2)
    shop.clock.move(minutes=31)

    (asked,) = shop.checkout.why_not("", 9)

    assert isinstance(asked.told, Applied)
