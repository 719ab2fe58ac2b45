"""A sale's gifts came after its first release: they stand at the end of its bytes, and only where there are any."""

from __future__ import annotations

import msgspec

from agent.domain.quote import GiftGrant
from sync.wire.entries import KIND_SALE, decode_entry, encode_entry
from tests.sync.examples import SALE_ENTRY

MUG = GiftGrant(program_id="mug-on-us", item_code="900", units=2, value_minor=3_000)


def test_a_sale_without_gifts_is_written_as_it_always_was() -> None:
    assert b"gifts" not in encode_entry(SALE_ENTRY)[2]


def test_gifts_are_added_at_the_end_of_the_bytes() -> None:
    sale = msgspec.structs.replace(SALE_ENTRY, gifts=(MUG,))

    kind, version, body = encode_entry(sale)

    told = b',"gifts":[{"program_id":"mug-on-us","item_code":"900","units":2,"value_minor":3000}]}'
    assert body == encode_entry(SALE_ENTRY)[2][:-1] + told
    assert (kind, version) == (KIND_SALE, 1)
    assert decode_entry(kind, version, body).gifts == (MUG,)  # type: ignore[union-attr]
