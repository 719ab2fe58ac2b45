"""Programs with a total, as the page of the active set shows them: what was used, and where the rest is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from agent.domain.program_set import ProgramSet
from hq.console import words
from hq.limits.models import ProgramShare


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One total of one program. `held` is with the registers and not used yet; `kept` at HQ for whoever needs more."""

    title: str
    counted: str
    total: str
    used: str
    held: str
    kept: str


def share_lines(program_set: ProgramSet, exponent: int) -> list[ShareLine]:
    """A line for each total, in uses and in money."""
    titles = words.titles(program_set)
    found = []
    for program in program_set.programs:
        if not program.limits.shared:
            continue
        shares = ProgramShare.objects.filter(program_id=program.id).aggregate(
            Sum("uses"), Sum("used"), Sum("budget_minor"), Sum("given_minor")
        )
        given, used = shares["uses__sum"] or 0, shares["used__sum"] or 0
        money, spent = shares["budget_minor__sum"] or 0, shares["given_minor__sum"] or 0
        limits = program.limits
        if limits.total_uses:
            figures = (limits.total_uses, used, given - used, max(0, limits.total_uses - given))
            found.append(ShareLine(titles[program.id], _("uses"), *(words.whole(one) for one in figures)))
        if limits.budget_minor:
            figures = (limits.budget_minor, spent, money - spent, max(0, limits.budget_minor - money))
            found.append(
                ShareLine(
                    titles[program.id],
                    program_set.currency,
                    *(words.money(one, exponent) for one in figures),
                )
            )
    return found
