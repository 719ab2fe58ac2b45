"""What is said to the member: whole sentences, and what they can do where they can do something."""

from __future__ import annotations

from typing import Final

from agent.domain import refusal_codes as codes
from agent.domain.quote import Refusal
from agent.domain.reasons.for_cashier import Words
from agent.domain.reasons.voice import Voice, moment, points, stamps, tiers, weekly


def _used_up(refusal: Refusal, voice: Voice) -> str:
    periods = {
        "day": voice.gettext("You have used this offer today; it is there again tomorrow."),
        "week": voice.gettext("You have used this offer this week."),
        "month": voice.gettext("You have used this offer this month."),
        "year": voice.gettext("You have used this offer this year."),
    }
    if refusal.on and refusal.at != "day":
        return voice.gettext("You used this offer on {date}.").format(date=moment(voice, refusal.on))
    return periods.get(refusal.at) or voice.gettext("You have used this offer.")


def _unit_gap(refusal: Refusal, voice: Voice) -> str:
    words = voice.ngettext(
        "{count} more unit, and you get it.", "{count} more units, and you get it.", refusal.gap_units
    )
    return words.format(count=voice.count(refusal.gap_units))


def _money_gap(refusal: Refusal, voice: Voice) -> str:
    return voice.gettext("{amount} more, and you get it.").format(amount=voice.money(refusal.gap_minor))


def _better_offer(refusal: Refusal, voice: Voice) -> str:
    if not refusal.other_program_id:
        return voice.gettext("Another offer saves you more.")
    offer = voice.title(refusal.other_program_id)
    return voice.gettext("A better offer applies: {offer}.").format(offer=offer)


SENTENCES: Final[dict[str, Words]] = {
    codes.UNKNOWN_PROGRAM: lambda refusal, voice: voice.gettext("This shop has no such offer."),
    codes.NEEDS_NEWER_REGISTER: lambda refusal, voice: voice.gettext(
        "This offer does not work at this register yet."
    ),
    codes.OTHER_CURRENCY: lambda refusal, voice: voice.gettext("This offer is in another currency."),
    codes.RUN_BY_HQ: lambda refusal, voice: voice.gettext("This is not part of a sale."),
    codes.OTHER_STORE: lambda refusal, voice: voice.gettext("This offer is for other stores."),
    codes.NOT_YET_ACTIVE: lambda refusal, voice: voice.gettext("This offer starts on {date}.").format(
        date=moment(voice, refusal.at)
    ),
    codes.NO_LONGER_ACTIVE: lambda refusal, voice: voice.gettext("This offer ended on {date}.").format(
        date=moment(voice, refusal.at)
    ),
    codes.CLOCK_SUSPECT: lambda refusal, voice: voice.gettext(
        "The register cannot tell the time just now; ask the cashier for this offer."
    ),
    codes.NEEDS_MEMBER: lambda refusal, voice: voice.gettext(
        "This offer is for members. Joining takes a phone number or a card."
    ),
    codes.NEEDS_TIER: lambda refusal, voice: voice.gettext("This offer is for {tiers} members.").format(
        tiers=tiers(refusal)
    ),
    codes.PROVISIONAL_MEMBER: lambda refusal, voice: voice.gettext(
        "Your points are kept; offers follow as soon as your membership is known here."
    ),
    codes.OUTSIDE_HOURS: lambda refusal, voice: voice.gettext("This offer is not on before {time}.").format(
        time=weekly(voice, refusal.at)
    ),
    codes.NOT_INVITED: lambda refusal, voice: voice.gettext("This offer is for invited members."),
    codes.NOT_OFFERED: lambda refusal, voice: voice.gettext(
        "This is a personal offer, and you have none of it at present."
    ),
    codes.NOT_BIRTHDAY_WEEK: lambda refusal, voice: voice.gettext(
        "This offer is for the week of your birthday."
    ),
    codes.NOT_FIRST_PURCHASE: lambda refusal, voice: voice.gettext(
        "This offer is for a member's first purchase."
    ),
    codes.USED_UP: _used_up,
    codes.LIMIT_REACHED: lambda refusal, voice: voice.gettext("This offer has run out here."),
    codes.BUDGET_TOO_SMALL: lambda refusal, voice: voice.gettext(
        "What is left of this offer is too little for this basket."
    ),
    codes.NO_GOODS: lambda refusal, voice: voice.gettext("None of these goods is in the offer."),
    codes.BELOW_MINIMUM_SPEND: _money_gap,
    codes.NOT_ENOUGH_UNITS: _unit_gap,
    codes.NOTHING_LEFT: lambda refusal, voice: voice.gettext(
        "Other offers have already taken these goods to zero."
    ),
    codes.NOTHING_EARNED: lambda refusal, voice: voice.gettext("This purchase comes to less than one point."),
    codes.BETTER_OFFER: _better_offer,
    codes.TAKEN_OFF: lambda refusal, voice: voice.gettext("This offer was left out of this purchase."),
    codes.WAITS_FOR_TAP: lambda refusal, voice: voice.gettext("You can use this now; just say so."),
    codes.NOTHING_TO_CLAIM: lambda refusal, voice: voice.gettext("This offer applies by itself."),
    codes.NOT_ENOUGH_POINTS: lambda refusal, voice: voice.gettext(
        "You can use this with {points} more."
    ).format(points=points(voice, refusal.gap_points)),
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext(
        "Your points can be used when the connection is back."
    ),
    codes.BASKET_TOO_SMALL: lambda refusal, voice: voice.gettext(
        "{amount} more in the basket, and you can use it."
    ).format(amount=voice.money(refusal.gap_minor)),
    codes.NEEDS_CODE: lambda refusal, voice: voice.gettext("This offer needs its code."),
    codes.NEEDS_COUPON: lambda refusal, voice: voice.gettext("This offer needs its coupon."),
    codes.NO_COUPON_PROGRAM: lambda refusal, voice: voice.gettext("This coupon is for nothing in this shop."),
    codes.COUPON_NOT_YET_VALID: lambda refusal, voice: voice.gettext(
        "Your coupon is valid from {date}."
    ).format(date=moment(voice, refusal.at)),
    codes.COUPON_EXPIRED: lambda refusal, voice: voice.gettext("Your coupon was valid until {date}.").format(
        date=moment(voice, refusal.at)
    ),
    codes.COUPON_HELD_ELSEWHERE: lambda refusal, voice: voice.gettext(
        "Your coupon can be used when the connection is back."
    ),
    codes.ONE_COUPON_PER_SALE: lambda refusal, voice: voice.gettext(
        "One coupon of this kind can be used in a purchase; keep this one for the next."
    ),
}

OF_STAMPS: Final[dict[str, Words]] = {
    codes.NOT_ENOUGH_POINTS: lambda refusal, voice: voice.gettext(
        "You can use this with {stamps} more."
    ).format(stamps=stamps(voice, refusal.gap_points)),
    codes.POINTS_NOT_HELD: lambda refusal, voice: voice.gettext(
        "Your stamps can be used when the connection is back."
    ),
}
