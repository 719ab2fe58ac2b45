"""No payment card's number gets into a text, and ordinary numbers do."""

from __future__ import annotations

import pytest

from agent.domain.payment_cards import holds_payment_card


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "paid 4111-1111-1111-1111 today",
        "5555555555554444",
        "2223003122003222",
        "2720992593319364",
        "378282246310005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
        "2200000000000004",
        "6200000000000005",
    ],
)
def test_the_numbers_of_every_network_are_seen(text: str) -> None:
    assert holds_payment_card(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8830",
        "4111111111111112",
        "5941234567890",
        "0000000000000000",
        "9999999999999995",
        "41111111111111111111111",
        "receipt 2-0413 of 22.11.2026",
        "+40 722 123 456",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_payment_card(text)
