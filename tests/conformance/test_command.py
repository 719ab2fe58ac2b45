"""`python -m tests.conformance` as one types it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.conformance.builders import TEN_PERCENT, Json, line, step

ROOT = Path(__file__).resolve().parents[2]


def case(case_id: str, total: str, **words: object) -> Json:
    return {
        "id": case_id,
        "level": "core",
        "programs": [TEN_PERCENT],
        "steps": [step([line("A", "1", "100")], total=total)],
        **words,
    }


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    found = [case("RIGHT", "90.00"), case("WRONG", "91.00"), case("ODD", "90.00", mood="good")]
    path = tmp_path / "cases.json"
    path.write_bytes(msgspec.json.encode({"schema_version": 1, "cases": found}))
    return path


def conformance(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.conformance", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_line_for_each_case_that_differs_and_a_closing_line(cases: Path) -> None:
    ran = conformance(str(cases))

    assert ran.stdout.splitlines() == [
        "WRONG (core) failed: total is 90 instead of 91",
        "ODD (core) skipped: the word case.mood",
        "1 passed, 1 failed, 1 skipped",
    ]
    assert (ran.returncode, ran.stderr) == (1, "")


def test_one_case_is_explained_with_our_programs_and_the_quote(cases: Path) -> None:
    ran = conformance(str(cases), "--id", "RIGHT")

    assert '"type": "percent_off"' in ran.stdout
    assert '"total_minor": 9000' in ran.stdout
    assert ran.stdout.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"{", "is not JSON"), (b"[]", "has no list of cases")]
)
def test_a_file_that_cannot_be_used_is_said_in_two_lines(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_bytes(content)

    ran = conformance(str(path))

    assert said in ran.stderr.splitlines()[0]
    assert ran.stderr.splitlines()[1:] == ["Give a file of conformance cases."]
    assert (ran.returncode, ran.stdout) == (2, "")


def test_an_id_that_no_case_has_is_said(cases: Path) -> None:
    ran = conformance(str(cases), "--id", "NOBODY")

    assert ran.stderr.startswith("There is no case NOBODY in ")
    assert ran.returncode == 2
