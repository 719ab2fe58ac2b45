"""The published JSON Schemas of quote_input and quote say what the program does, and nothing that it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.quote_input_checks import decode_quote_input
from agent.domain.quote_schema import SchemaName, schema
from tests.domain.test_quote_input import as_json, put
from tests.json_schema import misfits
from tests.oracle.shops import a_shop

DOCS = Path(__file__).parents[2] / "docs"
INPUT: dict[str, Any] = json.loads(schema("quote-input"))
QUOTE: dict[str, Any] = json.loads(schema("quote"))


@pytest.mark.parametrize("name", ["quote-input", "quote"])
def test_the_published_schema_is_the_programs_own(name: SchemaName) -> None:
    published = (DOCS / f"{name}.schema.json").read_bytes()

    assert published == schema(name), (
        f"write it again: ./run regulars quote --schema {name} > docs/{name}.schema.json"
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_real_baskets_and_their_quotes_fit_the_schemas(seed: int) -> None:
    shop = a_shop(seed)

    quote = evaluate(shop.quote_input, shop.program_set)

    assert misfits(json.loads(msgspec.json.encode(shop.quote_input)), INPUT) == []
    assert misfits(json.loads(msgspec.json.encode(quote)), QUOTE) == []


def test_what_the_schema_calls_optional_may_be_left_out() -> None:
    least = {
        "basket": {},
        "context": {name: as_json()["context"][name] for name in INPUT["$defs"]["Context"]["required"]},
        "program_set_hash": "",
    }

    assert misfits(least, INPUT) == []
    assert decode_quote_input(json.dumps(least).encode()).basket.lines == ()


@pytest.mark.parametrize("path", ["basket", "context", "context.store_id", "basket.lines.0.item_code"])
def test_what_the_schema_requires_the_register_requires_too(path: str) -> None:
    document = as_json()
    node: Any = document
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in parents:
        node = node[step]
    del node[last]

    _both_refuse(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("basket.lines.1.extended_minor", -1),
        ("basket.lines.1.extended_minor", 10**12 + 1),
        ("basket.lines.1.extended_minor", "12"),
        ("basket.lines.1.line_id", 2**53),
        ("basket.lines.0.quantity", "NaN"),
        ("basket.lines.0.quantity", "-1"),
        ("basket.lines.0.quantity", "0.1234567"),
        ("basket.lines.0.quantity", True),
        ("basket.lines.1.unit_price", "-3"),
        ("basket.lines.0.taxes.0.rate", "Infinity"),
        ("basket.lines.0.taxes", [{"code": "A", "rate": "0.1"}] * 9),
        ("basket.lines.0.name", "x" * 201),
        ("basket.lines.0.category", ["x"] * 9),
        ("basket.lines.0.category", ["x" * 201]),
        ("basket.lines.0.price_source", "guess"),
        ("basket.lines.0.discountable", "yes"),
        ("basket.lines", {}),
        ("member.member_id", "someone"),
        ("member.balances", {"points:points": 2**53}),
        ("member.counters", {str(number): 1 for number in range(5_001)}),
        ("member.segments", ["x" * 201]),
        ("claims", [{"program_id": str(number)} for number in range(51)]),
        ("claims.0.blocks", 0),
        ("claims.0.blocks", 1_000_001),
        ("claims.0.program_id", "x" * 201),
        ("codes", ["x" * 201]),
        ("removals", [7]),
        ("coupons.0.valid_until", "22.11.2026"),
        ("context.offer_time_ms", -1),
        ("context.offset_min", 1_441),
        ("context.currency_exponent", 5),
        ("context.clock", "slow"),
    ],
)
def test_what_the_schema_refuses_the_register_refuses_too(path: str, value: Any) -> None:
    _both_refuse(put(path, value))


def _both_refuse(document: dict[str, Any]) -> None:
    assert misfits(document, INPUT) != []
    with pytest.raises(LoyaltyError):
        decode_quote_input(json.dumps(document).encode())
