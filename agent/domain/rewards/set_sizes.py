"""How large the sets of an offer may be, so that no program can make the search endless."""

from __future__ import annotations

from typing import Annotated

import msgspec

from agent.domain.basket import MAX_UNITS

PartUnits = Annotated[int, msgspec.Meta(ge=1, le=50)]
MaxSets = Annotated[int, msgspec.Meta(ge=0, le=MAX_UNITS)]
