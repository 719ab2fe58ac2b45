"""Members of this store, found by the keyed hash of an identifier; name_search.py finds them by name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from agent.store.name_index import forget_name, keep_name
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

_MEMBER: Final = msgspec.json.Decoder(MemberRow)


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member as this register knows them. `provisional`: made here for an identifier that it did not know."""

    row: MemberRow
    provisional: bool = False


def put_member(db: Connection, row: MemberRow, *, provisional: bool = False) -> None:
    """Keep a member with identifiers and name, whole; an erased one is forgotten."""
    if row.erased:
        forget_member(db, row.member_id)
        return
    key = row.member_id.bytes
    before = _kept(db, key)
    hashes, hashes_before = _hashes(row), _hashes(before.row) if before else []
    _keep_lost_cards(db, key, row, before.row if before else None)
    _drop_identifiers(db, key, [digest for digest in hashes_before if digest not in hashes])
    name = "" if provisional else searchable_name(row)
    name_no = keep_name(db, row, name, before.name_no if before else None)
    db.execute(
        "insert into member (member_id, account_id, provisional, body, name_no) values (?, ?, ?, ?, ?)"
        " on conflict (member_id) do update set account_id = excluded.account_id,"
        " provisional = excluded.provisional, body = excluded.body, name_no = excluded.name_no",
        (key, row.account_id.bytes, int(provisional), msgspec.json.encode(row), name_no),
    )
    db.executemany(
        "insert into member_identifier (hash, member_id) values (?, ?)",
        [(digest, key) for digest in hashes if digest not in hashes_before],
    )


def forget_member(db: Connection, member_id: uuid.UUID) -> None:
    """Delete the member here, with identifiers and name; an unsent blob travels as a tombstone."""
    key = member_id.bytes
    before = _kept(db, key)
    if before is not None:
        _drop_identifiers(db, key, _hashes(before.row))
        if before.name_no is not None:
            forget_name(db, before.name_no)
        db.execute("delete from lost_card where member_id = ?", (key,))
        db.execute("delete from member where member_id = ?", (key,))
    db.execute("delete from member_program where member_id = ?", (key,))
    db.execute("delete from personal_offer where member_id = ?", (key,))
    db.execute("update pii_blob set data = x'' where member_id = ? and data <> x''", (key,))


def read_member(db: Connection, member_id: uuid.UUID) -> KnownMember | None:
    """One member, or None."""
    row = db.execute(
        "select body, provisional from member where member_id = ?", (member_id.bytes,)
    ).fetchone()
    return _known(row) if row else None


def members_of_account(db: Connection, account_id: uuid.UUID) -> tuple[KnownMember, ...]:
    """Whose account it is; rarely more than one."""
    rows = db.execute("select body, provisional from member where account_id = ?", (account_id.bytes,))
    return tuple(_known(row) for row in rows)


def find_by_hash(db: Connection, identifier_hash: bytes) -> tuple[KnownMember, ...]:
    """Members with this identifier: those that HQ or an enrolment made first, then provisional ones."""
    rows = db.execute(
        "select body, provisional from member_identifier join member using (member_id)"
        " where hash = ? order by provisional, member_id",
        (identifier_hash,),
    )
    return tuple(_known(row) for row in rows)


def is_lost(db: Connection, identifier_hash: bytes) -> bool:
    """Whether this is a card that its member has lost, and that nobody else has."""
    row = db.execute("select 1 from lost_card where hash = ?", (identifier_hash,)).fetchone()
    return row is not None


def searchable_name(row: MemberRow) -> str:
    """The name under which a search finds the member; a blocked one is not found by name."""
    return "" if row.blocked else row.name


def count_members(db: Connection) -> int:
    """How many members this register knows, provisional ones apart."""
    (count,) = db.execute("select count(*) from member where provisional = 0").fetchone()
    return int(count)


def members_by_tier(db: Connection) -> dict[str, int]:
    """How many members with a phone, an e-mail or a card are known in each tier; "" are those in none."""
    rows = db.execute(
        "select coalesce(body ->> '$.tier', ''), count(*) from member where provisional = 0 and exists"
        " (select 1 from member_identifier where member_identifier.member_id = member.member_id) group by 1"
    )
    return {tier: int(count) for tier, count in rows}


class _Kept(NamedTuple):
    """What the index has of a member: the row that its identifiers are of, and the number of the name."""

    row: MemberRow
    name_no: int | None


def _kept(db: Connection, key: bytes) -> _Kept | None:
    found = db.execute("select body, name_no from member where member_id = ?", (key,)).fetchone()
    return _Kept(_MEMBER.decode(found[0]), found[1]) if found else None


def _hashes(row: MemberRow) -> list[bytes]:
    return list(dict.fromkeys(bytes.fromhex(one.hash) for one in row.identifiers))


def _keep_lost_cards(db: Connection, key: bytes, row: MemberRow, before: MemberRow | None) -> None:
    had = before.lost_cards if before is not None else ()
    if set(had) == set(row.lost_cards):
        return
    db.execute("delete from lost_card where member_id = ?", (key,))
    db.executemany(
        "insert into lost_card (hash, member_id) values (?, ?)",
        [(bytes.fromhex(digest), key) for digest in dict.fromkeys(row.lost_cards)],
    )


def _drop_identifiers(db: Connection, key: bytes, hashes: list[bytes]) -> None:
    db.executemany(
        "delete from member_identifier where hash = ? and member_id = ?", [(digest, key) for digest in hashes]
    )


def _known(row: tuple[bytes, int]) -> KnownMember:
    return KnownMember(_MEMBER.decode(row[0]), bool(row[1]))
