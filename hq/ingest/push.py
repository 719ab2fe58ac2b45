"""PUSH: a chain's entries, stored as received, in one transaction with its cursor.

A known seq with the same hash is skipped; with another hash the chain has forked. A gap is no error: the answer
says what HQ has. Nothing is decoded here, so nothing inside an entry can stop the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from hq.columns import key
from hq.devices.models import Chain, Register
from hq.ingest import quarantine
from hq.ingest.desk import StoredEntry
from hq.ingest.problems import Refused
from sync.wire.blobs import MAX_BLOB_BYTES, PiiBlob
from sync.wire.entries import MAX_ENTRY_BYTES
from sync.wire.journal import GENESIS, entry_hash
from sync.wire.messages import MAX_ENTRIES, MAX_PUSH_BYTES, MAX_WANTS, ChainState, Push

MAX_BLOBS: Final = 2 * MAX_ENTRIES
_HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """The chain after the push: HQ's cursor and hash, the chain's state, and whether entries were added."""

    acked_seq: int
    acked_hash: bytes
    state: ChainState
    added: bool


def require_sound(push: Push) -> None:
    """Raise Refused for a message that breaks the limits of PUSH or does not count its entries."""
    if len(push.prev_hash) != _HASH_BYTES:
        raise Refused("bad_message", f"`prev_hash` must have {_HASH_BYTES} bytes, not {len(push.prev_hash)}.")
    size = sum(len(entry.body) for entry in push.entries)
    if len(push.entries) > MAX_ENTRIES or (size > MAX_PUSH_BYTES and len(push.entries) > 1):
        raise Refused(
            "too_large",
            f"A push may have {MAX_ENTRIES} entries in {MAX_PUSH_BYTES} bytes, or one entry; send fewer.",
        )
    if size > MAX_ENTRY_BYTES and len(push.entries) == 1:
        raise Refused("too_large", f"An entry may have {MAX_ENTRY_BYTES} bytes, not {size}.")
    if len(push.blobs) > MAX_BLOBS or any(len(blob.data) > MAX_BLOB_BYTES for blob in push.blobs):
        raise Refused("too_large", f"A push may have {MAX_BLOBS} blobs of {MAX_BLOB_BYTES} bytes.")
    if len(push.wants) > MAX_WANTS:
        raise Refused("too_large", f"A push may have {MAX_WANTS} wants, not {len(push.wants)}.")
    for place, entry in enumerate(push.entries):
        if entry.seq != push.from_seq + place:
            raise Refused(
                "bad_message", f"`entries[{place}]` must have seq {push.from_seq + place}, not {entry.seq}."
            )


def store(push: Push, register: Register, now_ms: int) -> Stored:
    """Store what is new of a sound push. Raises Refused when the chain is not this register's."""
    with transaction.atomic():
        chain = Chain.objects.select_for_update().filter(pk=push.chain_id).first()
        if chain is None or chain.register_id != register.pk:
            raise Refused("other_chain", f"The chain {push.chain_id} does not belong to {register.name}.")
        chain.last_seen_ms, chain.clock_skew_ms = now_ms, push.clock - now_ms
        added = False
        if _state_of(chain, register) == "ok":
            added = _store_entries(chain, push, now_ms)
        chain.save(
            update_fields=("last_seen_ms", "clock_skew_ms", "state", "acked_seq", "acked_hash", "reported")
        )
    return Stored(chain.acked_seq, bytes(chain.acked_hash), _state_of(chain, register), added)


def _state_of(chain: Chain, register: Register) -> ChainState:
    if register.state == Register.State.REVOKED or chain.state == Chain.State.REVOKED:
        return "revoked"
    return "forked" if chain.state == Chain.State.FORKED else "ok"


def _store_entries(chain: Chain, push: Push, now_ms: int) -> bool:
    if push.from_seq > chain.acked_seq + 1:
        return False
    if not push.entries and push.from_seq == chain.acked_seq + 1:
        # A heartbeat from our own head: the chain has nothing that we lack.
        chain.reported = True
    known = _known_hashes(chain, push.from_seq - 1, push.from_seq + len(push.entries))
    forked = known[push.from_seq - 1] != push.prev_hash
    hashed = _hashed(push)
    forked = forked or any(known.get(entry.seq, entry.hash) != entry.hash for entry in hashed)
    if forked:
        chain.state = Chain.State.FORKED
        _hold_fork(chain, [entry for entry in hashed if known.get(entry.seq) != entry.hash], now_ms)
        return False
    new = [entry for entry in hashed if entry.seq > chain.acked_seq]
    _insert_blobs(chain.chain_id, push.blobs)
    if not new:
        return False
    _insert_entries(chain.chain_id, new, now_ms)
    chain.acked_seq, chain.acked_hash = new[-1].seq, new[-1].hash
    return True


def _hashed(push: Push) -> list[StoredEntry]:
    """The entries with the chain's hash after each, computed from the hash that the register says is before."""
    found, before = [], push.prev_hash
    for entry in push.entries:
        before = entry_hash(before, push.chain_id, entry.seq, entry.kind, entry.version, entry.body)
        found.append(StoredEntry(entry.seq, entry.kind, entry.version, entry.body, before))
    return found


def _known_hashes(chain: Chain, first: int, end: int) -> dict[int, bytes]:
    """seq -> hash of what HQ has from `first` up to, not including, `end`; seq 0 is before the first entry."""
    known = {0: GENESIS} if first == 0 else {}
    if first == chain.acked_seq:
        return {first: bytes(chain.acked_hash)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash FROM journal_entry WHERE chain_id = %s AND seq >= %s AND seq < %s",
            [key(chain.chain_id), first, end],
        )
        known.update((seq, bytes(digest)) for seq, digest in cursor.fetchall())
    return known


def _insert_entries(chain_id: uuid.UUID, entries: Sequence[StoredEntry], now_ms: int) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO journal_entry (chain_id, seq, kind, version, body, hash, received_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (key(chain_id), entry.seq, entry.kind, entry.version, entry.body, entry.hash, now_ms)
                for entry in entries
            ],
        )


def _insert_blobs(chain_id: uuid.UUID, blobs: Iterable[PiiBlob]) -> None:
    """Personal data stays as it came first; a register that sends it again, empty or not, changes nothing."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO personal_blob (chain_id, blob_id, member_id, data) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (chain_id, blob_id) DO NOTHING",
            [(key(chain_id), key(blob.blob_id), key(blob.member_id), blob.data) for blob in blobs],
        )


def _hold_fork(chain: Chain, entries: Iterable[StoredEntry], now_ms: int) -> None:
    for entry in entries:
        quarantine.hold(
            chain.chain_id,
            entry,
            "forked",
            f"HQ has other entries than this copy of {chain.register_id} before or at number {entry.seq}.",
            now_ms,
        )
