"""What the till says: sentences made from the services' codes and figures.

Refusal codes are the closed list of agent/domain/explain.py. A code that has no sentence here fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from agent.domain.quote import Refusal
from agent.service.views import (
    CheckoutState,
    MemberChoice,
    MemberView,
    OfferView,
    RegisterStatus,
    TenderView,
)
from ui.figures import Figures


def points_words(points: int, figures: Figures) -> str:
    """`225 points`."""
    return ngettext("{count} point", "{count} points", points).format(count=figures.count(points))


def offer_amount(offer: OfferView, figures: Figures) -> str:
    """What stands on the right of an offer: what it takes off, or what is missing."""
    if offer.state == "nearly" and offer.refusal is not None:
        return refusal_words(offer.refusal, figures)
    return figures.taken_off(offer.amount_minor) if offer.amount_minor else ""


def offer_detail(offer: OfferView, figures: Figures) -> str:
    """The second line of an offer."""
    if offer.state == "removed":
        return _("Taken off, tap to put it back")
    if offer.coupon_id is not None:
        return _("Coupon")
    if offer.points_cost:
        points = points_words(offer.points_cost, figures)
        if offer.state == "applied":
            return _("{points} used").format(points=points)
        return _("For {points}").format(points=points)
    if offer.state == "applied":
        return _("In this sale")
    return ""


def refused_line(offer: OfferView, figures: Figures) -> str:
    """An offer that does not apply, in one grey line: `Birthday 10%: already used on 3 Nov`."""
    if offer.refusal is None:
        return offer.title
    reason = refusal_words(offer.refusal, figures)
    return _("{offer}: {reason}").format(offer=offer.title, reason=reason)


def hint_words(member: MemberView | MemberChoice) -> str:
    """How the member was found: `Card ending 4417`."""
    if not member.hint_last4:
        return ""
    sentence = {
        "card": _("Card ending {last4}"),
        "phone": _("Phone ending {last4}"),
        "email": _("E-mail ending {last4}"),
    }.get(member.hint_kind or "", "")
    return sentence.format(last4=member.hint_last4)


def member_name(member: MemberView | MemberChoice) -> str:
    """The name, or what can be said of a member who has given none."""
    return member.display_name or (
        _("New member") if isinstance(member, MemberView) and member.provisional else _("Member")
    )


def tender_name(tender: TenderView) -> str:
    """`Cash`, `Card`."""
    return {"cash": _("Cash"), "card": _("Card")}.get(tender.kind, _("Manufacturer's coupon"))


def hq_words(status: RegisterStatus, figures: Figures) -> str:
    """The strip's word for HQ, with numbers."""
    unsent = status.unsent_sales
    to_send = ngettext("{count} sale to send", "{count} sales to send", unsent).format(count=figures.count(unsent))
    match status.hq:
        case "online":
            return _("Online, {to_send}").format(to_send=to_send) if unsent else _("Online, all sales sent")
        case "offline":
            if status.offline_since_ms is None:
                return _("Offline")
            return _("Offline since {time}").format(time=figures.time(status.offline_since_ms))
        case "forked":
            return _("Not sending: HQ must check this register")
        case "revoked":
            return _("Not sending: HQ has closed this register")
        case "none":
            return _("Works without HQ")


def offline_words(status: RegisterStatus, figures: Figures) -> tuple[str, str]:
    """The two halves of the offline strip: since when, and what becomes of the sales."""
    unsent = status.unsent_sales
    saved = ngettext(
        "{count} sale saved, it will be sent.", "{count} sales saved, they will be sent.", unsent
    ).format(count=figures.count(unsent))
    since = _("Offline.")
    if status.offline_since_ms is not None:
        since = _("Offline since {time}.").format(time=figures.time(status.offline_since_ms))
    return since, saved if unsent else _("Sales go on as usual.")


def waiting_at_hq_words(count: int, figures: Figures) -> str:
    """Sales that HQ has and that somebody must look at."""
    return ngettext(
        "{count} sale waits for a person at HQ", "{count} sales wait for a person at HQ", count
    ).format(count=figures.count(count))


def saved_words(state: CheckoutState, figures: Figures) -> str:
    return figures.money(state.saved_minor)


def refusal_words(refusal: Refusal, figures: Figures) -> str:
    """Why an offer does not apply, as a short phrase: `7.44 more`, `Points can be used when the connection is back.`"""
    words = _REFUSALS.get(refusal.code)
    return words(refusal, figures) if words else _("Not in this sale")


def _money_gap(refusal: Refusal, figures: Figures) -> str:
    return _("{amount} more").format(amount=figures.money(refusal.gap_minor))


def _unit_gap(refusal: Refusal, figures: Figures) -> str:
    return ngettext("{count} more", "{count} more", refusal.gap_units).format(
        count=figures.count(refusal.gap_units)
    )


def _point_gap(refusal: Refusal, figures: Figures) -> str:
    return ngettext("{count} point more", "{count} points more", refusal.gap_points).format(
        count=figures.count(refusal.gap_points)
    )


_REFUSALS: Final[dict[str, Callable[[Refusal, Figures], str]]] = {
    "below_minimum_spend": _money_gap,
    "too_few_units": _unit_gap,
    "too_few_points": _point_gap,
}
