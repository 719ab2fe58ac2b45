"""`regulars-hq coupon-batch`: a batch, and its coupons in a new file."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from hq.batches.making import known_serials, make_batch
from hq.batches.serial_file import read_serials, write_coupons
from hq.csv_lines import MAX_FILE_BYTES, FileProblem
from hq.devices.models import Store
from hq.programs import publishing

MADE_BY: Final = "coupon-batch"


def batch_of(
    told: argparse.Namespace, now_ms: int, progress: Callable[[int], None]
) -> tuple[int, Sequence[FileProblem]]:
    """How many coupons were made; or what is wrong with the file of their serials, and nothing is made then.

    Raises LoyaltyError for anything else that is wrong.
    """
    store = Store.objects.filter(pk=told.store).first()
    if store is None:
        raise LoyaltyError(
            _("HQ has no store {store}.").format(store=told.store),
            _("Load it first with load-shop, or check its id."),
            code="no_store",
        )
    serials: list[str] | int = told.count
    if told.serials is not None:
        read = read_serials(_bytes_of(told.serials), known_serials(store), progress)
        if read.problems:
            return 0, read.problems
        serials = read.serials
    try:
        # Opened first: coupons whose serials nobody could read would be lost.
        with told.csv.open("x", encoding="utf-8", newline="") as file:
            batch = make_batch(
                publishing.active(),
                program_id=told.program,
                store=store,
                valid_from=_date(told.first),
                valid_until=_date(told.last),
                serials=serials,
                title=told.title,
                by=MADE_BY,
                now_ms=now_ms,
                progress=progress,
            )
            return write_coupons(batch, file), ()
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be written: {error}.").format(path=told.csv, error=error.strerror),
            _("Name a new file."),
            code="no_file",
        ) from error


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror),
            _("Check the name of the file."),
            code="no_file",
        ) from error


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise LoyaltyError(
            _("{text} is no date.").format(text=text[:40]), _("Write it like 2026-12-31."), code="bad_date"
        ) from None
