"""Ids that HQ makes: UUIDv7 for grants. For identity only, never for order."""

from __future__ import annotations

import secrets
import uuid

from agent.domain.uuid7 import RANDOM_BYTES, uuid7


def new_id(at_ms: int) -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid7(at_ms, secrets.token_bytes(RANDOM_BYTES))
