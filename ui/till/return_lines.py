"""The left column while goods come back: the sale, its lines, its member, and what is paid back."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStackedWidget, QWidget

from agent.service.return_views import ReturnLineView, ReturnState
from ui.figures import Figures
from ui.theme import Theme
from ui.till.return_line_list import LINE_ROLE, ReturnLineDelegate, ReturnLineModel
from ui.till.return_words import day_words, title_words, when_words
from ui.till.words import tier_name
from ui.widgets.avatar import Avatar
from ui.widgets.button import TillButton
from ui.widgets.chip import Chip
from ui.widgets.frames import column, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label


class ReturnLines(QFrame):
    """`tapped` brings a line; `all_wanted` and `none_wanted` the two keys under the list."""

    tapped = Signal(object)
    all_wanted = Signal()
    none_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.setProperty("role", "card")
        self.model = ReturnLineModel()
        self._delegate = ReturnLineDelegate(theme, figures)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing_found())
        self._pages.addWidget(self._sale())
        box = column(self)
        box.addWidget(self._pages, 1)

    def set_narrow(self, narrow: bool) -> None:
        self._delegate.narrow = narrow
        self._list.viewport().update()

    def show_state(self, state: ReturnState | None) -> None:
        self._pages.setCurrentIndex(0 if state is None else 1)
        if state is None:
            self.model.show_lines(())
            return
        figures = self._figures
        self.title.setText(title_words(state))
        self._when.setText(when_words(state, figures))
        self._day.set_chip("clock", day_words(state, figures), "sunken")
        self.model.show_lines(state.lines)
        pieces = sum(line.left for line in state.lines)
        self.all_key.set_words(_("All, {count}").format(count=figures.count(pieces)))
        self.none_key.setEnabled(any(line.chosen for line in state.lines))
        self._member.setVisible(bool(state.member_name))
        self._avatar.set_initials(state.member_initials)
        self._name.setText(state.member_name)
        self._tier.setVisible(bool(state.member_tier))
        self._tier.set_chip("star", tier_name(state.member_tier), "tier")
        self._paid.setText(figures.money(state.total_minor))
        self._currency.setText(figures.currency)
        self.refund.setText(figures.money(state.refund.refund_minor if state.refund is not None else 0))

    def chosen_line(self) -> ReturnLineView | None:
        """The line that the arrow keys or a tap chose last, else the first that can come back."""
        for index in self._list.selectionModel().selectedIndexes():
            line: ReturnLineView = index.data(LINE_ROLE)
            return line
        return next((line for line in self.model.lines if line.left), None)

    def move_choice(self, rows: int) -> None:
        """The arrow keys: up and down."""
        line, lines = self.chosen_line(), self.model.lines
        if line is None:
            return
        begun = bool(self._list.selectionModel().selectedIndexes())
        to = max(0, min(len(lines) - 1, lines.index(line) + (rows if begun else 0)))
        index = self.model.index(to)
        self._list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._list.scrollTo(index)

    def tap(self, row_number: int) -> None:
        """What a finger on this row does."""
        self._tap(self.model.index(row_number))

    def _tap(self, index: QModelIndex) -> None:
        line: ReturnLineView = index.data(LINE_ROLE)
        self.tapped.emit(line)

    def _nothing_found(self) -> QWidget:
        page, theme = QWidget(), self._theme
        box = column(page, margins=(theme.step(4), 0, theme.step(4), 0), gap=theme.step(2))
        centre = Qt.AlignmentFlag.AlignHCenter
        box.addStretch(2)
        box.addWidget(IconLabel(theme, "receipt-text", "text_3", 12), 0, centre)
        box.addWidget(FittedLabel(theme, "value", "text", _("Which sale comes back?"), align=centre))
        hint = _("Type the number of its receipt and press Enter.")
        box.addWidget(FittedLabel(theme, "text", "text_2", hint, align=centre, max_lines=2))
        box.addStretch(3)
        return page

    def _sale(self) -> QWidget:
        page = QWidget()
        box = column(page)
        box.addWidget(self._head())
        box.addWidget(rule())
        self._list = self._line_list()
        box.addWidget(self._list, 1)
        box.addWidget(rule())
        box.addLayout(self._keys())
        box.addWidget(self._member_row())
        box.addWidget(self._totals())
        return page

    def _head(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        head = QWidget()
        box = row(head, margins=(step(4), step(3), step(4), step(3)), gap=step(3))
        words = column(gap=step(0.5))
        self.title = FittedLabel(theme, "value")
        self._when = FittedLabel(theme, "caption", "text_2")
        words.addWidget(self.title)
        words.addWidget(self._when)
        box.addLayout(words, 1)
        self._day = Chip(theme, "clock", "", "sunken")
        box.addWidget(self._day, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _line_list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(self._delegate)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setUniformItemSizes(True)
        view.setAccessibleName(_("Lines of the sale"))
        view.clicked.connect(self._tap)
        return view

    def _keys(self):
        theme, step = self._theme, self._theme.step
        keys = row(margins=(step(4), step(2.5), step(4), step(2.5)), gap=step(2))
        self.all_key = TillButton(theme, font="caption_strong")
        self.none_key = TillButton(theme, _("None"), font="caption_strong")
        for key, signal in ((self.all_key, self.all_wanted), (self.none_key, self.none_wanted)):
            key.setFixedHeight(step(11))
            key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
            key.acted.connect(signal.emit)
            keys.addWidget(key, 1)
        keys.addStretch(1)
        return keys

    def _member_row(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        self._member = QWidget()
        outer = column(self._member)
        outer.addWidget(rule())
        box = row(margins=(step(4), step(2), step(4), step(2)), gap=step(3))
        self._avatar = Avatar(theme, 9, "caption_strong")
        self._name = FittedLabel(theme, "text_strong")
        self._tier = Chip(theme, "star")
        box.addWidget(self._avatar)
        box.addWidget(self._name)
        box.addWidget(self._tier)
        box.addStretch(1)
        outer.addLayout(box)
        return self._member

    def _totals(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        totals = frame("totals")
        box = column(totals, margins=(step(4), step(2.5), step(4), step(2.5)))
        first = row(gap=step(3))
        first.addWidget(FittedLabel(theme, "text", "text_2", _("Paid for this sale")), 1)
        self._paid = Label(theme, "value", "text", tabular=True)
        first.addWidget(self._paid)
        box.addLayout(first)
        last = row(gap=step(4))
        bottom = Qt.AlignmentFlag.AlignBottom
        self._currency = Label(theme, "value", "text_2")
        self._currency.setContentsMargins(0, 0, 0, step(1.75))
        self.refund = Label(theme, "total")
        word_box = column(margins=(0, 0, 0, step(1.75)))
        word_box.addStretch(1)
        word_box.addWidget(FittedLabel(theme, "value", "text", _("Refund")))
        last.addLayout(word_box, 1)
        last.addWidget(self._currency, 0, bottom)
        last.addWidget(self.refund, 0, bottom)
        box.addLayout(last)
        return totals
