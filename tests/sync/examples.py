"""One example of every journal entry and wire message, with every field filled: the golden files hold their bytes.

`python -m tests.sync.examples` writes the golden files that do not exist yet. One that exists is frozen: it changes
only by an issue that says so, with a version step.
"""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from agent.domain.attaching import AttachRules
from agent.domain.basket import Basket, Line, Tax
from agent.domain.ledger import Posting
from agent.domain.member import MemberFacts
from agent.domain.quote import Discount, Earned, LineShare, Spent, UnitRun
from agent.domain.quote_input import Claim, Context, CouponClaim, QuoteInput
from agent.domain.returns import CouponTaken, PointsBack, ReturnedLine, ReturnRules
from agent.domain.sold_units import UnitSpan
from sync.wire import blobs, entries, feed, messages
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
}

_MEMBER_ROW: Final = feed.MemberRow(
    member_id=MEMBER,
    account_id=ACCOUNT,
    name="王小明",
    given_name="小明",
    tier="gold",
    locale="zh",
    identifiers=(entries.IdentifierRef("card", "ef" * 32, "0018"),),
    segments=("early",),
    counters={"visits": 12},
    birthday="05-17",
    blocked=True,
    erased=True,
)

ROWS: Final[dict[str, feed.Row]] = {
    "member": _MEMBER_ROW,
    "balance": feed.BalanceRow(
        account_id=ACCOUNT, unit=POINTS, balance=2340, available=1840, includes_seq={str(CHAIN): 41}
    ),
    "alias": feed.AliasRow(an_id(9), ACCOUNT),
    "program_set": feed.ProgramSetRow(version=3, sha256="cd" * 32, size=4096),
    "item": feed.ItemRow(
        item_code="5941234000018",
        name="Telemea",
        codes=("5941234000018", "2100018"),
        uom="kg",
        price=Decimal("4590"),
        card_price=Decimal("3999.5"),
        category=("food", "dairy"),
        taxes=(Tax("A", Decimal("0.11")),),
        discountable=False,
        earns=False,
        deposit=True,
        age_restricted=True,
        quantity_step=Decimal("0.001"),
        withdrawn=True,
    ),
    "operator": feed.OperatorRow(
        operator_id="op-7", name="Ioana P.", role="manager", locale="ro", active=False
    ),
    "store": feed.StoreRow(
        store_id="brasov-1",
        name="Piața Mare",
        receipt_lines=("Str. Lungă 1", "Brașov"),
        country="RO",
        zone="Europe/Bucharest",
        day_cutoff_min=240,
        currency="RON",
        currency_exponent=2,
        locale="ro",
    ),
    "coupon": feed.CouponRow(
        coupon_id=COUPON,
        program_id="next-visit",
        valid_from=datetime.date(2026, 11, 23),
        valid_until=datetime.date(2026, 12, 22),
        chain_id=CHAIN,
        state="free",
    ),
    "outcome": feed.OutcomeRow(chain_id=CHAIN, seq=4, state="quarantined", code="replay_difference"),
}

# The fields that rows got with returns; the golden file before them stays as it was written.
ROWS_SINCE_RETURNS: Final[dict[str, feed.Row]] = {
    "store": msgspec.structs.replace(
        ROWS["store"],
        returns=ReturnRules(
            days=14, broken_offers="ask", spent_points_back=False, used_coupons_deducted=False
        ),
    ),
    "coupon": msgspec.structs.replace(ROWS["coupon"], state="redeemed", value_minor=1_290),
}

# The fields and rows that came with forgotten and lost cards and with members' own wishes.
ROWS_SINCE_MEMBER_CARE: Final[dict[str, feed.Row]] = {
    "store": msgspec.structs.replace(
        ROWS["store"], forgotten_card=AttachRules(days=14, sales_per_member=2), terms_version="2026-10"
    ),
    "member": msgspec.structs.replace(
        _MEMBER_ROW, lost_cards=("0e" * 32,), interests=("coffee", "wine"), channel="sms"
    ),
    "attached": feed.AttachedRow(sale_id=SALE, account_id=ACCOUNT, business_date=DAY),
}


