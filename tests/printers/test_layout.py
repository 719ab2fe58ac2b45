"""Rows that fit their paper, whatever is printed on it and however wide it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from printers.document import BIG, PLAIN, Columns, Document, Style, Text
from printers.layout import CodeRow, TextRow, lay_out
from printers.profile import PAPER_58MM, PAPER_80MM, Profile, profile_for
from printers.receipts import lay_out_receipt
from printers.text_width import text_cells, wrap
from tests.printers.receipts import a_receipt

WORDS = st.text(st.sampled_from("ab ăș 东北大米，. 12"), max_size=60)
STYLES = st.builds(Style, st.booleans(), st.sampled_from((1, 2)), st.sampled_from((1, 2)))
PROFILES = st.sampled_from(
    (PAPER_80MM, PAPER_58MM, profile_for("80mm", columns=42), profile_for("58mm", columns=16))
)


def rows_of(block, profile: Profile) -> list[TextRow]:
    return [row for row in lay_out(Document((block,)), profile).rows if isinstance(row, TextRow)]


@given(WORDS, st.integers(4, 48))
@settings(max_examples=400)
def test_wrapped_lines_fit_and_lose_only_spaces(words: str, cells: int):
    lines = wrap(words, cells)
    assert all(text_cells(one) <= cells for one in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


@given(WORDS, STYLES, st.sampled_from(("left", "center", "right")), PROFILES)
def test_paragraphs_stay_on_the_paper(words, style, align, profile):
    for row in rows_of(Text(words, style, align), profile):
        for span in row.spans:
            assert span.column >= 0
            assert span.column + span.cells <= profile.columns


@given(WORDS, st.text("0123456789.,-", min_size=1, max_size=14), STYLES, PROFILES, st.integers(0, 4))
def test_a_figure_is_whole_at_the_right_edge_and_never_over_the_words(left, right, style, profile, indent):
    rows = rows_of(Columns(left, right, style, indent), profile)
    last = rows[-1].spans[-1]
    assert last.column + last.cells == profile.columns
    assert "".join(span.text for row in rows for span in row.spans).endswith(right)
    for row in rows:
        at = 0
        for span in row.spans:
            assert span.column >= at
            at = span.column + span.cells


def test_a_word_too_long_for_a_line_is_cut_and_not_lost():
    assert wrap("Donaudampfschifffahrt", 8) == ["Donaudam", "pfschiff", "fahrt"]


def test_chinese_breaks_between_characters_but_not_before_a_comma():
    assert wrap("东北大米，好", 8) == ["东北大", "米，好"]


def test_a_long_name_wraps_beside_its_amount():
    rows = rows_of(Columns("A doua la jumătate de preț, mâine", "-12,45", indent=2), PAPER_58MM)
    assert [row.text(32) for row in rows] == ["  A doua la jumătate de", "  preț, mâine             -12,45"]


def test_a_total_with_no_room_in_double_width_becomes_narrower():
    rows = rows_of(Columns("TOTAL RON", "1.234.567,89", BIG), PAPER_58MM)
    assert len(rows) == 1
    assert {span.style.width for span in rows[0].spans} == {1}


def test_a_figure_with_no_room_beside_its_words_stands_under_them():
    rows = rows_of(Columns("Puncte înainte", "12.345.678.901", PLAIN), profile_for("58mm", columns=16))
    assert [row.text(16) for row in rows] == ["Puncte înainte", "  12.345.678.901"]


@pytest.mark.parametrize(
    "profile", [PAPER_80MM, PAPER_58MM, profile_for(columns=42), profile_for(columns=64)]
)
def test_the_whole_receipt_fits_every_paper(profile: Profile):
    layout = lay_out_receipt(a_receipt(), profile)
    assert max(text_cells(row) for row in layout.text().splitlines()) <= profile.columns
    assert {row.kind for row in layout.rows if isinstance(row, CodeRow)} == {"code128", "qr"}


def test_paper_widths_have_their_columns_and_dots():
    assert (PAPER_80MM.columns, PAPER_80MM.dots) == (48, 576)
    assert (PAPER_58MM.columns, PAPER_58MM.dots) == (32, 384)
    assert profile_for("80mm", columns=64).font == "B"
    assert profile_for("80mm", dots=512).columns == 42


def test_columns_that_the_paper_has_no_room_for_are_refused_in_words():
    with pytest.raises(LoyaltyError, match=r"384 dots has no room for 64 columns.*printer\.columns"):
        profile_for("58mm", columns=64)
