"""`tiers`: what members of each tier bought here, and how many members of this register are in it now."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import gettext as _

from agent.service.names import tier_title
from agent.service.period import Period
from agent.service.reports.entries import sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from agent.store.members import members_by_tier


@dataclass(slots=True)
class _Tier:
    sales: int = 0
    discount_minor: int = 0
    total_minor: int = 0
    accounts: set[uuid.UUID] = field(default_factory=set)


def tiers() -> Report:
    """By the tier with which the member came to the till; voided sales are left out. The lowest tier comes first."""
    return Report(
        _("what members of each tier bought here, and how many this register knows"),
        (
            Column("tier", _("Tier")),
            Column("name", _("Name")),
            count("sales", _("Sales")),
            Column("accounts", _("Members seen"), "count"),
            money("discount", _("Discounts")),
            money("total", _("Total")),
            count("known", _("Members known")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[str, _Tier] = defaultdict(_Tier)
    for sale, entry in sales_of(books.db, period):
        member = entry.quote_input.member
        if sale.voided or member is None:
            continue
        one = found[member.tier]
        one.sales += 1
        one.discount_minor += entry.discount_minor
        one.total_minor += entry.total_minor
        one.accounts.add(member.account_id)
    if not found:
        return
    known = members_by_tier(books.db)
    program = books.programs.tiers
    levels = [level.tier for level in program.tiers.levels] if program and program.tiers else []
    others = sorted((found.keys() | known.keys()) - {"", *levels})
    for tier in ("", *levels, *others):
        one = found[tier]
        yield (
            tier,
            tier_title(tier) if tier else _("No tier"),
            one.sales,
            len(one.accounts),
            one.discount_minor,
            one.total_minor,
            known.get(tier, 0),
        )
