"""A printer's state: commands in, what comes out of it. It prints a row when the line feed comes, as printers do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from PIL import Image

from printers.document import Style
from printers.profile import CELLS, Font
from printers.stream.commands import ESC, FS, GS
from printers.stream.printed import (
    CutMark,
    DrawerPulse,
    EmptyPaper,
    Printed,
    PrintedCode,
    PrintedLine,
    PrintedPart,
    PrintedPicture,
    Question,
    code_picture,
)
from printers.stream.tokenizer import Token
from printers.text_width import char_cells

# The number of ESC t, and Python's codec for it.
CODE_PAGES: Final = {
    0: "cp437",
    2: "cp850",
    13: "cp857",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
DEFAULT_PITCH_DOTS: Final = 30
_WIDEST_BAR_DOTS: Final = 6
_WIDEST_QR_MODULE_DOTS: Final = 16
_MOST_QR_BYTES: Final = 2331  # version 40, error correction M
_KNIFE_DOTS: Final = 96  # from the print head to the knife


class UnknownCommand(Exception):
    """A command that this printer does not know, or a parameter that it does not have."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.data.hex(" "))
        self.token = token


@dataclass(slots=True)
class _QrSettings:
    module: int = 3
    data: bytes = b""


@dataclass(slots=True)
class _State:
    """What ESC @ puts back."""

    page: int = 0
    chinese: bool = False
    font: Font = "A"
    bold: bool = False
    width: Literal[1, 2] = 1
    height: Literal[1, 2] = 1
    centered: bool = False
    pitch: int = DEFAULT_PITCH_DOTS
    bar_module: int = 3
    bar_height: int = 162
    qr: _QrSettings = field(default_factory=_QrSettings)


