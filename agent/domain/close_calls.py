"""Early deals that are equal to the minor unit, or nearly, and leave other exact remainders for later percentages.

A later percentage may then be rounded up for one and down for another, so the best whole deal may hide among them.
Only what could still win is combined and compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.components import focused
from agent.domain.late import LateDeal, choices_of
from agent.domain.later_offers import STEEP, Term, chain, term_of
from agent.domain.packing import Steps
from agent.domain.pricing import Priced, after_sets
from agent.domain.set_search import SetSearch
from agent.domain.worksheet import COUNT, EXACT

MAX_MODES: Final = 32
MAX_COMBINED: Final = 3_000


@dataclass(frozen=True, slots=True)
class PartDeal:
    """A part of the early offers, its lines, and its best deal."""

    part: Sequence[Candidate]
    places: Sequence[int]
    priced: Priced


def closest(
    basis: Basis,
    deals: Sequence[PartDeal],
    conflicts: Mapping[Candidate, set[Candidate]],
    begin: Priced,
    late: LateDeal,
    steps: Steps,
) -> Priced | None:
    """The best of all close calls, at least `late.priced`; None where there are too many to compare.

    `begin` has the early offers that leave no choice, and nothing else.
    """
    lines = {place for one in late.mode for place in one.places}
    applied = [each.candidate for each in late.priced.given if each.candidate in set(late.mode)]
    spare = max(sum(one.rounds for one in applied) - 1, 0)
    if spare and any(each.amount_minor <= spare for each in begin.given):
        return None
    # What comes to nothing may be left out for nothing, which moves roundings after it.
    if any(one.rounds for one in begin.touched.difference([each.candidate for each in begin.given])):
        return None
    listed: list[list[Priced]] = []
    for deal in deals:
        near = _near(basis, deal, conflicts, deal.priced.discount_minor - spare, steps)
        if near is None:
            return None
        listed.append(near)
    exact = sum(run[COUNT] * run[EXACT] for place in lines for run in begin.sheet.runs[place])
    combined = _combined(basis, deals, listed, begin.discount_minor, exact, late, spare)
    if combined is None:
        return None
    terms = _terms(basis, applied, late.priced, spare)
    if terms is None or any(term.rate > STEEP for term in terms):
        return None
    best, chosen = late.priced.discount_minor, None
    for early, left, numbers in combined:
        amount = chain(terms, left)
        if early + amount > best:
            best, chosen = early + amount, numbers
    if chosen is None:
        return late.priced
    merged = begin.copy()
    for deal, near, number in zip(deals, listed, chosen, strict=True):
        merged.take_over(near[number], deal.places)
    found = after_sets(basis, late.mode, merged)
    return found if found.discount_minor > late.priced.discount_minor else late.priced


def _terms(basis: Basis, applied: Sequence[Candidate], priced: Priced, spare: int) -> list[Term] | None:
    """What later offers take off wherever the early ones take at most `spare` less; None where that may change."""
    end = basis.situation.with_sheet(priced.sheet)
    taken = sum(each.amount_minor for each in priced.given if each.candidate in set(applied))
    terms = []
    for one in applied:
        term = term_of(one, end)
        if term is None or term != term_of(one, end, taken + spare):
            return None
        terms.append(term)
    return terms


def _near(
    basis: Basis,
    deal: PartDeal,
    conflicts: Mapping[Candidate, set[Candidate]],
    floor_minor: int,
    steps: Steps,
) -> list[Priced] | None:
    """The deals of a part that take at least `floor_minor`, one for each discount and exact remainder."""
    modes = choices_of(deal.part, conflicts, MAX_MODES)
    if modes is None:
        return None
    found: dict[tuple[int, int], Priced] = {}
    knows = focused(basis, deal.part)
    for mode in modes:
        near = SetSearch(knows, mode, steps).near(floor_minor)
        if near is None:
            return None
        for priced in near:
            found.setdefault((priced.discount_minor, _exact(deal, priced)), priced)
    return [found[key] for key in sorted(found, reverse=True)]


def _exact(deal: PartDeal, priced: Priced) -> int:
    return sum(run[COUNT] * run[EXACT] for place in deal.places for run in priced.sheet.runs[place])


def _combined(
    basis: Basis,
    deals: Sequence[PartDeal],
    listed: Sequence[Sequence[Priced]],
    early: int,
    exact: int,
    late: LateDeal,
    spare: int,
) -> list[tuple[int, int, list[int]]] | None:
    """Every choice of one deal for each part that is at most `spare` below the best: discount, exact rest, numbers."""
    best = early + sum(deal.priced.discount_minor for deal in deals)
    combined: list[tuple[int, int, list[int]]] = [(best, exact, [])]
    for deal, near in zip(deals, listed, strict=True):
        begin = sum(
            run[COUNT] * run[EXACT] for place in deal.places for run in basis.situation.sheet.runs[place]
        )
        more = [
            (
                total - deal.priced.discount_minor + priced.discount_minor,
                left - begin + _exact(deal, priced),
                [*numbers, number],
            )
            for total, left, numbers in combined
            for number, priced in enumerate(near)
        ]
        combined = [each for each in more if each[0] >= best - spare]
        if len(combined) > MAX_COMBINED:
            return None
    return combined
