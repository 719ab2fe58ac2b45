"""Sizes are millimetres, colours can be read, the bundled font is the one that is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QRawFont
from PySide6.QtWidgets import QApplication

from ui.theme import GAP_MM, KEY_MIN_MM, Theme, dress
from ui.tokens import DARK, LIGHT, Tokens

# (text, its ground): every pair that the till writes.
WRITTEN = [
    ("text", "surface"), ("text", "sunken"), ("text", "window"), ("text", "key"), ("text", "newest"), ("text", "tint"),
    ("text_2", "surface"), ("text_2", "sunken"), ("text_2", "newest"), ("text_2", "tint"), ("text_2", "window"),
    ("text_3", "surface"), ("text_3", "sunken"), ("text_3", "newest"),
    ("primary", "surface"), ("primary", "sunken"), ("primary", "newest"),
    ("on_primary", "primary"), ("on_primary", "primary_pressed"), ("on_tint", "tint"), ("on_notice", "notice"),
    ("on_tier", "tier"), ("on_danger", "danger"), ("on_bar", "bar"), ("on_bar_2", "bar"), ("on_brand", "brand"),
]  # fmt: skip
SHAPES = [("control", "surface"), ("amber", "surface"), ("amber", "sunken"), ("primary", "surface")]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WRITTEN)
def test_words_stand_out_from_their_ground(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_stand_out_from_their_ground(tokens: Tokens, shape: str, ground: str) -> None:
    assert contrast(getattr(tokens, shape), getattr(tokens, ground)) >= 3.0


@pytest.mark.parametrize(("dpi", "key", "gap"), [(96.0, 57, 8), (120.0, 71, 10), (144.0, 85, 12)])
def test_a_key_is_as_large_on_every_screen(dpi: float, key: int, gap: int) -> None:
    theme = Theme("light", dpi)

    assert theme.mm(KEY_MIN_MM) == key
    assert theme.mm(GAP_MM) == gap


def test_an_amount_can_be_read_from_80_cm(theme: Theme) -> None:
    height_mm = QFontMetrics(theme.font("amount")).capHeight() * 25.4 / theme.dpi

    assert height_mm >= 4.9


@pytest.mark.parametrize("role", ["text", "item", "value", "total"])
def test_the_bundled_font_is_used_in_its_own_weight(theme: Theme, role) -> None:
    font = theme.font(role)

    assert QFontInfo(font).family().startswith("Inter")
    assert QFontInfo(font).weight() == font.weight()


def test_romanian_and_turkish_letters_are_in_the_bundled_font(theme: Theme) -> None:
    font = QRawFont.fromFont(theme.font("text"))
    letters = "ăâîșțĂÂÎȘȚçğıİöşüÇĞÖŞÜ€−×·…"

    assert [letter for letter in letters if not font.supportsCharacter(ord(letter))] == []


def test_money_in_a_column_has_figures_of_one_width(theme: Theme) -> None:
    tabular = QFontMetrics(theme.font("amount", tabular=True))
    proportional = QFontMetrics(theme.font("amount"))

    assert tabular.horizontalAdvance("111.11") == tabular.horizontalAdvance("888.88")
    assert proportional.horizontalAdvance("111.11") < proportional.horizontalAdvance("888.88")


def test_dark_and_light_are_dressed_alike(qapp: QApplication) -> None:
    dark = dress(qapp, "dark")

    assert qapp.palette().window().color() == QColor(DARK.window)
    assert dark.style_sheet().count("{") == Theme("light").style_sheet().count("{")


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
