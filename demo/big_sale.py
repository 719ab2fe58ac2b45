"""One sale of the demo shop with nearly everything in it, at a register with its HQ, and then a part of it coming back.

A member fills a stamp card and gets a bundle, a benefit of their tier, what a coupon of an earlier visit is worth and a
new coupon on the receipt, and pays a part with a gift card that the shop had sold; another one books a tasting with points and
comes with its voucher the day after. What is said of it is read from the journal, so that a part that did not happen is missed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.domain.ledger import is_stamps
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.rewards.bundle import Bundle
from agent.domain.tendering import GIFT_CARD
from agent.service.checkout import LeaseNeeded
from agent.service.program_sets import ActivePrograms
from agent.service.returns import ReturnDesk
from agent.service.views import CheckoutState
from agent.store.journal import read_all
from demo.complete_journey.clock import SimulatedClock
from demo.demo_lane import wait_for
from demo.local_shop import demo_shop
from demo.local_till import LocalTill, local_till
from demo.running_shop import prepare_shop, run_shop, till_folder
from printers.virtual.paper import Paper
from sync.wire.entries import Entry, ReturnEntry, SaleEntry, decode_entry

# Sunday, 22 November 2026, 14:02 in Brașov.
_FIRST_VISIT_MS: Final = 1_795_348_920_000
_A_DAY_MS: Final = 24 * 60 * 60 * 1000
_CARD: Final = "2980000074417"
_PATIENCE_S: Final = 60.0
_LEASE_TIMEOUT_S: Final = 10.0
# As a cashier types them. The first visit brings seven stamps and a coupon, the second fills the card.
_FIRST_VISIT: Final = ("7*Croissant", "2*Coffee beans")
# Sold on the first visit; the second pays with it.
_GIFT_CARD: Final = ("Gift card 50", "6300 1234 5678 4417")
# Who books the tasting, and what they buy each time.
_TASTER: Final = "2980000006555"
_TASTING: Final = "book-tasting"
_WITH_THE_TASTING: Final = ("Ground coffee",)
_BIG_SALE: Final = (
    "2*Croissant", "Chocolate milk", "2*Hazelnut chocolate", "2*Coffee beans", "Telemea cheese",
)  # fmt: skip
_BROUGHT_BACK: Final = ("Croissant", "Hazelnut chocolate")
_BACK: Final = {"gift_card": "back onto the gift card", "cash": "in cash"}
# What must be in the sale and after it; each that is missing is a difference of the demo.
PARTS: Final = (
    "bundle", "tier benefit", "coupon redeemed", "stamp card filled", "coupon printed", "gift card", "voucher",
    "came back", "at HQ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BigSale:
    """What happened, a line each; `missing` are the PARTS that did not; `papers` by a name for their pictures."""

    lines: tuple[str, ...]
    missing: tuple[str, ...]
    papers: dict[str, Paper]


def play_big_sale(folder: Path) -> BigSale:
    """Two visits of one member and a return, and two of another, in a new folder. Raises TimeoutError where HQ or the printer stays away."""
    prepare_shop(folder, _FIRST_VISIT_MS)
    clock = SimulatedClock(folder / "clock")
    clock.stand_at(_FIRST_VISIT_MS)
    with (
        run_shop(folder, clock) as shop,
        local_till(till_folder(folder), clock, shop.line, folder / "escpos") as till,
    ):
        coupon = _coupon_on(_paper(till, _sell(till, _FIRST_VISIT)))
        sold = _paper(till, _sell_gift_card(till))
        booked = _paper(till, _sell(till, _WITH_THE_TASTING, card=_TASTER, reward=_TASTING))
        _wait(till.all_at_hq)
        clock.stand_at(_FIRST_VISIT_MS + _A_DAY_MS)
        till.hq.refresh()
        visit = _paper(till, _sell(till, _WITH_THE_TASTING, card=_TASTER, coupon=_coupon_on(booked)))
        second = _sell(till, _BIG_SALE, coupon=coupon, gift_card=_GIFT_CARD[1])
        big_sale = _paper(till, second)
        back = _bring_back(till, second)
        papers = {
            "gift-card": sold,
            "voucher": booked,
            "voucher-used": visit,
            "big-sale": big_sale,
            "big-sale-return": _paper(till, back),
        }
        _wait(till.all_at_hq)
        figures = json.loads(shop.hq.run("status"))
        facts = list(_facts(till, figures["quarantined"], figures["stale_facts"]))
    missing = tuple(part for part in PARTS if part not in {name for name, _said in facts})
    head = f"One sale of the demo shop, receipt {second}:"
    return BigSale((head, *(f"  {name:<18} {said}" for name, said in facts)), missing, papers)


def _sell_gift_card(till: LocalTill) -> str:
    """A gift card to somebody whom nobody knows, for cash: the receipt's number."""
    checkout = till.services().checkout
    price, number = _GIFT_CARD
    checkout.enter(_item(price))
    checkout.enter(number)
    checkout.tender("cash")
    return checkout.finish().receipt_number


