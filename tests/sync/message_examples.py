"""One example of every feed row and wire message, with every field filled: the golden files hold their bytes.

`python -m tests.sync.message_examples` writes the golden files that do not exist yet, those of journal entries too. One
that exists is frozen: it changes only by an issue that says so, with a version step.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from agent.domain.attaching import AttachRules
from agent.domain.basket import Tax
from agent.domain.returns import ReturnRules
from sync.wire import blobs, entries, feed, messages
from sync.wire.journal import GENESIS
from tests.sync.examples import (
    ACCOUNT,
    BLOB,
    CHAIN,
    COUPON,
    DAY,
    GOLDEN,
    GRANT,
    LOT,
    MEMBER,
    PII,
    POINTS,
    SALE,
    an_id,
    entry_chain,
)

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

# The rows of programs with limits, in a golden file of their own.
ROWS_OF_LIMITS: Final[dict[str, feed.Row]] = {
    "uses": feed.UsesRow(
        account_id=ACCOUNT,
        program_id="birthday",
        days=(datetime.date(2026, 11, 3), datetime.date(2026, 11, 22)),
        before=2,
        includes_seq={str(CHAIN): 41},
    ),
    "share": feed.ShareRow(program_id="ten-for-all", uses=3, budget_minor=10_000),
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

# The row that came with the programs that HQ runs.
ROWS_SINCE_MEMBER_PROGRAMS: Final[dict[str, feed.Row]] = {
    "member_programs": feed.MemberProgramsRow(
        member_id=MEMBER, referral_code="ACDEFGHJ", badges=("regular",), done={"coming-by": "2026-11-22"}
    ),
}

ROWS_OF_PERSONAL_OFFERS: Final[dict[str, feed.Row]] = {
    "personal_offers": feed.PersonalOffersRow(
        member_id=MEMBER,
        offers=(
            feed.PersonalOffer(
                program_id="coffee-20", valid_from=DAY, valid_until=DAY, reason="Buys it most weeks"
            ),
        ),
    ),
}

# The store's switch for the taxes on receipts.
ROWS_SINCE_TAX_ROUNDING: Final[dict[str, feed.Row]] = {
    "store": msgspec.structs.replace(ROWS["store"], tax_rounding="line"),
}

ROWS_OF_TIERS: Final[dict[str, feed.Row]] = {
    "tier": feed.TierRow(
        account_id=ACCOUNT,
        program_id="our-tiers",
        progress=38_000,
        counts="spend",
        tier="silver",
        review_on=datetime.date(2027, 11, 22),
        includes_seq={str(CHAIN): 41},
    ),
}

# Whether somebody bought before, at any register.
ROWS_OF_FIRST_PURCHASES: Final[dict[str, feed.Row]] = {
    "first_purchase": feed.FirstPurchaseRow(account_id=ACCOUNT, bought=True),
}

ROWS_OF_ELECTRONIC_COUPONS: Final[dict[str, feed.Row]] = {
    "coupon": msgspec.structs.replace(ROWS["coupon"], state="free", value_minor=0, owner=ACCOUNT),
}

# What sells value, and a store whose cards pay there.
ROWS_OF_GIFT_CARDS: Final[dict[str, feed.Row]] = {
    "item": msgspec.structs.replace(ROWS["item"], gift_card=True),
    "store": msgspec.structs.replace(ROWS["store"], gift_cards=True),
}


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
        "pulled_limits": _a_page(ROWS_OF_LIMITS, 40, "42", more=False),
        "pulled_since_member_care": _a_page(ROWS_SINCE_MEMBER_CARE, 40, "42", more=False),
        "pulled_since_member_programs": _a_page(ROWS_SINCE_MEMBER_PROGRAMS, 40, "41", more=False),
        "pulled_electronic_coupons": _a_page(ROWS_OF_ELECTRONIC_COUPONS, 40, "41", more=False),
        "pulled_gift_cards": _a_page(ROWS_OF_GIFT_CARDS, 40, "42", more=False),
        "pulled_personal_offers": _a_page(ROWS_OF_PERSONAL_OFFERS, 40, "41", more=False),
        "pulled_since_tax_rounding": _a_page(ROWS_SINCE_TAX_ROUNDING, 40, "41", more=False),
        "pulled_first_purchases": _a_page(ROWS_OF_FIRST_PURCHASES, 50, "51", more=False),
        "pulled_tiers": _a_page(ROWS_OF_TIERS, 50, "51", more=False),
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
