"""What staff do with a member at the console: replace a lost card, merge a duplicate, make or leave a household."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.payment_cards import holds_payment_card
from hq import clock
from hq.devices.models import Store
from hq.feed import news
from hq.feed.state import identity
from hq.feed.writer import FeedWriter
from hq.members import aliases, roll
from hq.members.finding import one_named
from hq.members.models import ConsoleMember
from hq.membership import cards, joining, leaving


@dataclass(frozen=True, slots=True)
class Done:
    """What is said, whether it went well, and whose page to show then."""

    said: str
    look_at: uuid.UUID
    well: bool = True


def may_replace_card(request: HttpRequest) -> bool:
    return request.user.has_perm("membership.replace_card")


def may_join(request: HttpRequest) -> bool:
    return request.user.has_perm("membership.join_members")


def replace_card(request: HttpRequest, member: ConsoleMember) -> Done:
    """Block every card of the member; `card` of the form is the new one. Raises PermissionDenied."""
    if not may_replace_card(request):
        raise PermissionDenied
    text = request.POST.get("card", "").strip()
    now_ms = clock.now_ms()
    try:
        with transaction.atomic():
            value = _new_card(member, text) if text else ""
            for mark, _value in cards.cards_of(member.pk):
                cards.lose(mark, request.user.get_username(), now_ms)
            if value:
                roll.own_identifier(identity().lookup_key, "card", value, member.account_id, member.pk)
            owner = aliases.owner_of(member.account_id)
            feed = FeedWriter()
            news.tell_members(feed, owner, roll.stores_of(owner))
            feed.write()
    except LoyaltyError as error:
        return _not_done(error, member)
    if value:
        return Done(
            _("The old card of {member} is blocked, the new one counts.").format(member=member), member.pk
        )
    return Done(_("The card of {member} is blocked.").format(member=member), member.pk)


def merge(request: HttpRequest, member: ConsoleMember) -> Done:
    """The member is a duplicate of the one whose number was typed. Raises PermissionDenied."""
    if not may_join(request):
        raise PermissionDenied
    other = one_named(request.POST.get("member", ""))
    if other is None:
        return _nobody(member)
    try:
        joining.merge(member.pk, other.pk, clock.now_ms())
    except LoyaltyError as error:
        return _not_done(error, member)
    return Done(_("{gone} is {left} now, with all points.").format(gone=member, left=other), other.pk)


def household(request: HttpRequest, member: ConsoleMember) -> Done:
    """The member and the one whose number was typed share an account. Raises PermissionDenied."""
    if not may_join(request):
        raise PermissionDenied
    other = one_named(request.POST.get("member", ""))
    if other is None:
        return _nobody(member)
    try:
        joining.make_household([member.pk, other.pk], clock.now_ms())
    except LoyaltyError as error:
        return _not_done(error, member)
    return Done(_("{one} and {other} share one account now.").format(one=member, other=other), member.pk)


def leave(request: HttpRequest, member: ConsoleMember) -> Done:
    """The member shares an account no longer; the others keep it. Raises PermissionDenied."""
    if not may_join(request):
        raise PermissionDenied
    try:
        leaving.leave(member.pk, request.user.get_username(), clock.now_ms())
    except LoyaltyError as error:
        return _not_done(error, member)
    said = _("{member} has an account of their own now. All that was shared stays with the others.")
    return Done(said.format(member=member), member.pk)


def _new_card(member: ConsoleMember, text: str) -> str:
    store = Store.objects.filter(pk=member.enrolled_store).first()
    value = normal_identifier("card", text, store.country if store else "RO")
    if holds_payment_card(value):
        raise LoyaltyError(
            _("This looks like the number of a payment card, so it was not kept."), "", code="payment_card"
        )
    mark = roll.digest(identity().lookup_key, "card", value)
    if roll.identifier(mark) is not None or cards.lost(mark) is not None:
        raise LoyaltyError(
            _("This card is somebody's already, or was reported lost."),
            _("Take a new card."),
            code="card_taken",
        )
    return value


def _nobody(member: ConsoleMember) -> Done:
    said = _("No member has this number. Type the whole phone, e-mail or card.")
    return Done(said, member.pk, well=False)


def _not_done(error: LoyaltyError, member: ConsoleMember) -> Done:
    return Done(f"{error.title} {error.advice}".strip(), member.pk, well=False)
