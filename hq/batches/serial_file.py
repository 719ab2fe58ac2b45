"""Coupons that somebody else prints: their serials from a CSV file, and a batch's coupons into one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Final, TextIO

from agent.domain.coupon import serial, serial_letters
from hq.batches.making import MAX_BATCH
from hq.batches.models import BatchCoupon, CouponBatch
from hq.csv_lines import FileProblem, no_progress, read_lines
from hq.ledger.models import Coupon

HEADER: Final = ("serial", "program", "valid_from", "valid_until", "state", "value_minor")
_COLUMNS: Final = ("serial",)
_PAGE: Final = 500


@dataclass(slots=True)
class SerialFile:
    """The serials of the file, twelve letters each, or what is wrong with it."""

    serials: list[str] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def read_serials(data: bytes, known: set[str], progress: Callable[[int], None] = no_progress) -> SerialFile:
    """The file's serials; each must be new, in the file and among the `known` ones."""
    found = SerialFile()
    seen: set[str] = set()

    def take(told: dict[str, str]) -> None:
        letters = serial_letters(told["serial"])
        if letters is None:
            raise ValueError(
                _(
                    "a serial has twelve letters and digits without I, L, O and U; spaces and dashes may stand between them"
                )
            )
        if letters in seen:
            raise ValueError(_("the serial {serial} is on a line above").format(serial=letters))
        if letters in known:
            raise ValueError(_("the store has a coupon {serial} already").format(serial=letters))
        if len(seen) == MAX_BATCH:
            raise ValueError(_("a batch has at most {most} coupons").format(most=MAX_BATCH))
        seen.add(letters)
        found.serials.append(letters)

    found.problems = read_lines(data, _COLUMNS, _COLUMNS, take, progress)
    if found.problems:
        found.serials.clear()
    return found


def write_coupons(batch: CouponBatch, file: TextIO) -> int:
    """Every coupon of the batch as it stands now, as CSV; how many."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(HEADER)
    count = 0
    for coupon in _coupons(batch):
        row = (serial(coupon.coupon_id), batch.program_id, coupon.valid_from, coupon.valid_until)
        table.writerow((*row, coupon.state, coupon.value_minor))
        count += 1
    return count


def _coupons(batch: CouponBatch) -> Iterator[Coupon]:
    ids = list(BatchCoupon.objects.filter(batch_id=batch.pk).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), _PAGE):
        yield from Coupon.objects.filter(pk__in=ids[first : first + _PAGE]).order_by("pk")
