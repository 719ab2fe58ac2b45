"""A register's database with a million members, and beside it one plain table of the same names and identifiers."""

from __future__ import annotations

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


def draw_people(count: int, dice: random.Random) -> list[Person]:
    each = -(-count // len(LANGUAGES))
    names = [(name, language) for language in LANGUAGES for name in draw_names(language, each, dice)]
    dice.shuffle(names)
    return [
        Person(
            uuid.UUID(int=(0x019A << 112) + number),
            name,
            language,
            f"{2_900_000_000_000 + number * 7}",
            f"+407{dice.randrange(20_000_000, 79_999_999)}",
            f"member.{dice.randrange(10**9)}@example.com",
        )
        for number, (name, language) in enumerate(names[:count])
    ]


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


def fill(store: Store, people: Sequence[Person]) -> int:
    """Put the members in, a feed page to a unit of work; returns rows a second."""
    spent = 0.0
    pages = range(0, len(people), PAGE)
    for start in tqdm(pages, desc="members", unit="page", disable=not sys.stderr.isatty()):
        rows = [member_row(person) for person in people[start : start + PAGE]]
        began = time.perf_counter()
        with store.unit_of_work() as db:
            for row in rows:
                put_member(db, row)
        spent += time.perf_counter() - began
    store.checkpoint()
    return round(len(people) / spent)


def sell(store: Store, people: Sequence[Person], dice: random.Random) -> None:
    """Sales of these weeks, half of them to members: who shopped here last is shown first."""
    with store.unit_of_work() as db:
        for number in range(SALES):
            member = dice.choice(people).member_id.bytes if number % 2 else None
            db.execute(
                "insert into sale (sale_id, chain_id, seq, receipt_number, business_date, at_ms, operator_id,"
                " account_id, goods_minor, discount_minor, total_minor, change_minor)"
                " values (?, ?, ?, ?, '2026-11-23', ?, '1', ?, 100, 0, 100, 0)",
                (number.to_bytes(16), bytes(16), number + 1, str(number), number * 60_000, member),
            )


def fill_plain(db: Connection, people: Sequence[Person]) -> None:
    db.execute(
        "create table person (person_no integer primary key, name text, card text, phone text, email text)"
    )
    db.execute("begin")
    db.executemany(
        "insert into person (name, card, phone, email) values (?, ?, ?, ?)",
        ((person.name, person.card, person.phone, person.email) for person in people),
    )
    db.execute("commit")
