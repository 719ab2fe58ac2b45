"""The arms of an experiment in figures: who was in which, and what they bought from one business date to another.

In an arm is every account that was on the roll before the experiment began, whether it bought or not, whether the
programs reached it or not: only then are the arms alike but for the lot. A household is one.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from agent.domain.experiments import Arm as ArmName
from agent.domain.experiments import Experiment, arm_of_account
from hq.columns import as_uuid
from hq.experiments.comparing import Arm

# An account's id as the database gives it: ids are compared here by the hundred thousand.
Key = uuid.UUID | str
# Lines of the answer held at once.
CHUNK: Final = 2_000

_ROLL: Final = """
    SELECT member.account_id, alias.account_id, alias.at_ms FROM member
    LEFT JOIN alias ON alias.provisional_id = member.account_id
    WHERE member.enrolled_ms < %s
"""
_LEFT: Final = "SELECT account_id, left_id FROM left_household WHERE at_ms >= %s"
_OWNERS: Final = "SELECT provisional_id, account_id FROM alias"
# Leaves out sales that were voided.
_COUNTS: Final = """
    sale.account_id IS NOT NULL AND sale.state <> 'quarantined' AND store.currency = %s
        AND sale.business_date BETWEEN %s AND %s
        AND NOT EXISTS (SELECT 1 FROM sale_return void WHERE void.sale_chain_id = sale.chain_id
            AND void.sale_seq = sale.seq AND void.kind = 3 AND void.state <> 'quarantined')
"""
_BOUGHT: Final = """
    SELECT sale.account_id, COUNT(*), SUM(sale.total_minor), 0, 0 FROM sale
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} GROUP BY sale.account_id
"""
_CAME_BACK: Final = """
    SELECT sale.account_id, 0, -SUM(back.refund_minor), 0, 0 FROM sale_return back
    JOIN sale ON sale.chain_id = back.sale_chain_id AND sale.seq = back.sale_seq
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} AND back.kind = 2 AND back.state <> 'quarantined' GROUP BY sale.account_id
"""
_ARM_SALES: Final = """
    SELECT sale.account_id, 0, 0, SUM(arm_sale.given_minor), SUM(arm_sale.withheld_minor) FROM arm_sale
    JOIN sale ON sale.chain_id = arm_sale.chain_id AND sale.seq = arm_sale.seq
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} AND arm_sale.experiment = %s GROUP BY sale.account_id
"""


@dataclass(slots=True)
class Measured:
    """Both arms. `crossed`: accounts that were joined since then with one of the other arm, or left one, which are in
    neither."""

    given: Arm = field(default_factory=Arm)
    held_out: Arm = field(default_factory=Arm)
    crossed: int = 0


def measure(
    experiment: Experiment, currency: str, started_ms: int, first: datetime.date, last: datetime.date
) -> Measured:
    """What both arms bought from `first` to `last`, goods that came back taken off."""
    measured = Measured()
    bought = _bought(experiment, currency, first, last)
    nothing = [0, 0, 0, 0]
    for account, arm in _roll(experiment, started_ms).items():
        if arm == "none":
            measured.crossed += 1
            continue
        into = measured.held_out if arm == "held_out" else measured.given
        purchases, spent, given, withheld = bought.get(account, nothing)
        into.add(purchases, spent)
        into.given_minor += given
        into.withheld_minor += withheld
    return measured


def _roll(experiment: Experiment, started_ms: int) -> dict[Key, ArmName]:
    """account -> the arm that it was in since the experiment began; none where it was in both."""
    found: dict[Key, ArmName] = {}
    for account, owner, aliased_ms in _rows(_ROLL, started_ms):
        owns = account if owner is None else owner
        arm = found.get(owns)
        if arm is None:
            arm = found[owns] = arm_of_account(experiment, as_uuid(owns))
        if (
            owns != account
            and aliased_ms >= started_ms
            and arm_of_account(experiment, as_uuid(account)) != arm
        ):
            found[owns] = "none"
    for own, shared in _rows(_LEFT, started_ms):
        # Who left a household since then was in the household's arm before.
        if own in found and arm_of_account(experiment, as_uuid(shared)) != found[own]:
            found[own] = "none"
    return found


def _bought(
    experiment: Experiment, currency: str, first: datetime.date, last: datetime.date
) -> dict[Key, list[int]]:
    """account -> purchases, what was paid, what was taken off, what was kept back."""
    found: dict[Key, list[int]] = {}
    owners: dict[Key, Key] = dict(_rows(_OWNERS))
    for query, further in ((_BOUGHT, ()), (_CAME_BACK, ()), (_ARM_SALES, (experiment.id,))):
        for account, *figures in _rows(query, currency, first, last, *further):
            one = owners.get(account, account)
            had = found.get(one)
            # SQL's sums may come as decimals.
            sums = [int(figure) for figure in figures]
            found[one] = sums if had is None else [a + b for a, b in zip(had, sums, strict=True)]
    return found


def _rows(query: str, *values: str | int | datetime.date) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(counts=_COUNTS), values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
