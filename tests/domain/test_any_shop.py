"""What holds in the widest shop that is still allowed, every kind of program and every bound of a basket in it."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.basket import Basket
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.program_document import decode_program_set
from agent.domain.quote import Applied, Quote, Refusal
from agent.domain.quote_input_checks import decode_quote_input
from tests.domain.any_shop import shops
from tests.oracle.shops import Shop

many = settings(max_examples=120, deadline=None)


@many
@given(shops())
def test_nothing_is_below_zero_and_every_part_adds_up(shop: Shop) -> None:
    quote = evaluate(shop.quote_input, shop.program_set)

    assert 0 <= quote.total_minor == quote.goods_minor - quote.discount_minor
    assert quote.discount_minor <= quote.proven_bound_minor <= quote.goods_minor
    assert quote.discount_minor == sum(each.discount_minor for each in quote.applied)
    _discounts_add_up(shop, quote)
    _points_add_up(shop, quote)
    for gift in quote.gifts:
        assert gift.units > 0
        assert gift.value_minor >= 0
    for miss in quote.near_misses:
        assert 0 <= miss.reached <= 1000


@many
@given(shops())
def test_every_program_is_explained(shop: Shop) -> None:
    for program in shop.program_set.programs:
        assert isinstance(explain(shop.quote_input, shop.program_set, program.id), Applied | Refusal)


@many
@given(shops(), st.randoms(use_true_random=False))
def test_the_order_of_lines_claims_codes_and_coupons_changes_no_byte(
    shop: Shop, chance: random.Random
) -> None:
    asked = shop.quote_input
    shuffled = {
        name: tuple(chance.sample(parts, len(parts)))
        for name, parts in (
            ("claims", asked.claims),
            ("codes", asked.codes),
            ("coupons", asked.coupons),
            ("removals", asked.removals),
        )
    }
    lines = asked.basket.lines
    basket = Basket(tuple(chance.sample(lines, len(lines))))

    same = evaluate(msgspec.structs.replace(asked, basket=basket, **shuffled), shop.program_set)

    assert msgspec.json.encode(same) == msgspec.json.encode(evaluate(asked, shop.program_set))


@many
@given(shops())
def test_whoever_reads_the_published_bytes_answers_the_same_bytes(shop: Shop) -> None:
    """HQ has nothing but the bytes of the sale's input and of the program set."""
    there_set = decode_program_set(msgspec.json.encode(shop.document))
    there = decode_quote_input(msgspec.json.encode(shop.quote_input))

    assert there_set.hash == shop.program_set.hash
    assert msgspec.json.encode(evaluate(there, there_set)) == msgspec.json.encode(
        evaluate(shop.quote_input, shop.program_set)
    )


def _discounts_add_up(shop: Shop, quote: Quote) -> None:
    lines = {line.line_id: line for line in shop.quote_input.basket.lines}
    off = dict.fromkeys(lines, 0)
    given: dict[str, int] = {}
    for each in quote.discounts:
        line = lines[each.line_id]
        assert all(run.count > 0 and run.share >= 0 for run in each.runs)
        assert sum(run.count for run in each.runs) == line.units
        assert sum(run.count * run.share for run in each.runs) == each.amount_minor > 0
        assert line.discountable
        assert not line.deposit
        off[each.line_id] += each.amount_minor
        given[each.program_id] = given.get(each.program_id, 0) + each.amount_minor
    assert all(off[line_id] <= line.extended_minor for line_id, line in lines.items())
    assert given == {each.program_id: each.discount_minor for each in quote.applied if each.discount_minor}


def _points_add_up(shop: Shop, quote: Quote) -> None:
    member = shop.quote_input.member
    used: dict[str, int] = {}
    for spent in quote.spent:
        assert spent.points > 0
        used[spent.unit] = used.get(spent.unit, 0) + spent.points
    for unit, points in used.items():
        assert member is not None
        assert points <= min(member.spendable[unit], member.balances[unit])
    for earned in quote.earned:
        milli = sum(run.count * run.share for line in earned.lines for run in line.runs)
        assert all(run.share >= 0 for line in earned.lines for run in line.runs)
        assert earned.points == milli // 1000 > 0
