"""`regulars quote`: a quote_input as JSON in, the quote as JSON out, or one JSON problem that says why not."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.problem_document import problem_document
from agent.domain.program_document import MAX_PROGRAM_SET_BYTES, decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.quote_input_checks import decode_quote_input


def quote_command(data: bytes, program_set_file: Path | None, data_dir: Path) -> bytes:
    """The quote as indented JSON, in UTF-8. Raises LoyaltyError naming the path of the bad field.

    An empty `program_set_hash` takes the program set that is at hand; any other must be its hash.
    """
    quote_input, programs = asked(data, program_set_file, data_dir)
    quote = evaluate(quote_input, programs)
    return msgspec.json.format(msgspec.json.encode(quote), indent=2)


def asked(data: bytes, program_set_file: Path | None, data_dir: Path) -> tuple[QuoteInput, ProgramSet]:
    """The quote_input in these bytes, and the program set of this file, else the one in force at the register.

    Raises LoyaltyError naming the path of the bad field. An empty `program_set_hash` is filled in.
    """
    if program_set_file is not None:
        programs = read_program_set(program_set_file)
    else:
        programs = decode_program_set(_stored_program_set(data_dir))
    quote_input = decode_quote_input(data)
    if not quote_input.program_set_hash:
        quote_input = msgspec.structs.replace(quote_input, program_set_hash=programs.hash)
    return quote_input, programs


def problem_line(error: LoyaltyError) -> bytes:
    """The problem as one line of JSON, in UTF-8."""
    return msgspec.json.encode(problem_document(error)) + b"\n"


def read_program_set(path: Path) -> ProgramSet:
    """The program set in this file. Raises LoyaltyError where it cannot be read or is none."""
    try:
        # One byte more than may be, so that an endless file is refused like a long one.
        with path.open("rb") as file:
            data = file.read(MAX_PROGRAM_SET_BYTES + 1)
    except OSError as error:
        raise LoyaltyError(
            _("The program set {path} cannot be read: {reason}.").format(path=path, reason=error.strerror),
            _("Check the name and try again."),
            code="cannot_read",
        ) from error
    return decode_program_set(data)


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
                code="cannot_read",
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
