"""The first schema.

UUIDs and hashes are blobs, times are UTC ms, dates are YYYY-MM-DD, and a `body` is msgspec JSON of the structure that
the store's module of that name says. Tables that a sale writes have as few indexes as their reading allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

STATEMENTS: Final = (
    # Who this register is; one row. `last_receipt_no` grows in the sale's own transaction.
    """
    create table register (
        id integer primary key check (id = 1),
        register_id text not null,
        store_id text not null,
        label text not null,
        name text not null,
        role text not null,
        chain_id blob not null,
        last_receipt_no integer not null default 0
    ) strict
    """,
    """
    create table chain (
        chain_id blob primary key,
        state text not null check (state in ('ok', 'forked', 'revoked')),
        acked_seq integer not null default 0,
        acked_hash blob not null,
        hq_incarnation text not null default '',
        opened_ms integer not null
    ) strict, without rowid
    """,
    # The journal: its bytes are the truth, and everything else at the register is a projection of it.
    """
    create table journal (
        entry_no integer primary key,
        chain_id blob not null,
        seq integer not null,
        kind integer not null,
        version integer not null,
        hash blob not null,
        body blob not null,
        unique (chain_id, seq)
    ) strict
    """,
    """
    create table sale (
        sale_no integer primary key,
        sale_id blob not null unique,
        chain_id blob not null,
        seq integer not null,
        receipt_number text not null,
        business_date text not null,
        at_ms integer not null,
        operator_id text not null,
        account_id blob,
        goods_minor integer not null,
        discount_minor integer not null,
        total_minor integer not null,
        change_minor integer not null
    ) strict
    """,
    """
    create table print_job (
        job_id blob primary key,
        kind text not null,
        sale_id blob,
        state text not null check (state in
            ('queued', 'sending', 'sent', 'confirmed', 'unconfirmed', 'failed', 'dropped')),
        attempt integer not null default 0,
        process_id integer not null default 0,
        created_ms integer not null,
        reason text not null default '',
        body blob not null
    ) strict
    """,
    """
    create index print_job_open on print_job (created_ms)
        where state in ('queued', 'sending', 'unconfirmed') or state = 'sent' and process_id <> 0
    """,
    "create index print_job_of_sale on print_job (sale_id)",
    """
    create table pii_blob (
        blob_id blob primary key,
        member_id blob not null,
        chain_id blob not null,
        seq integer not null,
        data blob not null
    ) strict, without rowid
    """,
    "create index pii_blob_of_entry on pii_blob (chain_id, seq)",
    "create index pii_blob_clear on pii_blob (chain_id, seq) where data <> x''",
    """
    create table member (
        member_id blob primary key,
        account_id blob not null,
        provisional integer not null default 0,
        body blob not null
    ) strict, without rowid
    """,
    "create index member_of_account on member (account_id)",
    # Two members may share a phone until HQ has joined them, so the hash alone is not a key.
    """
    create table member_identifier (
        hash blob not null,
        member_id blob not null references member on delete cascade,
        primary key (hash, member_id)
    ) strict, without rowid
    """,
    "create index member_identifier_of_member on member_identifier (member_id)",
    """
    create table member_word (
        word text not null,
        member_id blob not null references member on delete cascade,
        primary key (word, member_id)
    ) strict, without rowid
    """,
    "create index member_word_of_member on member_word (member_id)",
    "create table alias (provisional_id blob primary key, account_id blob not null) strict, without rowid",
    "create index alias_of_account on alias (account_id)",
    # What HQ's ledger says, and this register's own postings that HQ has not counted yet.
    """
    create table balance (
        account_id blob not null,
        unit text not null,
        balance integer not null,
        available integer not null,
        includes_seq text not null,
        primary key (account_id, unit)
    ) strict, without rowid
    """,
    """
    create table own_posting (
        account_id blob not null,
        unit text not null,
        chain_id blob not null,
        seq integer not null,
        amount integer not null,
        primary key (account_id, unit, chain_id, seq)
    ) strict, without rowid
    """,
    # `lots` is what is left of each lot, first to expire first; `remaining` is their sum.
    """
    create table lease (
        grant_id blob primary key,
        account_id blob not null,
        unit text not null,
        remaining integer not null check (remaining >= 0),
        lots text not null
    ) strict, without rowid
    """,
    "create index lease_open on lease (account_id, unit) where remaining > 0",
    """
    create table coupon (
        coupon_id blob primary key,
        serial text not null,
        program_id text not null,
        valid_from text not null,
        valid_until text not null,
        chain_id blob not null,
        state text not null check (state in ('held', 'free', 'redeemed', 'void'))
    ) strict, without rowid
    """,
    "create index coupon_serial on coupon (serial)",
    "create index coupon_held on coupon (chain_id, valid_from) where state = 'held'",
    "create table store_setting (id integer primary key check (id = 1), body blob not null) strict",
    "create table operator (operator_id text primary key, body blob not null) strict, without rowid",
    "create table item (item_code text primary key, body blob not null) strict",
    """
    create table item_code (
        code text primary key,
        item_code text not null references item on delete cascade
    ) strict, without rowid
    """,
    "create index item_code_of_item on item_code (item_code)",
    # Program sets by the SHA-256 of their published bytes; the newest active one and the one before it are kept.
    """
    create table program_set (
        sha256 text primary key,
        version integer not null,
        activated_ms integer not null,
        data blob not null
    ) strict
    """,
    """
    create table feed_cursor (
        id integer primary key check (id = 1),
        cursor text not null
    ) strict
    """,
    # What HQ could not simply post; a posted entry needs no row.
    """
    create table outcome (
        chain_id blob not null,
        seq integer not null,
        state text not null,
        code text not null,
        primary key (chain_id, seq)
    ) strict, without rowid
    """,
    # The last known state of printer, HQ and clock, by name.
    "create table status (name text primary key, body blob not null) strict, without rowid",
    "create table upkeep (id integer primary key check (id = 1), checkpoints integer not null) strict",
    "insert into upkeep values (1, 0)",
)


def first_schema(db: Database) -> None:
    """Create every table of the first release."""
    for statement in STATEMENTS:
        db.execute(statement)
