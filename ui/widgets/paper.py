"""The virtual printer's paper, in a window beside the till: pictures as they come, the newest at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import Final

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QScrollBar, QWidget

from ui.theme import Theme
from ui.widgets.frames import column, frame
from ui.widgets.label import FittedLabel

# Paper beyond this many pieces is torn off at the top: a demo may run for a day.
MAX_PIECES: Final = 40

Paper = bytes | QImage
# Start-up hands in how to hear of new paper: it is given what to call, from any thread.
Subscribe = Callable[[Callable[[Paper], None]], None]


class PaperWindow(QWidget):
    """`show_paper` may be called from any thread, with a PNG's bytes or a QImage."""

    _came = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        step = theme.step
        self.setWindowTitle(_("Receipts"))
        self.setMinimumSize(step(60), step(100))
        self.resize(step(110), step(190))
        self._came.connect(self._add, Qt.ConnectionType.QueuedConnection)
        self._empty = FittedLabel(
            theme,
            "text",
            "text_2",
            _("The printer's paper comes out here."),
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        self._sheets: list[QFrame] = []
        self._roll = QWidget()
        self._pieces = column(self._roll, margins=(step(4), step(4), step(4), step(4)), gap=step(4))
        self._pieces.addWidget(self._empty)
        self._pieces.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._roll)
        for widget in (self._area.viewport(), self._roll):
            palette = widget.palette()
            palette.setColor(QPalette.ColorRole.Window, theme.colour("sunken"))
            widget.setPalette(palette)
        # The roll has its new height only after the layout; then the newest is shown.
        self.scroll_bar.rangeChanged.connect(lambda _least, most: self.scroll_bar.setValue(most))
        box = column(self)
        box.addWidget(self._area)

    def show_paper(self, paper: Paper) -> None:
        """Add a piece of paper below the others."""
        self._came.emit(paper)

    @property
    def pieces(self) -> list[QLabel]:
        """The pieces of paper, oldest first."""
        return [sheet.findChildren(QLabel)[0] for sheet in self._sheets]

    @property
    def scroll_bar(self) -> QScrollBar:
        return self._area.verticalScrollBar()

    def _add(self, paper: Paper) -> None:
        image = paper if isinstance(paper, QImage) else QImage.fromData(QByteArray(paper))
        if image.isNull():
            return
        self._empty.hide()
        sheet = frame("paper")
        palette = sheet.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor("white"))
        sheet.setPalette(palette)
        sheet.setAutoFillBackground(True)
        step = self._theme.step
        picture = QLabel()
        picture.setAccessibleName(_("A printed receipt"))
        width = min(image.width(), self._area.viewport().width() - step(12))
        pixmap = QPixmap.fromImage(image)
        if width < image.width():
            pixmap = pixmap.scaledToWidth(max(1, width), Qt.TransformationMode.SmoothTransformation)
        picture.setPixmap(pixmap)
        box = column(sheet, margins=(step(2), step(2), step(2), step(2)))
        box.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._pieces.insertWidget(self._pieces.count() - 1, sheet)
        self._sheets.append(sheet)
        self._tear_off()

    def _tear_off(self) -> None:
        while len(self._sheets) > MAX_PIECES:
            sheet = self._sheets.pop(0)
            self._pieces.removeWidget(sheet)
            sheet.deleteLater()
