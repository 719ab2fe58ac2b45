"""Committing a return or a void: one journal entry, its projections and its receipt in one unit of work.

What was read for the quote is read again under the write lock: a unit that came back meanwhile, or a coupon that was
used, stops it before anything is written. An exchange is written with its sale, both or neither.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import CardPayment
from agent.domain.receipt import Receipt
from agent.domain.returns import Refund, return_postings
from agent.domain.sold_units import units_of
from agent.service.gift_card_balances import receipt_cards, require_unused
from agent.service.lane import Lane, this_store
from agent.service.moment import stamp_at
from agent.service.past_sale import PastSale, require_may_return
from agent.service.ports import new_id
from agent.service.return_receipt import build_return_receipt
from agent.store import balances, coupons, feed_state, members, print_jobs, returns
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.print_jobs import PrintJob
from agent.store.register import receipt_number, take_receipt_no
from agent.store.returns import ReturnRow
from agent.store.sqlite import Connection, DatabaseError
from sync.wire.entries import (
    KIND_RETURN,
    KIND_VOID,
    Operator,
    ReturnEntry,
    SaleRef,
    Tender,
    VoidEntry,
)
from sync.wire.feed import MemberRow

NOT_KNOWN_YET: Final = "commit_unknown"

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyReturn:
    """A return that has everything a commit needs; `void` for the whole sale. Its id makes it one return."""

    return_id: uuid.UUID
    sale: PastSale
    refund: Refund
    reason: str
    tenders: tuple[Tender, ...]
    repriced: bool = False
    spent_points_kept: bool = False
    void: bool = False


def saved_already(lane: Lane, ready: ReadyReturn) -> bool:
    """Whether a commit that nobody could vouch for has written the return after all.

    Raises LoyaltyError while that cannot be read.
    """
    return _read(lane, ready) is not None


class Refunding:
    """One return on its way into the journal. `commit` may be called again: the return's id makes it one."""

    def __init__(
        self, lane: Lane, operator: Operator, ready: ReadyReturn, exchange_sale_id: uuid.UUID | None = None
    ) -> None:
        self._lane = lane
        self._ready = ready
        reader = lane.store.reader()
        self._at_ms = lane.clock.now_ms()
        self._register = require_may_return(reader)
        self._store = this_store(reader)
        self._stamp = stamp_at(reader, self._at_ms, self._store)
        self._operator = operator
        self._exchange_sale_id = exchange_sale_id
        self._job_id = new_id(self._at_ms, lane.entropy)

    def commit(self) -> str:
        """Write the return; its receipt number. Raises LoyaltyError where it is not written, or not known yet."""
        try:
            with self._lane.store.unit_of_work() as db:
                return self.write(db)
        except CommitUnknown as error:
            return self._read_back(error)

    def write(self, db: Connection) -> str:
        """Write the return in the caller's unit of work; its receipt number."""
        done = returns.read_return(db, self._ready.return_id)
        if done is not None:
            return done.receipt_number
        self._require_unchanged(db)
        sale, refund = self._ready.sale, self._ready.refund
        chain_id = self._register.chain_id
        for coupon in refund.coupons_taken:
            if coupon.state == "void" and not coupons.void_own(db, coupon.coupon_id, chain_id):
                raise _changed()
        for coupon_id in refund.coupons_back:
            coupons.bring_back(db, coupon_id, chain_id)
        number = receipt_number(self._register.label, take_receipt_no(db))
        receipt = self._receipt(db)
        entry = self._entry(number)
        seq, _digest = append(db, chain_id, entry)
        balances.add_own_postings(db, chain_id, seq, entry.postings)
        row = ReturnRow(
            return_id=self._ready.return_id,
            kind=KIND_VOID if self._ready.void else KIND_RETURN,
            sale_id=sale.row.sale_id,
            chain_id=chain_id,
            seq=seq,
            receipt_number=number,
            business_date=self._stamp.business_date,
            at_ms=self._at_ms,
            operator_id=self._operator.operator_id,
            account_id=sale.account_id,
            refund_minor=refund.refund_minor,
            reason=self._ready.reason,
        )
        returns.add_return(db, row, {line.line_id: units_of(line.units) for line in refund.lines})
        job = PrintJob(
            job_id=self._job_id,
            kind="receipt",
            sale_id=self._ready.return_id,
            created_ms=self._at_ms,
            body=_ENCODER.encode(msgspec.structs.replace(receipt, receipt_number=number)),
        )
        print_jobs.add_job(db, job)
        return number

    def _require_unchanged(self, db: Connection) -> None:
        """Nothing came back, and no coupon was used, since the figures were made."""
        require_may_return(db)
        sale = self._ready.sale
        before = sum(len(units) for units in sale.gone.values())
        if returns.count_returned_units(db, sale.row.sale_id) != before:
            raise _changed()
        require_unused(db, self._ready.refund, self._store)
        for taken in self._ready.refund.coupons_taken:
            known = coupons.read_coupon(db, taken.coupon_id)
            if (taken.state == "used") != (known is not None and known.state == "redeemed"):
                raise _changed()

    def _receipt(self, db: Connection) -> Receipt:
        sale = self._ready.sale
        member = member_of(db, sale)
        held = {}
        if sale.account_id is not None:
            held = balances.read_balances(db, feed_state.alias_of(db, sale.account_id))
        return build_return_receipt(
            sale,
            self._ready.refund,
            return_id=str(self._ready.return_id),
            register=self._register,
            store=self._store,
            operator=self._operator,
            stamp=self._stamp,
            tenders=self._ready.tenders,
            reason=self._ready.reason,
            void=self._ready.void,
            member=member,
            balances=held,
            cards=receipt_cards(
                db, self._store.currency, self._ready.tenders, self._ready.refund.cards_emptied, back=True
            ),
        )

    def _entry(self, number: str) -> ReturnEntry | VoidEntry:
        ready, sale, refund, register = self._ready, self._ready.sale, self._ready.refund, self._register
        ref = SaleRef(
            sale_id=sale.row.sale_id,
            chain_id=sale.row.chain_id,
            seq=sale.row.seq,
            receipt_number=sale.row.receipt_number,
        )
        postings = return_postings(
            refund,
            sale.account_id,
            self._store.store_id,
            register.chain_id,
            currency=sale.entry.quote_input.context.currency,
            to_cards=[
                CardPayment(one.account_id, one.amount_minor)
                for one in ready.tenders
                if one.account_id is not None
            ],
        )
        if ready.void:
            return VoidEntry(
                void_id=ready.return_id,
                receipt_number=number,
                store_id=self._store.store_id,
                register_id=register.register_id,
                role=register.role,
                operator=self._operator,
                stamp=self._stamp,
                sale=ref,
                account_id=sale.account_id,
                total_minor=refund.refund_minor,
                tenders=ready.tenders,
                taken_back=refund.taken_back,
                given_back=refund.given_back,
                coupons_back=refund.coupons_back,
                coupons_taken=refund.coupons_taken,
                reason=ready.reason,
                postings=postings,
                cards_emptied=refund.cards_emptied,
            )
        return ReturnEntry(
            return_id=ready.return_id,
            receipt_number=number,
            store_id=self._store.store_id,
            register_id=register.register_id,
            role=register.role,
            operator=self._operator,
            stamp=self._stamp,
            sale=ref,
            account_id=sale.account_id,
            lines=refund.lines,
            goods_minor=refund.goods_minor,
            deducted_minor=refund.deducted_minor,
            refund_minor=refund.refund_minor,
            tenders=ready.tenders,
            repriced=ready.repriced,
            spent_points_kept=ready.spent_points_kept,
            taken_back=refund.taken_back,
            given_back=refund.given_back,
            coupons_back=refund.coupons_back,
            coupons_taken=refund.coupons_taken,
            reason=ready.reason,
            exchange_sale_id=self._exchange_sale_id,
            postings=postings,
            cards_emptied=refund.cards_emptied,
        )

    def _read_back(self, error: CommitUnknown) -> str:
        done = _read(self._lane, self._ready)
        if done is None:
            raise LoyaltyError(
                _("The return could not be saved."),
                _("Check that the disk has room, then press Refund again."),
                code="not_saved",
            ) from error
        return done.receipt_number


def _read(lane: Lane, ready: ReadyReturn) -> ReturnRow | None:
    try:
        return returns.read_return(lane.store.reader(), ready.return_id)
    except DatabaseError as unreadable:
        raise LoyaltyError(
            _("It is not known yet whether this return was saved."),
            _("Press Refund again: it is never saved twice."),
            code=NOT_KNOWN_YET,
        ) from unreadable


def member_of(db: Connection, sale: PastSale) -> MemberRow | None:
    """The member of the sale as this register knows them today, under whatever account HQ has found for them."""
    told = sale.entry.quote_input.member
    if told is None:
        return None
    known = members.read_member(db, told.member_id)
    if known is not None:
        return known.row
    of_account = members.members_of_account(db, feed_state.alias_of(db, told.account_id))
    return of_account[0].row if of_account else None


def _changed() -> LoyaltyError:
    return LoyaltyError(
        _("Something of this sale changed meanwhile."),
        _("Look at the return again; nothing was paid out."),
        code="changed_meanwhile",
    )
