"""Reading a case strictly: every word is understood or the case is skipped with the word as the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Json = Mapping[str, Any]
# What a human being may write anywhere.
_REMARKS: Final = frozenset({"note", "notes", "comment"})


class UnknownWord(Exception):
    """Something in a case that this adapter, or the program model, has no word for; the text is the reason."""


class Words:
    """One object of a case. `done` refuses whatever nobody asked for; null is the same as absent."""

    def __init__(self, data: object, where: str) -> None:
        self.where = where
        self._data = object_of(data, where)
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        return self._data.get(key) is not None

    def take(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        value = self._data.get(key)
        return default if value is None else value

    def text(self, key: str, default: str = "") -> str:
        value = self.take(key, default)
        if not isinstance(value, str):
            raise UnknownWord(f"{self.where}.{key} is not a text")
        return value

    def one_of(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        value = self.text(key, default)
        if value != default and value not in allowed:
            raise UnknownWord(f'{self.where}.{key} is "{value}"')
        return value

    def number(self, key: str, default: Decimal | None = None) -> Decimal | None:
        value = self.take(key)
        return default if value is None else decimal_of(value, f"{self.where}.{key}")

    def whole(self, key: str, default: int = 0) -> int:
        value = self.number(key)
        return default if value is None else whole_of(value, f"{self.where}.{key}")

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.take(key, default)
        if not isinstance(value, bool):
            raise UnknownWord(f"{self.where}.{key} is neither true nor false")
        return value

    def rows(self, key: str) -> list[Json]:
        """A list of objects; empty where it is absent."""
        value = self.take(key, [])
        if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
            return value
        raise UnknownWord(f"{self.where}.{key} is not a list of objects")

    def table(self, key: str) -> Json:
        """An object; empty where it is absent."""
        return object_of(self.take(key, {}), f"{self.where}.{key}")

    def inner(self, key: str) -> Words:
        """The words of an object inside this one."""
        return Words(self.table(key), f"{self.where}.{key}")

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, or None where it is absent or "any"."""
        value = self.take(key)
        if value is None or value == "any":
            return None
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise UnknownWord(f"{self.where}.{key} is not a list of texts")

    def everything(self) -> dict[str, Any]:
        """All that is said here but remarks, whatever its words are."""
        return {key: self.take(key) for key in self._data if key not in _REMARKS}

    def done(self) -> None:
        for key, value in self._data.items():
            if key not in self._read and key not in _REMARKS and value is not None:
                raise UnknownWord(f"the word {self.where}.{key}")


def decimal_of(value: object, where: str) -> Decimal:
    """A decimal string, or a whole number; cases write no floats for money."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnknownWord(f"{where} is not a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise UnknownWord(f'{where} is "{value}"') from None
    if not number.is_finite():
        raise UnknownWord(f'{where} is "{value}"')
    return number


def object_of(value: object, where: str) -> Json:
    """An object of a case. Raises UnknownWord for anything else."""
    if not isinstance(value, Mapping):
        raise UnknownWord(f"{where} is not an object")
    return value


def names_of(rows: object, key: str, where: str) -> list[str]:
    """A list of names, each alone or as {key: name}."""
    if not isinstance(rows, list):
        raise UnknownWord(f"{where} is not a list")
    return [Words(each, where).text(key) if isinstance(each, Mapping) else str(each) for each in rows]


def whole_of(value: Decimal, where: str) -> int:
    if value != value.to_integral_value():
        raise UnknownWord(f"{where} is {value}, a part of one")
    return int(value)
