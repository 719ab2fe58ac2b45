"""Every letter is printed as itself, in the code page that has it, or as a picture; never as another one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from printers.code_pages import runs_of
from printers.profile import PAPER_80MM, profile_for

CHINESE = profile_for("80mm", chinese=True)


def pages(text: str, profile=PAPER_80MM) -> list[str] | None:
    runs = runs_of(text, profile, "")
    return None if runs is None else [run.page for run in runs]


def test_the_euro_is_printed_in_code_page_858():
    runs = runs_of("5,00 €", PAPER_80MM, "")
    assert runs is not None
    assert [(run.page, run.data) for run in runs] == [("cp858", b"5,00 \xd5")]


def test_romanian_is_printed_with_the_cedilla_letters_of_code_page_852():
    runs = runs_of("Brânză și roșii, ȚUȘĂ", PAPER_80MM, "")
    assert runs is not None
    assert [run.page for run in runs] == ["cp852"]
    assert runs[0].data.decode("cp852") == "Brânză şi roşii, ŢUŞĂ"


def test_turkish_is_printed_in_code_page_857():
    assert pages("İstanbul ığdır şöyle") == ["cp857"]


def test_plain_text_needs_no_code_page():
    assert pages("TOTAL 12.50") == ["ascii"]


def test_a_chinese_name_takes_the_printers_chinese_mode_where_it_has_one_and_a_picture_where_not():
    assert pages("李伟 Li", CHINESE) == ["gb18030"]
    assert pages("李伟 Li") is None


def test_a_line_of_two_languages_changes_code_page_inside():
    assert pages("Brânză 东", CHINESE) == ["cp852", "gb18030"]


def test_the_code_page_that_is_set_already_is_kept():
    runs = runs_of("é", PAPER_80MM, "cp852")
    assert runs is not None
    assert runs[0].page == "cp852"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))), st.booleans())
def test_no_character_is_ever_replaced(text: str, chinese: bool):
    runs = runs_of(text, CHINESE if chinese else PAPER_80MM, "cp858")
    if runs is None:
        return
    read = "".join(run.data.decode(run.page) for run in runs)
    cedilla = str.maketrans("ȘșȚț", "ŞşŢţ")
    assert read.translate(cedilla) == text.translate(cedilla)
    assert b"".join(run.data for run in runs).count(b"?") == text.count("?")
    assert not any(byte < 0x20 for run in runs for byte in run.data)
