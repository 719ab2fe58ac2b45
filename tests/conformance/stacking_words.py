"""Which offers stand together: the policies and the order of a case as stacking groups and priorities of ours."""

from __future__ import annotations

from typing import Final

from tests.conformance.source_programs import SourceProgram, SourceReward
from tests.conformance.translation import Access, Circumstances, Document

_LISTED: Final = "in the order given"
_ORDER_WIDE: Final = "order-wide"
_REST: Final = "the rest"
_TOP: Final = 1_000


def groups_of(about: Circumstances) -> list[Document]:
    """The set's stacking groups."""
    percent_of = "original" if about.policy.percent_of_original else "remainder"
    found = []
    if about.apply_order:
        found.append({"id": _LISTED, "choose": "in_order", "percent_of": percent_of})
    if about.policy.one_order_wide:
        found.append({"id": _ORDER_WIDE, "choose": "one", "percent_of": percent_of})
    if about.policy.percent_of_original:
        found.append({"id": _REST, "choose": "all", "percent_of": percent_of})
    return found


def group_of(program: SourceProgram, reward: SourceReward, access: Access, about: Circumstances) -> str:
    """The group of one reward; "" where it has none.

    A list of programs is given in order. Where thresholds look at what the others have left, each is tested at
    its turn; else all are tested together and the order only says who comes first.
    """
    if program.id in about.apply_order and about.policy.threshold_after_others:
        return _LISTED
    discounts = reward.type in ("percent_off", "amount_off", "tiered_percent", "tiered_amount")
    if about.policy.one_order_wide and reward.scope == "order" and discounts:
        return _ORDER_WIDE
    return _REST if about.policy.percent_of_original else ""


def priority_of(program: SourceProgram, about: Circumstances) -> int:
    """Higher comes first: the order that an action gives, else the program's own sequence."""
    if program.id in about.apply_order:
        return _TOP - about.apply_order.index(program.id)
    if program.sequence is None:
        return 0
    return max(-program.sequence, -_TOP)
