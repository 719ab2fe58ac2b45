"""The middle column: who is shopping, what they have, what this sale gives them."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from agent.service.views import CheckoutState, MemberView
from ui.figures import Figures
from ui.theme import Theme
from ui.till.member_programs import MemberPrograms
from ui.till.words import (
    card_words,
    hint_words,
    member_name,
    next_tier_words,
    points_words,
    tier_name,
)
from ui.widgets.avatar import Avatar
from ui.widgets.button import TillButton
from ui.widgets.chip import Chip
from ui.widgets.frames import column, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel

# More cards than these would push the offers out of sight.
_CARDS_SHOWN: Final = 3
# Steps of width from which the member's initials are shown beside the name.
INITIALS_FROM: Final = 84


class MemberHead(QStackedWidget):
    """The member, or where one would be. `forgotten`: the cross was tapped; `join_wanted`, `search_wanted`, `care_wanted`.

    `activity_done` brings the program of what the cashier enters for the member.
    """

    forgotten = Signal()
    join_wanted = Signal()
    search_wanted = Signal()
    activity_done = Signal(str)
    care_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._page_of_nobody, self._page_of_member = self._nobody(), self._somebody()
        self.addWidget(self._page_of_nobody)
        self.addWidget(self._page_of_member)

    def show_state(self, state: CheckoutState, *, offline: bool) -> None:
        member = state.member
        if member is not None:
            self._show_member(member, offline=offline)
        page = self._page_of_nobody if member is None else self._page_of_member
        self.setCurrentWidget(page)
        self.setFixedHeight(page.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the column is narrow the name needs the room of the initials."""
        super().resizeEvent(event)
        self._avatar.setVisible(self.width() >= self._theme.step(INITIALS_FROM))

    def _show_member(self, member: MemberView, *, offline: bool) -> None:
        self._avatar.set_initials(member.initials)
        self.name.setText(member_name(member))
        self._hint.setText(hint_words(member))
        self._tier.setVisible(bool(member.tier))
        self._tier.set_chip("star", tier_name(member.tier), "tier")
        figures = self._figures
        way = next_tier_words(member.next_tier, figures)
        self.next_tier.setVisible(bool(way))
        self.next_tier.setText(way)
        self._tiles.setVisible(member.counts_points and not member.provisional)
        self._earns.setVisible(member.counts_points)
        for number, (line, words) in enumerate(self._cards):
            line.setVisible(number < len(member.stamps))
            words.setText(card_words(member.stamps[number], figures) if number < len(member.stamps) else "")
        self._cards_box.setVisible(bool(member.stamps))
        self.programs.show_member(member)

        self.care_key.setVisible(not member.provisional)
        self._unknown.setVisible(member.provisional)
        self.points.setText(figures.count(member.points))
        self.usable.setText(figures.count(member.usable_now))
        self._usable_word.setText(_("usable offline") if offline else _("usable now"))
        self.earns.setText(points_words(member.earns_points, figures))

    def stamp_cards(self) -> list[str]:
        """What is said of the member's stamp cards, from the top."""
        return [words.text() for line, words in self._cards if not line.isHidden()]

    def _nobody(self) -> QWidget:
        page, theme, step = QWidget(), self._theme, self._theme.step
        box = column(page)
        head = row(margins=(step(4), step(3.5), step(4), step(3.5)), gap=step(3))
        head.addWidget(Avatar(theme))
        words = column(gap=step(0.5))
        words.addWidget(FittedLabel(theme, "name", "text", _("No member yet")))
        hint = _("Scan a card or type a phone.")
        words.addWidget(FittedLabel(theme, "caption", "text_2", hint))
        head.addLayout(words, 1)
        box.addLayout(head)
        keys = row(margins=(step(3), 0, step(3), step(3.5)), gap=step(2))
        self.join_key = TillButton(theme, _("Join"), icon="user-plus")
        self.search_key = TillButton(theme, _("Member"), icon="user")
        self.join_key.acted.connect(self.join_wanted.emit)
        self.search_key.acted.connect(self.search_wanted.emit)
        for key in (self.search_key, self.join_key):
            key.setFixedHeight(step(12))
            keys.addWidget(key)
        box.addLayout(keys)
        box.addWidget(rule())
        return page

    def _somebody(self) -> QWidget:
        page, theme, step = QWidget(), self._theme, self._theme.step
        box = column(page)
        box.addLayout(self._who())
        box.addWidget(rule())
        box.addWidget(self._unknown_row())
        self._tiles = QWidget()
        tiles = row(self._tiles)
        self.points = FittedLabel(theme, "figure")
        self.usable = FittedLabel(theme, "figure")
        self._usable_word = FittedLabel(theme, "caption", "text_2")
        tiles.addLayout(self._tile(self.points, FittedLabel(theme, "caption", "text_2", _("points"))), 1)
        tiles.addWidget(rule(vertical=True))
        tiles.addLayout(self._tile(self.usable, self._usable_word), 1)
        box.addWidget(self._tiles)
        box.addWidget(rule())
        self._earns = self._earns_row()
        box.addWidget(self._earns)
        box.addWidget(self._stamp_cards())
        self.programs = MemberPrograms(theme)
        self.programs.entered.connect(self.activity_done.emit)
        box.addWidget(self.programs)
        box.addWidget(rule())
        self.setMinimumHeight(step(1))
        return page

    def _unknown_row(self) -> QWidget:
        """For an identifier that nobody knows: what happens to the points, and the way in."""
        theme, step = self._theme, self._theme.step
        self._unknown = QWidget()
        box = row(self._unknown, margins=(step(4), step(3), step(3), step(3)), gap=step(3))
        words = _("Not a member here yet. The points are kept until HQ knows who it is.")
        box.addWidget(FittedLabel(theme, "caption", "text_2", words, max_lines=3), 1)
        key = TillButton(theme, _("Join"), icon="user-plus")
        key.setFixedSize(step(28), step(12))
        key.acted.connect(self.join_wanted.emit)
        box.addWidget(key)
        return self._unknown

    def _who(self):
        theme, step = self._theme, self._theme.step
        self._avatar = Avatar(theme)
        self.name = FittedLabel(theme, "name")
        self._tier = Chip(theme, "star")
        self._hint = FittedLabel(theme, "text", "text_2")
        self.next_tier = FittedLabel(theme, "caption", "text_2")
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(10), step(10))
        close.setAccessibleName(_("Take the member out of this sale"))
        close.acted.connect(self.forgotten.emit)
        top = row(gap=step(2))
        top.addWidget(self.name, 0)
        top.addWidget(self._tier, 0)
        top.addStretch(1)
        words = column(gap=step(0.25))
        words.addLayout(top)
        words.addWidget(self._hint)
        words.addWidget(self.next_tier)
        who = row(margins=(step(4), step(3.25), step(3), step(3.25)), gap=step(3))
        who.addWidget(self._avatar)
        who.addLayout(words, 1)
        self.care_key = TillButton(theme, icon="credit-card")
        self.care_key.setFixedSize(step(10), step(10))
        self.care_key.setAccessibleName(_("Card and receipts of the member"))
        self.care_key.acted.connect(self.care_wanted.emit)
        who.addWidget(self.care_key)
        who.addWidget(close)
        return who

    def _tile(self, figure: FittedLabel, word: FittedLabel):
        step = self._theme.step
        tile = column(margins=(step(4), step(2), step(3), step(2)), gap=0)
        tile.addWidget(figure)
        tile.addWidget(word)
        return tile

    def _stamp_cards(self) -> QWidget:
        """A row for each stamp card that the member has begun."""
        theme, step = self._theme, self._theme.step
        self._cards_box = QWidget()
        box = column(self._cards_box, margins=(step(4), step(2), step(4), step(2)), gap=step(1))
        self._cards: list[tuple[QWidget, FittedLabel]] = []
        for _number in range(_CARDS_SHOWN):
            line, words = QWidget(), FittedLabel(theme, "text")
            line_box = row(line, gap=step(2))
            line_box.addWidget(IconLabel(theme, "tag", "text_2", 5))
            line_box.addWidget(words, 1)
            box.addWidget(line)
            self._cards.append((line, words))
        return self._cards_box

    def _earns_row(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        earns = frame("tint")
        earns.setFixedHeight(step(12))
        self._earns_word = FittedLabel(theme, "text", "on_tint", _("This sale earns"))
        self.earns = FittedLabel(theme, "value", "on_tint", align=Qt.AlignmentFlag.AlignRight)
        box = row(earns, margins=(step(4), 0, step(4), 0), gap=step(3))
        box.addWidget(self._earns_word, 1)
        box.addWidget(self.earns)
        return earns


class RefusedLines(QWidget):
    """Offers that do not apply, one grey line each; at most two."""

    SHOWN = 2

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        step = theme.step
        box = column(self, margins=(step(4), step(1), step(4), 0), gap=step(1))
        self._rows: list[tuple[QWidget, FittedLabel]] = []
        for _number in range(self.SHOWN):
            words = FittedLabel(theme, "caption", "text_3")
            line = QWidget()
            line_box = row(line, gap=step(2))
            line_box.addWidget(IconLabel(theme, "info", "text_3", 4))
            line_box.addWidget(words, 1)
            box.addWidget(line)
            self._rows.append((line, words))

    def show_lines(self, lines: list[str]) -> None:
        for number, (line, words) in enumerate(self._rows):
            line.setVisible(number < len(lines))
            words.setText(lines[number] if number < len(lines) else "")

    def texts(self) -> list[str]:
        return [words.text() for line, words in self._rows if not line.isHidden()]
