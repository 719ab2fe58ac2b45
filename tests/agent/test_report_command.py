"""`regulars report`: a table for people, CSV for spreadsheets, and one sentence where there is nothing or no such day."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent.cli import main
from agent.service.reports.kinds import REPORTS
from agent.store import settings
from agent.terminal_table import MEASURED_ROWS, Heading, seen_width, table
from tests.service.shop import STORE, Shop

CARD = "2980000000016"
TODAY = ["--from", "2026-11-22", "--to", "2026-11-22"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.know_member(card=CARD)
    opened.sell(CARD, "11*105")
    opened.sell("102")
    yield opened
    opened.close()


def report(shop: Shop, *words: str) -> int:
    return main(["--data", str(shop.store.path.parent), "report", *words])


def test_the_table_is_aligned_and_ends_with_totals(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(shop, "sales", *TODAY) == 0

    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert said.err == ""
    assert lines[0].startswith("Piața Mare, Register 2, 2026-11-22 to 2026-11-22: ")
    assert lines[1] == "Amounts are in RON."
    header, _dashes, day, total = lines[3:]
    assert day.split()[:5] == ["2026-11-22", "2", "1,112.90", "10.00", "1,102.90"]
    assert total.split()[:5] == ["Total", "2", "1,112.90", "10.00", "1,102.90"]
    assert header.index("Goods") + len("Goods") == day.index("1,112.90") + len("1,112.90")


def test_a_sale_that_two_programs_touched_is_not_counted_twice(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sum over programs of the sales that each touched would be no number of sales."""
    assert report(shop, "programs", *TODAY, "--csv") == 0
    touched = [int(row["sales"]) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]
    assert sum(touched) > 2

    report(shop, "programs", *TODAY)

    header, _dashes, *_programs, total = capsys.readouterr().out.splitlines()[3:]
    end = header.index("Sales") + len("Sales")
    assert total[:end].split() == ["Total"]


def test_money_is_written_as_the_store_writes_it(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    with shop.store.unit_of_work() as db:
        settings.put_store(db, msgspec.structs.replace(STORE, locale="ro"))

    assert report(shop, "sales", *TODAY) == 0

    assert "1.112,90" in capsys.readouterr().out


def test_a_set_that_can_no_longer_be_read_costs_only_its_names(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    with shop.store.unit_of_work() as db:
        db.execute("update program_set set data = ?", (b"{}",))

    assert report(shop, "programs", *TODAY, "--csv") == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["program"] for row in rows} >= {"points", "ten-over-100"}
    assert {row["name"] for row in rows} == {""}


def test_csv_has_a_header_iso_dates_and_plain_decimals(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(shop, "sales", *TODAY, "--csv") == 0

    said = capsys.readouterr().out
    (row,) = csv.DictReader(io.StringIO(said))
    assert said.splitlines()[0].startswith("date,sales,goods,discount,total,tax,")
    assert (row["date"], row["sales"], row["goods"], row["total"]) == (
        "2026-11-22",
        "2",
        "1112.90",
        "1102.90",
    )


def test_csv_is_utf8_wherever_it_is_written(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        settings.put_store(db, STORE)
    shop.publish(
        {"id": "lapte", "kind": "promotion", "name": {"en": "牛奶 și cafea"},
         "rewards": [{"type": "percent_off", "rate": "0.1"}]}
    )  # fmt: skip
    shop.sell("102")
    command = [sys.executable, "-m", "agent", "--data", str(shop.store.path.parent), "report", "programs"]

    told = subprocess.run(
        [*command, *TODAY, "--csv"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=120,
        check=True,
    )

    assert "lapte,promotion,牛奶 și cafea,1,1.29" in told.stdout.decode("utf-8")


def test_a_terminal_that_knows_few_letters_still_shows_the_table(shop: Shop) -> None:
    command = [
        sys.executable,
        "-m",
        "agent",
        "--data",
        str(shop.store.path.parent),
        "report",
        "sales",
        *TODAY,
    ]

    told = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=120,
        check=True,
    )

    assert told.stdout.startswith(b"Pia?a Mare, Register 2")


@pytest.mark.parametrize("kind", sorted(REPORTS))
@pytest.mark.parametrize("form", [[], ["--csv"]])
def test_every_report_can_be_asked_for(
    shop: Shop, kind: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(shop, kind, *TODAY, *form) == 0

    said = capsys.readouterr()
    assert bool(said.out.strip()) or said.err.startswith("There is nothing to report from 2026-11-22")


def test_a_period_without_anything_is_one_sentence(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(shop, "sales", "--from", "2025-01-01", "--to", "2025-01-31") == 0

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "There is nothing to report from 2025-01-01 to 2025-01-31.\n")


def test_csv_of_a_period_without_anything_has_its_header(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(shop, "returns", *TODAY, "--csv") == 0

    assert capsys.readouterr().out == "date,receipt,of_receipt,what,operator,reason,units,refund,deducted\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["weather", *TODAY], "There is no report weather. Ask for one of: cashback, "),
        (["sales", "--from", "yesterday", "--to", "2026-11-22"], "--from yesterday is not a date."),
        (["sales", "--from", "2026-11-22", "--to", "2026-11-31"], "--to 2026-11-31 is not a date."),
        (["sales", "--from", "2026-11-22", "--to", "2026-11-01"], "--to 2026-11-01 is before"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    shop: Shop, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(shop, *words) == 1

    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(says)


def test_help_names_every_kind_of_report(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", "--help"])

    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert [kind for kind in REPORTS if f"\n  {kind} " not in shown] == []


def test_the_manual_names_every_report_with_its_columns() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")

    for kind, make in REPORTS.items():
        (line,) = (each for each in manual.splitlines() if each.startswith(f"| `{kind}` |"))
        assert [column.name for column in make().columns if f"`{column.name}`" not in line] == []


def test_a_table_is_aligned_by_what_is_seen() -> None:
    headings = [Heading("Name"), Heading("Units", figures=True)]

    shown = list(table(headings, [["牛奶", "2"], ["Milk", "12"], ["Cafea̧", "3"]]))

    assert shown[2:] == ["牛奶       2", "Milk      12", "Cafea̧      3"]
    assert {seen_width(line) for line in shown[2:]} == {len("Milk      12")}


def test_a_table_takes_no_more_rows_than_it_needs_to_measure() -> None:
    taken = 0

    def endless() -> Iterator[list[str]]:
        nonlocal taken
        while True:
            taken += 1
            yield [str(taken)]

    lines = table([Heading("Number")], endless())

    assert [next(lines) for _line in range(3)][-1] == "1"
    assert taken == MEASURED_ROWS
