"""Cards, rules and rows: the plain furniture of a screen, styled by role."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget


def frame(role: str) -> QFrame:
    """A frame that the style sheet dresses by its role."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def rule(*, vertical: bool = False, role: str = "rule") -> QFrame:
    """A hairline between two parts of a card."""
    line = frame(role)
    if vertical:
        line.setFixedWidth(1)
        line.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    else:
        line.setFixedHeight(1)
    return line


def row(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 0
) -> QHBoxLayout:
    """Left to right."""
    layout = QHBoxLayout()
    _fit(layout, parent, margins, gap)
    return layout


def column(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 0
) -> QVBoxLayout:
    """Top to bottom."""
    layout = QVBoxLayout()
    _fit(layout, parent, margins, gap)
    return layout


def emptied(layout: QBoxLayout) -> None:
    """Take everything out of a layout and let the widgets go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def see_through_to_touch(widget: QWidget) -> None:
    """Let taps reach what lies under a label."""
    widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def _fit(layout: QBoxLayout, parent: QWidget | None, margins: tuple[int, int, int, int], gap: int) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    if parent is not None:
        parent.setLayout(layout)
