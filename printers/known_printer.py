"""What the program has learnt of its printer since it started: what it answers, and how it confirms."""

from __future__ import annotations

from typing import Final, Literal

from printers.status import PrinterStatus

# How a printer says that what came before is done: by process id, by a sensor's answer in its turn, because what it
# takes it keeps (a file), or not at all.
ConfirmsBy = Literal["process_id", "sensor", "keeping", "nothing"]
_FIELDS: Final = ("online", "cover_open", "error", "paper")


class KnownPrinter:
    """Filled by the spooler's worker, one printer for the life of the program."""

    def __init__(self) -> None:
        self.confirms_by: ConfirmsBy | None = None
        self._answered: set[str] = set()

    @property
    def answers(self) -> bool:
        """Whether it has ever answered a question."""
        return bool(self._answered)

    def learn(self, status: PrinterStatus) -> None:
        """Remember what it can answer."""
        self._answered.update(field for field in _FIELDS if getattr(status, field) is not None)

    def fit(self, status: PrinterStatus) -> bool:
        """Whether it may be printed on: nothing is known to be wrong, and nothing that it used to answer is missing.

        A printer that never answers is printed on, and nothing is claimed; one that fell silent is waited for.
        """
        silent = any(getattr(status, field) is None for field in self._answered)
        return not status.blocked and not silent
