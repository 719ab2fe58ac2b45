"""`regulars explain`: why a program gives what it gives in a quote, or nothing, as one sentence."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from agent.domain.explain import explain
from agent.domain.ledger import is_stamps
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied
from agent.domain.reasons.sentences import Reader, what_it_gives, why_not
from agent.quote_command import asked
from printers.figures import Figures


def explain_command(
    data: bytes, program_id: str, reader: Reader, program_set_file: Path | None, data_dir: Path
) -> str:
    """What the program gives in this quote, or why it gives nothing, as one sentence for this reader.

    Raises LoyaltyError like `quote_command`.
    """
    quote_input, programs = asked(data, program_set_file, data_dir)
    told = explain(quote_input, programs, program_id)
    program = programs.program(program_id)
    voice = _CommandVoice(quote_input.context.currency_exponent, programs)
    if isinstance(told, Applied):
        sentence = what_it_gives(
            told, reader, voice, in_stamps=program is not None and program.kind == "stamps"
        )
    else:
        cost = program.cost if program is not None else None
        in_stamps = cost is not None and is_stamps(programs.unit_of(cost.points_of))
        sentence = why_not(told, reader, voice, in_stamps=in_stamps)
    return _("{offer}: {words}").format(offer=voice.title(program_id), words=sentence)


class _CommandVoice:
    """The command's own language; figures as they are written in English."""

    def __init__(self, currency_exponent: int, programs: ProgramSet) -> None:
        self._figures = Figures("en", currency_exponent)
        self._programs = programs

    def gettext(self, message: str) -> str:
        return _(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return ngettext(singular, plural, number)

    def money(self, amount_minor: int) -> str:
        return self._figures.money(amount_minor)

    def count(self, number: int) -> str:
        return self._figures.points(number)

    def date(self, day: datetime.date) -> str:
        return day.isoformat()

    def title(self, program_id: str) -> str:
        program = self._programs.program(program_id)
        return program.title("en") if program is not None else program_id