def _sell(
    till: LocalTill,
    goods: tuple[str, ...],
    *,
    card: str = _CARD,
    reward: str = "",
    coupon: str = "",
    gift_card: str = "",
) -> str:
    """Card, goods, a reward for points, coupon, gift card, and cash for the rest: the receipt's number."""
    checkout = till.services().checkout
    checkout.identify("card", card)
    for typed in goods:
        quantity, _times, name = typed.rpartition("*")
        checkout.enter(f"{quantity or 1}*{_item(name)}")
    if reward:
        _once_lent(till, lambda: checkout.claim(reward))
    if coupon:
        _once_lent(till, lambda: checkout.enter(coupon))
    if gift_card:
        _once_lent(till, lambda: checkout.pay_with_card(gift_card))
    checkout.tender("cash")
    return checkout.finish().receipt_number


def _once_lent(till: LocalTill, step: Callable[[], CheckoutState]) -> None:
    """A step of the checkout; where HQ must lend something first, ask for it, and do the step again."""
    try:
        step()
    except LeaseNeeded as needed:
        ask = needed.ask
        till.lane.link.ask_lease(ask.account_id, ask.unit, ask.target, _LEASE_TIMEOUT_S)
        step()


def _bring_back(till: LocalTill, receipt_number: str) -> str:
    """One unit of each of two lines comes back; what the gift card paid goes back onto it."""
    services = till.services()
    desk = ReturnDesk(till.lane, services.checkout.operator, services.locale)
    state = desk.find(receipt_number)
    for line in state.lines:
        if line.name.startswith(_BROUGHT_BACK):
            desk.choose(line.line_id, 1)
    desk.give_reason("changed_mind")
    return desk.commit().receipt_number


def _facts(till: LocalTill, quarantined: int, stale: int) -> Iterator[tuple[str, str]]:
    """The parts of the last sale and of what came back, as the journal has them."""
    entries = [decode_entry(row.kind, row.version, row.body) for row in read_all(till.store.reader())]
    sale = [entry for entry in entries if isinstance(entry, SaleEntry)][-1]
    programs = ActivePrograms(till.store).now(sale.quote_input.context.currency)
    amounts: dict[str, int] = {}
    for discount in sale.discounts:
        amounts[discount.program_id] = amounts.get(discount.program_id, 0) + discount.amount_minor
    for program_id, amount in amounts.items():
        program = programs.program(program_id)
        assert program is not None
        yield _sort_of(program), f"{program.title('en'):<34} −{_money(amount)}"
    yield from _stamps(sale, programs)
    for issued in sale.coupons_issued:
        title = _title(programs, issued.redeems_program_id)
        yield "coupon printed", f"{title}, from {_day(issued.valid_from)} until {_day(issued.valid_until)}"
    by_card = sum(tender.amount_minor for tender in sale.tenders if tender.kind == GIFT_CARD)
    if by_card:
        yield "gift card", f"{_money(by_card)} paid from a card that was sold the day before"
    yield from _vouchers(entries, programs)
    paid = ", ".join(f"{tender.kind} {_money(tender.amount_minor)}" for tender in sale.tenders)
    yield "paid", f"{paid} for goods of {_money(sale.goods_minor)}, {_money(sale.discount_minor)} saved"
    for entry in entries:
        if isinstance(entry, ReturnEntry) and entry.sale.sale_id == sale.sale_id:
            yield "came back", _brought_back(entry, sale)
    if not quarantined and not stale:
        yield "at HQ", f"{len(entries)} journal entries posted, none in quarantine, none with stale facts"


