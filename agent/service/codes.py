"""Promotion codes: words that a customer says, typed like anything else and known by the programs in force."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Final

from agent.domain.program_set import ProgramSet
from agent.service.open_sale import OpenSale

# Codes are ASCII; a language's own rules for capitals have no say in them.
_CAPITALS: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def find_code(programs: ProgramSet, text: str) -> str:
    """The code that was typed, in capitals; empty where no program has it."""
    code = text.strip().translate(_CAPITALS)
    known = any(program.trigger == "code" and program.code == code for program in programs.programs)
    return code if known else ""


def with_code(sale: OpenSale, code: str) -> OpenSale:
    """The sale with a code, once. Not priced yet; what was taken off under this code comes back with it."""
    if code in sale.codes:
        return sale
    programs = sale.pin.programs.programs if sale.pin is not None else ()
    named = {program.id for program in programs if program.code == code}
    removals = tuple(one for one in sale.removals if one not in named)
    return replace(sale, codes=(*sale.codes, code), removals=removals)


def without_code(sale: OpenSale, code: str) -> OpenSale:
    """The sale without a code. Not priced yet."""
    return replace(sale, codes=tuple(one for one in sale.codes if one != code))
