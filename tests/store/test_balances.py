"""What the till shows is HQ's figure plus what this register did after it, never twice and never less."""

from __future__ import annotations

import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.ledger import Posting, issued_bucket, lease_bucket, move, redeemed_bucket
from agent.store import feed_state
from agent.store.balances import (
    Balance,
    add_own_postings,
    move_own_postings,
    put_balance,
    read_balances,
)
from agent.store.database import Store
from sync.wire.feed import BalanceRow
from tests.store.conftest import CHAIN

ACCOUNT = uuid.UUID(int=10)
OTHER = uuid.UUID(int=11)
UNIT = "points:p"


def earning(points: int, account_id: uuid.UUID = ACCOUNT) -> tuple[Posting, ...]:
    return move(account_id, UNIT, points, issued_bucket("s"), "pending")


def spending(points: int) -> tuple[Posting, ...]:
    return move(ACCOUNT, UNIT, points, lease_bucket(CHAIN), redeemed_bucket("s"))


def sell(store: Store, seq: int, *postings: Posting, chain_id: uuid.UUID = CHAIN) -> None:
    with store.unit_of_work() as db:
        add_own_postings(db, chain_id, seq, postings)


def hear(store: Store, balance: int, *, seq: int, available: int = 0, chain_id: uuid.UUID = CHAIN) -> None:
    with store.unit_of_work() as db:
        put_balance(
            db,
            BalanceRow(
                account_id=ACCOUNT,
                unit=UNIT,
                balance=balance,
                available=available,
                includes_seq={str(chain_id): seq},
            ),
        )


def shown(store: Store) -> int:
    return read_balances(store.reader(), ACCOUNT).get(UNIT, Balance(0, 0)).points


def test_own_sales_count_before_hq_knows_them(store: Store) -> None:
    hear(store, 100, seq=4)
    sell(store, 5, *earning(30))
    sell(store, 6, *earning(5), *spending(50))

    assert shown(store) == 85


def test_an_entry_that_hq_has_counted_is_not_counted_again(store: Store) -> None:
    sell(store, 5, *earning(30))
    sell(store, 6, *earning(7))
    hear(store, 130, seq=5)

    assert shown(store) == 137
    hear(store, 137, seq=6)
    assert shown(store) == 137


def test_only_the_chain_that_hq_names_is_counted_as_included(store: Store) -> None:
    sell(store, 3, *earning(30), chain_id=uuid.UUID(int=2))
    hear(store, 100, seq=9)

    assert shown(store) == 130


def test_what_goes_to_the_shops_side_is_not_the_members(store: Store) -> None:
    sell(store, 1, *earning(0), *move(ACCOUNT, UNIT, 4, redeemed_bucket("s"), issued_bucket("s")))

    assert read_balances(store.reader(), ACCOUNT) == {}


def test_a_provisional_accounts_points_join_their_owner(store: Store) -> None:
    sell(store, 1, *earning(10, OTHER))
    sell(store, 2, *earning(5), *earning(1, OTHER))

    with store.unit_of_work() as db:
        move_own_postings(db, OTHER, ACCOUNT)

    assert shown(store) == 16
    assert read_balances(store.reader(), OTHER) == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(earned=st.lists(st.integers(min_value=1, max_value=500), max_size=12), data=st.data())
def test_wherever_hq_is_in_the_journal_the_sum_is_the_same(
    store: Store, earned: list[int], data: st.DataObject
) -> None:
    included = data.draw(st.integers(min_value=0, max_value=len(earned)))
    account_id = uuid.uuid4()
    with store.unit_of_work() as db:
        for seq, points in enumerate(earned, start=1):
            add_own_postings(db, CHAIN, seq, earning(points, account_id))
        row = BalanceRow(
            account_id=account_id,
            unit=UNIT,
            balance=sum(earned[:included]),
            available=0,
            includes_seq={str(CHAIN): included},
        )
        put_balance(db, row)

    assert read_balances(store.reader(), account_id)[UNIT].points == sum(earned)


def test_an_alias_of_an_alias_leads_to_the_owner_in_whatever_order_they_come(store: Store) -> None:
    first, second, owner = (uuid.UUID(int=number) for number in (0xA1, 0xA2, 0xA3))
    third, fourth = uuid.UUID(int=0xA4), uuid.UUID(int=0xA5)
    with store.unit_of_work() as db:
        feed_state.put_alias(db, first, second)
        feed_state.put_alias(db, second, owner)
        feed_state.put_alias(db, fourth, owner)
        feed_state.put_alias(db, third, fourth)
        # A circle would be nobody's account.
        feed_state.put_alias(db, owner, first)

    assert {feed_state.alias_of(store.reader(), one) for one in (first, second, third, fourth, owner)} == {
        owner
    }
