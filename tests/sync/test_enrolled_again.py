"""A register whose journal forked, that HQ revoked, or that lost its keys goes on with a new journal."""

from __future__ import annotations

import random
import shutil
import string
import uuid
import zlib

import pytest

from agent.bootstrap import FileClock, enrol_register
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import Posting
from agent.key_store import SIGNING_KEY, KeyStore
from agent.service.coupons import is_held
from agent.store import balances, blobs, chains, coupons, feed_state, journal, leases
from agent.store.coupons import Coupon
from agent.store.database import Store
from agent.store.register import read_register, take_receipt_no
from sync.signing import RegisterKey
from sync.wire.entries import ChainOpened, ForkedEntry, GrantReceived, SaleEntry, decode_entry
from sync.wire.feed import OutcomeRow
from sync.wire.messages import Enrolled
from tests.sync.examples import LOT, POINTS, SALE_ENTRY
from tests.sync.lanes import TestLane, eventually
from tests.sync.real_hq import RealLane

STORE_KEY = bytes(range(32, 64))


@pytest.fixture
def folder(tmp_path, lane):
    """The data folder of `lane`, as `regulars enrol` finds it."""
    (tmp_path / "register.toml").write_text('secrets = "file"\n')
    keys = KeyStore(tmp_path, "file")
    keys.write(SIGNING_KEY, bytes(range(32)))
    keys.write("store_key", STORE_KEY)
    return tmp_path


def enrol_again(folder, hq, *, store="brasov-1", register_id="brasov-1-r9", name=""):
    """What a person does: the till is closed, and a new code from HQ is typed."""
    # The request is signed by the key that it brings.
    hq.public_key = None
    hq.codes["NEW"] = Enrolled(
        register_id=register_id,
        store=store,
        store_key=STORE_KEY,
        hq_keys={},
        hq_time=hq.now_ms(),
        hq_incarnation=hq.incarnation,
    )
    return enrol_register(folder, hq.url, "NEW", name)


def stopped(lane: TestLane, state: str = "forked") -> None:
    """HQ has stopped this chain, and the till is closed."""
    with lane.store.unit_of_work() as db:
        chains.set_state(db, lane.chain_id, state)
    lane.disconnect()


def reopened(lane: TestLane, folder) -> TestLane:
    """The till is opened again, with the key that the folder holds now."""
    register = read_register(lane.store.reader())
    secret = KeyStore(folder, "file").read(SIGNING_KEY)
    assert register is not None and secret is not None
    lane.register, lane.chain_id, lane.key = register, register.chain_id, RegisterKey(secret)
    return lane


def rows_of(store: Store, chain_id: uuid.UUID) -> list[journal.JournalRow]:
    return [row for row in journal.read_all(store.reader()) if row.chain_id == chain_id]


def carried_in(store: Store, chain_id: uuid.UUID) -> list[ForkedEntry]:
    found = [decode_entry(row.kind, row.version, row.body) for row in rows_of(store, chain_id)]
    return [entry for entry in found if isinstance(entry, ForkedEntry)]


@pytest.mark.parametrize(("state", "reason"), [("forked", "fork"), ("revoked", "enrolment")])
def test_what_was_not_sent_goes_to_hq_byte_for_byte_in_the_new_journal(hq, lane, folder, state, reason):
    lane.sell(2)
    lane.connect(hq.url)
    eventually(lane.all_sent)
    lane.disconnect()
    lane.sell(3)
    stopped(lane, state)
    before = rows_of(lane.store, lane.chain_id)
    old = lane.chain_id

    enrol_again(folder, hq)
    reopened(lane, folder).connect(hq.url)
    lane.sell()
    eventually(lane.all_sent)

    assert hq.seqs(old) == [1, 2, 3]
    assert hq.seqs(lane.chain_id) == [1, 2, 3, 4, 5]
    kinds = [decode_entry(e.kind, e.version, e.body) for e, _ in hq.chains[lane.chain_id]]
    assert isinstance(kinds[0], ChainOpened)
    assert (kinds[0].reason, kinds[0].register_id) == (reason, "brasov-1-r9")
    carried = [entry for entry in kinds if isinstance(entry, ForkedEntry)]
    assert [(c.chain_id, c.seq, c.kind, c.version, c.hash, zlib.decompress(c.packed)) for c in carried] == [
        (row.chain_id, row.seq, row.kind, row.version, row.hash.hex(), row.body) for row in before[3:]
    ]
    assert isinstance(kinds[-1], SaleEntry)
    assert rows_of(lane.store, old) == before
    assert lane.chain().state == "ok"


