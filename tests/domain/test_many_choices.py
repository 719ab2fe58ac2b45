"""Rewards that wait for a tap, more of them than are searched one by one."""

from __future__ import annotations

from agent.domain.taps import MAX_SEARCHED_TAPS
from tests.builders import a_basket, a_line, a_program, a_quote


def test_sets_that_wait_for_a_tap_are_offered_however_many_there_are() -> None:
    parts = [{"goods": {"items": ["coffee"]}}, {"goods": {"items": ["croissant"]}}]
    choices = [
        a_program(
            f"set-{number:02}",
            "promotion",
            trigger="choice",
            rewards=[{"type": "bundle", "price_minor": 12_00 - number, "parts": parts}],
        )
        for number in range(MAX_SEARCHED_TAPS + 5)
    ]

    quote = a_quote(a_basket(a_line("coffee", 10_00), a_line("croissant", 5_00)), *choices)

    assert [(each.program_id, each.discount_minor) for each in quote.claimable] == [
        (f"set-{number:02}", 3_00 + number) for number in reversed(range(MAX_SEARCHED_TAPS + 5))
    ]
