"""Finding a member among a million: by identifier, by name as one types, and with a typing mistake.

The members are put into a register's own database as a feed puts them. Beside it stands one plain table of the same
names and identifiers in the clear, which is searched with LIKE '%...%'; both are asked in turns in one run. Every
query is timed several times, in rounds, and counts with its median; what is printed is the worst query of its kind.
"""

from __future__ import annotations

import argparse
import functools
import gc
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from agent.domain.identifiers import normal_identifier
from agent.domain.member import IdentifierKind
from agent.service.members import SEARCH_LIMIT
from agent.store.database import Store
from agent.store.members import find_by_hash
from agent.store.name_search import search_names
from agent.store.sqlite import Connection, open_connection
from benchmarks.member_names import LANGUAGES
from benchmarks.member_shop import KINDS, People, fill, fill_plain, keyed_hash, sell
from benchmarks.mistyped import as_typed, mistyped

Result = TypeVar("Result")
Figure = float | int | str

COUNTRY: Final = "RO"
ROUNDS: Final = 9
LOOKED_UP: Final = 200
NAMES_TYPED: Final = 6
SCAN_EVERY: Final = 40


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", type=int, default=1_000_000, help="how many members (1000000)")
    parser.add_argument("--typos", type=int, default=4_000, help="mistyped names of each language (4000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other people (1)")


def measure(arguments: argparse.Namespace) -> dict[str, Figure]:
    """Load, ask, compare; see the module's text."""
    dice = random.Random(arguments.seed)
    people = People(arguments.members, dice)
    with tempfile.TemporaryDirectory(prefix="regulars-lookup-") as name:
        plain = open_connection(Path(name) / "plain.db")
        store = Store(Path(name) / "register.db")
        try:
            fill_plain(plain, people)
            rows_per_s = fill(store, people)
            sell(store, people, dice)
            # The names are ours alone; the till has no million of objects for the collector to walk through.
            gc.freeze()
            figures: dict[str, Figure] = {}
            figures |= _exact(store.reader(), plain, people, dice)
            figures |= _as_one_types(store.reader(), plain, people, dice)
            figures |= _recall(store.reader(), people, arguments.typos, dice)
            figures |= _bytes_per_member(store, len(people))
        finally:
            store.close()
            plain.close()
    return {"members": len(people), **figures, "feed_rows_per_s": rows_per_s}


def _exact(db: Connection, plain: Connection, people: People, dice: random.Random) -> dict[str, Figure]:
    """From what was typed or scanned to the member, by card, phone and e-mail."""
    ratios, ours_ms, like_ms = [], [], []
    for kind in KINDS:
        ours: list[float] = []
        like: list[float] = []
        for number in range(LOOKED_UP):
            person = people[dice.randrange(len(people))]
            value: str = getattr(person, kind)
            took, found = _timed(functools.partial(_find, db, kind, value))
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
    known = find_by_hash(db, keyed_hash(kind, normal_identifier(kind, typed, COUNTRY)))
    return [one.row.member_id for one in known]


def _as_one_types(
    db: Connection, plain: Connection, people: People, dice: random.Random
) -> dict[str, Figure]:
    """Every keystroke of some names, with a mistake and without, and every single letter."""
    queries = _keystrokes(people, dice)
    ours: dict[str, list[float]] = {query: [] for query in queries}
    like: list[float] = []
    for turn in range(ROUNDS):
        for number, query in enumerate(queries):
            ours[query].append(_timed(functools.partial(search_names, db, query, SEARCH_LIMIT))[0])
            # What follows a scan finds the processor's caches empty: in each round that is another query.
            if (number + turn) % SCAN_EVERY == 0:
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


def _keystrokes(people: People, dice: random.Random) -> list[str]:
    typed = list("abcdefghijklmnopqrstuvwxyzșıİ王张")
    for language in LANGUAGES:
        names = list(people.of_language(language))
        for name in dice.sample(names, min(NAMES_TYPED, len(names))):
            right = as_typed(name, language, dice)
            for whole in (name, right, " ".join(reversed(right.split())), mistyped(right, language, dice)):
                typed.extend(whole[:end] for end in range(1, len(whole) + 1))
    return list(dict.fromkeys(typed))


def _recall(db: Connection, people: People, count: int, dice: random.Random) -> dict[str, Figure]:
    """Of the names of each language, the share whose bearer is among the first 20, mistyped and as it is.

    `as_written` is what any search could reach: of a name that hundreds bear, most stand behind the first 20.
    """
    found: dict[str, float] = {}
    as_written: dict[str, float] = {}
    for language in LANGUAGES:
        bearers = people.of_language(language)
        names = dice.sample(list(bearers), min(count, len(bearers)))
        right = [as_typed(name, language, dice) for name in names]
        members = [people[bearers[name]].member_id for name in names]
        wrong = [mistyped(typed, language, dice) for typed in right]
        found[language] = _share_found(db, wrong, members)
        as_written[language] = _share_found(db, right, members)
    return {
        "typo_recall": _short(min(found.values())),
        **{f"typo_recall_{language}": _short(share) for language, share in found.items()},
        **{f"as_written_{language}": _short(share) for language, share in as_written.items()},
    }


def _share_found(db: Connection, typed: Sequence[str], members: Sequence[uuid.UUID]) -> float:
    hits = sum(
        any(row.member_id == member for row in search_names(db, text, SEARCH_LIMIT))
        for text, member in zip(typed, members, strict=True)
    )
    return hits / len(typed)


def _bytes_per_member(store: Store, count: int) -> dict[str, Figure]:
    """What the register's database takes of the disk for a member, and the name index of that."""
    with store.unit_of_work() as db:
        (pages,) = db.execute("pragma page_count").fetchone()
        (free,) = db.execute("pragma freelist_count").fetchone()
        for table in ("name_key", "name_word", "name_form", "name_start", "member_name"):
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
