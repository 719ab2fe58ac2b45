"""What the programs that HQ runs have for members, as HQ told it last."""

from __future__ import annotations

import uuid
from typing import Final

import msgspec

from agent.store.sqlite import Connection
from sync.wire.feed import MemberProgramsRow

_ROW: Final = msgspec.json.Decoder(MemberProgramsRow)


def put_programs(db: Connection, row: MemberProgramsRow) -> None:
    """Keep the row, whole."""
    db.execute(
        "insert into member_program (member_id, body) values (?, ?)"
        " on conflict (member_id) do update set body = excluded.body",
        (row.member_id.bytes, msgspec.json.encode(row)),
    )


def read_programs(db: Connection, member_id: uuid.UUID) -> MemberProgramsRow:
    """What there is of a member; an empty row where HQ told nothing."""
    found = db.execute("select body from member_program where member_id = ?", (member_id.bytes,)).fetchone()
    return _ROW.decode(found[0]) if found else MemberProgramsRow(member_id=member_id)
