"""Members of this store: found by the keyed hash of an identifier, or by the beginning of a word of their name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

import msgspec

from agent.domain.fold import words
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

_MEMBER: Final = msgspec.json.Decoder(MemberRow)
# The rarest word narrows the search; this many of its members are read to find those with all words.
_CANDIDATES: Final = 500


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member as this register knows them. `provisional`: made here for an identifier that it did not know."""

    row: MemberRow
    provisional: bool = False


def put_member(db: Connection, row: MemberRow, *, provisional: bool = False) -> None:
    """Keep a member with identifiers and name words, whole; an erased one is forgotten."""
    key = row.member_id.bytes
    if row.erased:
        forget_member(db, row.member_id)
        return
    db.execute(
        "insert into member (member_id, account_id, provisional, body) values (?, ?, ?, ?)"
        " on conflict (member_id) do update set account_id = excluded.account_id,"
        " provisional = excluded.provisional, body = excluded.body",
        (key, row.account_id.bytes, int(provisional), msgspec.json.encode(row)),
    )
    db.execute("delete from member_identifier where member_id = ?", (key,))
    db.executemany(
        "insert into member_identifier (hash, member_id) values (?, ?)",
        [(digest, key) for digest in dict.fromkeys(bytes.fromhex(one.hash) for one in row.identifiers)],
    )
    db.execute("delete from member_word where member_id = ?", (key,))
    db.executemany(
        "insert into member_word (word, member_id) values (?, ?)", [(word, key) for word in words(row.name)]
    )


def forget_member(db: Connection, member_id: uuid.UUID) -> None:
    """Delete the member here, with identifiers and name words; an unsent blob travels as a tombstone."""
    db.execute("delete from member where member_id = ?", (member_id.bytes,))
    db.execute("update pii_blob set data = x'' where member_id = ? and data <> x''", (member_id.bytes,))


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


def search_names(db: Connection, text: str, limit: int) -> tuple[MemberRow, ...]:
    """Members whose name has, for every word typed, a word that begins so; in the order of their names."""
    typed = sorted(words(text), key=len, reverse=True)
    if not typed:
        return ()
    beginning = typed[0]
    found: dict[uuid.UUID, MemberRow] = {}
    rows = db.execute(
        "select distinct body from member_word join member using (member_id)"
        " where word >= ? and word < ? and provisional = 0 limit ?",
        (beginning, beginning + "\U0010ffff", _CANDIDATES),
    )
    for (body,) in rows:
        row = _MEMBER.decode(body)
        if not row.blocked and _has_all(words(row.name), typed):
            found[row.member_id] = row
    return tuple(sorted(found.values(), key=lambda row: (words(row.name), row.member_id))[:limit])


def count_members(db: Connection) -> int:
    """How many members this register knows, provisional ones apart."""
    (count,) = db.execute("select count(*) from member where provisional = 0").fetchone()
    return int(count)


def _has_all(name: tuple[str, ...], typed: list[str]) -> bool:
    return all(any(word.startswith(beginning) for word in name) for beginning in typed)


def _known(row: tuple[bytes, int]) -> KnownMember:
    return KnownMember(_MEMBER.decode(row[0]), bool(row[1]))
