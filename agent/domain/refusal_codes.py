"""Why a program gives nothing: the closed list of codes, each with its meaning and the figures that come with it.

Codes are for machines and stay for ever; people are shown sentences made from them.
"""

from __future__ import annotations

from typing import Final

# The program itself.
UNKNOWN_PROGRAM: Final = "unknown_program"
NEEDS_NEWER_REGISTER: Final = "needs_newer_register"
OTHER_CURRENCY: Final = "other_currency"
RUN_BY_HQ: Final = "run_by_hq"

# Where, when and for whom.
OTHER_STORE: Final = "other_store"
NOT_YET_ACTIVE: Final = "not_yet_active"
NO_LONGER_ACTIVE: Final = "no_longer_active"
CLOCK_SUSPECT: Final = "clock_suspect"
NEEDS_MEMBER: Final = "needs_member"
NEEDS_TIER: Final = "needs_tier"
PROVISIONAL_MEMBER: Final = "provisional_member"
OUTSIDE_HOURS: Final = "outside_hours"
NOT_INVITED: Final = "not_invited"
NOT_OFFERED: Final = "not_offered"
NOT_BIRTHDAY_WEEK: Final = "not_birthday_week"
NOT_FIRST_PURCHASE: Final = "not_first_purchase"

# Limits.
USED_UP: Final = "used_up"
LIMIT_REACHED: Final = "limit_reached"
BUDGET_TOO_SMALL: Final = "budget_too_small"

# What is in the basket.
NO_GOODS: Final = "no_goods"
BELOW_MINIMUM_SPEND: Final = "below_minimum_spend"
NOT_ENOUGH_UNITS: Final = "not_enough_units"
NOTHING_LEFT: Final = "nothing_left"
NOTHING_EARNED: Final = "nothing_earned"
BETTER_OFFER: Final = "better_offer"

# Taps.
TAKEN_OFF: Final = "taken_off"
WAITS_FOR_TAP: Final = "waits_for_tap"
NOTHING_TO_CLAIM: Final = "nothing_to_claim"

# Points.
NOT_ENOUGH_POINTS: Final = "not_enough_points"
POINTS_NOT_HELD: Final = "points_not_held"
BASKET_TOO_SMALL: Final = "basket_too_small"

# Coupons.
NEEDS_CODE: Final = "needs_code"
NEEDS_COUPON: Final = "needs_coupon"
NO_COUPON_PROGRAM: Final = "no_coupon_program"
COUPON_NOT_YET_VALID: Final = "coupon_not_yet_valid"
COUPON_EXPIRED: Final = "coupon_expired"
COUPON_HELD_ELSEWHERE: Final = "coupon_held_elsewhere"
ONE_COUPON_PER_SALE: Final = "one_coupon_per_sale"

MEANINGS: Final[dict[str, str]] = {
    UNKNOWN_PROGRAM: "The program set in force has no program of this id.",
    NEEDS_NEWER_REGISTER: "The program needs a feature that this version of Regulars does not have.",
    OTHER_CURRENCY: "The program has an amount in a currency other than the store's.",
    RUN_BY_HQ: "HQ runs the program outside baskets (welcome, referral, activity, badges): no sale has anything of it.",
    OTHER_STORE: "The program is for other stores.",
    NOT_YET_ACTIVE: "The program starts later: `at` is its first local date, or date and time.",
    NO_LONGER_ACTIVE: "The program has ended: `at` is its last local date, or the date and time of its end.",
    CLOCK_SUSPECT: "The register's clock is not trusted, so an offer with dates waits for a person's yes.",
    NEEDS_MEMBER: "The program is for members and the basket has none.",
    NEEDS_TIER: "The program is for other tiers: `at` names them, with commas.",
    PROVISIONAL_MEMBER: "The member is not known at this register yet: they earn and cannot redeem.",
    OUTSIDE_HOURS: "The program does not run at this hour: `at` is when it next begins, like 16:00 or sat 09:00.",
    NOT_INVITED: "The program is for some members only, and this one is not among them.",
    NOT_OFFERED: "The program is a personal offer, and this member has none of it on this date.",
    NOT_BIRTHDAY_WEEK: "The program is for the week of the member's birthday.",
    NOT_FIRST_PURCHASE: "The program is for a member's first purchase, or it is not known whether this is it.",
    USED_UP: "The member has used the program as often as it may be used in its period, `at`, last `on`.",
    LIMIT_REACHED: "The program's total, or this register's share of it, is used up.",
    BUDGET_TOO_SMALL: "The discount is more than is left of the program's budget here: `gap_minor` is missing.",
    NO_GOODS: "Nothing in the basket is among the goods of the program.",
    BELOW_MINIMUM_SPEND: "The goods that count do not reach the amount: `gap_minor` is missing.",
    NOT_ENOUGH_UNITS: "There are too few units of the goods that count: `gap_units` are missing.",
    NOTHING_LEFT: "Other offers have already taken the goods concerned to zero.",
    NOTHING_EARNED: "What is paid in this sale comes to less than one point.",
    BETTER_OFFER: "Without this program the member saves more: `other_program_id` applies instead.",
    TAKEN_OFF: "The program was taken off for this sale.",
    WAITS_FOR_TAP: "The reward is available and waits for a tap.",
    NOTHING_TO_CLAIM: "The program applies by itself or by coupon; there is nothing to claim.",
    NOT_ENOUGH_POINTS: "The member's balance is too low: `gap_points` are missing.",
    POINTS_NOT_HELD: "The balance is enough, but this register holds too few points: `gap_points` must be leased.",
    BASKET_TOO_SMALL: "The goods that are left cannot absorb one whole reward: `gap_minor` is missing.",
    NEEDS_CODE: "The program applies with a code, and none was given that names it.",
    NEEDS_COUPON: "The program applies with a coupon, and none of its coupons is presented.",
    NO_COUPON_PROGRAM: "The coupon names a program that is not for coupons.",
    COUPON_NOT_YET_VALID: "The coupon is valid later: `at` is its first business date.",
    COUPON_EXPIRED: "The coupon is no longer valid: `at` was its last business date.",
    COUPON_HELD_ELSEWHERE: "This register does not hold the coupon, so it cannot know that it is unspent.",
    ONE_COUPON_PER_SALE: "Another coupon of the same program is used in this sale.",
}


def as_markdown() -> str:
    """The page docs/refusal-codes.md."""
    head = (
        "# Refusal codes\n\n"
        "Why a program gives nothing. A refusal is a value: a code from this closed list with its figures\n"
        "(`gap_minor`, `gap_units`, `gap_points`, `at`, `on`, `other_program_id`). Screens make sentences of them.\n\n"
        "| Code | Meaning |\n|---|---|\n"
    )
    return head + "".join(f"| `{code}` | {meaning} |\n" for code, meaning in MEANINGS.items())
