"""Committing a sale: everything is made ready first, then one unit of work writes it, or nothing of it.

The unit of work is a handful of prepared statements and exactly one fsync. A COMMIT that failed is unknown until the
sale was looked for by its id.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import Posting, coupon_unit, issued_bucket, lease_bucket, move, redeemed_bucket
from agent.domain.quote import Applied, Quote
from agent.domain.quote_input import QuoteInput
from agent.service import leases
from agent.service.lane import Lane
from agent.service.moment import stamp_at
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.ports import new_id
from agent.service.receipt import NewCoupon, build_receipt, coupon_titles, receipt_locale
from agent.service.tenders import settle
from agent.store import balances, blobs, coupons, members, print_jobs, sales
from agent.store.coupons import Coupon
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.leases import open_leases
from agent.store.print_jobs import PrintJob
from agent.store.register import receipt_number, take_receipt_no
from agent.store.sales import SaleRow, read_sale
from agent.store.sqlite import Connection, DatabaseError
from sync.wire.blobs import SALT_BYTES, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import CouponIssued, CouponRedeemed, LeaseSpend, Operator, SaleEntry

_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class CommittedSale:
    """What is in the journal now."""

    sale_id: uuid.UUID
    receipt_number: str
    coupon_titles: tuple[str, ...]


class Finishing:
    """One open sale on its way into the journal. `commit` may be called again: the sale's id makes it one sale."""

    def __init__(self, lane: Lane, operator: Operator, sale: OpenSale) -> None:
        assert sale.pin is not None
        assert sale.quote_input is not None
        assert sale.sale_id is not None
        self._lane = lane
        self._operator = operator
        self._sale = sale
        self._sale_id: uuid.UUID = sale.sale_id
        self._pin: Pin = sale.pin
        self._quote: Quote = sale.quote
        self._quote_input: QuoteInput = sale.quote_input
        self._at_ms = lane.clock.now_ms()
        self._stamp = stamp_at(lane.store.reader(), self._at_ms, self._pin.store)
        self._paid = settle(sale.quote.total_minor, sale.tenders)
        self._new_coupons = tuple(
            NewCoupon(new_id(self._at_ms, lane.entropy), grant) for grant in sale.quote.coupons_issued
        )
        self._redeemed = tuple(one for one in sale.quote.applied if one.coupon_id is not None)
        self._blob = self._make_blob()
        self._receipt = build_receipt(
            sale,
            self._pin,
            self._paid,
            self._new_coupons,
            sale_id=self._sale_id,
            stamp=self._stamp,
            operator=operator,
            signer=lane.signer,
            online=lane.link.online(),
        )
        self._job_id = new_id(self._at_ms, lane.entropy)
        self._postings = self._make_postings()

    def commit(self) -> CommittedSale:
        """Write the sale. Raises LoyaltyError where it is not written, or where that cannot be known yet."""
        try:
            with self._lane.store.unit_of_work() as db:
                number = self._write(db)
        except CommitUnknown as error:
            number = self._read_back(error)
        locale = receipt_locale(self._sale, self._pin)
        return CommittedSale(self._sale_id, number, coupon_titles(self._pin, self._quote, locale))

    def _write(self, db: Connection) -> str:
        done = read_sale(db, self._sale_id)
        if done is not None:
            return done.receipt_number
        chain_id = self._pin.register.chain_id
        spends = self._spend(db)
        redeemed = tuple(self._redeem(db, one) for one in self._redeemed)
        number = receipt_number(self._pin.register.label, take_receipt_no(db))
        seq, _digest = append(db, chain_id, self._entry(number, spends, redeemed))
        sales.add_sale(db, self._row(number, seq))
        balances.add_own_postings(db, chain_id, seq, self._postings)
        for new in self._new_coupons:
            coupons.add_coupon(
                db,
                Coupon(
                    coupon_id=new.coupon_id,
                    program_id=new.grant.redeems_program_id,
                    valid_from=new.grant.valid_from,
                    valid_until=new.grant.valid_until,
                    chain_id=chain_id,
                    state="held",
                ),
            )
        if self._blob is not None:
            assert self._sale.member is not None
            members.put_member(db, self._sale.member.row, provisional=True)
            blobs.add_blob(db, self._blob, chain_id, seq)
        print_jobs.add_job(
            db,
            PrintJob(
                job_id=self._job_id,
                kind="receipt",
                sale_id=self._sale_id,
                created_ms=self._at_ms,
                body=_ENCODER.encode(msgspec.structs.replace(self._receipt, receipt_number=number)),
            ),
        )
        return number

    def _entry(
        self, number: str, spends: tuple[LeaseSpend, ...], redeemed: tuple[CouponRedeemed, ...]
    ) -> SaleEntry:
        quote, pin = self._quote, self._pin
        return SaleEntry(
            sale_id=self._sale_id,
            receipt_number=number,
            store_id=pin.store.store_id,
            register_id=pin.register.register_id,
            role=pin.register.role,
            operator=self._operator,
            stamp=self._stamp,
            quote_input=self._quote_input,
            goods_minor=quote.goods_minor,
            discount_minor=quote.discount_minor,
            total_minor=quote.total_minor,
            discounts=quote.discounts,
            tenders=self._sale.tenders,
            change_minor=self._paid.change_minor,
            tender_excess_minor=self._paid.excess_minor,
            earned=quote.earned,
            spent=quote.spent,
            postings=self._postings,
            lease_spends=spends,
            coupons_redeemed=redeemed,
            coupons_issued=tuple(
                CouponIssued(
                    coupon_id=new.coupon_id,
                    program_id=new.grant.program_id,
                    redeems_program_id=new.grant.redeems_program_id,
                    valid_from=new.grant.valid_from,
                    valid_until=new.grant.valid_until,
                )
                for new in self._new_coupons
            ),
            pii=(blob_ref(self._blob.blob_id, self._blob.data),) if self._blob is not None else (),
        )

    def _row(self, number: str, seq: int) -> SaleRow:
        facts = self._sale.facts
        return SaleRow(
            sale_id=self._sale_id,
            chain_id=self._pin.register.chain_id,
            seq=seq,
            receipt_number=number,
            business_date=self._stamp.business_date,
            at_ms=self._at_ms,
            operator_id=self._operator.operator_id,
            account_id=facts.account_id if facts is not None else None,
            goods_minor=self._quote.goods_minor,
            discount_minor=self._quote.discount_minor,
            total_minor=self._quote.total_minor,
            change_minor=self._paid.change_minor,
        )

    def _make_postings(self) -> tuple[Posting, ...]:
        store_id, lease = self._pin.store.store_id, lease_bucket(self._pin.register.chain_id)
        issued, redeemed = issued_bucket(store_id), redeemed_bucket(store_id)
        legs: list[Posting] = []
        facts = self._sale.facts
        if facts is not None:
            for earned in self._quote.earned:
                if earned.points:
                    legs += move(facts.account_id, earned.unit, earned.points, issued, "pending")
            for spent in self._quote.spent:
                legs += move(facts.account_id, spent.unit, spent.points, lease, redeemed)
        for new in self._new_coupons:
            legs += move(new.coupon_id, coupon_unit(new.coupon_id), 1, issued, lease)
        for one in self._redeemed:
            assert one.coupon_id is not None
            legs += move(one.coupon_id, coupon_unit(one.coupon_id), 1, lease, redeemed)
        return tuple(legs)

    def _spend(self, db: Connection) -> tuple[LeaseSpend, ...]:
        facts = self._sale.facts
        if facts is None or not self._quote.spent:
            return ()
        day = self._pin.context.business_date
        return tuple(
            spend
            for spent in self._quote.spent
            for spend in leases.spend(db, facts.account_id, spent.unit, spent.points, day)
        )

    def _redeem(self, db: Connection, applied: Applied) -> CouponRedeemed:
        """Take the coupon from this chain's lease. Raises LoyaltyError when it is no longer there."""
        assert applied.coupon_id is not None
        grant_id = None
        coupon = coupons.read_coupon(db, applied.coupon_id)
        ours = (
            coupon is not None and coupon.state == "held" and coupon.chain_id == self._pin.register.chain_id
        )
        if not ours:
            held = open_leases(db, applied.coupon_id)
            if not held:
                raise LoyaltyError(
                    _("This coupon is not held by this register any more."),
                    _("Take it out of the sale, or scan it again."),
                    code="coupon_not_held",
                )
            grant_id = held[0].grant_id
            from agent.store.leases import set_left

            set_left(db, grant_id, ())
        coupons.set_coupon_state(db, applied.coupon_id, "redeemed")
        return CouponRedeemed(
            coupon_id=applied.coupon_id,
            program_id=applied.program_id,
            discount_minor=applied.discount_minor,
            grant_id=grant_id,
        )

    def _make_blob(self) -> PiiBlob | None:
        """The clear identifier of a member made here a moment ago, for HQ."""
        member = self._sale.member
        if member is None or member.unsent is None:
            return None
        data = pack_blob(self._lane.entropy.token(SALT_BYTES), PersonalData(identifiers=(member.unsent,)))
        return PiiBlob(new_id(self._at_ms, self._lane.entropy), member.row.member_id, data)

    def _read_back(self, error: CommitUnknown) -> str:
        try:
            done = read_sale(self._lane.store.reader(), self._sale_id)
        except DatabaseError as unreadable:
            raise LoyaltyError(
                _("It is not known yet whether this sale was saved."),
                _("Press Finish again: it is never saved twice."),
                code="commit_unknown",
            ) from unreadable
        if done is None:
            raise LoyaltyError(
                _("The sale could not be saved."),
                _("Check that the disk has room, then press Finish again."),
                code="not_saved",
            ) from error
        return done.receipt_number
