"""Which notice stands on the till now. One at a time: what was just said, then a question, then what needs a hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _
from typing import Literal

from PySide6.QtCore import QObject, Signal

from agent.service.views import Notice, Phase, RegisterStatus
from ui.figures import Figures
from ui.till.session import TillSession
from ui.till.words import backlog_notice, failure_notice, printer_notice, question_notice

Act = Callable[[], None]
Kind = Literal["stopped", "clearing", "said", "question", "failed", "backlog", "printer", "hq"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice with what can be done about it: a question has two answers, anything else one action at most."""

    kind: Kind
    notice: Notice
    icon: str = "triangle-alert"
    action: tuple[str, Act] | None = None
    other: tuple[str, Act] | None = None
    closable: bool = True
    # Two receipts may have the same words, and each its own answers.
    about: uuid.UUID | None = None

    @property
    def key(self) -> tuple[str, str, uuid.UUID | None]:
        """What a person has put away when they closed it."""
        return self.kind, self.notice.title, self.about


class NoticeBoard(QObject):
    """Told what happens; `changed` brings the Standing that is to be shown, or None."""

    changed = Signal(object)

    def __init__(self, session: TillSession, figures: Figures) -> None:
        super().__init__(session)
        self._session = session
        self._figures = figures
        self._said: Notice | None = None
        self._clearing = False
        self._stopped = False
        self._phase: Phase = "empty"
        self._status: RegisterStatus | None = None
        self._put_away: set[tuple[str, str, uuid.UUID | None]] = set()
        self._shown: Standing | None = None

    @property
    def shown(self) -> Standing | None:
        return self._shown

    def say(self, notice: Notice | None) -> None:
        """What the last step had to say; None takes the one before away."""
        self._said, self._clearing = notice, False
        self._choose()

    def ask_clearing(self) -> None:
        """Letting a whole basket go cannot be taken back, so it takes a second tap, here in place."""
        self._clearing = True
        self._choose()

    def stop(self) -> None:
        """Our own bug: the till says so and does nothing more."""
        self._stopped = True
        self._choose()

    def show_status(self, status: RegisterStatus) -> None:
        self._status = status
        printer = printer_notice(status.printer)
        if printer is None:
            # It may be shown again when the same trouble comes back later.
            self._put_away = {key for key in self._put_away if key[0] != "printer"}
        self._choose()

    def show_phase(self, phase: Phase) -> None:
        self._phase = phase
        self._choose()

    def put_away(self) -> bool:
        """Close what stands; False when nothing does, or when it must stay."""
        shown = self._shown
        if shown is None or not shown.closable:
            return False
        if shown.kind == "said":
            self._said = None
        elif shown.kind == "clearing":
            self._clearing = False
        else:
            self._put_away.add(shown.key)
        self._choose()
        return True

    def _choose(self) -> None:
        standing = next((one for one in self._candidates() if one.key not in self._put_away), None)
        if standing is None or self._shown is None or self._differs(standing, self._shown):
            self._shown = standing
            self.changed.emit(standing)

    def _differs(self, one: Standing, other: Standing) -> bool:
        return (one.kind, one.notice, one.about) != (other.kind, other.notice, other.about)

    def _candidates(self) -> list[Standing]:
        found: list[Standing | None] = [self._stopped_notice(), self._clearing_notice()]
        if self._said is not None:
            found.append(Standing("said", self._said, "info"))
        found += [self._question(), self._failed(), self._backlog(), self._printer(), self._hq()]
        return [one for one in found if one is not None]

    def _stopped_notice(self) -> Standing | None:
        if not self._stopped:
            return None
        words = Notice(_("The till has stopped."), _("Finished sales are safe. Close it and start it again."))
        return Standing("stopped", words, closable=False)

    def _clearing_notice(self) -> Standing | None:
        if not self._clearing:
            return None
        words = Notice(_("Clear the whole basket?"), _("Nothing of it is sold."))
        return Standing("clearing", words, "trash-2", (_("Clear"), self._session.abandon))

    def _question(self) -> Standing | None:
        questions = self._status.print_questions if self._status else ()
        if not questions:
            return None
        question, answer = questions[0], self._session.printing.answer_question
        return Standing(
            "question",
            question_notice(question, self._figures),
            "circle-help",
            (_("Yes"), lambda: answer(question, True)),
            (_("No, copy"), lambda: answer(question, False)),
            about=question.job_id,
        )

    def _failed(self) -> Standing | None:
        failures = self._status.print_failures if self._status else ()
        if not failures:
            return None
        failure, answer = failures[0], self._session.printing.answer_failure
        leave_out = (_("Leave out"), lambda: answer(failure, False))
        words, about = failure_notice(failure), failure.job_id
        if not failure.can_print:
            return Standing("failed", words, "printer", leave_out, about=about)
        again = (_("Print again"), lambda: answer(failure, True))
        return Standing("failed", words, "printer", again, leave_out, about=about)

    def _backlog(self) -> Standing | None:
        count = self._status.print_backlog if self._status else 0
        if not count:
            return None
        answer = self._session.printing.answer_backlog
        return Standing(
            "backlog",
            backlog_notice(count, self._figures),
            "printer",
            (_("Print"), lambda: answer("print")),
            (_("Leave out"), lambda: answer("drop")),
        )

    def _printer(self) -> Standing | None:
        """While selling the strip says it; where a receipt is near, two lines do."""
        if self._status is None or self._phase not in ("tender", "finished"):
            return None
        words = printer_notice(self._status.printer)
        return Standing("printer", words, "printer") if words is not None else None

    def _hq(self) -> Standing | None:
        """What HQ's side cannot do, between two sales only."""
        if self._status is None or self._phase != "empty":
            return None
        words = self._status.program_set_refusal or self._status.hq_notice
        if words is None or (self._status.hq == "offline" and words is self._status.hq_notice):
            return None
        return Standing("hq", words)
