"""`regulars quote` takes whatever it is given: it answers with a quote, or with one JSON problem that names the field."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.cli import main
from agent.domain.errors import LoyaltyError
from agent.domain.problem_document import ProblemDocument
from agent.domain.quote import Quote
from agent.domain.quote_schema import schema
from agent.quote_command import problem_line, quote_command
from demo.local_shop import DEMO_SHOP
from tests.builders import a_basket, a_program_set, a_quote_input, milk, program_set_bytes
from tests.domain.any_shop import shops
from tests.domain.test_program_set import scraps
from tests.domain.test_quote_input import as_json
from tests.json_schema import misfits
from tests.oracle.shops import Shop

PROGRAM_SET = DEMO_SHOP.with_name("program_set.json")
QUOTE: dict[str, Any] = json.loads(schema("quote"))
ODD_NUMBERS = ["NaN", "-Infinity", "1e400", "-0", "1e-400", "9" * 5_000, "0." + "1" * 5_000, "-1", "1e18"]
many = settings(max_examples=150, deadline=None)
texts = st.text(
    st.characters(), max_size=8
)  # halves of characters too, which JSON can write and UTF-8 cannot
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def programs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program set that `as_json` asks for, but not by its hash."""
    path = tmp_path_factory.mktemp("quote") / "programs.json"
    path.write_bytes(program_set_bytes(*_PROGRAMS))
    return path


_PROGRAMS = [
    msgspec.json.decode(msgspec.json.encode(each), type=dict[str, Any]) for each in a_program_set().programs
]


def answer(data: bytes, programs: Path) -> Quote | ProblemDocument:
    """What comes out; anything else than a quote or a problem is a crash, and ends the test."""
    refused: LoyaltyError | None = None
    told = b""
    try:
        told = quote_command(data, programs, Path("nowhere"))
    except LoyaltyError as error:
        refused = error
    if refused is not None:
        problem = msgspec.json.decode(problem_line(refused), type=ProblemDocument)
        assert problem.code
        assert problem.detail.startswith(refused.title)
        return problem
    assert misfits(json.loads(told), QUOTE) == []
    quote = msgspec.json.decode(told, type=Quote)
    assert 0 <= quote.total_minor == quote.goods_minor - quote.discount_minor
    return quote


def run(data: bytes, capfdbinary: pytest.CaptureFixture[bytes], path: Path) -> tuple[int, bytes, bytes]:
    path.write_bytes(data)
    status = main(["quote", str(path), "--program-set", str(PROGRAM_SET)])
    said = capfdbinary.readouterr()
    return status, said.out, said.err


def test_a_problem_is_one_line_of_json_that_names_the_field(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    document = as_json()
    document["basket"]["lines"][1]["extended_minor"] = -5

    status, out, err = run(json.dumps(document).encode(), capfdbinary, tmp_path / "basket.json")

    assert (status, out, err.count(b"\n")) == (1, b"", 1)
    problem = json.loads(err)
    assert problem["type"] == "urn:regulars:problem:bad_quote_input"
    assert problem["title"] == "The quote_input cannot be used."
    assert problem["code"] == "bad_quote_input"
    assert problem["path"] == "basket.lines[1].extended_minor"
    assert "must be from 0 to 1000000000000" in problem["detail"]


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"program_set_hash": "0" * 64}, "other_program_set", "program_set_hash"),
        ({"program_set_hash": "", "engine_semantics": 1}, "other_engine", "engine_semantics"),
        ({"program_set_hash": "", "claims": [{"blocks": 1}]}, "bad_quote_input", "claims[0].program_id"),
    ],
)
def test_each_way_to_be_refused_has_its_code_and_path(
    changed: dict[str, Any], code: str, path: str, programs_file: Path
) -> None:
    problem = answer(json.dumps({**as_json(), **changed}).encode(), programs_file)

    assert isinstance(problem, ProblemDocument)
    assert (problem.code, problem.path) == (code, path)


def test_a_broken_program_set_is_told_apart_from_a_broken_basket(tmp_path: Path) -> None:
    path = tmp_path / "programs.json"
    path.write_bytes(program_set_bytes({**_PROGRAMS[0], "kinde": "points"}))

    problem = answer(json.dumps(as_json()).encode(), path)

    assert isinstance(problem, ProblemDocument)
    assert (problem.code, problem.path) == ("bad_program_set", "programs[0].kinde")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless file")
def test_a_file_without_an_end_is_refused_like_a_long_one(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["quote", "/dev/zero", "--program-set", str(PROGRAM_SET)]) == 1

    assert b"has more than 1048576 bytes" in capfdbinary.readouterr().err


@pytest.mark.parametrize("name", ["quote-input", "quote"])
def test_the_schema_is_printed_by_the_command(name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["quote", "--schema", name]) == 0

    assert json.loads(capfdbinary.readouterr().out)["title"].startswith("Regulars: quote")


