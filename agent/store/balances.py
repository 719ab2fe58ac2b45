"""What an account holds: HQ's row, plus this register's own postings that the row does not include yet."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from agent.domain.ledger import AVAILABLE, PENDING, Posting, is_money, is_points, is_stamps
from agent.store.sqlite import Connection
from sync.wire.feed import BalanceRow


@dataclass(frozen=True, slots=True)
class Balance:
    """`points` is what the till shows; `available` is what HQ could lease when it wrote its row."""

    points: int
    available: int


def put_balance(db: Connection, row: BalanceRow) -> None:
    """Keep HQ's row, and forget our own postings that it includes."""
    key = (row.account_id.bytes, row.unit)
    db.execute(
        "insert into balance (account_id, unit, balance, available, includes_seq) values (?, ?, ?, ?, ?)"
        " on conflict (account_id, unit) do update set balance = excluded.balance,"
        " available = excluded.available, includes_seq = excluded.includes_seq",
        (*key, row.balance, row.available, msgspec.json.encode(row.includes_seq).decode()),
    )
    db.executemany(
        "delete from own_posting where account_id = ? and unit = ? and chain_id = ? and seq <= ?",
        [(*key, uuid.UUID(chain).bytes, seq) for chain, seq in row.includes_seq.items()],
    )


def add_own_postings(db: Connection, chain_id: uuid.UUID, seq: int, postings: Iterable[Posting]) -> None:
    """Project an entry's postings: what they add to, or take from, what each account has.

    A provisional account's go to its owner, also where HQ named that one while the sale was rung up.
    """
    sums: dict[tuple[bytes, str], int] = defaultdict(int)
    for posting in postings:
        if _is_counted(posting.unit) and _is_the_members(posting.bucket):
            sums[posting.account_id.bytes, posting.unit] += posting.amount
    for (account_id, unit), amount in sums.items():
        if amount:
            db.execute(
                "insert into own_posting (account_id, unit, chain_id, seq, amount) values"
                " (coalesce((select account_id from alias where provisional_id = ?1), ?1), ?2, ?3, ?4, ?5)"
                # One sale may take from a lease on an account and earn on the one that it turned out to be.
                " on conflict (account_id, unit, chain_id, seq) do update set amount = amount + excluded.amount",
                (account_id, unit, chain_id.bytes, seq, amount),
            )


def read_balances(db: Connection, account_id: uuid.UUID) -> dict[str, Balance]:
    """What the account holds, by ledger unit."""
    found = {
        unit: Balance(points, available)
        for unit, points, available in db.execute(
            "select unit, balance, available from balance where account_id = ?", (account_id.bytes,)
        )
    }
    for unit, amount in db.execute(
        "select unit, sum(amount) from own_posting where account_id = ? group by unit", (account_id.bytes,)
    ):
        before = found.get(unit, Balance(0, 0))
        found[unit] = Balance(before.points + amount, before.available)
    return found


def move_own_postings(db: Connection, source: uuid.UUID, target: uuid.UUID) -> None:
    """A provisional account turned out to be somebody's: its postings of this register count there."""
    db.execute(
        "insert into own_posting (account_id, unit, chain_id, seq, amount)"
        " select ?, unit, chain_id, seq, amount from own_posting where account_id = ?"
        " on conflict (account_id, unit, chain_id, seq) do update set amount = amount + excluded.amount",
        (target.bytes, source.bytes),
    )
    db.execute("delete from own_posting where account_id = ?", (source.bytes,))
    # HQ's row of the owner may have come first, and include them already.
    db.execute(
        "delete from own_posting where account_id = ? and exists (select 1 from balance, json_each(includes_seq)"
        " where balance.account_id = own_posting.account_id and balance.unit = own_posting.unit"
        " and replace(json_each.key, '-', '') = lower(hex(own_posting.chain_id))"
        " and json_each.value >= own_posting.seq)",
        (target.bytes,),
    )


def recount_own_postings(
    db: Connection, old: uuid.UUID, after_seq: int, new: uuid.UUID, seq_shift: int
) -> None:
    """The entries after `after_seq` are carried in another chain, each `seq_shift` further on: HQ counts them there."""
    db.execute(
        "update own_posting set chain_id = ?, seq = seq + ? where chain_id = ? and seq > ?",
        (new.bytes, seq_shift, old.bytes, after_seq),
    )


def _is_counted(unit: str) -> bool:
    return is_points(unit) or is_stamps(unit) or is_money(unit)


def _is_the_members(bucket: str) -> bool:
    return bucket in (AVAILABLE, PENDING) or bucket.startswith("lease:")
