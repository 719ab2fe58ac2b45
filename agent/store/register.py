"""Who this register is, and its receipt counter: one row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from agent.domain.quote_input import Role
from agent.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Register:
    """This lane. `label` is what its receipt numbers begin with (2-0413); `chain_id` is the chain it writes now."""

    register_id: str
    store_id: str
    label: str
    name: str
    role: Role
    chain_id: uuid.UUID
    last_receipt_no: int = 0


def put_register(db: Connection, register: Register) -> None:
    """Write or change who this register is. Its receipt counter is kept: numbers have no second life."""
    db.execute(
        "insert into register (id, register_id, store_id, label, name, role, chain_id, last_receipt_no)"
        " values (1, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (id) do update set register_id = excluded.register_id, store_id = excluded.store_id,"
        " label = excluded.label, name = excluded.name, role = excluded.role, chain_id = excluded.chain_id",
        (
            register.register_id,
            register.store_id,
            register.label,
            register.name,
            register.role,
            register.chain_id.bytes,
            register.last_receipt_no,
        ),
    )


def read_register(db: Connection) -> Register | None:
    """This register, or None before it was enrolled."""
    row = db.execute(
        "select register_id, store_id, label, name, role, chain_id, last_receipt_no from register"
    ).fetchone()
    if row is None:
        return None
    register_id, store_id, label, name, role, chain_id, last_receipt_no = row
    return Register(register_id, store_id, label, name, role, uuid.UUID(bytes=chain_id), last_receipt_no)


def take_receipt_no(db: Connection) -> int:
    """The next receipt number, taken in the sale's own unit of work: no sale, no number, no gap."""
    (number,) = db.execute(
        "update register set last_receipt_no = last_receipt_no + 1 returning last_receipt_no"
    ).fetchone()
    return int(number)


def receipt_number(label: str, number: int) -> str:
    """How a receipt number is written: `2-0413`."""
    return f"{label}-{number:04d}"
