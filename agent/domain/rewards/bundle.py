"""Some units together at one price: coffee and croissant, or any three of a category."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import msgspec

from agent.domain.bounds import MAX_LINE_MINOR
from agent.domain.goods import Goods
from agent.domain.problems import Problem
from agent.domain.rewards.set_sizes import MaxSets, PartUnits

_MAX_PARTS = 8


class BundlePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """So many units of these goods."""

    goods: Goods
    units: PartUnits = 1


class Bundle(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="bundle",
):
    """All `parts` together cost `price_minor`, tax included; a set that would cost more is never made.

    One part is mix and match. `max_sets` 0 is no limit.
    """

    parts: Annotated[tuple[BundlePart, ...], msgspec.Meta(min_length=1, max_length=_MAX_PARTS)]
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)]
    max_sets: MaxSets = 0

    def problem(self) -> Problem | None:
        for number, part in enumerate(self.parts):
            if part.goods.everything:
                return Problem(f"parts[{number}].goods", _("must name items or categories"))
        return None
