"""Finding a member among a million: by identifier, by name as one types, and with a typing mistake.

The members are put into a register's own database as a feed puts them. Beside it stands one plain table of the same
names and identifiers in the clear, which is searched with LIKE '%...%'; both are asked in turns in one run. Every
query is timed several times, in rounds, and counts with its median; what is printed is the worst query of its kind.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tqdm import tqdm

from agent.domain.identifiers import identifier_hash, last_four, normal_identifier
from agent.domain.member import IdentifierKind
from agent.service.members import SEARCH_LIMIT
from agent.store.database import Store
from agent.store.members import find_by_hash, put_member
from agent.store.name_search import search_names
from agent.store.sqlite import Connection, open_connection
from benchmarks.member_names import LANGUAGES, draw_names
from benchmarks.mistyped import as_typed, mistyped
from sync.wire.entries import IdentifierRef
from sync.wire.feed import MemberRow

Result = TypeVar("Result")

KINDS: Final[tuple[IdentifierKind, ...]] = ("card", "phone", "email")
STORE_KEY: Final = bytes(range(32))
COUNTRY: Final = "RO"
# As many as a feed page of 64 KiB brings.
PAGE: Final = 150
ROUNDS: Final = 7
LOOKED_UP: Final = 200
NAMES_TYPED: Final = 6


@dataclass(frozen=True, slots=True)
class Person:
    """A member, in the clear."""

    member_id: uuid.UUID
    name: str
    language: str
    card: str
    phone: str
    email: str


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", type=int, default=1_000_000, help="how many members (1000000)")
    parser.add_argument("--typos", type=int, default=2_000, help="mistyped names of each language (2000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other people (1)")


def measure(arguments: argparse.Namespace) -> dict[str, float | int]:
    """Load, ask, compare; see the module's text."""
    dice = random.Random(arguments.seed)
    people = _people(arguments.members, dice)
    with tempfile.TemporaryDirectory(prefix="regulars-lookup-") as name:
        plain = open_connection(Path(name) / "plain.db")
        store = Store(Path(name) / "register.db")
        try:
            _fill_plain(plain, people)
            rows_per_s = _fill(store, people)
            figures = _exact(store.reader(), plain, people, dice)
            figures |= _as_one_types(store.reader(), plain, people, dice)
            figures |= _recall(store.reader(), people, arguments.typos, dice)
            figures |= _bytes_per_member(store, len(people))
        finally:
            store.close()
            plain.close()
    return {"members": len(people), **figures, "feed_rows_per_s": rows_per_s}


def _people(count: int, dice: random.Random) -> list[Person]:
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


