"""How often an account used a program with a limit: what HQ has counted, and this register's own sales after that.

A sale that was voided counts as if it had never been.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from agent.store.sqlite import Connection
from sync.wire.feed import FirstPurchaseRow, UsesRow

# A row of `sale_return` of this kind is a void (formats.md, the journal's kinds).
_VOID: Final = 3
_TOLD: Final = msgspec.msgpack.Decoder(UsesRow)


@dataclass(slots=True)
class Uses:
    """The business dates of an account's uses of one program; `before` counts older ones, whose dates nobody keeps."""

    days: Counter[datetime.date] = field(default_factory=Counter)
    before: int = 0

    def since(self, day: datetime.date) -> int:
        """How many uses there were from this business date on; the very first day stands for always."""
        older = self.before if day == datetime.date.min else 0
        return older + sum(count for on, count in self.days.items() if on >= day)

    @property
    def last(self) -> datetime.date | None:
        return max((on for on, count in self.days.items() if count > 0), default=None)


def add_uses(
    db: Connection,
    account_id: uuid.UUID | None,
    on: datetime.date,
    sale_id: uuid.UUID,
    place: tuple[uuid.UUID, int],
    uses: Mapping[str, int],
) -> None:
    """Each of these programs gave something in this sale: program id -> minor units that it took off.

    `place` is the sale's in the journal, (chain, seq). A provisional account's uses go to its owner, also where HQ
    named that one while the sale was rung up.
    """
    chain_id, seq = place
    account = account_id.bytes if account_id is not None else None
    db.executemany(
        "insert into program_use (sale_id, program_id, account_id, business_date, chain_id, seq, given_minor)"
        " values (?1, ?2, coalesce((select account_id from alias where provisional_id = ?3), ?3), ?4, ?5, ?6, ?7)",
        [
            (sale_id.bytes, program_id, account, on.isoformat(), chain_id.bytes, seq, given)
            for program_id, given in uses.items()
        ],
    )
    db.executemany(
        "insert into share_use (chain_id, program_id, uses, given_minor) values (?, ?, 1, ?)"
        " on conflict (chain_id, program_id) do update set uses = uses + 1,"
        " given_minor = given_minor + excluded.given_minor",
        [(chain_id.bytes, program_id, given) for program_id, given in uses.items()],
    )


def put_uses(db: Connection, row: UsesRow) -> None:
    """Keep HQ's count of an account's uses."""
    db.execute(
        "insert into told_use (account_id, program_id, body) values (?, ?, ?)"
        " on conflict (account_id, program_id) do update set body = excluded.body",
        (row.account_id.bytes, row.program_id, msgspec.msgpack.encode(row)),
    )


def uses_of(db: Connection, account_id: uuid.UUID) -> dict[str, Uses]:
    """program id -> the account's uses: HQ's, and this register's own that HQ's count does not include yet."""
    found: dict[str, Uses] = {}
    included: dict[str, dict[uuid.UUID, int]] = {}
    for (body,) in db.execute("select body from told_use where account_id = ?", (account_id.bytes,)):
        row = _TOLD.decode(body)
        found[row.program_id] = Uses(Counter(row.days), row.before)
        included[row.program_id] = {uuid.UUID(chain): seq for chain, seq in row.includes_seq.items()}
    rows = db.execute(
        "select program_id, use.business_date, use.chain_id, use.seq, void.chain_id, void.seq from program_use use"
        " left join sale_return void on void.sale_id = use.sale_id and void.kind = ? where use.account_id = ?",
        (_VOID, account_id.bytes),
    )
    for program_id, on, chain, seq, void_chain, void_seq in rows:
        day = datetime.date.fromisoformat(on)
        counted = included.get(program_id, {})
        uses = found.setdefault(program_id, Uses())
        if not _includes(counted, chain, seq):
            if void_chain is None:
                uses.days[day] += 1
        elif void_chain is not None and not _includes(counted, void_chain, void_seq) and uses.days[day]:
            # HQ has the sale and has not heard of its void yet.
            uses.days[day] -= 1
    return found


def _includes(counted: Mapping[uuid.UUID, int], chain: bytes, seq: int) -> bool:
    return seq <= counted.get(uuid.UUID(bytes=chain), 0)


def note_joined_here(db: Connection, account_id: uuid.UUID, chain_id: uuid.UUID, seq: int) -> None:
    """The account was opened at this register by this journal entry, in the enrolment's unit of work."""
    db.execute(
        "insert into joined_here (account_id, chain_id, seq) values (?, ?, ?)",
        (account_id.bytes, chain_id.bytes, seq),
    )


def put_first_purchase(db: Connection, row: FirstPurchaseRow) -> None:
    """Keep HQ's word on whether the account has bought."""
    db.execute(
        "insert into told_purchase (account_id, bought) values (?, ?)"
        " on conflict (account_id) do update set bought = excluded.bought",
        (row.account_id.bytes, int(row.bought)),
    )


def count_visits(db: Connection, account_id: uuid.UUID, *, online: bool) -> int | None:
    """How many sales the account had, as far as it is sure: none, or at least so many; None where others may know more.

    HQ's word that there was none is good while there is a connection. Without one only an enrolment that HQ has not
    acknowledged is sure: nobody else can know the member, so nobody else can have sold to them.
    """
    (own,) = db.execute(
        "select count(*) from sale where account_id in"
        " (select ?1 union all select provisional_id from alias where account_id = ?1)"
        " and not exists (select 1 from sale_return back where back.sale_id = sale.sale_id and back.kind = ?2)",
        (account_id.bytes, _VOID),
    ).fetchone()
    told = db.execute("select bought from told_purchase where account_id = ?", (account_id.bytes,)).fetchone()
    if own or (told is not None and told[0]):
        return max(int(own), 1)
    joined = db.execute(
        "select chain.chain_id is not null and joined_here.seq > chain.acked_seq from joined_here"
        " left join chain using (chain_id) where account_id = ?",
        (account_id.bytes,),
    ).fetchone()
    if joined is not None and joined[0]:
        return 0
    # Where they joined here, HQ's word is on its way.
    return 0 if online and (told is not None or joined is not None) else None


def move_uses(db: Connection, source: uuid.UUID, target: uuid.UUID) -> None:
    """An account turned out to be another's: what it used counts there, and it opened nothing new.

    HQ tells its count of the owner anew.
    """
    db.execute("update program_use set account_id = ? where account_id = ?", (target.bytes, source.bytes))
    db.execute("delete from told_use where account_id = ?", (source.bytes,))
    db.execute("delete from joined_here where account_id in (?, ?)", (source.bytes, target.bytes))
