"""Every report by the name that people ask for. A new one is a file beside this, and a line here."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.service.reports.coupons import coupons
from agent.service.reports.gifts import gifts
from agent.service.reports.members import members
from agent.service.reports.points import points, stamps
from agent.service.reports.programs import programs
from agent.service.reports.report import Report
from agent.service.reports.returns import returns
from agent.service.reports.sales import sales
from agent.service.reports.taxes import taxes
from agent.service.reports.tenders import tenders
from agent.service.reports.tiers import tiers

# Made when they are asked for, in the language of that moment.
REPORTS: Final[dict[str, Callable[[], Report]]] = {
    "coupons": coupons,
    "gifts": gifts,
    "members": members,
    "points": points,
    "programs": programs,
    "returns": returns,
    "sales": sales,
    "stamps": stamps,
    "taxes": taxes,
    "tenders": tenders,
    "tiers": tiers,
}


def report_of(kind: str) -> Report:
    """The report of this name. Raises LoyaltyError for one that there is not."""
    make = REPORTS.get(kind)
    if make is None:
        raise LoyaltyError(
            _("There is no report {kind}.").format(kind=kind[:40]),
            _("Ask for one of: {kinds}.").format(kinds=", ".join(sorted(REPORTS))),
            code="unknown_report",
        )
    return make()


def described() -> list[tuple[str, str]]:
    """Each report's name with a line about it, by name."""
    return [(kind, make().about) for kind, make in sorted(REPORTS.items())]
