"""What a sale has to do with the experiments of its programs: what they took off, and what a holdout kept back.

When goods of it come back, the figures become those of what stayed with the customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import connection

from agent.domain.returns import returned_units
from agent.domain.sold_units import all_units, basket_without
from hq.columns import key
from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from hq.ingest.sold import read_sold
from hq.program_figures.given import discounts_left, priced_again
from sync.wire.entries import Entry, ReturnEntry, SaleEntry, SaleRef


def note(desk: Desk, seq: int, entry: Entry) -> None:
    """Keep the figures of a sale; projected again, it says the same again."""
    if isinstance(entry, ReturnEntry):
        note_return(entry.sale)
    if not isinstance(entry, SaleEntry):
        return
    withheld: Counter[str] = Counter()
    for one in entry.withheld:
        withheld[one.experiment] += one.discount_minor
    given = _by_experiment(entry, _taken_off(entry))
    with connection.cursor() as cursor:
        for experiment in sorted(given.keys() | withheld.keys()):
            cursor.execute(
                "INSERT INTO arm_sale (chain_id, seq, experiment, given_minor, withheld_minor)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (chain_id, seq, experiment) DO NOTHING",
                [key(desk.chain_id), seq, experiment, given[experiment], withheld[experiment]],
            )


def note_return(ref: SaleRef) -> None:
    """Work out the sale's figures anew, without all of its goods that have come back by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT experiment FROM arm_sale WHERE chain_id = %s AND seq = %s", [key(ref.chain_id), ref.seq]
        )
        experiments = [row[0] for row in cursor.fetchall()]
    sold = read_sold(ref) if experiments else None
    if sold is None:
        return
    given = _by_experiment(sold.sale, discounts_left(sold.sale, sold.earlier))
    withheld = _withheld_of_rest(sold.sale, sold.earlier)
    with connection.cursor() as cursor:
        for experiment in experiments:
            cursor.execute(
                "UPDATE arm_sale SET given_minor = %s, withheld_minor = %s"
                " WHERE chain_id = %s AND seq = %s AND experiment = %s",
                [given[experiment], withheld[experiment], key(ref.chain_id), ref.seq, experiment],
            )


def _withheld_of_rest(sale: SaleEntry, returns: tuple[ReturnEntry, ...]) -> Counter[str]:
    """What would have been taken off the rest alone; where HQ cannot price it, its part by list prices."""
    found: Counter[str] = Counter()
    gone = returned_units(returns)
    if not sale.withheld or gone == all_units(sale.quote_input.basket):
        return found
    rest = priced_again(sale, gone)
    if rest is not None:
        for one in rest.withheld:
            found[one.experiment] += one.discount_minor
        return found
    left = sum(line.extended_minor for line in basket_without(sale.quote_input.basket, gone).lines)
    for one in sale.withheld:
        found[one.experiment] += one.discount_minor * max(0, left) // max(1, sale.goods_minor)
    return found


def _taken_off(sale: SaleEntry) -> Counter[str]:
    found: Counter[str] = Counter()
    for discount in sale.discounts:
        found[discount.program_id] += discount.amount_minor
    return found


def _by_experiment(sale: SaleEntry, by_program: Mapping[str, int]) -> Counter[str]:
    """The same by the experiment that each program belongs to, in the sale's own set."""
    given: Counter[str] = Counter()
    quote_input = sale.quote_input
    programs = (
        program_set_of(quote_input.program_set_hash, quote_input.context.currency) if by_program else None
    )
    if programs is None or not programs.experiments:
        return given
    for program_id, amount in by_program.items():
        program = programs.program(program_id)
        if program is not None and program.experiment:
            given[program.experiment] += amount
    return given
