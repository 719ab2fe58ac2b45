"""`regulars backtest`: this register's stored sales under another program set (docs/backtest.md)."""

from __future__ import annotations

import csv
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Final, Literal, TextIO

import msgspec
from tqdm import tqdm

from agent.backtest_words import outcome_lines
from agent.bootstrap import DATABASE
from agent.domain.errors import LoyaltyError
from agent.domain.program_set import ProgramSet
from agent.quote_command import read_program_set
from agent.service.backtest.document import CSV_COLUMNS, csv_row, outcome_document
from agent.service.backtest.outcome import Outcome
from agent.service.backtest.replay import Replayed, replay
from agent.service.period import Period
from agent.store.reading import open_for_reading
from agent.store.sale_history import count_sales_between
from agent.store.settings import read_store
from agent.store.sqlite import Connection
from printers.figures import Figures

Form = Literal["table", "csv", "json"]
STOPPED: Final = 130


@dataclass(frozen=True, slots=True)
class _Money:
    locale: str
    currency: str
    exponent: int


def backtest_command(program_set_file: Path, period: Period, form: Form, data_dir: Path, out: TextIO) -> int:
    """Replay, and write to `out`. Returns the exit status: 0, or 130 where Ctrl-C ended it before the last sale.

    Raises LoyaltyError where the set or the register cannot be read, and where the period has no sales.
    """
    program_set = read_program_set(program_set_file)
    with open_for_reading(data_dir / DATABASE) as db:
        sales = count_sales_between(db, period.first, period.last)
        if not sales:
            raise LoyaltyError(
                _("This register has no sales from {first} to {last}.").format(
                    first=period.first, last=period.last
                ),
                _("Name days on which it sold with --from and --to."),
                code="no_sales",
            )
        money = _money(db)
        outcome = Outcome()
        with _stop_after_this_sale() as stop:
            write = _row_writer(out, money) if form == "csv" else None
            _run(db, program_set, period, sales, outcome, write, stop)
    seen = outcome.compared + sum(outcome.left_out.values())
    if form == "json":
        document = outcome_document(outcome, program_set, period, money.currency, complete=seen == sales)
        out.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
    elif form == "table":
        figures = Figures(money.locale, money.exponent)
        out.writelines(
            line + "\n" for line in outcome_lines(outcome, program_set, period, figures, money.currency)
        )
    if not stop.is_set():
        return 0
    told = _("Stopped after {seen} of {sales} sales.").format(seen=seen, sales=sales)
    sys.stderr.write(told + "\n")
    return STOPPED


def _run(
    db: Connection,
    program_set: ProgramSet,
    period: Period,
    sales: int,
    outcome: Outcome,
    write: Callable[[Replayed], object] | None,
    stop: Event,
) -> None:
    # On standard error, and nothing where nobody looks.
    with tqdm(
        replay(db, program_set, period.first, period.last),
        total=sales,
        unit=_("sale"),
        dynamic_ncols=True,
        disable=None,
    ) as bar:
        for one in bar:
            outcome.add(one)
            if write is not None and isinstance(one, Replayed) and one.changed:
                write(one)
            if stop.is_set():
                return


def _row_writer(out: TextIO, money: _Money) -> Callable[[Replayed], object]:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    return lambda one: writer.writerow(csv_row(one, money.currency, money.exponent))


def _money(db: Connection) -> _Money:
    store = read_store(db)
    if store is None:
        return _Money("en", "", 2)
    return _Money(store.locale, store.currency, store.currency_exponent)


@contextmanager
def _stop_after_this_sale() -> Iterator[Event]:
    """The first Ctrl-C sets the event; the second ends the program as usual."""
    stop = Event()

    def stop_once(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop_once)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
