"""Receipt numbers have no gap and no second life."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from agent.store.database import Store
from agent.store.register import put_register, read_register, receipt_number, take_receipt_no


def test_receipt_numbers_go_up_by_one(store: Store, chain_id: uuid.UUID) -> None:
    for expected in (1, 2, 3):
        with store.unit_of_work() as db:
            assert take_receipt_no(db) == expected


def test_a_sale_that_is_not_saved_takes_no_receipt_number(store: Store, chain_id: uuid.UUID) -> None:
    def interrupted() -> None:
        with store.unit_of_work() as db:
            take_receipt_no(db)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()

    with store.unit_of_work() as db:
        assert take_receipt_no(db) == 1


def test_a_register_that_is_enrolled_again_goes_on_with_its_numbers(
    store: Store, chain_id: uuid.UUID
) -> None:
    with store.unit_of_work() as db:
        take_receipt_no(db)
        known = read_register(db)
        assert known is not None
        put_register(db, replace(known, chain_id=uuid.UUID(int=5), last_receipt_no=0))

    again = read_register(store.reader())
    assert again is not None
    assert (again.chain_id, again.last_receipt_no) == (uuid.UUID(int=5), 1)


def test_a_receipt_number_shows_its_register(store: Store) -> None:
    assert receipt_number("2", 413) == "2-0413"
    assert receipt_number("2", 12_345) == "2-12345"
