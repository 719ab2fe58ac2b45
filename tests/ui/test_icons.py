"""Every icon that the till draws is there, drawn, and no other is shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ui
from ui.icon import icon_pixmap

UI = Path(ui.__file__).parent
SHIPPED = sorted(path.stem for path in (UI / "icons").glob("*.svg"))


@pytest.mark.parametrize("name", SHIPPED)
def test_an_icon_is_drawn_in_the_colour_asked_for(name: str, qapp) -> None:
    image = icon_pixmap(name, "#C00000", 48).toImage()
    pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    drawn = [pixel for pixel in pixels if pixel.alpha() == 255]

    assert drawn
    assert all(pixel.red() > 180 and pixel.green() == pixel.blue() == 0 for pixel in drawn)


def test_only_icons_in_use_are_shipped() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in UI.rglob("*.py"))
    used = {name for name in SHIPPED if re.search(rf'"{re.escape(name)}"', sources)}

    assert used == set(SHIPPED)


def test_icons_and_fonts_come_with_their_licences() -> None:
    assert "ISC License" in (UI / "icons" / "LICENSE").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in (UI / "fonts" / "LICENSE-Inter.txt").read_text("utf-8")


def test_an_icon_that_is_missing_is_an_error(qapp) -> None:
    with pytest.raises(FileNotFoundError):
        icon_pixmap("no-such-icon", "#000000", 16)
