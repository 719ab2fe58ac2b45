"""`regulars render`: an ESC/POS stream as text and as a picture, the way the virtual printer prints it."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final, TypeGuard

from PIL import Image

from agent.domain.errors import LoyaltyError
from printers.profile import PAPER_80MM, Profile
from printers.raster import blank, stack
from printers.stream.commands import in_words
from printers.stream.machine import Machine, UnknownCommand
from printers.stream.printed import (
    CutMark,
    DrawerPulse,
    OnPaper,
    Printed,
    PrintedCode,
    PrintedLine,
    PrintedPicture,
    Question,
    line_text,
    strip_of,
)
from printers.stream.tokenizer import Token, Tokenizer

MAX_STREAM_BYTES: Final = 16 * 1024 * 1024
_CUT_GAP_DOTS: Final = 12


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything that a stream prints, in order."""

    printed: tuple[Printed, ...]
    profile: Profile

    def text(self) -> str:
        """Rows as text; what is no text stands in brackets."""
        return "".join(text_of(one, self.profile.columns) for one in self.printed)

    def picture(self) -> Image.Image:
        """The paper, one pixel a dot; a dashed line where it was cut and went on."""
        strips: list[Image.Image] = []
        for number, one in enumerate(self.printed):
            if isinstance(one, CutMark):
                if any(is_on_paper(later) for later in self.printed[number:]):
                    strips.append(_cut_line(self.profile.dots))
            elif is_on_paper(one):
                strips.append(strip_of(one, self.profile.dots))
        return stack(strips, self.profile.dots)


def render(data: bytes, profile: Profile = PAPER_80MM) -> Rendering:
    """What these bytes print on this paper.

    Raises LoyaltyError naming the first command that is not known, or cut off by the end, with its offset.
    """
    if len(data) > MAX_STREAM_BYTES:
        raise LoyaltyError(
            _("This file is larger than {most} MiB.").format(most=MAX_STREAM_BYTES // 1024 // 1024),
            _("Give one that a printer would be sent."),
        )
    tokenizer, machine = Tokenizer(), Machine(profile.dots)
    printed: list[Printed] = []
    try:
        for token in (*tokenizer.feed(data), *tokenizer.finish()):
            printed.extend(machine.run(token))
    except UnknownCommand as error:
        raise _unknown(error.token) from error
    if tokenizer.unfinished:
        raise LoyaltyError(
            _("The stream ends inside the command {command}, which begins at byte {offset}.").format(
                command=in_words(tokenizer.unfinished[:4]), offset=tokenizer.offset
            ),
            _("Record it again, up to its end."),
            code="stream_ends_early",
        )
    return Rendering((*printed, *machine.flush()), profile)


def text_of(printed: Printed, columns: int) -> str:
    """One thing that was printed, as a line of text (empty where it is only paper)."""
    match printed:
        case PrintedLine():
            return line_text(printed, columns) + "\n"
        case PrintedPicture(picture=picture):
            return f"[picture {picture.width} x {picture.height}]\n"
        case PrintedCode(kind=kind, data=data):
            return f"[{'QR code' if kind == 'qr' else 'bar code'} {data}]\n"
        case CutMark():
            return "[cut]\n"
        case DrawerPulse():
            return "[drawer]\n"
        case _:
            return ""


def is_on_paper(printed: Printed) -> TypeGuard[OnPaper]:
    """Whether it took paper."""
    return not isinstance(printed, CutMark | DrawerPulse | Question)


def _cut_line(dots: int) -> Image.Image:
    strip = blank(dots, 2 * _CUT_GAP_DOTS)
    for x in range(0, dots, _CUT_GAP_DOTS):
        strip.paste(0, (x, _CUT_GAP_DOTS, x + _CUT_GAP_DOTS // 2, _CUT_GAP_DOTS + 2))
    return strip


def _unknown(token: Token) -> LoyaltyError:
    return LoyaltyError(
        _("The command {command} at byte {offset} is not known here.").format(
            command=in_words(token.data[:8]), offset=token.offset
        ),
        _("Only what Regulars itself prints can be shown so far."),
        code="unknown_command",
    )
