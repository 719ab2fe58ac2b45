"""Print jobs that failed are told to the cashier: found without reading every receipt that was ever printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def failed_print_jobs(db: Database) -> None:
    """An index of the few that nobody was told of yet."""
    db.execute(
        "create index print_job_failed on print_job (created_ms)"
        " where state = 'failed' and reason <> 'not_printed'"
    )
