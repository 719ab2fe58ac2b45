"""The journal's bytes are frozen: what a register wrote in its first week must read and hash the same for years."""

from __future__ import annotations

import uuid
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import decimals, entries
from sync.wire.journal import GENESIS, entry_hash
from tests.sync.examples import CHAIN, ENTRIES, GOLDEN, SALE_ENTRY, entry_chain


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is_written_as_exactly_the_golden_bytes(name):
    kind, _, body, _ = entry_chain()[name]

    assert body == (GOLDEN / f"{name}.json").read_bytes()
    assert name.startswith(f"{kind}_")


@pytest.mark.parametrize("name", ENTRIES)
def test_the_golden_bytes_read_as_the_entry(name):
    kind, version, _, _ = entry_chain()[name]

    assert entries.decode_entry(kind, version, (GOLDEN / f"{name}.json").read_bytes()) == ENTRIES[name]


def test_the_golden_hashes_chain_over_the_golden_bytes():
    previous = GENESIS
    for seq, (name, (kind, version, _, _)) in enumerate(entry_chain().items(), start=1):
        previous = entry_hash(previous, CHAIN, seq, kind, version, (GOLDEN / f"{name}.json").read_bytes())
        assert previous.hex() == (GOLDEN / f"{name}.hash").read_text().strip()


def test_the_hash_is_taken_over_the_fields_in_the_order_that_the_format_names():
    import hashlib

    body = b'{"x":1}'
    fields = b"".join(
        (
            GENESIS,
            CHAIN.bytes,
            (258).to_bytes(8, "big"),
            (1).to_bytes(2, "big"),
            (2).to_bytes(2, "big"),
            len(body).to_bytes(4, "big"),
            body,
        )
    )
    assert entry_hash(GENESIS, CHAIN, 258, 1, 2, body) == hashlib.sha256(fields).digest()


def test_every_kind_that_is_written_has_a_golden_file():
    written = {f"{kind}_" for kind, _ in entries.STRUCTURES}

    assert {f"{name.split('_')[0]}_" for name in ENTRIES} == written


def test_no_personal_data_stands_in_an_entry():
    names = {field.name for struct in entries.STRUCTURES.values() for field in msgspec.structs.fields(struct)}

    assert not names & {"name", "identifiers", "phone", "email", "card", "last4"}


def test_a_field_that_this_program_does_not_know_is_ignored():
    body = (GOLDEN / "6_release.json").read_bytes()
    newer = body[:-1] + b',"since_2027":{"a":[1,2]}}'

    assert entries.decode_entry(6, 1, newer) == ENTRIES["6_release"]


@pytest.mark.parametrize(("kind", "version"), [(1, 2), (2, 2), (99, 1)])
def test_a_kind_or_version_from_a_newer_register_is_told_apart_from_damage(kind, version):
    with pytest.raises(entries.UnknownEntry):
        entries.decode_entry(kind, version, b"{}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b'{"grant_id":',
        b'{"later":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"grant_id":"not-an-id"}',
    ],
    ids=["empty", "not text", "cut off", "deeply nested", "wrong type"],
)
def test_damaged_bytes_are_one_kind_of_error(body):
    with pytest.raises(msgspec.DecodeError):
        entries.decode_entry(6, 1, body)


@pytest.mark.parametrize("number", [b"1E+400000000", b"NaN", b"-Infinity"])
def test_a_quantity_that_no_scale_gives_is_refused_with_its_place(number):
    body = (
        (GOLDEN / "1_sale.json").read_bytes().replace(b'"quantity":"0.435"', b'"quantity":"' + number + b'"')
    )

    with pytest.raises(msgspec.ValidationError, match=r"quote_input\.basket\.lines\[0\]"):
        entries.decode_entry(1, 1, body)


def test_an_entry_over_one_mebibyte_is_refused_before_it_is_stored():
    long = msgspec.structs.replace(SALE_ENTRY, receipt_number="9" * entries.MAX_ENTRY_BYTES)

    with pytest.raises(ValueError, match="over the limit of 1048576"):
        entries.encode_entry(long)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_decimal_has_one_written_form(value):
    text = decimals.plain_text(value)

    assert Decimal(text) == value
    assert "E" not in text and not (("." in text) and text.endswith(("0", ".")))
    assert text == decimals.plain_text(value.normalize()) and text != "-0"


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("1.50", "1.5"), ("-0.0", "0"), ("0.000001", "0.000001"), ("100", "100")],
)
def test_decimals_are_written_without_exponent_or_trailing_zeros(value, text):
    assert decimals.plain_text(Decimal(value)) == text


def test_the_engines_number_is_always_written_so_that_a_later_engine_does_not_claim_the_sale():
    assert b'"engine_semantics":1' in (GOLDEN / "1_sale.json").read_bytes()
    bare = msgspec.structs.replace(
        SALE_ENTRY,
        quote_input=msgspec.structs.replace(SALE_ENTRY.quote_input, member=None, claims=(), codes=()),
    )
    assert b'"engine_semantics":1' in entries.encode_entry(bare)[2]


def test_ids_are_written_in_lower_case_with_hyphens():
    assert str(uuid.UUID(int=CHAIN.int)).encode() in (GOLDEN / "11_chain_opened.json").read_bytes()
