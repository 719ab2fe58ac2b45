"""The feed: everything the store's registers need, in pages, each HQ commit whole, the latest state only."""

from __future__ import annotations

import msgspec
import pytest
from django.db import transaction

from hq.feed.models import FeedRow, HqState
from hq.feed.writer import MAX_COMMIT_BYTES, FeedWriter, store_scope
from sync.outcomes import HqRefused
from sync.wire import messages
from sync.wire.feed import ItemRow, MemberRow, OperatorRow, ProgramSetRow, StoreRow
from tests import builders
from tests.hq.lane import decode_row


def write(*rows, scope=None):
    with transaction.atomic():
        feed = FeedWriter()
        for row in rows:
            feed.add(scope or store_scope(builders.STORE), row.item_code, row)
        feed.write()


def items(count, text="x"):
    return [ItemRow(item_code=f"{number:05}", name=text * 100, price=100) for number in range(count)]


def pages_of(lane):
    cursor = ""
    while True:
        page = lane.client.pull(messages.Pull(cursor=cursor, scopes=(f"store:{lane.store_id}",)))
        yield page
        cursor = page.next_cursor
        if not page.more:
            return


def test_a_new_register_gets_its_whole_store(lane):
    told = lane.pull()

    assert {type(row) for row in told} >= {StoreRow, OperatorRow, ItemRow, MemberRow, ProgramSetRow}


def test_nothing_comes_twice(lane):
    lane.pull()

    assert lane.pull() == []


def test_the_latest_state_of_an_item_is_all_that_comes(lane):
    write(*items(1, "a"))
    write(*items(1, "b"))
    write(*items(1, "c"))

    names = [row.name for row in lane.pull() if isinstance(row, ItemRow) and row.item_code == "00000"]

    assert names == ["c" * 100]


def test_what_did_not_change_is_not_sent_again(lane):
    write(*items(3))
    lane.pull()
    write(*items(3))

    assert lane.pull() == []


def test_pages_stay_small_and_commits_whole(lane):
    write(*items(200))
    write(*items(1000))
    write(*items(30, "y"))
    seen: dict[str, int] = {}
    last = -1
    for page in pages_of(lane):
        assert len(msgspec.msgpack.encode(page)) <= messages.MAX_PAGE_BYTES
        commits = [row.commit for row in page.rows]
        assert commits == sorted(commits)
        assert not commits or commits[0] > last
        last = commits[-1] if commits else last
        seen.update({row.key: row.commit for row in page.rows if row.kind == "item"})

    assert len(seen) == 1002


def test_a_large_load_takes_several_commits(hq):
    before = HqState.objects.get().commit_number

    write(*items(1000))

    commits = FeedRow.objects.filter(commit_number__gt=before)
    by_commit: dict[int, int] = {}
    for row in commits:
        by_commit[row.commit_number] = by_commit.get(row.commit_number, 0) + len(row.body)
    assert len(by_commit) > 2
    assert max(by_commit.values()) <= MAX_COMMIT_BYTES


def test_a_row_that_no_page_can_hold_is_refused(hq):
    with pytest.raises(ValueError, match="does not fit"):
        write(ItemRow(item_code="1", name="x" * 70_000, price=1))


@pytest.mark.parametrize("cursor", ["", "nonsense", "17", "deadbeef.5", "\x00", "x" * 5000, ".", "1.1e9"])
def test_a_cursor_that_hq_cannot_read_starts_again(lane, cursor):
    page = lane.client.pull(messages.Pull(cursor=cursor, scopes=(f"store:{lane.store_id}",)))

    assert any(row.kind == "store" for row in page.rows)


def test_a_cursor_from_the_future_starts_again(lane):
    page = lane.client.pull(messages.Pull(cursor="", scopes=(f"store:{lane.store_id}",)))
    incarnation = page.next_cursor.partition(".")[0]

    page = lane.client.pull(messages.Pull(cursor=f"{incarnation}.999999", scopes=(f"store:{lane.store_id}",)))

    assert page.rows


@pytest.mark.parametrize("scope", ["store:elsewhere", "chain:019aaaaa-0000-7000-8000-000000000001", "", "*"])
def test_a_register_reads_its_own_store_and_chain_only(lane, scope):
    with pytest.raises(HqRefused) as refused:
        lane.client.pull(messages.Pull(cursor="", scopes=(f"store:{lane.store_id}", scope)))

    assert refused.value.problem.code == "other_scope"


def test_a_sibling_lanes_outcomes_are_its_own(lane, other_lane):
    lane.sell(builders.milk(12_00))
    lane.sync()

    assert other_lane.outcomes() == {}


def test_rows_of_other_stores_move_the_cursor_without_a_word(lane):
    lane.pull()
    before = lane.cursor
    write(*items(5), scope=store_scope("elsewhere"))

    assert lane.pull() == []
    assert lane.cursor != before


def test_every_row_says_what_it_is(lane):
    for page in pages_of(lane):
        for row in page.rows:
            decode_row(row)
