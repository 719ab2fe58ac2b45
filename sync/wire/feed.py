"""The rows that HQ sends down, by kind. Each is applied in the transaction that moves the feed's cursor."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.attaching import AttachRules
from agent.domain.basket import Tax
from agent.domain.returns import ReturnRules
from agent.domain.tax import TaxRounding
from sync.wire.entries import IdentifierRef

# What one member may be offered at a time; nobody reads more.
MAX_PERSONAL_OFFERS: Final = 20


class MemberRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A member of this store. The name is clear; identifiers are keyed hashes. `erased` removes them here.

    `lost_cards` are keyed hashes (hex) of cards that count no more.
    """

    member_id: uuid.UUID
    account_id: uuid.UUID
    name: str = ""
    given_name: str = ""
    tier: str = ""
    locale: str = ""
    identifiers: tuple[IdentifierRef, ...] = ()
    segments: tuple[str, ...] = ()
    counters: dict[str, int] = {}
    birthday: str = ""
    blocked: bool = False
    erased: bool = False
    lost_cards: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    channel: str = ""


class MemberProgramsRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the programs that HQ runs have for a member.

    `referral_code` is what they give to friends, `badges` are programs whose badge they wear; `done` maps an activity's
    program to the occasion on which they did it last.
    """

    member_id: uuid.UUID
    referral_code: str = ""
    badges: tuple[str, ...] = ()
    done: dict[str, str] = {}


class PersonalOffer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A program that HQ offers one member, from a business date to another, both included. `reason` is for people: why
    this member has it."""

    program_id: str
    valid_from: datetime.date
    valid_until: datetime.date
    reason: str = ""


class PersonalOffersRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that HQ offers a member personally, the best for them first; empty where nothing is left."""

    member_id: uuid.UUID
    offers: Annotated[tuple[PersonalOffer, ...], msgspec.Meta(max_length=MAX_PERSONAL_OFFERS)] = ()


class BalanceRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What HQ's ledger holds of one unit; `includes_seq` maps a chain id to the last entry counted in it.

    `balance` is available and leased and pending together: what the member sees as theirs.
    """

    account_id: uuid.UUID
    unit: str
    balance: int
    available: int
    includes_seq: dict[str, int] = {}


class AliasRow(msgspec.Struct, frozen=True):
    """A provisional account, or a second enrolment of one phone, belongs to `account_id`."""

    provisional_id: uuid.UUID
    account_id: uuid.UUID


class ProgramSetRow(msgspec.Struct, frozen=True, kw_only=True):
    """Activates a program set, a content blob of `size` bytes with this SHA-256 (hex)."""

    version: int
    sha256: str
    size: int


class ItemRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One item with its prices, exact decimals in minor units per unit of measure. `card_price` is the members'
    shelf price; `codes` are its barcodes. What a `gift_card` costs is put onto the card that is sold."""

    item_code: str
    name: str
    codes: tuple[str, ...] = ()
    uom: str = "each"
    price: Decimal
    card_price: Decimal | None = None
    category: tuple[str, ...] = ()
    taxes: tuple[Tax, ...] = ()
    discountable: bool = True
    earns: bool = True
    deposit: bool = False
    age_restricted: bool = False
    quantity_step: Decimal = Decimal(1)
    withdrawn: bool = False
    gift_card: bool = False


class OperatorRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A person who may sign on."""

    operator_id: str
    name: str
    role: Literal["cashier", "manager"] = "cashier"
    locale: str = ""
    active: bool = True


class StoreRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The store's settings: zone, the business day's cut-off (minutes after midnight), money, receipt head, returns.

    `terms_version` names the terms that whoever joins now agrees to. `tax_rounding` is the country's rule for the taxes
    on a receipt. `gift_cards`: cards that this store sold pay here.
    """

    store_id: str
    name: str
    receipt_lines: tuple[str, ...] = ()
    country: str
    zone: str
    day_cutoff_min: int = 0
    currency: str
    currency_exponent: int
    locale: str = "en"
    returns: ReturnRules = ReturnRules()
    forgotten_card: AttachRules = AttachRules()
    terms_version: str = ""
    tax_rounding: TaxRounding = "receipt"
    gift_cards: bool = False


class CouponRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A serialised coupon issued in this store. `state`: held (by `chain_id`), free, redeemed, void.

    `value_minor` is what a redeemed one took off. An electronic one has an `owner`, the account that alone may use it.
    """

    coupon_id: uuid.UUID
    program_id: str
    valid_from: datetime.date
    valid_until: datetime.date
    chain_id: uuid.UUID
    state: Literal["held", "free", "redeemed", "void"]
    value_minor: int = 0
    owner: uuid.UUID | None = None


class UsesRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How often an account used a program with a limit for each member, over all registers, as HQ has counted it.

    `days` are the business dates of the newest uses, oldest first; `before` counts those that are older. As in a
    balance, `includes_seq` maps a chain id to the last entry counted.
    """

    account_id: uuid.UUID
    program_id: str
    days: tuple[datetime.date, ...] = ()
    before: int = 0
    includes_seq: dict[str, int] = {}


class FirstPurchaseRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Whether an account has bought anything yet, at any register, as far as HQ has heard; a voided sale is none.

    There is no row for an account of which HQ does not know it.
    """

    account_id: uuid.UUID
    bought: bool = False


class ShareRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What this chain may do of a program with a total, from its first entry on: uses, or money given away. It only
    grows, so that a register which has not heard of more refuses rather than overruns."""

    program_id: str
    uses: int = 0
    budget_minor: int = 0


class AttachedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sale of this store that was nobody's, and whose points went to an account afterwards."""

    sale_id: uuid.UUID
    account_id: uuid.UUID
    business_date: datetime.date


class TierRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where an account stands in the tiers, as HQ has counted it. `progress` is in minor units, or in points.

    As in a balance, `includes_seq` maps a chain id to the last entry counted.
    """

    account_id: uuid.UUID
    program_id: str
    progress: int
    counts: Literal["spend", "points"] = "spend"
    tier: str = ""
    review_on: datetime.date | None = None
    includes_seq: dict[str, int] = {}


class OutcomeRow(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became of one entry of this chain."""

    chain_id: uuid.UUID
    seq: int
    state: Literal["posted", "quarantined", "shortfall"]
    code: str = ""


Row = (
    MemberRow
    | MemberProgramsRow
    | PersonalOffersRow
    | BalanceRow
    | AliasRow
    | ProgramSetRow
    | ItemRow
    | OperatorRow
    | StoreRow
    | CouponRow
    | UsesRow
    | FirstPurchaseRow
    | ShareRow
    | AttachedRow
    | TierRow
    | OutcomeRow
)

ROWS: Final[dict[str, type[Row]]] = {
    "member": MemberRow,
    "member_programs": MemberProgramsRow,
    "personal_offers": PersonalOffersRow,
    "balance": BalanceRow,
    "alias": AliasRow,
    "program_set": ProgramSetRow,
    "item": ItemRow,
    "operator": OperatorRow,
    "store": StoreRow,
    "coupon": CouponRow,
    "uses": UsesRow,
    "first_purchase": FirstPurchaseRow,
    "share": ShareRow,
    "attached": AttachedRow,
    "tier": TierRow,
    "outcome": OutcomeRow,
}
KIND_OF: Final[dict[type[Row], str]] = {struct: kind for kind, struct in ROWS.items()}
