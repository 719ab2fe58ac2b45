"""What HQ offers members personally, as it told it last."""

from __future__ import annotations

import datetime
import uuid
from typing import Final

import msgspec

from agent.store.sqlite import Connection
from sync.wire.feed import PersonalOffer, PersonalOffersRow

_ROW: Final = msgspec.json.Decoder(PersonalOffersRow)


def put_offers(db: Connection, row: PersonalOffersRow) -> None:
    """Keep the member's list, whole; an empty one is forgotten."""
    if not row.offers:
        db.execute("delete from personal_offer where member_id = ?", (row.member_id.bytes,))
        return
    db.execute(
        "insert into personal_offer (member_id, body) values (?, ?)"
        " on conflict (member_id) do update set body = excluded.body",
        (row.member_id.bytes, msgspec.json.encode(row)),
    )


def read_offers(db: Connection, member_id: uuid.UUID, on: datetime.date) -> tuple[PersonalOffer, ...]:
    """What the member is offered on a business date, the best for them first."""
    found = db.execute("select body from personal_offer where member_id = ?", (member_id.bytes,)).fetchone()
    if not found:
        return ()
    return tuple(one for one in _ROW.decode(found[0]).offers if one.valid_from <= on <= one.valid_until)
