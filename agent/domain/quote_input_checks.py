"""Reading a quote_input that somebody else wrote, and what every basket must keep to be priceable at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.basket import MAX_LINES, Line
from agent.domain.bounds import MAX_LINE_MINOR, MAX_SAFE_INT
from agent.domain.errors import LoyaltyError
from agent.domain.member import MemberFacts
from agent.domain.money import plain_decimal
from agent.domain.problems import Problem, document_error, problem_of
from agent.domain.quote_input import QuoteInput

MAX_QUOTE_INPUT_BYTES: Final = 1024 * 1024
MAX_CLAIMS: Final = 50
MAX_BLOCKS: Final = 1_000_000
MAX_FACTS: Final = 5_000
MAX_TEXT: Final = 200
MAX_TAXES: Final = 8
MAX_CATEGORY_DEPTH: Final = 8
# 9999-12-31 in ms; with any offset it is still a date.
MAX_TIME_MS: Final = 253_370_764_800_000
MAX_OFFSET_MIN: Final = 24 * 60
MAX_CURRENCY_EXPONENT: Final = 4

_DECODER: Final = msgspec.json.Decoder(QuoteInput)


def decode_quote_input(data: bytes) -> QuoteInput:
    """The quote_input in this JSON, checked.

    Raises LoyaltyError (code `bad_quote_input`) whose title names the JSON path of the first bad field and what
    must be there.
    """
    if len(data) > MAX_QUOTE_INPUT_BYTES:
        raise _wrong(Problem("", _("has more than {most} bytes").format(most=MAX_QUOTE_INPUT_BYTES)))
    try:
        quote_input = _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(problem_of(error, QuoteInput)) from error
    check_quote_input(quote_input)
    return quote_input


def check_quote_input(quote_input: QuoteInput) -> None:
    """Every bound and every rule of a quote_input from elsewhere. Raises LoyaltyError like `decode_quote_input`."""
    require_priceable(quote_input)
    for problem in _problems(quote_input):
        raise _wrong(problem)


def require_priceable(quote_input: QuoteInput) -> None:
    """The few rules without which no basket can be priced; cheap enough for every quote.

    Raises LoyaltyError like `decode_quote_input`.
    """
    problem = _lines_problem(quote_input.basket.lines) or _asked_problem(quote_input)
    if problem is not None:
        raise _wrong(problem)


def _lines_problem(lines: tuple[Line, ...]) -> Problem | None:
    if len(lines) > MAX_LINES:
        return Problem("basket.lines", _at_most(MAX_LINES))
    seen: set[int] = set()
    for number, line in enumerate(lines):
        if not 0 <= line.extended_minor <= MAX_LINE_MINOR:
            return Problem(f"basket.lines[{number}].extended_minor", _from_to(0, MAX_LINE_MINOR))
        if line.line_id in seen:
            told = _("is the id of another line; each line needs its own")
            return Problem(f"basket.lines[{number}].line_id", told)
        if not line.quantity.is_finite():
            return Problem(f"basket.lines[{number}].quantity", _("must be a decimal number"))
        seen.add(line.line_id)
    return None


def _asked_problem(quote_input: QuoteInput) -> Problem | None:
    claims, coupons, context = quote_input.claims, quote_input.coupons, quote_input.context
    for field, entries in (("claims", claims), ("coupons", coupons)):
        if len(entries) > MAX_CLAIMS:
            return Problem(field, _at_most(MAX_CLAIMS))
    for number, claim in enumerate(claims):
        if not 1 <= claim.blocks <= MAX_BLOCKS:
            return Problem(f"claims[{number}].blocks", _from_to(1, MAX_BLOCKS))
    if len({claim.program_id for claim in claims}) < len(claims):
        return Problem("claims", _("must name each program once; ask for more with `blocks`"))
    if len({coupon.coupon_id for coupon in coupons}) < len(coupons):
        return Problem("coupons", _("must hold each coupon once"))
    if not 0 <= context.offer_time_ms <= MAX_TIME_MS:
        return Problem("context.offer_time_ms", _("must be a time in ms after 1970"))
    if abs(context.offset_min) > MAX_OFFSET_MIN:
        return Problem("context.offset_min", _("must be within a day of UTC"))
    return None


def _problems(quote_input: QuoteInput) -> Iterator[Problem]:
    for number, line in enumerate(quote_input.basket.lines):
        yield from _line_problems(line, f"basket.lines[{number}]")
    if quote_input.member is not None:
        yield from _member_problems(quote_input.member)
    for field, texts in (("removals", quote_input.removals), ("codes", quote_input.codes)):
        if len(texts) > MAX_FACTS:
            yield Problem(field, _at_most(MAX_FACTS))
        yield from _long_texts((f"{field}[{number}]", text) for number, text in enumerate(texts))
    yield from _long_texts(
        (f"claims[{n}].program_id", claim.program_id) for n, claim in enumerate(quote_input.claims)
    )
    yield from _long_texts(
        (f"coupons[{n}].program_id", one.program_id) for n, one in enumerate(quote_input.coupons)
    )
    if isinstance(quote_input.shares, dict):
        if len(quote_input.shares) > MAX_FACTS:
            yield Problem("shares", _("must have at most {most} entries").format(most=MAX_FACTS))
        yield from _long_texts(("shares", program_id) for program_id in quote_input.shares)
    context = quote_input.context
    named = (
        ("store_id", context.store_id),
        ("register_id", context.register_id),
        ("currency", context.currency),
    )
    yield from _long_texts((f"context.{field}", text) for field, text in named)
    if not 0 <= context.currency_exponent <= MAX_CURRENCY_EXPONENT:
        yield Problem("context.currency_exponent", _from_to(0, MAX_CURRENCY_EXPONENT))


def _line_problems(line: Line, path: str) -> Iterator[Problem]:
    if abs(line.line_id) > MAX_SAFE_INT:
        yield Problem(f"{path}.line_id", _("must be at most {most}").format(most=MAX_SAFE_INT))
    if len(line.taxes) > MAX_TAXES:
        yield Problem(f"{path}.taxes", _at_most(MAX_TAXES))
    if len(line.category) > MAX_CATEGORY_DEPTH:
        yield Problem(f"{path}.category", _at_most(MAX_CATEGORY_DEPTH))
    texts = [("item_code", line.item_code), ("name", line.name), ("uom", line.uom)]
    texts += [(f"category[{number}]", text) for number, text in enumerate(line.category)]
    texts += [(f"taxes[{number}].code", tax.code) for number, tax in enumerate(line.taxes)]
    yield from _long_texts((f"{path}.{field}", text) for field, text in texts)
    numbers = [("quantity", line.quantity), ("unit_price", line.unit_price)]
    numbers += [(f"taxes[{number}].rate", tax.rate) for number, tax in enumerate(line.taxes)]
    for field, value in numbers:
        if value is None:
            continue
        try:
            plain_decimal(value)
        except ValueError as error:
            wanted = _("must be a decimal number: {reason}").format(reason=error)
            yield Problem(f"{path}.{field}", wanted)
            continue
        if value < 0:
            yield Problem(f"{path}.{field}", _("must not be negative"))


def _member_problems(member: MemberFacts) -> Iterator[Problem]:
    for field, facts in (
        ("balances", member.balances),
        ("spendable", member.spendable),
        ("counters", member.counters),
    ):
        if len(facts) > MAX_FACTS:
            yield Problem(f"member.{field}", _at_most(MAX_FACTS))
        if any(abs(amount) > MAX_SAFE_INT for amount in facts.values()):
            yield Problem(
                f"member.{field}", _("must hold whole numbers up to {most}").format(most=MAX_SAFE_INT)
            )
        yield from _long_texts((f"member.{field}", name) for name in facts)
    yield from _long_texts([("member.tier", member.tier)])
    for field, texts in (("segments", member.segments), ("offered", member.offered)):
        if len(texts) > MAX_FACTS:
            yield Problem(f"member.{field}", _at_most(MAX_FACTS))
        yield from _long_texts((f"member.{field}", text) for text in texts)


def _long_texts(texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for path, text in texts:
        if len(text) > MAX_TEXT:
            yield Problem(path, _("must have at most {most} characters").format(most=MAX_TEXT))


def _at_most(entries: int) -> str:
    return _("must have at most {most} entries").format(most=entries)


def _from_to(least: int, most: int) -> str:
    return _("must be from {least} to {most}").format(least=least, most=most)


def _wrong(problem: Problem) -> LoyaltyError:
    return document_error(
        _("The quote_input"), problem, _("Correct it and try again."), code="bad_quote_input"
    )
