"""A back-test for other programs: one JSON document of its sums, or a CSV row for each changed sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from agent.domain.program_set import ProgramSet
from agent.service.backtest.outcome import Outcome, Pair, differences, reasons
from agent.service.backtest.replay import Replayed
from agent.service.period import Period

CSV_COLUMNS: Final = (
    "receipt",
    "date",
    "account",
    "currency",
    "goods",
    "discount_before",
    "discount_after",
    "points_earned_difference",
    "points_spent_difference",
    "coupons_difference",
    "gifts_difference",
)

JsonObject = dict[str, Any]


def outcome_document(
    outcome: Outcome, program_set: ProgramSet, period: Period, currency: str, *, complete: bool
) -> JsonObject:
    """Amounts are in minor units of the currency; `complete` is false where the run was stopped."""
    return {
        "from": period.first,
        "to": period.last,
        "complete": complete,
        "program_set": {
            "set_id": program_set.set_id,
            "version": program_set.version,
            "hash": program_set.hash,
        },
        "currency": currency,
        "sales": {
            "compared": outcome.compared,
            "changed": outcome.changed,
            "partly_returned": outcome.partly_returned,
            "not_proven": outcome.unproven,
            "left_out": outcome.left_out,
        },
        "members_touched": len(outcome.members),
        "goods_minor": outcome.goods_minor,
        "discount_minor": _pair(outcome.discount_minor),
        "points_earned": {unit: _pair(sums) for unit, sums in sorted(outcome.earned.items())},
        "points_spent": {unit: _pair(sums) for unit, sums in sorted(outcome.spent.items())},
        "coupons_issued": _pair(outcome.coupons),
        "gift_units": _pair(outcome.gifts),
        "not_in_the_set": {
            "codes": outcome.missing.codes,
            "claims": outcome.missing.claims,
            "coupons": outcome.missing.coupons,
        },
        "largest": [_change(one, program_set) for one in outcome.largest()],
    }


def csv_row(one: Replayed, currency: str, exponent: int) -> list[str]:
    """The row of a changed sale. Amounts are decimals with a point; units and differences are like `points:points=12`."""
    return [
        one.receipt_number,
        one.business_date.isoformat(),
        str(one.account_id or ""),
        currency,
        _decimal(one.goods_minor, exponent),
        _decimal(one.before.discount_minor, exponent),
        _decimal(one.after.discount_minor, exponent),
        _parts(differences(one.before.earned, one.after.earned)),
        _parts(differences(one.before.spent, one.after.spent)),
        _parts(differences(one.before.coupons, one.after.coupons)),
        _parts(differences(one.before.gifts, one.after.gifts)),
    ]


def _change(one: Replayed, program_set: ProgramSet) -> JsonObject:
    return {
        "receipt": one.receipt_number,
        "date": one.business_date,
        "account": one.account_id,
        "discount_minor": _pair(Pair(one.before.discount_minor, one.after.discount_minor)),
        "points_earned": differences(one.before.earned, one.after.earned),
        "points_spent": differences(one.before.spent, one.after.spent),
        "coupons_issued": differences(one.before.coupons, one.after.coupons),
        "gift_units": differences(one.before.gifts, one.after.gifts),
        "programs": [
            {
                "program_id": each.program_id,
                "before_minor": each.before_minor,
                "after_minor": each.after_minor,
                "code": each.code,
            }
            for each in reasons(one, program_set)
        ],
    }


def _pair(pair: Pair) -> JsonObject:
    return {"before": pair.before, "after": pair.after, "difference": pair.difference}


def _decimal(amount_minor: int, exponent: int) -> str:
    return f"{Decimal(amount_minor).scaleb(-exponent):f}"


def _parts(found: dict[str, int]) -> str:
    return " ".join(f"{name}={amount:+d}" for name, amount in found.items())
