"""`when` and the points of one order, as conditions of ours."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from tests.conformance.source_lines import minor
from tests.conformance.source_programs import SourceProgram, SourceReward
from tests.conformance.translation import Circumstances, Document
from tests.conformance.words import UnknownWord


def conditions_of(program: SourceProgram, about: Circumstances) -> list[Document]:
    """What must be in the basket, whatever the reward costs."""
    when, found = program.when, []
    goods = about.catalogue.goods(when.goods)
    units = max(ceiling(when.min_qty), when.buy_qty if program.kind != "buy_get" else 0)
    if units:
        found.append({"type": "has_goods", "goods": goods, "units": units})
    if when.min_amount:
        found.append(_min_spend(program, about, goods))
    return found


def cost_conditions(
    program: SourceProgram, reward: SourceReward, about: Circumstances
) -> list[Document] | None:
    """What the points of this order must come to, for a reward that is given once; None where they never do."""
    cost, earn = reward.cost_points, program.earn
    if not cost:
        return []
    if earn.per == "none" or not earn.points:
        raise UnknownWord(f"{program.id}.{reward.id} costs points that nothing earns")
    points = earn.points * earn.multiplier
    if earn.per == "order":
        return [] if points >= cost else None
    goods = about.catalogue.goods(program.when.goods)
    if earn.per == "unit":
        return [{"type": "has_goods", "goods": goods, "units": ceiling(cost / points)}]
    return [{"type": "min_spend", "goods": goods, "amount_minor": ceiling(cost / points * 100)}]


def merged(conditions: list[Document]) -> list[Document]:
    """Of several numbers of the same goods the largest is enough."""
    found: list[Document] = []
    for each in conditions:
        same = next(
            (
                one
                for one in found
                if one["type"] == "has_goods" == each["type"] and one["goods"] == each["goods"]
            ),
            None,
        )
        if same is not None:
            same["units"] = max(same["units"], each["units"])
        else:
            found.append(dict(each))
    return found


def ceiling(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


def _min_spend(program: SourceProgram, about: Circumstances, goods: Document) -> Document:
    when = program.when
    condition: Document = {"type": "min_spend", "goods": goods}
    if when.min_amount_basis == "excl" and not about.net:
        condition["amount_minor"] = minor(when.min_amount)
        condition["tax"] = "excluded"
    else:
        basis = "tax_excluded" if when.min_amount_basis == "excl" else "tax_included"
        condition["amount_minor"] = about.amount_minor(when.min_amount, basis, when.goods)
    # "More than" is one minor unit more.
    condition["amount_minor"] += when.min_amount_strict
    return condition