class Machine:
    """One printer with paper of so many dots. Feed it tokens in order."""

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._state = _State()
        self._line: list[PrintedPart] = []

    def run(self, token: Token) -> list[Printed]:
        """What this token brings out. Raises UnknownCommand, after which the next token may follow."""
        if token.kind == "text":
            return self._text(token.data)
        if token.kind == "unknown":
            raise UnknownCommand(token)
        prefix, given = token.prefix, token.parameters
        if prefix == b"\n":
            return [self._feed_line()]
        if prefix[:1] == ESC:
            return self._escape(token, prefix[1:], given)
        if prefix[:1] == GS:
            return self._group(token, prefix[1:], given)
        if prefix[:1] == FS:
            self._state.chinese = prefix == FS + b"&"
        # What is left begins with DLE: it was answered the moment it arrived.
        return []

    def flush(self) -> list[Printed]:
        """The row that no line feed has ended, as it prints when the paper ends."""
        return [self._feed_line()] if self._line else []

    def _escape(self, token: Token, name: bytes, given: bytes) -> list[Printed]:
        state = self._state
        match name:
            case b"@":
                self._state, self._line = _State(), []
            case b"t":
                if given[0] not in CODE_PAGES:
                    raise UnknownCommand(token)
                state.page = given[0]
            case b"M":
                state.font = "B" if given[0] in (1, 49) else "A"
            case b"E":
                state.bold = bool(given[0] & 1)
            case b"a":
                if given[0] not in (0, 1, 48, 49):
                    raise UnknownCommand(token)
                state.centered = given[0] in (1, 49)
            case b"3":
                state.pitch = given[0]
            case b"J":
                return [*self.flush(), EmptyPaper(given[0])]
            case b"p":
                return [DrawerPulse(5 if given[0] in (1, 49) else 2)]
        return []

    def _group(self, token: Token, name: bytes, given: bytes) -> list[Printed]:
        state = self._state
        match name:
            case b"!":
                if given[0] & 0xEE:
                    raise UnknownCommand(token)
                state.width, state.height = (2 if given[0] & 0x10 else 1), (2 if given[0] & 0x01 else 1)
            case b"VA" | b"VB":
                return [*self.flush(), EmptyPaper(_KNIFE_DOTS + given[0]), CutMark()]
            case b"h":
                state.bar_height = given[0] or state.bar_height
            case b"w":
                # Printers leave out a width that they do not have.
                state.bar_module = given[0] if 1 <= given[0] <= _WIDEST_BAR_DOTS else state.bar_module
            case b"f" | b"H":
                if name == b"H" and given[0] not in (0, 48):
                    raise UnknownCommand(token)
            case b"kI":
                return self._bar_code(token, given[1:])
            case b"v0\x00":
                return self._raster(given)
            case b"(k":
                return self._qr(token, given[2:])
            case b"r":
                return [Question("sensor", given)]
            case b"a":
                return [Question("automatic_status", given)]
            case b"(H\x06\x0000":
                return [Question("process_id", given)]
        return []

    def _text(self, data: bytes) -> list[Printed]:
        state = self._state
        codec = "gb18030" if state.chinese else CODE_PAGES[state.page]
        # A byte that the code page has no character for comes out of a printer as an empty box.
        text = data.decode(codec, errors="replace").replace("\N{REPLACEMENT CHARACTER}", "\N{WHITE SQUARE}")
        style = Style(state.bold, state.width, state.height)
        cell = CELLS[state.font]
        out: list[Printed] = []
        for char in text:
            dots = char_cells(char) * cell[0] * style.width
            if self._end + dots > self._dots:
                out.append(self._feed_line())
            self._add(char, style, cell)
        return out

    @property
    def _end(self) -> int:
        return self._line[-1].x + self._line[-1].dots if self._line else 0

    def _add(self, char: str, style: Style, cell: tuple[int, int]) -> None:
        last = self._line[-1] if self._line else None
        if last is not None and (last.style, last.cell) == (style, cell):
            self._line[-1] = PrintedPart(last.x, last.text + char, style, cell)
        else:
            self._line.append(PrintedPart(self._end, char, style, cell))

    def _feed_line(self) -> PrintedLine:
        shift = (self._dots - self._end) // 2 if self._state.centered else 0
        parts = tuple(PrintedPart(part.x + shift, part.text, part.style, part.cell) for part in self._line)
        tallest = max((part.style.height * part.cell[1] for part in parts), default=0)
        self._line = []
        return PrintedLine(parts, max(self._state.pitch, tallest))

    def _bar_code(self, token: Token, data: bytes) -> list[Printed]:
        text = data[2:].replace(b"{{", b"{").decode("latin-1")
        if not data.startswith(b"{B") or not all(" " <= char <= "~" for char in text):
            raise UnknownCommand(token)
        state = self._state
        code = PrintedCode("code128", 0, text, state.bar_module, state.bar_height)
        return self._code(code)

    def _qr(self, token: Token, given: bytes) -> list[Printed]:
        qr = self._state.qr
        match given[:2]:
            case b"1A" | b"1E" | b"1C" | b"1P" if len(given) > 2:
                if given[:2] == b"1C" and 1 <= given[2] <= _WIDEST_QR_MODULE_DOTS:
                    qr.module = given[2]
                elif given[:2] == b"1P":
                    qr.data = given[3:]
                return []
            case b"1Q":
                if not 0 < len(qr.data) <= _MOST_QR_BYTES:
                    return []
                return self._code(PrintedCode("qr", 0, qr.data.decode("latin-1"), qr.module, 0))
            case _:
                raise UnknownCommand(token)

    def _code(self, code: PrintedCode) -> list[Printed]:
        width = code_picture(code).width
        if width > self._dots:
            return []  # a printer prints nothing of a code that is wider than its paper
        x = (self._dots - width) // 2 if self._state.centered else 0
        return [*self.flush(), PrintedCode(code.kind, x, code.data, code.module, code.height)]

    def _raster(self, given: bytes) -> list[Printed]:
        across, down = given[0] | given[1] << 8, given[2] | given[3] << 8
        if not across or not down:
            return []
        picture = Image.frombytes("1", (across * 8, down), bytes(255 - byte for byte in given[4:]))
        x = max((self._dots - picture.width) // 2, 0) if self._state.centered else 0
        return [*self.flush(), PrintedPicture(x, picture)]
