"""Hypothesis strategies: small shops with every kind of line and program, so that conflicts happen often."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from agent.domain.basket import Basket, Line
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Claim, QuoteInput
from tests.builders import (
    a_basket,
    a_coupon_claim,
    a_line,
    a_member,
    a_program_set,
    a_quote_input,
    amount_off,
    next_visit,
    next_visit_10,
    percent_off,
    points_per_money,
    points_reward,
)

CATEGORIES = [("food", "dairy"), ("food", "bakery"), ("drinks",), ()]
QUANTITIES = ["1", "2", "3", "7", "0.435", "0", "999", "1000"]
RATES = ["0.05", "0.1", "0.125", "0.2", "0.333333", "0.5", "1"]

goods = st.one_of(
    st.none(),
    st.builds(
        lambda paths: {"categories": paths},
        st.lists(st.sampled_from([["food"], ["food", "dairy"], ["drinks"]]), min_size=1, max_size=2),
    ),
    st.builds(
        lambda items: {"items": items}, st.lists(st.sampled_from(["i0", "i1", "i2"]), min_size=1, max_size=2)
    ),
)


def lines(max_minor: int = 30_00) -> st.SearchStrategy[Line]:
    """Lines of any kind, tobacco, deposits and goods of no value among them."""
    return st.builds(
        lambda code, minor, quantity, category, flags: a_line(
            code,
            minor,
            quantity=quantity,
            uom="kg" if quantity == "0.435" else "each",
            category=category,
            discountable=flags != "tobacco",
            earns=flags not in ("tobacco", "deposit"),
            deposit=flags == "deposit",
        ),
        st.sampled_from(["i0", "i1", "i2", "i3"]),
        st.integers(0, max_minor) | st.sampled_from([0, 1, 5]),
        st.sampled_from(QUANTITIES),
        st.sampled_from(CATEGORIES),
        st.sampled_from(["", "", "", "", "tobacco", "deposit"]),
    )


def baskets(max_lines: int = 6, max_minor: int = 30_00) -> st.SearchStrategy[Basket]:
    """Baskets, the empty one too."""
    return st.lists(lines(max_minor), max_size=max_lines).map(
        lambda found: a_basket(*found) if found else Basket()
    )


@st.composite
def promotions(draw: st.DrawFn, number: int, max_minor: int = 20_00) -> dict[str, Any]:
    """An automatic promotion, often with a threshold that others can break."""
    fields: dict[str, Any] = {"priority": draw(st.sampled_from([0, 0, 5]))}
    if draw(st.booleans()):
        threshold: dict[str, Any] = {"type": "min_spend", "amount_minor": draw(st.integers(1, max_minor * 2))}
        selected = draw(goods)
        if selected is not None:
            threshold["goods"] = selected
        fields["conditions"] = [threshold]
    if draw(st.booleans()):
        return percent_off(f"promo-{number}", draw(st.sampled_from(RATES)), draw(goods), **fields)
    return amount_off(f"promo-{number}", draw(st.integers(1, max_minor)), goods=draw(goods), **fields)


@st.composite
def programs(draw: st.DrawFn, max_promotions: int = 4, max_minor: int = 20_00) -> list[dict[str, Any]]:
    """Up to some promotions, with points, a reward, and a coupon beside them."""
    found = [draw(promotions(number, max_minor)) for number in range(draw(st.integers(0, max_promotions)))]
    found.append(
        points_per_money(
            points=draw(st.sampled_from(["1", "0.5", "1.234"])),
            per_minor=draw(st.sampled_from([100, 300, 7])),
        )
    )
    found.append(points_reward(cost_points=100, amount_minor=draw(st.integers(1, max_minor))))
    found.append(
        points_reward(
            "reward-8",
            cost_points=draw(st.sampled_from([150, 300])),
            amount_minor=draw(st.integers(1, max_minor)),
            priority=draw(st.sampled_from([0, 5])),
        )
    )
    if draw(st.booleans()):
        found[-1]["conditions"] = [{"type": "min_spend", "amount_minor": draw(st.integers(1, max_minor * 2))}]
    found.append(next_visit(over_minor=draw(st.integers(1, max_minor * 3))))
    found.append(
        next_visit_10(
            conditions=draw(st.sampled_from([[], [{"type": "min_spend", "amount_minor": max_minor}]]))
        )
    )
    return found


@st.composite
def sales(draw: st.DrawFn, max_promotions: int = 4, max_minor: int = 30_00) -> tuple[QuoteInput, ProgramSet]:
    """A quote's input with the program set that it names."""
    program_set = a_program_set(*draw(programs(max_promotions, max_minor)))
    member = draw(
        st.sampled_from(
            [None, a_member(), a_member(350), a_member(350, spendable=100), a_member(350, provisional=True)]
        )
    )
    every: list[list[Claim]] = [
        [],
        [Claim("reward-5")],
        [Claim("reward-5", 3)],
        [Claim("reward-5"), Claim("reward-8")],
    ]
    claims = draw(st.sampled_from(every))
    coupons = draw(st.sampled_from([(), (a_coupon_claim(),), (a_coupon_claim(70, held=False),)]))
    basket = draw(baskets(max_minor=max_minor))
    return a_quote_input(basket, program_set, member=member, claims=claims, coupons=coupons), program_set
