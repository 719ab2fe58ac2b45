"""What a printer can do: columns, dots, code pages, cut, drawer. Layout asks the profile, never a fixed width."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as _
from typing import Final, Literal

from agent.domain.errors import LoyaltyError

Paper = Literal["80mm", "58mm"]
DrawerPin = Literal["none", "pin2", "pin5"]
Level = Literal["high", "low"]
Font = Literal["A", "B"]

# (width, height) of a cell in dots: fonts A and B of every ESC/POS printer with 203 dots an inch.
CELLS: Final[dict[Font, tuple[int, int]]] = {"A": (12, 24), "B": (9, 17)}

# Python's codec and the number that `ESC t` selects it by, as on Epson's TM printers and most that follow them.
# The order is the order of preference: one page for a whole receipt in most shops.
EPSON_CODE_PAGES: Final = (
    ("cp858", 19),
    ("cp852", 18),
    ("cp857", 13),
    ("cp866", 17),
    ("cp1252", 16),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of printer. `dots` is the printable width; `chinese` when GB18030 characters are built in.

    `native_codes` when it draws bar codes and QR codes itself, else they go as pictures. `drawer_open_level` is the
    level of the drawer's switch when it stands open: it differs between drawers.
    """

    name: str
    columns: int
    dots: int
    font: Font = "A"
    code_pages: tuple[tuple[str, int], ...] = EPSON_CODE_PAGES
    chinese: bool = False
    native_codes: bool = True
    cut: Literal["partial", "full", "none"] = "partial"
    drawer: DrawerPin = "none"
    drawer_open_level: Level = "low"

    @property
    def cell_width(self) -> int:
        return CELLS[self.font][0]

    @property
    def cell_height(self) -> int:
        return CELLS[self.font][1]


_PAPER_DOTS: Final[dict[Paper, int]] = {"80mm": 576, "58mm": 384}


def profile_for(
    paper: Paper = "80mm",
    *,
    columns: int | None = None,
    dots: int | None = None,
    drawer: DrawerPin = "none",
    chinese: bool = False,
) -> Profile:
    """The profile of a paper width: 48 columns of 576 dots, or 32 of 384; both can be overridden.

    More columns than font A has room for are printed in font B. Raises LoyaltyError when they do not fit at all.
    """
    width = dots or _PAPER_DOTS[paper]
    wanted = columns or width // CELLS["A"][0]
    for font, (cell, _cell_height) in CELLS.items():
        if wanted * cell <= width:
            return Profile(
                name=paper,
                columns=wanted,
                dots=width,
                font=font,
                drawer=drawer,
                chinese=chinese and font == "A",
            )
    raise LoyaltyError(
        _("A printer of {dots} dots has no room for {columns} columns.").format(dots=width, columns=wanted),
        _("Set `printer.columns` to {most} or less, or `printer.dots` to what the printer has.").format(
            most=width // CELLS["B"][0]
        ),
        code="printer_too_narrow",
    )


PAPER_80MM: Final = profile_for("80mm")
PAPER_58MM: Final = profile_for("58mm")
