"""The virtual printer's paper beside the till."""

from __future__ import annotations

import threading

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE_MS
from ui.theme import Theme
from ui.widgets.paper import MAX_PIECES, PaperWindow


def a_receipt(height: int = 300) -> QImage:
    image = QImage(576, height, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    return image


def as_png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def shown(qtbot: QtBot, theme: Theme) -> PaperWindow:
    window = PaperWindow(theme)
    qtbot.addWidget(window)
    window.show()
    return window


def test_paper_from_the_printers_thread_is_shown(qtbot: QtBot, theme: Theme) -> None:
    window = shown(qtbot, theme)
    printer = threading.Thread(target=window.show_paper, args=(as_png(a_receipt()),))
    printer.start()
    printer.join()

    qtbot.waitUntil(lambda: len(window.pieces) == 1, timeout=PATIENCE_MS)
    assert window.pieces[0].pixmap().width() <= window.width()


def test_the_newest_paper_is_at_the_bottom_and_in_sight(qtbot: QtBot, theme: Theme) -> None:
    window = shown(qtbot, theme)
    for height in (400, 500, 600):
        window.show_paper(a_receipt(height))

    qtbot.waitUntil(lambda: len(window.pieces) == 3, timeout=PATIENCE_MS)
    heights = [piece.pixmap().height() for piece in window.pieces]
    assert heights == sorted(heights)
    bar = window.scroll_bar
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum(), timeout=PATIENCE_MS)


def test_old_paper_is_torn_off(qtbot: QtBot, theme: Theme) -> None:
    window = shown(qtbot, theme)
    for _receipt in range(MAX_PIECES + 5):
        window.show_paper(a_receipt(20))

    qtbot.waitUntil(lambda: len(window.pieces) == MAX_PIECES, timeout=PATIENCE_MS)


def test_what_is_no_picture_leaves_the_paper_as_it_is(qtbot: QtBot, theme: Theme) -> None:
    window = shown(qtbot, theme)
    window.show_paper(b"no picture")
    window.show_paper(a_receipt())

    qtbot.waitUntil(lambda: len(window.pieces) == 1, timeout=PATIENCE_MS)
