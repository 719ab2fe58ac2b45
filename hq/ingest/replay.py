"""Replaying a sale: what HQ's engine says about the quote_input that the register stored.

Entries of another semantics number are not replayed, only counted. A sale with a program set that HQ never
published cannot be checked; one that gave nothing, earned nothing and spent nothing needs no check.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from agent.domain.errors import LoyaltyError
from agent.domain.no_programs import no_programs
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.sale_check import Difference, can_replay, check_figures, check_sale
from hq.ingest.verdict import Verdict, held
from sync.wire.entries import SaleEntry

_KEPT_SETS: Final = 16


@dataclass(frozen=True, slots=True)
class Replayed:
    """`replayed` is false where there was nothing to compare; `verdict` is set where the comparison failed.

    `program_set` is the sale's own, where HQ has published it.
    """

    replayed: bool
    verdict: Verdict | None = None
    program_set: ProgramSet | None = None


def replay(sale: SaleEntry) -> Replayed:
    """Evaluate the sale's quote_input again and compare."""
    quote_input = sale.quote_input
    program_set = program_set_of(quote_input.program_set_hash, quote_input.context.currency)
    if not can_replay(quote_input):
        return Replayed(replayed=False, program_set=program_set)
    if program_set is None:
        if _gave_nothing(sale):
            return _not_replayed(sale)
        return Replayed(False, held("unknown_program_set", _unknown_set(quote_input.program_set_hash)))
    try:
        return Replayed(True, _verdict(check_sale(sale, program_set)), program_set)
    except LoyaltyError as error:
        problem = held("replay_difference", f"HQ cannot replay the sale: {error.title}")
        return Replayed(True, problem, program_set)


def _not_replayed(sale: SaleEntry) -> Replayed:
    """Its figures must add up all the same."""
    return Replayed(False, _verdict(check_figures(sale)))


def _verdict(differences: Sequence[Difference]) -> Verdict | None:
    if not differences:
        return None
    return held("replay_difference", " ".join(dict.fromkeys(each.detail for each in differences)))


def program_set_of(sha256: str, currency: str) -> ProgramSet | None:
    """The program set with this hash, or None when HQ has no such bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM content_blob WHERE sha256 = %s", [sha256])
        row = cursor.fetchone()
    if row is not None:
        return _decoded(bytes(row[0]))
    empty = no_programs(currency)
    return _decoded(empty) if hashlib.sha256(empty).hexdigest() == sha256 else None


@functools.lru_cache(maxsize=_KEPT_SETS)
def _decoded(data: bytes) -> ProgramSet:
    return decode_program_set(data)


def _gave_nothing(sale: SaleEntry) -> bool:
    return not (
        sale.discount_minor
        or sale.discounts
        or sale.earned
        or sale.spent
        or sale.lease_spends
        or sale.coupons_redeemed
        or sale.coupons_issued
        or sale.gifts
    )


def _unknown_set(sha256: str) -> str:
    return f"The sale was priced by the program set {sha256[:12]}..., which HQ did not publish."
