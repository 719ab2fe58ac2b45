"""A quote_input from elsewhere: read, or refused in one sentence; never a crash and never a negative total."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.basket import Basket
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.quote_input_checks import decode_quote_input
from tests.builders import a_basket, a_coupon_claim, a_line, a_member, a_program_set, a_quote_input, milk
from tests.domain.test_program_set import scraps

PROGRAM_SET = a_program_set()


def as_json() -> dict[str, Any]:
    basket = a_basket(milk(60_00, quantity=2), a_line("bread", 120_00, unit_price="120.5"))
    quote_input = a_quote_input(
        basket, PROGRAM_SET, member=a_member(900), claims=["reward-5"], coupons=[a_coupon_claim()]
    )
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(quote_input))
    return decoded


def the_error(document: Any) -> LoyaltyError:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(LoyaltyError) as caught:
        decode_quote_input(data)
    assert caught.value.code == "bad_quote_input"
    assert "nvalid" not in str(caught.value)
    return caught.value


def put(path: str, value: Any) -> dict[str, Any]:
    """The document with one value changed; `path` as in `basket.lines.0.quantity`."""
    document: Any = as_json()
    node = document
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in parents:
        node = node[step]
    node[last] = value
    return document  # type: ignore[no-any-return]


def test_what_the_register_writes_is_read_back_the_same() -> None:
    quote_input = a_quote_input(a_basket(milk()), PROGRAM_SET, member=a_member(900))

    assert decode_quote_input(msgspec.json.encode(quote_input)) == quote_input


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("basket.lines.1.extended_minor", -1, "`basket.lines[1].extended_minor` must be from 0 to"),
        ("basket.lines.1.extended_minor", 10**13, "`basket.lines[1].extended_minor` must be from 0 to"),
        (
            "basket.lines.1.extended_minor",
            "12",
            "`basket.lines[1].extended_minor` must be a whole number, not text",
        ),
        ("basket.lines.1.extended_minor", 1.5, "`basket.lines[1].extended_minor` must be a whole number"),
        ("basket.lines.1.line_id", 1, "`basket.lines[1].line_id` is the id of another line"),
        ("basket.lines.1.line_id", 2**60, "`basket.lines[1].line_id` must be at most"),
        ("basket.lines.0.quantity", "NaN", "`basket.lines[0].quantity` must be a decimal number"),
        ("basket.lines.0.quantity", "1E+400000000", "`basket.lines[0].quantity` must be a decimal number"),
        ("basket.lines.0.quantity", "-1", "`basket.lines[0].quantity` must not be negative"),
        ("basket.lines.0.quantity", "0.1234567", "`basket.lines[0].quantity` must be a decimal number"),
        (
            "basket.lines.0.taxes.0.rate",
            "Infinity",
            "`basket.lines[0].taxes[0].rate` must be a decimal number",
        ),
        ("basket.lines.0.name", "x" * 500, "`basket.lines[0].name` must have at most 200 characters"),
        ("basket.lines.0.category", ["x"] * 99, "`basket.lines[0].category` must have at most 8 entries"),
        ("basket.lines.0.price_source", "guess", "use one of card, host, list, override"),
        ("member.member_id", "someone", "`member.member_id` must be a UUID"),
        ("member.balances", {"points:points": 2**60}, "`member.balances` must hold whole numbers"),
        ("claims.0.blocks", 0, "`claims[0].blocks` must be from 1"),
        ("claims", [{"program_id": "a"}, {"program_id": "a"}], "`claims` must name each program once"),
        ("context.offer_time_ms", 10**18, "`context.offer_time_ms` must be a time"),
        ("context.offset_min", 99_999, "`context.offset_min` must be within a day"),
        ("context.business_date", "22.11.2026", "`context.business_date` must be a date like"),
        ("context.currency_exponent", 9, "`context.currency_exponent` must be from 0 to 4"),
    ],
)
def test_an_error_names_the_path_and_what_must_be_there(path: str, value: Any, says: str) -> None:
    assert says in the_error(put(path, value)).title


def test_a_basket_has_at_most_two_thousand_lines() -> None:
    line = as_json()["basket"]["lines"][0]
    lines = [{**line, "line_id": number} for number in range(2_001)]

    assert "`basket.lines` must have at most 2000" in the_error(put("basket.lines", lines)).title


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b" " * 2_000_000])
def test_bytes_that_are_no_quote_input_are_told_in_one_sentence(data: bytes) -> None:
    assert the_error(data).title.startswith("The quote_input cannot be used: ")


def test_another_program_set_than_the_one_named_is_refused() -> None:
    other = a_program_set(version=2)

    with pytest.raises(LoyaltyError) as caught:
        evaluate(a_quote_input(program_set=PROGRAM_SET), other)

    assert caught.value.code == "other_program_set"
    assert "program_set_hash" in caught.value.title


def test_an_input_of_another_engine_is_refused() -> None:
    old = msgspec.structs.replace(a_quote_input(program_set=PROGRAM_SET), engine_semantics=0)

    with pytest.raises(LoyaltyError) as caught:
        evaluate(old, PROGRAM_SET)

    assert caught.value.code == "other_engine"


def test_an_empty_basket_costs_nothing() -> None:
    quote = evaluate(
        a_quote_input(Basket(), PROGRAM_SET, member=a_member(900), claims=["reward-5"]), PROGRAM_SET
    )

    assert (quote.goods_minor, quote.total_minor) == (0, 0)


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_whatever_comes_in_is_priced_or_refused(data: st.DataObject) -> None:
    document = as_json()
    for _ in range(data.draw(st.integers(1, 4))):
        _change_a_value(document, data)

    said, quote = "", None
    try:
        quote_input = decode_quote_input(json.dumps(document).encode())
        quote = evaluate(quote_input, PROGRAM_SET)
        for program in PROGRAM_SET.programs:
            explain(quote_input, PROGRAM_SET, program.id)
    except LoyaltyError as error:
        said = error.title

    if quote is None:
        assert said
    else:
        assert 0 <= quote.total_minor <= quote.goods_minor
        msgspec.json.encode(quote)


def _change_a_value(node: Any, data: st.DataObject) -> None:
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
            break
        node = node[key]
    node[key] = data.draw(scraps | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5))
