"""Electronic coupons: whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # The account that alone may use the coupon; null for one that belongs to whoever brings it.
    "alter table coupon add column owner blob",
    "create index coupon_of_owner on coupon (owner) where owner is not null",
)


def electronic_coupons(db: Database) -> None:
    """Add the column."""
    for statement in STATEMENTS:
        db.execute(statement)
