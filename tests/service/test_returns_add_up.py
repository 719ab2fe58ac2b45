"""However a sale comes back, at one time or at many: the same money, points and stamps, and the books stay balanced."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.ledger import require_balanced
from agent.service.returns import ReturnDesk
from agent.store import balances
from agent.store.balances import read_balances
from sync.wire.entries import ReturnEntry, SaleEntry
from sync.wire.feed import BalanceRow
from tests import builders
from tests.service.shop import ELENA, Shop
from tests.service.taking_back import CARD, rules

STAMPS = "stamp:bread-card"
BREAD = {"items": ["102"]}
PROGRAMS = (
    builders.points_per_money(),
    builders.a_program(
        "dairy-triple",
        "points_multiplier",
        earning=[
            {
                "type": "multiply",
                "points_of": "points",
                "times": "2.333",
                "goods": {"categories": [["food", "dairy"]]},
            }
        ],
    ),
    builders.points_reward(cost_points=90, amount_minor=7_77),
    builders.a_program(
        "bread-card",
        "stamps",
        audience={"who": "members"},
        earning=[{"type": "per_unit", "points": "1", "goods": BREAD}],
    ),
    builders.a_program(
        "free-bread",
        "points_reward",
        trigger="choice",
        audience={"who": "members"},
        cost={"points_of": "bread-card", "points": 2},
        rewards=[{"type": "percent_off", "rate": "1", "units": 1, "goods": BREAD}],
    ),
    builders.percent_off("half-milk", "0.333333", {"items": ["100"]}),
    builders.amount_off("ten-over-100", 10_00, over_minor=100_00),
    builders.next_visit(),
    builders.next_visit_10(),
)
ITEMS = ("100", "101", "102", "103", "104", "105")


@st.composite
def visits(draw: st.DrawFn) -> tuple[list[str], list[str], list[tuple[int, int]], bool]:
    """What is scanned, which rewards are tapped, in which order lines come back, and whether the rest is priced again."""
    lines = draw(st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 4)), min_size=1, max_size=4))
    claims = draw(st.sets(st.sampled_from(["reward-5", "free-bread"])))
    order = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=6))
    return [f"{count}*{item}" for item, count in lines], sorted(claims), order, draw(st.booleans())


def balances_of(shop: Shop) -> dict[str, int]:
    account = shop.know_member(card=CARD).account_id
    return {unit: one.points for unit, one in read_balances(shop.store.reader(), account).items()}


def a_shop(folder: Path, *, reprices: bool) -> Shop:
    shop = Shop(folder, *PROGRAMS)
    rules(shop, broken_offers="reprice" if reprices else "keep")
    account = shop.know_member(card=CARD, points=90).account_id
    row = BalanceRow(account_id=account, unit=STAMPS, balance=2, available=2)
    with shop.store.unit_of_work() as db:
        balances.put_balance(db, row)
    shop.give_lease(account, 90)
    shop.give_lease(account, 2, unit=STAMPS)
    return shop


def sell(shop: Shop, scanned: list[str], claims: list[str]) -> SaleEntry:
    for typed in (CARD, *scanned):
        shop.checkout.enter(typed)
    for program_id in claims:
        if any(one.program_id == program_id and one.tappable for one in shop.checkout.state().offers):
            shop.checkout.claim(program_id)
    return shop.sell()


def take_back(shop: Shop, sale: SaleEntry, chosen: dict[int, int] | None) -> None:
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(sale.receipt_number)
    if chosen is None:
        desk.choose_all()
    for line_id, count in (chosen or {}).items():
        desk.choose(line_id, count)
    desk.give_reason("other")
    desk.refund_to("cash")
    desk.commit()


@settings(deadline=None, max_examples=25)
@given(visits())
def test_partial_returns_add_up_to_one_full_return_on_the_register(visit) -> None:
    scanned, claims, order, reprices = visit
    with tempfile.TemporaryDirectory() as folder:
        at_once, in_parts = (a_shop(Path(folder) / name, reprices=reprices) for name in ("one", "many"))
        try:
            before = balances_of(at_once)
            for shop in (at_once, in_parts):
                sale = sell(shop, scanned, claims)
            take_back(at_once, at_once.last_sale(), None)
            left = {line.line_id: line.units for line in sale.quote_input.basket.lines}
            for place, wanted in order:
                line_id = sorted(left)[place % len(left)]
                count = min(wanted, left[line_id])
                if 0 < count < sum(left.values()):
                    left[line_id] -= count
                    take_back(in_parts, sale, {line_id: count})
            take_back(in_parts, sale, None)

            (whole,) = _returns(at_once)
            parts = _returns(in_parts)
            assert sum(one.refund_minor for one in parts) == whole.refund_minor == sale.total_minor
            assert all(one.refund_minor >= 0 for one in parts)
            for which in ("taken_back", "given_back"):
                assert _points(parts, which) == _points([whole], which)
            assert balances_of(in_parts) == balances_of(at_once) == before
            for one in parts:
                require_balanced(one.postings)
        finally:
            at_once.close()
            in_parts.close()


def _returns(shop: Shop) -> list[ReturnEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, ReturnEntry)]


def _points(returns: list[ReturnEntry], which: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in returns:
        for each in getattr(one, which):
            found[each.unit] += each.points
    return found
