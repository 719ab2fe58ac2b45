"""What a cashier decides about receipts: print one again, say whether one printed, and what to do with old ones."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject

from agent.service.lane import Lane
from agent.service.print_queue import answer_backlog, answer_did_it_print, answer_failure, reprint
from agent.service.views import PrintFailure, PrintQuestion
from ui.background import Background, Refused


class Printing(QObject):
    """`changed` is called after each answer, so that strip and notice are read anew."""

    def __init__(
        self, lane: Lane, work: Background, changed: Callable[[], None], refused: Refused, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._lane = lane
        self._work = work
        self._changed = changed
        self._refused = refused

    def reprint(self, sale_id: uuid.UUID) -> None:
        """A sale's receipt again, as a COPY."""
        self._submit(lambda: reprint(self._lane, sale_id))

    def answer_question(self, question: PrintQuestion, printed: bool) -> None:
        """A person looked at the printer."""
        self._submit(lambda: answer_did_it_print(self._lane, question.job_id, printed))

    def answer_failure(self, failure: PrintFailure, again: bool) -> None:
        """Once more, or not at all."""
        self._submit(lambda: answer_failure(self._lane, failure.job_id, again))

    def answer_backlog(self, answer: Literal["print", "drop"]) -> None:
        """All the old receipts, or none of them."""
        lane = self._lane
        self._submit(lambda: answer_backlog(lane.store, answer, lane.clock.now_ms()))

    def _submit(self, job: Callable[[], object]) -> None:
        self._work.submit(job, lambda _result: self._changed(), self._refused)
