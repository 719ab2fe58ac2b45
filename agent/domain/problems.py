"""A field that cannot be read, said in one sentence: which field, and what may stand there.

msgspec stops at the first bad field and names its JSON path; here its words become ours, with the choices that
the field has. Used for program sets, quote inputs and whatever else people write or send as JSON or TOML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from gettext import gettext as _
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


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is the JSON path of the bad field ("" for the whole document); `text` goes on: "must be ..."."""

    path: str
    text: str

    @property
    def sentence(self) -> str:
        """Path and text as one clause, without a full stop."""
        if not self.path:
            return _("the document {problem}").format(problem=self.text)
        return f"`{self.path}` {self.text}"

    def under(self, root: str) -> Problem:
        """The same problem in a document where this one stands at `root`."""
        return Problem(join_path(root, self.path), self.text)


def problem_of(error: Exception, model: Any = None) -> Problem:
    """The problem behind what msgspec raised while it decoded a `model`.

    `error` is a msgspec.DecodeError (ValidationError included), or the RecursionError and UnicodeDecodeError
    that msgspec lets out as they are.
    """
    if isinstance(error, RecursionError):
        return Problem("", _("is nested too deeply"))
    if isinstance(error, UnicodeDecodeError):
        return Problem("", _("is not UTF-8 text"))
    if not isinstance(error, msgspec.ValidationError):
        reason = _lower_first(str(error)).replace("invalid", "unexpected")
        return Problem("", _("is not JSON: {reason}").format(reason=reason))
    what, _at, path = str(error).partition(" - at ")
    return _said(what, path.removeprefix("`key` in ").strip("`").removeprefix("$").removeprefix("."), model)


def document_error(what: str, problem: Problem, advice: str, code: str) -> LoyaltyError:
    """`what` is for example "The program set"; the title is one sentence with the path and what must be there."""
    title = _("{what} cannot be used: {problem}.").format(what=what, problem=problem.sentence)
    return LoyaltyError(title, advice, code=code, path=problem.path)


def join_path(root: str, path: str) -> str:
    """`programs[3]` and `rewards[0].rate` make `programs[3].rewards[0].rate`."""
    if not root or not path:
        return root or path
    return root + path if path.startswith("[") else f"{root}.{path}"


def _said(what: str, path: str, model: Any) -> Problem:
    if found := _MISSING.fullmatch(what):
        return Problem(join_path(path, found[1]), _("is missing"))
    if found := _UNKNOWN.fullmatch(what):
        return Problem(join_path(path, found[1]), _("is not a known field") + _choices(model, path))
    if found := _CHOICE.fullmatch(what):
        said = _("cannot be {value}").format(value=_short(found[1]))
        return Problem(path, said + _choices(model, path))
    if found := _GOT.fullmatch(what):
        return Problem(
            path, _("must be {wanted}, not {got}").format(wanted=_nouns(found[1]), got=_nouns(found[2]))
        )
    if found := _LENGTH.fullmatch(what):
        return Problem(path, _length(found[1], _bound(found[2], found[3])))
    if found := _BOUND.fullmatch(what):
        return Problem(path, _("must be {bound}").format(bound=_bound(found[2], found[3])))
    if found := _PATTERN.fullmatch(what):
        return Problem(path, _("must match the pattern {pattern}").format(pattern=_short(found[1])))
    return Problem(path, _form(what))


def _form(what: str) -> str:
    match what:
        case "Invalid UUID":
            return _("must be a UUID")
        case "Invalid decimal string":
            return _("must be a decimal number")
        case "Invalid RFC3339 encoded date":
            return _("must be a date like 2026-11-22")
    return _("is not right: {reason}").format(reason=_lower_first(what).replace("invalid", "unreadable"))


def _length(kind: str, bound: str) -> str:
    if kind == "str":
        return _("must have {bound} characters").format(bound=bound)
    return _("must have {bound} entries").format(bound=bound)


def _bound(sign: str, number: str) -> str:
    words = {
        "<=": _("at most {number}"),
        ">=": _("at least {number}"),
        "<": _("less than {number}"),
        ">": _("more than {number}"),
        "==": _("exactly {number}"),
    }
    return words[sign].format(number=number)


def _nouns(types: str) -> str:
    nouns = {
        "str": _("text"),
        "int": _("a whole number"),
        "float": _("a number"),
        "bool": _("true or false"),
        "array": _("a list"),
        "object": _("an object"),
        "uuid": _("a UUID"),
        "decimal": _("a decimal number"),
        "date": _("a date like 2026-11-22"),
        "null": _("nothing"),
    }
    first, *others = (nouns.get(name, name) for name in types.split(" | "))
    for other in others:
        first = _("{one} or {other}").format(one=first, other=other)
    return first


def _choices(model: Any, path: str) -> str:
    """What may stand at `path` of the model, as the end of a sentence; "" where the model does not tell."""
    if model is None:
        return ""
    tag = path == "type" or path.endswith(".type")
    found = [inspect.type_info(model)]
    for name, index in _STEP.findall(f".{path.removesuffix('type').rstrip('.')}" if tag else f".{path}"):
        found = [inner for node in found for inner in _inside(node, name, index)]
    names = sorted({choice for node in found for choice in _names(node, tag)})
    return _("; use one of {choices}").format(choices=", ".join(names)) if names else ""


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
