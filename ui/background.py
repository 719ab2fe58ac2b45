"""One thread that calls services, so that the screen never waits for a disk or for HQ.

Jobs run in the order in which they were submitted, one at a time, and their results reach the GUI thread in that
order: they are emitted from inside the worker over a queued connection (a future's done-callback that emits delivers
out of order). The till has one of these for the store and a second one for what is asked of HQ.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from agent.domain.errors import LoyaltyError

# A cashier and a scanner together never get this far ahead of a disk; more means that the worker has stopped.
MAX_WAITING_JOBS: Final = 500
STOP_TIMEOUT_S: Final = 5.0

Result = TypeVar("Result")
Job = Callable[[], None]
Refused = Callable[[LoyaltyError], None]

log = logging.getLogger(__name__)


class Background(QObject):
    """One worker thread. `crashed` brings an exception that is our own bug; after it nothing more is done."""

    crashed = Signal(object)
    _settled = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.Queue[Job | None] = queue.Queue(MAX_WAITING_JOBS)
        self._settled.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        self._unsettled = 0
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(
        self,
        job: Callable[[], Result],
        done: Callable[[Result], None],
        refused: Refused,
    ) -> None:
        """Run `job` on the worker, then `done` with its result or `refused` with its LoyaltyError, on this thread.

        Call it from the GUI thread. A full queue is refused in two lines like anything else.
        """

        def run() -> None:
            try:
                result = job()
            except LoyaltyError as error:
                refusal = error  # the name after `as` is unbound once this block ends
                self._settled.emit(lambda: refused(refusal))
            else:
                self._settled.emit(lambda: done(result))

        try:
            self._jobs.put_nowait(run)
        except queue.Full:
            refused(_busy())
        else:
            self._unsettled += 1

    @property
    def idle(self) -> bool:
        """Whether everything that was submitted has been settled on this thread."""
        return self._unsettled == 0

    def stop(self) -> None:
        """Finish what was submitted and end the thread; what is still to be settled is dropped."""
        self._settled.disconnect(self._settle)
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(STOP_TIMEOUT_S)

    def _settle(self, deliver: Job) -> None:
        self._unsettled -= 1
        deliver()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as bug:
                log.critical("the worker %s has stopped", self._thread.name, exc_info=True)
                self.crashed.emit(bug)
                return


def _busy() -> LoyaltyError:
    from gettext import gettext as _

    return LoyaltyError(_("The till is still busy."), _("Wait a moment, then try again."), code="busy")
