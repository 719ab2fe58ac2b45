"""A register for these tests: a real database, a real courier, and sales that are written without a till."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent.domain.ledger import Posting
from agent.service.moment import stamp_at
from agent.service.register_identity import open_register
from agent.store import chains, journal
from agent.store.blobs import add_blob
from agent.store.database import Store
from agent.store.status import HqContact, read_status
from sync.courier import Courier, Pace, open_link
from sync.signing import RegisterKey
from sync.wire.blobs import PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import Release, SaleEntry
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock, TestEntropy
from tests.sync.examples import SALE_ENTRY

QUICK = Pace(
    heartbeat_s=0.1,
    pull_s=0.1,
    first_wait_s=0.02,
    longest_wait_s=0.1,
    connect_timeout_s=PATIENCE_S,
    read_timeout_s=PATIENCE_S,
)
# Waits so short a time for an answer that a test can wait for the end of it.
HASTY = dataclasses.replace(QUICK, read_timeout_s=0.5)
# So slow that a test sees only what it asked for.
PATIENT = Pace(
    heartbeat_s=10 * PATIENCE_S,
    pull_s=10 * PATIENCE_S,
    first_wait_s=0.02,
    longest_wait_s=0.1,
    connect_timeout_s=PATIENCE_S,
    read_timeout_s=PATIENCE_S,
)


def eventually(fact: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Wait until the fact holds."""
    until = time.monotonic() + timeout_s
    while not fact():
        assert time.monotonic() < until, "it never became so"
        time.sleep(0.005)


class TestLane:
    """One register with its key, over one database file."""

    __test__ = False

    def __init__(
        self, path: Path, chain_id: uuid.UUID | None = None, secret: bytes = bytes(range(32))
    ) -> None:
        self.path = path
        self.clock = TestClock()
        self.key = RegisterKey(secret)
        self.store = Store(path)
        self.register = open_register(
            self.store,
            register_id="brasov-1-r1",
            store_id="brasov-1",
            name="Casa 1",
            chain_id=chain_id or uuid.uuid4(),
            role="till",
            software="test",
            at_ms=self.clock.now_ms(),
        )
        self.chain_id = self.register.chain_id
        self.courier: Courier | None = None

    def connect(self, url: str, pace: Pace = QUICK) -> Courier:
        self.courier = open_link(self.store, url, self.key, self.clock, TestEntropy(), pace)
        self.courier.start()
        return self.courier

    def close(self) -> None:
        """Stop; a defect of the courier fails the test here."""
        contact = self.contact()
        self.disconnect()
        self.store.close()
        assert "fault in Regulars" not in contact.title

    def disconnect(self) -> None:
        if self.courier is not None:
            assert self.courier.stop(PATIENCE_S)
            self.courier = None

    def sell(self, count: int = 1, *, filler: str = "", phone: str = "") -> list[uuid.UUID]:
        """Commit sales, each its own transaction; with a phone, each brings its personal-data blob."""
        made = []
        for _ in range(count):
            sale_id = uuid.uuid4()
            with self.store.unit_of_work() as db:
                data = pack_blob(bytes(16), PersonalData(name=phone))
                blob = PiiBlob(uuid.uuid4(), uuid.uuid4(), data)
                entry = self._sale(sale_id, filler)
                if phone:
                    entry = msgspec.structs.replace(entry, pii=(blob_ref(blob.blob_id, data),))
                seq, _digest = journal.append(db, self.chain_id, entry)
                if phone:
                    add_blob(db, blob, self.chain_id, seq)
            made.append(sale_id)
        if self.courier is not None:
            self.courier.wake()
        return made

    def write_small_entries(self, count: int) -> None:
        """Entries of a few hundred bytes, in one transaction."""
        stamp = stamp_at(self.store.reader(), self.clock.now_ms())
        with self.store.unit_of_work() as db:
            for _ in range(count):
                entry = Release(
                    grant_id=None,
                    account_id=uuid.uuid4(),
                    unit="points:p",
                    amount=0,
                    reason="late",
                    stamp=stamp,
                )
                journal.append(db, self.chain_id, entry)

    def _sale(self, sale_id: uuid.UUID, filler: str) -> SaleEntry:
        account_id = uuid.uuid4()
        return msgspec.structs.replace(
            SALE_ENTRY,
            sale_id=sale_id,
            receipt_number=f"1-0001{filler}",
            stamp=stamp_at(self.store.reader(), self.clock.now_ms()),
            pii=(),
            lease_spends=(),
            coupons_redeemed=(),
            coupons_issued=(),
            spent=(),
            postings=(
                Posting(account_id, "points:p", "issued:brasov-1", -14),
                Posting(account_id, "points:p", "pending", 14),
            ),
        )

    def chain(self) -> chains.Chain:
        found = chains.read_chain(self.store.reader(), self.chain_id)
        assert found is not None
        return found

    def head(self) -> journal.Head:
        return journal.head_of(self.store.reader(), self.chain_id)

    def contact(self) -> HqContact:
        return read_status(self.store.reader(), HqContact)

    def all_sent(self) -> bool:
        return self.chain().acked_seq == self.head().seq
