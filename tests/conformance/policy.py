"""The policies that a case names. One that our rules do not have runs under our rules: where its figures differ, the
case says which policy it wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.conformance.words import Words

# What our rules do, or have a switch for. Any other value, and any other policy, is `wanted` and not had.
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
    "own_reward_reduces_points": (True, False),
}


@dataclass(frozen=True)
class Policy:
    one_order_wide: bool
    percent_of_original: bool
    lines_per_tax_code: bool
    cap_without_tax: bool
    threshold_after_others: bool
    tax_rounded_globally: bool
    earns_on: str
    wanted: tuple[str, ...]


def read_policy(words: Words) -> Policy:
    """The named policies; ours where nothing is named."""
    named = words.everything()
    wanted = [
        f"{key} {value}"
        for key, value in named.items()
        if value is not None and value not in _OURS.get(key, ())
    ]
    order_offers_count = named.get("order_discount_apportioned_for_earning") is False
    points_rewards_count = named.get("own_reward_reduces_points") is False
    if order_offers_count and points_rewards_count:
        wanted.append("own_reward_reduces_points False, beside the base before order offers")
    base = "before_points_rewards" if points_rewards_count else ""
    return Policy(
        one_order_wide=named.get("order_wide_discounts") == "one_only",
        percent_of_original=named.get("percent_stacking") == "parallel_on_original",
        lines_per_tax_code=named.get("discount_lines") == "one_per_tax_code",
        cap_without_tax=named.get("max_discount_basis") == "tax_excluded",
        threshold_after_others=named.get("min_amount_tested_on") in (None, "amount_after_other_discounts"),
        tax_rounded_globally=named.get("tax_rounding") in ("global", "per_order"),
        earns_on="before_order_offers" if order_offers_count else base,
        wanted=tuple(wanted),
    )
