"""Stacking groups: which programs may stand together, and what a second percentage is taken of."""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.domain.goods import Name


class StackingGroup(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """Programs name their group by its `id`.

    `choose` "all": they stand together. "one": at most one of them, whichever belongs to the best deal. "in_order":
    each in list order (priority, then id), tested when its turn comes, and none is given up for a better deal.
    `percent_of` "remainder": a percentage is taken of what other offers have left. "original": of the list price.
    """

    id: Name
    choose: Literal["all", "one", "in_order"] = "all"
    percent_of: Literal["remainder", "original"] = "remainder"


NO_GROUP = StackingGroup(id="none")
