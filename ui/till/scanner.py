"""Scans, wherever the focus is.

A keyboard-wedge scanner types. Where it is set up to put a prefix before the code, everything from the prefix to the
suffix is a scan, for certain. Without a prefix the speed tells: no person types six characters with less than
`MAX_GAP_MS` between any two and ends with the suffix. Keys are held back until that is decided and then given on,
in order, so that nobody loses a keystroke.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

MAX_GAP_MS: Final = 35
MIN_SCANNED: Final = 6
MAX_SCANNED: Final = 512
# With a prefix the end must come; a lost suffix must not swallow what is typed later.
MAX_SCAN_MS: Final = 500

_ENDS: Final = {"\r": "\r", "\n": "\r", "\t": "\t"}


class Scanner(QObject):
    """Watches the keys of one window. `scanned` brings a code without its prefix and suffix."""

    scanned = Signal(str)

    def __init__(self, window: QWidget, prefix: str = "", suffix: str = "\r") -> None:
        super().__init__(window)
        self._window = window
        self._prefix = prefix
        self._suffix = _ENDS.get(suffix, suffix) or "\r"
        self._held: list[QKeyEvent] = []
        self._giving_on = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._give_on)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    @property
    def holding(self) -> bool:
        """Whether keys are held back that may be a scan."""
        return bool(self._held)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._giving_on or event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window.window() or not isinstance(event, QKeyEvent):
            return False
        if event.isAutoRepeat():
            return False
        return self._take(event)

    @property
    def _sure(self) -> bool:
        return bool(self._prefix) and self._text().startswith(self._prefix)

    def _take(self, event: QKeyEvent) -> bool:
        """True when the key is held back."""
        text = _ENDS.get(event.text(), event.text())
        if text == self._suffix and self._held:
            return self._end()
        if not (text and text.isprintable()):
            self._give_on()
            return False
        if len(self._held) >= MAX_SCANNED:
            self._give_on()
        self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
        self._timer.start(MAX_SCAN_MS if self._sure else MAX_GAP_MS)
        return True

    def _end(self) -> bool:
        text = self._text()
        code = text.removeprefix(self._prefix)
        if self._sure or len(code) >= MIN_SCANNED:
            self._timer.stop()
            self._held.clear()
            if code.strip():
                self.scanned.emit(code.strip())
            return True
        self._give_on()
        return False

    def _text(self) -> str:
        return "".join(event.text() for event in self._held)

    def _give_on(self) -> None:
        """It was a person: let the keys go where they were going."""
        self._timer.stop()
        held, self._held = self._held, []
        self._giving_on = True
        try:
            for event in held:
                QApplication.sendEvent(QApplication.focusWidget() or self._window, event)
        finally:
            self._giving_on = False
