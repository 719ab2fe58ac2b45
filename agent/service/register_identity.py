"""Becoming a register: its identity, its first chain, and the chain's first entry, in one unit of work."""

from __future__ import annotations

import re
import uuid

from agent.domain.quote_input import Role
from agent.service.moment import stamp_at
from agent.store.chains import add_chain
from agent.store.database import Store
from agent.store.journal import append
from agent.store.register import Register, put_register, read_register
from sync.wire.entries import ChainOpened


def open_register(
    store: Store,
    *,
    register_id: str,
    store_id: str,
    name: str,
    chain_id: uuid.UUID,
    role: Role,
    software: str,
    at_ms: int,
    reason: str = "enrolment",
) -> Register:
    """Write who this register is and open its chain. Doing it again with the same chain changes nothing."""
    with store.unit_of_work() as db:
        known = read_register(db)
        if known is not None and known.chain_id == chain_id:
            return known
        register = Register(register_id, store_id, label_of(name, register_id), name, role, chain_id)
        put_register(db, register)
        add_chain(db, chain_id, at_ms)
        append(
            db,
            chain_id,
            ChainOpened(
                chain_id=chain_id,
                register_id=register_id,
                store_id=store_id,
                reason=reason,
                software=software,
                stamp=stamp_at(db, at_ms),
            ),
        )
    return register


def label_of(name: str, register_id: str) -> str:
    """What receipt numbers begin with: the number in the register's name, else the end of its id."""
    number = re.search(r"\d{1,4}", name)
    return number.group() if number else register_id[-4:]
