"""A forgotten card at the console: whose a sale of nobody is, and the one action that says so."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from hq import clock
from hq.console import people, words
from hq.devices.models import Store
from hq.ingest.models import ConsoleSale
from hq.members.finding import one_named
from hq.membership import attach_at_hq, attached

RIGHT = "membership.attach_card"


def may_attach(request: HttpRequest) -> bool:
    """Whether this person may give a sale's points to a member: it takes seeing members, too."""
    return people.may_see(request) and request.user.has_perm(RIGHT)


def attach(request: HttpRequest, sale: ConsoleSale) -> tuple[str, int]:
    """Attach the sale to the member whose number was typed: what is said, and how it went.

    Raises PermissionDenied for staff without the right.
    """
    if not may_attach(request):
        raise PermissionDenied
    member = one_named(request.POST.get("member", ""))
    if member is None:
        return _("No member has this number. Type the whole phone, e-mail or card."), messages.WARNING
    try:
        points = attach_at_hq.attach(sale, member, request.user.get_username(), clock.now_ms())
    except LoyaltyError as error:
        return f"{error.title} {error.advice}", messages.WARNING
    said = _("{points} points of receipt {receipt} are {member}'s now.").format(
        points=words.whole(points), receipt=sale.receipt_number, member=member
    )
    return said, messages.SUCCESS


def told(sale: ConsoleSale, store: Store) -> str:
    """When and by whom the sale was attached; empty where it was not."""
    found = attached.find(sale.chain_id, sale.seq)
    if found is None:
        return ""
    return _("Attached by {name}, {when}").format(
        name=found.by_name, when=words.when(found.at_ms, store.zone)
    )
