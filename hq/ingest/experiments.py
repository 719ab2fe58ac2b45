"""What a sale has to do with the experiments of its programs: what they took off, and what a holdout kept back."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from hq.columns import key
from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from sync.wire.entries import Entry, SaleEntry


def note(desk: Desk, seq: int, entry: Entry) -> None:
    """Keep the figures of a sale; projected again, it says the same again."""
    if not isinstance(entry, SaleEntry):
        return
    withheld: Counter[str] = Counter()
    for one in entry.withheld:
        withheld[one.experiment] += one.discount_minor
    given = _given(entry)
    with connection.cursor() as cursor:
        for experiment in sorted(given.keys() | withheld.keys()):
            cursor.execute(
                "INSERT INTO arm_sale (chain_id, seq, experiment, given_minor, withheld_minor)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (chain_id, seq, experiment) DO NOTHING",
                [key(desk.chain_id), seq, experiment, given[experiment], withheld[experiment]],
            )


def _given(entry: SaleEntry) -> Counter[str]:
    given: Counter[str] = Counter()
    if not entry.discounts:
        return given
    quote_input = entry.quote_input
    programs = program_set_of(quote_input.program_set_hash, quote_input.context.currency)
    if programs is None or not programs.experiments:
        return given
    for one in entry.discounts:
        program = programs.program(one.program_id)
        if program is not None and program.experiment:
            given[program.experiment] += one.amount_minor
    return given