def entry_chain() -> dict[str, tuple[int, int, bytes, bytes]]:
    """name -> (kind, version, bytes, hash) of the examples as one chain from seq 1."""
    chained = {}
    previous = GENESIS
    for seq, (name, entry) in enumerate(ENTRIES.items(), start=1):
        kind, version, body = entries.encode_entry(entry)
        previous = entry_hash(previous, CHAIN, seq, kind, version, body)
        chained[name] = (kind, version, body, previous)
    return chained


def _a_page(rows: dict[str, feed.Row], first: int, cursor: str, *, more: bool) -> messages.Pulled:
    """A page with these rows, from this commit number on."""
    numbered = enumerate(rows.items())
    return messages.Pulled(
        rows=tuple(
            messages.FeedRow(
                commit=first + n, kind=kind, key=f"key-{n}", body=msgspec.Raw(msgspec.msgpack.encode(row))
            )
            for n, (kind, row) in numbered
        ),
        next_cursor=cursor,
        more=more,
    )


def wire_messages() -> dict[str, msgspec.Struct]:
    """name -> an example of every message, and of every feed row."""
    kind, version, body, digest = entry_chain()["11_chain_opened"]
    grant = messages.Grant(grant_id=GRANT, account_id=ACCOUNT, unit=POINTS, amount=500, lots=(LOT,))
    found: dict[str, msgspec.Struct] = {
        "enrol": messages.Enrol(code="K7QX-2M9D", public_key=bytes(range(32)), chain_id=CHAIN, name="Casa 1"),
        "enrolled": messages.Enrolled(
            register_id="brasov-1-r1",
            store="brasov-1",
            store_key=bytes(range(32, 64)),
            hq_keys={"0102030405060708": bytes(range(64, 96))},
            hq_time=1_795_357_800_123,
            hq_incarnation="inc-1",
        ),
        "push": messages.Push(
            chain_id=CHAIN,
            from_seq=1,
            prev_hash=GENESIS,
            entries=(messages.PushedEntry(1, kind, version, body),),
            blobs=(blobs.PiiBlob(BLOB, MEMBER, PII), blobs.PiiBlob(an_id(10), MEMBER, b"")),
            wants=(messages.Want(ACCOUNT, POINTS, 500),),
            clock=1_795_357_800_456,
        ),
        "pushed": messages.Pushed(
            acked_seq=1,
            acked_hash=digest,
            grants=(grant,),
            lease_recalls=(messages.LeaseRecall(GRANT, 200),),
            hq_time=1_795_357_800_789,
            hq_incarnation="inc-1",
            chain_state="forked",
        ),
        "pull": messages.Pull(cursor="17", scopes=("store:brasov-1", f"chain:{CHAIN}")),
        "pulled": _a_page(ROWS, 17, "25", more=True),
        "pulled_since_returns": _a_page(ROWS_SINCE_RETURNS, 30, "31", more=False),
        "pulled_since_member_care": _a_page(ROWS_SINCE_MEMBER_CARE, 40, "42", more=False),
        "lookup": messages.Lookup(kind="phone", value="+40721234567"),
        "looked_up": messages.LookedUp(member=_MEMBER_ROW),
        "blob_range": messages.BlobRange(sha256=bytes(range(32)), offset=49_152, length=49_152),
        "blob_part": messages.BlobPart(data=b'{"format":1}', size=12),
        "problem": messages.Problem(
            code="clock_wrong", detail="The register's clock is 3 days ahead.", hq_time=1_795_357_800_000
        ),
    }
    return found


def _write_missing() -> None:
    for name, (_, _, body, digest) in entry_chain().items():
        _write(GOLDEN / f"{name}.json", body)
        _write(GOLDEN / f"{name}.hash", digest.hex().encode() + b"\n")
    for name, message in wire_messages().items():
        _write(GOLDEN / f"{name}.msgpack", msgspec.msgpack.encode(message))


def _write(path: Path, data: bytes) -> None:
    if not path.exists():
        path.write_bytes(data)


if __name__ == "__main__":
    _write_missing()
