"""Goods that come back, from what the sale stored for each unit: no rule is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.domain import ledger
from agent.domain.apportion import apportion
from agent.domain.ledger import Posting
from agent.domain.quote import LineShare, UnitRun
from agent.domain.worksheet import COUNT, LIST, line_runs
from tests.conformance.shop import MONEY, STORE, Sale

_MILLI: Final = 1_000


@dataclass
class Refund:
    """What goes back for some units. `clawed` and `given_back` are points by ledger unit."""

    sale: Sale
    units: dict[int, int]
    paid_minor: int = 0
    clawed: dict[str, int] = field(default_factory=dict)
    given_back: dict[str, int] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)


def refund_of(sale: Sale, line_id: int, count: int) -> Refund:
    """The return of `count` more units of one line; what came back before counts as returned."""
    before, after = dict(sale.returned), dict(sale.returned)
    after[line_id] = after.get(line_id, 0) + count
    refund = Refund(sale, {line_id: count})
    refund.paid_minor = sum(_paid(sale, line_id)[before.get(line_id, 0) : after[line_id]])
    account = sale.order.member.account_id if sale.order.member is not None else None
    for earned in sale.settled.earned:
        left = [_milli_left(earned.lines, returned) // _MILLI for returned in (before, after)]
        refund.clawed[earned.unit] = refund.clawed.get(earned.unit, 0) + left[0] - left[1]
    for spent in sale.settled.spent:
        # The shop keeps a begun point until the last unit is back.
        left = [-(-_milli_left(spent.lines, returned) // _MILLI) for returned in (before, after)]
        refund.given_back[spent.unit] = refund.given_back.get(spent.unit, 0) + left[0] - left[1]
    if account is not None:
        issued, redeemed = ledger.issued_bucket(STORE), ledger.redeemed_bucket(STORE)
        for unit, points in refund.clawed.items():
            refund.postings += ledger.move(account, unit, points, ledger.PENDING, issued)
        for unit, points in refund.given_back.items():
            refund.postings += ledger.move(account, unit, points, redeemed, ledger.AVAILABLE)
    for credited_line, card, amount in sale.credited:
        if credited_line == line_id:
            shares = _by_unit(amount, len(_paid(sale, line_id)))
            back = sum(shares[before.get(line_id, 0) : after[line_id]])
            refund.postings += ledger.move(card, MONEY, back, ledger.AVAILABLE, ledger.issued_bucket(STORE))
    return refund


def units_left(sale: Sale, line_id: int) -> int:
    """How many units of a line may still come back."""
    return len(_paid(sale, line_id)) - sale.returned.get(line_id, 0)


def reversed_postings(postings: Iterable[Posting]) -> list[Posting]:
    """A void: every leg the other way round."""
    return [Posting(each.account_id, each.unit, each.bucket, -each.amount) for each in postings]


def _paid(sale: Sale, line_id: int) -> list[int]:
    """What was paid for each unit of a line."""
    line = next(each for each in sale.quote_input.basket.lines if each.line_id == line_id)
    paid = [run[LIST] for run in line_runs(line) for _ in range(run[COUNT])]
    for discount in sale.settled.discounts:
        if discount.line_id == line_id:
            paid = [price - share for price, share in zip(paid, _each(discount.runs, len(paid)), strict=True)]
    return paid


def _milli_left(lines: Sequence[LineShare], returned: dict[int, int]) -> int:
    """Thousandths of points of the units that have not come back."""
    return sum(
        sum(_each(line.runs, sum(run.count for run in line.runs))[returned.get(line.line_id, 0) :])
        for line in lines
    )


def _each(runs: Sequence[UnitRun], units: int) -> list[int]:
    """Runs as one share for each unit."""
    shares = [run.share for run in runs for _ in range(run.count)]
    return [*shares, *[0] * (units - len(shares))]


def _by_unit(amount: int, units: int) -> list[int]:
    ((share, extra),) = apportion(amount, [units], [1], [amount])
    return [share + (place < extra) for place in range(units)]
