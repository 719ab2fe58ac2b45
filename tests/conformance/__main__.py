"""`python -m tests.conformance FILE`: one line for each case that differs, and a closing line."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.conformance.explanation import explained
from tests.conformance.runner import BadFile, Outcome, load, run


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing differs, 1 where something does, 2 where the file or the id cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("file", type=Path, help="cases in the vocabulary of promo_cases.json")
    parser.add_argument("--id", help="explain this case alone: its program set, its quotes, what differs")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args(arguments)
    try:
        found = load(options.file)
    except BadFile as error:
        print(error, file=sys.stderr)
        print("Give a file of conformance cases.", file=sys.stderr)
        return 2
    cases = [case for case in found.cases if options.id is None or case.get("id") == options.id]
    if options.id is not None and not cases:
        print(f"There is no case {options.id} in {options.file}.", file=sys.stderr)
        print("Look up its id in the file.", file=sys.stderr)
        return 2
    outcomes = run(cases, found.today)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(_as_json(outcomes)), indent=2).decode())
    else:
        if options.id is not None:
            print("\n".join(explained(each) for each in outcomes))
        for each in outcomes:
            if each.verdict != "passed":
                print(each.line)
        print(closing_line(outcomes))
    return 1 if any(each.verdict == "failed" for each in outcomes) else 0


def closing_line(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(each.verdict for each in outcomes)
    return f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"


def _as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = Counter(each.verdict for each in outcomes)
    return {
        "passed": counts["passed"],
        "failed": counts["failed"],
        "skipped": counts["skipped"],
        "cases": [
            {
                "id": each.id,
                "level": each.level,
                "verdict": each.verdict,
                "reason": each.reason,
                "differences": [str(difference) for difference in each.differences],
            }
            for each in outcomes
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