def test_the_register_keeps_its_name_and_its_receipt_numbers_go_on(hq, lane, folder):
    with lane.store.unit_of_work() as db:
        taken = [take_receipt_no(db), take_receipt_no(db)]
    stopped(lane)

    again = enrol_again(folder, hq)

    assert (again.name, again.label) == ("Casa 1", "1")
    with lane.store.unit_of_work() as db:
        assert take_receipt_no(db) == taken[-1] + 1


def test_a_register_in_order_is_not_enrolled_again(hq, lane, folder):
    lane.disconnect()
    with pytest.raises(LoyaltyError, match="is register brasov-1-r1 of store brasov-1 already"):
        enrol_again(folder, hq)

    assert "NEW" in hq.codes
    assert read_register(lane.store.reader()) == lane.register


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_register_without_its_key_may_be_enrolled_again(hq, lane, folder, damage):
    lane.sell()
    path = folder / "keys" / SIGNING_KEY
    if damage == "missing":
        path.unlink()
    else:
        path.write_text("AAAA")

    enrol_again(folder, hq)
    reopened(lane, folder).connect(hq.url)
    eventually(lane.all_sent)

    assert [entry.seq for entry in carried_in(lane.store, lane.chain_id)] == [1, 2]


def test_a_code_of_another_store_changes_nothing(hq, lane, folder):
    lane.sell()
    stopped(lane)
    key = KeyStore(folder, "file").read(SIGNING_KEY)

    with pytest.raises(
        LoyaltyError, match="This code is for store sibiu-2; this register belongs to brasov-1"
    ):
        enrol_again(folder, hq, store="sibiu-2")

    assert KeyStore(folder, "file").read(SIGNING_KEY) == key
    assert read_register(lane.store.reader()) == lane.register
    assert lane.chain().state == "forked"
    assert lane.head().seq == 2


def test_settings_that_name_another_hq_are_said_before_the_code_is_used_up(hq, lane, folder):
    stopped(lane)
    (folder / "register.toml").write_text('secrets = "file"\n[hq]\nurl = "https://hq.example"\n')

    with pytest.raises(LoyaltyError, match="name another HQ"):
        enrol_again(folder, hq)

    assert "NEW" in hq.codes


def test_a_register_enrolled_again_twice_carries_each_entry_once(hq, lane, folder):
    lane.sell(2)
    first = lane.chain_id
    stopped(lane)
    enrol_again(folder, hq)
    stopped(reopened(lane, folder), "revoked")
    second = lane.chain_id
    enrol_again(folder, hq, register_id="brasov-1-r10")
    reopened(lane, folder).connect(hq.url)
    eventually(lane.all_sent)

    carried = carried_in(lane.store, lane.chain_id)
    assert [(c.chain_id, c.seq) for c in carried] == [(second, 1), (first, 1), (first, 2), (first, 3)]


def test_the_largest_sale_that_can_be_written_can_also_be_carried_over(hq, lane, folder):
    letters = random.Random(7)
    filler = "".join(letters.choices(string.ascii_letters + string.digits, k=1_040_000))
    lane.sell(1, filler=filler)
    stopped(lane)

    enrol_again(folder, hq)

    carried = carried_in(lane.store, reopened(lane, folder).chain_id)
    assert filler.encode() in zlib.decompress(carried[-1].packed)


def test_the_new_journal_begins_without_leases_and_without_the_old_ones_coupons(hq, lane, folder):
    coupon = Coupon(
        coupon_id=uuid.uuid4(),
        program_id="p",
        valid_from=SALE_ENTRY.stamp.business_date,
        valid_until=SALE_ENTRY.stamp.business_date,
        chain_id=lane.chain_id,
        state="held",
    )
    account_id, grant_id = uuid.uuid4(), uuid.uuid4()
    with lane.store.unit_of_work() as db:
        coupons.add_coupon(db, coupon)
        leases.add_grant(db, grant_id, account_id, POINTS, 500, (LOT,))
    assert is_held(lane.store.reader(), coupon)
    stopped(lane)

    enrol_again(folder, hq)

    reader = lane.store.reader()
    assert leases.all_open_leases(reader) == ()
    kept = coupons.read_coupon(reader, coupon.coupon_id)
    assert kept is not None and not is_held(reader, kept)
    entries = [decode_entry(r.kind, r.version, r.body) for r in rows_of(lane.store, lane.chain_id)]
    assert not any(isinstance(entry, GrantReceived) for entry in entries)