def test_a_basket_without_programs_costs_what_its_goods_cost(tmp_path: Path) -> None:
    path = tmp_path / "programs.json"
    path.write_bytes(program_set_bytes())
    asked = msgspec.structs.replace(a_quote_input(a_basket(milk(12_00))), program_set_hash="")

    quote = answer(msgspec.json.encode(asked), path)

    assert isinstance(quote, Quote)
    assert (quote.goods_minor, quote.total_minor) == (12_00, 12_00)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 50_000,
        b'{"basket":' * 50_000,
        b'{"basket": {"lines": [' + b"[" * 900 + b"]" * 900 + b"]}}",
        b'{"basket": "\xff\xfe"}',
        b'"\\ud800"',
        b'{"codes": ["\\udc00\\ud800"]}',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"\x00",
    ],
)
def test_bytes_that_are_no_basket_are_a_problem(data: bytes, programs_file: Path) -> None:
    problem = answer(data, programs_file)

    assert isinstance(problem, ProblemDocument)
    assert problem.code == "bad_quote_input"


def test_ten_thousand_lines_are_a_problem_and_two_thousand_are_priced(programs_file: Path) -> None:
    document = {**as_json(), "program_set_hash": ""}
    small = {"item_code": "a", "name": "A", "quantity": "1", "extended_minor": 7}
    document["basket"] = {"lines": [{**small, "line_id": number} for number in range(10_000)]}

    problem = answer(json.dumps(document).encode(), programs_file)

    assert isinstance(problem, ProblemDocument)
    assert problem.path == "basket.lines"
    document["basket"]["lines"] = document["basket"]["lines"][:2_000]
    quote = answer(json.dumps(document).encode(), programs_file)
    assert isinstance(quote, Quote)
    assert quote.goods_minor == 14_000


@many
@given(document=any_json)
@example(document={"basket": {"lines": [None]}})
def test_any_json_is_a_problem(document: Any, programs_file: Path) -> None:
    told = answer(json.dumps(document).encode(), programs_file)

    assert isinstance(told, ProblemDocument)


@many
@given(data=st.data())
def test_a_basket_that_is_nearly_right_is_priced_or_a_problem(
    data: st.DataObject, programs_file: Path
) -> None:
    document = {**as_json(), "program_set_hash": ""}
    for _ in range(data.draw(st.integers(1, 3))):
        _mutate(document, data)
    text = json.dumps(document)
    for number in data.draw(st.lists(st.sampled_from(ODD_NUMBERS), max_size=2)):
        text = text.replace(data.draw(st.sampled_from(['"2"', "6000", "12000", "900", "1"])), number, 1)

    answer(text.encode(), programs_file)


@many
@given(shop=shops())
def test_every_shop_that_is_allowed_is_priced(shop: Shop) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "programs.json"
        path.write_bytes(msgspec.json.encode(shop.document))
        assert isinstance(answer(msgspec.json.encode(shop.quote_input), path), Quote)


_PRICE_SHOPS = """
import sys, msgspec
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from tests.oracle.shops import a_shop
for seed in range(int(sys.argv[1])):
    shop = a_shop(seed)
    asked, programs = shop.quote_input, shop.program_set
    sys.stdout.buffer.write(msgspec.json.encode(evaluate(asked, programs)))
    for program in programs.programs:
        sys.stdout.buffer.write(msgspec.json.encode(explain(asked, programs, program.id)))
"""


def test_two_machines_answer_the_same_bytes() -> None:
    """Each process scatters its texts' hashes in its own way, so an answer that followed the order of a set would differ."""
    answers = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", _PRICE_SHOPS, "60"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            timeout=240,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert answers[0] == answers[1]
    assert answers[0].count(b'"goods_minor"') == 60


def test_the_quote_is_written_as_utf8_wherever_it_is_shown(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    programs = tmp_path / "programs.json"
    gift = {"type": "gift", "item": "cană"}
    programs.write_bytes(
        program_set_bytes({"id": "mug", "kind": "promotion", "name": {"ro": "Cană"}, "rewards": [gift]})
    )
    asked = tmp_path / "asked.json"
    asked.write_bytes(
        msgspec.json.encode(msgspec.structs.replace(a_quote_input(a_basket(milk())), program_set_hash=""))
    )

    assert main(["quote", str(asked), "--program-set", str(programs)]) == 0

    assert "cană" in narrow.buffer.getvalue().decode()  # type: ignore[attr-defined]


def _mutate(node: Any, data: st.DataObject) -> None:
    """Change, drop or repeat something, at any depth."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
            break
        node = node[key]
    what = data.draw(st.sampled_from(["change", "change", "drop", "repeat"]))
    if what == "drop":
        del node[key]
    elif what == "repeat" and isinstance(node, list):
        node.append(node[key])
    else:
        big = st.integers(-(2**70), 2**70) | st.sampled_from([10**12, 10**12 + 1, 2**53, 999, 1000, 0, -1])
        node[key] = data.draw(scraps | big | any_json)
