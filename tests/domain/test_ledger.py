"""Postings balance, and what the till shows is HQ's figure plus its own later entries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain import ledger
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import Posting, member_amount, move, points_shown, require_balanced
from tests.builders import ACCOUNT, CHAIN, POINTS, STORE, an_id


@given(st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from(["a", "b"])), max_size=10))
def test_moves_always_balance(moves: list[tuple[int, str]]) -> None:
    postings = [leg for amount, unit in moves for leg in move(ACCOUNT, unit, amount, "pending", "available")]

    require_balanced(postings)


def test_postings_that_do_not_balance_are_refused() -> None:
    with pytest.raises(LoyaltyError) as caught:
        require_balanced(
            [Posting(ACCOUNT, POINTS, "pending", 5), Posting(ACCOUNT, "points:other", "pending", -5)]
        )

    assert caught.value.code == "unbalanced_postings"


def test_the_till_shows_hqs_balance_plus_its_own_entries_after_it() -> None:
    own = [(CHAIN, 7, 50), (CHAIN, 8, 20), (CHAIN, 9, -500)]

    assert points_shown(1_000, {str(CHAIN): 7}, own) == 520
    assert points_shown(1_000, {}, own) == 570
    assert points_shown(1_000, {str(an_id(40)): 99}, own) == 570


def test_earning_and_spending_change_what_the_member_has_and_leasing_does_not() -> None:
    lease = ledger.lease_bucket(CHAIN)
    earned = move(ACCOUNT, POINTS, 14, ledger.issued_bucket(STORE), ledger.PENDING)
    spent = move(ACCOUNT, POINTS, 500, lease, ledger.redeemed_bucket(STORE))
    leased = move(ACCOUNT, POINTS, 500, ledger.AVAILABLE, lease)

    assert [member_amount(each, ACCOUNT, POINTS) for each in (earned, spent, leased)] == [14, -500, 0]
    assert member_amount(earned, an_id(50), POINTS) == 0
