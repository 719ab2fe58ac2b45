"""Double-entry ledger: postings sum to zero per ledger unit, and nothing is ever edited.

Accounts, units and buckets are those of formats.md; the register posts only earning, spending from its own
lease, a coupon's issue into its own lease, and reversals.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

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
                f"The postings of {unit} are out of balance by {left}.",
                "Nothing was saved; report this sale to support.",
                code="unbalanced_postings",
            )
