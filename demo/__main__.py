"""`./run demo`: the shop to look at, or, without a screen, the same main job played by itself and compared."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError

DEFAULT_BASKETS: Final = 500
DEFAULT_OUT: Final = Path(__file__).resolve().parents[1] / "var" / "demo"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run demo",
        description="Regulars at work: on a screen the till with a demo shop, else real baskets over two registers.",
    )
    parser.add_argument("--headless", action="store_true", help="play real baskets without a screen")
    parser.add_argument(
        "--baskets",
        type=int,
        default=DEFAULT_BASKETS,
        metavar="N",
        help="how many real baskets to play (500)",
    )
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="where everything is written")
    told = parser.parse_args()
    if not 1 <= told.baskets <= 100_000:
        parser.error("--baskets takes a number from 1 to 100000")
    out = (told.out or DEFAULT_OUT).resolve()
    try:
        if told.headless or not _has_screen():
            from demo.headless import play_headless

            return play_headless(out, told.baskets)
        from demo.on_screen import open_demo

        return open_demo(out)
    except LoyaltyError as error:
        print(f"{error.title} {error.advice}".strip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _has_screen() -> bool:
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
