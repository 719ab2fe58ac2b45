"""What the screens' sources may say to people, and how."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import ui

UI = Path(ui.__file__).parent
SOURCES = sorted(UI.rglob("*.py"))


def messages() -> list[str]:
    found: list[str] = []
    for _file, _line, message, _comments, _context in extract_from_dir(UI, method_map=[("**.py", "python")]):
        found += [message] if isinstance(message, str) else list(message)
    return found


def test_texts_are_found_by_the_extractor() -> None:
    assert {"Finish", "{count} items", "The printer is out of paper.", "Join"} <= set(messages())


def test_no_text_shouts_or_blames() -> None:
    assert [
        text for text in messages() if "!" in text or "invalid" in text.lower() or "error" in text.lower()
    ] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(UI).as_posix())
def test_no_word_is_put_in_capitals_by_the_program(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    calls = [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]

    assert not {"upper", "title", "capitalize", "swapcase"} & {call for call in calls if call != "title"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(UI).as_posix())
def test_a_translated_text_is_never_put_together_inside_the_call(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    wrong = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "ngettext")
        and not isinstance(node.args[0], ast.Constant)
    ]

    assert wrong == []
