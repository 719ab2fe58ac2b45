"""HQ's feed at the register: applied whole or not at all, and the last good state stays."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal

import msgspec
import pytest

from agent.domain.ledger import Posting
from agent.domain.no_programs import no_programs
from agent.store import balances, catalog, coupons, feed_state, members, program_sets, settings
from agent.store.status import PassedOverRows, ProgramSetRefusal, read_status
from sync.wire import feed, messages
from tests.sync.examples import an_id
from tests.sync.lanes import HASTY, QUICK, eventually
from tests.sync.message_examples import ROWS

ITEM = feed.ItemRow(item_code="1", name="Lapte", codes=("5941",), price=Decimal("799"))
POINTS = "points:p"


def item(number: int, name: str = "Lapte") -> feed.ItemRow:
    return feed.ItemRow(item_code=str(number), name=name, codes=(f"594{number}",), price=Decimal("799"))


def broken_item(**fields: object) -> bytes:
    return msgspec.msgpack.encode({**msgspec.to_builtins(ITEM), **fields})


@pytest.fixture
def line(hq, lane):
    return lane.connect(hq.url)


def test_every_kind_of_row_reaches_the_registers_store(hq, lane, line):
    rows = {**ROWS, "outcome": msgspec.structs.replace(ROWS["outcome"], chain_id=lane.chain_id)}
    rows["member"] = msgspec.structs.replace(ROWS["member"], erased=False)
    rows["item"] = msgspec.structs.replace(ROWS["item"], withdrawn=False)
    rows["operator"] = msgspec.structs.replace(ROWS["operator"], active=True)
    del rows["program_set"]
    for kind, row in rows.items():
        hq.emit(kind, kind, row)
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == str(len(rows)))

    assert feed_state.count_waiting_at_hq(lane.store.reader()) == 1
    reader = lane.store.reader()
    assert settings.read_store(reader) == rows["store"]
    assert settings.read_operators(reader) == (rows["operator"],)
    assert catalog.find_item(reader, "2100018") == rows["item"]
    assert members.count_members(reader) == 1
    assert balances.read_balances(reader, rows["balance"].account_id)[rows["balance"].unit].points == 2340
    assert coupons.read_coupon(reader, rows["coupon"].coupon_id).state == "free"
    assert feed_state.alias_of(reader, an_id(9)) == rows["alias"].account_id


def test_pages_are_pulled_until_there_are_no_more(hq, lane, line):
    hq.page_rows = 10
    for number in range(95):
        hq.emit("item", str(number), item(number))
    eventually(lambda: catalog.count_items(lane.store.reader()) == 95)

    assert feed_state.read_cursor(lane.store.reader()) == "95"


def test_the_feed_goes_on_after_a_restart_where_it_was(hq, lane, line):
    hq.emit("item", "1", item(1))
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "1")
    lane.disconnect()
    hq.requests.clear()
    hq.emit("item", "2", item(2))
    lane.connect(hq.url)
    eventually(lambda: catalog.count_items(lane.store.reader()) == 2)

    assert hq.asked(messages.PATH_PULL)[0].cursor == "1"
    assert hq.asked(messages.PATH_PULL)[0].scopes == ("store:brasov-1", f"chain:{lane.chain_id}")


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("item", broken_item(price=[1]), "field price: expected `decimal`"),
        ("item", broken_item(price="NaN"), "field price: NaN is no price or step"),
        ("item", broken_item(price="-1"), "field price: -1 is no price or step"),
        ("item", broken_item(quantity_step="0"), "field quantity_step: it is 0"),
        ("item", broken_item(taxes=[{"code": "A"}]), "field taxes[0]: object missing required field `rate`"),
        (
            "item",
            broken_item(taxes=[{"code": "A", "rate": "NaN"}]),
            "field taxes[0].rate: NaN is no tax rate",
        ),
        ("item", broken_item(taxes=[{"code": "A", "rate": "-1"}]), "field taxes[0].rate: -1 is no tax rate"),
        (
            "item",
            broken_item(taxes=[{"code": "A", "rate": "1E+400000"}]),
            "field taxes[0].rate: 1E+400000 is no tax rate",
        ),
        ("item", b"\xc3", "expected `object`, got `bool`"),
        (
            "store",
            msgspec.msgpack.encode({**msgspec.to_builtins(ROWS["store"]), "zone": "Europe/Brasov"}),
            "field zone: Europe/Brasov is no time zone",
        ),
        (
            "store",
            msgspec.msgpack.encode({**msgspec.to_builtins(ROWS["store"]), "zone": "../../etc/passwd"}),
            "field zone: ../../etc/passwd is no time zone",
        ),
        (
            "member",
            msgspec.msgpack.encode(
                {
                    "member_id": str(an_id(1)),
                    "account_id": str(an_id(1)),
                    "identifiers": [{"kind": "card", "hash": "no hex", "last4": "0018"}],
                }
            ),
            "non-hexadecimal",
        ),
        (
            "balance",
            msgspec.msgpack.encode(
                {"account_id": str(an_id(1)), "unit": POINTS, "balance": 2**64 - 1, "available": 0}
            ),
            "too large",
        ),
        (
            "balance",
            msgspec.msgpack.encode(
                {
                    "account_id": str(an_id(1)),
                    "unit": POINTS,
                    "balance": 1,
                    "available": 0,
                    "includes_seq": {"x": 1},
                }
            ),
            "hexadecimal UUID",
        ),
    ],
)
def test_a_broken_row_is_named_and_nothing_of_its_page_counts(hq, lane, line, kind, body, says):
    hq.emit("item", "1", item(1))
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "1")
    with hq.lock:
        hq.emit("item", "2", item(2))
        hq.emit(kind, "the-broken-one", body)
        hq.emit("item", "3", item(3))
    eventually(lambda: lane.contact().title)

    contact = lane.contact()
    assert contact.title.startswith(f"The {kind} “the-broken-one” in HQ's feed cannot be used: ")
    assert says in contact.title
    assert contact.advice.startswith("Correct it at HQ.")
    eventually(line.online)
    assert catalog.count_items(lane.store.reader()) == 1
    assert feed_state.read_cursor(lane.store.reader()) == "1"


def test_a_broken_row_holds_up_no_sale_and_is_gone_when_hq_corrects_it(hq, lane, line):
    hq.emit("item", "1", broken_item(price="NaN"))
    eventually(lambda: lane.contact().title)
    lane.sell(2)
    eventually(lane.all_sent)
    with hq.lock:
        hq.feed.clear()
        hq.emit("item", "1", item(1))
    eventually(lambda: not lane.contact().title)

    assert catalog.find_item(lane.store.reader(), "5941") is not None


def test_a_kind_of_row_from_a_newer_hq_is_passed_over_and_counted(hq, lane, line):
    hq.emit("delegation", "k", msgspec.msgpack.encode({"since": 2027}))
    hq.emit("item", "1", item(1))
    eventually(lambda: catalog.count_items(lane.store.reader()) == 1)

    assert read_status(lane.store.reader(), PassedOverRows).kinds == {"delegation": 1}
    assert not lane.contact().title


@pytest.mark.parametrize("fault", ["garbage", "html", "500", "slow", "hang_up_midway", "bomb"])
def test_a_page_that_does_not_arrive_whole_changes_nothing(hq, lane, fault):
    line = lane.connect(hq.url, HASTY if fault == "slow" else QUICK)
    eventually(line.online)
    hq.emit("item", "1", item(1))
    hq.faults.extend([fault] * 4)
    eventually(lambda: catalog.count_items(lane.store.reader()) == 1)

    assert feed_state.read_cursor(lane.store.reader()) == "1"


def test_a_feed_that_says_more_and_stands_still_is_not_pulled_in_a_circle(hq, lane, line):
    eventually(line.online)
    with hq.lock:
        hq.page_rows = 0
        hq.emit("item", "1", item(1))
    eventually(lambda: "does not move" in lane.contact().title)
    pulls = len(hq.asked(messages.PATH_PULL))
    eventually(lambda: len(hq.asked(messages.PATH_PUSH)) > 8)

    assert len(hq.asked(messages.PATH_PULL)) < pulls + 60


def announce(hq, data: bytes, *, version: int = 1, size: int | None = None, sha256: str = "") -> str:
    digest = hashlib.sha256(data).digest()
    hq.contents[digest] = data
    row = feed.ProgramSetRow(version=version, sha256=sha256 or digest.hex(), size=size or len(data))
    hq.emit("program_set", "programs", row)
    return digest.hex()


def test_a_program_set_is_fetched_in_ranges_and_activated(hq, lane, line):
    data = no_programs("RON") + b" " * 130_000
    name = announce(hq, data)
    eventually(lambda: program_sets.active_hash(lane.store.reader()) == name)

    assert program_sets.active_program_set(lane.store.reader()) == data
    assert [ask.offset for ask in hq.asked(messages.PATH_BLOB)] == [0, 49_152, 98_304]


def test_a_program_set_that_breaks_off_is_fetched_again(hq, lane, line):
    eventually(line.online)
    hq.page_rows = 1
    data = no_programs("RON") + b" " * 130_000
    hq.faults.extend(["", "", "", "500", "", "", "garbage"])
    name = announce(hq, data)

    eventually(lambda: program_sets.active_hash(lane.store.reader()) == name)


def test_a_broken_program_set_leaves_the_one_in_force_and_says_which_field(hq, lane, line):
    good = announce(hq, no_programs("RON"))
    eventually(lambda: program_sets.active_hash(lane.store.reader()) == good)
    bad = announce(hq, b'{"format":1,"set_id":"s","version":"two","currency":"RON","programs":[]}', version=2)
    eventually(lambda: read_status(lane.store.reader(), ProgramSetRefusal).sha256 == bad)

    refusal = read_status(lane.store.reader(), ProgramSetRefusal)
    assert "version" in refusal.title and refusal.advice
    assert program_sets.active_hash(lane.store.reader()) == good
    asked = len(hq.asked(messages.PATH_BLOB))
    eventually(lambda: len(hq.asked(messages.PATH_PULL)) > 12)
    assert len(hq.asked(messages.PATH_BLOB)) == asked

    better = announce(hq, no_programs("RON") + b" ", version=3)
    eventually(lambda: program_sets.active_hash(lane.store.reader()) == better)
    assert not read_status(lane.store.reader(), ProgramSetRefusal).title


def test_content_that_is_not_what_was_announced_is_refused(hq, lane, line):
    data = no_programs("RON")
    digest = hashlib.sha256(data).digest()
    announce(hq, data)
    hq.contents[digest] = data[:-1] + b" "
    eventually(lambda: "not the one that it announced" in lane.contact().title)

    assert program_sets.active_program_set(lane.store.reader()) is None
    hq.contents[digest] = data
    eventually(lambda: program_sets.active_hash(lane.store.reader()) == digest.hex())
    eventually(lambda: not lane.contact().title)


@pytest.mark.parametrize(("sha256", "size"), [("no hash", 10), ("ab" * 31, 10), ("ab" * 32, 2**40)])
def test_an_impossible_announcement_is_told_and_not_fetched(hq, lane, line, sha256, size):
    announce(hq, b"{}", sha256=sha256, size=size)
    eventually(lambda: read_status(lane.store.reader(), ProgramSetRefusal).sha256 == sha256)

    assert hq.asked(messages.PATH_BLOB) == []
    assert "cannot be fetched" in read_status(lane.store.reader(), ProgramSetRefusal).title


def own_points(lane, account_id, seq: int, amount: int) -> None:
    with lane.store.unit_of_work() as db:
        balances.add_own_postings(db, lane.chain_id, seq, (Posting(account_id, POINTS, "pending", amount),))


def points(lane, account_id) -> int:
    found = balances.read_balances(lane.store.reader(), account_id).get(POINTS)
    return found.points if found else 0


def test_a_balance_shows_what_hq_counted_and_our_own_sales_after_it(hq, lane, line):
    own_points(lane, an_id(70), 2, 10)
    own_points(lane, an_id(70), 3, 5)
    hq.emit(
        "balance",
        "b",
        feed.BalanceRow(
            account_id=an_id(70),
            unit=POINTS,
            balance=110,
            available=110,
            includes_seq={str(lane.chain_id): 2},
        ),
    )
    eventually(lambda: points(lane, an_id(70)) == 115)


@pytest.mark.parametrize("balance_first", [True, False])
def test_points_of_a_provisional_account_join_their_owner_and_count_once(hq, lane, line, balance_first):
    provisional, owner = an_id(71), an_id(72)
    own_points(lane, provisional, 2, 10)
    own_points(lane, provisional, 3, 5)
    balance = feed.BalanceRow(
        account_id=owner, unit=POINTS, balance=110, available=110, includes_seq={str(lane.chain_id): 2}
    )
    alias = feed.AliasRow(provisional, owner)
    with hq.lock:
        for kind, row in [("balance", balance), ("alias", alias)][:: 1 if balance_first else -1]:
            hq.emit(kind, kind, row)
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "2")

    assert points(lane, owner) == 115
    assert points(lane, provisional) == 0


def a_coupon(lane, state: str, chain_id=None) -> feed.CouponRow:
    day = datetime.date(2026, 11, 23)
    return feed.CouponRow(
        coupon_id=an_id(80),
        program_id="next-visit",
        valid_from=day,
        valid_until=day,
        chain_id=chain_id or lane.chain_id,
        state=state,
    )


def test_an_older_word_of_hq_does_not_give_back_a_coupon_that_this_register_released(hq, lane, line):
    ours = a_coupon(lane, "free")
    with lane.store.unit_of_work() as db:
        coupons.add_coupon(db, coupons.Coupon(**msgspec.structs.asdict(ours)))
    hq.emit("coupon", "c", a_coupon(lane, "held"))
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "1")

    assert coupons.read_coupon(lane.store.reader(), ours.coupon_id).state == "free"


def test_a_coupon_used_at_another_lane_is_used_here_too(hq, lane, line):
    hq.emit("coupon", "c", a_coupon(lane, "held", an_id(81)))
    hq.emit("coupon", "c", a_coupon(lane, "redeemed", an_id(81)))
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "2")

    assert coupons.read_coupon(lane.store.reader(), an_id(80)).state == "redeemed"


def test_an_erased_member_is_gone_with_their_unsent_personal_data(hq, lane, line):
    member = msgspec.structs.replace(ROWS["member"], erased=False)
    hq.emit("member", "m", member)
    eventually(lambda: members.count_members(lane.store.reader()) == 1)
    hq.emit("member", "m", msgspec.structs.replace(member, erased=True))

    eventually(lambda: members.count_members(lane.store.reader()) == 0)
