"""What a holdout kept from a member is in the sale's entry; a sale without is written as it always was."""

from __future__ import annotations

import msgspec

from agent.domain.quote import Withheld
from sync.wire.entries import SaleEntry, decode_entry, encode_entry
from tests.sync.examples import ENTRIES, GOLDEN

KEPT = Withheld(program_id="dairy-20", experiment="autumn", discount_minor=200)


def test_what_was_withheld_is_written_as_exactly_the_golden_bytes():
    sale = ENTRIES["1_sale"]
    assert isinstance(sale, SaleEntry)
    kind, version, body = encode_entry(msgspec.structs.replace(sale, withheld=(KEPT,)))

    golden = (GOLDEN / "1_sale_withheld.bytes").read_bytes()

    assert body == golden
    read = decode_entry(kind, version, golden)
    assert isinstance(read, SaleEntry)
    assert read.withheld == (KEPT,)


def test_a_sale_without_a_holdout_has_no_word_of_it():
    assert b"withheld" not in encode_entry(ENTRIES["1_sale"])[2]
