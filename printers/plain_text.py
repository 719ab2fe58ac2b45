"""A row of the paper as plain text: what stands where, in single cells, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable

from printers.text_width import text_cells


def plain_row(parts: Iterable[tuple[int, int, str]], columns: int) -> str:
    """The parts of a row, each (first cell, cells, text), as one line.

    A text in double width needs half its cells: it keeps its place between the two edges, so that what stood at the
    right edge still does.
    """
    written = ""
    for column, cells, text in parts:
        spare = cells - text_cells(text)
        free = max(columns - cells, 1)
        start = column + spare * min(column, free) // free
        written += " " * (start - text_cells(written)) + text
    return written.rstrip()
