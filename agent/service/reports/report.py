"""What every report is: columns, and rows for a period. How it is shown is the business of whoever asks."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from agent.domain.program_set import ProgramSet
from agent.service.period import Period
from agent.store.sqlite import Connection

# money: whole minor units; count: a whole number.
Form = Literal["text", "date", "money", "count"]
Cell = str | int | datetime.date


@dataclass(frozen=True, slots=True)
class Column:
    """`name` heads the column in CSV and never changes; `title` is for people. `summed` columns have a total."""

    name: str
    title: str
    form: Form = "text"
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """What a report reads: the register's database, and the program set in force for names."""

    db: Connection
    programs: ProgramSet
    locale: str

    def title(self, program_id: str) -> str:
        """The program's name in the store's language; empty where the set in force does not have it."""
        program = self.programs.program(program_id)
        return program.title(self.locale) if program is not None else ""

    def kind(self, program_id: str) -> str:
        """The program's kind; empty where the set in force does not have it."""
        program = self.programs.program(program_id)
        return program.kind if program is not None else ""


@dataclass(frozen=True, slots=True)
class Report:
    """`about` is a line for `--help`. Rows have a cell for each column, and are made as they are asked for."""

    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Books, Period], Iterable[tuple[Cell, ...]]]


def money(name: str, title: str) -> Column:
    """A column of amounts with a total."""
    return Column(name, title, "money", summed=True)


def count(name: str, title: str) -> Column:
    """A column of whole numbers with a total."""
    return Column(name, title, "count", summed=True)
