"""Holdouts: a share of the accounts does not get a program, so that it can be said what the program changes.

Which account is held out follows from the experiment's key and the account's id alone: the same at every register,
offline too, and for as long as the experiment runs. A provisional account, or nobody, is in no arm.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Annotated, Literal

import msgspec

from agent.domain.goods import Name
from agent.domain.member import MemberFacts

Arm = Literal["given", "held_out", "none"]


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`holdout_permille` of the accounts get nothing of its programs. Another `key` draws the arms anew."""

    id: Name
    key: Annotated[str, msgspec.Meta(min_length=16, max_length=64)]
    holdout_permille: Annotated[int, msgspec.Meta(ge=1, le=999)]


def arm_of(experiment: Experiment, member: MemberFacts | None) -> Arm:
    """The arm of whoever is in the basket."""
    if member is None or member.provisional:
        return "none"
    return arm_of_account(experiment, member.account_id)


def arm_of_account(experiment: Experiment, account_id: uuid.UUID) -> Arm:
    """HMAC-SHA-256(key, the account's 16 bytes); its first 64 bits say where between 0 and 1000 the account stands."""
    digest = hmac.digest(experiment.key.encode(), account_id.bytes, hashlib.sha256)
    place = int.from_bytes(digest[:8], "big") * 1000 >> 64
    return "held_out" if place < experiment.holdout_permille else "given"
