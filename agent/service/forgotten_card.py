"""A forgotten card: a finished sale of nobody is attached to a member afterwards, once, and earns what it would have.

Nothing that was paid changes. It works offline: the sale's own entry and its program set tell the points.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.attaching import would_have_earned
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import PENDING, Posting, is_points, issued_bucket, move
from agent.domain.member import MemberFacts
from agent.domain.quote import Earned
from agent.service.lane import Lane, this_register, this_store
from agent.service.members import choose_member, read_facts
from agent.service.moment import stamp_at
from agent.service.names import display_name
from agent.service.past_sale import PastSale, find_sale, sale_again
from agent.service.ports import new_id
from agent.store import attached_sales, balances
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.settings import read_store
from agent.store.sqlite import Connection
from sync.wire.entries import AdjustmentEntry, Operator, SaleRef, Stamp
from sync.wire.feed import AttachedRow

REASON: Final = "forgotten_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenCard:
    """A sale that can be attached, with what it then earns, for a cashier to look at first."""

    sale_id: uuid.UUID
    receipt_number: str
    business_date: datetime.date
    total_minor: int
    member_id: uuid.UUID
    display_name: str
    points: int
    earned: tuple[Earned, ...]


class ForgottenCardDesk:
    """One lane's forgotten cards; `operator` is who is signed on. One worker thread uses it."""

    def __init__(self, lane: Lane, operator: Operator) -> None:
        self._lane = lane
        self._operator = operator

    def look(self, receipt: str, member_id: uuid.UUID) -> ForgottenCard:
        """What the sale of a receipt would have earned for this member.

        Raises LoyaltyError with one sentence for a sale that cannot be attached, and changes nothing.
        """
        with self._lane.store.snapshot() as db:
            sale = _in_words_of_ours(lambda: find_sale(db, receipt))
            return self._shown(sale, *self._weighed(db, sale, member_id))

    def look_at_last(self, sale_id: uuid.UUID, member_id: uuid.UUID) -> ForgottenCard:
        """The same for a sale that was finished a moment ago."""
        with self._lane.store.snapshot() as db:
            sale = _in_words_of_ours(lambda: sale_again(db, sale_id))
            return self._shown(sale, *self._weighed(db, sale, member_id))

    def attach(self, found: ForgottenCard) -> ForgottenCard:
        """Post what the sale earns, in one journal entry. Raises LoyaltyError where it no longer may be."""
        at_ms = self._lane.clock.now_ms()
        adjustment_id = new_id(at_ms, self._lane.entropy)
        try:
            with self._lane.store.unit_of_work() as db:
                shown = self._write(db, found, adjustment_id, at_ms)
        except CommitUnknown as error:
            if attached_sales.attached_to(self._lane.store.reader(), found.sale_id) is None:
                raise LoyaltyError(
                    _("The points could not be saved."),
                    _("Check the disk, then try again."),
                    code="not_saved",
                ) from error
            shown = found
        self._lane.link.wake()
        return shown

    def _write(
        self, db: Connection, found: ForgottenCard, adjustment_id: uuid.UUID, at_ms: int
    ) -> ForgottenCard:
        sale = _in_words_of_ours(lambda: sale_again(db, found.sale_id))
        facts, earned = self._weighed(db, sale, found.member_id)
        register, store = this_register(db), this_store(db)
        stamp = stamp_at(db, at_ms, store)
        postings = attached_postings(facts.account_id, earned, store.store_id)
        entry = AdjustmentEntry(
            adjustment_id=adjustment_id,
            store_id=store.store_id,
            register_id=register.register_id,
            operator=self._operator,
            stamp=stamp,
            reason=REASON,
            sale=SaleRef(
                sale_id=sale.row.sale_id,
                chain_id=sale.row.chain_id,
                seq=sale.row.seq,
                receipt_number=sale.row.receipt_number,
            ),
            member=facts,
            earned=earned,
            postings=postings,
        )
        seq, _digest = append(db, register.chain_id, entry)
        balances.add_own_postings(db, register.chain_id, seq, postings)
        row = AttachedRow(
            sale_id=sale.row.sale_id, account_id=facts.account_id, business_date=stamp.business_date
        )
        attached_sales.add_attached(db, row)
        return self._shown(sale, facts, earned)

    def _weighed(
        self, db: Connection, sale: PastSale, member_id: uuid.UUID
    ) -> tuple[MemberFacts, tuple[Earned, ...]]:
        """The member's facts and what the sale earns. Raises LoyaltyError for everything that is in the way."""
        stamp = stamp_at(db, self._lane.clock.now_ms(), read_store(db))
        _require_free(db, sale)
        member = choose_member(self._lane, member_id)
        if member.provisional:
            raise LoyaltyError(
                _("This number is not a member here yet."),
                _("Join first, then attach the receipt."),
                code="not_a_member",
            )
        if sale.programs is None:
            raise LoyaltyError(
                _(
                    "The programs of that day are no longer on this register, so its points cannot be counted."
                ),
                _("HQ still has them and can attach the receipt."),
                code="programs_gone",
            )
        facts, _balances = read_facts(db, member, stamp.business_date, sale.programs)
        facts = without_balances(facts)
        self._require_allowed(db, sale, facts, stamp)
        try:
            earned = would_have_earned(sale.entry, facts, sale.programs)
        except LoyaltyError as error:
            raise LoyaltyError(
                _(
                    "This sale was priced by another version of Regulars, so its points cannot be counted here."
                ),
                _("HQ may still attach the receipt."),
                code="other_engine",
            ) from error
        if not earned:
            raise LoyaltyError(
                _("This sale would have earned nothing for this member."),
                _("Nothing needs to be attached."),
                code="nothing_earned",
            )
        return facts, earned

    def _require_allowed(self, db: Connection, sale: PastSale, facts: MemberFacts, stamp: Stamp) -> None:
        rules = this_store(db).forgotten_card
        age = (stamp.business_date - sale.row.business_date).days
        if not 0 <= age <= rules.days:
            raise LoyaltyError(
                _("Points can be attached to a receipt for {days} days, and this one is older.").format(
                    days=rules.days
                ),
                _("Its points can no longer be given."),
                code="too_late",
            )
        since = stamp.business_date - datetime.timedelta(days=rules.days)
        if attached_sales.count_attached(db, facts.account_id, since) >= rules.sales_per_member:
            raise LoyaltyError(
                _("No more receipts can be attached for this member now."),
                _("The shop allows {count} in {days} days.").format(
                    count=rules.sales_per_member, days=rules.days
                ),
                code="attach_limit",
            )

    def _shown(self, sale: PastSale, facts: MemberFacts, earned: tuple[Earned, ...]) -> ForgottenCard:
        row = choose_member(self._lane, facts.member_id).row
        return ForgottenCard(
            sale_id=sale.row.sale_id,
            receipt_number=sale.row.receipt_number,
            business_date=sale.row.business_date,
            total_minor=sale.row.total_minor,
            member_id=facts.member_id,
            display_name=display_name(row),
            points=sum(one.points for one in earned if is_points(one.unit)),
            earned=earned,
        )


