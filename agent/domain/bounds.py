"""The sizes that programs and baskets may have, so that no document can make the engine slow or overflow a ledger."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

# JSON readers elsewhere hold whole numbers up to here exactly.
MAX_SAFE_INT: Final = 2**53 - 1
# A basket of MAX_LINES such lines still adds up to a safe number.
MAX_LINE_MINOR: Final = 10**12

AmountMinor = Annotated[int, msgspec.Meta(ge=1, le=MAX_LINE_MINOR)]
PointsAmount = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
ProgramId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
