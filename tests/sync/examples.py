"""One example of every journal entry, with every field filled: the golden files hold their bytes.

`message_examples.py` writes the golden files that do not exist yet. One that exists is frozen: it changes only by an
issue that says so, with a version step.
"""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from agent.domain.basket import Basket, Line, Tax
from agent.domain.ledger import Posting
from agent.domain.member import MemberFacts
from agent.domain.quote import Discount, Earned, LineShare, Spent, UnitRun
from agent.domain.quote_input import Claim, Context, CouponClaim, QuoteInput
from agent.domain.returns import CouponTaken, PointsBack, ReturnedLine
from agent.domain.sold_units import UnitSpan
from sync.wire import blobs, entries
from sync.wire.journal import GENESIS, entry_hash

GOLDEN: Final = Path(__file__).parent / "golden"


def an_id(number: int) -> uuid.UUID:
    """A fixed UUIDv7-shaped id."""
    return uuid.UUID(int=(0x019AAAAA_0000_7000_8000_000000000000 | number))


CHAIN: Final = an_id(1)
MEMBER: Final = an_id(2)
ACCOUNT: Final = an_id(3)
SALE: Final = an_id(4)
GRANT: Final = an_id(5)
COUPON: Final = an_id(6)
OLD_COUPON: Final = an_id(7)
BLOB: Final = an_id(8)
POINTS: Final = "points:points-1"
DAY: Final = datetime.date(2026, 11, 22)

STAMP: Final = entries.Stamp(at_ms=1_795_357_800_000, offset_min=120, business_date=DAY, clock="suspect")
OPERATOR: Final = entries.Operator("op-7", "Ioana P.")
PII: Final = blobs.pack_blob(
    bytes(range(16)),
    blobs.PersonalData(
        name="İpek Yılmaz",
        given_name="İpek",
        identifiers=(blobs.ClearIdentifier("phone", "+40721234567", "ab" * 32),),
    ),
)
BLOB_REF: Final = blobs.blob_ref(BLOB, PII)
SALE_REF: Final = entries.SaleRef(sale_id=SALE, chain_id=CHAIN, seq=4, receipt_number="1-000042")
LOT: Final = entries.LotPart("lot-1", 500, datetime.date(2027, 11, 30))

SALE_ENTRY: Final = entries.SaleEntry(
    sale_id=SALE,
    receipt_number="1-000042",
    store_id="brasov-1",
    register_id="brasov-1-r1",
    role="till",
    operator=OPERATOR,
    stamp=STAMP,
    quote_input=QuoteInput(
        basket=Basket(
            (
                Line(
                    line_id=1,
                    item_code="5941234000018",
                    name="Telemea de oaie „Brănești”",
                    quantity=Decimal("0.4350"),
                    uom="kg",
                    unit_price=Decimal("4.59E+3"),
                    extended_minor=1997,
                    taxes=(Tax("A", Decimal("0.110")),),
                    category=("food", "dairy", "cheese"),
                    price_source="card",
                ),
                Line(
                    line_id=2,
                    item_code="SGR",
                    name="Garanție",
                    quantity=Decimal("3.000"),
                    unit_price=Decimal("50"),
                    extended_minor=150,
                    taxes=(Tax("C", Decimal(0), included=False, compound=True),),
                    discountable=False,
                    earns=False,
                    deposit=True,
                    age_restricted=True,
                ),
            )
        ),
        member=MemberFacts(
            member_id=MEMBER,
            account_id=ACCOUNT,
            tier="gold",
            balances={POINTS: 2340},
            spendable={POINTS: 500},
            counters={"visits": 12},
            segments=("early",),
            in_birthday_week=True,
            provisional=True,
        ),
        claims=(Claim("reward-5"), Claim("reward-10", 2)),
        removals=("dairy-20",),
        codes=("AUTUMN",),
        coupons=(
            CouponClaim(
                coupon_id=OLD_COUPON,
                program_id="next-visit",
                valid_from=DAY,
                valid_until=datetime.date(2026, 12, 22),
                held=True,
            ),
        ),
        confirmed_time_offers=True,
        context=Context(
            store_id="brasov-1",
            register_id="brasov-1-r1",
            currency="RON",
            currency_exponent=2,
            offer_time_ms=1_795_357_700_000,
            offset_min=120,
            business_date=DAY,
            clock="suspect",
            role="plugin",
        ),
        program_set_hash="cd" * 32,
        engine_semantics=1,
    ),
    goods_minor=2147,
    discount_minor=700,
    total_minor=1447,
    discounts=(Discount("reward-5", 1, 700, (UnitRun(1, 700),)),),
    tenders=(
        entries.Tender("cash", 1000),
        entries.Tender("card", 447, "1234"),
        entries.Tender("manufacturer_coupon", 100),
    ),
    change_minor=50,
    tender_excess_minor=50,
    earned=(Earned("points-1", POINTS, 14, (LineShare(1, (UnitRun(1, 14470),)),)),),
    spent=(Spent("reward-5", POINTS, 500, (LineShare(1, (UnitRun(1, 500000),)),)),),
    postings=(
        Posting(ACCOUNT, POINTS, "issued:brasov-1", -14),
        Posting(ACCOUNT, POINTS, "pending", 14),
        Posting(ACCOUNT, POINTS, f"lease:{CHAIN}", -500),
        Posting(ACCOUNT, POINTS, "redeemed:brasov-1", 500),
    ),
    lease_spends=(entries.LeaseSpend(grant_id=GRANT, account_id=ACCOUNT, unit=POINTS, amount=500),),
    coupons_redeemed=(
        entries.CouponRedeemed(
            coupon_id=OLD_COUPON, program_id="next-visit", discount_minor=200, grant_id=GRANT
        ),
    ),
    coupons_issued=(
        entries.CouponIssued(
            coupon_id=COUPON,
            program_id="issue-next-visit",
            redeems_program_id="next-visit",
            valid_from=datetime.date(2026, 11, 23),
            valid_until=datetime.date(2026, 12, 22),
        ),
    ),
    pii=(BLOB_REF,),
)

