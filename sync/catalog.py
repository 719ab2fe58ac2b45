"""HQ's feed, pulled: a page at a time, then the program set that it names, fetched in ranges.

The last good state stays whatever comes: a page that cannot be applied leaves cursor and rows as they were, a broken
program set leaves the one in force.
"""

from __future__ import annotations

import hashlib
import uuid
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.service.feed import apply_page
from agent.service.ports import Clock
from agent.service.program_sets import install_program_set
from agent.store import feed_state, program_sets
from agent.store.database import Store
from agent.store.status import ProgramSetRefusal, WantedProgramSet, put_status, read_status
from sync.client import HqClient
from sync.outcomes import HqGarbage
from sync.wire.messages import MAX_RANGE_BYTES, BlobRange, Pull, Pulled

MAX_PROGRAM_SET_BYTES: Final = 8 * 1024 * 1024


class Catalog:
    """Pulls one register's feed: its store's rows and what became of its own entries."""

    def __init__(
        self, store: Store, chain_id: uuid.UUID, store_id: str, client: HqClient, clock: Clock
    ) -> None:
        self._store = store
        self._chain_id = chain_id
        self._scopes = (f"store:{store_id}", f"chain:{chain_id}")
        self._client = client
        self._clock = clock
        # Content that this release cannot use; asked for again after a restart, when it may be a newer release.
        self._unusable = ""

    def step(self) -> bool:
        """Apply one page, or fetch the program set it named. Returns whether there is more.

        Raises HqTrouble, and LoyaltyError for a row or a program set that cannot be used.
        """
        reader = self._store.reader()
        cursor = feed_state.read_cursor(reader)
        page = self._client.pull(Pull(cursor=cursor, scopes=self._scopes))
        _require_progress(page, cursor)
        if page.rows or page.next_cursor != cursor:
            apply_page(self._store, page, self._chain_id)
        if page.more:
            return True
        wanted = read_status(self._store.reader(), WantedProgramSet)
        if wanted.sha256 not in ("", self._unusable, program_sets.active_hash(reader)):
            self._fetch(wanted)
        return False

    def _fetch(self, wanted: WantedProgramSet) -> None:
        try:
            digest = _digest_of(wanted)
            install_program_set(
                self._store,
                self._content(digest, wanted.size),
                wanted.sha256,
                wanted.version,
                self._clock.now_ms(),
            )
        except LoyaltyError as error:
            if error.code == "program_set_damaged":
                raise
            self._unusable = wanted.sha256
            if error.code == "program_set_impossible":
                with self._store.unit_of_work() as db:
                    put_status(db, ProgramSetRefusal(wanted.sha256, error.title, error.advice))
            raise

    def _content(self, digest: bytes, size: int) -> bytes:
        """The bytes with this SHA-256, in ranges. Raises HqGarbage when HQ gives other ones."""
        found = bytearray()
        while len(found) < size:
            part = self._client.blob(BlobRange(sha256=digest, offset=len(found), length=MAX_RANGE_BYTES))
            if not part.data or part.size != size or len(part.data) > MAX_RANGE_BYTES:
                raise _other_content()
            found += part.data
        if hashlib.sha256(found).digest() != digest:
            raise _other_content()
        return bytes(found)


def _digest_of(wanted: WantedProgramSet) -> bytes:
    try:
        digest = bytes.fromhex(wanted.sha256)
    except ValueError:
        digest = b""
    if len(digest) != 32 or not 0 < wanted.size <= MAX_PROGRAM_SET_BYTES:
        raise LoyaltyError(
            _("The program set {version} cannot be fetched: its hash or its size is impossible.").format(
                version=wanted.version
            ),
            _("Publish it again at HQ; the programs before it go on."),
            code="program_set_impossible",
        )
    return digest


def _require_progress(page: Pulled, cursor: str) -> None:
    if page.more and page.next_cursor == cursor:
        raise HqGarbage(
            _("its feed says that there is more and does not move"),
            _("Ask whoever runs HQ; the register goes on with what it has and keeps trying."),
        )


def _other_content() -> HqGarbage:
    return HqGarbage(
        _("the program set is not the one that it announced"),
        _("Publish it again at HQ; the programs before it go on, and the register keeps trying."),
    )
