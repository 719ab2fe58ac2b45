"""The shared cases: everything agrees with the sources but what docs/decisions/conformance.md lists."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conformance.runner import Outcome, load, run

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("REGULARS_SHARED") or ROOT.parent / "shared")
CASES = SHARED / "conformance" / "promo_cases.json"
DECISIONS = ROOT / "docs" / "decisions" / "conformance.md"


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    if not CASES.is_file():
        pytest.skip(f"the shared cases are not there: {CASES}")
    found = load(CASES)
    return run(found.cases, found.today)


def listed_divergences() -> dict[str, str]:
    """Case id -> what differs, from the table of the decision."""
    rows = re.findall(
        r"^\| ([A-Z]+-[A-Z0-9]+) \| `([^`]+)` \|", DECISIONS.read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(rows)


def test_the_shared_cases_that_differ_are_exactly_those_that_are_listed_with_their_reason(
    outcomes: list[Outcome],
) -> None:
    differing = {each.id: each.what for each in outcomes if each.verdict != "passed"}

    assert differing == listed_divergences()


def test_at_least_53_of_the_core_and_policy_cases_agree(outcomes: list[Outcome]) -> None:
    wanted = [each for each in outcomes if each.level in ("core", "policy")]

    assert len(wanted) == 56
    assert sum(each.verdict == "passed" for each in wanted) >= 53


def test_no_shared_case_is_skipped_for_a_word_that_is_not_known(outcomes: list[Outcome]) -> None:
    assert [each.line for each in outcomes if each.verdict == "skipped"] == []
