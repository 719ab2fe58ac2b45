"""Reading the feed: pages of at most 64 KiB, never part of an HQ commit, with an opaque cursor.

The cursor names HQ's incarnation and a commit number. One that HQ cannot have given (from before a restore, or
damaged) starts from the beginning: rows are latest states, so hearing one twice is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from django.db import connection

from hq.columns import slots
from hq.feed.state import identity, last_commit
from hq.feed.writer import MAX_COMMIT_BYTES, MAX_COMMIT_ROWS, row_bytes
from sync.wire.messages import FeedRow, Pulled

# Two whole commits at most are read to fill a page.
_READ_ROWS: Final = 2 * MAX_COMMIT_ROWS


def page(cursor_text: str, scopes: Sequence[str]) -> Pulled:
    """The rows after the cursor in these scopes, oldest commit first."""
    incarnation = identity().incarnation
    newest = last_commit()
    after = _commit_of(cursor_text, incarnation, newest)
    found = _read(after, newest, scopes)
    rows: list[FeedRow] = []
    size = 0
    for commit in _whole_commits(found):
        commit_size = sum(row_bytes(row.kind, row.key, bytes(row.body)) for row in commit)
        if rows and size + commit_size > MAX_COMMIT_BYTES:
            break
        rows.extend(commit)
        size += commit_size
    more = len(rows) < len(found)
    reached = rows[-1].commit if more else newest
    return Pulled(rows=tuple(rows), next_cursor=f"{incarnation}.{reached}", more=more)


def _read(after: int, newest: int, scopes: Sequence[str]) -> list[FeedRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commit_number, kind, row_key, body FROM feed_row"  # noqa: S608 - only placeholders are put in
            f" WHERE scope IN ({slots(len(scopes))}) AND commit_number > %s AND commit_number <= %s"
            " ORDER BY commit_number, kind, row_key LIMIT %s",
            [*scopes, after, newest, _READ_ROWS],
        )
        return [
            FeedRow(commit=number, kind=kind, key=row_key, body=msgspec.Raw(bytes(body)))
            for number, kind, row_key, body in cursor
        ]


def _whole_commits(found: list[FeedRow]) -> list[list[FeedRow]]:
    """The rows by commit; a last one that the limit may have cut is left for the next page."""
    commits: list[list[FeedRow]] = []
    for row in found:
        if not commits or commits[-1][0].commit != row.commit:
            commits.append([])
        commits[-1].append(row)
    return commits[:-1] if len(found) == _READ_ROWS else commits


def _commit_of(cursor_text: str, incarnation: str, newest: int) -> int:
    told, _, number = cursor_text.partition(".")
    if told != incarnation or not (number.isascii() and number.isdecimal() and len(number) < 20):
        return 0
    return int(number) if int(number) <= newest else 0
