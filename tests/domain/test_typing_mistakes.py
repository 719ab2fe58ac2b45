"""One typing mistake is recognised, whatever it is and wherever; two are not."""

from __future__ import annotations

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.typing_mistakes import (
    LESS_LIKELY,
    LIKELY,
    SLIP,
    mistake,
    regroupings,
    start_forms,
    typed_forms,
)

WORDS = st.text("abcde", min_size=2, max_size=9)


def distance(one: str, other: str) -> int:
    """Optimal string alignment, from its definition: insert, delete, replace, swap neighbours."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one mistake."""
    word = draw(WORDS)
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("abcde"))
    wrong = draw(
        st.sampled_from(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                word + letter,
            ]
        )
    )
    return word, wrong


@given(WORDS, WORDS)
def test_a_mistake_is_one_step_of_the_edit_distance(typed: str, word: str) -> None:
    cost = mistake(typed, word)

    assert (cost == 0) == (typed == word)
    assert (cost is not None) == (distance(typed, word) <= 1)


@given(WORDS, WORDS)
def test_a_mistake_in_an_unfinished_word_is_one_in_some_beginning_of_it(typed: str, word: str) -> None:
    one_of_its_beginnings = any(distance(typed, word[:end]) <= 1 for end in range(len(word) + 1))

    assert (mistake(typed, word, unfinished=True) is not None) == one_of_its_beginnings


@given(mistyped())
def test_a_mistyped_word_shares_a_form_with_the_meant_one(pair: tuple[str, str]) -> None:
    word, wrong = pair
    if len(wrong) > 1:
        assert typed_forms(wrong) & start_forms(word)


@pytest.mark.parametrize(
    ("typed", "cost"),
    [
        ("muntanu", LIKELY),
        ("muntaenu", LIKELY),
        ("munnteanu", SLIP),
        ("muntxanu", LESS_LIKELY),
        ("muntwanu", SLIP),
        ("munteamnu", SLIP),
        ("munteanux", LESS_LIKELY),
        ("munteanu", 0),
        ("mntenu", None),
    ],
)
def test_a_missing_letter_is_likelier_than_a_slip_of_the_finger_and_that_than_any_other_letter(
    typed: str, cost: int | None
) -> None:
    assert mistake(typed, "munteanu") == cost


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=4))
def test_every_regrouping_is_one_mistake_at_a_space(words: list[str]) -> None:
    typed = " ".join(words)

    for regrouped, place in itertools.islice(regroupings(tuple(words)), 200):
        assert all(regrouped)
        assert regrouped[:place] == tuple(words[:place])
        assert distance(typed, " ".join(regrouped)) == 1


@pytest.mark.parametrize(
    "typed", ["ioanamunteanu", "ioan amunteanu", "ioanam unteanu", "ioana munt eanu", "ioanaxmunteanu"]
)
def test_a_space_astray_is_put_right(typed: str) -> None:
    assert ("ioana", "munteanu") in [words for words, _place in regroupings(tuple(typed.split()))]
