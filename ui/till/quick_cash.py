"""The notes that a member may hand over for an amount: exact first, then what rounds it up."""

from __future__ import annotations

from typing import Final

QUICK_AMOUNTS: Final = 6
# Notes of the currencies that our shops use, in major units, smallest first; others get the common steps.
_NOTES: Final[dict[str, tuple[int, ...]]] = {
    "RON": (1, 5, 10, 20, 50, 100, 200, 500),
    "TRY": (5, 10, 20, 50, 100, 200),
    "CNY": (1, 5, 10, 20, 50, 100),
    "EUR": (5, 10, 20, 50, 100, 200),
    "USD": (1, 5, 10, 20, 50, 100),
    "GBP": (5, 10, 20, 50),
}
_COMMON: Final = (1, 5, 10, 50, 100, 500)


def quick_amounts(left_minor: int, currency: str, exponent: int) -> tuple[int, ...]:
    """At most six amounts in minor units, rising; the first is `left_minor` itself, each other is above it."""
    if left_minor <= 0:
        return ()
    notes = [note * 10**exponent for note in _NOTES.get(currency, _COMMON)]
    above = {_up(left_minor, note) for note in notes if left_minor % note}
    if len(above) < QUICK_AMOUNTS - 1:
        # Where few notes round it up, the step after each is likely too: 150 for 89.06.
        steps_after = {_up(left_minor, note) + note for note in notes} - above
        fewest = sorted(steps_after, key=lambda minor: (_notes_in(minor, notes), -minor))
        above.update(fewest[: QUICK_AMOUNTS - 1 - len(above)])
    likely = sorted(above, key=lambda minor: (_notes_in(minor, notes), minor))
    return (left_minor, *sorted(likely[: QUICK_AMOUNTS - 1]))


def _up(minor: int, note: int) -> int:
    return -(-minor // note) * note


def _notes_in(minor: int, notes: list[int]) -> int:
    """How many notes make this amount: people hand over few."""
    count = 0
    for note in reversed(notes):
        count += minor // note
        minor %= note
    return count
