"""The program set of a shop that has no programs yet: known bytes, so that HQ can replay its sales too."""

from __future__ import annotations

import msgspec


def no_programs(currency: str) -> bytes:
    """The published bytes of a set without programs, in an ISO currency."""
    return msgspec.json.encode(
        {"format": 1, "set_id": "no-programs", "version": 1, "currency": currency, "programs": []}
    )
