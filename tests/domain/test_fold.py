"""Names are folded by our own table, so that nobody is hidden by an accent or a Turkish i."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.fold import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ștefan", "stefan"),
        ("Ştefan", "ștefan"),
        ("ISTANBUL", "ıstanbul"),
        ("İstanbul", "istanbul"),
        ("Øyvind Æbelø", "oyvind aebelo"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("Ｗｉｄｅ", "wide"),
    ],
)
def test_letters_that_people_write_differently_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_chinese_names_stay_as_they_are() -> None:
    assert fold("王小明") == "王小明"


def test_a_name_is_its_words_each_once() -> None:
    assert words("Jean-Luc  O'Neil, Jean") == ("jean", "luc", "o", "neil")
    assert words(" ...!") == ()


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_words_beginning_finds_it(text: str) -> None:
    for word in words(text):
        assert words(word) == (word,)
