"""One PUSH and what its answer means: entries up, grants and recalls down, and whether the chain is still ours.

Nothing is believed that our own journal contradicts. The acked number moves only to a seq whose hash HQ repeated
correctly, so an entry counts as sent exactly when HQ has proved that it holds these bytes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from agent.service import leases
from agent.service.members import read_spendable
from agent.service.moment import stamp_at
from agent.service.ports import Clock
from agent.store import blobs, chains, journal
from agent.store.chains import Chain
from agent.store.database import Store
from agent.store.sqlite import Connection
from sync.client import HqClient
from sync.leases import LeaseDesk
from sync.outcomes import ChainStopped, HqGarbage
from sync.wire.messages import MAX_ENTRIES, MAX_PUSH_BYTES, ChainState, Grant, Push, Pushed

_HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Step:
    """What one PUSH did. `unsent`: there is more to send at once; `stuck`: HQ took nothing of what was sent."""

    sent: int
    unsent: bool
    stuck: bool


class Pusher:
    """Sends one chain's entries in order, as many as fit, and takes HQ's answer into the store."""

    def __init__(
        self, store: Store, chain_id: uuid.UUID, client: HqClient, desk: LeaseDesk, clock: Clock
    ) -> None:
        self._store = store
        self._chain_id = chain_id
        self._client = client
        self._desk = desk
        self._clock = clock

    def has_work(self) -> bool:
        """Whether entries or asks wait."""
        reader = self._store.reader()
        head = journal.head_of(reader, self._chain_id)
        return head.seq > self.chain(reader).acked_seq or bool(self._desk.waiting())

    def chain(self, db: Connection) -> Chain:
        """Our chain's row, written at enrolment."""
        chain = chains.read_chain(db, self._chain_id)
        if chain is None:
            raise LookupError(f"the register writes chain {self._chain_id} and has no row of it")
        return chain

    def step(self) -> Step:
        """One exchange with HQ; without entries it is the heartbeat.

        Raises HqTrouble, and ChainStopped when HQ or our own journal says that this chain may not go on.
        """
        message = self._message()
        answer = self._client.push(message)
        if len(answer.acked_hash) != _HASH_BYTES:
            raise HqGarbage(_("its hash has {count} bytes").format(count=len(answer.acked_hash)))
        for grant in answer.grants:
            _require_sum(grant)
        before = self.chain(self._store.reader()).acked_seq
        self._take(answer)
        self._settle(message, answer)
        reader = self._store.reader()
        return Step(
            sent=len(message.entries),
            unsent=journal.head_of(reader, self._chain_id).seq > answer.acked_seq,
            stuck=bool(message.entries) and answer.acked_seq <= before,
        )

    def _message(self) -> Push:
        with self._store.snapshot() as db:
            chain = self.chain(db)
            previous, entries = journal.unsent(
                db, self._chain_id, chain.acked_seq, MAX_ENTRIES, MAX_PUSH_BYTES
            )
            last = chain.acked_seq + len(entries)
            # Asks ride behind the last entry: HQ must know of every spend and release before it tops up.
            complete = journal.head_of(db, self._chain_id).seq == last
            return Push(
                chain_id=self._chain_id,
                from_seq=chain.acked_seq + 1,
                prev_hash=previous,
                entries=entries,
                blobs=blobs.blobs_of_entries(db, self._chain_id, chain.acked_seq + 1, last)
                if entries
                else (),
                wants=self._desk.waiting() if complete else (),
                clock=self._clock.now_ms(),
            )

    def _take(self, answer: Pushed) -> None:
        """Move the acked number, in one transaction with what it lets us forget; or stop the chain."""
        reader = self._store.reader()
        chain = self.chain(reader)
        if answer.chain_state != "ok":
            self._stop(answer.chain_state)
        if journal.hash_at(reader, self._chain_id, answer.acked_seq) != answer.acked_hash:
            # HQ holds an entry that we have not written, or another one in its place: a copy of this register
            # has gone on somewhere.
            self._stop("forked")
        known = (chain.acked_seq, chain.acked_hash, chain.hq_incarnation)
        if known == (answer.acked_seq, answer.acked_hash, answer.hq_incarnation):
            return
        with self._store.unit_of_work() as db:
            chains.set_acked(db, self._chain_id, answer.acked_seq, answer.acked_hash, answer.hq_incarnation)
            blobs.drop_acked_blobs(db, self._chain_id, answer.acked_seq)

    def _settle(self, message: Push, answer: Pushed) -> None:
        """Keep HQ's grants, tell whoever waits, and give back what nobody waits for."""
        at_ms = self._clock.now_ms()
        new: tuple[uuid.UUID, ...] = ()
        if answer.grants or answer.lease_recalls:
            with self._store.unit_of_work() as db:
                new = leases.receive_grants(db, answer.grants, at_ms)
                for recall in answer.lease_recalls:
                    leases.answer_recall(db, recall, at_ms)
        granted = {grant.grant_id: (grant.account_id, grant.unit) for grant in answer.grants}
        unwanted = self._desk.settle(message.wants, [granted[grant_id] for grant_id in new], self._held)
        late = [grant_id for grant_id in new if granted[grant_id] in unwanted]
        if late:
            with self._store.unit_of_work() as db:
                for grant_id in late:
                    leases.release_grant(db, grant_id, "late", at_ms)

    def _held(self, account_id: uuid.UUID, unit: str) -> int:
        reader = self._store.reader()
        today = stamp_at(reader, self._clock.now_ms()).business_date
        return read_spendable(reader, account_id, today).get(unit, 0)

    def revoke(self) -> None:
        """HQ has said, outside of a PUSH, that this register is revoked."""
        with self._store.unit_of_work() as db:
            chains.set_state(db, self._chain_id, "revoked")

    def _stop(self, state: ChainState) -> None:
        with self._store.unit_of_work() as db:
            chains.set_state(db, self._chain_id, state)
        raise ChainStopped(state)


def _require_sum(grant: Grant) -> None:
    """A grant is what its lots come to; what is not cannot be spent or given back without inventing points."""
    if grant.lots and (
        any(lot.amount <= 0 for lot in grant.lots) or sum(lot.amount for lot in grant.lots) != grant.amount
    ):
        raise HqGarbage(_("the lots of grant {grant} are not its amount").format(grant=grant.grant_id))
