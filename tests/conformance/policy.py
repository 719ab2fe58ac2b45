"""The policies that a case names. Where loyalty.md has decided otherwise, the case runs under our decision and differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.conformance.words import UnknownWord, Words

# Values that our decisions do not offer. Cases that name them are run all the same, and what differs is shown.
_DECIDED_OTHERWISE: Final[dict[str, tuple[Any, ...]]] = {
    "rounding_carry": ("rounded_base",),
    "order": ("smallest_value_first", "as_entered"),
    "unit_choice": ("same_units", "first_in_line"),
    "choose": ("first", "smallest_discount"),
}
_OURS: Final[dict[str, tuple[Any, ...]]] = {
    "rounding_carry": ("unrounded_base",),
    "order_discount_apportioned_for_earning": (True, False),
    "order": ("largest_value_first",),
    "unit_choice": ("undiscounted_first",),
    "choose": ("largest_discount",),
    # Where tax is rounded changes which cent is tax; what the customer pays is gross with us.
    "tax_rounding": (
        "global",
        "per_line",
        "per_line_half_up",
        "per_line_half_up_discount_line_separate",
        "per_order",
    ),
    "free_item_mode": ("added_line_at_zero", "added_line_auto", "basket_line"),
    "discount_lines": ("one_per_tax_code", "one_per_reward"),
    "order_wide_discounts": ("one_only", "all", "stack"),
    "percent_stacking": ("sequential_on_remaining", "parallel_on_original"),
    "max_discount_basis": ("tax_included", "tax_excluded"),
    "min_amount_tested_on": (
        "amount_after_other_discounts",
        "amount_before_other_discounts",
        "original_amount",
    ),
    "points_spendable_in_same_order": (False,),
    "own_reward_reduces_points": (True,),
}


@dataclass(frozen=True)
class Policy:
    one_order_wide: bool
    percent_of_original: bool
    lines_per_tax_code: bool
    cap_without_tax: bool
    threshold_after_others: bool
    tax_rounded_globally: bool
    earns_before_order_offers: bool


def read_policy(words: Words) -> Policy:
    """The named policies; ours where nothing is named. Raises UnknownWord for one that we neither have nor refuse."""
    named = {key: words.take(key) for key in _OURS}
    for key, value in named.items():
        allowed = (*_OURS[key], *_DECIDED_OTHERWISE.get(key, ()))
        if value is not None and value not in allowed:
            raise UnknownWord(f'the policy {key} "{value}"')
    words.done()
    return Policy(
        one_order_wide=named["order_wide_discounts"] == "one_only",
        percent_of_original=named["percent_stacking"] == "parallel_on_original",
        lines_per_tax_code=named["discount_lines"] == "one_per_tax_code",
        cap_without_tax=named["max_discount_basis"] == "tax_excluded",
        threshold_after_others=named["min_amount_tested_on"] in (None, "amount_after_other_discounts"),
        tax_rounded_globally=named["tax_rounding"] in ("global", "per_order"),
        earns_before_order_offers=named["order_discount_apportioned_for_earning"] is False,
    )
