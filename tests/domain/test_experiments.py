"""Holdouts: stable arms close to their share, nothing given there, and what would have been given is in the quote."""

from __future__ import annotations

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.experiments import Experiment, arm_of, arm_of_account
from agent.domain.explain import explain
from agent.domain.program_document import decode_program_set
from agent.domain.quote import Refusal, Withheld
from agent.domain.refusal_codes import NOT_INVITED
from tests import builders

KEY = "autumn-2026-dairy"
TENTH = Experiment(id="autumn", key=KEY, holdout_permille=100)
HALF = Experiment(id="autumn", key=KEY, holdout_permille=500)
PROGRAM = builders.a_program(
    "dairy-20",
    "promotion",
    audience={"who": "members"},
    experiment="autumn",
    rewards=[{"type": "percent_off", "rate": "0.2"}],
)


def a_set(*programs, permille=500):
    document = msgspec.json.decode(builders.program_set_bytes(*programs))
    document["experiments"] = [{"id": "autumn", "key": KEY, "holdout_permille": permille}]
    return decode_program_set(msgspec.json.encode(document))


def member_in(arm):
    account = next(one for n in range(1, 99) if arm_of_account(HALF, one := uuid.UUID(int=n)) == arm)
    return builders.a_member(account_id=account)


def quoted(programs, member):
    basket = builders.a_basket(builders.milk(10_00))
    return evaluate(builders.a_quote_input(basket, programs, member=member), programs)


def test_a_member_in_the_holdout_gets_nothing_and_the_quote_says_what_it_would_have_been():
    programs = a_set(PROGRAM)

    held_out, treated = quoted(programs, member_in("held_out")), quoted(programs, member_in("given"))

    assert (held_out.discount_minor, treated.discount_minor) == (0, 2_00)
    assert held_out.withheld == (Withheld(program_id="dairy-20", experiment="autumn", discount_minor=2_00),)
    assert treated.withheld == ()


def test_nothing_is_withheld_that_would_not_have_been_given():
    dear = {**PROGRAM, "conditions": [{"type": "min_spend", "amount_minor": 50_00}]}
    closed = {**PROGRAM, "stores": ["another-store"]}

    assert quoted(a_set(dear), member_in("held_out")).withheld == ()
    assert quoted(a_set(closed), member_in("held_out")).withheld == ()


def test_another_offer_is_given_as_ever_beside_what_is_withheld():
    other = builders.a_program("five", "promotion", rewards=[{"type": "amount_off", "amount_minor": 5_00}])

    quote = quoted(a_set(PROGRAM, other), member_in("held_out"))

    assert quote.discount_minor == 5_00
    assert [each.discount_minor for each in quote.withheld] == [2_00]


def test_nobody_and_an_unknown_card_are_in_no_arm():
    always = Experiment(id="a", key=KEY, holdout_permille=999)

    assert arm_of(always, None) == "none"
    assert arm_of(always, builders.a_member(provisional=True)) == "none"


def test_the_till_hears_no_word_of_an_experiment():
    programs = a_set(PROGRAM)
    basket = builders.a_basket(builders.milk(10_00))
    quote_input = builders.a_quote_input(basket, programs, member=member_in("held_out"))

    assert explain(quote_input, programs, "dairy-20") == Refusal(NOT_INVITED)


@pytest.mark.parametrize(
    ("account", "permille", "arm"),
    [
        (1, 61, "given"),
        (1, 62, "held_out"),
        (2, 582, "given"),
        (2, 583, "held_out"),
        (3, 321, "given"),
        (3, 322, "held_out"),
    ],
)
def test_arms_are_those_of_the_published_vectors(account, permille, arm):
    """Computed with another HMAC: printf of the account's bytes through `openssl dgst -sha256 -mac HMAC`."""
    experiment = Experiment(id="autumn", key=KEY, holdout_permille=permille)

    assert arm_of_account(experiment, uuid.UUID(int=account)) == arm


def test_the_holdout_is_close_to_its_share():
    accounts = [uuid.uuid5(uuid.NAMESPACE_OID, str(n)) for n in range(20_000)]

    held_out = sum(arm_of_account(TENTH, each) == "held_out" for each in accounts)

    # Ten standard deviations of a tenth of 20,000 are 424.
    assert abs(held_out - 2_000) < 424


@given(st.uuids(), st.integers(1, 998))
def test_a_larger_holdout_keeps_everybody_who_was_in_it(account, permille):
    smaller = Experiment(id="a", key=KEY, holdout_permille=permille)
    larger = Experiment(id="a", key=KEY, holdout_permille=permille + 1)

    assert arm_of_account(smaller, account) == arm_of_account(smaller, account)
    if arm_of_account(smaller, account) == "held_out":
        assert arm_of_account(larger, account) == "held_out"


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"experiment": "winter"}, "programs[0].experiment"),
        ({"trigger": "choice"}, "programs[0].experiment"),
        ({"audience": {"who": "all"}}, "programs[0].experiment"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused_with_its_path(changed, path):
    with pytest.raises(LoyaltyError) as refused:
        a_set({**PROGRAM, **changed})

    assert f"`{path}`" in refused.value.title
