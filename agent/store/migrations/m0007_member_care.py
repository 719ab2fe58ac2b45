"""Forgotten cards and lost ones: sales whose points were attached afterwards, and cards that count no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # `business_date` is the day on which it was attached, at this register or elsewhere.
    """
    create table attached_sale (
        sale_id blob primary key,
        account_id blob not null,
        business_date text not null
    ) strict, without rowid
    """,
    "create index attached_sale_of_account on attached_sale (account_id, business_date)",
    # `hash` is the keyed hash of a card that its member has lost.
    """
    create table lost_card (
        hash blob not null,
        member_id blob not null,
        primary key (hash, member_id)
    ) strict, without rowid
    """,
    "create index lost_card_of_member on lost_card (member_id)",
)


def member_care(db: Database) -> None:
    """Make the tables; nothing was attached or lost yet."""
    for statement in STATEMENTS:
        db.execute(statement)
