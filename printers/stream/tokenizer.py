"""Bytes -> commands and text. Lossless (the tokens' bytes are the stream) and the same however the bytes arrive split.

What it does not know becomes an `unknown` token of just the bytes that told it so; the stream goes on behind them, as
on a real printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from printers.stream.commands import COMMANDS

MAX_TEXT_BYTES: Final = 4096
_PREFIXES: Final = frozenset(prefix[:size] for prefix in COMMANDS for size in range(1, len(prefix) + 1))
_FIRST_TEXT_BYTE: Final = 0x20
_DELETE: Final = 0x7F


@dataclass(frozen=True, slots=True)
class Token:
    """A command with its parameters, a run of text bytes, or bytes that begin no known command."""

    kind: Literal["command", "text", "unknown"]
    prefix: bytes
    data: bytes
    offset: int

    @property
    def parameters(self) -> bytes:
        """What follows the command's name."""
        return self.data[len(self.prefix) :]


class Tokenizer:
    """Takes bytes in any pieces; hands out whole tokens. Text waits for the command that ends it."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._offset = 0

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that these bytes complete."""
        self._pending += data
        tokens: list[Token] = []
        while (token := self._next(last=False)) is not None:
            tokens.append(token)
        return tokens

    def finish(self) -> list[Token]:
        """The text that was still open at the end of the stream. `unfinished` is what is left of a command."""
        token = self._next(last=True)
        return [token] if token is not None else []

    @property
    def unfinished(self) -> bytes:
        """The beginning of a command whose end has not arrived."""
        return bytes(self._pending)

    @property
    def offset(self) -> int:
        """Where the unfinished bytes begin in the stream."""
        return self._offset

    def _next(self, *, last: bool) -> Token | None:
        if not self._pending:
            return None
        if _is_text(self._pending[0]):
            return self._text(last)
        return self._command()

    def _text(self, last: bool) -> Token | None:
        end = 0
        limit = min(len(self._pending), MAX_TEXT_BYTES)
        while end < limit and _is_text(self._pending[end]):
            end += 1
        if end == len(self._pending) and end < MAX_TEXT_BYTES and not last:
            return None
        return self._take("text", b"", end)

    def _command(self) -> Token | None:
        size = 1
        while bytes(self._pending[:size]) in _PREFIXES:
            prefix = bytes(self._pending[:size])
            length = COMMANDS.get(prefix)
            if length is not None:
                return self._whole_command(prefix, length(bytes(self._pending[size : size + 4])))
            if len(self._pending) == size:
                return None
            size += 1
        return self._take("unknown", bytes(self._pending[:size]), size)

    def _whole_command(self, prefix: bytes, further: int | None) -> Token | None:
        if further is None or len(self._pending) < len(prefix) + further:
            return None
        return self._take("command", prefix, len(prefix) + further)

    def _take(self, kind: Literal["command", "text", "unknown"], prefix: bytes, size: int) -> Token:
        token = Token(kind, prefix, bytes(self._pending[:size]), self._offset)
        del self._pending[:size]
        self._offset += size
        return token


def _is_text(byte: int) -> bool:
    return byte >= _FIRST_TEXT_BYTE and byte != _DELETE
