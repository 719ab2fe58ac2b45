"""What a key means while goods come back: Enter is the next safe step, Escape takes back the last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

from agent.service.return_views import ReturnLineView

if TYPE_CHECKING:
    from ui.till.screen import TillScreen

_COUNT: Final = re.compile(r"\d{1,3}")
_REASONS: Final = (Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8)


class ReturnStep:
    """Enter, Escape, scans and the function keys of the two pages of a return."""

    def __init__(self, screen: TillScreen) -> None:
        self._screen = screen
        self._returning = screen.session.returning

    def listen(self) -> None:
        """Connect the pages' keys."""
        page, lines, done, returning = (
            self._screen.giving_back,
            self._screen.return_lines,
            self._screen.returned,
            self._returning,
        )
        page.next_wanted.connect(self.enter)
        page.left.connect(returning.leave)
        page.void_wanted.connect(returning.begin_void)
        page.reason_given.connect(returning.give_reason)
        page.refund_chosen.connect(returning.refund_to)
        page.panel.answered.connect(returning.answer_broken_offers)
        page.entry.stepped.connect(lines.move_choice)
        lines.tapped.connect(self._tapped)
        lines.all_wanted.connect(returning.choose_all)
        lines.none_wanted.connect(returning.choose_none)
        done.next_wanted.connect(self._screen.leave_return)
        done.copy_wanted.connect(self._screen.next_step.print_copy)

    def enter(self) -> None:
        """Find the sale, say how many of a line come back, or pay out."""
        screen, state = self._screen, self._returning.state
        if screen.page == "returned":
            screen.leave_return()
            return
        text = screen.giving_back.entry.text
        screen.giving_back.entry.clear()
        line = screen.return_lines.chosen_line()
        if state is None or (state.voids and text):
            self._returning.find(text)
        elif text and line is not None and _COUNT.fullmatch(text):
            self._returning.choose(line.line_id, int(text))
        elif text:
            self._returning.scan(text)
        else:
            self._returning.pay_out()

    def take_back(self) -> None:
        """What was typed, a notice, what was chosen, the sale, the return itself."""
        screen, returning = self._screen, self._returning
        if screen.page == "returned":
            return
        if screen.giving_back.entry.field.text():
            screen.giving_back.entry.clear()
        elif screen.board.put_away():
            return
        elif returning.state is None:
            returning.leave()
        elif returning.state.refund is not None:
            returning.choose_none()
        else:
            returning.forget_sale()

    def scanned(self, code: str) -> bool:
        """A receipt, or goods that come back; False on the page after a return, where a scan begins the next sale."""
        if self._screen.page == "returned":
            self._screen.leave_return()
            return False
        self._returning.scan(code)
        return True

    def key(self, key: Qt.Key) -> None:
        """A function key. Between them stand the reasons, in the order of their keys."""
        page, state = self._screen.giving_back, self._returning.state
        if self._screen.page == "returned":
            if key == Qt.Key.Key_F8:
                self._screen.next_step.print_copy()
            return
        if key in _REASONS:
            reason = page.reason_at(_REASONS.index(key))
            if reason is not None:
                self._returning.give_reason(reason)
        elif key == Qt.Key.Key_F4 and state is not None:
            self._returning.choose_all()
        elif key == Qt.Key.Key_F9 and state is not None:
            self._returning.choose_none()
        elif key == Qt.Key.Key_F10 and state is not None:
            kind = page.next_refund_kind(state.refund_to)
            if kind is not None:
                self._returning.refund_to(kind)
        elif key == Qt.Key.Key_F11 and page.void_key.isVisible():
            self._returning.begin_void()
        elif key == Qt.Key.Key_F12 and state is not None:
            self._returning.pay_out()

    def _tapped(self, line: ReturnLineView) -> None:
        """One more piece of it; after the last one none."""
        if line.left:
            self._returning.choose(line.line_id, line.chosen + 1 if line.chosen < line.left else 0)
