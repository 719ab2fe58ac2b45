"""HQ's stored entries as CSV, for comparing with what the registers wrote."""

from __future__ import annotations

import csv
from gettext import gettext as _
from pathlib import Path
from typing import Final

import msgspec
from django.db import connection

from agent.domain.errors import LoyaltyError
from hq.columns import as_uuid
from sync.wire.entries import SaleEntry, UnknownEntry, decode_entry

HEADER: Final = ("chain_id", "seq", "hash", "total_minor")


def export_journal(path: Path) -> int:
    """Write every entry of every chain, sorted by chain and seq; the number of entries.

    `total_minor` is read from the entry's own bytes, and empty where it is no sale that can be read. Raises
    LoyaltyError when the file cannot be written.
    """
    try:
        return _export(path)
    except OSError as error:
        raise LoyaltyError(
            _("The file {path} cannot be written ({reason}).").format(path=path, reason=error.strerror),
            _("Choose another with --csv, or make room for it."),
            code="no_file",
        ) from error


def _export(path: Path) -> int:
    with connection.cursor() as cursor, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        cursor.execute(
            "SELECT chain_id, seq, kind, version, body, hash FROM journal_entry ORDER BY chain_id, seq"
        )
        count = 0
        for chain_id, seq, kind, version, body, digest in cursor:
            writer.writerow((as_uuid(chain_id), seq, bytes(digest).hex(), _total(kind, version, bytes(body))))
            count += 1
    return count


def _total(kind: int, version: int, body: bytes) -> int | str:
    try:
        entry = decode_entry(kind, version, body)
    except (UnknownEntry, msgspec.DecodeError):
        return ""
    return entry.total_minor if isinstance(entry, SaleEntry) else ""
