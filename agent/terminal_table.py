"""Tables for a terminal: columns aligned by what is seen, so that 牛奶 takes the room of four letters."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# The widths are those of so many rows; a table may have any number of them.
MEASURED_ROWS: Final = 500
_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: figures stand at its right."""

    title: str
    figures: bool = False


def table(headings: Sequence[Heading], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of the table, its headings first. Rows are read as they are needed."""
    rest = iter(rows)
    measured = list(itertools.islice(rest, MEASURED_ROWS))
    titles = [heading.title for heading in headings]
    widths = [max(map(seen_width, column)) for column in zip(titles, *measured, strict=True)]
    yield _line(headings, widths, titles)
    yield _GAP.join("-" * width for width in widths)
    for row in itertools.chain(measured, rest):
        yield _line(headings, widths, row)


def seen_width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def _line(headings: Sequence[Heading], widths: Sequence[int], cells: Sequence[str]) -> str:
    padded = []
    for heading, width, cell in zip(headings, widths, cells, strict=True):
        room = " " * (width - seen_width(cell))
        padded.append(room + cell if heading.figures else cell + room)
    return _GAP.join(padded).rstrip()
