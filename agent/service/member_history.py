"""How often a member used a program with a limit, and how often they bought, as this register and HQ know it."""

from __future__ import annotations

import datetime
import uuid

from agent.domain.conditions.audience import VISITS
from agent.domain.limit_period import first_day
from agent.domain.limits import USED
from agent.domain.program_set import ProgramSet
from agent.store.member_history import count_visits, uses_of
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow


def read_history(
    db: Connection,
    row: MemberRow,
    account_id: uuid.UUID,
    on: datetime.date,
    programs: ProgramSet,
    *,
    online: bool,
) -> tuple[dict[str, int], dict[str, datetime.date]]:
    """The counters of the member's facts on a business date, and when each limited program was last used.

    A counter that came with the member is added to the uses that were counted: a limit rather refuses than overruns.
    `online`: whether what HQ told is its last word.
    """
    counters = dict(row.counters)
    last_used: dict[str, datetime.date] = {}
    for program_id, uses in uses_of(db, account_id).items():
        program = programs.program(program_id)
        if program is None or not program.limits.member_uses:
            continue
        count = uses.since(first_day(program.limits.member_period, on))
        if count:
            counters[USED + program_id] = counters.get(USED + program_id, 0) + count
            if uses.last is not None:
                last_used[program_id] = uses.last
    visits = count_visits(db, account_id, online=online)
    if visits is not None:
        counters[VISITS] = max(visits, counters.get(VISITS, 0))
    return dict(sorted(counters.items())), last_used
