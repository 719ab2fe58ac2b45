"""ZEN, a rules engine in Rust, in the solvers' environment and a process of its own. Run as a script.

The first line on standard input is a decision, as JSON. Every other line is a document to decide about; the answer is
one line with the programs of all rules that fit and the seconds that `evaluate` alone took, the least of a few times.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

ROUNDS = 3


def main() -> None:
    """Answer until nobody asks any more."""
    # Only the environment that this runs in has it, and no checker's.
    zen: Any = importlib.import_module("zen")
    decision = zen.ZenEngine().create_decision(sys.stdin.readline())
    for line in sys.stdin:
        document = json.loads(line)
        took = []
        found: list[str] = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            answer = decision.evaluate(document)
            took.append(time.perf_counter() - began)
            result = answer["result"] or []
            found = [rule["program"] for rule in result]
        print(json.dumps({"programs": found, "took_s": min(took)}), flush=True)


if __name__ == "__main__":
    main()
