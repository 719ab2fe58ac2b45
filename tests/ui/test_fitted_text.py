"""Words that are too long for their place."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics

from ui.theme import Theme
from ui.widgets.fitted_text import SMALLEST_SHARE, fit_text


def test_short_words_keep_their_size(theme: Theme) -> None:
    fitted = fit_text("Finish", theme.font("finish"), 400)

    assert fitted.lines == ("Finish",)
    assert fitted.font.pixelSize() == theme.font("finish").pixelSize()
    assert not fitted.clipped


def test_long_words_grow_a_little_smaller_before_they_are_cut(theme: Theme) -> None:
    font = theme.font("text_strong")
    width = QFontMetrics(font).horizontalAdvance("Remove the line") - 6

    fitted = fit_text("Remove the line", font, width)

    assert not fitted.clipped
    assert SMALLEST_SHARE <= fitted.font.pixelSize() / font.pixelSize() < 1


def test_what_never_fits_ends_in_an_ellipsis(theme: Theme) -> None:
    fitted = fit_text("Wolfgang Amadeus Theophilus Mozart", theme.font("name"), 120)

    assert fitted.clipped
    assert fitted.lines[0].endswith("…")
    assert fitted.width <= 120


def test_two_lines_break_between_words(theme: Theme) -> None:
    fitted = fit_text("Points and receipts", theme.font("text"), 100, max_lines=2)

    assert len(fitted.lines) == 2
    assert " ".join(fitted.lines) == "Points and receipts"


def test_figures_keep_their_width_in_fitted_money(theme: Theme) -> None:
    font = theme.font("amount", tabular=True)

    assert fit_text("111.11", font, 400).width == fit_text("888.88", font, 400).width
