"""Receipts to print in tests: the one of the mockup, and variations of it."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from agent.domain.coupon import CouponPayload, pack_payload, serial
from agent.domain.receipt import (
    Receipt,
    ReceiptCoupon,
    ReceiptLine,
    ReceiptMember,
    ReceiptPoints,
    ReceiptTax,
    ReceiptTender,
    StoreHead,
)

COUPON_ID = uuid.UUID("0192f5a0-b1c2-7d3e-8f40-123456789abc")
CHAIN_ID = uuid.UUID("0192f5a0-0000-7000-8000-000000000001")
SERIAL = serial(COUPON_ID)
QR_PAYLOAD = pack_payload(CouponPayload(COUPON_ID, CHAIN_ID, b"key id 8", bytes(range(64))))
# 22 November 2026, 14:20 in Bucharest.
AT_MS = 1_795_350_000_000


def line(
    name: str, quantity: str, uom: str, price: str, amount: int, *discounts: tuple[str, int]
) -> ReceiptLine:
    return ReceiptLine(
        name=name,
        quantity=Decimal(quantity),
        uom=uom,
        unit_price=Decimal(price),
        extended_minor=amount,
        discounts=discounts,
    )


LINES = (
    line("Lapte integral 3,5%, 1 l", "2", "each", "849", 1698, ("Zilele lactatelor 20%", 340)),
    line("Pâine cu maia, 500 g", "1", "each", "1290", 1290),
    line("Banane", "1.264", "kg", "799", 1010),
    line("Brânză telemea, 300 g", "1", "each", "1850", 1850, ("Zilele lactatelor 20%", 370)),
    line("Cafea măcinată, 250 g", "2", "each", "2490", 4980, ("A doua la jumătate de preț", 1245)),
    line("Apă plată, 2 l", "3", "each", "320", 960),
    line("Garanție ambalaj SGR", "3", "each", "50", 150),
    line("Roșii pe ciorchine", "0.842", "kg", "1690", 1423),
    line("Ciocolată neagră, 100 g", "2", "each", "590", 1180),
)
COUPON = ReceiptCoupon(
    title="10% la viitoarea vizită",
    terms=("Cel mult 30,00 lei. Fără tutun și garanții.", "Valabil o singură dată."),
    valid_from=datetime.date(2026, 11, 23),
    valid_until=datetime.date(2026, 12, 6),
    serial=SERIAL,
    qr_payload=QR_PAYLOAD,
)
POINTS = ReceiptPoints(program_name="Puncte", before=2340, earned=248, after=2588, usable_now=1500)


def a_receipt(**changes: Any) -> Receipt:
    """The Romanian receipt of the mockup, with the changes."""
    facts: dict[str, Any] = {
        "sale_id": "0192f5a0-0000-7000-8000-0000000000aa",
        "store": StoreHead(
            "Piața Mare", ("Băcănie și produse locale", "Str. Republicii 14, Brașov", "CUI RO 12345678")
        ),
        "receipt_number": "2-0415",
        "register_name": "Casa 2",
        "operator_name": "Elena P.",
        "at_ms": AT_MS,
        "offset_min": 120,
        "locale": "ro",
        "currency": "RON",
        "currency_exponent": 2,
        "lines": LINES,
        "goods_minor": 14541,
        "saved_minor": 1955,
        "total_minor": 12586,
        "tenders": (ReceiptTender("card", 12586, "**** 8830"),),
        "taxes": (ReceiptTax("B", Decimal("0.11"), 1232),),
        "member": ReceiptMember(display_name="Ioana M.", tier_name="Membru Aur", points=(POINTS,)),
        "coupons": (COUPON,),
    }
    return Receipt(**(facts | changes))


def for_member(name: str, **changes: Any) -> Receipt:
    """The receipt of a member of this name."""
    return a_receipt(member=ReceiptMember(display_name=name, points=(POINTS,)), **changes)
