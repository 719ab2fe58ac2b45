"""The test shop: one store in Brașov with the builders' programs, two members and two items."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Final

import msgspec

from tests import builders

IOANA: Final = uuid.UUID("9012b31c-ba9f-5afb-a58c-6b331c842ca2")
MEHMET: Final = uuid.UUID("fbba4760-54e4-5430-8dc8-6bc6704b292f")
IOANA_PHONE: Final = "+40721000101"
IOANA_CARD: Final = "2980000074417"
MEHMET_PHONE: Final = "+40721000102"


def shop() -> dict[str, Any]:
    """The file's content, to be changed by a test."""
    return {
        "format": 1,
        "store": {
            "store_id": builders.STORE,
            "name": "Piața Mare",
            "receipt_lines": ["Str. Republicii 14, Brașov"],
            "country": "RO",
            "zone": "Europe/Bucharest",
            "currency": "RON",
            "currency_exponent": 2,
        },
        "operators": [{"operator_id": "1", "name": "Elena P."}],
        "items": [
            {"item_code": "1001", "name": "Whole milk", "codes": ["5940000070076"], "price": "849"},
            {"item_code": "1002", "name": "Bread", "price": "650"},
        ],
        "members": [
            {
                "member_id": str(IOANA),
                "name": "Ioana Munteanu",
                "given_name": "Ioana",
                "phone": "0721 000 101",
                "card": IOANA_CARD,
                "birthday": "1987-04-11",
                "balances": {"points:points": 2340},
            },
            {"member_id": str(MEHMET), "name": "Mehmet Yılmaz", "locale": "tr", "phone": MEHMET_PHONE},
        ],
        "program_set": "program_set.json",
    }


def write_shop(folder: Path, content: dict[str, Any] | None = None) -> Path:
    """Write the shop file and its program set; the shop file's path."""
    (folder / "program_set.json").write_bytes(builders.program_set_bytes(*builders.demo_programs()))
    path = folder / "shop.json"
    path.write_bytes(msgspec.json.encode(content or shop()))
    return path
