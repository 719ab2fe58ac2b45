"""How long the spooler waits for what. Every wait has an end."""

from __future__ import annotations

from dataclasses import dataclass

from printers.session import LATE_ANSWER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All in seconds; tests use shorter ones.

    `poll_s` between looks for a new job; `idle_status_s` between questions while there is none; `reply_s` for an
    answer to a status question, `late_answer_s` until a missing one is given up; `probe_s` for a printer's first answer
    to a process id; `blocked_s` between looks while paper is out; `first_byte_s` until a job of which nothing was taken
    goes back to the queue; `stall_s` without any progress until a job is unconfirmed; `confirm_s` for the answer that
    it is on paper; `backoff_first_s`, doubling up to `backoff_most_s`, between attempts to reach a printer; `stop_s`
    for the job in hand when the program ends.
    """

    poll_s: float = 0.25
    idle_status_s: float = 5.0
    reply_s: float = 0.5
    late_answer_s: float = LATE_ANSWER_S
    probe_s: float = 1.0
    blocked_s: float = 0.5
    first_byte_s: float = 3.0
    stall_s: float = 30.0
    confirm_s: float = 20.0
    backoff_first_s: float = 0.5
    backoff_most_s: float = 15.0
    stop_s: float = 2.0
