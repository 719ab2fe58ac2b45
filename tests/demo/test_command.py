"""`regulars replay`, with HQ: what a person types and sees."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.bootstrap import DATABASE
from agent.cli import main
from agent.store.sqlite import open_connection

REPOSITORY = Path(__file__).parents[2]


def replay(baskets: int, out: Path) -> subprocess.Popen[str]:
    arguments = ["replay", "--source", "complete-journey", "--baskets", str(baskets), "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-m", "agent", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_a_sale(database: Path, timeout_s: float = 120.0) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if database.exists():
            db = open_connection(database, read_only=True)
            try:
                (made,) = db.execute("select count(*) from sqlite_schema where name = 'sale'").fetchone()
                if made and db.execute("select 1 from sale").fetchone():
                    return
            finally:
                db.close()
        time.sleep(0.05)
    raise AssertionError("no sale was made")


def test_a_replay_is_stopped_by_ctrl_c_and_the_same_command_goes_on_from_there(tmp_path: Path) -> None:
    first = replay(120, tmp_path)
    try:
        wait_for_a_sale(tmp_path / "register" / DATABASE)
        first.send_signal(signal.SIGINT)
        said, _nothing = first.communicate(timeout=120)
    finally:
        first.kill()
    assert first.returncode == 130, said
    assert "of 120 baskets. The same command goes on from there." in said

    second = replay(120, tmp_path)
    try:
        said, _nothing = second.communicate(timeout=240)
    finally:
        second.kill()
    assert second.returncode == 0, said
    assert "differences               0" in said
    assert "at HQ                   120   sales, 0 not sent" in said
    with (tmp_path / "hq.csv").open(newline="") as file:
        totals = [row["total_minor"] for row in csv.DictReader(file)]
    assert len([total for total in totals if total]) == 120


def test_more_baskets_than_there_are_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["replay", "--source", "complete-journey", "--baskets", "155849", "--out", str(tmp_path)]

    assert main(arguments) == 1

    assert capsys.readouterr().err == "There are 155,848 baskets. Ask for --baskets 155848 at most.\n"
