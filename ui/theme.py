"""Sizes in millimetres, fonts by role, Fusion with our palette and one short style sheet.

A finger and an eye are as big on every screen, so sizes are kept in millimetres and become pixels through the
screen's logical DPI (96 is 100 %). Screens ask the theme; no file of a screen has a pixel in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.tokens import SCHEMES, Scheme, Tokens

MM_PER_INCH: Final = 25.4
# One step is the grid's unit: 4 px at 96 DPI.
STEP_MM: Final = 4 * MM_PER_INCH / 96

KEY_MIN_MM: Final = 15.0
OFFER_MIN_MM: Final = 12.0
TARGET_MIN_MM: Final = 9.0
GAP_MM: Final = 2 * STEP_MM

FontRole = Literal[
    "caption", "caption_strong", "text", "text_strong", "item", "value", "entry", "name", "amount", "key", "figure",
    "finish", "total", "change",
]  # fmt: skip

# Role -> (height of the font in mm, weight). In Inter a capital is 0.727 of that height.
_FONTS: Final[dict[FontRole, tuple[float, int]]] = {
    "caption": (3.70, 400),
    "caption_strong": (3.70, 600),
    "text": (4.23, 400),
    "text_strong": (4.23, 600),
    "item": (4.50, 500),
    "value": (5.29, 600),
    "entry": (5.03, 400),
    "name": (5.82, 600),
    "amount": (6.88, 500),
    "key": (7.41, 500),
    "figure": (9.00, 700),
    "finish": (7.14, 600),
    "total": (12.70, 700),
    "change": (23.28, 700),
}

_FONT_DIR: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "Inter"
# Names may hold any letters: what Inter lacks is looked for in these, then in whatever the system has.
_FALLBACKS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Droid Sans Fallback",
    "Microsoft YaHei UI",
    "DejaVu Sans",
)


class Theme:
    """Colours, sizes and fonts for one screen's density."""

    def __init__(self, scheme: Scheme = "light", dpi: float = 96.0) -> None:
        self.scheme: Scheme = scheme
        self.tokens: Tokens = SCHEMES[scheme]
        self.dpi = dpi

    def mm(self, millimetres: float) -> int:
        """Pixels (device-independent) for a length, at least 1 for anything above zero."""
        pixels = millimetres * self.dpi / MM_PER_INCH
        return max(1, round(pixels)) if millimetres > 0 else 0

    def step(self, steps: float = 1) -> int:
        """Pixels for steps of the grid."""
        return self.mm(steps * STEP_MM)

    def colour(self, role: str) -> QColor:
        """The colour of a role in tokens.py."""
        return QColor(getattr(self.tokens, role))

    def font(self, role: FontRole, *, tabular: bool = False) -> QFont:
        """The font of a role. `tabular`: all figures equally wide, for money that stands in a column."""
        height_mm, weight = _FONTS[role]
        font = QFont([FAMILY, *_FALLBACKS])
        font.setPixelSize(self.mm(height_mm))
        font.setWeight(QFont.Weight(weight))
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def style_sheet(self) -> str:
        """Radius and borders only; everything else is the palette's or painted."""
        t = self.tokens
        card, button = self.step(2), self.step(1.5)
        return f"""
        QFrame[role="card"] {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: {card}px; }}
        QFrame[role="card"][chosen="true"] {{ border: 2px solid {t.primary}; }}
        QFrame[role="sunken"] {{ background: {t.sunken}; border: 0; border-radius: {card}px; }}
        QFrame[role="totals"] {{
            background: {t.sunken}; border: 0; border-top: 1px solid {t.line};
            border-bottom-left-radius: {card - 1}px; border-bottom-right-radius: {card - 1}px;
        }}
        QFrame[role="tint"] {{ background: {t.tint}; border: 0; }}
        QFrame[role="tint-card"] {{
            background: {t.tint}; border: 2px solid {t.primary}; border-radius: {card}px;
        }}
        QFrame[role="notice"] {{
            background: {t.notice}; border: 1px solid {t.notice_line}; border-radius: {card}px;
        }}
        QFrame[role="danger"] {{
            background: {t.danger}; border: 1px solid {t.danger_line}; border-radius: {card}px;
        }}
        QFrame[role="bar"] {{ background: {t.bar}; border: 0; }}
        QFrame[role="strip"] {{ background: {t.surface}; border: 0; border-top: 1px solid {t.line}; }}
        QFrame[role="offline"] {{ background: {t.sunken}; border: 0; border-bottom: 1px solid {t.line}; }}
        QFrame[role="rule"] {{ background: {t.line}; border: 0; }}
        QFrame[role="bar-rule"] {{ background: {t.bar_line}; border: 0; }}
        QFrame[role="field"] {{
            background: {t.surface}; border: 2px solid {t.primary}; border-radius: {card}px;
        }}
        QLineEdit {{ background: transparent; border: 0; padding: 0; }}
        QListView {{ background: {t.surface}; border: 0; outline: 0; }}
        QScrollBar:vertical {{ background: transparent; width: {button}px; margin: 0; }}
        QScrollBar::handle:vertical {{
            background: {t.control}; border-radius: {button // 2}px; min-height: {self.step(8)}px;
        }}
        QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
        QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
        QToolTip {{ background: {t.bar}; color: {t.on_bar}; border: 0; padding: {self.step(1)}px; }}
        """

    def palette(self) -> QPalette:
        """The palette behind Fusion; widgets that paint themselves take it from the tokens."""
        roles = {
            QPalette.ColorRole.Window: "window",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "sunken",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.PlaceholderText: "text_3",
            QPalette.ColorRole.Button: "key",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.Mid: "line",
            QPalette.ColorRole.Dark: "control",
            QPalette.ColorRole.Highlight: "primary",
            QPalette.ColorRole.HighlightedText: "on_primary",
            QPalette.ColorRole.ToolTipBase: "bar",
            QPalette.ColorRole.ToolTipText: "on_bar",
        }
        palette = QPalette()
        for role, name in roles.items():
            palette.setColor(role, self.colour(name))
        return palette


def load_fonts(more: Iterable[Path] = ()) -> None:
    """Make the bundled fonts, and more, known to Qt. Raises FileNotFoundError for one that cannot be used."""
    for path in (*sorted(_FONT_DIR.glob("*.ttf")), *more):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FileNotFoundError(f"the font {path.name} cannot be loaded")


def dress(app: QApplication, scheme: Scheme, more_fonts: Iterable[Path] = ()) -> Theme:
    """Give the application our style, fonts and palette, and return the theme that its screens ask for sizes.

    `more_fonts` are files with the letters that Inter lacks: Chinese names.
    """
    load_fonts(more_fonts)
    theme = Theme(scheme, app.primaryScreen().logicalDotsPerInch())
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(theme.palette())
    app.setFont(theme.font("text"))
    app.setStyleSheet(theme.style_sheet())
    return theme
