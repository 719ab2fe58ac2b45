"""What can go wrong between a register and HQ, each with two lines for people: what happened, what to do."""

from __future__ import annotations

from gettext import gettext as _

from agent.service.ports import HqAway
from sync.wire.messages import Problem


class HqTrouble(Exception):
    """HQ did not give what was asked; the register goes on."""

    def __init__(self, title: str, advice: str) -> None:
        super().__init__(f"{title} {advice}")
        self.title = title
        self.advice = advice


class HqUnreachable(HqTrouble, HqAway):
    """No connection, no answer in time, or an answer that says "not now"."""


class HqGarbage(HqTrouble):
    """An answer that is not MessagePack of the expected shape."""


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
