"""JSON Schema, as much of it as our published schemas use: what in a document does not fit, as paths with reasons.

A keyword that this does not know raises, so that a schema cannot say something that no test ever checks. Formats and
defaults are notes to readers, and so are titles.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_NOTES = {"$schema", "$defs", "title", "description", "default", "format"}


def misfits(document: Any, schema: Schema) -> list[str]:
    """Everything in the document that the schema does not allow; empty where it is valid."""
    return list(_misfits(document, schema, schema, "$"))


def _misfits(value: Any, schema: Schema, root: Schema, path: str) -> Iterator[str]:
    for keyword, wanted in schema.items():
        if keyword not in _NOTES:
            yield from _CHECKS[keyword](value, wanted, schema, root, path)
    if isinstance(value, str) and not _has_format(value, schema.get("format", "")):
        yield f"{path}: {value!r} is no {schema['format']}"


def _ref(value: Any, wanted: str, _schema: Schema, root: Schema, path: str) -> Iterator[str]:
    yield from _misfits(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, path)


def _any_of(value: Any, wanted: list[Schema], _schema: Schema, root: Schema, path: str) -> Iterator[str]:
    if all(list(_misfits(value, each, root, path)) for each in wanted):
        yield f"{path}: none of {len(wanted)} shapes fits"


def _type(value: Any, wanted: str, _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
    if not isinstance(value, _TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool)):
        yield f"{path}: {type(value).__name__} is not {wanted}"


def _properties(value: Any, wanted: Schema, _schema: Schema, root: Schema, path: str) -> Iterator[str]:
    for name, inner in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from _misfits(value[name], inner, root, f"{path}.{name}")


def _required(value: Any, wanted: list[str], _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
    for name in wanted:
        if isinstance(value, dict) and name not in value:
            yield f"{path}.{name}: missing"


def _more_properties(value: Any, wanted: Any, schema: Schema, root: Schema, path: str) -> Iterator[str]:
    for name in set(value) - set(schema.get("properties", ())) if isinstance(value, dict) else ():
        if wanted is False:
            yield f"{path}.{name}: not allowed"
        elif wanted is not True:
            yield from _misfits(value[name], wanted, root, f"{path}.{name}")


def _prefix_items(value: Any, wanted: list[Schema], _s: Schema, root: Schema, path: str) -> Iterator[str]:
    for number, inner in enumerate(wanted):
        if isinstance(value, list) and number < len(value):
            yield from _misfits(value[number], inner, root, f"{path}[{number}]")


def _items(value: Any, wanted: Any, schema: Schema, root: Schema, path: str) -> Iterator[str]:
    first = len(schema.get("prefixItems", ()))
    for number, each in enumerate(value[first:] if isinstance(value, list) else (), start=first):
        if wanted is False:
            yield f"{path}[{number}]: not allowed"
        else:
            yield from _misfits(each, wanted, root, f"{path}[{number}]")


def _enum(value: Any, wanted: list[Any], _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
    if value not in wanted:
        yield f"{path}: {value!r} is not one of {wanted}"


def _const(value: Any, wanted: Any, _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
    if value != wanted:
        yield f"{path}: {value!r} is not {wanted!r}"


def _pattern(value: Any, wanted: str, _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{path}: {value!r} does not match {wanted}"


def _limit(kind: type | tuple[type, ...], most: bool, measured: Any) -> Any:
    def check(value: Any, wanted: int, _schema: Schema, _root: Schema, path: str) -> Iterator[str]:
        if isinstance(value, kind) and not isinstance(value, bool):
            size = measured(value)
            if size > wanted if most else size < wanted:
                yield f"{path}: {size} is {'more' if most else 'less'} than {wanted}"

    return check


_CHECKS: dict[str, Any] = {
    "$ref": _ref,
    "anyOf": _any_of,
    "type": _type,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _more_properties,
    "prefixItems": _prefix_items,
    "items": _items,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _limit((int, float), False, lambda number: number),
    "maximum": _limit((int, float), True, lambda number: number),
    "minItems": _limit(list, False, len),
    "maxItems": _limit(list, True, len),
    "maxLength": _limit(str, True, len),
    "maxProperties": _limit(dict, True, len),
}


def _has_format(value: str, name: str) -> bool:
    try:
        if name == "uuid":
            uuid.UUID(value)
        elif name == "date":
            datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True
