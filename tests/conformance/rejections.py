"""What cases say of something that was entered and is not taken, and which of our refusal codes say the same."""

from __future__ import annotations

from typing import Final

from agent.domain import refusal_codes as codes

# Two answers that the register gives before the engine is asked.
UNKNOWN_CODE: Final = "unknown_code"
ALREADY_USED: Final = "already_used"

_UNKNOWN: Final = frozenset({UNKNOWN_CODE})
_USED: Final = frozenset({ALREADY_USED, codes.USED_UP})
_LIMIT: Final = frozenset({codes.LIMIT_REACHED, codes.USED_UP})
_BUDGET: Final = frozenset({codes.LIMIT_REACHED, codes.BUDGET_TOO_SMALL})
_TOO_EARLY: Final = frozenset({codes.COUPON_HELD_ELSEWHERE, codes.COUPON_NOT_YET_VALID, codes.NOT_YET_ACTIVE})
_TOO_LATE: Final = frozenset({codes.COUPON_EXPIRED, codes.NO_LONGER_ACTIVE})
_TOO_LITTLE: Final = frozenset({codes.BELOW_MINIMUM_SPEND})
_TOO_FEW: Final = frozenset({codes.NOT_ENOUGH_UNITS, codes.NO_GOODS})
_NO_GOODS: Final = frozenset(
    {codes.NO_GOODS, codes.NOT_ENOUGH_UNITS, codes.BELOW_MINIMUM_SPEND, codes.NOTHING_LEFT}
)
_NOT_THEIRS: Final = frozenset({codes.NOT_INVITED, codes.NEEDS_MEMBER, codes.NEEDS_TIER})
_BETTER: Final = frozenset({codes.BETTER_OFFER, codes.ONE_COUPON_PER_SALE})
_POINTS: Final = frozenset({codes.NOT_ENOUGH_POINTS, codes.POINTS_NOT_HELD})

REJECTIONS: Final[dict[str, frozenset[str]]] = {
    "already_redeemed": _USED,
    "already_used": _USED,
    "below_minimum": _TOO_LITTLE | _TOO_FEW,
    "budget_exceeded": _BUDGET,
    "code_not_found": _UNKNOWN,
    "coupon_already_used": _USED,
    "coupon_expired": _TOO_LATE,
    "coupon_not_active": _TOO_EARLY,
    "coupon_used": _USED,
    "expired": _TOO_LATE,
    "inactive": _UNKNOWN | _TOO_EARLY | _TOO_LATE,
    "invalid_code": _UNKNOWN,
    "limit_reached": _LIMIT,
    "min_amount_not_met": _TOO_LITTLE,
    "min_amount_not_reached": _TOO_LITTLE,
    "min_qty_not_met": _TOO_FEW,
    "min_qty_not_reached": _TOO_FEW,
    "minimum_not_reached": _TOO_LITTLE | _TOO_FEW,
    "no_eligible_items": _NO_GOODS,
    "not_active": _UNKNOWN | _TOO_EARLY | _TOO_LATE,
    "not_applicable": _NO_GOODS,
    "not_combinable": _BETTER,
    "not_eligible": _NO_GOODS | _NOT_THEIRS,
    "not_enough_points": _POINTS,
    "not_found": _UNKNOWN,
    "not_yet_valid": _TOO_EARLY,
    "unknown_code": _UNKNOWN,
    "usage_limit_reached": _LIMIT,
    "wrong_member": _NOT_THEIRS,
}
