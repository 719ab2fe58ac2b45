"""`./run bench NAME [--json]`: run one benchmark and print its figures."""

from __future__ import annotations

import argparse
import importlib
import json
import sys

# Name -> what it measures; each is a module here with `measure(arguments) -> dict` and `add_options(parser)`.
BENCHMARKS = {
    "commit": "what a sale costs on disk and in CPU time",
    "engine": "quotes and best deals against a plain loop, a rules engine, a solver and a pricer that tries every deal",
    "lookup": "finding a member among a million, by identifier and by name with typing mistakes",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure one of the product's bars.")
    names = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, text in BENCHMARKS.items():
        sub = names.add_parser(name, help=text)
        sub.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        importlib.import_module(f"benchmarks.{name}").add_options(sub)
    arguments = parser.parse_args()
    figures = importlib.import_module(f"benchmarks.{arguments.name}").measure(arguments)
    for key, value in figures.items():
        print(f"{key:24} {value}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
