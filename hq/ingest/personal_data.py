"""The personal data beside an entry: it must be the very bytes that the entry names, and agree with itself."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

import msgspec

from agent.domain.identifiers import identifier_hash
from hq.ingest.desk import Desk
from hq.ingest.verdict import Verdict, held
from sync.wire.blobs import ClearIdentifier, PersonalData, unpack_blob
from sync.wire.entries import BlobRef


def read_blobs(desk: Desk, refs: Iterable[BlobRef], member_id: uuid.UUID) -> PersonalData | Verdict:
    """The clear values of an entry's blobs together; empty where they were erased.

    A Verdict when a blob never came (`missing_blob`), is not the one named, or holds an identifier whose keyed
    hash is another (`hash_mismatch`), or cannot be read (`undecodable`).
    """
    name = given_name = ""
    identifiers: list[ClearIdentifier] = []
    told = PersonalData()
    for ref in refs:
        packed = desk.blob(ref.blob_id)
        if packed is None:
            return held(
                "missing_blob", f"The personal data {ref.blob_id} of member {member_id} did not come with it."
            )
        if not packed:
            continue
        if hashlib.sha256(packed).hexdigest() != ref.sha256:
            return held(
                "hash_mismatch", f"The personal data {ref.blob_id} is not what the entry names by its hash."
            )
        try:
            data = unpack_blob(packed)
        except msgspec.DecodeError as error:
            return held("undecodable", f"The personal data {ref.blob_id} cannot be read: {error}.")
        for clear in data.identifiers:
            if identifier_hash(desk.store_key, clear.kind, clear.value).hex() != clear.hash:
                return held(
                    "hash_mismatch",
                    f"A {clear.kind} in {ref.blob_id} does not have the hash that stands beside it.",
                )
        name, given_name = data.name or name, data.given_name or given_name
        identifiers.extend(data.identifiers)
        told = data
    return msgspec.structs.replace(told, name=name, given_name=given_name, identifiers=tuple(identifiers))
