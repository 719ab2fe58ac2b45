"""`python -m tests.oracle --baskets N --seed S`: hold the engine against the oracle on shops that nobody chose.

Each mismatch is one JSON object on one line, made as small as it can be, which `--file` takes again. The last line is
`N baskets, M mismatches, K unproven`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from tests.oracle.comparison import compared, smaller
from tests.oracle.shops import Shop, a_shop, stored_shops


def main() -> int:
    """1 where engine and oracle differ anywhere."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.oracle", description="The engine against a second pricer."
    )
    parser.add_argument("--baskets", type=int, default=1_000, help="how many shops")
    parser.add_argument("--seed", type=int, default=1, help="the first shop's number")
    parser.add_argument("--units", type=int, default=8, help="units in a basket, at most")
    parser.add_argument("--programs", type=int, default=12, help="programs in a shop, at most")
    parser.add_argument("--whole", action="store_true", help="print mismatches as they are, not made smaller")
    parser.add_argument(
        "--file", type=Path, help="look at the shops in this file, one JSON object a line, instead"
    )
    told = parser.parse_args()
    seeds = range(told.seed, told.seed + told.baskets)
    shops: Iterable[Shop] = (a_shop(seed, max_units=told.units, max_programs=told.programs) for seed in seeds)
    baskets = told.baskets
    if told.file is not None:
        shops = stored_shops(told.file)
        baskets = len(shops)
    mismatches = unproven = 0
    for shop in tqdm(shops, total=baskets, unit="basket", disable=not sys.stderr.isatty()):
        found = compared(shop)
        unproven += not found.exact
        if found.differences:
            mismatches += 1
            print(json.dumps((found if told.whole else compared(smaller(shop))).as_json()), flush=True)
    print(f"{baskets} baskets, {mismatches} mismatches, {unproven} unproven")
    return int(mismatches > 0)


if __name__ == "__main__":
    sys.exit(main())
