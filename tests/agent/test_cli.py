"""`regulars ...` in plain words: what it prints, and one clear sentence where it cannot."""

import io
import json
import sys
import time

import msgspec
import pytest

from agent.cli import main
from agent.single_instance import SingleInstance
from demo.local_shop import DEMO_SHOP, make_local_register
from printers.escpos_bytes import INITIALIZE
from tests.builders import (
    a_basket,
    a_line,
    a_program_set,
    a_quote_input,
    amount_off,
    percent_off,
    program_set_bytes,
)

PROGRAM_SET = DEMO_SHOP.with_name("program_set.json")


def big_basket():
    return amount_off("big-basket", 1000, over_minor=20000, name={"en": "10.00 off from 200.00"})


@pytest.fixture
def register(tmp_path):
    data = tmp_path / "register"
    data.mkdir()
    make_local_register(data, name="Register 1", at_ms=time.time_ns() // 1_000_000)
    return data


@pytest.fixture
def quote_file(tmp_path):
    programs = a_program_set(percent_off("dairy", "0.20", {"categories": [["dairy"]]}))
    asked = a_quote_input(a_basket(a_line("milk", 1000, category=("dairy",))), programs)
    path = tmp_path / "quote_input.json"
    path.write_bytes(msgspec.json.encode(asked))
    return path


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for command in ("till", "enrol", "quote", "explain", "report", "backtest", "render", "replay", "doctor"):
        assert command in shown


def test_a_basket_is_priced_from_a_file(register, capsys):
    asked = {
        "basket": {
            "lines": [
                {"line_id": 1, "item_code": "x", "name": "Ham", "quantity": "1", "extended_minor": 30000}
            ]
        },
        "context": {
            "store_id": "piata-mare",
            "register_id": "r1",
            "currency": "RON",
            "currency_exponent": 2,
            "offer_time_ms": 1795348920000,
            "offset_min": 120,
            "business_date": "2026-11-22",
        },
        "program_set_hash": "",
    }
    path = register / "quote_input.json"
    path.write_text(json.dumps(asked))

    assert main(["--data", str(register), "quote", str(path)]) == 0

    quote = json.loads(capsys.readouterr().out)
    assert quote["goods_minor"] == 30000
    assert quote["total_minor"] == quote["goods_minor"] - quote["discount_minor"]


def test_a_basket_comes_from_standard_input(register, capsys, monkeypatch):
    class Typed:
        buffer = io.BytesIO(b'{"basket": {"lines": []}}')

    monkeypatch.setattr(sys, "stdin", Typed())

    assert main(["quote", "-", "--program-set", str(PROGRAM_SET)]) == 1
    assert "context" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ('{"basket": {"lines": [{"line_id": "one"}]}}', "basket.lines[0]"),
    ],
)
def test_a_broken_basket_is_one_sentence_with_its_path(tmp_path, capsys, text, named):
    path = tmp_path / "broken.json"
    path.write_text(text)

    assert main(["quote", str(path), "--program-set", str(PROGRAM_SET)]) == 1

    said = capsys.readouterr()
    assert named in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        ("cashier", "10.00 off from 200.00: 100.00 more"),
        ("member", "10.00 off from 200.00: 100.00 more, and you get it."),
        ("hq", "10.00 off from 200.00: 100.00 more"),
    ],
)
def test_why_a_program_gives_nothing_is_one_sentence_for_its_reader(tmp_path, capsys, reader, said):
    programs = a_program_set(big_basket())
    path = tmp_path / "quote_input.json"
    path.write_bytes(msgspec.json.encode(a_quote_input(a_basket(a_line("ham", 10000)), programs)))
    rules = tmp_path / "programs.json"
    rules.write_bytes(program_set_bytes(big_basket()))

    asked = ["explain", str(path), "big-basket", "--for", reader, "--program-set", str(rules)]
    assert main(asked) == 0

    assert capsys.readouterr().out == said + "\n"


def test_what_a_program_gives_is_explained_too_and_an_unknown_one_is_no_error(tmp_path, quote_file, capsys):
    rules = tmp_path / "programs.json"
    rules.write_bytes(program_set_bytes(percent_off("dairy", "0.20", {"categories": [["dairy"]]})))

    assert main(["explain", str(quote_file), "dairy", "--program-set", str(rules)]) == 0
    assert main(["explain", str(quote_file), "no-such", "--program-set", str(rules)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "Dairy: takes off 2.00",
        "no-such: not known at this register",
    ]


def test_a_broken_program_set_is_one_sentence_with_its_path(tmp_path, quote_file, capsys):
    path = tmp_path / "programs.json"
    document = json.loads(PROGRAM_SET.read_text("utf-8"))
    document["programs"][0]["kinde"] = document["programs"][0].pop("kind")
    path.write_text(json.dumps(document))

    assert main(["quote", str(quote_file), "--program-set", str(path)]) == 1

    said = capsys.readouterr().err
    assert "programs[0]" in said
    assert said.count("\n") == 1


def test_a_file_that_is_not_there_is_named(capsys):
    assert main(["quote", "/nowhere/basket.json", "--program-set", str(PROGRAM_SET)]) == 1

    assert "/nowhere/basket.json cannot be read" in capsys.readouterr().err


def test_a_register_that_was_never_enrolled_says_how(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")

    assert main(["--data", str(tmp_path / "new"), "till"]) == 1

    assert "regulars enrol" in capsys.readouterr().err
    assert not (tmp_path / "new" / "register.db").exists()


def test_printed_bytes_are_shown_as_text_and_as_a_picture(tmp_path, capsys):
    path = tmp_path / "receipt.bin"
    path.write_bytes(INITIALIZE + b"Whole milk\n")

    assert main(["render", str(path), "--text"]) == 0
    assert "Whole milk" in capsys.readouterr().out
    assert main(["render", str(path), "--png", str(tmp_path / "receipt.png")]) == 0
    assert (tmp_path / "receipt.png").read_bytes().startswith(b"\x89PNG")


def test_the_first_unknown_printer_command_is_named(tmp_path, capsys):
    path = tmp_path / "receipt.bin"
    path.write_bytes(INITIALIZE + b"Milk\n\x1bX\x00")

    assert main(["render", str(path), "--text"]) == 1

    said = capsys.readouterr().err
    assert "at byte 7" in said
    assert said.count("\n") == 1


def test_doctor_says_what_is_well_and_what_to_do(register, capsys):
    assert main(["--data", str(register), "doctor"]) == 1

    shown = capsys.readouterr().out
    assert "ok   database   It is sound" in shown
    assert "LOOK printer" in shown
    assert "LOOK HQ" in shown
    assert "regulars enrol" in shown


def test_doctor_names_a_wrong_setting(register, capsys):
    (register / "register.toml").write_text('[printer]\nkind = "laser"\n')

    assert main(["--data", str(register), "doctor"]) == 1

    assert "printer.kind" in capsys.readouterr().out


def test_doctor_finds_a_damaged_database(register, capsys):
    path = register / "register.db"
    path.write_bytes(b"not a database at all" * 1000)

    assert main(["--data", str(register), "doctor"]) == 1

    assert "LOOK database" in capsys.readouterr().out


def test_one_register_runs_once(register, capsys):
    with SingleInstance(register):
        assert main(["--data", str(register), "till"]) == 1

    assert "running already" in capsys.readouterr().err


def test_a_number_of_baskets_must_be_a_number(capsys):
    with pytest.raises(SystemExit):
        main(["replay", "--source", "complete-journey", "--baskets", "many"])

    assert "for example 500" in capsys.readouterr().err
