"""The shop of the replay as HQ loads it: one store of the data, with its households as members.

It has no items: prices change from week to week and come with each line, as another till's would.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agent.domain.ledger import points_unit
from demo.complete_journey.households import member_of

PROGRAM_SET: Final = Path(__file__).with_name("program_set.json")
POINTS_PROGRAM: Final = "rewards"
OPERATOR_ID: Final = "1"
OPERATOR_NAME: Final = "Replay"
# The data's weeks turn at midnight of this zone.
ZONE: Final = "America/New_York"
COUNTRY: Final = "US"


def store_id_of(source_store_id: int | None) -> str:
    """The id of the store in which a plan is played; None stands for all stores of the data at one register."""
    return "cj-all" if source_store_id is None else f"cj-{source_store_id}"


def write_shop(folder: Path, source_store_id: int | None, households: Iterable[int]) -> Path:
    """Write `shop.json` and its program set into a folder, for `regulars-hq load-shop`. Returns its path."""
    shop = {
        "format": 1,
        "store": {
            "store_id": store_id_of(source_store_id),
            "name": "Complete Journey" if source_store_id is None else f"Complete Journey {source_store_id}",
            "receipt_lines": ["Real baskets of 2017, replayed"],
            "country": COUNTRY,
            "zone": ZONE,
            "currency": "USD",
            "currency_exponent": 2,
            "locale": "en",
        },
        "program_set": PROGRAM_SET.name,
        "operators": [{"operator_id": OPERATOR_ID, "name": OPERATOR_NAME}],
        "members": [member_of(household_id, points_unit(POINTS_PROGRAM)) for household_id in households],
        "items": [],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROGRAM_SET.name).write_bytes(PROGRAM_SET.read_bytes())
    path = folder / "shop.json"
    path.write_text(json.dumps(shop, ensure_ascii=False, indent=1), "utf-8")
    return path