def _row(person: Person) -> MemberRow:
    identifiers = tuple(
        IdentifierRef(kind, _hash(kind, getattr(person, kind)).hex(), last_four(getattr(person, kind)))
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


def _hash(kind: IdentifierKind, value: str) -> bytes:
    return identifier_hash(STORE_KEY, kind, value)


def _fill(store: Store, people: Sequence[Person]) -> int:
    """Put the members in, a feed page to a unit of work; returns rows a second."""
    spent = 0.0
    pages = range(0, len(people), PAGE)
    for start in tqdm(pages, desc="members", unit="page", disable=not sys.stderr.isatty()):
        rows = [_row(person) for person in people[start : start + PAGE]]
        began = time.perf_counter()
        with store.unit_of_work() as db:
            for row in rows:
                put_member(db, row)
        spent += time.perf_counter() - began
    store.checkpoint()
    return round(len(people) / spent)


def _fill_plain(db: Connection, people: Sequence[Person]) -> None:
    db.execute(
        "create table person (person_no integer primary key, name text, card text, phone text, email text)"
    )
    db.execute("begin")
    db.executemany(
        "insert into person (name, card, phone, email) values (?, ?, ?, ?)",
        ((person.name, person.card, person.phone, person.email) for person in people),
    )
    db.execute("commit")


def _exact(
    db: Connection, plain: Connection, people: Sequence[Person], dice: random.Random
) -> dict[str, float]:
    """From what was typed or scanned to the member, by card, phone and e-mail."""
    ratios, ours_ms, like_ms = [], [], []
    for kind in KINDS:
        ours: list[float] = []
        like: list[float] = []
        for number, person in enumerate(dice.choices(people, k=LOOKED_UP)):
            value: str = getattr(person, kind)
            took, found = _timed(lambda kind=kind, value=value: _find(db, kind, value))
            if person.member_id not in found:
                raise AssertionError(f"{kind} {value} finds nobody")
            ours.append(took)
            if number % (LOOKED_UP // ROUNDS) == 0:
                like.append(_like(plain, kind, value))
        ours_ms.append(statistics.median(ours))
        like_ms.append(statistics.median(like))
        ratios.append(ours_ms[-1] / like_ms[-1])
    return {
        "exact_over_like": _short(max(ratios)),
        "exact_ms": _short(max(ours_ms)),
        "like_identifier_ms": _short(min(like_ms)),
    }


def _find(db: Connection, kind: IdentifierKind, typed: str) -> list[uuid.UUID]:
    known = find_by_hash(db, _hash(kind, normal_identifier(kind, typed, COUNTRY)))
    return [one.row.member_id for one in known]


def _as_one_types(
    db: Connection, plain: Connection, people: Sequence[Person], dice: random.Random
) -> dict[str, float | int | str]:
    """Every keystroke of some names, with a mistake and without, and every single letter."""
    queries = _keystrokes(people, dice)
    ours: dict[str, list[float]] = {query: [] for query in queries}
    like: list[float] = []
    for _round in range(ROUNDS):
        for number, query in enumerate(queries):
            ours[query].append(_timed(lambda query=query: search_names(db, query, SEARCH_LIMIT))[0])
            if number % 40 == 0:
                like.append(_like(plain, "name", query))
    medians = {query: statistics.median(times) for query, times in ours.items()}
    worst = max(medians, key=lambda query: medians[query])
    scan = statistics.median(like)
    return {
        "keystroke_over_like": _short(medians[worst] / scan),
        "keystroke_worst": worst,
        "keystroke_worst_ms": _short(medians[worst]),
        "keystroke_p50_ms": _short(statistics.median(medians.values())),
        "keystrokes": len(queries),
        "like_ms": _short(scan),
    }


def _keystrokes(people: Sequence[Person], dice: random.Random) -> list[str]:
    typed = list("abcdefghijklmnopqrstuvwxyzșıİ王张")
    for language in LANGUAGES:
        of_language = [person.name for person in people if person.language == language]
        for name in dice.sample(of_language, min(NAMES_TYPED, len(of_language))):
            right = as_typed(name, language, dice)
            for whole in (name, right, " ".join(reversed(right.split())), mistyped(right, language, dice)):
                typed.extend(whole[:end] for end in range(1, len(whole) + 1))
    return list(dict.fromkeys(typed))


def _recall(
    db: Connection, people: Sequence[Person], count: int, dice: random.Random
) -> dict[str, float | str]:
    """Of members whose name was mistyped, the share that is among the first 20; and without the mistake."""
    found: dict[str, float] = {}
    as_written: dict[str, float] = {}
    for language in LANGUAGES:
        sample = dice.choices([person for person in people if person.language == language], k=count)
        hits = right_hits = 0
        for person in sample:
            right = as_typed(person.name, language, dice)
            wrong = mistyped(right, language, dice)
            hits += _is_found(db, wrong, person)
            right_hits += _is_found(db, right, person)
        found[language], as_written[language] = hits / count, right_hits / count
    return {
        "typo_recall": _short(min(found.values())),
        **{f"typo_recall_{language}": _short(share) for language, share in found.items()},
        **{f"recall_as_written_{language}": _short(share) for language, share in as_written.items()},
    }


def _is_found(db: Connection, typed: str, person: Person) -> bool:
    return any(row.member_id == person.member_id for row in search_names(db, typed, SEARCH_LIMIT))


def _bytes_per_member(store: Store, count: int) -> dict[str, int]:
    """What the register's database takes of the disk for a member, and the name index of that."""
    with store.unit_of_work() as db:
        (pages,) = db.execute("pragma page_count").fetchone()
        (free,) = db.execute("pragma freelist_count").fetchone()
        for table in ("name_key", "name_word", "name_start", "member_name"):
            db.execute(f"drop table {table}")
        (freed,) = db.execute("pragma freelist_count").fetchone()
        (size,) = db.execute("pragma page_size").fetchone()
    return {
        "bytes_per_member": pages * size // count,
        "name_index_bytes_per_member": (freed - free) * size // count,
    }


def _like(plain: Connection, column: str, text: str) -> float:
    """The scan that a till without an index makes: ms."""
    sql = f"select count(*) from person where {column} like ?"
    return _timed(lambda: plain.execute(sql, (f"%{text}%",)).fetchone())[0]


def _timed(call: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = call()
    return (time.perf_counter() - began) * 1_000, result


def _short(value: float) -> float:
    return float(f"{value:.4g}")
