"""The shapes of a quote_input and of a quote as JSON Schema, for whoever writes the one or reads the other.

Made from the structures that the engine decodes, with the bounds that `quote_input_checks` holds, so that the published
files cannot say anything else than the program does. They are in docs/; a test holds them to this.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from agent.domain.basket import MAX_LINES
from agent.domain.bounds import MAX_LINE_MINOR, MAX_SAFE_INT
from agent.domain.quote import Quote
from agent.domain.quote_input import ENGINE_SEMANTICS, QuoteInput
from agent.domain.quote_input_checks import (
    MAX_BLOCKS,
    MAX_CATEGORY_DEPTH,
    MAX_CLAIMS,
    MAX_CURRENCY_EXPONENT,
    MAX_FACTS,
    MAX_OFFSET_MIN,
    MAX_TAXES,
    MAX_TEXT,
    MAX_TIME_MS,
)

SchemaName = Literal["quote-input", "quote"]
JsonObject = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL: Final = r"^[0-9]{1,18}(\.[0-9]{1,6})?$"
_TEXT: Final = {"maxLength": MAX_TEXT}
_SAFE: Final = {"minimum": -MAX_SAFE_INT, "maximum": MAX_SAFE_INT}
_FACTS: Final = {"maxProperties": MAX_FACTS, "additionalProperties": {"type": "integer", **_SAFE}}
_TEXTS: Final = {"maxItems": MAX_FACTS, "items": {"type": "string", **_TEXT}}

# What the structures' types alone do not say, by structure and field.
_INPUT_BOUNDS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("QuoteInput", "claims"): {"maxItems": MAX_CLAIMS},
    ("QuoteInput", "coupons"): {"maxItems": MAX_CLAIMS},
    ("QuoteInput", "removals"): _TEXTS,
    ("QuoteInput", "codes"): _TEXTS,
    ("QuoteInput", "shares"): {"maxProperties": MAX_FACTS},
    ("QuoteInput", "program_set_hash"): {"pattern": "^([0-9a-f]{64})?$"},
    ("QuoteInput", "engine_semantics"): {"const": ENGINE_SEMANTICS},
    ("Basket", "lines"): {"maxItems": MAX_LINES},
    ("Line", "line_id"): _SAFE,
    ("Line", "item_code"): _TEXT,
    ("Line", "name"): _TEXT,
    ("Line", "uom"): _TEXT,
    ("Line", "quantity"): {"pattern": _DECIMAL},
    ("Line", "unit_price"): {
        "anyOf": [{"type": "string", "format": "decimal", "pattern": _DECIMAL}, {"type": "null"}]
    },
    ("Line", "extended_minor"): {"minimum": 0, "maximum": MAX_LINE_MINOR},
    ("Line", "taxes"): {"maxItems": MAX_TAXES},
    ("Line", "category"): {"maxItems": MAX_CATEGORY_DEPTH, "items": {"type": "string", **_TEXT}},
    ("Tax", "code"): _TEXT,
    ("Tax", "rate"): {"pattern": _DECIMAL},
    ("MemberFacts", "tier"): _TEXT,
    ("MemberFacts", "balances"): _FACTS,
    ("MemberFacts", "spendable"): _FACTS,
    ("MemberFacts", "counters"): _FACTS,
    ("MemberFacts", "segments"): _TEXTS,
    ("MemberFacts", "offered"): _TEXTS,
    ("Claim", "program_id"): _TEXT,
    ("Claim", "blocks"): {"minimum": 1, "maximum": MAX_BLOCKS},
    ("CouponClaim", "program_id"): _TEXT,
    ("Context", "store_id"): _TEXT,
    ("Context", "register_id"): _TEXT,
    ("Context", "currency"): _TEXT,
    ("Context", "currency_exponent"): {"minimum": 0, "maximum": MAX_CURRENCY_EXPONENT},
    ("Context", "offer_time_ms"): {"minimum": 0, "maximum": MAX_TIME_MS},
    ("Context", "offset_min"): {"minimum": -MAX_OFFSET_MIN, "maximum": MAX_OFFSET_MIN},
}
_QUOTE_BOUNDS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("Quote", field): {"minimum": 0}
    for field in ("goods_minor", "discount_minor", "total_minor", "proven_bound_minor")
}


def schema(name: SchemaName) -> bytes:
    """The JSON Schema (2020-12) of this name, indented, with a line feed at its end."""
    if name == "quote-input":
        document = _schema_of(QuoteInput, "Regulars: quote_input", _INPUT_BOUNDS)
    else:
        document = _schema_of(Quote, "Regulars: quote", _QUOTE_BOUNDS)
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _schema_of(
    model: type[msgspec.Struct], title: str, bounds: Mapping[tuple[str, str], Mapping[str, Any]]
) -> JsonObject:
    made = msgspec.json.schema(model)
    definitions: JsonObject = made["$defs"]
    for (struct, field), bound in bounds.items():
        definitions[struct]["properties"][field].update(bound)
    for each in definitions.values():
        if "description" in each:
            each["description"] = inspect.cleandoc(each["description"])
    return {
        "$schema": _DIALECT,
        "title": title,
        "$ref": made["$ref"],
        "$defs": dict(sorted(definitions.items())),
    }
