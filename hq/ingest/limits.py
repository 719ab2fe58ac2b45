"""What a posted sale, or a void, means for programs with limits: uses are counted, shares topped up, registers told."""

from __future__ import annotations

from collections.abc import Iterable

from agent.domain.program_set import ProgramSet
from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from hq.limits import shares, uses
from hq.programs import publishing
from sync.wire.entries import ReturnEntry, SaleEntry, VoidEntry


def count_sale(desk: Desk, seq: int, sale: SaleEntry, program_set: ProgramSet) -> None:
    """The sale used what it says that it gave, whether or not its earning waits. `program_set` is the sale's own."""
    member = sale.quote_input.member
    new = uses.note(desk.chain_id, seq, sale, program_set)
    for program_id, given in new.items():
        shares.count_use(desk.chain_id, program_id, 1, given)
    if not new:
        return
    if member is not None:
        uses.tell_used(desk.feed, member.account_id, new)
    top_up(desk, new, program_set)


def count_void(desk: Desk, seq: int, entry: ReturnEntry | VoidEntry) -> None:
    """A voided sale was no use after all, and its part of a total goes back to the register that sold.

    Goods that came back leave the use standing.
    """
    if isinstance(entry, ReturnEntry):
        return
    for program_id, account_id, given in uses.take_back(
        (entry.sale.chain_id, entry.sale.seq), (desk.chain_id, seq)
    ):
        shares.count_use(entry.sale.chain_id, program_id, -1, -given)
        if account_id is not None:
            uses.tell_used(desk.feed, account_id, [program_id])


def top_up(desk: Desk, program_ids: Iterable[str] | None = None, known: ProgramSet | None = None) -> None:
    """This register's shares of the programs in force; of all of them when its chain begins.

    `known` is a set at hand, which is mostly the one in force.
    """
    sha256 = publishing.active_hash()
    if known is not None and known.hash == sha256:
        active: ProgramSet | None = known
    else:
        active = program_set_of(sha256, desk.chain.register.store.currency) if sha256 else None
    if active is not None:
        shares.top_up(desk.feed, active, desk.chain, program_ids)
