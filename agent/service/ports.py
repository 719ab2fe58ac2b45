"""What services need from outside: time, randomness, a key, and HQ. Bootstrap hands them in."""

from __future__ import annotations

import uuid
from typing import Literal, Protocol

from agent.domain.member import IdentifierKind
from agent.domain.uuid7 import RANDOM_BYTES, uuid7
from sync.wire.feed import BalanceRow, MemberRow

LeaseAnswer = Literal["granted", "refused", "offline"]


class Clock(Protocol):
    """Now, in UTC ms; and a clock that never jumps, in seconds, for timeouts."""

    def now_ms(self) -> int: ...

    def monotonic_s(self) -> float: ...


class Entropy(Protocol):
    """Random bytes, fit for keys."""

    def token(self, length: int) -> bytes: ...


class CouponSigner(Protocol):
    """The register's Ed25519 key. `key_id` has 8 bytes (domain.coupon.key_id), a signature 64."""

    @property
    def key_id(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes: ...


class HqAway(Exception):
    """HQ did not answer in time, or there is no connection. Not an error: the register goes on."""


class HqLink(Protocol):
    """The register's line to HQ. Every call is bounded by its timeout and made off the checkout's worker."""

    def online(self) -> bool: ...

    def wake(self) -> None:
        """There is something to send; returns at once."""

    def ask_lease(self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float) -> LeaseAnswer:
        """Ask that this chain holds `target` of the unit. `granted` means that the grant is in the store."""

    def lookup(self, kind: IdentifierKind, value: str, timeout_s: float) -> MemberRow | None:
        """The member behind a normal identifier, asked of HQ. Raises HqAway."""

    def find_gift_card(self, number: str, timeout_s: float) -> BalanceRow | None:
        """What is on a gift card that another store sold, asked of HQ. Raises HqAway."""


class NoHq:
    """A register without a central server: always offline."""

    def online(self) -> bool:
        return False

    def wake(self) -> None:
        return None

    def ask_lease(self, account_id: uuid.UUID, unit: str, target: int, timeout_s: float) -> LeaseAnswer:
        return "offline"

    def lookup(self, kind: IdentifierKind, value: str, timeout_s: float) -> MemberRow | None:
        raise HqAway("this register has no HQ")

    def find_gift_card(self, number: str, timeout_s: float) -> BalanceRow | None:
        raise HqAway("this register has no HQ")


def new_id(at_ms: int, entropy: Entropy) -> uuid.UUID:
    """A new UUIDv7."""
    return uuid7(at_ms, entropy.token(RANDOM_BYTES))
