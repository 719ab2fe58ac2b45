"""What the engine and the till know of a member, without personal data."""

from __future__ import annotations

import datetime
import uuid
from typing import Final, Literal

import msgspec

IdentifierKind = Literal["phone", "email", "card"]

BIRTHDAY_DAYS: Final = 3


class MemberFacts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The member as the engine reads them: facts, not personal data.

    `balances` maps a ledger unit (`points:<program>`) to what the till shows: HQ's figure plus this register's
    own entries after it. `spendable` is the part that this sale may spend now, because the register holds
    leases for it. `provisional` accounts (identifier unknown here) earn and never redeem. `counters` have
    `used:<program>`, the uses in the running period of a program with a limit for each member, and `visits`, where
    it is known; `last_used` is the business date of the newest of these uses. `offered` are the programs that HQ offers
    this member personally on the business date.
    """

    member_id: uuid.UUID
    account_id: uuid.UUID
    tier: str = ""
    balances: dict[str, int] = {}
    spendable: dict[str, int] = {}
    counters: dict[str, int] = {}
    segments: tuple[str, ...] = ()
    in_birthday_week: bool = False
    provisional: bool = False
    last_used: dict[str, datetime.date] = {}
    offered: tuple[str, ...] = ()


def birthday_is_near(birthday: str, on: datetime.date) -> bool:
    """Within three days of `birthday` (MM-DD, or a whole date); 29 February counts as 1 March in other years."""
    try:
        month, day = (int(part) for part in birthday.split("-")[-2:])
    except ValueError:
        return False
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            date = datetime.date(year, month, day)
        except ValueError:
            if (month, day) != (2, 29):
                return False
            date = datetime.date(year, 3, 1)
        if abs((date - on).days) <= BIRTHDAY_DAYS:
            return True
    return False
