"""Taking goods back, behind the screen: every tap becomes a call of the return desk on the till's worker."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent.domain.errors import LoyaltyError
from agent.service.return_views import FinishedReturn, ReturnState
from agent.service.returns import OnBrokenOffers, ReturnDesk
from agent.service.views import CheckoutState, Notice
from ui.background import Background
from ui.till.services import TillServices

DeskStep = Callable[[ReturnDesk], ReturnState]


class Returning(QObject):
    """`state_changed` brings a ReturnState, or None while no sale is found; `finished` what was committed.

    `left`: the till goes back to its sale. `said` brings a Notice, or None when the last step went well.
    """

    state_changed = Signal(object)
    finished = Signal(object)
    left = Signal()
    said = Signal(object)

    def __init__(
        self,
        services: TillServices,
        work: Background,
        moved_on: Callable[[CheckoutState], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._work = work
        self._moved_on = moved_on
        self._committing = False
        self.state: ReturnState | None = None
        self.last: FinishedReturn | None = None

    def find(self, text: str) -> None:
        """The sale of a receipt number."""
        self._step(lambda desk: desk.find(text))

    def find_to_void(self, text: str) -> None:
        """The sale of a receipt number, to be cancelled whole; where it cannot be, it may still come back."""

        def found(state: ReturnState) -> None:
            self._show(state)
            self.begin_void()

        self._submit(lambda desk: desk.find(text), found)

    def scan(self, code: str) -> None:
        """A receipt, or goods of the sale that was found."""
        self._step(lambda desk: desk.scan(code))

    def choose(self, line_id: int, count: int) -> None:
        self._step(lambda desk: desk.choose(line_id, count))

    def choose_all(self) -> None:
        self._step(lambda desk: desk.choose_all())

    def choose_none(self) -> None:
        self._step(lambda desk: desk.choose_none())

    def answer_broken_offers(self, answer: OnBrokenOffers) -> None:
        self._step(lambda desk: desk.answer_broken_offers(answer))

    def give_reason(self, reason: str) -> None:
        self._step(lambda desk: desk.give_reason(reason))

    def refund_to(self, kind: str) -> None:
        self._step(lambda desk: desk.refund_to(kind))

    def begin_void(self) -> None:
        self._step(lambda desk: desk.begin_void())

    def forget_sale(self) -> None:
        """Another receipt, perhaps; nothing was written."""
        self._submit(lambda desk: desk.leave(), lambda _nothing: self._show(None))

    def leave(self) -> None:
        """Back to the sale."""

        def done(_nothing: object) -> None:
            self._show(None)
            self.left.emit()

        self._submit(lambda desk: desk.leave(), done)

    def pay_out(self) -> None:
        """Commit; or, where the refund pays for a new sale, take it there. A second tap meanwhile does nothing."""
        if self._committing:
            return
        state = self.state
        self._committing = True
        if state is not None and state.refund_to == "exchange" and not state.voids:
            self._exchange()
            return

        def done(finished: FinishedReturn) -> None:
            self._committing = False
            self.last = finished
            self._show(None)
            self.finished.emit(finished)

        self._submit(lambda desk: desk.commit(), done)

    def _exchange(self) -> None:
        checkout = self._services.checkout

        def job(desk: ReturnDesk) -> CheckoutState:
            state = checkout.exchange(desk.ready())
            desk.leave()
            return state

        def done(state: CheckoutState) -> None:
            self._committing = False
            self._show(None)
            self.left.emit()
            self._moved_on(state)

        self._submit(job, done)

    def _step(self, step: DeskStep) -> None:
        self._submit(step, self._show)

    def _submit(self, job: Callable[[ReturnDesk], object], done: Callable[..., None]) -> None:
        desk = self._services.returns
        self._work.submit(lambda: job(desk), done, self._refused)

    def _show(self, state: ReturnState | None) -> None:
        self.state = state
        self.said.emit(None)
        self.state_changed.emit(state)

    def _refused(self, error: LoyaltyError) -> None:
        self._committing = False
        self.said.emit(Notice(error.title, error.advice))
