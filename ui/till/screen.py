"""The till: bar, basket, the page of the moment, strip. Enter is the next safe step, Escape takes back the last."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from agent.service.return_views import FinishedReturn, ReturnState
from agent.service.views import CheckoutState, FinishedSale, MemberChoice, RegisterStatus
from ui.figures import Figures
from ui.theme import Theme
from ui.till.bar import TopBar
from ui.till.basket import BasketPanel
from ui.till.entry import EntryField
from ui.till.finished_page import FinishedPage
from ui.till.join_page import JoinPage
from ui.till.next_step import NextStep
from ui.till.notices import NoticeBoard, Standing
from ui.till.return_lines import ReturnLines
from ui.till.return_page import ReturnPage
from ui.till.return_step import ReturnStep
from ui.till.returned_page import ReturnedPage
from ui.till.scanner import Scanner
from ui.till.selling_page import SellingPage
from ui.till.services import ScannerKeys
from ui.till.session import TillSession
from ui.till.strip import OfflineStrip, StatusStrip
from ui.till.tender_page import TenderPage
from ui.widgets.frames import column, row

# Below this width (screens of 1366 px are above it at 100 %) the columns take the small screen's shares.
NARROW_MM: Final = 310.0
# Where the pages have less height than this, they give up words and space, never the size of a key.
LOW_TENDER_MM: Final = 182.0
LOW_FINISHED_MM: Final = 178.0
LOW_RETURN_MM: Final = 170.0
# Shares of the basket and of the rest, by page: (wide, narrow).
_SHARES: Final = {
    "selling": ((548, 782), (390, 610)),
    "tender": ((490, 840), (390, 610)),
    "finished": ((490, 840), (390, 610)),
    "join": ((420, 910), (390, 610)),
    "giving_back": ((490, 840), (390, 610)),
    "returned": ((490, 840), (390, 610)),
}


class TillScreen(QWidget):
    """Shows what the session brings. It decides nothing; NextStep says what a key means now."""

    closed = Signal()

    def __init__(
        self, session: TillSession, theme: Theme, figures: Figures, keys: ScannerKeys | None = None
    ) -> None:
        super().__init__()
        keys = keys or ScannerKeys()
        self.session = session
        self._theme = theme
        self.figures = figures
        services = session.services
        self.setWindowTitle("Regulars")
        self.setMinimumSize(theme.mm(240), theme.mm(155))
        self.bar = TopBar(theme, figures, services.store_name, services.register_name, services.operator_name)
        self.offline = OfflineStrip(theme, figures)
        self.offline.hide()
        self.basket = BasketPanel(theme, figures)
        self.selling = SellingPage(theme, figures)
        self.tender = TenderPage(theme, figures)
        self.finished = FinishedPage(theme, figures)
        self.join = JoinPage(theme, figures, services.country)
        self.return_lines = ReturnLines(theme, figures)
        self.giving_back = ReturnPage(theme, figures)
        self.returned = ReturnedPage(theme, figures)
        self._by_name: dict[
            str, SellingPage | TenderPage | FinishedPage | JoinPage | ReturnPage | ReturnedPage
        ] = {
            "selling": self.selling,
            "tender": self.tender,
            "finished": self.finished,
            "join": self.join,
            "giving_back": self.giving_back,
            "returned": self.returned,
        }
        self.strip = StatusStrip(theme, figures)
        self.board = NoticeBoard(session, figures)
        self.scanner = Scanner(self, keys.prefix, keys.suffix)
        self.next_step = NextStep(self)
        self.return_step = ReturnStep(self)
        self._status: RegisterStatus | None = None
        self._standing: Standing | None = None
        self._lay_out()
        self._listen()
        self._go_to("selling")

    @property
    def page(self) -> str:
        """selling, tender, finished, join, giving_back or returned."""
        return self._page

    @property
    def entry(self) -> EntryField | None:
        """The field that takes what is typed on this page."""
        return {
            "selling": self.selling.entry,
            "tender": self.tender.entry,
            "join": self.join.field,
            "giving_back": self.giving_back.entry,
        }.get(self._page)

    @property
    def is_returning(self) -> bool:
        """Whether goods come back, or just did."""
        return self._page in ("giving_back", "returned")

    @property
    def is_offline(self) -> bool:
        return self._status is not None and self._status.hq == "offline"

    def show_time(self) -> None:
        """The clock of the bar."""
        self.bar.show_time(self.session.services.lane.clock.now_ms())

    def open_join(self) -> None:
        """Ask for a phone or card and a yes; what was typed already is taken along."""
        entry = self.entry
        typed = entry.text if entry is not None else ""
        member = self.session.state.member
        if member is not None and member.provisional and not typed:
            typed = self.next_step.last_entered
        self.join.open(typed, self.session.services.lane.clock.now_ms())
        self.session.desk.ask_for_friends()
        self._go_to("join")

    def leave_join(self) -> None:
        """Back to the page of the sale's phase."""
        self._go_to(_page_of(self.session.state))

    def open_return(self) -> None:
        """Take goods back; the basket, if there is one, waits."""
        self._go_to("giving_back")

    def open_void(self) -> None:
        """Cancel the sale that was finished last."""
        sale = self.session.finished
        if sale is not None:
            self._go_to("giving_back")
            self.session.returning.find_to_void(sale.receipt_number)

    def leave_return(self) -> None:
        """Back to the page of the sale's phase; after a return, to the next sale."""
        if self.session.state.phase == "finished" and self._page == "returned":
            self.session.next_sale()
        self.board.show_phase(self.session.state.phase)
        self._go_to(_page_of(self.session.state))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.next_step.key(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self._share_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._focus_entry()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _show_state(self, state: CheckoutState) -> None:
        self.basket.show_state(state)
        self.selling.show_state(state, self.session.asking, offline=self.is_offline)
        self.selling.copy_key.setEnabled(self.session.last_receipt_id is not None)
        self.tender.show_state(state)
        page = _page_of(state)
        if page != self._page and not self.is_returning:
            self._go_to(page)
        self.board.show_phase(state.phase)
        self._show_offline()

    def _show_status(self, status: RegisterStatus) -> None:
        self._status = status
        self.strip.show_status(status)
        self.strip.set_narrow(self._narrow)
        self.offline.show_status(status)
        self.finished.panel.show_status(status, self.session.finished)
        self.returned.show_status(status, self.session.returning.last)
        self.board.show_status(status)
        self._show_offline()

    def _show_offline(self) -> None:
        """Nothing may move under a finger: the strip under the bar comes and goes between sales only."""
        if self.session.state.phase in ("empty", "finished"):
            self.offline.setVisible(self.is_offline)
            self._share_height()

    def _show_finished(self, sale: FinishedSale) -> None:
        self.finished.panel.show_sale(self.session.state, sale)
        if self._status is not None:
            self.finished.panel.show_status(self._status, sale)
        self.next_step.last_entered = ""

    def _show_return(self, state: ReturnState | None) -> None:
        self.return_lines.show_state(state)
        self.giving_back.show_state(state)

    def _show_returned(self, done: FinishedReturn) -> None:
        self.returned.show_return(done)
        if self._status is not None:
            self.returned.show_status(self._status, done)
        self.selling.copy_key.setEnabled(True)
        self._go_to("returned")
        self.board.show_phase("finished")

    def _show_notice(self, standing: Standing | None) -> None:
        self._standing = standing
        for page in self._by_name.values():
            page.notice.setVisible(standing is not None)
            if standing is not None:
                page.notice.say(
                    standing.notice.title,
                    standing.notice.advice,
                    icon=standing.icon,
                    action=standing.action[0] if standing.action else "",
                    other=standing.other[0] if standing.other else "",
                    tone="danger" if standing.kind == "stopped" else "notice",
                    closable=standing.closable,
                )

    def _act(self, *, other: bool = False) -> None:
        standing = self._standing
        answer = standing.other if standing and other else standing.action if standing else None
        if answer is not None:
            answer[1]()
        self._focus_entry()

    def _show_several(self, choices: tuple[MemberChoice, ...]) -> None:
        self.leave_join()
        self.selling.open_search()
        self.selling.search.show_found("", choices)

    def _stop(self, _bug: object) -> None:
        self.board.stop()
        self._pages.setEnabled(False)

    def _go_to(self, page: str) -> None:
        self._page = page
        entry = self.entry
        if entry is not None and page != "join":
            entry.clear()
        self._pages.setCurrentWidget(self._by_name[page])
        self._left.setCurrentWidget(self.return_lines if page == "giving_back" else self.basket)
        self._share_width()
        self._focus_entry()
        self.tender.show_typed()

    def _focus_entry(self) -> None:
        (self.entry or self).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _narrow(self) -> bool:
        return self.width() < self._theme.mm(NARROW_MM)

    def _share_width(self) -> None:
        narrow = self._narrow
        for number, share in enumerate(_SHARES[self._page][1 if narrow else 0]):
            self._columns.setStretch(number, share)
        edge = self._theme.step(2 if narrow else 3)
        self._columns.setContentsMargins(edge, edge, edge, edge)
        self._columns.setSpacing(edge)
        self.basket.set_narrow(narrow or self._page == "join")
        self.strip.set_narrow(narrow)
        for page in (self.selling, self.tender, self.join, self.giving_back, self.return_lines):
            page.set_narrow(narrow)

    def _share_height(self) -> None:
        """Keys of tender stay where they are, whether the strip under the bar is there or not."""
        pages = self.height() - self.bar.height() - self.strip.height()
        strip = self.offline.height()
        self.tender.set_low(pages - strip < self._theme.mm(LOW_TENDER_MM))
        self.giving_back.set_low(pages - strip < self._theme.mm(LOW_RETURN_MM))
        low = pages - (0 if self.offline.isHidden() else strip) < self._theme.mm(LOW_FINISHED_MM)
        self.finished.set_low(low)
        self.returned.set_low(low)

    def _lay_out(self) -> None:
        self._page = "selling"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pages = QStackedWidget()
        for page in self._by_name.values():
            self._pages.addWidget(page)
        self._left = QStackedWidget()
        self._left.addWidget(self.basket)
        self._left.addWidget(self.return_lines)
        for part in (self._left, self._pages):
            part.setSizePolicy(part.sizePolicy().Policy.Ignored, part.sizePolicy().Policy.Expanding)
        body = QWidget()
        self._columns = row(body)
        self._columns.addWidget(self._left, 548)
        self._columns.addWidget(self._pages, 782)
        box = column(self)
        box.addWidget(self.bar)
        box.addWidget(self.offline)
        box.addWidget(body, 1)
        box.addWidget(self.strip)

    def _listen(self) -> None:
        session, step = self.session, self.next_step
        session.state_changed.connect(self._show_state)
        session.status_changed.connect(self._show_status)
        session.sale_finished.connect(self._show_finished)
        session.asking_changed.connect(lambda _asking: self._show_state(session.state))
        session.said.connect(self.board.say)
        session.several_found.connect(self._show_several)
        session.desk.found.connect(self.selling.search.show_found)
        session.reasons.told.connect(self.selling.why.show_told)
        session.desk.known.connect(self.join.show_known)
        session.desk.enrolled.connect(self.leave_join)
        self.join.turned.connect(self._focus_entry)
        session.returning.state_changed.connect(self._show_return)
        session.returning.finished.connect(self._show_returned)
        session.returning.left.connect(self.leave_return)
        session.crashed.connect(self._stop)
        self.board.changed.connect(self._show_notice)
        for page in self._by_name.values():
            page.notice.acted.connect(self._act)
            page.notice.declined.connect(lambda: self._act(other=True))
            page.notice.dismissed.connect(self.board.put_away)
        self.scanner.scanned.connect(step.scanned)
        step.listen()
        self.return_step.listen()


def _page_of(state: CheckoutState) -> str:
    return {"tender": "tender", "finished": "finished"}.get(state.phase, "selling")
