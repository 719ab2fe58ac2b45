"""Reading a CSV file that people upload: all of its lines are good, or every mistake is named by its line.

The header names the columns, in any order, separated by commas, semicolons or tabs; line 1 is the header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
# More would help nobody: whoever made the file made the same mistake on every line.
MAX_PROBLEMS: Final = 50
_SOME: Final = 500


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong on a line of the file; line 1 is the header."""

    line: int
    what: str

    def __str__(self) -> str:
        return _("Line {line}: {what}.").format(line=self.line, what=self.what)


def no_progress(lines: int) -> None:
    """For whoever does not wait for a long file."""


def read_lines(
    data: bytes,
    needed: Sequence[str],
    known: Sequence[str],
    take: Callable[[dict[str, str]], None],
    progress: Callable[[int], None] = no_progress,
) -> list[FileProblem]:
    """Give each line to `take`, which raises ValueError for what is wrong with it; every problem, at most 50.

    Of the `known` columns the `needed` must be there. Empty lines are passed over. `progress` is told the lines that
    were read, now and then.
    """
    if len(data) > MAX_FILE_BYTES:
        told = _("it has more than {most} bytes; split the file").format(most=MAX_FILE_BYTES)
        return [FileProblem(1, told)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return [FileProblem(line, _("it is not written in UTF-8; save the file as CSV UTF-8"))]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    problems: list[FileProblem] = []
    try:
        header = _header(next(rows, []), needed, known)
        if header is None:
            told = _("the columns must be {columns}, each once").format(columns=", ".join(known))
            return [FileProblem(1, told)]
        for count, row in enumerate(rows, start=1):
            if count % _SOME == 0:
                progress(count)
            if not any(cell.strip() for cell in row):
                continue
            try:
                take(_cells(header, row))
            except ValueError as error:
                problems.append(FileProblem(rows.line_num, str(error)))
                if len(problems) == MAX_PROBLEMS:
                    break
    except csv.Error as error:
        problems.append(FileProblem(rows.line_num, _("it cannot be read: {error}").format(error=error)))
    return problems


def _delimiter(text: str) -> str:
    """What separates the header's names: spreadsheets of many countries write semicolons."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _header(row: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> list[str] | None:
    """The columns' names; None where they are not those that there are, each once."""
    header = [name.strip().lower() for name in row]
    if not set(needed) <= set(header) <= set(known) or len(set(header)) < len(header):
        return None
    return header


def _cells(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise ValueError(
            _("it has {count} cells, and the header has {columns}").format(
                count=len(row), columns=len(header)
            )
        )
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}
