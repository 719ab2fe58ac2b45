"""What holds for every basket and every program set."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.basket import Basket
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied, Quote
from agent.domain.quote_input import Claim, QuoteInput
from tests.domain.strategies import sales

many = settings(max_examples=60, deadline=None)


@many
@given(sales())
def test_goods_less_discounts_is_the_total_and_no_line_goes_below_zero(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    quote_input, program_set = sale

    quote = evaluate(quote_input, program_set)

    assert 0 <= quote.total_minor == quote.goods_minor - quote.discount_minor
    assert quote.discount_minor == sum(each.discount_minor for each in quote.applied)
    for line in quote_input.basket.lines:
        off = [each for each in quote.discounts if each.line_id == line.line_id]
        assert sum(each.amount_minor for each in off) <= line.extended_minor
        if line.deposit or not line.discountable:
            assert off == []


@many
@given(sales())
def test_every_discount_is_divided_over_all_units_of_its_line_and_adds_up(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    quote_input, program_set = sale
    units = {line.line_id: line.units for line in quote_input.basket.lines}

    quote = evaluate(quote_input, program_set)

    for each in quote.discounts:
        assert sum(run.count for run in each.runs) == units[each.line_id]
        assert sum(run.count * run.share for run in each.runs) == each.amount_minor > 0
    by_program = {each.program_id: each.discount_minor for each in quote.applied}
    for program_id, amount in by_program.items():
        assert amount == sum(each.amount_minor for each in quote.discounts if each.program_id == program_id)


@many
@given(sales())
def test_earned_and_spent_points_are_divided_over_units_without_losing_a_thousandth(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    quote_input, program_set = sale
    units = {line.line_id: line.units for line in quote_input.basket.lines}

    quote = evaluate(quote_input, program_set)

    for earned in quote.earned:
        milli = sum(run.count * run.share for line in earned.lines for run in line.runs)
        assert earned.points == milli // 1000 > 0
    for spent in quote.spent:
        assert sum(run.count * run.share for line in spent.lines for run in line.runs) == spent.points * 1000
    shares = [each.lines for each in quote.earned] + [each.lines for each in quote.spent]
    for line in [line for lines in shares for line in lines]:
        assert sum(run.count for run in line.runs) == units[line.line_id]


@many
@given(sales())
def test_points_are_spent_only_by_members_known_here_and_never_beyond_what_is_held(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    quote_input, program_set = sale
    member = quote_input.member

    quote = evaluate(quote_input, program_set)

    if member is None:
        assert quote.earned == ()
        assert quote.spent == ()
    for spent in quote.spent:
        assert member is not None
        assert not member.provisional
        assert spent.points <= member.spendable[spent.unit]


@many
@given(sales(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(
    sale: tuple[QuoteInput, ProgramSet], chance: random.Random
) -> None:
    quote_input, program_set = sale
    lines = list(quote_input.basket.lines)
    chance.shuffle(lines)
    shuffled = msgspec.structs.replace(quote_input, basket=Basket(tuple(lines)))

    assert evaluate(shuffled, program_set) == evaluate(quote_input, program_set)


@many
@given(sales(), st.randoms(use_true_random=False))
def test_the_order_of_scanning_changes_nothing(
    sale: tuple[QuoteInput, ProgramSet], chance: random.Random
) -> None:
    """Scanned in another order, the lines have other numbers; each kind of goods gets the same all the same."""
    quote_input, program_set = sale
    lines = list(quote_input.basket.lines)
    chance.shuffle(lines)
    renumbered = [
        msgspec.structs.replace(line, line_id=number) for number, line in enumerate(lines, start=50)
    ]
    rescanned = msgspec.structs.replace(quote_input, basket=Basket(tuple(renumbered)))

    assert _by_goods(rescanned, evaluate(rescanned, program_set)) == _by_goods(
        quote_input, evaluate(quote_input, program_set)
    )


@many
@given(sales())
def test_the_same_input_gives_the_same_bytes(sale: tuple[QuoteInput, ProgramSet]) -> None:
    quote_input, program_set = sale
    sent = msgspec.json.decode(msgspec.json.encode(quote_input), type=QuoteInput)

    assert msgspec.json.encode(evaluate(sent, program_set)) == msgspec.json.encode(
        evaluate(quote_input, program_set)
    )


@many
@given(sales())
def test_every_program_can_be_explained_and_the_explanation_agrees_with_the_quote(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    quote_input, program_set = sale
    quote = evaluate(quote_input, program_set)
    giving = {each.program_id for each in quote.applied}
    giving |= {each.program_id for each in quote.earned} | {each.program_id for each in quote.coupons_issued}

    for program in program_set.programs:
        answer = explain(quote_input, program_set, program.id)
        assert isinstance(answer, Applied) == (program.id in giving)
    for applied in quote.applied:
        assert explain(quote_input, program_set, applied.program_id) == applied
    for claimable in quote.claimable:
        refusal = explain(quote_input, program_set, claimable.program_id)
        assert not isinstance(refusal, Applied)
        assert refusal.code == "waits_for_tap"


@many
@given(sales())
def test_a_tap_gives_what_was_promised(sale: tuple[QuoteInput, ProgramSet]) -> None:
    quote_input, program_set = sale
    quote = evaluate(quote_input, program_set)

    for promised in quote.claimable:
        if promised.leased:
            claims = (*quote_input.claims, Claim(promised.program_id))
            tapped = evaluate(msgspec.structs.replace(quote_input, claims=claims), program_set)
            assert tapped.discount_minor - quote.discount_minor == promised.discount_minor
            assert promised.points_cost in [each.points for each in tapped.spent]


def _by_goods(quote_input: QuoteInput, quote: Quote) -> object:
    """The quote without the lines' numbers: what each kind of goods gets, from which program."""
    code = {line.line_id: msgspec.structs.replace(line, line_id=0) for line in quote_input.basket.lines}
    discounts = sorted(
        (repr(code[d.line_id]), d.program_id, d.amount_minor, repr(d.runs)) for d in quote.discounts
    )
    earned = sorted(
        (repr(code[s.line_id]), e.program_id, repr(s.runs)) for e in quote.earned for s in e.lines
    )
    rest = msgspec.structs.replace(
        quote,
        discounts=(),
        earned=tuple(msgspec.structs.replace(e, lines=()) for e in quote.earned),
        spent=tuple(msgspec.structs.replace(s, lines=()) for s in quote.spent),
    )
    return discounts, earned, rest
