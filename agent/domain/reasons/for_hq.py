"""What HQ's pages say of a finished sale: why each program gave nothing then."""

from __future__ import annotations

from typing import Final

from agent.domain import refusal_codes as codes
from agent.domain.quote import Refusal
from agent.domain.reasons.for_cashier import Words
from agent.domain.reasons.voice import Voice, moment, points, stamps, tiers, weekly


def _used_up(refusal: Refusal, voice: Voice) -> str:
    periods = {
        "day": voice.gettext("The member had used it up for the day"),
        "week": voice.gettext("The member had used it up for the week"),
        "month": voice.gettext("The member had used it up for the month"),
        "year": voice.gettext("The member had used it up for the year"),
    }
    words = periods.get(refusal.at) or voice.gettext("The member had used it up")
    if not refusal.on:
        return words
    return voice.gettext("{words}, last on {date}").format(words=words, date=moment(voice, refusal.on))


def _unit_gap(refusal: Refusal, voice: Voice) -> str:
    words = voice.ngettext("{count} more unit", "{count} more units", refusal.gap_units)
    return words.format(count=voice.count(refusal.gap_units))


def _better_offer(refusal: Refusal, voice: Voice) -> str:
    if not refusal.other_program_id:
        return voice.gettext("Without it the member saved more")
    offer = voice.title(refusal.other_program_id)
    return voice.gettext("A better offer applied: {offer}").format(offer=offer)


SENTENCES: Final[dict[str, Words]] = {
    codes.UNKNOWN_PROGRAM: lambda refusal, voice: voice.gettext("Not in the program set of this sale"),
    codes.NEEDS_NEWER_REGISTER: lambda refusal, voice: voice.gettext("Needs a newer version: {at}").format(
        at=refusal.at
    ),
    codes.OTHER_CURRENCY: lambda refusal, voice: voice.gettext("In another currency: {at}").format(
        at=refusal.at
    ),
    codes.RUN_BY_HQ: lambda refusal, voice: voice.gettext("Not part of a sale"),
    codes.OTHER_STORE: lambda refusal, voice: voice.gettext("For other stores"),
    codes.NOT_YET_ACTIVE: lambda refusal, voice: voice.gettext("Not before {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.NO_LONGER_ACTIVE: lambda refusal, voice: voice.gettext("Ended {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.CLOCK_SUSPECT: lambda refusal, voice: voice.gettext("The register's clock was not trusted"),
    codes.NEEDS_MEMBER: lambda refusal, voice: voice.gettext("For members only"),
    codes.NEEDS_TIER: lambda refusal, voice: voice.gettext("For other tiers: {tiers}").format(
        tiers=tiers(refusal)
    ),
    codes.PROVISIONAL_MEMBER: lambda refusal, voice: voice.gettext(
        "The member was not known at the register yet"
    ),
    codes.OUTSIDE_HOURS: lambda refusal, voice: voice.gettext("Not at this hour; next at {time}").format(
        time=weekly(voice, refusal.at)
    ),
    codes.NOT_INVITED: lambda refusal, voice: voice.gettext("For other members"),
    codes.NOT_OFFERED: lambda refusal, voice: voice.gettext("A personal offer of other members"),
    codes.NOT_BIRTHDAY_WEEK: lambda refusal, voice: voice.gettext("Not in the birthday week"),
    codes.NOT_FIRST_PURCHASE: lambda refusal, voice: voice.gettext("Not the first purchase"),
    codes.USED_UP: _used_up,
    codes.LIMIT_REACHED: lambda refusal, voice: voice.gettext("The register had none of its share left"),
    codes.BUDGET_TOO_SMALL: lambda refusal, voice: voice.gettext(
        "{amount} more than was left of the budget"
    ).format(amount=voice.money(refusal.gap_minor)),
    codes.NO_GOODS: lambda refusal, voice: voice.gettext("Nothing in the basket counts"),
    codes.BELOW_MINIMUM_SPEND: lambda refusal, voice: voice.gettext("{amount} more").format(
        amount=voice.money(refusal.gap_minor)
    ),
    codes.NOT_ENOUGH_UNITS: _unit_gap,
    codes.NOTHING_LEFT: lambda refusal, voice: voice.gettext("Other offers took the goods to zero"),
    codes.NOTHING_EARNED: lambda refusal, voice: voice.gettext("Less than one point"),
    codes.BETTER_OFFER: _better_offer,
    codes.TAKEN_OFF: lambda refusal, voice: voice.gettext("Taken off for this sale"),
    codes.WAITS_FOR_TAP: lambda refusal, voice: voice.gettext("Was available and not taken"),
    codes.NOTHING_TO_CLAIM: lambda refusal, voice: voice.gettext("Nothing to claim"),
    codes.NOT_ENOUGH_POINTS: lambda refusal, voice: voice.gettext("{points} more").format(
        points=points(voice, refusal.gap_points)
    ),
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext("The register held {points} too few").format(
        points=points(voice, refusal.gap_points)
    ),
    codes.BASKET_TOO_SMALL: lambda refusal, voice: voice.gettext(
        "The basket was too small by {amount}"
    ).format(amount=voice.money(refusal.gap_minor)),
    codes.NEEDS_CODE: lambda refusal, voice: voice.gettext("No code was given"),
    codes.NEEDS_COUPON: lambda refusal, voice: voice.gettext("No coupon was presented"),
    codes.NO_COUPON_PROGRAM: lambda refusal, voice: voice.gettext("The coupon's program is not for coupons"),
    codes.COUPON_NOT_YET_VALID: lambda refusal, voice: voice.gettext(
        "The coupon is valid from {date}"
    ).format(date=moment(voice, refusal.at)),
    codes.COUPON_EXPIRED: lambda refusal, voice: voice.gettext("The coupon was valid until {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.COUPON_HELD_ELSEWHERE: lambda refusal, voice: voice.gettext("Another register held the coupon"),
    codes.ONE_COUPON_PER_SALE: lambda refusal, voice: voice.gettext(
        "Another coupon of this program was used"
    ),
}

OF_STAMPS: Final[dict[str, Words]] = {
    codes.NOT_ENOUGH_POINTS: lambda refusal, voice: voice.gettext("{stamps} more").format(
        stamps=stamps(voice, refusal.gap_points)
    ),
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext("The register held {stamps} too few").format(
        stamps=stamps(voice, refusal.gap_points)
    ),
}
