"""This chain's shares of programs with a total: what HQ has shared out to it, less what its own sales have used."""

from __future__ import annotations

import uuid
from typing import Final

from agent.domain.quote_input import Share
from agent.store.sqlite import Connection
from sync.wire.feed import ShareRow

# A row of `sale_return` of this kind is a void (formats.md, the journal's kinds).
_VOID: Final = 3


def put_share(db: Connection, row: ShareRow, chain_id: uuid.UUID) -> None:
    """Keep what HQ has shared out to this chain."""
    db.execute(
        "insert into program_share (chain_id, program_id, uses, budget_minor) values (?, ?, ?, ?)"
        " on conflict (chain_id, program_id) do update set uses = excluded.uses,"
        " budget_minor = excluded.budget_minor",
        (chain_id.bytes, row.program_id, row.uses, row.budget_minor),
    )


def shares_left(db: Connection, chain_id: uuid.UUID) -> dict[str, Share]:
    """program id -> what this chain may still do of it. A voided sale gave its part back."""
    voided = {
        program_id: (uses, given)
        for program_id, uses, given in db.execute(
            "select program_id, count(*), sum(given_minor) from sale_return void join program_use using (sale_id)"
            " where void.kind = ? and program_use.chain_id = ? group by program_id",
            (_VOID, chain_id.bytes),
        )
    }
    found = {}
    for program_id, uses, budget, used, given in db.execute(
        "select share.program_id, share.uses, share.budget_minor, coalesce(done.uses, 0),"
        " coalesce(done.given_minor, 0) from program_share share left join share_use done"
        " using (chain_id, program_id) where share.chain_id = ?",
        (chain_id.bytes,),
    ):
        used_back, given_back = voided.get(program_id, (0, 0))
        found[program_id] = Share(
            uses=max(0, uses - used + used_back), budget_minor=max(0, budget - given + given_back)
        )
    return found
