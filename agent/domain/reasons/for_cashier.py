"""What a cashier reads beside an offer: a few words, after its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agent.domain import refusal_codes as codes
from agent.domain.quote import Refusal
from agent.domain.reasons.voice import Voice, moment, tiers, weekly

Words = Callable[[Refusal, Voice], str]


def _used_up(refusal: Refusal, voice: Voice) -> str:
    periods = {
        "day": voice.gettext("used up for today"),
        "week": voice.gettext("used up for this week"),
        "month": voice.gettext("used up for this month"),
        "year": voice.gettext("used up for this year"),
    }
    if refusal.on and refusal.at != "day":
        return voice.gettext("already used on {date}").format(date=moment(voice, refusal.on))
    return periods.get(refusal.at) or voice.gettext("used up")


def _money_gap(refusal: Refusal, voice: Voice) -> str:
    return voice.gettext("{amount} more").format(amount=voice.money(refusal.gap_minor))


def _unit_gap(refusal: Refusal, voice: Voice) -> str:
    words = voice.ngettext("{count} more unit", "{count} more units", refusal.gap_units)
    return words.format(count=voice.count(refusal.gap_units))


def _point_gap(refusal: Refusal, voice: Voice) -> str:
    words = voice.ngettext("{count} point more", "{count} points more", refusal.gap_points)
    return words.format(count=voice.count(refusal.gap_points))


def _stamp_gap(refusal: Refusal, voice: Voice) -> str:
    words = voice.ngettext("{count} stamp more", "{count} stamps more", refusal.gap_points)
    return words.format(count=voice.count(refusal.gap_points))


def _better_offer(refusal: Refusal, voice: Voice) -> str:
    if not refusal.other_program_id:
        return voice.gettext("another offer saves more")
    offer = voice.title(refusal.other_program_id)
    return voice.gettext("a better offer applies: {offer}").format(offer=offer)


SENTENCES: Final[dict[str, Words]] = {
    codes.UNKNOWN_PROGRAM: lambda refusal, voice: voice.gettext("not known at this register"),
    codes.NEEDS_NEWER_REGISTER: lambda refusal, voice: voice.gettext("needs a newer version of Regulars"),
    codes.OTHER_CURRENCY: lambda refusal, voice: voice.gettext("is in another currency"),
    codes.RUN_BY_HQ: lambda refusal, voice: voice.gettext("is not part of a sale"),
    codes.OTHER_STORE: lambda refusal, voice: voice.gettext("is for other stores"),
    codes.NOT_YET_ACTIVE: lambda refusal, voice: voice.gettext("starts on {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.NO_LONGER_ACTIVE: lambda refusal, voice: voice.gettext("ended on {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.CLOCK_SUSPECT: lambda refusal, voice: voice.gettext("waits until the register's clock is right"),
    codes.NEEDS_MEMBER: lambda refusal, voice: voice.gettext("for members"),
    codes.NEEDS_TIER: lambda refusal, voice: voice.gettext("for {tiers} members").format(
        tiers=tiers(refusal)
    ),
    codes.PROVISIONAL_MEMBER: lambda refusal, voice: voice.gettext("once HQ knows this member"),
    codes.OUTSIDE_HOURS: lambda refusal, voice: voice.gettext("not before {time}").format(
        time=weekly(voice, refusal.at)
    ),
    codes.NOT_INVITED: lambda refusal, voice: voice.gettext("not for this member"),
    codes.NOT_OFFERED: lambda refusal, voice: voice.gettext("a personal offer of other members"),
    codes.NOT_BIRTHDAY_WEEK: lambda refusal, voice: voice.gettext("in the birthday week"),
    codes.NOT_FIRST_PURCHASE: lambda refusal, voice: voice.gettext("for the first purchase"),
    codes.USED_UP: _used_up,
    codes.LIMIT_REACHED: lambda refusal, voice: voice.gettext("none of this offer is left here"),
    codes.BUDGET_TOO_SMALL: lambda refusal, voice: voice.gettext("too little of this offer is left here"),
    codes.NO_GOODS: lambda refusal, voice: voice.gettext("none of its goods is in the basket"),
    codes.BELOW_MINIMUM_SPEND: _money_gap,
    codes.NOT_ENOUGH_UNITS: _unit_gap,
    codes.NOTHING_LEFT: lambda refusal, voice: voice.gettext("nothing is left to take off"),
    codes.NOTHING_EARNED: lambda refusal, voice: voice.gettext("comes to less than one point"),
    codes.BETTER_OFFER: _better_offer,
    codes.TAKEN_OFF: lambda refusal, voice: voice.gettext("taken off for this sale"),
    codes.WAITS_FOR_TAP: lambda refusal, voice: voice.gettext("tap to use it"),
    codes.NOTHING_TO_CLAIM: lambda refusal, voice: voice.gettext("applies by itself"),
    codes.NOT_ENOUGH_POINTS: _point_gap,
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext(
        "Points can be used when the connection is back."
    ),
    codes.BASKET_TOO_SMALL: _money_gap,
    codes.NEEDS_CODE: lambda refusal, voice: voice.gettext("needs its code"),
    codes.NEEDS_COUPON: lambda refusal, voice: voice.gettext("needs its coupon"),
    codes.NO_COUPON_PROGRAM: lambda refusal, voice: voice.gettext("this coupon is for nothing here"),
    codes.COUPON_NOT_YET_VALID: lambda refusal, voice: voice.gettext("valid from {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.COUPON_EXPIRED: lambda refusal, voice: voice.gettext("was valid until {date}").format(
        date=moment(voice, refusal.at)
    ),
    codes.COUPON_HELD_ELSEWHERE: lambda refusal, voice: voice.gettext(
        "can be used when the connection is back"
    ),
    codes.ONE_COUPON_PER_SALE: lambda refusal, voice: voice.gettext("one coupon of this kind per sale"),
}

OF_STAMPS: Final[dict[str, Words]] = {
    codes.NOT_ENOUGH_POINTS: _stamp_gap,
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext(
        "Stamps can be used when the connection is back."
    ),
}
