"""Replaying a sale: what HQ's engine says about the quote_input that the register stored.

Entries of another semantics number are not replayed, only counted. A sale with a program set that HQ never
published cannot be checked; one that gave nothing, earned nothing and spent nothing needs no check.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import Final

from django.db import connection

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.no_programs import no_programs
from agent.domain.program import ProgramSet, decode_program_set
from agent.domain.quote import Discount, Quote
from agent.domain.quote_input import ENGINE_SEMANTICS
from hq.ingest.verdict import Verdict, held
from sync.wire.entries import SaleEntry

_KEPT_SETS: Final = 16


@dataclass(frozen=True, slots=True)
class Replayed:
    """`replayed` is false where there was nothing to compare; `verdict` is set where the comparison failed."""

    replayed: bool
    verdict: Verdict | None = None


def replay(sale: SaleEntry) -> Replayed:
    """Evaluate the sale's quote_input again and compare."""
    quote_input = sale.quote_input
    if quote_input.engine_semantics != ENGINE_SEMANTICS:
        return Replayed(replayed=False)
    program_set = program_set_of(quote_input.program_set_hash, quote_input.context.currency)
    if program_set is None:
        if _gave_nothing(sale):
            return Replayed(replayed=False)
        return Replayed(False, held("unknown_program_set", _unknown_set(quote_input.program_set_hash)))
    try:
        quote = evaluate(quote_input, program_set)
    except LoyaltyError as error:
        return Replayed(True, held("replay_difference", f"HQ cannot replay the sale: {error.title}"))
    differences = _differences(sale, quote)
    if differences:
        return Replayed(True, held("replay_difference", "; ".join(differences)[:400]))
    return Replayed(replayed=True)


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
    )


def _differences(sale: SaleEntry, quote: Quote) -> list[str]:
    """Each difference as a clause with both figures; money first."""
    found = [
        f"{name} is {told} at the register and {ours} at HQ"
        for name, told, ours in (
            ("the goods' price", sale.goods_minor, quote.goods_minor),
            ("the discount", sale.discount_minor, quote.discount_minor),
            ("the total", sale.total_minor, quote.total_minor),
        )
        if told != ours
    ]
    if not found and sorted(sale.discounts, key=_place) != sorted(quote.discounts, key=_place):
        found.append("the discounts of the lines are others")
    points = {one.unit: one.points for one in sale.earned}, {one.unit: one.points for one in quote.earned}
    if sale.earned != quote.earned:
        found.append(f"{points[0]} is earned at the register and {points[1]} at HQ")
    points = {one.unit: one.points for one in sale.spent}, {one.unit: one.points for one in quote.spent}
    if sale.spent != quote.spent:
        found.append(f"{points[0]} is spent at the register and {points[1]} at HQ")
    if {one.coupon_id for one in sale.coupons_redeemed} != {
        one.coupon_id for one in quote.applied if one.coupon_id
    }:
        found.append("other coupons are redeemed")
    told = sorted(
        (c.program_id, c.redeems_program_id, c.valid_from, c.valid_until) for c in sale.coupons_issued
    )
    ours = sorted(
        (c.program_id, c.redeems_program_id, c.valid_from, c.valid_until) for c in quote.coupons_issued
    )
    if told != ours:
        found.append(f"{len(told)} coupons are issued at the register and {len(ours)} at HQ")
    return found


def _place(discount: Discount) -> tuple[str, int]:
    return discount.program_id, discount.line_id


def _unknown_set(sha256: str) -> str:
    return f"The sale was priced by the program set {sha256[:12]}..., which HQ did not publish."
