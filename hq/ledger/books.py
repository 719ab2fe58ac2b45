"""Writing the ledger: balanced entries, each posted at most once, and the balances that follow from them.

An entry's key is (account, chain, seq, step). Projecting a journal entry a second time finds its steps posted and
adds nothing, so a projection can always be repeated. Nothing here is ever updated but the caches.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from django.db import connection

from agent.domain.ledger import AVAILABLE, PENDING, Posting, require_balanced
from hq.columns import as_uuid, key, slots

LEASE: Final = "lease:"
_STEPS: Final = 100


class Step(IntEnum):
    """What of a journal entry, or of HQ's own act, a ledger entry posts: `n` of its key. Never renumbered."""

    SPENT = 0
    EARNED = 1
    AVAILABLE = 2
    SHORTFALL = 3
    SWEPT = 4
    ISSUED = 5
    RELEASED = 6
    GRANTED = 7
    OPENING = 8
    REVERSED = 9
    TAKEN_BACK = 10
    GIVEN_BACK = 11
    REWARDED = 30
    REWARD_TAKEN = 31


KIND_OF: Final[Mapping[Step, str]] = {
    Step.SPENT: "redemption",
    Step.EARNED: "accrual",
    Step.AVAILABLE: "available",
    Step.SHORTFALL: "shortfall",
    Step.SWEPT: "merge",
    Step.ISSUED: "issue",
    Step.RELEASED: "release",
    Step.GRANTED: "grant",
    Step.OPENING: "opening",
    Step.REVERSED: "reversal",
    Step.TAKEN_BACK: "taken_back",
    Step.GIVEN_BACK: "available",
    Step.REWARDED: "reward",
    Step.REWARD_TAKEN: "reward_taken",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a ledger entry comes from: the journal entry, its time, and the store and sale it tells of."""

    chain_id: uuid.UUID
    seq: int
    at_ms: int
    store_id: str = ""
    sale_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds of one unit: all that the member sees as theirs, and the part that can be leased."""

    total: int
    available: int


class Books:
    """The ledger, for one database transaction. `touched` collects the (account, unit) whose balances changed."""

    def __init__(self) -> None:
        self._cursor = connection.cursor()
        self.touched: set[tuple[uuid.UUID, str]] = set()

    def post(self, origin: Origin, step: Step, postings: Iterable[Posting], nth: int = 0) -> bool:
        """Post a balanced entry, in every account that it names; False when it was posted before.

        `nth` tells apart several of one step. Raises LoyaltyError when the postings do not sum to zero in every
        unit, AssertionError when only part of the entry was posted before.
        """
        legs = tuple(postings)
        require_balanced(legs)
        n = int(step) + _STEPS * nth
        accounts = tuple(dict.fromkeys(leg.account_id for leg in legs))
        new = [account_id for account_id in accounts if self._insert_entry(account_id, origin, step, n)]
        if len(new) not in (0, len(accounts)):
            raise AssertionError(f"entry {origin.seq} of {origin.chain_id} is posted in part ({step.name})")
        for account_id in new:
            self._insert_legs(account_id, origin, n, [leg for leg in legs if leg.account_id == account_id])
        return bool(new)

    def posted(self, account_ids: Iterable[uuid.UUID], origin: Origin, step: Step) -> list[Posting]:
        """The legs that a step of this origin posted in these accounts, whenever that was."""
        wanted = sorted(account_ids)
        if not wanted:
            return []
        self._cursor.execute(
            "SELECT account_id, unit, bucket, amount FROM posting"  # noqa: S608 - only placeholders are put in
            f" WHERE account_id IN ({slots(len(wanted))}) AND chain_id = %s AND seq = %s AND n = %s"
            " ORDER BY account_id, leg",
            [*(key(one) for one in wanted), key(origin.chain_id), origin.seq, int(step)],
        )
        return [Posting(as_uuid(account), unit, bucket, n) for account, unit, bucket, n in self._cursor]

    def saw(self, account_id: uuid.UUID, unit: str, chain_id: uuid.UUID, seq: int) -> None:
        """The balance of this account and unit now counts the chain's entries up to `seq`."""
        self._cursor.execute(
            "INSERT INTO balance_seen (account_id, unit, chain_id, seq) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (account_id, unit, chain_id) DO UPDATE SET seq = excluded.seq"
            " WHERE balance_seen.seq < excluded.seq",
            [key(account_id), unit, key(chain_id), seq],
        )
        self.touched.add((account_id, unit))

    def bucket(self, account_id: uuid.UUID, unit: str, bucket: str) -> int:
        """What one bucket holds."""
        self._cursor.execute(
            "SELECT amount FROM balance WHERE account_id = %s AND unit = %s AND bucket = %s",
            [key(account_id), unit, bucket],
        )
        row = self._cursor.fetchone()
        return row[0] if row else 0

    def held(self, account_id: uuid.UUID, unit: str) -> Held:
        """Available, pending and leased together, and what is available."""
        return self.all_held(account_id).get(unit, Held(0, 0))

    def all_held(self, account_id: uuid.UUID) -> dict[str, Held]:
        """`held` for every unit that the account ever had."""
        self._cursor.execute(
            "SELECT unit, bucket, amount FROM balance WHERE account_id = %s", [key(account_id)]
        )
        total: dict[str, int] = {}
        available: dict[str, int] = {}
        for unit, bucket, amount in self._cursor.fetchall():
            owned = bucket in (AVAILABLE, PENDING) or bucket.startswith(LEASE)
            total[unit] = total.get(unit, 0) + (amount if owned else 0)
            available[unit] = available.get(unit, 0) + (amount if bucket == AVAILABLE else 0)
        return {unit: Held(total[unit], available[unit]) for unit in total}

    def counted(self, account_id: uuid.UUID, unit: str) -> dict[uuid.UUID, int]:
        """chain -> the last of its entries that the balance counts."""
        self._cursor.execute(
            "SELECT chain_id, seq FROM balance_seen WHERE account_id = %s AND unit = %s",
            [key(account_id), unit],
        )
        return {as_uuid(chain): seq for chain, seq in self._cursor.fetchall()}

    def _insert_entry(self, account_id: uuid.UUID, origin: Origin, step: Step, n: int) -> bool:
        self._cursor.execute(
            "INSERT INTO ledger_entry (account_id, chain_id, seq, n, kind, store_id, sale_id, at_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (account_id, chain_id, seq, n) DO NOTHING",
            [
                key(account_id),
                key(origin.chain_id),
                origin.seq,
                n,
                KIND_OF[step],
                origin.store_id,
                key(origin.sale_id) if origin.sale_id else None,
                origin.at_ms,
            ],
        )
        return bool(self._cursor.rowcount == 1)

    def _insert_legs(self, account_id: uuid.UUID, origin: Origin, n: int, legs: list[Posting]) -> None:
        account = key(account_id)
        rows: list[tuple[Any, ...]] = [
            (account, key(origin.chain_id), origin.seq, n, number, leg.unit, leg.bucket, leg.amount)
            for number, leg in enumerate(legs)
        ]
        self._cursor.executemany(
            "INSERT INTO posting (account_id, chain_id, seq, n, leg, unit, bucket, amount)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
        self._cursor.executemany(
            "INSERT INTO balance (account_id, unit, bucket, amount) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (account_id, unit, bucket) DO UPDATE SET amount = balance.amount + excluded.amount",
            [(account, leg.unit, leg.bucket, leg.amount) for leg in legs],
        )
        self.touched.update((account_id, leg.unit) for leg in legs)
