"""UUIDv7 as RFC 9562 writes it."""

from __future__ import annotations

import uuid

import pytest

from agent.domain.uuid7 import uuid7


def test_the_example_of_the_rfc() -> None:
    # RFC 9562, appendix A.6: rand_a is 0xCC3, rand_b 0x18C4DC0C0C07398F.
    random10 = (0xCC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10, "big")

    assert uuid7(0x017F22E279B0, random10) == uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


def test_version_and_variant_are_set_whatever_the_random_bytes() -> None:
    for byte in (b"\x00", b"\xff"):
        made = uuid7(1, byte * 10)
        assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_a_later_one_sorts_later() -> None:
    assert uuid7(5, b"\xff" * 10).bytes < uuid7(6, b"\x00" * 10).bytes


@pytest.mark.parametrize(("at_ms", "length"), [(-1, 10), (1 << 48, 10), (1, 9)])
def test_what_makes_no_uuid_is_refused(at_ms: int, length: int) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        uuid7(at_ms, bytes(length))
