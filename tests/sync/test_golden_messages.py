"""The messages between register and HQ, both ways, byte for byte."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.coupon import key_id
from sync.wire import feed, messages, signatures
from tests.sync.examples import GOLDEN
from tests.sync.message_examples import (
    ROWS,
    ROWS_OF_FIRST_PURCHASES,
    ROWS_OF_LIMITS,
    ROWS_OF_PERSONAL_OFFERS,
    ROWS_OF_TIERS,
    ROWS_SINCE_MEMBER_CARE,
    ROWS_SINCE_MEMBER_PROGRAMS,
    ROWS_SINCE_RETURNS,
    ROWS_SINCE_TAX_ROUNDING,
    wire_messages,
)


@pytest.mark.parametrize("name", wire_messages())
def test_a_message_is_sent_as_exactly_the_golden_bytes(name):
    assert msgspec.msgpack.encode(wire_messages()[name]) == (GOLDEN / f"{name}.msgpack").read_bytes()


@pytest.mark.parametrize("name", wire_messages())
def test_the_golden_bytes_read_as_the_message(name):
    message = wire_messages()[name]

    assert msgspec.msgpack.decode((GOLDEN / f"{name}.msgpack").read_bytes(), type=type(message)) == message


def test_every_kind_of_feed_row_reads_from_the_golden_page():
    page = msgspec.msgpack.decode((GOLDEN / "pulled.msgpack").read_bytes(), type=messages.Pulled)

    assert rows_of(page) == ROWS


def test_the_rows_of_limits_read_from_a_golden_page_of_their_own():
    page = msgspec.msgpack.decode((GOLDEN / "pulled_limits.msgpack").read_bytes(), type=messages.Pulled)

    assert rows_of(page) == ROWS_OF_LIMITS


def test_every_kind_of_feed_row_is_in_a_golden_page():
    pages = (
        ROWS,
        ROWS_OF_LIMITS,
        ROWS_SINCE_MEMBER_CARE,
        ROWS_SINCE_MEMBER_PROGRAMS,
        ROWS_OF_PERSONAL_OFFERS,
        ROWS_OF_TIERS,
        ROWS_OF_FIRST_PURCHASES,
        ROWS_SINCE_RETURNS,
        ROWS_SINCE_TAX_ROUNDING,
    )
    assert set().union(*pages) == set(feed.ROWS)


def rows_of(page):
    return {row.kind: msgspec.msgpack.decode(row.body, type=feed.ROWS[row.kind]) for row in page.rows}


@pytest.mark.parametrize("name", wire_messages())
def test_a_field_from_a_newer_release_is_ignored(name):
    message = wire_messages()[name]
    newer = {**msgspec.msgpack.decode((GOLDEN / f"{name}.msgpack").read_bytes()), "since_2027": [1, {"a": 2}]}

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(newer), type=type(message)) == message


def test_an_entry_travels_as_the_bytes_that_were_hashed():
    pushed = msgspec.msgpack.decode((GOLDEN / "push.msgpack").read_bytes(), type=messages.Push)

    assert pushed.entries[0].body == (GOLDEN / "11_chain_opened.json").read_bytes()


def test_a_number_that_the_databases_cannot_hold_is_refused():
    push = msgspec.to_builtins(wire_messages()["push"], builtin_types=(bytes,))

    for field, value in {"from_seq": 2**63, "clock": 2**60}.items():
        with pytest.raises(msgspec.ValidationError, match=field):
            msgspec.msgpack.decode(msgspec.msgpack.encode({**push, field: value}), type=messages.Push)


def test_the_key_id_on_the_wire_is_the_coupons_key_id_in_hex():
    public = bytes(range(32))

    assert signatures.key_name(public) == key_id(public).hex()
