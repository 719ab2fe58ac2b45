"""Committing a sale: everything is made ready first, then one unit of work writes it, or nothing of it.

The unit of work is a handful of prepared statements and exactly one fsync. A COMMIT that failed is unknown until the
sale was looked for by its id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.limits import Limits
from agent.domain.quote_input import Share
from agent.domain.sale import CouponUse, HeldGrant, SettledSale, settle_sale
from agent.domain.uses import limited_uses
from agent.service import leases
from agent.service.lane import Lane, this_register
from agent.service.moment import stamp_at
from agent.service.open_sale import ReadySale
from agent.service.ports import new_id
from agent.service.receipt import build_receipt, coupon_titles
from agent.service.refunding import Refunding
from agent.store import balances, blobs, coupons, member_history, members, print_jobs, sales
from agent.store.coupons import Coupon
from agent.store.database import CommitUnknown
from agent.store.journal import append_encoded
from agent.store.leases import open_leases
from agent.store.print_jobs import PrintJob
from agent.store.program_shares import shares_left
from agent.store.register import receipt_number, take_receipt_no
from agent.store.sales import SaleRow, read_sale
from agent.store.sqlite import Connection, DatabaseError
from sync.wire.blobs import SALT_BYTES, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import (
    CouponIssued,
    CouponRedeemed,
    LeaseSpend,
    Operator,
    SaleEntry,
    Stamp,
    encode_entry,
)

# The code of an error after which the sale may be saved or not.
NOT_KNOWN_YET: Final = "commit_unknown"
# And of one after which the sale must be priced again: this register's share of an offer is used up.
SHARE_IS_GONE: Final = "share_is_gone"

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class CommittedSale:
    """What is in the journal now."""

    sale_id: uuid.UUID
    receipt_number: str
    coupon_titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _WrittenOut:
    """The bytes of a sale under one receipt number: (kind, version, body) for the journal, and the print job's body."""

    receipt_no: int
    receipt_number: str
    entry: tuple[int, int, bytes]
    receipt: bytes


def saved_already(lane: Lane, sale: ReadySale) -> CommittedSale | None:
    """The sale, where a commit that nobody could vouch for has written it after all; else None.

    Its points are spent then, so it cannot be settled a second time. Raises LoyaltyError while that cannot be read.
    """
    try:
        done = read_sale(lane.store.reader(), sale.sale_id)
    except DatabaseError as unreadable:
        raise _not_known_yet() from unreadable
    if done is None:
        return None
    return CommittedSale(sale.sale_id, done.receipt_number, coupon_titles(sale))


