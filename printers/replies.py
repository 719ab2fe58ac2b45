"""What a printer sends back, told apart by its bits: one connection carries them all, in any order.

Epson's manuals fix some bits of each kind of reply, so that they can be told apart (UPOS drivers do the same).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["status", "automatic", "sensor", "message"]
_MESSAGE_HEADERS: Final = frozenset(b"\x35\x37\x3b\x3d\x5f")
_FRAME_BYTES: Final = 4
MAX_MESSAGE_BYTES: Final = 128


@dataclass(frozen=True, slots=True)
class Reply:
    """One status byte (DLE EOT), an automatic frame, a sensor byte (GS r), or a message without its final NUL."""

    kind: Kind
    data: bytes


class ReplyParser:
    """Bytes in any pieces -> replies. What fits no kind (flow control, noise) is left out."""

    def __init__(self) -> None:
        self._open = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete."""
        replies = [self._take(byte) for byte in data]
        return [reply for reply in replies if reply is not None]

    def _take(self, byte: int) -> Reply | None:
        if self._open:
            return self._go_on(byte)
        if byte in _MESSAGE_HEADERS or byte & 0x93 == 0x10:
            self._open.append(byte)
            return None
        if byte & 0x93 == 0x12:
            return Reply("status", bytes([byte]))
        if byte & 0x90 == 0x00:
            return Reply("sensor", bytes([byte]))
        return None

    def _go_on(self, byte: int) -> Reply | None:
        if self._open[0] in _MESSAGE_HEADERS:
            if byte == 0:
                return self._whole("message")
            self._open.append(byte)
            if len(self._open) > MAX_MESSAGE_BYTES:
                self._open.clear()
            return None
        if byte & 0x90:
            # The rest of a frame never looks like this: the frame was cut short, and this begins something new.
            self._open.clear()
            return self._take(byte)
        self._open.append(byte)
        return self._whole("automatic") if len(self._open) == _FRAME_BYTES else None

    def _whole(self, kind: Kind) -> Reply:
        reply = Reply(kind, bytes(self._open))
        self._open.clear()
        return reply


PROCESS_ID_BYTES: Final = 4
_PROCESS_ID_HEADER: Final = b"\x37\x22"
_DIGITS: Final = 94  # the printable characters but the space
_FIRST_DIGIT: Final = 0x21


def process_id_bytes(number: int) -> bytes:
    """A number below 94 ** 4 as the four printable characters that `GS ( H` takes."""
    digits = []
    for _ in range(PROCESS_ID_BYTES):
        number, digit = divmod(number, _DIGITS)
        digits.append(_FIRST_DIGIT + digit)
    return bytes(reversed(digits))


def ask_process_id(number: int) -> bytes:
    """GS ( H, function 48: answered when everything before it has been printed."""
    return b"\x1d(H\x06\x0000" + process_id_bytes(number)


def answers_process_id(reply: Reply, number: int) -> bool:
    """Whether this reply is the answer to that question."""
    return reply.kind == "message" and reply.data == _PROCESS_ID_HEADER + process_id_bytes(number)


PROCESS_IDS: Final = _DIGITS**PROCESS_ID_BYTES
ASK_SENSOR: Final = b"\x1dr1"
