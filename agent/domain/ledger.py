"""Double-entry ledger: postings sum to zero per ledger unit, and nothing is ever edited.

Accounts, units and buckets are those of formats.md; the register posts only earning, spending from its own
lease, a coupon's issue into its own lease, and reversals.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from gettext import gettext as _

import msgspec

from agent.domain.errors import LoyaltyError

AVAILABLE = "available"
PENDING = "pending"
BREAKAGE = "breakage"
LOST = "lost"


class Posting(msgspec.Struct, frozen=True, array_like=True):
    """One leg: `amount` (a signed integer) of `unit` into `bucket` of `account_id`."""

    account_id: uuid.UUID
    unit: str
    bucket: str
    amount: int


def points_unit(program_id: str) -> str:
    return f"points:{program_id}"


def stamp_unit(program_id: str) -> str:
    return f"stamp:{program_id}"


def money_unit(currency: str) -> str:
    """Stored value, in minor units of the currency."""
    return f"money:{currency}"


def is_money(unit: str) -> bool:
    """Whether a ledger unit is stored value."""
    return unit.startswith("money:")


def is_stamps(unit: str) -> bool:
    """Whether a ledger unit counts stamps of a card."""
    return unit.startswith("stamp:")


def is_points(unit: str) -> bool:
    """Whether a ledger unit counts points of a program."""
    return unit.startswith("points:")


def coupon_unit(coupon_id: uuid.UUID) -> str:
    return f"coupon:{coupon_id}"


def lease_bucket(chain_id: uuid.UUID) -> str:
    return f"lease:{chain_id}"


def issued_bucket(store_id: str) -> str:
    return f"issued:{store_id}"


def redeemed_bucket(store_id: str) -> str:
    return f"redeemed:{store_id}"


def shortfall_bucket(store_id: str) -> str:
    return f"shortfall:{store_id}"


def move(account_id: uuid.UUID, unit: str, amount: int, source: str, target: str) -> tuple[Posting, Posting]:
    """`amount` of `unit` from one bucket of the account to another."""
    return Posting(account_id, unit, source, -amount), Posting(account_id, unit, target, amount)


def require_balanced(postings: Iterable[Posting]) -> None:
    """Raise LoyaltyError unless the postings sum to zero in every unit."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.unit] += posting.amount
    for unit, left in sums.items():
        if left:
            raise LoyaltyError(
                _("The postings of {unit} are out of balance by {amount}.").format(unit=unit, amount=left),
                _("Nothing was saved; report this sale to support."),
                code="unbalanced_postings",
            )


def points_shown(
    balance: int, includes_seq: Mapping[str, int], own: Iterable[tuple[uuid.UUID, int, int]]
) -> int:
    """What the till shows: HQ's balance plus the register's own entries that it does not include yet.

    `includes_seq` maps a chain id to the last entry that the balance counts; `own` are (chain, seq, amount).
    """
    return balance + sum(amount for chain_id, seq, amount in own if seq > includes_seq.get(str(chain_id), 0))


def member_amount(postings: Iterable[Posting], account_id: uuid.UUID, unit: str) -> int:
    """How much these postings change what the member sees as theirs: available, pending and leased together."""
    return sum(
        posting.amount
        for posting in postings
        if posting.account_id == account_id
        and posting.unit == unit
        and (posting.bucket in (AVAILABLE, PENDING) or posting.bucket.startswith("lease:"))
    )
