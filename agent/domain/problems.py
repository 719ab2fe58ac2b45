"""A field that cannot be read, said in one sentence: which field, and what may stand there.

msgspec stops at the first bad field and names its JSON path; here its words become ours, with the choices that
the field has. Used for program sets, quote inputs and whatever else people write or send as JSON or TOML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import inspect

from agent.domain.errors import LoyaltyError

_MISSING: Final = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+)`")
_CHOICE: Final = re.compile(r"Invalid (?:enum )?value (.+)", re.DOTALL)
_GOT: Final = re.compile(r"Expected `(.+)`, got `(.+)`")
_LENGTH: Final = re.compile(r"Expected `(.+)` of length (<=|>=|==) (\d+)")
_BOUND: Final = re.compile(r"Expected `(.+)` (<=|>=|<|>) (.+)")
_PATTERN: Final = re.compile(r"Expected `str` matching regex (.+)", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_MAX_QUOTED: Final = 80

_NOUNS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "uuid": "a UUID",
    "decimal": "a decimal number",
    "date": "a date like 2026-11-22",
    "null": "nothing",
}
_FORMS: Final = {
    "Invalid UUID": "must be a UUID",
    "Invalid decimal string": "must be a decimal number",
    "Invalid RFC3339 encoded date": "must be a date like 2026-11-22",
}
_BOUNDS: Final = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than", "==": "exactly"}


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is the JSON path of the bad field ("" for the whole document); `text` goes on: "must be ..."."""

    path: str
    text: str

    @property
    def sentence(self) -> str:
        """Path and text as one clause, without a full stop."""
        return f"`{self.path}` {self.text}" if self.path else f"the document {self.text}"

    def under(self, root: str) -> Problem:
        """The same problem in a document where this one stands at `root`."""
        return Problem(join_path(root, self.path), self.text)


def problem_of(error: Exception, model: Any = None) -> Problem:
    """The problem behind what msgspec raised while it decoded a `model`.

    `error` is a msgspec.DecodeError (ValidationError included), or the RecursionError and UnicodeDecodeError
    that msgspec lets out as they are.
    """
    if isinstance(error, RecursionError):
        return Problem("", "is nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Problem("", "is not UTF-8 text")
    if not isinstance(error, msgspec.ValidationError):
        return Problem("", f"is not JSON: {_lower_first(str(error)).replace('invalid', 'unexpected')}")
    what, _, path = str(error).partition(" - at ")
    return _said(what, path.removeprefix("`key` in ").strip("`").removeprefix("$").removeprefix("."), model)


def document_error(what: str, problem: Problem, advice: str, code: str) -> LoyaltyError:
    """`what` is for example "The program set"; the title is one sentence with the path and what must be there."""
    return LoyaltyError(f"{what} cannot be used: {problem.sentence}.", advice, code=code)


def join_path(root: str, path: str) -> str:
    """`programs[3]` and `rewards[0].rate` make `programs[3].rewards[0].rate`."""
    if not root or not path:
        return root or path
    return root + path if path.startswith("[") else f"{root}.{path}"


def _said(what: str, path: str, model: Any) -> Problem:
    if found := _MISSING.fullmatch(what):
        return Problem(join_path(path, found[1]), "is missing")
    if found := _UNKNOWN.fullmatch(what):
        return Problem(join_path(path, found[1]), "is not a known field" + _choices(model, path))
    if found := _CHOICE.fullmatch(what):
        return Problem(path, f"cannot be {_short(found[1])}" + _choices(model, path))
    if found := _GOT.fullmatch(what):
        return Problem(path, f"must be {_nouns(found[1])}, not {_nouns(found[2])}")
    if found := _LENGTH.fullmatch(what):
        unit = "characters" if found[1] == "str" else "entries"
        return Problem(path, f"must have {_BOUNDS[found[2]]} {found[3]} {unit}")
    if found := _BOUND.fullmatch(what):
        return Problem(path, f"must be {_BOUNDS[found[2]]} {found[3]}")
    if found := _PATTERN.fullmatch(what):
        return Problem(path, f"must match the pattern {_short(found[1])}")
    return Problem(
        path, _FORMS.get(what, f"is not right: {_lower_first(what).replace('invalid', 'unreadable')}")
    )


def _nouns(types: str) -> str:
    return " or ".join(_NOUNS.get(name, name) for name in types.split(" | "))


def _choices(model: Any, path: str) -> str:
    """What may stand at `path` of the model, as the end of a sentence; "" where the model does not tell."""
    if model is None:
        return ""
    tag = path == "type" or path.endswith(".type")
    found = [inspect.type_info(model)]
    for name, index in _STEP.findall(f".{path.removesuffix('type').rstrip('.')}" if tag else f".{path}"):
        found = [inner for node in found for inner in _inside(node, name, index)]
    names = sorted({choice for node in found for choice in _names(node, tag)})
    return f"; use one of {', '.join(names)}" if names else ""


def _inside(node: inspect.Type, name: str, index: str) -> list[inspect.Type]:
    if isinstance(node, inspect.UnionType):
        return [inner for one in node.types for inner in _inside(one, name, index)]
    if isinstance(node, inspect.StructType) and name:
        return _flat([field.type for field in node.fields if field.encode_name == name])
    if isinstance(node, inspect.DictType) and index:
        return _flat([node.value_type])
    if isinstance(node, inspect.VarTupleType | inspect.ListType) and index:
        return _flat([node.item_type])
    return []


def _flat(nodes: list[inspect.Type]) -> list[inspect.Type]:
    return [one for node in nodes for one in (node.types if isinstance(node, inspect.UnionType) else (node,))]


def _names(node: inspect.Type, tag: bool) -> list[str]:
    if isinstance(node, inspect.LiteralType):
        return [str(value) for value in node.values]
    if isinstance(node, inspect.StructType):
        if not tag:
            return [field.encode_name for field in node.fields]
        if node.tag is not None:
            return [str(node.tag)]
        kinds = [field.type for field in node.fields if field.encode_name == "type"]
        return [name for kind in kinds for name in _names(kind, tag=False)]
    return []


def _short(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "..."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
