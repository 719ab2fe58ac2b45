"""Reading ESC/POS: lossless, the same however it arrives, and clear about what is not known."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from printers.receipts import encode_receipt
from printers.stream.commands import in_words
from printers.stream.render import render
from printers.stream.tokenizer import MAX_TEXT_BYTES, Tokenizer
from tests.printers.receipts import a_receipt

RECEIPT = encode_receipt(a_receipt())


def tokens_of(*pieces: bytes):
    tokenizer = Tokenizer()
    tokens = [token for piece in pieces for token in tokenizer.feed(piece)]
    tokens += tokenizer.finish()
    return tokens, tokenizer.unfinished


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[first:last] for first, last in pairwise(edges)]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=8))
def test_any_stream_gives_the_same_tokens_however_it_is_split(data: bytes, cuts: list[int]):
    whole, rest = tokens_of(data)
    assert tokens_of(*in_pieces(data, cuts)) == (whole, rest)
    assert b"".join(token.data for token in whole) + rest == data


@given(st.lists(st.integers(0, len(RECEIPT)), max_size=12))
def test_a_receipt_gives_the_same_tokens_however_it_is_split(cuts: list[int]):
    assert tokens_of(*in_pieces(RECEIPT, cuts)) == tokens_of(RECEIPT)


def test_a_receipt_byte_by_byte_is_the_same_receipt():
    assert tokens_of(*(bytes([byte]) for byte in RECEIPT)) == tokens_of(RECEIPT)


def test_offsets_say_where_each_token_begins():
    tokens, _ = tokens_of(RECEIPT)
    for token in tokens:
        assert RECEIPT[token.offset : token.offset + len(token.data)] == token.data


def test_endless_text_is_handed_out_in_pieces():
    tokens, _ = tokens_of(b"x" * (MAX_TEXT_BYTES + 5))
    assert [len(token.data) for token in tokens] == [MAX_TEXT_BYTES, 5]


def test_the_first_unknown_command_is_named_with_its_place():
    with pytest.raises(LoyaltyError) as refused:
        render(b"\x1b@Hello\n\x1bz\x01")
    assert refused.value.title == "The command ESC z (1B 7A) at byte 8 is not known here."


def test_a_known_command_with_a_parameter_that_we_never_print_is_named_too():
    with pytest.raises(LoyaltyError, match=r"ESC t 63 \(1B 74 63\) at byte 2|ESC t c \(1B 74 63\) at byte 2"):
        render(b"\x1b@\x1bt\x63")


def test_a_control_byte_that_is_no_command_is_named():
    with pytest.raises(LoyaltyError, match=r"07 \(07\) at byte 2"):
        render(b"ab\x07cd")


def test_a_stream_that_ends_inside_a_command_says_so():
    with pytest.raises(LoyaltyError, match=r"ends inside the command GS v 0 00 .* begins at byte 2"):
        render(b"\x1b@\x1dv0\x00\x48\x00\x18\x00\xff")


@given(st.binary(max_size=300))
def test_any_bytes_are_rendered_or_refused_in_a_sentence(data: bytes):
    try:
        rendering = render(data)
    except LoyaltyError as error:
        refused = error
    else:
        rendering.text()
        return
    assert refused.title.endswith(".")
    assert refused.advice.endswith(".")


@given(st.lists(st.sampled_from([
    b"\x1b@", b"\x1bt\x12", b"\x1bE\x01", b"\x1ba\x01", b"\x1b3\x1e", b"\x1bJ\x05", b"\x1bp\x00\x19\xfa", b"\x1d!\x11",
    b"\x1dVB\x00", b"\x1dh\x50", b"\x1dw\x02", b"\x1dH\x00", b"\x1dkI\x05{BABC", b"\x1dkI\x02{C", b"\x1d(k\x03\x001C\x05",
    b"\x1d(k\x07\x001P0abcd", b"\x1d(k\x03\x001Q0", b"\x1dv0\x00\x02\x00\x02\x00abcd", b"\x1c&", b"\x1c.", b"\xc0\xee",
    b"\x1d(k\x01\x001", b"text ", b"\n", b"\x10\x04\x01", b"\x1dr1", b"\x1da\xff", b"\x1d(H\x06\x0000abcd",
    b"\x1dw\x00", b"\x1dh\x00", b"\x1dkI\x03{B\xff", b"\x1dkI\x03{B\x01", b"\x1dv0\x00\x00\x00\x00\x00", b"\x1d(k\x03\x001C\x00",
]), max_size=20))  # fmt: skip
def test_our_commands_in_any_order_are_drawn_or_refused_in_a_sentence(commands: list[bytes]):
    try:
        rendering = render(b"".join(commands))
    except LoyaltyError:
        return
    rendering.text()
    assert rendering.picture().height >= 64


def test_text_wider_than_the_paper_goes_on_in_the_next_row():
    assert render(b"\x1b@" + b"x" * 50 + b"\n").text() == "x" * 48 + "\nxx\n"


def test_two_papers_in_one_stream_are_shown_under_each_other():
    rendering = render(RECEIPT + RECEIPT)
    assert rendering.text().count("[cut]") == 2
    assert rendering.picture().height > render(RECEIPT).picture().height * 1.9


def test_commands_are_named_as_manuals_write_them():
    assert in_words(b"\x1d(k") == "GS ( k (1D 28 6B)"
