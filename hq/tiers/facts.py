"""What counts towards a tier, read from what is posted: sales, goods that came back, points, manual changes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from agent.domain.ledger import points_unit
from agent.domain.tiers import ByHand, Counted, TierRules
from hq import clock
from hq.columns import as_uuid, key, slots
from hq.tiers.models import TierByHand

# A store of another currency counts for nothing: its amounts would be added to ours as if they were the same.
_SALES = """
    SELECT sale.business_date, sale.total_minor, sale.business_date FROM sale
    JOIN store ON store.store_id = sale.store_id
    WHERE sale.state <> 'quarantined' AND store.currency = %s AND sale.account_id IN ({accounts})
"""
_RETURNS = """
    SELECT sale.business_date, -back.refund_minor, back.business_date FROM sale_return back
    JOIN sale ON sale.chain_id = back.sale_chain_id AND sale.seq = back.sale_seq
    JOIN store ON store.store_id = sale.store_id
    WHERE back.state <> 'quarantined' AND store.currency = %s AND sale.account_id IN ({accounts})
"""
# What leaves `issued:<store>` is earned, and what goes back there was earned once.
_POINTS = """
    SELECT sale.business_date, -posting.amount, entry.at_ms FROM posting
    JOIN ledger_entry entry ON entry.account_id = posting.account_id AND entry.chain_id = posting.chain_id
        AND entry.seq = posting.seq AND entry.n = posting.n
    LEFT JOIN sale ON sale.sale_id = entry.sale_id
    WHERE posting.unit = %s AND posting.bucket LIKE 'issued:%%' AND entry.kind <> 'opening'
        AND posting.account_id IN ({accounts})
"""
_SEEN = """
    SELECT chain_id, MAX(seq) FROM (
        SELECT chain_id, seq FROM sale WHERE account_id IN ({accounts})
        UNION ALL SELECT chain_id, seq FROM sale_return WHERE account_id IN ({accounts})
    ) counted GROUP BY chain_id
"""


def counted(accounts: Sequence[uuid.UUID], rules: TierRules, currency: str) -> list[Counted]:
    """Everything that the rules count, of an account and those that belong to it."""
    if rules.counts == "spend":
        found = _rows(_SALES, accounts, currency) + _rows(_RETURNS, accounts, currency)
        return [Counted(_date(on), amount, _date(since)) for on, amount, since in found]
    points = []
    for on, amount, at_ms in _rows(_POINTS, accounts, points_unit(rules.points_of)):
        posted = clock.at(at_ms).date()
        day = _date(on) if on is not None else posted
        points.append(Counted(day, amount, day if amount > 0 else max(day, posted)))
    return points


def by_hand(accounts: Sequence[uuid.UUID]) -> list[ByHand]:
    """The manual changes, in the order in which they were made."""
    made = TierByHand.objects.filter(account_id__in=accounts).order_by("at_ms", "pk")
    return [ByHand(one.on_date, one.tier, at_least=not one.changed_by) for one in made]


def includes_seq(accounts: Sequence[uuid.UUID]) -> dict[str, int]:
    """chain -> its last entry about these accounts that the figure knows; one in quarantine is known, too."""
    keys = [key(one) for one in accounts]
    with connection.cursor() as cursor:
        cursor.execute(_SEEN.format(accounts=slots(len(keys))), [*keys, *keys])
        return {str(as_uuid(chain)): seq for chain, seq in sorted(cursor.fetchall())}


def _rows(query: str, accounts: Sequence[uuid.UUID], value: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(accounts=slots(len(accounts))), [value, *(key(one) for one in accounts)])
        return list(cursor.fetchall())


def _date(value: datetime.date | str) -> datetime.date:
    """SQLite gives a hand-written query the text of the date."""
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
