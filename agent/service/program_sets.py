"""Program sets at the register: a new one is decoded whole before it counts, and a broken one changes nothing."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.no_programs import no_programs
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.store.database import Store
from agent.store.program_sets import active_hash, kept_program_sets, put_program_set
from agent.store.status import ProgramSetRefusal, put_status


class ActivePrograms:
    """The program set in force, decoded once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._decoded: tuple[str, ProgramSet] | None = None

    def now(self, currency: str) -> ProgramSet:
        """The active set; one without programs, in this currency, before HQ has sent any.

        A set that was good when it came and can no longer be read gives way to the one before it.
        """
        with self._store.snapshot() as db, self._lock:
            name = active_hash(db) or currency
            if self._decoded is None or self._decoded[0] != name:
                self._decoded = (name, _first_good((*kept_program_sets(db), no_programs(currency))))
            return self._decoded[1]


def install_program_set(store: Store, data: bytes, sha256: str, version: int, at_ms: int) -> ProgramSet:
    """Make these published bytes the active program set.

    Raises LoyaltyError, after noting it for the till's strip, when they are not the bytes that were announced or no
    program set; the last good one goes on. Installing the active set again changes nothing.
    """
    try:
        if hashlib.sha256(data).hexdigest() != sha256:
            raise LoyaltyError(
                _("The program set {version} did not arrive whole.").format(version=version),
                _("The programs before it go on; it is fetched again."),
                code="program_set_damaged",
            )
        decoded = decode_program_set(data)
    except LoyaltyError as error:
        with store.unit_of_work() as db:
            put_status(db, ProgramSetRefusal(sha256, error.title, error.advice))
        raise
    with store.unit_of_work() as db:
        if active_hash(db) != sha256:
            put_program_set(db, sha256, version, data, at_ms)
        put_status(db, ProgramSetRefusal())
    return decoded


def _first_good(sets: Sequence[bytes]) -> ProgramSet:
    for data in sets[:-1]:
        with contextlib.suppress(LoyaltyError):
            return decode_program_set(data)
    return decode_program_set(sets[-1])
