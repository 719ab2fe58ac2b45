"""What can go wrong between a register and HQ, each with two lines for people: what happened, what to do."""

from __future__ import annotations

from gettext import gettext as _

from agent.service.ports import HqAway
from sync.wire.messages import ChainState, Problem


class HqTrouble(Exception):
    """HQ did not give what was asked; the register goes on."""

    def __init__(self, title: str, advice: str) -> None:
        super().__init__(f"{title} {advice}")
        self.title = title
        self.advice = advice


class HqUnreachable(HqTrouble, HqAway):
    """No connection, no answer in time, or an answer that says "not now"."""

    def __init__(self, title: str, advice: str = "") -> None:
        super().__init__(title, advice or _("The register goes on selling and keeps trying."))


class HqGarbage(HqTrouble):
    """An answer that is not MessagePack of the expected shape; `what` ends the sentence that says so."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(
            _("HQ's answer cannot be read: {what}.").format(what=what),
            advice or _("Check HQ's address and the network; the register goes on selling and keeps trying."),
        )


class HqRefused(HqTrouble):
    """HQ answered, with a reason against it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(
            _("HQ refuses this register: {reason}").format(reason=problem.detail),
            _("Ask whoever runs HQ; the register goes on selling."),
        )
        self.problem = problem


class ClockWrong(HqTrouble):
    """The register's clock is so far off that HQ does not accept its signature; HQ's time is in the answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(
            _("This register's clock is not HQ's: {reason}").format(reason=problem.detail),
            _("Set the date and time of this machine; the register goes on selling."),
        )
        self.hq_time = problem.hq_time


class ChainStopped(HqTrouble):
    """This chain may send nothing more; the register sells on and prints until a person enrols it again."""

    def __init__(self, state: ChainState) -> None:
        if state == "revoked":
            title = _("HQ has revoked this register, so nothing is sent any more.")
        else:
            title = _("HQ knows another copy of this register, so nothing is sent any more.")
        advice = _(
            "Sales go on and are kept here. Ask HQ for a new code, close the till, and enrol this register again."
        )
        super().__init__(title, advice)
        self.state = state
