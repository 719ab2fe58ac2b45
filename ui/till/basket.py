"""The left column: what is being sold, and what it comes to."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStackedWidget, QWidget

from agent.service.views import CheckoutState, LineView
from ui.figures import Figures
from ui.theme import Theme
from ui.till.lines import LINE_ROLE, LineDelegate, LineModel
from ui.till.words import hand_over_words, used_words
from ui.widgets.frames import column, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label

LINES_SEEN: Final = 8


class BasketPanel(QFrame):
    """Head, lines, totals. A tap on a line chooses it for Remove line and for ×; a second tap lets it go."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.setProperty("role", "card")
        self._head = FittedLabel(theme, "text_strong", text=_("Basket"))
        self._count = Label(theme, "text", "text_2")
        self.lines = LineModel()
        self._delegate = LineDelegate(theme, figures)
        self._list = self._line_list()
        self._middle = QStackedWidget()
        self._middle.addWidget(self._list)
        self._middle.addWidget(self._empty_page())
        self._after_layout = QTimer(self)
        self._after_layout.setSingleShot(True)
        self._after_layout.timeout.connect(self._fit_lines)
        box = column(self)
        box.addWidget(self._head_row())
        box.addWidget(rule())
        box.addWidget(self._middle, 1)
        box.addWidget(self._totals())

    def show_state(self, state: CheckoutState) -> None:
        self._head.setText(
            _("Receipt {number}").format(number=state.receipt_number)
            if state.phase == "finished"
            else _("Basket")
        )
        items = ngettext("{count} item", "{count} items", state.item_count)
        self._count.setText(items.format(count=self._figures.count(state.item_count)) if state.lines else "")
        before = len(self.lines.lines)
        self.lines.show_lines(state.lines)
        if len(state.lines) != before:
            self._list.selectionModel().clear()
        self._middle.setCurrentIndex(0 if state.lines else 1)
        self._goods.setText(self._figures.money(state.goods_minor))
        self._saved.setText(self._figures.taken_off(state.promotions_minor))
        for widget in (self._saved_word, self._saved):
            widget.set_colour("primary" if state.promotions_minor else "text_3")
        self._show_points_used(state)
        self._show_exchange(state)
        self._show_gifts(state)
        self._currency.setText(state.currency)
        self._total.setText(self._figures.money(state.total_minor))
        # Only after the layout is it known how much room the totals leave.
        self._after_layout.start()

    def _show_points_used(self, state: CheckoutState) -> None:
        """What points paid for, all in one row: it lowers the total and belongs to no line."""
        used = [offer for offer in state.offers if offer.state == "applied" and offer.points_cost]
        self._points_row.setVisible(bool(used))
        if used:
            amount_minor = sum(offer.amount_minor for offer in used)
            self._points_word.setText(used_words(used, self._figures))
            self._points_amount.setText(self._figures.taken_off(amount_minor) if amount_minor else "")

    def _show_exchange(self, state: CheckoutState) -> None:
        """What came back in this visit pays for it: beside the total, since it does not lower it."""
        self._exchange_row.setVisible(bool(state.exchange_receipt))
        self.exchange.setText(
            _("Goods back, receipt {number}").format(number=state.exchange_receipt)
            if state.exchange_receipt
            else ""
        )
        self._exchange_amount.setText(self._figures.money(state.exchange_minor))

    def _show_gifts(self, state: CheckoutState) -> None:
        """What the cashier hands over with the goods, before the total is said."""
        self.gifts.setText(hand_over_words(state.gifts, self._figures))
        self._gift_row.setVisible(bool(state.gifts))

    def set_narrow(self, narrow: bool) -> None:
        self._delegate.narrow = narrow
        self._list.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_lines()

    def _fit_lines(self) -> None:
        """Eight lines are seen at once, a little lower where there is less room; the newest stays in sight."""
        step = self._theme.step
        roomy = self._list.viewport().height() >= LINES_SEEN * step(15)
        self._delegate.line_height = step(15 if roomy else 14.25)
        self._list.doItemsLayout()
        if not self._list.selectionModel().hasSelection():
            self._list.scrollToBottom()

    def chosen_line(self) -> LineView | None:
        """The line that was tapped, else the newest; None in an empty basket."""
        for index in self._list.selectionModel().selectedIndexes():
            line: LineView = index.data(LINE_ROLE)
            return line
        lines = self.lines.lines
        return next((line for line in lines if line.newest), lines[-1] if lines else None)

    def choose(self, row_number: int) -> None:
        """Choose a row, as a tap on it does."""
        index = self.lines.index(row_number)
        self._list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._list.scrollTo(index)

    def move_choice(self, rows: int) -> None:
        """The arrow keys: up and down from the chosen line, or from the newest."""
        line, lines = self.chosen_line(), self.lines.lines
        if line is not None:
            self.choose(max(0, min(len(lines) - 1, lines.index(line) + rows)))

    def _line_list(self) -> QListView:
        view = QListView()
        view.setModel(self.lines)
        view.setItemDelegate(self._delegate)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setUniformItemSizes(True)
        view.setAccessibleName(_("Lines of the basket"))
        return view

    def _head_row(self) -> QWidget:
        head = QWidget()
        step = self._theme.step
        head.setFixedHeight(step(9.75))
        box = row(head, margins=(step(4), 0, step(4), 0))
        box.addWidget(self._head, 1)
        box.addWidget(self._count)
        return head

    def _empty_page(self) -> QWidget:
        page, theme = QWidget(), self._theme
        box = column(page, margins=(theme.step(4), 0, theme.step(4), 0), gap=theme.step(2))
        box.addStretch(2)
        box.addWidget(IconLabel(theme, "scan-barcode", "text_3", 12), 0, Qt.AlignmentFlag.AlignHCenter)
        centre = Qt.AlignmentFlag.AlignHCenter
        title = FittedLabel(theme, "value", "text", _("Scan the first item"), align=centre)
        hint = _("Or type its code and press Enter.")
        box.addWidget(title)
        box.addWidget(FittedLabel(theme, "text", "text_2", hint, align=centre))
        box.addStretch(3)
        return page

    def _totals(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        self._goods = Label(theme, "value", "text", tabular=True)
        self._saved_word = FittedLabel(theme, "text_strong", "text_3", _("Saved"))
        self._saved = Label(theme, "value", "text_3", tabular=True)
        self._total_word = FittedLabel(theme, "value", text=_("Total"))
        self._currency = Label(theme, "value", "text_2")
        self._total = Label(theme, "total")
        for label in (self._goods, self._currency):
            font = label.font()
            font.setWeight(font.Weight.Medium)
            label.setFont(font)
        totals = frame("totals")
        box = column(totals, margins=(step(4), step(2.5), step(4), step(2.5)), gap=0)
        self._points_word = FittedLabel(theme, "text_strong", "primary")
        self._points_amount = Label(theme, "value", "primary", tabular=True)
        for word, amount in (
            (FittedLabel(theme, "text", "text_2", _("Goods")), self._goods),
            (self._saved_word, self._saved),
            (self._points_word, self._points_amount),
        ):
            self._points_row = QWidget()
            line = row(self._points_row, gap=step(3))
            line.addWidget(word, 1)
            line.addWidget(amount)
            box.addWidget(self._points_row)
        self._points_row.hide()
        self.exchange = FittedLabel(theme, "text_strong", "primary")
        self._exchange_amount = Label(theme, "value", "primary", tabular=True)
        self._exchange_row = QWidget()
        exchange_box = row(self._exchange_row, gap=step(3))
        exchange_box.addWidget(self.exchange, 1)
        exchange_box.addWidget(self._exchange_amount)
        self._exchange_row.hide()
        box.addWidget(self._exchange_row)
        box.addWidget(self._hand_over_row())
        last = row(gap=step(4))
        bottom = Qt.AlignmentFlag.AlignBottom
        # Words stand on the baseline of the large figure.
        self._currency.setContentsMargins(0, 0, 0, step(1.75))
        word_box = column(margins=(0, 0, 0, step(1.75)))
        word_box.addStretch(1)
        word_box.addWidget(self._total_word)
        last.addLayout(word_box, 1)
        last.addWidget(self._currency, 0, bottom)
        last.addWidget(self._total, 0, bottom)
        box.addLayout(last)
        return totals

    def _hand_over_row(self) -> QWidget:
        theme = self._theme
        self._gift_row = QWidget()
        box = row(self._gift_row, gap=theme.step(2))
        box.addWidget(IconLabel(theme, "ticket", "amber", 5))
        self.gifts = FittedLabel(theme, "text_strong", "text", max_lines=2)
        box.addWidget(self.gifts, 1)
        self._gift_row.hide()
        return self._gift_row
