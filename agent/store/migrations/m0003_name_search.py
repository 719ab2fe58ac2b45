"""Names are searched as one types, with typing mistakes: an index of its own in place of the table of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS = (
    "drop table member_word",
    # A member's name in every way in which it may be typed, one to a line.
    """
    create table member_name (
        name_no integer primary key,
        member_id blob not null,
        account_id blob not null,
        spellings text not null
    ) strict
    """,
    "alter table member add column name_no integer",
    # `in_order`: the key has the words in the name's own order.
    """
    create table name_key (
        key text not null,
        name_no integer not null,
        in_order integer not null,
        primary key (key, name_no)
    ) strict, without rowid
    """,
    "create table name_word (word text primary key) strict, without rowid",
    # The words, and each with a letter left out: a mistyped word meets the meant one here.
    """
    create table name_form (
        form text not null,
        word text not null,
        primary key (form, word)
    ) strict, without rowid
    """,
    # The first letters of the words, whole and with each letter left out, for words that are not typed to their end.
    """
    create table name_start (
        form text not null,
        start text not null,
        primary key (form, start)
    ) strict, without rowid
    """,
    # Who shopped here last is shown first.
    "create index sale_of_account on sale (account_id, at_ms) where account_id is not null",
    # A member's identifiers are in its body, so nobody needs to find them here by the member: half of the table.
    """
    create table identifier_of_member (
        hash blob not null,
        member_id blob not null,
        primary key (hash, member_id)
    ) strict, without rowid
    """,
    "insert into identifier_of_member select hash, member_id from member_identifier order by hash, member_id",
    "drop table member_identifier",
    "alter table identifier_of_member rename to member_identifier",
)


def name_search(db: Database) -> None:
    """Make the index, and fill it with the members that are here."""
    import msgspec

    from agent.store.members import searchable_name
    from agent.store.name_index import keep_name
    from sync.wire.feed import MemberRow

    for statement in STATEMENTS:
        db.execute(statement)
    rows = db.execute("select member_id, body from member where provisional = 0").fetchall()
    for member_id, body in rows:
        row = msgspec.json.decode(body, type=MemberRow)
        name_no = keep_name(db.conn, row, searchable_name(row), None)
        db.execute("update member set name_no = ? where member_id = ?", (name_no, member_id))
