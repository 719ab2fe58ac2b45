"""Why a program gave nothing, as a sentence with its figures (the codes are agent.domain.refusal_codes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from agent.domain import refusal_codes as codes
from agent.domain.quote import Refusal
from hq.console import words

_SENTENCES: Final = {
    codes.UNKNOWN_PROGRAM: _("Not in the program set of this sale"),
    codes.NEEDS_NEWER_REGISTER: _("Needs a newer version: {at}"),
    codes.OTHER_CURRENCY: _("In another currency: {at}"),
    codes.RUN_BY_HQ: _("Not part of a sale"),
    codes.OTHER_STORE: _("For other stores"),
    codes.NOT_YET_ACTIVE: _("Not before {at}"),
    codes.NO_LONGER_ACTIVE: _("Ended {at}"),
    codes.CLOCK_SUSPECT: _("The register's clock was not trusted"),
    codes.NEEDS_MEMBER: _("For members only"),
    codes.NEEDS_TIER: _("For other tiers: {at}"),
    codes.PROVISIONAL_MEMBER: _("The member was not known at the register yet"),
    codes.OUTSIDE_HOURS: _("Not at this hour; next at {at}"),
    codes.NOT_INVITED: _("For other members"),
    codes.NOT_BIRTHDAY_WEEK: _("Not in the birthday week"),
    codes.NOT_FIRST_PURCHASE: _("Not the first purchase"),
    codes.USED_UP: _("Used up by this member (per {at})"),
    codes.LIMIT_REACHED: _("The register had none of its share left"),
    codes.BUDGET_TOO_SMALL: _("{money} more than was left of the budget"),
    codes.NO_GOODS: _("Nothing in the basket counts"),
    codes.BELOW_MINIMUM_SPEND: _("{money} more"),
    codes.NOT_ENOUGH_UNITS: _("{units} more units"),
    codes.NOTHING_LEFT: _("Other offers took the goods to zero"),
    codes.NOTHING_EARNED: _("Less than one point"),
    codes.BETTER_OFFER: _("Replaced by a better offer: {other}"),
    codes.TAKEN_OFF: _("Taken off for this sale"),
    codes.WAITS_FOR_TAP: _("Was available and not taken"),
    codes.NOTHING_TO_CLAIM: _("Nothing to claim"),
    codes.NOT_ENOUGH_POINTS: _("{points} points more"),
    codes.POINTS_NOT_HELD: _("The register held {points} points too few"),
    codes.BASKET_TOO_SMALL: _("The basket was too small by {money}"),
    codes.NEEDS_CODE: _("No code was given"),
    codes.NEEDS_COUPON: _("No coupon was presented"),
    codes.NO_COUPON_PROGRAM: _("The coupon's program is not for coupons"),
    codes.COUPON_NOT_YET_VALID: _("The coupon is valid from {at}"),
    codes.COUPON_EXPIRED: _("The coupon was valid until {at}"),
    codes.COUPON_HELD_ELSEWHERE: _("Another register held the coupon"),
    codes.ONE_COUPON_PER_SALE: _("Another coupon of this program was used"),
}


def why_not(refusal: Refusal, exponent: int, titles: Mapping[str, str]) -> str:
    """The sentence for a refusal; the code itself where a newer engine has one that we do not know."""
    sentence = _SENTENCES.get(refusal.code)
    if sentence is None:
        return refusal.code
    return str(sentence).format(
        at=refusal.at,
        money=words.money(refusal.gap_minor, exponent),
        units=words.whole(refusal.gap_units),
        points=words.whole(refusal.gap_points),
        other=titles.get(refusal.other_program_id, refusal.other_program_id),
    )
