"""The words of `regulars-hq coupon-batch`. Django is loaded by whoever runs one of them, not to tell how they are used."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hq.batches.models import CouponBatch

Work = Callable[[argparse.Namespace], int]


def add_actions(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    command: Callable[
        [argparse._SubParsersAction[argparse.ArgumentParser], str, str, Work], argparse.ArgumentParser
    ],
) -> None:
    """Add what can be done with batches; `command` makes one of HQ's commands."""
    make = command(actions, "make", _("make many coupons of one program"), _make)
    where = make.add_mutually_exclusive_group(required=True)
    where.add_argument("--store", action="append", metavar="ID", help=_("a store where they count"))
    where.add_argument("--all-stores", action="store_true", help=_("they count in every store there is now"))
    make.add_argument("--program", required=True, help=_("the coupon program that honours them"))
    make.add_argument("--from", dest="first", required=True, metavar="DATE", help=_("the first day"))
    make.add_argument("--until", dest="last", required=True, metavar="DATE", help=_("the last day"))
    make.add_argument("--count", type=int, default=0, help=_("how many new ones"))
    make.add_argument("--serials", type=Path, help=_("or a CSV file with the column serial"))
    make.add_argument("--title", default="", help=_("what the console calls the batch"))
    make.add_argument("--csv", type=Path, required=True, help=_("the file for the new coupons"))

    resume = command(actions, "resume", _("make what is missing of a batch that was interrupted"), _resume)
    export = command(actions, "export", _("write a batch's coupons as they stand now"), _export)
    void = command(actions, "void", _("what was not used of a batch counts no more"), _void)
    for parser in (resume, export, void):
        parser.add_argument("batch", help=_("the batch's id, as `list` tells it"))
    for parser in (resume, export):
        parser.add_argument("--csv", type=Path, required=True, help=_("the file to write"))
    void.add_argument("--reason", required=True, help=_("why; staff read it at the console"))
    command(actions, "list", _("every batch and what is missing of it"), _list)


def _make(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.batches.from_command import batch_of
    from hq.database import prepare_database

    prepare_database()
    begun: list[CouponBatch] = []

    def begin(batch: CouponBatch) -> None:
        begun.append(batch)
        # At once: whoever finds the making stopped needs this name to carry on.
        print(_("Batch {id}").format(id=batch.pk), flush=True)

    try:
        made, problems = batch_of(told, clock.now_ms(), begin, _lines_read, _coupons_made)
    except KeyboardInterrupt:
        for batch in begun:
            _tell_missing(batch)
        return 1
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(_("Nothing was made. Correct the lines and try again."), file=sys.stderr)
        return 1
    print(ngettext("{count} coupon", "{count} coupons", made).format(count=made))
    return 0


def _resume(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.batches.from_command import batch_named, resume
    from hq.database import prepare_database

    prepare_database()
    batch = batch_named(told.batch)
    try:
        count = resume(batch, told.csv, clock.now_ms(), _coupons_made)
    except KeyboardInterrupt:
        _tell_missing(batch)
        return 1
    print(ngettext("{count} coupon", "{count} coupons", count).format(count=count))
    return 0


def _export(told: argparse.Namespace) -> int:
    from hq.batches.from_command import batch_named, export
    from hq.database import prepare_database

    prepare_database()
    batch = batch_named(told.batch)
    count = export(batch, told.csv)
    print(ngettext("{count} coupon", "{count} coupons", count).format(count=count))
    if not batch.void_reason:
        _tell_missing(batch)
    return 0


def _void(told: argparse.Namespace) -> int:
    from hq import clock
    from hq.batches.ending import void_batch
    from hq.batches.from_command import batch_named
    from hq.database import prepare_database

    prepare_database()
    gone = void_batch(batch_named(told.batch), told.reason, clock.now_ms())
    said = ngettext(
        "{count} coupon that was not used counts no more.",
        "{count} coupons that were not used count no more.",
        gone,
    )
    print(said.format(count=gone))
    return 0


def _list(told: argparse.Namespace) -> int:
    from hq.batches.from_command import lines
    from hq.database import prepare_database

    prepare_database()
    for line in lines():
        print(line)
    return 0


def _tell_missing(batch: CouponBatch) -> None:
    from hq.batches.making import missing

    lacking = len(missing(batch.pk))
    if lacking:
        said = ngettext(
            "{count} coupon of batch {id} is not made yet.",
            "{count} coupons of batch {id} are not made yet.",
            lacking,
        )
        print(said.format(count=lacking, id=batch.pk), file=sys.stderr)
        print(_("Carry on with: regulars-hq coupon-batch resume {id}").format(id=batch.pk), file=sys.stderr)


def _lines_read(lines: int) -> None:
    if sys.stderr.isatty():
        print(_("{count} lines checked").format(count=lines), end="\r", file=sys.stderr)


def _coupons_made(count: int) -> None:
    if sys.stderr.isatty():
        print(_("{count} coupons made").format(count=count), end="\r", file=sys.stderr)