def test_a_phone_number_that_was_not_sent_travels_with_its_entry_and_is_then_forgotten(hq, lane, folder):
    lane.sell(1, phone="+40721234567")
    stopped(lane)
    enrol_again(folder, hq)
    reopened(lane, folder).connect(hq.url)
    eventually(lane.all_sent)

    assert [b"+40721234567" in data for data in hq.blobs.values()] == [True]
    [left] = blobs.blobs_of_entries(lane.store.reader(), lane.chain_id, 1, 99)
    assert left.data == b""


def test_points_of_unsent_sales_are_shown_until_hq_counts_them(hq, lane, folder):
    account_id = uuid.uuid4()
    lane.sell()
    with lane.store.unit_of_work() as db:
        earned = (Posting(account_id, POINTS, "pending", 14),)
        balances.add_own_postings(db, lane.chain_id, 2, earned)
    stopped(lane)
    enrol_again(folder, hq)
    reader = lane.store.reader()
    assert balances.read_balances(reader, account_id)[POINTS].points == 14

    reopened(lane, folder)
    rows = reader.execute("select chain_id, seq from own_posting").fetchall()
    assert rows == [(lane.chain_id.bytes, 3)]


def test_the_strip_counts_carried_sales_and_no_longer_what_the_old_journal_left_at_hq(hq, lane, folder):
    lane.sell(2)
    with lane.store.unit_of_work() as db:
        feed_state.put_outcome(db, OutcomeRow(chain_id=lane.chain_id, seq=2, state="quarantined"))
    stopped(lane)
    enrol_again(folder, hq)

    reader = lane.store.reader()
    assert journal.count_sales_after(reader, reopened(lane, folder).chain_id, 0) == 2
    assert feed_state.count_waiting_at_hq(reader) == 0


def test_a_forked_copy_enrolled_again_at_the_real_hq_sends_what_it_sold_and_earns_again(real_hq, tmp_path):
    real_hq.enrol(tmp_path / "r1", "Casa 11")
    lane = RealLane(real_hq, tmp_path / "r1").ready()
    lane.stop()
    shutil.copytree(tmp_path / "r1", tmp_path / "copy")
    lane.reopen().start()
    lane.sell()
    eventually(lane.all_sent)
    lane.stop()

    copy = RealLane(real_hq, tmp_path / "copy")
    copy.sell("2*1001")
    copy.start()
    eventually(lambda: copy.chain().state == "forked")
    copy.sell("3*1001")
    copy.stop()
    old = copy.chain_id
    enrol_register(tmp_path / "copy", real_hq.url, real_hq.new_code(), clock=FileClock(real_hq.clock_file))
    copy.reopen().ready()
    copy.sell("4*1001")
    eventually(copy.all_sent)

    assert len(real_hq.entries(old)) == 2
    assert real_hq.entries(copy.chain_id) == copy.journalled()
    # HQ kept the first one when it saw the fork; the second one it sees now.
    eventually(lambda: (4, "posted") in real_hq.posted_sales(copy.chain_id))
    waits = [detail for code, detail in real_hq.quarantined() if str(old) in detail]
    assert len(waits) == 1
    assert waits[0].startswith(f"Entry 3 of the register's earlier journal {old}")
    assert copy.contact().title == ""
    copy.stop()


def test_an_enrolment_that_broke_off_in_the_middle_can_be_done_again(hq, lane, folder):
    lane.sell()
    (folder / "keys" / SIGNING_KEY).unlink()
    obstacle = folder / "keys" / f".{SIGNING_KEY}.new"
    obstacle.mkdir()
    with pytest.raises(LoyaltyError, match="The register's keys cannot be written"):
        enrol_again(folder, hq)
    # As if the machine had gone down after the key was written, and before anything else was.
    obstacle.rmdir()
    KeyStore(folder, "file").write(SIGNING_KEY, bytes(range(32)))

    enrol_again(folder, hq, register_id="brasov-1-r10")
    reopened(lane, folder).connect(hq.url)
    eventually(lane.all_sent)
    assert [entry.seq for entry in carried_in(lane.store, lane.chain_id)] == [1, 2]