# In the order of one chain; the hash files chain over them.
ENTRIES: Final[dict[str, entries.Entry]] = {
    "11_chain_opened": entries.ChainOpened(
        chain_id=CHAIN,
        register_id="brasov-1-r1",
        store_id="brasov-1",
        reason="enrolment",
        software="regulars 0.1.0",
        stamp=entries.Stamp(1_795_357_800_000, 120, DAY),
    ),
    "4_member": entries.MemberEntry(
        member_id=MEMBER,
        account_id=ACCOUNT,
        store_id="brasov-1",
        operator=OPERATOR,
        stamp=STAMP,
        consents=(
            entries.Consent("program", True),
            entries.Consent("sms", False, how="signed", terms_version="2026-10"),
        ),
        locale="tr",
        pii=(BLOB_REF,),
    ),
    "5_grant_received": entries.GrantReceived(
        grant_id=GRANT,
        account_id=ACCOUNT,
        unit=POINTS,
        amount=500,
        lots=(LOT, entries.LotPart("lot-2", 20)),
        stamp=STAMP,
    ),
    "1_sale": SALE_ENTRY,
    "6_release": entries.Release(
        grant_id=None,
        account_id=COUPON,
        unit=f"coupon:{COUPON}",
        amount=1,
        reason="coupon_for_any_lane",
        stamp=STAMP,
        postings=(
            Posting(COUPON, f"coupon:{COUPON}", f"lease:{CHAIN}", -1),
            Posting(COUPON, f"coupon:{COUPON}", "available", 1),
        ),
    ),
    "12_forked_entry": entries.ForkedEntry(
        chain_id=an_id(10),
        seq=413,
        kind=6,
        version=1,
        hash="0d" * 32,
        # `{}` as zlib stores it without packing: other versions of zlib pack differently.
        packed=bytes.fromhex("7801010200fdff7b7d017500f9"),
    ),
    "2_return": entries.ReturnEntry(
        return_id=an_id(11),
        receipt_number="1-000043",
        store_id="brasov-1",
        register_id="brasov-1-r1",
        role="plugin",
        operator=OPERATOR,
        stamp=STAMP,
        sale=SALE_REF,
        account_id=ACCOUNT,
        lines=(ReturnedLine(line_id=2, units=(UnitSpan(0, 1), UnitSpan(2, 1)), amount_minor=100),),
        goods_minor=100,
        deducted_minor=40,
        refund_minor=60,
        tenders=(entries.Tender("cash", 50), entries.Tender("card", 10, "4242")),
        repriced=True,
        spent_points_kept=True,
        taken_back=(PointsBack(program_id="points-1", unit=POINTS, points=3),),
        given_back=(PointsBack(program_id="reward-5", unit=POINTS, points=500),),
        coupons_back=(OLD_COUPON,),
        coupons_taken=(
            CouponTaken(coupon_id=COUPON, program_id="next-visit", state="used", deducted_minor=40),
        ),
        reason="faulty",
        exchange_sale_id=an_id(12),
        postings=(
            Posting(ACCOUNT, POINTS, "pending", -3),
            Posting(ACCOUNT, POINTS, "issued:brasov-1", 3),
        ),
    ),
    "3_void": entries.VoidEntry(
        void_id=an_id(13),
        receipt_number="1-000044",
        store_id="brasov-1",
        register_id="brasov-1-r1",
        role="plugin",
        operator=OPERATOR,
        stamp=STAMP,
        sale=SALE_REF,
        account_id=ACCOUNT,
        total_minor=1_000,
        tenders=(entries.Tender("cash", 1_000),),
        taken_back=(PointsBack(program_id="points-1", unit=POINTS, points=10),),
        given_back=(PointsBack(program_id="reward-5", unit=POINTS, points=500),),
        coupons_back=(OLD_COUPON,),
        coupons_taken=(CouponTaken(coupon_id=COUPON, program_id="next-visit", state="asked"),),
        reason="wrong_goods",
        postings=(
            Posting(ACCOUNT, POINTS, "redeemed:brasov-1", -500),
            Posting(ACCOUNT, POINTS, "pending", 500),
        ),
    ),
    "4_member_change": entries.MemberChangeEntry(
        member_id=MEMBER,
        account_id=ACCOUNT,
        store_id="brasov-1",
        operator=OPERATOR,
        stamp=STAMP,
        change="details",
        consents=(entries.Consent("email", True, how="signed", terms_version="2026-10"),),
        locale="tr",
        pii=(BLOB_REF,),
    ),
    "10_adjustment": entries.AdjustmentEntry(
        adjustment_id=an_id(14),
        store_id="brasov-1",
        register_id="brasov-1-r1",
        operator=OPERATOR,
        stamp=STAMP,
        reason="forgotten_card",
        sale=SALE_REF,
        member=MemberFacts(member_id=MEMBER, account_id=ACCOUNT, tier="gold", in_birthday_week=True),
        earned=(Earned("points-1", POINTS, 14, (LineShare(1, (UnitRun(1, 14470),)),)),),
        postings=(
            Posting(ACCOUNT, POINTS, "issued:brasov-1", -14),
            Posting(ACCOUNT, POINTS, "pending", 14),
        ),
    ),
    "10_activity": entries.AdjustmentEntry(
        adjustment_id=an_id(14),
        store_id="brasov-1",
        register_id="brasov-1-r1",
        operator=OPERATOR,
        stamp=STAMP,
        reason="activity",
        member=MemberFacts(member_id=MEMBER, account_id=ACCOUNT),
        program_id="coming-by",
        subject="autumn",
    ),
    "4_member_brought": entries.MemberEntry(
        member_id=MEMBER,
        account_id=ACCOUNT,
        store_id="brasov-1",
        operator=OPERATOR,
        stamp=STAMP,
        consents=(entries.Consent("program", True),),
        referral_code="ACDEFGHJ",
    ),
    "1_sale_taxes_by_line": msgspec.structs.replace(SALE_ENTRY, tax_rounding="line"),
}


# The row of tiers, in a golden file of its own.
def entry_chain() -> dict[str, tuple[int, int, bytes, bytes]]:
    """name -> (kind, version, bytes, hash) of the examples as one chain from seq 1."""
    chained = {}
    previous = GENESIS
    for seq, (name, entry) in enumerate(ENTRIES.items(), start=1):
        kind, version, body = entries.encode_entry(entry)
        previous = entry_hash(previous, CHAIN, seq, kind, version, body)
        chained[name] = (kind, version, body, previous)
    return chained
