"""What a cashier sees and enters of the programs that HQ runs: badges, a friend's code, a visit without a sale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt

from agent.domain.occasions.referral import code_of, shown_code
from agent.service.program_sets import install_program_set
from agent.store import journal
from agent.store.member_programs import put_programs
from agent.store.members import find_by_hash
from demo.local_till import LocalTill
from sync.wire.entries import AdjustmentEntry, Entry, MemberEntry, decode_entry
from sync.wire.feed import MemberProgramsRow
from tests.builders import a_program, points_per_money, program_set_bytes
from tests.journeys.cashier import Cashier, item
from tests.journeys.conftest import Open

CARD = "2980000074417"
CODE = code_of(bytes(range(16)))
PROGRAMS = (
    points_per_money(),
    a_program("regular", "badge", occasion={"type": "badge", "counts": "visits", "at_least": 10}),
    a_program(
        "bring-a-friend",
        "referral",
        occasion={"type": "referral", "points_of": "points", "referrer_points": 200},
    ),
    a_program(
        "coming-by",
        "activity",
        occasion={
            "type": "activity", "activity": "visit", "points_of": "points", "points": 5,
            "once": "day", "at_till": True,
        },
    ),
)  # fmt: skip


def entries(shop: LocalTill) -> Iterator[Entry]:
    for row in journal.read_all(shop.store.reader()):
        yield decode_entry(row.kind, row.version, row.body)


def told(shop: LocalTill, kind: type[Any]) -> list[Any]:
    return [entry for entry in entries(shop) if isinstance(entry, kind)]


@pytest.fixture
def cashier(open_lane: Open, shop: LocalTill) -> Cashier:
    data = program_set_bytes(*PROGRAMS, version=90)
    sha256 = hashlib.sha256(data).hexdigest()
    install_program_set(shop.store, data, sha256, 90, shop.clock.now_ms())
    from agent.domain.identifiers import identifier_hash

    digest = identifier_hash(shop.lane.store_key, "card", CARD)
    (known,) = find_by_hash(shop.store.reader(), digest)
    with shop.store.unit_of_work() as db:
        told = MemberProgramsRow(member_id=known.row.member_id, badges=("regular",), referral_code=CODE)
        put_programs(db, told)
    return open_lane()


def test_badges_and_the_code_for_friends_stand_under_the_member(cashier: Cashier) -> None:
    cashier.types_and_enters(CARD)

    assert (
        cashier.screen.selling.head.programs.words.text() == f"Regular, code for friends {shown_code(CODE)}"
    )


def test_a_visit_is_entered_with_one_tap_and_then_its_key_is_gone(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(CARD)
    key = cashier.screen.selling.head.programs.keys[0]
    assert key.isVisible()

    cashier.taps(key)

    assert not key.isVisible()
    (entry,) = told(shop, AdjustmentEntry)
    assert (entry.reason, entry.program_id) == ("activity", "coming-by")


def test_a_newcomer_says_the_code_of_the_friend_who_brought_them(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types("0722418906")
    cashier.presses(Qt.Key.Key_F3)
    join = cashier.screen.join
    cashier.waits(join.friend.isVisible)
    cashier.taps(join.program)

    join.friend.field.setText(CODE[:-1] + ("A" if CODE[-1] != "A" else "C"))
    cashier.taps(join.join_key)
    notice = cashier.reads_notice()
    assert notice is not None and notice[0] == "This is not the code of a member."
    assert told(shop, MemberEntry) == []

    join.friend.field.setText(shown_code(CODE).lower())
    cashier.taps(join.join_key)
    (entry,) = told(shop, MemberEntry)
    assert entry.referral_code == CODE


def test_a_shop_without_such_programs_shows_nothing_of_them(open_lane: Open) -> None:
    cashier = open_lane()
    cashier.types_and_enters(CARD, item("Umbrella"))
    assert not cashier.screen.selling.head.programs.isVisible()

    cashier.presses(Qt.Key.Key_F3)
    assert not cashier.screen.join.friend.isVisible()
