"""One till at work: every tap becomes a call of a service on the worker, every answer a signal.

It decides nothing about money or members; it keeps the order of things: what is asked of HQ never delays a scan, and an
answer that comes after the sale went on is not used for the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from gettext import gettext as _
from typing import Final

from PySide6.QtCore import QObject, Signal

from agent.domain.errors import LoyaltyError
from agent.domain.member import IdentifierKind
from agent.service.checkout import LeaseNeeded
from agent.service.leases import not_covered
from agent.service.members import SeveralMembers
from agent.service.ports import LeaseAnswer
from agent.service.register_status import register_status
from agent.service.return_views import FinishedReturn
from agent.service.views import (
    CheckoutState,
    FinishedSale,
    LeaseAsk,
    MemberChoice,
    Notice,
    OfferView,
    TenderKind,
)
from ui.background import Background, Refused
from ui.till.member_care import MemberCare
from ui.till.member_desk import MemberDesk
from ui.till.printing import Printing
from ui.till.returning import Returning
from ui.till.services import TillServices
from ui.till.take_back import BasketStep, way_back
from ui.till.why_desk import WhyDesk

# HQ has this long to lend what a reward costs; a grant that comes later is received and released.
LEASE_TIMEOUT_S: Final = 2.0
MAX_STEPS_BACK: Final = 100


class TillSession(QObject):
    """Signals bring frozen views. `said` is a notice of two lines; None when the last step went well."""

    state_changed = Signal(object)
    said = Signal(object)
    status_changed = Signal(object)
    sale_finished = Signal(object)
    asking_changed = Signal(object)
    several_found = Signal(object)
    crashed = Signal(object)

    def __init__(self, services: TillServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.state = CheckoutState(phase="empty")
        self.finished: FinishedSale | None = None
        # Of a sale, a return or a void: what F8 prints again.
        self.last_receipt_id: uuid.UUID | None = None
        # Programs whose cost HQ is being asked for.
        self.asking: frozenset[str] = frozenset()
        # Counts baskets and members: an answer of HQ belongs to the pair that it was asked for.
        self._moment = 0
        self._back: list[BasketStep] = []
        self._status_wanted = False
        self._work = Background("till", self)
        self._hq = Background("till-hq", self)
        self.desk = MemberDesk(services, self._work, self._moved_on, self._refused, self)
        self.reasons = WhyDesk(services, self._work, self._refused, self)
        self.returning = Returning(services, self._work, self._moved_on, self)
        self.returning.said.connect(self.said.emit)
        self.returning.finished.connect(self._returned)
        self.care = MemberCare(services, self._work, self._moved_on, self._refused, self)
        self.care.said.connect(self.said.emit)
        self.printing = Printing(services.lane, self._work, self.refresh_status, self._refused, self)
        for worker in (self._work, self._hq):
            worker.crashed.connect(self.crashed.emit)

    def start(self) -> None:
        """Ask for the first state and status."""
        self._step(lambda checkout: checkout.state())
        self.refresh_status()

    def stop(self) -> None:
        """End both workers, after what they are doing now."""
        self._hq.stop()
        self._work.stop()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._work.idle and self._hq.idle

    # Basket

    def enter(self, text: str) -> None:
        """Whatever was typed or scanned; the service knows what it is."""
        self._step(lambda checkout: checkout.enter(text))

    def change_quantity(self, line_id: int, text: str) -> None:
        """A quantity typed before ×, for a line that is there already."""
        try:
            quantity = Decimal(text.replace(",", "."))
        except InvalidOperation:
            self.said.emit(Notice(_("This is not a quantity."), _("Type a number before ×.")))
            return
        self._step(lambda checkout: checkout.change_quantity(line_id, quantity))

    def remove_line(self, line_id: int) -> None:
        self._step(lambda checkout: checkout.remove_line(line_id))

    def abandon(self) -> None:
        """Let the whole basket go."""
        self._step(lambda checkout: checkout.abandon())

    def take_back(self) -> bool:
        """Undo the last step of this basket; False when there is none."""
        if not self._back:
            return False
        self._run(self._back.pop(), self._show, self._refused)
        return True

    # Member

    def identify(self, kind: IdentifierKind, text: str) -> None:
        self._step(lambda checkout: checkout.identify(kind, text))

    def choose_member(self, choice: MemberChoice) -> None:
        self._step(lambda checkout: checkout.choose_member(choice.member_id))

    def forget_member(self) -> None:
        self._step(lambda checkout: checkout.forget_member())

    def record_activity(self, program_id: str) -> None:
        self._step(lambda checkout: checkout.record_activity(program_id))

    # Offers

    def tap_offer(self, offer: OfferView) -> None:
        """One tap takes an offer, the same tap gives it back."""
        program_id = offer.program_id
        if offer.coupon_id is not None:
            coupon_id = offer.coupon_id
            if offer.presents:
                self._step(lambda checkout: checkout.present_coupon(coupon_id))
            else:
                self._step(lambda checkout: checkout.drop_coupon(coupon_id))
        elif offer.code:
            code = offer.code
            self._step(lambda checkout: checkout.drop_code(code))
        elif offer.state == "applied" and offer.claimed:
            self._step(lambda checkout: checkout.unclaim(program_id))
        elif offer.state == "applied":
            self._step(lambda checkout: checkout.take_off(program_id))
        elif offer.state == "removed":
            self._step(lambda checkout: checkout.put_back(program_id))
        elif program_id not in self.asking:
            self._step(lambda checkout: checkout.claim(program_id), asks_for=program_id)

    def _ask_hq(self, step: BasketStep, ask: LeaseAsk, asks_for: str) -> None:
        """Ask HQ on the other worker, then do the step again, if its sale is still the one at hand.

        What HQ lends for a sale that went on meanwhile is given back at once.
        """
        moment = self._moment
        self.asking = self.asking | {asks_for}
        self.asking_changed.emit(self.asking)

        def answered(answer: LeaseAnswer) -> None:
            self.asking = self.asking - {asks_for}
            self.asking_changed.emit(self.asking)
            if moment == self._moment:
                self._answered(step, answer)
            else:
                self._run(lambda checkout: checkout.release_late(ask), self._show, self._refused)

        link = self.services.lane.link
        job = partial(link.ask_lease, ask.account_id, ask.unit, ask.target, LEASE_TIMEOUT_S)
        self._hq.submit(job, answered, self._refused)

    def _answered(self, step: BasketStep, answer: LeaseAnswer) -> None:
        match answer:
            case "granted":
                self._run(step, self._moved_on, self._refused)
            case "refused":
                self.said.emit(
                    Notice(
                        _("HQ does not lend this now."),
                        _("It may be in use at another register; ask again later."),
                    )
                )
            case "offline":
                self._refused(not_covered())

    # Paying

    def tender(self, kind: TenderKind, amount_minor: int | None = None) -> None:
        """`amount_minor` None pays all that is left."""
        self._step(lambda checkout: checkout.tender(kind, amount_minor))

    def pay_with_card(self, number: str) -> None:
        """The gift card of this number pays what it can. HQ lends it first where this register does not hold it."""
        if not number:
            self.said.emit(Notice(_("Scan the gift card."), _("Or type its number, then press Gift card.")))
            return
        self._step(lambda checkout: checkout.pay_with_card(number), asks_for="gift_card")

    def pay_with_wallet(self, amount_minor: int | None = None) -> None:
        """The member's wallet pays so much; None as much as it can. HQ lends it first where this register does not hold it."""
        self._step(lambda checkout: checkout.pay_with_wallet(amount_minor), asks_for="wallet")

    def say_not_an_amount(self) -> None:
        self.said.emit(Notice(_("This is not an amount of money."), _("Type what was handed over.")))

    def begin_tender(self) -> None:
        self._step(lambda checkout: checkout.begin_tender())

    def untender(self, number: int) -> None:
        self._step(lambda checkout: checkout.untender(number))

    def back_to_basket(self) -> None:
        self._step(lambda checkout: checkout.back_to_basket())

    def finish(self) -> None:
        """Commit. From here on the sale is saved, whatever printer and HQ do."""

        def job() -> tuple[FinishedSale, CheckoutState]:
            sale = self.services.checkout.finish()
            return sale, self.services.checkout.state()

        def done(result: tuple[FinishedSale, CheckoutState]) -> None:
            self.finished, state = result
            self.last_receipt_id = self.finished.sale_id
            self._back.clear()
            self._show(state)
            self.sale_finished.emit(self.finished)
            self.refresh_status()

        self._work.submit(job, done, self._refused)

    def next_sale(self) -> None:
        """Leave the finished sale."""
        self._step(lambda checkout: checkout.abandon())

    def _returned(self, done: FinishedReturn) -> None:
        self.last_receipt_id = done.return_id
        self.refresh_status()

    # Status

    def refresh_status(self) -> None:
        """Read printer and HQ anew; one reading at a time is under way."""
        if self._status_wanted:
            return
        self._status_wanted = True
        lane = self.services.lane

        def done(status: object) -> None:
            self._status_wanted = False
            self.status_changed.emit(status)

        def refused(error: LoyaltyError) -> None:
            self._status_wanted = False
            self._refused(error)

        self._work.submit(lambda: register_status(lane), done, refused)

    # Jobs

    def _step(self, step: BasketStep, asks_for: str = "coupon") -> None:
        """A step of the basket; the next Escape takes it back where that is possible."""

        def refused(error: LoyaltyError) -> None:
            if isinstance(error, LeaseNeeded):
                self._ask_hq(step, error.ask, asks_for)
            else:
                self._refused(error)

        self._run(step, self._moved_on, refused)

    def _run(self, step: BasketStep, done: Callable[[CheckoutState], None], refused: Refused) -> None:
        checkout = self.services.checkout
        self._work.submit(lambda: step(checkout), done, refused)

    def _moved_on(self, state: CheckoutState) -> None:
        back = way_back(self.state, state)
        if state.phase == "empty":
            self._back.clear()
        elif back is not None:
            self._back.append(back)
            del self._back[:-MAX_STEPS_BACK]
        self._show(state)

    def _show(self, state: CheckoutState) -> None:
        old, self.state = self.state, state
        same_member = (old.member and old.member.member_id) == (state.member and state.member.member_id)
        if not same_member or (old.phase == "finished") != (state.phase == "finished"):
            self._moment += 1
        self.said.emit(state.notice)
        self.state_changed.emit(state)

    def _refused(self, error: LoyaltyError) -> None:
        if isinstance(error, SeveralMembers):
            self.several_found.emit(error.choices)
        self.said.emit(Notice(error.title, error.advice))