def _sort_of(program: Program) -> str:
    if any(isinstance(reward, Bundle) for reward in program.rewards):
        return "bundle"
    if program.audience.who == "tiers":
        return "tier benefit"
    return "coupon redeemed" if program.trigger == "coupon" else "promotion"


def _stamps(sale: SaleEntry, programs: ProgramSet) -> Iterator[tuple[str, str]]:
    member = sale.quote_input.member
    for earned in sale.earned:
        if not is_stamps(earned.unit) or member is None:
            continue
        before = member.balances.get(earned.unit, 0)
        after = before + earned.points
        costs = [
            one.cost.points
            for one in programs.programs
            if one.cost is not None and one.cost.points_of == earned.program_id
        ]
        full = any(before < cost <= after for cost in costs)
        title = _title(programs, earned.program_id)
        yield (
            "stamp card filled" if full else "stamps",
            f"{title}: {before} + {earned.points} = {after} stamps",
        )


def _vouchers(entries: Sequence[Entry], programs: ProgramSet) -> Iterator[tuple[str, str]]:
    """What was booked with points and then used, for nothing."""
    sales = [entry for entry in entries if isinstance(entry, SaleEntry)]
    points = {
        issued.coupon_id: spent.points
        for sale in sales
        for issued in sale.coupons_issued
        for spent in sale.spent
        if spent.program_id == issued.program_id
    }
    for sale in sales:
        for used in sale.coupons_redeemed:
            if used.coupon_id in points:
                title = _title(programs, used.program_id)
                cost = f"{points[used.coupon_id]:,} points"
                yield "voucher", f"{title}, booked for {cost}; used for {_money(used.discount_minor)} off"


def _brought_back(entry: ReturnEntry, sale: SaleEntry) -> str:
    names = {line.line_id: line.name for line in sale.quote_input.basket.lines}
    goods = ", ".join(names[line.line_id].partition(",")[0] for line in entry.lines)
    taken = ", ".join(
        f"{one.points} {'stamp' if is_stamps(one.unit) else 'points'}" for one in entry.taken_back
    )
    out = " and ".join(f"{_money(one.amount_minor)} {_BACK.get(one.kind, one.kind)}" for one in entry.tenders)
    return f"{goods}; {out}, {taken} taken back"


def _item(name: str) -> str:
    return next(str(item["item_code"]) for item in demo_shop()["items"] if item["name"].startswith(name))


def _title(programs: ProgramSet, program_id: str) -> str:
    program = programs.program(program_id)
    return program.title("en") if program is not None else program_id


def _coupon_on(paper: Paper) -> str:
    """What a scanner reads from the code on a receipt."""
    found = re.search(r"R1\.[\w-]+", paper.text())
    assert found is not None
    return found[0]


def _paper(till: LocalTill, receipt_number: str) -> Paper:
    # The receipt of a return names its sale too, so the first that names a number is its own.
    def found() -> Paper | None:
        return next((paper for paper in till.printer.papers if receipt_number in paper.text()), None)

    _wait(lambda: found() is not None)
    paper = found()
    assert paper is not None
    return paper


def _wait(until: Callable[[], bool]) -> None:
    if not wait_for(until, _PATIENCE_S):
        raise TimeoutError("what the demo waits for did not come")


def _day(day: datetime.date) -> str:
    return f"{day:%d %b}".lstrip("0")


def _money(amount_minor: int) -> str:
    return f"{amount_minor // 100:,}.{amount_minor % 100:02d}"
