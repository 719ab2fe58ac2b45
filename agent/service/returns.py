"""Taking goods back: find the sale, choose lines, see the return quote, then refund; or void a sale of today.

Every method returns the new state or raises LoyaltyError and changes nothing. It needs no connection: everything
follows from the sale's own journal entry. One worker thread uses it.
"""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _
from typing import Literal

from agent.domain.errors import LoyaltyError
from agent.domain.sold_units import first_to_return
from agent.domain.tendering import EXCHANGE
from agent.service.entry import cleaned, look_up_item
from agent.service.lane import Lane, this_store
from agent.service.open_return import OpenReturn
from agent.service.past_sale import find_sale
from agent.service.ports import new_id
from agent.service.refund_tenders import refund_kinds, refund_tenders
from agent.service.refunding import NOT_KNOWN_YET, ReadyReturn, Refunding, saved_already
from agent.service.return_quote import may_void, require_in_time, with_quote, with_void
from agent.service.return_view import return_state
from agent.service.return_views import FinishedReturn, ReturnState
from agent.service.tenders import checked_reference
from sync.wire.entries import Operator

OnBrokenOffers = Literal["keep", "reprice"]


class ReturnDesk:
    """One lane's returns. `operator` is who is signed on; `locale` is the screen's language."""

    def __init__(self, lane: Lane, operator: Operator, locale: str = "") -> None:
        self.operator = operator
        self.locale = locale
        self._lane = lane
        self._open: OpenReturn | None = None
        # A return that may be saved or not: until that is known it is neither changed nor left.
        self._in_doubt: ReadyReturn | None = None

    def find(self, text: str) -> ReturnState:
        """Begin with the sale of a receipt. Raises LoyaltyError for one that cannot come back, and why."""
        self._require_known()
        with self._lane.store.snapshot() as db:
            sale = find_sale(db, text)
            require_in_time(db, sale, self._lane.clock.now_ms())
        return_id = new_id(self._lane.clock.now_ms(), self._lane.entropy)
        return self._keep(OpenReturn(return_id=return_id, sale=sale))

    def state(self) -> ReturnState | None:
        """The return as it stands; None when there is none."""
        return self._state(self._open) if self._open is not None else None

    def leave(self) -> None:
        """Nothing comes back after all."""
        self._require_known()
        self._open = None

    def choose(self, line_id: int, count: int) -> ReturnState:
        """So many units of a line come back; of units that cost different amounts, the cheaper ones first."""
        now = self._now()
        lines = {line.line_id: line for line in now.sale.entry.quote_input.basket.lines}
        line, left = lines.get(line_id), now.sale.left.get(line_id, frozenset())
        if line is None or not 0 <= count <= len(left):
            raise LoyaltyError(
                _("So many of this line cannot come back."),
                _("Choose at most what was bought and has not come back yet."),
                code="too_many_units",
            )
        gone = now.sale.gone.get(line_id, frozenset())
        units = first_to_return(line, now.sale.entry.discounts, gone, count)
        chosen = {key: value for key, value in now.chosen.items() if key != line_id}
        if units:
            chosen[line_id] = units
        return self._keep(self._quoted(replace(now, chosen=chosen)))

    def choose_all(self) -> ReturnState:
        """Everything that is left of the sale comes back."""
        now = self._now()
        chosen = {line_id: units for line_id, units in now.sale.left.items() if units}
        return self._keep(self._quoted(replace(now, chosen=chosen)))

    def choose_none(self) -> ReturnState:
        """Begin again with nothing chosen."""
        return self._keep(self._quoted(replace(self._now(), chosen={})))

    def begin_void(self) -> ReturnState:
        """The whole sale is to be cancelled; `commit` does it, once there is a reason."""
        return self._keep(self._voiding(replace(self._now(), reason="")))

    def scan(self, code: str) -> ReturnState:
        """A receipt, or one more piece of goods that were bought with it."""
        if self._open is None:
            return self.find(code)
        now = self._now()
        item = look_up_item(self._lane.store.reader(), cleaned(code))
        if item is None:
            return self.find(code)
        lines = [one for one in now.sale.entry.quote_input.basket.lines if one.item_code == item.item_code]
        for line in lines:
            chosen = len(now.chosen.get(line.line_id, ()))
            if chosen < len(now.sale.left[line.line_id]):
                return self.choose(line.line_id, chosen + 1)
        raise LoyaltyError(
            _("{item} is not in this sale.").format(item=item.name)
            if not lines
            else _("All of {item} is chosen or came back already.").format(item=item.name),
            _("Check the receipt."),
            code="not_in_sale",
        )

    def answer_broken_offers(self, answer: OnBrokenOffers) -> ReturnState:
        """Where the shop asks: offers that the rest no longer reaches are kept, or the rest is priced again."""
        return self._keep(self._quoted(replace(self._now(), answered=answer)))

    def give_reason(self, reason: str) -> ReturnState:
        """Why the goods come back, as one of the state's reasons or in a few words."""
        return self._keep(replace(self._now(), reason=_checked_reason(reason)))

    def refund_to(self, kind: str) -> ReturnState:
        """How the money is paid out: in cash, to the card that paid, or into the sale of this visit (`exchange`)."""
        now = self._now()
        if kind not in refund_kinds(now):
            raise LoyaltyError(
                _("This refund cannot be paid out so."),
                _("A card gets back at most what it paid; choose cash."),
                code="refund_kind",
            )
        return self._keep(replace(now, refund_to=kind))

    def ready(self) -> ReadyReturn:
        """The return with everything that a commit needs. Raises LoyaltyError for what is missing."""
        now = self._now()
        if now.voids:
            return self._ready_void(now)
        if now.refund is None:
            raise LoyaltyError(
                _("Nothing is chosen yet."), _("Choose what comes back."), code="nothing_chosen"
            )
        if now.answers is not None and not now.answered:
            raise LoyaltyError(
                _("An offer of this sale no longer holds for the rest."),
                _("Choose whether it is kept or the rest is priced again."),
                code="broken_offer",
            )
        if not now.reason:
            raise LoyaltyError(_("The reason is missing."), _("Choose why it comes back."), code="no_reason")
        if now.refund_to not in refund_kinds(now):
            raise LoyaltyError(
                _("This refund cannot be paid out so."),
                _("A card gets back at most what it paid; choose cash."),
                code="refund_kind",
            )
        return ReadyReturn(
            return_id=now.return_id,
            sale=now.sale,
            refund=now.refund,
            reason=now.reason,
            tenders=refund_tenders(now),
            repriced=now.repriced,
            spent_points_kept=not this_store(self._lane.store.reader()).returns.spent_points_back,
        )

    def commit(self) -> FinishedReturn:
        """Pay out: one journal entry, its receipt with it. Safe to call again after an error."""
        ready = self._in_doubt or self.ready()
        if any(tender.kind == EXCHANGE for tender in ready.tenders):
            raise LoyaltyError(
                _("This return goes into a sale."), _("Finish the sale with it."), code="goes_into_sale"
            )
        return self._commit(ready)

    def void(self, reason: str) -> FinishedReturn:
        """Void the whole sale of today: everything stands as if it had never been. It needs a reason."""
        if self._in_doubt is not None:
            return self._commit(self._in_doubt)
        now = replace(self._now(), reason=_checked_reason(reason))
        return self._commit(self._ready_void(now))

    # Inside

    def _commit(self, ready: ReadyReturn) -> FinishedReturn:
        try:
            number = Refunding(self._lane, self.operator, ready).commit()
        except LoyaltyError as error:
            self._in_doubt = ready if error.code == NOT_KNOWN_YET else None
            raise
        self._in_doubt = self._open = None
        self._lane.link.wake()
        return FinishedReturn(
            return_id=ready.return_id,
            receipt_number=number,
            of_receipt=ready.sale.row.receipt_number,
            refund_minor=ready.refund.refund_minor,
            tenders=tuple((one.kind, one.amount_minor) for one in ready.tenders),
            void=ready.void,
        )

    def _ready_void(self, open_void: OpenReturn) -> ReadyReturn:
        now = self._voiding(open_void)
        if now.refund is None or not now.reason:
            raise LoyaltyError(
                _("The reason is missing."), _("Say why the sale is voided."), code="no_reason"
            )
        return ReadyReturn(
            return_id=now.return_id,
            sale=now.sale,
            refund=now.refund,
            reason=now.reason,
            tenders=refund_tenders(now),
            void=True,
        )

    def _voiding(self, now: OpenReturn) -> OpenReturn:
        return with_void(self._lane.store, now, self._lane.clock.now_ms())

    def _quoted(self, now: OpenReturn) -> OpenReturn:
        return with_quote(self._lane.store, now)

    def _require_known(self) -> None:
        """Raise LoyaltyError where this return was saved after all, or where that is still not known."""
        if self._in_doubt is not None and saved_already(self._lane, self._in_doubt):
            raise LoyaltyError(
                _("This return was saved, so it stands."), _("Press Refund to go on."), code="saved_already"
            )
        self._in_doubt = None

    def _now(self) -> OpenReturn:
        if self._open is None:
            raise LoyaltyError(
                _("No sale is open for a return."), _("Type the receipt's number first."), code="no_return"
            )
        self._require_known()
        return self._open

    def _keep(self, now: OpenReturn) -> ReturnState:
        self._open = now
        return self._state(now)

    def _state(self, now: OpenReturn) -> ReturnState:
        with self._lane.store.snapshot() as db:
            return return_state(
                db,
                now,
                self._lane.clock.now_ms(),
                self.locale,
                kinds=refund_kinds(now),
                can_void=may_void(db, now.sale, self._lane.clock.now_ms()),
            )


def _checked_reason(reason: str) -> str:
    return checked_reference(reason)
