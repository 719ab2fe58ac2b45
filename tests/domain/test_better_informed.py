"""A better-informed quote never costs the member more."""

from __future__ import annotations

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.domain.evaluate import evaluate
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput
from tests.builders import a_member
from tests.domain.any_shop import shops
from tests.oracle.shops import Shop

many = settings(max_examples=150, deadline=None)


@st.composite
def half_told(draw: st.DrawFn) -> tuple[Shop, QuoteInput, QuoteInput]:
    """A shop with what could be told of a basket, and the same with some of it left untold."""
    shop = draw(shops())
    asked = shop.quote_input
    told = msgspec.structs.replace(asked, claims=tuple(_one_block(asked)), removals=())
    left = [draw(st.booleans()) for _ in range(4)]
    untold = msgspec.structs.replace(
        told,
        claims=() if left[0] else told.claims,
        codes=() if left[1] else told.codes,
        coupons=() if left[2] else told.coupons,
        member=_less_known(told, draw(st.integers(0, 4))) if left[3] else told.member,
    )
    return shop, told, untold


@many
@given(half_told())
def test_telling_more_never_raises_the_total(case: tuple[Shop, QuoteInput, QuoteInput]) -> None:
    """What exactly is claimed.

    Take a basket, and tell the engine one or more of these beside it: who the member is; a tier, a birthday or a first
    visit that was not known of a member; codes; coupons; taps for one block of a reward. The total is then the same or
    lower. Each of these only opens programs, so every deal that could be made before can still be made, and the quote
    is the best of all deals.

    Not claimed, because it is not so by design:
    - where a group is `in_order`: its programs are in every deal, wanted or not;
    - where a fact closes a program (`not_segments`, a used-up limit), or a tier takes the place of another;
    - for a tap of more blocks than the points of before paid for: the larger reward was asked for;
    - where the search met its limit: the answer is then the best found, and `proven_bound_minor` says so.
    """
    shop, told, untold = case
    assume(all(group["choose"] != "in_order" for group in shop.document["groups"]))
    before, after = evaluate(untold, shop.program_set), evaluate(told, shop.program_set)
    assume(_proven(before))
    assume(_proven(after))

    assert after.total_minor <= before.total_minor


@many
@given(shops())
def test_what_a_quote_gives_up_for_a_better_offer_is_worth_no_more(shop: Shop) -> None:
    """Taking off by hand what was applied never lowers the total: nothing cheaper was overlooked."""
    asked = shop.quote_input
    assume(all(group["choose"] != "in_order" for group in shop.document["groups"]))
    quote = evaluate(asked, shop.program_set)
    assume(_proven(quote))

    for applied in quote.applied:
        without = msgspec.structs.replace(asked, removals=(*asked.removals, applied.program_id))
        assert evaluate(without, shop.program_set).total_minor >= quote.total_minor


def _proven(quote: Quote) -> bool:
    return quote.proven_bound_minor == quote.discount_minor


def _one_block(asked: QuoteInput) -> list[object]:
    return [msgspec.structs.replace(claim, blocks=1) for claim in asked.claims]


def _less_known(told: QuoteInput, how: int) -> object:
    """The member with less known of them; nobody at all in the first case."""
    member = told.member
    if member is None or how == 0 or set(member.segments) & {"lapsed"} or _counted(member.counters):
        return None
    fewer: list[dict[str, object]] = [
        {"tier": ""},
        {"in_birthday_week": False},
        {"offered": ()},
        {"counters": {}},
        {"provisional": True},
    ]
    return msgspec.structs.replace(member, **fewer[how - 1]) if how > 0 else a_member()


def _counted(counters: dict[str, int]) -> bool:
    return any(name.startswith("used:") for name in counters)
