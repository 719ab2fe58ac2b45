"""The projector: each chain's stored entries, in seq order, posted or quarantined exactly once.

What an entry does, its outcome for the feed, and the chain's cursor are one database transaction. A step that was
posted before is found by its key and adds nothing. One bad entry never blocks the next.
"""

from __future__ import annotations

import logging
import uuid
from typing import Final

import msgspec
from django.db import DatabaseError, DataError, connection, transaction

from hq.columns import as_uuid, key
from hq.devices.models import Chain
from hq.feed import news
from hq.feed.state import identity
from hq.feed.writer import FeedWriter, chain_scope
from hq.ingest import experiments, first_purchases, quarantine, tiers
from hq.ingest.desk import Desk, StoredEntry
from hq.ingest.post_adjustment import post_adjustment
from hq.ingest.post_forked_entry import post_forked_entry
from hq.ingest.post_lease import post_chain_opened, post_grant_received, post_release
from hq.ingest.post_member import post_member
from hq.ingest.post_member_change import post_member_change
from hq.ingest.post_return import post_return
from hq.ingest.post_sale import post_sale
from hq.ingest.verdict import Verdict, held
from hq.program_figures import counting as program_figures
from sync.wire.entries import (
    AdjustmentEntry,
    ChainOpened,
    Entry,
    ForkedEntry,
    GrantReceived,
    MemberChangeEntry,
    MemberEntry,
    Release,
    ReturnEntry,
    SaleEntry,
    UnknownEntry,
    VoidEntry,
    decode_entry,
)
from sync.wire.feed import OutcomeRow

# Entries in one transaction: few enough that a PUSH never waits long for the write lock.
BATCH: Final = 50
_log = logging.getLogger(__name__)


def project_chain(chain_id: uuid.UUID, now_ms: int) -> int:
    """Project everything stored of a chain; the number of entries that were waiting."""
    done = 0
    while count := project_batch(chain_id, now_ms):
        done += count
    return done


def project_batch(chain_id: uuid.UUID, now_ms: int) -> int:
    """Project the chain's next entries in one transaction; 0 when none waits."""
    with transaction.atomic():
        chain = _locked(chain_id)
        entries = _waiting(chain)
        if not entries:
            return 0
        who, feed = identity(), FeedWriter()
        for entry in entries:
            _conclude(feed, chain_id, entry, _project(Desk(chain, who, now_ms), entry, feed), now_ms)
        feed.write()
        chain.projected_seq = entries[-1].seq
        chain.save(update_fields=("projected_seq",))
    return len(entries)


def project_again(chain_id: uuid.UUID, entry: StoredEntry, now_ms: int) -> Verdict:
    """Try an entry in quarantine once more, after HQ was upgraded or the program set published."""
    with transaction.atomic():
        feed = FeedWriter()
        verdict = _project(Desk(_locked(chain_id), identity(), now_ms), entry, feed)
        _conclude(feed, chain_id, entry, verdict, now_ms)
        if verdict.state != "quarantined":
            quarantine.set_posted(chain_id, entry)
        feed.write()
    return verdict


def chains_waiting() -> list[uuid.UUID]:
    """The chains with entries that are stored and not yet projected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain_id FROM chain WHERE projected_seq < acked_seq ORDER BY chain_id")
        return [as_uuid(row[0]) for row in cursor.fetchall()]


def _locked(chain_id: uuid.UUID) -> Chain:
    return Chain.objects.select_for_update(of=("self",)).select_related("register__store").get(pk=chain_id)


def _waiting(chain: Chain) -> list[StoredEntry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, kind, version, body, hash FROM journal_entry WHERE chain_id = %s AND seq > %s"
            " ORDER BY seq LIMIT %s",
            [key(chain.chain_id), chain.projected_seq, BATCH],
        )
        return [
            StoredEntry(seq, kind, version, bytes(body), bytes(digest))
            for seq, kind, version, body, digest in cursor.fetchall()
        ]


def _project(desk: Desk, entry: StoredEntry, feed: FeedWriter) -> Verdict:
    """Post one entry on a desk of its own, or say why not; what registers hear of it is added to `feed`.

    Whatever goes wrong inside leaves no trace, in the books or in the feed, and holds this entry alone.
    """
    try:
        with transaction.atomic():
            decoded = decode_entry(entry.kind, entry.version, entry.body)
            verdict = _post(desk, entry.seq, decoded)
            tiers.count(desk, decoded)
            experiments.note(desk, entry.seq, decoded)
            first_purchases.note(desk, decoded)
            program_figures.note(desk.chain_id, entry.seq, decoded, verdict)
            news.tell_balances(desk.feed, desk.books)
    except UnknownEntry as error:
        return held("needs_upgrade", f"This HQ does not know {error}; it is posted after an upgrade.")
    except (msgspec.DecodeError, OverflowError, DataError) as error:
        return held("undecodable", f"The entry's bytes cannot be read: {error}.")
    except DatabaseError:
        # A full disk or a lock is nothing the entry did: the transaction ends, and all of it is tried again.
        raise
    except Exception as error:  # noqa: BLE001
        # The top of this worker for one entry: our own defect must not stop the chain (sync.md).
        _log.exception("a defect while projecting entry %s of chain %s", entry.seq, desk.chain_id)
        return held("hq_defect", f"HQ met a defect with this entry ({type(error).__name__}); see its log.")
    feed.take(desk.feed)
    return verdict


def _post(desk: Desk, seq: int, entry: Entry) -> Verdict:
    match entry:
        case SaleEntry():
            return post_sale(desk, seq, entry)
        case MemberEntry():
            return post_member(desk, seq, entry)
        case MemberChangeEntry():
            return post_member_change(desk, seq, entry)
        case GrantReceived():
            return post_grant_received(desk, entry)
        case Release():
            return post_release(desk, seq, entry)
        case AdjustmentEntry():
            return post_adjustment(desk, seq, entry)
        case ChainOpened():
            return post_chain_opened(desk, seq, entry)
        case ReturnEntry() | VoidEntry():
            return post_return(desk, seq, entry)
        case ForkedEntry():
            return post_forked_entry(entry)


def _conclude(
    feed: FeedWriter, chain_id: uuid.UUID, entry: StoredEntry, verdict: Verdict, now_ms: int
) -> None:
    if verdict.state == "quarantined":
        quarantine.hold(chain_id, entry, verdict.code, verdict.detail, now_ms)
    outcome = OutcomeRow(chain_id=chain_id, seq=entry.seq, state=verdict.state, code=verdict.code)
    feed.add(chain_scope(chain_id), str(entry.seq), outcome)
