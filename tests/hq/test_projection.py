"""The projector: every entry is posted or quarantined exactly once, and one bad entry never blocks the next."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.ledger import Posting
from agent.domain.quote_input import ENGINE_SEMANTICS
from hq.clock import now_ms
from hq.devices.models import Chain
from hq.ingest import replay as replaying
from hq.ingest.models import Quarantine, Sale
from hq.ingest.projector import project_chain
from sync.wire.blobs import PiiBlob
from sync.wire.entries import KIND_SALE
from tests import builders
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.shop import IOANA

POINTS = builders.POINTS


def ioana(points=2340):
    return builders.a_member(points, member_id=IOANA, account_id=IOANA, spendable=0)


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def changed(sale, **fields):
    return msgspec.structs.replace(sale, **fields)


def test_points_are_available_as_soon_as_the_sale_is_posted(lane):
    lane.sell(builders.a_line("bread", 40_00), member=ioana())

    lane.sync()

    assert balance(IOANA) == {"available": 2380, f"issued:{lane.store_id}": -2380}


def test_projecting_again_adds_nothing(lane):
    lane.sell(builders.a_line("bread", 40_00), member=ioana())
    lane.sync()
    Chain.objects.update(projected_seq=0)

    assert project_chain(lane.chain_id, now_ms()) == 2

    assert available(IOANA) == 2380
    assert Sale.objects.count() == 1
    assert not quarantined()


def test_a_sale_without_a_member_earns_nothing(lane):
    lane.sell(builders.a_line("bread", 40_00))

    lane.sync()

    sale = Sale.objects.get()
    assert (sale.total_minor, sale.points_earned, sale.state, sale.replayed) == (40_00, 0, "posted", True)


def bad_entries(lane):
    """name -> (kind, version, bytes) that HQ must quarantine under this code."""
    good = lane.a_sale(builders.a_line("bread", 40_00), member=ioana())
    encode = msgspec.json.encode
    earned = (msgspec.structs.replace(good.earned[0], points=9_999),)
    raised = (Posting(IOANA, POINTS, "issued:brasov-1", -9_999), Posting(IOANA, POINTS, "pending", 9_999))
    return {
        "undecodable": (KIND_SALE, 1, b"\x00\xff not JSON"),
        "undecodable ": (KIND_SALE, 1, b"[" * 100_000),
        "undecodable  ": (KIND_SALE, 1, encode(good)[:-9]),
        "undecodable   ": (KIND_SALE, 1, encode(changed(good, total_minor=2**70))),
        "undecodable    ": (
            KIND_SALE,
            1,
            encode(good).replace(b'"quantity":"1"', b'"quantity":"1E+400000000"'),
        ),
        "needs_upgrade": (99, 1, encode(good)),
        "needs_upgrade ": (KIND_SALE, 2, encode(good)),
        "needs_upgrade  ": (65_535, 65_535, b""),
        "replay_difference": (KIND_SALE, 1, encode(changed(good, total_minor=1, discount_minor=39_99))),
        "replay_difference ": (KIND_SALE, 1, encode(changed(good, earned=earned, postings=raised))),
        "unbalanced_postings": (KIND_SALE, 1, encode(changed(good, postings=good.postings[:1]))),
        "postings_differ": (KIND_SALE, 1, encode(changed(good, postings=()))),
        "postings_differ ": (KIND_SALE, 1, encode(changed(good, postings=raised))),
        "wrong_store": (KIND_SALE, 1, encode(changed(good, store_id="elsewhere"))),
        "unknown_program_set": (
            KIND_SALE,
            1,
            encode(changed(good, quote_input=changed(good.quote_input, program_set_hash="ab" * 32))),
        ),
    }


@pytest.mark.parametrize(
    "code",
    [
        "undecodable",
        "undecodable ",
        "undecodable  ",
        "undecodable   ",
        "undecodable    ",
        "needs_upgrade",
        "needs_upgrade ",
        "needs_upgrade  ",
        "replay_difference",
        "replay_difference ",
        "unbalanced_postings",
        "postings_differ",
        "postings_differ ",
        "wrong_store",
        "unknown_program_set",
    ],
)
def test_a_bad_entry_is_quarantined_and_the_next_one_posted(lane, code):
    lane.push()
    lane.append_bytes(*bad_entries(lane)[code])
    lane.sell(builders.a_line("bread", 12_00), member=ioana())

    answer = lane.sync()

    assert answer.acked_seq == 3
    assert lane.outcomes() == {
        1: ("posted", ""),
        2: ("quarantined", code.strip()),
        3: ("posted", ""),
    }
    assert quarantined() == [(2, code.strip(), "waiting")]
    assert available(IOANA) == 2340 + 12


def test_a_quarantined_entry_keeps_its_bytes_and_says_why(lane):
    lane.append_bytes(KIND_SALE, 1, b"\x00 not JSON")

    lane.sync()

    kept = Quarantine.objects.get()
    assert bytes(kept.body) == b"\x00 not JSON"
    assert kept.hash == lane.hashes[2].hex()
    assert kept.detail.endswith(".")


def test_personal_data_that_is_not_what_the_entry_names_is_a_hash_mismatch(lane):
    member_id = lane.enrol_member(("phone", "+40721000999"))
    blob = lane.blobs.pop()
    lane.blobs.append(PiiBlob(blob.blob_id, member_id, blob.data[:-1] + b" "))

    lane.sync()

    assert quarantined() == [(2, "hash_mismatch", "waiting")]


def test_a_phone_whose_keyed_hash_is_another_is_a_hash_mismatch(lane):
    lane.store_key = bytes(32)
    lane.enrol_member(("phone", "+40721000999"))

    lane.sync()

    assert quarantined() == [(2, "hash_mismatch", "waiting")]


def test_personal_data_that_never_came_is_noticed(lane):
    lane.enrol_member(("phone", "+40721000999"))
    lane.blobs.clear()

    lane.sync()

    assert quarantined() == [(2, "missing_blob", "waiting")]


def test_one_sale_in_two_journals_is_posted_once(lane, other_lane):
    sale = lane.sell(builders.a_line("bread", 40_00), member=ioana())
    copy = other_lane.a_sale(builders.a_line("bread", 40_00), member=ioana(2380), sale_id=sale.sale_id)
    other_lane.append(copy)

    lane.sync()
    other_lane.sync()

    assert other_lane.outcomes()[2] == ("quarantined", "duplicate_sale")
    assert available(IOANA) == 2380
    assert Sale.objects.count() == 1


def test_a_sale_of_another_engine_is_posted_and_counted(lane):
    sale = lane.a_sale(builders.a_line("bread", 40_00), member=ioana())
    lane.append(changed(sale, quote_input=changed(sale.quote_input, engine_semantics=ENGINE_SEMANTICS + 1)))

    lane.sync()

    assert lane.outcomes()[2] == ("posted", "")
    assert not Sale.objects.get().replayed


def test_a_shop_without_programs_is_replayed_too(lane):
    from agent.domain.no_programs import no_programs
    from agent.domain.program_document import decode_program_set

    lane.sell(builders.a_line("bread", 40_00), program_set=decode_program_set(no_programs("RON")))

    lane.sync()

    assert Sale.objects.get().replayed


def test_a_sale_that_gave_nothing_needs_no_program_set(lane):
    from agent.domain.program_document import decode_program_set

    strange = decode_program_set(builders.program_set_bytes(version=77))
    lane.sell(builders.a_line("bread", 40_00), program_set=strange)

    lane.sync()

    assert lane.outcomes()[2] == ("posted", "")
    assert not Sale.objects.get().replayed


def test_a_till_that_knew_another_balance_is_counted_as_stale(lane):
    lane.sell(builders.a_line("bread", 40_00), member=ioana(2000))
    lane.sell(builders.a_line("bread", 40_00), member=ioana(2380))

    lane.sync()

    assert [sale.stale_facts for sale in Sale.objects.order_by("seq")] == [True, False]


def test_our_own_defect_holds_one_entry_and_not_the_chain(lane, monkeypatch, caplog):
    calls = []

    def broken(sale):
        calls.append(sale)
        if len(calls) == 1:
            raise ZeroDivisionError("a defect")
        return replaying.Replayed(replayed=True)

    monkeypatch.setattr("hq.ingest.post_sale.replay", broken)
    lane.sell(builders.a_line("bread", 40_00), member=ioana())
    lane.sell(builders.a_line("bread", 5_00), member=ioana(2380))

    lane.sync()

    assert lane.outcomes()[2] == ("quarantined", "hq_defect")
    assert lane.outcomes() == {}
    assert available(IOANA) == 2345
    assert "ZeroDivisionError" in caplog.text


def test_an_entry_is_posted_once_hq_knows_its_kind(lane, monkeypatch):
    from hq.ingest.retry import try_again

    sale = lane.a_sale(builders.a_line("bread", 40_00), member=ioana())
    lane.append_bytes(KIND_SALE, 7, msgspec.json.encode(sale))
    lane.sync()
    assert quarantined() == [(2, "needs_upgrade", "waiting")]
    from sync.wire import entries

    monkeypatch.setitem(entries._DECODERS, (KIND_SALE, 7), entries._DECODERS[KIND_SALE, 1])

    verdict = try_again(Quarantine.objects.get(), now_ms())

    assert verdict.state == "posted"
    assert quarantined() == [(2, "needs_upgrade", "posted")]
    assert available(IOANA) == 2380
    assert lane.outcomes()[2] == ("posted", "")


def test_trying_again_what_is_still_wrong_changes_nothing(lane):
    from hq.ingest.retry import try_again

    lane.append_bytes(KIND_SALE, 1, b"{}")
    lane.sync()

    verdict = try_again(Quarantine.objects.get(), now_ms())

    assert (verdict.state, verdict.code) == ("quarantined", "undecodable")
    assert quarantined() == [(2, "undecodable", "waiting")]


def test_a_sale_is_posted_once_its_program_set_is_published(lane):
    from hq.ingest.retry import try_again
    from hq.programs import publishing

    later = builders.program_set_bytes(*builders.demo_programs(), version=5)
    from agent.domain.program_document import decode_program_set

    lane.sell(builders.a_line("bread", 40_00), member=ioana(), program_set=decode_program_set(later))
    lane.sync()
    assert quarantined() == [(2, "unknown_program_set", "waiting")]
    publishing.upload(later, "andrei", now_ms())

    try_again(Quarantine.objects.get(), now_ms())

    assert available(IOANA) == 2380
    assert Sale.objects.get().state == "posted"


def test_an_entry_of_a_fork_is_never_posted(lane):
    from hq.ingest.retry import try_again

    lane.sell(builders.a_line("bread", 40_00), member=ioana())
    lane.sync()
    lane.journal.pop()
    lane.hashes.pop()
    lane.sell(builders.a_line("bread", 99_00), member=ioana())
    lane.push(since=0)

    verdict = try_again(Quarantine.objects.get(), now_ms())

    assert (verdict.state, verdict.code) == ("quarantined", "forked")
    assert available(IOANA) == 2380


def test_a_shortfall_is_still_one_when_the_sale_is_tried_again(lane):
    from agent.domain.program_document import decode_program_set
    from hq.ingest.retry import try_again
    from hq.programs import publishing

    later = builders.program_set_bytes(*builders.demo_programs(), version=5)
    (grant,) = lane.ask(IOANA, POINTS, 200)
    member = builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=500)
    lane.sell(
        builders.a_line("party", 180_00),
        member=member,
        claims=["reward-5"],
        spends=[msgspec.structs.replace(grant, amount=500)],
        program_set=decode_program_set(later),
    )
    lane.sync()
    assert Sale.objects.get().state == "quarantined"
    publishing.upload(later, "andrei", now_ms())

    verdict = try_again(Quarantine.objects.get(), now_ms())

    assert (verdict.state, verdict.code) == ("shortfall", "overspent")
    assert Sale.objects.get().state == "shortfall"
    assert balance(IOANA)[f"shortfall:{lane.store_id}"] == -300


def test_what_was_posted_since_is_not_tried_again(lane, monkeypatch):
    from hq.ingest.retry import try_again
    from hq.programs import publishing

    later = builders.program_set_bytes(*builders.demo_programs(), version=5)
    from agent.domain.program_document import decode_program_set

    lane.sell(builders.a_line("bread", 40_00), member=ioana(), program_set=decode_program_set(later))
    lane.sync()
    publishing.upload(later, "andrei", now_ms())
    held = Quarantine.objects.get()
    try_again(held, now_ms())
    lane.pull()
    # The page of a colleague still shows the entry as waiting.
    monkeypatch.setattr("hq.ingest.post_sale.replay", lambda sale: pytest.fail("the sale was posted already"))

    verdict = try_again(held, now_ms())

    assert verdict.state == "posted"
    assert lane.pull() == []
    assert quarantined() == [(2, "unknown_program_set", "posted")]
