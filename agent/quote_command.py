"""`regulars quote` and `regulars explain`: a quote_input as JSON in, the quote as JSON or one sentence out."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.ledger import is_stamps
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied
from agent.domain.quote_input_checks import decode_quote_input
from agent.domain.reasons.sentences import Reader, what_it_gives, why_not
from printers.figures import Figures


def quote_command(data: bytes, program_set_file: Path | None, data_dir: Path) -> str:
    """The quote as indented JSON. Raises LoyaltyError naming the path of the bad field.

    An empty `program_set_hash` takes the program set that is at hand; any other must be its hash.
    """
    programs = _program_set(program_set_file, data_dir)
    quote_input = decode_quote_input(data)
    if not quote_input.program_set_hash:
        quote_input = msgspec.structs.replace(quote_input, program_set_hash=programs.hash)
    quote = evaluate(quote_input, programs)
    return msgspec.json.format(msgspec.json.encode(quote), indent=2).decode()


def explain_command(
    data: bytes, program_id: str, reader: Reader, program_set_file: Path | None, data_dir: Path
) -> str:
    """What the program gives in this quote, or why it gives nothing, as one sentence for this reader.

    Raises LoyaltyError like `quote_command`.
    """
    programs = _program_set(program_set_file, data_dir)
    quote_input = decode_quote_input(data)
    if not quote_input.program_set_hash:
        quote_input = msgspec.structs.replace(quote_input, program_set_hash=programs.hash)
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


def _program_set(path: Path | None, data_dir: Path) -> ProgramSet:
    if path is not None:
        try:
            return decode_program_set(path.read_bytes())
        except OSError as error:
            raise LoyaltyError(
                _("The program set {path} cannot be read: {reason}.").format(
                    path=path, reason=error.strerror
                ),
                _("Check the name and try again."),
            ) from error
    return decode_program_set(_stored_program_set(data_dir))


def _stored_program_set(data_dir: Path) -> bytes:
    from agent.bootstrap import DATABASE
    from agent.store.program_sets import active_program_set
    from agent.store.sqlite import DatabaseError, open_connection

    path = data_dir / DATABASE
    data: bytes | None = None
    if path.exists():
        db = open_connection(path, read_only=True)
        try:
            data = active_program_set(db)
        except DatabaseError as error:
            raise LoyaltyError(
                _("{path} cannot be read: {reason}.").format(path=path, reason=error),
                _("Name one with --program-set."),
            ) from error
        finally:
            db.close()
    if data is None:
        raise LoyaltyError(
            _("This register has no program set yet."),
            _("Name one with --program-set FILE."),
            code="no_program_set",
        )
    return data
