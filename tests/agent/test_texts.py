"""Every sentence that the register says goes through gettext, and none of it changes what a basket comes to."""

from __future__ import annotations

import ast
import gettext
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

import agent
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.identifiers import normal_phone
from agent.domain.program_document import decode_program_set
from tests.builders import a_basket, a_line, a_program_set, a_quote_input, percent_off

HOUSE = Path(agent.__file__).parent.parent
SOURCES = sorted(
    path for package in ("agent", "sync", "printers", "ui") for path in (HOUSE / package).rglob("*.py")
)
# What is shown to people, or is part of it.
SAID_BY = {
    "LoyaltyError", "Problem", "document_error", "Finding", "Notice", "HqTrouble", "HqUnreachable", "HqGarbage",
    "_wrong", "ArgumentTypeError", "print",
}  # fmt: skip
SAID_AS = {"help", "description"}


def untranslated(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = list(node.args) if name in SAID_BY else []
            said += [word.value for word in node.keywords if word.arg in SAID_AS]
            yield from (each.lineno for each in said if is_sentence(each))


def is_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(has_words(part) for part in node.values)
    return has_words(node) and len(ast.literal_eval(node).split()) > 1


def has_words(node: ast.expr) -> bool:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return " " in text and any(letter.isalpha() for letter in text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_what_is_said_to_people_goes_through_gettext(path: Path) -> None:
    assert list(untranslated(path)) == []


def test_a_sentence_that_is_not_translated_is_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text('raise LoyaltyError("The till stands.", f"Wait {n} minutes.", code="x")\n')

    assert list(untranslated(wrong)) == [1, 1]


@pytest.fixture
def in_romanian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalog of two sentences, in force as start-up would put it."""
    catalog = Catalog(locale="ro")
    catalog.add("This is not a whole phone number.", "Numărul de telefon nu este întreg.")
    catalog.add("is missing", "lipsește")
    target = tmp_path / "ro" / "LC_MESSAGES" / "regulars.mo"
    target.parent.mkdir(parents=True)
    packed = io.BytesIO()
    write_mo(packed, catalog)
    target.write_bytes(packed.getvalue())
    monkeypatch.setenv("LANGUAGE", "ro")
    before = gettext.textdomain()
    gettext.bindtextdomain("regulars", str(tmp_path))
    gettext.textdomain("regulars")
    yield
    gettext.textdomain(before)


def a_quote() -> bytes:
    programs = a_program_set(percent_off("dairy", "0.20", {"categories": [["dairy"]]}))
    asked = a_quote_input(a_basket(a_line("milk", 1000, category=("dairy",))), programs)
    return msgspec.json.encode(evaluate(asked, programs))


def test_what_the_domain_says_follows_the_language(in_romanian: None) -> None:
    with pytest.raises(LoyaltyError) as said:
        normal_phone("12", "RO")
    assert said.value.title == "Numărul de telefon nu este întreg."

    with pytest.raises(LoyaltyError, match="`set_id` lipsește"):
        decode_program_set(b'{"format": 1, "version": 1, "currency": "RON", "programs": []}')


def test_a_quote_has_the_same_bytes_in_every_language(request: pytest.FixtureRequest) -> None:
    in_english = a_quote()
    request.getfixturevalue("in_romanian")

    assert a_quote() == in_english
