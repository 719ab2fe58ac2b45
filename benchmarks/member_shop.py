"""A register's database with a million members, and beside it one plain table of the same names and identifiers."""

from __future__ import annotations

import itertools
import random
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tqdm import tqdm

from agent.domain.identifiers import identifier_hash, last_four
from agent.domain.member import IdentifierKind
from agent.store.database import Store
from agent.store.members import put_member
from agent.store.sqlite import Connection
from benchmarks.member_names import LANGUAGES, draw_names
from sync.wire.entries import IdentifierRef
from sync.wire.feed import MemberRow

KINDS: Final[tuple[IdentifierKind, ...]] = ("card", "phone", "email")
STORE_KEY: Final = bytes(range(32))
# As many as a feed page of 64 KiB brings.
PAGE: Final = 150
# The rest goes in larger units; so many members are put in page by page, and timed.
TIMED: Final = 20_000
BULK: Final = 5_000
SALES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """A member, in the clear."""

    member_id: uuid.UUID
    name: str
    language: str
    card: str
    phone: str
    email: str


class People(Sequence[Person]):
    """So many members with names drawn by chance. Only the names are held; the rest is made from the number."""

    def __init__(self, count: int, dice: random.Random) -> None:
        each = -(-count // len(LANGUAGES))
        drawn = [(name, language) for language in LANGUAGES for name in draw_names(language, each, dice)]
        dice.shuffle(drawn)
        self._drawn = drawn[:count]

    def __len__(self) -> int:
        return len(self._drawn)

    def __getitem__(self, number: int) -> Person:  # type: ignore[override]
        name, language = self._drawn[number]
        return Person(
            uuid.UUID(int=(0x019A << 112) + number),
            name,
            language,
            f"{2_900_000_000_000 + number * 7}",
            f"+407{20_000_000 + number * 7_919 % 59_999_999}",
            f"member.{number * 7_919 % 999_999_937}@example.com",
        )

    def of_language(self, language: str) -> dict[str, int]:
        """The names of this language, each once, with the number of one who bears it."""
        return {name: number for number, (name, one) in enumerate(self._drawn) if one == language}


def member_row(person: Person) -> MemberRow:
    identifiers = tuple(
        IdentifierRef(kind, keyed_hash(kind, getattr(person, kind)).hex(), last_four(getattr(person, kind)))
        for kind in KINDS
    )
    return MemberRow(
        member_id=person.member_id,
        account_id=person.member_id,
        name=person.name,
        tier="silver",
        locale=person.language,
        identifiers=identifiers,
    )


def keyed_hash(kind: IdentifierKind, value: str) -> bytes:
    return identifier_hash(STORE_KEY, kind, value)


def fill(store: Store, people: People) -> int:
    """Put the members in as a feed does; returns rows a second, of the last pages, when nearly all are there."""
    timed = max(len(people) - TIMED, 0)
    starts = [*range(0, timed, BULK), *range(timed, len(people), PAGE), len(people)]
    spent = 0.0
    pages = tqdm(
        list(itertools.pairwise(starts)), desc="members", unit="page", disable=not sys.stderr.isatty()
    )
    for start, end in pages:
        rows = [member_row(people[number]) for number in range(start, end)]
        began = time.perf_counter()
        with store.unit_of_work() as db:
            for row in rows:
                put_member(db, row)
        if start >= timed:
            spent += time.perf_counter() - began
    store.checkpoint()
    return round((len(people) - timed) / spent)


def sell(store: Store, people: People, dice: random.Random) -> None:
    """Sales of these weeks, half of them to members: who shopped here last is shown first."""
    with store.unit_of_work() as db:
        for number in range(SALES):
            member = people[dice.randrange(len(people))].member_id.bytes if number % 2 else None
            db.execute(
                "insert into sale (sale_id, chain_id, seq, receipt_number, business_date, at_ms, operator_id,"
                " account_id, goods_minor, discount_minor, total_minor, change_minor)"
                " values (?, ?, ?, ?, '2026-11-23', ?, '1', ?, 100, 0, 100, 0)",
                (number.to_bytes(16), bytes(16), number + 1, str(number), number * 60_000, member),
            )


def fill_plain(db: Connection, people: People) -> None:
    db.execute(
        "create table person (person_no integer primary key, name text, card text, phone text, email text)"
    )
    db.execute("begin")
    db.executemany(
        "insert into person (name, card, phone, email) values (?, ?, ?, ?)",
        ((person.name, person.card, person.phone, person.email) for person in people),
    )
    db.execute("commit")