class Finishing:
    """One paid sale on its way into the journal. `commit` may be called again: the sale's id makes it one sale.

    Raises LoyaltyError where something is left to pay, or where this register no longer holds what is spent.
    """

    def __init__(self, lane: Lane, operator: Operator, sale: ReadySale) -> None:
        self._lane = lane
        self._sale = sale
        self._chain_id = sale.pin.register.chain_id
        self._at_ms = lane.clock.now_ms()
        stamp = stamp_at(lane.store.reader(), self._at_ms, sale.pin.store)
        self._business_date = stamp.business_date
        self._settled = settle_sale(
            sale.quote_input,
            sale.quote,
            tenders=[(tender.kind, tender.amount_minor) for tender in sale.tenders],
            chain_id=self._chain_id,
            grants=tuple(self._held_grants()),
            coupon_ids=[self._new_id() for _grant in sale.quote.coupons_issued],
        )
        self._uses = limited_uses(sale.pin.programs, sale.quote_input, self._settled)
        self._goods_back = (
            Refunding(lane, operator, sale.exchange, sale.sale_id) if sale.exchange is not None else None
        )
        self._blob = self._make_blob()
        self._receipt = build_receipt(
            sale, self._settled, stamp=stamp, operator=operator, signer=lane.signer, online=lane.link.online()
        )
        self._entry = _entry(sale, self._settled, operator, self._blob, stamp=stamp)
        self._job_id = self._new_id()
        # Encoding takes longer than writing, so it is done before the write lock is held: for the number that comes next.
        register = this_register(lane.store.reader())
        try:
            self._likely = self._written_out(register.last_receipt_no + 1)
        except ValueError as error:
            raise LoyaltyError(
                _("This basket is too large to be saved as one sale."),
                _("Take out some lines, and sell them in a second sale."),
                code="sale_too_large",
            ) from error

    def commit(self) -> CommittedSale:
        """Write the sale. Raises LoyaltyError where it is not written, or where that cannot be known yet."""
        try:
            with self._lane.store.unit_of_work() as db:
                number = self._write(db)
        except CommitUnknown as error:
            number = self._read_back(error)
        return CommittedSale(self._sale.sale_id, number, coupon_titles(self._sale))

    def _write(self, db: Connection) -> str:
        done = read_sale(db, self._sale.sale_id)
        if done is not None:
            return done.receipt_number
        if self._goods_back is not None:
            self._goods_back.write(db)
        for spend in self._settled.lease_spends:
            leases.take(db, spend.grant_id, spend.amount, self._sale.pin.context.business_date)
        for used in self._settled.coupons_redeemed:
            self._redeem(db, used)
        receipt_no = take_receipt_no(db)
        out = self._likely if receipt_no == self._likely.receipt_no else self._written_out(receipt_no)
        number = out.receipt_number
        seq, _digest = append_encoded(db, self._chain_id, *out.entry)
        sales.add_sale(db, self._row(number, seq))
        balances.add_own_postings(db, self._chain_id, seq, self._settled.postings)
        self._add_uses(db, seq)
        self._add_coupons(db)
        self._add_provisional_member(db, seq)
        print_jobs.add_job(
            db,
            PrintJob(
                job_id=self._job_id,
                kind="receipt",
                sale_id=self._sale.sale_id,
                created_ms=self._at_ms,
                body=out.receipt,
            ),
        )
        return number

    def _written_out(self, receipt_no: int) -> _WrittenOut:
        number = receipt_number(self._sale.pin.register.label, receipt_no)
        return _WrittenOut(
            receipt_no,
            number,
            encode_entry(msgspec.structs.replace(self._entry, receipt_number=number)),
            _ENCODER.encode(msgspec.structs.replace(self._receipt, receipt_number=number)),
        )

    def _redeem(self, db: Connection, used: CouponUse) -> None:
        """Take the coupon from this chain's lease: its own, or the one that HQ granted."""
        if used.grant_id is not None:
            leases.take(db, used.grant_id, 1, self._sale.pin.context.business_date)
        elif not coupons.redeem_own(db, used.coupon_id, self._chain_id):
            raise LoyaltyError(
                _("This register does not hold the coupon any more."),
                _("Take the coupon out of the sale, or scan it again."),
                code="coupon_not_held",
            )
        coupons.set_redeemed(db, used.coupon_id, self._chain_id, used.discount_minor)

    def _row(self, number: str, seq: int) -> SaleRow:
        facts, settled = self._sale.facts, self._settled
        return SaleRow(
            sale_id=self._sale.sale_id,
            chain_id=self._chain_id,
            seq=seq,
            receipt_number=number,
            business_date=self._business_date,
            at_ms=self._at_ms,
            operator_id=self._entry.operator.operator_id,
            account_id=facts.account_id if facts is not None else None,
            goods_minor=settled.goods_minor,
            discount_minor=settled.discount_minor,
            total_minor=settled.total_minor,
            change_minor=settled.change_minor,
        )

    def _add_uses(self, db: Connection, seq: int) -> None:
        """Count what was used of programs with limits; another basket may have taken the last of a share meanwhile."""
        if not self._uses:
            return
        left = shares_left(db, self._chain_id)
        for program_id, given in self._uses.items():
            program = self._sale.pin.programs.program(program_id)
            limits = program.limits if program is not None else Limits()
            share = left.get(program_id, Share())
            if (limits.total_uses and share.uses < 1) or (limits.budget_minor and share.budget_minor < given):
                raise LoyaltyError(
                    _("The last of an offer was given meanwhile."),
                    _("The total is right again. Look at it, then take the payment."),
                    code=SHARE_IS_GONE,
                )
        facts = self._sale.facts
        account_id = facts.account_id if facts is not None else None
        place = (self._chain_id, seq)
        member_history.add_uses(db, account_id, self._business_date, self._sale.sale_id, place, self._uses)

    def _add_coupons(self, db: Connection) -> None:
        for new in self._settled.coupons_issued:
            coupon = Coupon(
                coupon_id=new.coupon_id,
                program_id=new.redeems_program_id,
                valid_from=new.valid_from,
                valid_until=new.valid_until,
                chain_id=self._chain_id,
                state="held",
            )
            coupons.add_coupon(db, coupon)

    def _add_provisional_member(self, db: Connection, seq: int) -> None:
        if self._blob is not None and self._sale.member is not None:
            members.put_member(db, self._sale.member.row, provisional=True)
            blobs.add_blob(db, self._blob, self._chain_id, seq)

    def _held_grants(self) -> Iterator[HeldGrant]:
        """Grants of what this sale spends, first to expire first; a coupon of this chain's own needs none."""
        accounts = [one.coupon_id for one in self._sale.quote.applied if one.coupon_id is not None]
        if self._sale.quote.spent and self._sale.facts is not None:
            accounts.append(self._sale.facts.account_id)
        reader, day = self._lane.store.reader(), self._sale.pin.context.business_date
        for account_id in accounts:
            for lease in open_leases(reader, account_id):
                yield HeldGrant(lease.grant_id, lease.account_id, lease.unit, lease.usable(day))

    def _make_blob(self) -> PiiBlob | None:
        """The clear identifier of a member made here a moment ago, for HQ."""
        member = self._sale.member
        if member is None or member.unsent is None:
            return None
        data = pack_blob(self._lane.entropy.token(SALT_BYTES), PersonalData(identifiers=(member.unsent,)))
        return PiiBlob(self._new_id(), member.row.member_id, data)

    def _new_id(self) -> uuid.UUID:
        return new_id(self._at_ms, self._lane.entropy)

    def _read_back(self, error: CommitUnknown) -> str:
        try:
            done = read_sale(self._lane.store.reader(), self._sale.sale_id)
        except DatabaseError as unreadable:
            raise _not_known_yet() from unreadable
        if done is None:
            raise LoyaltyError(
                _("The sale could not be saved."),
                _("Check that the disk has room, then press Finish again."),
                code="not_saved",
            ) from error
        return done.receipt_number


