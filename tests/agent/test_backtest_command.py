"""`regulars backtest`: what a person sees, what a program reads, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli import main
from tests.builders import demo_programs, percent_off, points_per_money, program_set_bytes
from tests.service.shop import Shop

CARD = "2980000000016"
PERIOD = ["--from", "2026-11-22", "--to", "2026-11-22"]
HOUSE = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A register that has sold bread, and milk to a member."""
    opened = Shop(tmp_path)
    opened.know_member(card=CARD)
    opened.sell("102")
    opened.sell(CARD, "2*100")
    yield opened
    opened.close()


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    path = tmp_path / "new.json"
    path.write_bytes(
        program_set_bytes(points_per_money(), percent_off("milk", "0.3", {"items": ["100"]}), version=7)
    )
    return path


def backtest(shop: Shop, programs: Path, *words: str) -> int:
    return main(["--data", str(shop.store.path.parent), "backtest", str(programs), *(words or PERIOD)])


def test_the_table_tells_the_cost_the_points_the_members_and_the_largest_changes(
    shop: Shop, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(shop, dearer) == 0

    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0] == "Program set test 7 on the sales from 2026-11-22 to 2026-11-22"
    assert lines[2] == "2 sales compared, 1 of them changed; 1 member touched."
    rows = {line.split("  ")[0]: line.split()[-3:] for line in lines if "  " in line}
    assert rows["Discounts, RON"] == ["3.40", "5.09", "+1.69"]
    assert rows["Earned, points:points"] == ["13", "11", "-2"]
    assert "2-0002" in lines[-1]
    assert lines[-1].endswith("milk 0.00 > 5.09, dairy-20 3.40 > 0.00 (unknown_program), points:points -2")


def test_the_published_set_says_that_nothing_changes(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "same.json"
    path.write_bytes(program_set_bytes(*demo_programs()))

    assert backtest(shop, path) == 0

    assert "2 sales compared, 0 of them changed; 0 members touched." in capsys.readouterr().out


def test_json_is_one_document_with_amounts_in_minor_units(
    shop: Shop, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(shop, dearer, *PERIOD, "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert told["discount_minor"] == {"before": 340, "after": 509, "difference": 169}
    assert (told["sales"]["compared"], told["sales"]["changed"], told["complete"]) == (2, 1, True)
    assert told["largest"][0]["receipt"] == "2-0002"
    assert told["largest"][0]["points_earned"] == {"points:points": -2}
    assert told["program_set"]["version"] == 7


def test_csv_has_a_row_for_each_sale_that_changes(
    shop: Shop, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(shop, dearer, *PERIOD, "--csv") == 0

    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["receipt"], row["date"], row["currency"]) == ("2-0002", "2026-11-22", "RON")
    assert (row["goods"], row["discount_before"], row["discount_after"]) == ("16.98", "3.40", "5.09")
    assert row["points_earned_difference"] == "points:points=-2"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--from", "22.11.2026", "--to", "2026-11-22"], "--from 22.11.2026 is not a date."),
        (["--from", "2026-11-22", "--to", "20261123"], "--to 20261123 is not a date."),
        (["--from", "2026-11-23", "--to", "2026-11-22"], "--to 2026-11-22 is before --from 2026-11-23."),
        (["--from", "2025-01-01", "--to", "2025-01-31"], "This register has no sales from 2025-01-01"),
    ],
)
def test_a_bad_period_is_one_sentence(
    shop: Shop, dearer: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest(shop, dearer, *words) == 1

    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(says)


def test_a_broken_set_is_named_with_its_path(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(program_set_bytes({**points_per_money(), "kinde": 1}))

    assert backtest(shop, path) == 1

    assert "`programs[0].kinde` is not a known field" in capsys.readouterr().err


def test_a_folder_without_a_register_is_told(
    tmp_path: Path, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "empty"), "backtest", str(dearer), *PERIOD]) == 1

    assert "There is no register at" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()


def test_a_database_of_another_version_is_told(
    shop: Shop, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with shop.store.unit_of_work() as db:
        db.execute("pragma user_version = 1")

    assert backtest(shop, dearer) == 1

    assert "another version of Regulars" in capsys.readouterr().err


class OneWhoPressesCtrlC(io.StringIO):
    """Reads the first changed sale and has seen enough."""

    def write(self, text: str) -> int:
        if text.startswith("2-0002"):
            signal.raise_signal(signal.SIGINT)
        return super().write(text)


def test_ctrl_c_ends_after_the_sale_at_hand(
    shop: Shop, dearer: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sell("100")
    out = OneWhoPressesCtrlC()
    monkeypatch.setattr(sys, "stdout", out)
    before = signal.getsignal(signal.SIGINT)

    assert backtest(shop, dearer, *PERIOD, "--csv") == 130

    assert capsys.readouterr().err == "Stopped after 2 of 3 sales.\n"
    assert [row["receipt"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == ["2-0002"]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_terminal_sees_a_progress_bar_and_a_file_does_not(shop: Shop, dearer: Path) -> None:
    command = [
        sys.executable, "-m", "agent", "--data", str(shop.store.path.parent), "backtest", str(dearer), *PERIOD,
    ]  # fmt: skip
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    try:
        with_bar = subprocess.run(
            command, cwd=HOUSE, stdout=subprocess.PIPE, stderr=theirs, timeout=120, check=True
        )
        seen = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    without = subprocess.run(command, cwd=HOUSE, capture_output=True, timeout=120, check=True)

    assert "2/2" in seen
    assert without.stderr == b""
    assert with_bar.stdout == without.stdout


def test_a_reader_who_has_seen_enough_ends_it_quietly(shop: Shop, dearer: Path) -> None:
    """`regulars backtest ... | head -0`; what is written waits in Python's buffer until the end."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "agent", "--data", str(shop.store.path.parent), "backtest", str(dearer)]
    try:
        ended = subprocess.run(
            [*command, *PERIOD],
            cwd=HOUSE,
            env=buffered,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    finally:
        os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")
