"""A name is spelled in every way in which people type it, and every spelling is found by any two of its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.pinyin import pinyin_spellings, sounds
from agent.domain.spellings import MAX_LETTERS, MAX_WORDS, keys, spelled, spellings

CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@pytest.mark.parametrize("s", "sșşSȘŞ")
@pytest.mark.parametrize("i", "iıİIî")
def test_one_s_and_one_i_are_all_there_are(s: str, i: str) -> None:
    assert spelled(f"{s}{i}mon") == ("simon",)


@given(st.text())
def test_spelling_what_is_spelled_changes_nothing(text: str) -> None:
    assert spelled(" ".join(spelled(text))) == spelled(text)


@given(st.text())
def test_whatever_stands_in_a_name_its_index_stays_small(text: str) -> None:
    for spelling in spellings(text):
        assert 1 <= len(spelling) <= MAX_WORDS
        assert all(1 <= len(word) <= MAX_LETTERS for word in spelling)
        assert len(list(keys(spelling))) <= MAX_WORDS * (MAX_WORDS - 1 + MAX_LETTERS)


@given(st.lists(st.text("abcșı", min_size=1, max_size=6), min_size=2, max_size=MAX_WORDS))
def test_any_two_words_of_a_name_begin_one_of_its_keys(words: list[str]) -> None:
    spelling = spelled(" ".join(words))
    found = set(keys(spelling))

    for at, first in enumerate(spelling):
        for other, second in enumerate(spelling):
            if at != other:
                assert any(f"{key} ".startswith(f"{first} {second} ") for key in found)


@given(CHINESE)
def test_a_chinese_name_is_found_from_each_of_its_characters_on(name: str) -> None:
    (written,) = spelled(name)
    found = list(keys((written,)))

    assert all(any(key.startswith(written[at:]) for key in found) for at in range(len(written)))


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("王小明", ("wang", "xiaoming")),
        ("王 小明", ("wang", "xiaoming")),
        ("張偉", ("zhang", "wei")),
        ("欧阳娜娜", ("ouyang", "nana")),
        ("曾国藩", ("zeng", "guofan")),
        ("单田芳", ("shan", "tianfang")),
        ("吕布", ("lv", "bu")),
        ("吕布", ("lu", "bu")),
        ("吕布", ("lyu", "bu")),
        ("张乐", ("zhang", "yue")),
        ("李 David", ("li", "david")),
    ],
)
def test_a_chinese_name_is_typed_in_pinyin_as_family_and_given_name(
    name: str, spelling: tuple[str, ...]
) -> None:
    assert spelling in spellings(name)


def test_a_chinese_name_comes_first_as_it_is_written() -> None:
    assert spellings("王小明")[0] == ("王小明",)


def test_what_no_reading_is_known_of_is_left_in_characters() -> None:
    assert spellings("\u4e00\u3400") == (("\u4e00\u3400",),)
    assert sounds("\u3400") == ()


def test_characters_that_are_read_in_many_ways_make_no_more_than_four_spellings() -> None:
    assert len(pinyin_spellings("曾乐晟晟晟")) == 4


def test_letters_and_characters_part_where_they_touch() -> None:
    assert spelled("王小明David") == ("王小明", "david")