def _not_known_yet() -> LoyaltyError:
    return LoyaltyError(
        _("It is not known yet whether this sale was saved."),
        _("Press Finish again: it is never saved twice."),
        code=NOT_KNOWN_YET,
    )


def _entry(
    sale: ReadySale, settled: SettledSale, operator: Operator, blob: PiiBlob | None, *, stamp: Stamp
) -> SaleEntry:
    """The journal entry without its receipt number."""
    return SaleEntry(
        sale_id=sale.sale_id,
        receipt_number="",
        store_id=sale.pin.store.store_id,
        register_id=sale.pin.register.register_id,
        role=sale.pin.register.role,
        operator=operator,
        stamp=stamp,
        quote_input=sale.quote_input,
        goods_minor=settled.goods_minor,
        discount_minor=settled.discount_minor,
        total_minor=settled.total_minor,
        discounts=settled.discounts,
        tax_rounding=sale.pin.store.tax_rounding,
        tenders=sale.tenders,
        change_minor=settled.change_minor,
        tender_excess_minor=settled.tender_excess_minor,
        earned=settled.earned,
        spent=settled.spent,
        postings=settled.postings,
        lease_spends=tuple(
            LeaseSpend(grant_id=one.grant_id, account_id=one.account_id, unit=one.unit, amount=one.amount)
            for one in settled.lease_spends
        ),
        coupons_redeemed=tuple(
            CouponRedeemed(
                coupon_id=one.coupon_id,
                program_id=one.program_id,
                discount_minor=one.discount_minor,
                grant_id=one.grant_id,
            )
            for one in settled.coupons_redeemed
        ),
        coupons_issued=tuple(
            CouponIssued(
                coupon_id=one.coupon_id,
                program_id=one.program_id,
                redeems_program_id=one.redeems_program_id,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
            )
            for one in settled.coupons_issued
        ),
        pii=(blob_ref(blob.blob_id, blob.data),) if blob is not None else (),
        gifts=settled.gifts,
        withheld=settled.withheld,
    )
