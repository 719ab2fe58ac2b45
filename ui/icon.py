"""Lucide icons, drawn in the colour and at the size that the place needs.

The files are as Lucide publishes them (ui/icons/LICENSE); `currentColor` is replaced before drawing, since Qt's SVG
renderer knows no surrounding text.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_ICON_DIR: Final = Path(__file__).parent / "icons"
_CACHED_PICTURES: Final = 512


@lru_cache(maxsize=_CACHED_PICTURES)
def icon_pixmap(name: str, colour: str, size: int, pixel_ratio: float = 1.0) -> QPixmap:
    """The icon `name` as a square of `size` device-independent pixels. Raises FileNotFoundError if there is none."""
    svg = (_ICON_DIR / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    side = round(size * pixel_ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode("utf-8"))).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(pixel_ratio)
    return picture
