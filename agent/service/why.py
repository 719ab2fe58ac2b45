"""Why not? The answer for any program of the shop, found by words of its name, for the basket as it stands."""

from __future__ import annotations

from typing import Final

from agent.domain import refusal_codes
from agent.domain.explain import explain
from agent.domain.fold import words
from agent.domain.quote import Applied, Refusal
from agent.service.offer_views import costs_stamps, other_title_of
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.views import WhyView

MAX_ASKED: Final = 20


def why_views(sale: OpenSale, pin: Pin, text: str, locale: str, limit: int) -> tuple[WhyView, ...]:
    """The programs whose name has words that begin like these, at most `limit`; without words, from the first on.

    Those whose name begins so come first, then by name.
    """
    wanted = words(text)
    named = [
        (program.id, program.title(locale)) for program in pin.programs.programs if not program.run_by_hq
    ]
    named += [
        (one.program_id, one.name.get(locale) or one.name.get("en") or one.program_id)
        for one in pin.programs.disabled
    ]
    found = [(program_id, title) for program_id, title in named if _has(title, wanted)]
    found.sort(key=lambda one: (not _begins(one[1], wanted), words(one[1]), one[0]))
    return tuple(_why(sale, pin, *one, locale) for one in found[: min(limit, MAX_ASKED)])


def _has(title: str, wanted: tuple[str, ...]) -> bool:
    known = words(title)
    return all(any(word.startswith(part) for word in known) for part in wanted)


def _begins(title: str, wanted: tuple[str, ...]) -> bool:
    known = words(title)
    return bool(wanted and known) and known[0].startswith(wanted[0])


def _why(sale: OpenSale, pin: Pin, program_id: str, title: str, locale: str) -> WhyView:
    told: Applied | Refusal = Refusal(refusal_codes.NO_GOODS)
    if sale.lines and sale.quote_input is not None:
        told = explain(sale.quote_input, pin.programs, program_id)
    program = pin.programs.program(program_id)
    return WhyView(
        program_id=program_id,
        title=title,
        told=told,
        in_stamps=program is not None and (program.kind == "stamps" or costs_stamps(pin, program)),
        other_title=other_title_of(pin, told, locale) if isinstance(told, Refusal) else "",
    )
