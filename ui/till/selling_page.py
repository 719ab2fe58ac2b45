"""Selling: the member and the offers in the middle, entry and keys on the right."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from agent.service.member_changes import Wishes
from agent.service.views import CheckoutState
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.care_panel import CarePanel
from ui.till.entry import EntryField
from ui.till.keypad import Keypad
from ui.till.member_panel import MemberHead
from ui.till.member_search import MemberSearch
from ui.till.offers import SHOWN, SHOWN_IN_ALL, Offers, on_cards
from ui.till.why_panel import WhyPanel
from ui.widgets.button import TillButton
from ui.widgets.frames import column, frame, row, rule
from ui.widgets.label import FittedLabel
from ui.widgets.notice import NoticeBox


class SellingPage(QWidget):
    """`submitted`: Enter was tapped on the keypad. The rest says which key was tapped."""

    submitted = Signal()
    finish_wanted = Signal()
    line_removal_wanted = Signal()
    clearing_wanted = Signal()
    copy_wanted = Signal()
    return_wanted = Signal()
    offer_tapped = Signal(object)
    why_opened = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._more = False
        self._selling = False
        self._narrow = False
        self.notice = NoticeBox(theme)
        self.notice.hide()
        self._columns = row(self, gap=theme.step(3))
        self._columns.addWidget(self._middle(), 384)
        self._columns.addWidget(self._right(), 386)

    def set_narrow(self, narrow: bool) -> None:
        for number, share in enumerate((316, 286) if narrow else (384, 386)):
            self._columns.setStretch(number, share)
        self._narrow = narrow
        self._show_hint()

    def show_state(self, state: CheckoutState, asking: frozenset[str], *, offline: bool) -> None:
        self.head.show_state(state, offline=offline)
        if self.caring and state.member is None:
            self.close_panel()
        self.offers.show_offers(state.offers, asking)
        self.all_offers.show_offers(state.offers, asking)
        cards = len(on_cards(state.offers))
        self._more = cards > SHOWN
        self.more_key.setText(_("All offers, {count}").format(count=self._figures.count(cards)))
        if not self._more and self.showing_all:
            self._show(self._member_page)
        selling = self._selling = bool(state.lines)
        self._show_keys()
        self.finish_key.setEnabled(selling)
        self.finish_key.set_words(_("Finish"), figure=self._figures.money(state.total_minor))
        # Between two sales there is no line to remove, and goods may come back.
        self.remove_key.setVisible(state.phase != "empty")
        self.return_key.setVisible(state.phase == "empty")
        self.remove_key.setEnabled(selling)
        self.clear_key.setEnabled(state.phase != "empty")

    @property
    def searching(self) -> bool:
        return self._pages.currentWidget() is self.search

    @property
    def caring(self) -> bool:
        """Whether card and receipts of the member are open."""
        return self._pages.currentWidget() is self.care

    def open_care(self, wishes: Wishes) -> None:
        self.entry.clear()
        self.care.open(wishes)
        self._show(self.care)

    @property
    def showing_all(self) -> bool:
        return self._pages.currentWidget() is self._all_page

    def open_search(self) -> None:
        self.search.show_found("", ())
        self._show(self.search)

    @property
    def explaining(self) -> bool:
        return self._pages.currentWidget() is self.why

    def open_why(self) -> None:
        self.why.show_told("", ())
        self._show(self.why)
        self.why_opened.emit()

    def open_all_offers(self) -> None:
        if self._more:
            self._show(self._all_page)

    def close_panel(self) -> None:
        """Back to member and offers."""
        self._show(self._member_page)

    def _show(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self._show_keys()
        self._show_hint()

    def _show_keys(self) -> None:
        """Under member and offers: the rest of the offers, and the question for those that are not there."""
        self.more_key.setVisible(self._more)
        self.why_key.setVisible(self._selling)
        here = self._pages.currentWidget() is self._member_page
        self._more_row.setVisible(here and (self._more or self._selling))

    def _show_hint(self) -> None:
        if self.searching:
            self.entry.set_hint(_("Phone, card or name"))
        elif self.explaining:
            self.entry.set_hint(_("Word of an offer"))
        else:
            self.entry.set_hint(_("Scan or type") if self._narrow else _("Scan, or type item or phone"))

    def _middle(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        card.setSizePolicy(card.sizePolicy().Policy.Ignored, card.sizePolicy().Policy.Preferred)
        box = column(card)
        self._pages = QStackedWidget()
        self.head = MemberHead(theme, self._figures)
        self.head.search_wanted.connect(self.open_search)
        self.offers = Offers(theme, self._figures)
        self.offers.tapped.connect(self.offer_tapped.emit)
        self._member_page = QWidget()
        member_box = column(self._member_page)
        member_box.addWidget(self.head)
        member_box.addWidget(self.offers, 1)
        self._member_page.setMinimumHeight(step(1))
        self.search = MemberSearch(theme)
        self.search.closed.connect(self.close_panel)
        self._all_page = self._all_offers()
        self.why = WhyPanel(theme, self._figures)
        self.why.closed.connect(self.close_panel)
        self.care = CarePanel(theme, self._figures)
        self.care.closed.connect(self.close_panel)
        for page in (self._member_page, self.search, self.why, self._all_page, self.care):
            self._pages.addWidget(page)
        box.addWidget(self._pages, 1)
        notice_row = row(margins=(step(3), step(2), step(3), step(3)))
        notice_row.addWidget(self.notice)
        box.addLayout(notice_row)
        self._more_row = QWidget()
        more = row(self._more_row, margins=(step(3), 0, step(3), step(3)), gap=step(2))
        self.more_key = TillButton(theme, icon="tag")
        self.more_key.setFixedHeight(step(12))
        self.more_key.acted.connect(self.open_all_offers)
        self.why_key = TillButton(theme, _("Why not?"), icon="circle-help")
        self.why_key.setFixedHeight(step(12))
        self.why_key.acted.connect(self.open_why)
        for key in (self.more_key, self.why_key):
            more.addWidget(key)
        box.addWidget(self._more_row)
        return card

    def _all_offers(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        page = QWidget()
        box = column(page)
        head = row(margins=(step(4), step(3.25), step(3), step(3.25)))
        head.addWidget(FittedLabel(theme, "name", "text", _("All offers")), 1)
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(10), step(10))
        close.setAccessibleName(_("Close the list of offers"))
        close.acted.connect(self.close_panel)
        head.addWidget(close)
        box.addLayout(head)
        box.addWidget(rule())
        self.all_offers = Offers(theme, self._figures, SHOWN_IN_ALL, named=False)
        self.all_offers.tapped.connect(self.offer_tapped.emit)
        box.addWidget(self.all_offers, 1)
        return page

    def _right(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        side = QWidget()
        side.setSizePolicy(side.sizePolicy().Policy.Ignored, side.sizePolicy().Policy.Preferred)
        gap = theme.mm(GAP_MM)
        box = column(side, gap=gap)
        self.entry = EntryField(theme)
        box.addWidget(self.entry)
        actions = row(gap=gap)
        self.remove_key = TillButton(
            theme, _("Remove line"), icon="minus", stacked=True, font="caption_strong"
        )
        self.return_key = TillButton(theme, _("Return"), icon="undo-2", stacked=True, font="caption_strong")
        self.clear_key = TillButton(
            theme, _("Clear basket"), icon="trash-2", stacked=True, font="caption_strong"
        )
        self.copy_key = TillButton(
            theme, _("Last receipt"), icon="receipt-text", stacked=True, font="caption_strong"
        )
        for key, signal in (
            (self.remove_key, self.line_removal_wanted),
            (self.return_key, self.return_wanted),
            (self.clear_key, self.clearing_wanted),
            (self.copy_key, self.copy_wanted),
        ):
            key.setFixedHeight(step(15))
            key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
            key.acted.connect(signal.emit)
            actions.addWidget(key, 1)
        self.return_key.hide()
        self.copy_key.setEnabled(False)
        box.addLayout(actions)
        self.keypad = Keypad(theme, self._figures.decimal_symbol)
        self.keypad.typed.connect(self.entry.type)
        self.keypad.erased.connect(self.entry.erase)
        self.keypad.entered.connect(self.submitted.emit)
        box.addWidget(self.keypad, 1)
        self.finish_key = TillButton(theme, _("Finish"), role="primary", font="finish")
        self.finish_key.setFixedHeight(step(21))
        self.finish_key.acted.connect(self.finish_wanted.emit)
        box.addWidget(self.finish_key)
        return side