def attached_postings(
    account_id: uuid.UUID, earned: tuple[Earned, ...], store_id: str
) -> tuple[Posting, ...]:
    """What a register posts for an attached sale: issued -> pending, as the sale itself would have."""
    issued = issued_bucket(store_id)
    return tuple(leg for one in earned for leg in move(account_id, one.unit, one.points, issued, PENDING))


def without_balances(facts: MemberFacts) -> MemberFacts:
    """The facts that earning reads; what the member holds today says nothing of that sale."""
    return msgspec.structs.replace(facts, balances={}, spendable={})


def _require_free(db: Connection, sale: PastSale) -> None:
    """The sale is nobody's, nothing of it came back, and nobody has it attached."""
    if attached_sales.attached_to(db, sale.row.sale_id) is not None:
        raise LoyaltyError(
            _("The points of receipt {receipt} were attached already.").format(
                receipt=sale.row.receipt_number
            ),
            _("A receipt counts once."),
            code="attached_already",
        )
    if sale.account_id is not None:
        raise LoyaltyError(
            _("Receipt {receipt} has its member already.").format(receipt=sale.row.receipt_number),
            _("Its points are with that number."),
            code="has_member",
        )
    if sale.earlier:
        raise _came_back(sale.row.receipt_number)


def _in_words_of_ours(find: Callable[[], PastSale]) -> PastSale:
    """The sale. What stands in the way is said of attaching, where finding it speaks of returns."""
    try:
        return find()
    except LoyaltyError as error:
        if error.code in ("voided", "all_returned"):
            raise LoyaltyError(
                _("This sale was taken back, so it earns nothing."),
                _("Check the number of the receipt."),
                code="came_back",
            ) from error
        if error.code == "other_register":
            raise LoyaltyError(
                _("This receipt is of another register, and only that one can count its points offline."),
                _("Attach it there, or let HQ do it."),
                code="other_register",
            ) from error
        if error.code == "sale_not_here":
            raise LoyaltyError(
                _("The journal of this sale is no longer on this register."),
                _("HQ still has the sale and can attach it."),
                code="sale_not_here",
            ) from error
        if error.code == "chain_stopped":
            raise _stopped() from error
        raise


def _stopped() -> LoyaltyError:
    return LoyaltyError(
        _("HQ has stopped this register's journal, so points cannot be attached here."),
        _("Enrol the register again, or let HQ attach the receipt."),
        code="chain_stopped",
    )


def _came_back(receipt: str) -> LoyaltyError:
    return LoyaltyError(
        _("Goods of receipt {receipt} came back, so its points can no longer be attached.").format(
            receipt=receipt
        ),
        _("HQ can correct the balance by hand."),
        code="came_back",
    )
