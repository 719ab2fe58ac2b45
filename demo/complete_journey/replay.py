"""Plays real baskets through the checkout that the till uses, one after the other, each at its own time.

The checkout is told what the data says: lines with their amounts to the cent, the household's card, the manufacturer's
coupons as a tender. It answers with its own rewards, and the household uses them: points when there are enough, coupons
when it has one that counts.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from agent.domain.errors import LoyaltyError
from agent.service.checkout import Checkout, LeaseNeeded
from agent.service.enrolment import PROGRAM_CONSENT, enrol
from agent.service.lane import Lane
from agent.service.views import CheckoutState, FinishedSale, LeaseAsk
from agent.store import journal, sales
from demo.complete_journey import households
from demo.complete_journey.clock import SimulatedClock
from demo.complete_journey.goods import line_facts
from demo.complete_journey.journals import read_sales
from demo.complete_journey.plan import Plan, other_sales
from demo.complete_journey.pockets import Pockets
from demo.complete_journey.price_book import PriceBook, unit_price
from demo.complete_journey.shop import ZONE
from demo.complete_journey.source import SourceBasket
from sync.wire.entries import Consent, SaleEntry, decode_entry

# As long as a cashier waits for an answer after tapping a reward.
LEASE_TIMEOUT_S: Final = 2.0
# Baskets of one week come from all stores in turn.
MAX_BOOKS: Final = 2_000

_ZONE: Final = ZoneInfo(ZONE)


@dataclass(frozen=True, slots=True)
class ReplayLane:
    """A register that runs, as bootstrap builds it."""

    lane: Lane
    checkout: Checkout


@dataclass(frozen=True, slots=True)
class Played:
    """One basket that is a committed sale now, with the journal's own words for it."""

    place: int
    basket: SourceBasket
    lane: int
    sale: FinishedSale
    entry: SaleEntry


class Replay:
    """Goes on where the registers' journals end. Used by one thread.

    Households in `joining` are not members yet: each is enrolled with its phone number at its first visit.
    """

    def __init__(
        self,
        plan: Plan,
        lanes: Sequence[ReplayLane],
        clock: SimulatedClock,
        joining: Collection[int] = (),
    ) -> None:
        assert len(lanes) == plan.lanes
        self.plan = plan
        self._lanes = lanes
        self._clock = clock
        self._joining = frozenset(joining)
        self._books: dict[tuple[int, int], PriceBook] = {}
        self._pockets = Pockets()
        self._seen: set[int] = set()
        self.position = self._find_position()

    def play(
        self,
        *,
        before: Callable[[int, SourceBasket], None] | None = None,
        after: Callable[[Played], None] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Play what is left, or until `stopped()` between two baskets. Returns how many were played now.

        `before(place, basket)` is called ahead of each basket, with the clock at its time; `after` once it is committed.
        """
        played = 0
        for place, basket in self.plan.baskets(skip=self.position):
            if stopped():
                break
            self._clock.stand_at(basket.at_ms)
            if before is not None:
                before(place, basket)
            done = self.play_basket(place, basket)
            self.position = place + 1
            played += 1
            if after is not None:
                after(done)
        return played

    def play_basket(self, place: int, basket: SourceBasket) -> Played:
        """One basket from its first line to its committed sale."""
        number = self.plan.lane_of(place)
        lane = self._lanes[number]
        checkout = lane.checkout
        checkout.abandon()
        self._greet(lane, basket)
        book = self._book(basket)
        for line in basket.lines:
            product = self.plan.source.product(line.product_id)
            checkout.add_line(line_facts(line, product, book.verdict(line), unit_price(line, product)))
        self._present_coupon(lane, basket)
        state = self._use_points(lane, checkout.state())
        if basket.coupon_minor:
            state = checkout.tender("manufacturer_coupon", basket.coupon_minor, _reference(basket))
        if state.left_to_pay_minor:
            checkout.tender("card", None, _reference(basket))
        sale = checkout.finish()
        entry = _entry_of(lane, sale)
        self._seen.add(basket.household_id)
        self._pockets.note(basket.household_id, entry)
        return Played(place, basket, number, sale, entry)

    def _find_position(self) -> int:
        readers = [each.lane.store.reader() for each in self._lanes]
        position = self.plan.position([sales.count_sales(reader) for reader in readers])
        if not position:
            return 0
        entries = [read_sales(reader) for reader in readers]
        for place, basket in self.plan.baskets():
            if place >= position:
                break
            sale = next(entries[self.plan.lane_of(place)])
            if sale.stamp.at_ms != basket.at_ms or sale.goods_minor != basket.sales_minor:
                raise other_sales()
            self._seen.add(basket.household_id)
            self._pockets.note(basket.household_id, sale)
        return position

    def _greet(self, lane: ReplayLane, basket: SourceBasket) -> None:
        household = basket.household_id
        if household not in self._joining:
            lane.checkout.identify("card", households.card_number(household))
            return
        phone = households.phone_number(household)
        if household not in self._seen:
            try:
                enrol(
                    lane.lane,
                    lane.checkout.operator,
                    "phone",
                    phone,
                    [Consent(PROGRAM_CONSENT, given=True)],
                    households.name_of(household),
                )
            except LoyaltyError as error:
                # Enrolled already, and then the replay was killed before the sale: goes on as their first visit.
                if error.code != "already_member":
                    raise
        lane.checkout.identify("phone", phone)

    def _book(self, basket: SourceBasket) -> PriceBook:
        key = basket.store_id, basket.week
        if key not in self._books:
            if len(self._books) >= MAX_BOOKS:
                self._books.clear()
            source = self.plan.source
            self._books[key] = PriceBook(source.lines_of_week(*key), source.product)
        return self._books[key]

    def _present_coupon(self, lane: ReplayLane, basket: SourceBasket) -> None:
        today = datetime.datetime.fromtimestamp(basket.at_ms / 1000, _ZONE).date()
        serial = self._pockets.to_present(basket.household_id, today)
        if serial is None:
            return
        try:
            try:
                lane.checkout.redeem_coupon(serial)
            except LeaseNeeded as needed:
                if _granted(lane, needed.ask):
                    lane.checkout.redeem_coupon(serial)
        except LoyaltyError:
            # The till said why; the household keeps the coupon for its next visit.
            return

    def _use_points(self, lane: ReplayLane, state: CheckoutState) -> CheckoutState:
        for offer in state.offers:
            if not offer.points_cost or not offer.tappable or offer.state != "available":
                continue
            try:
                ask = lane.checkout.lease_needed(offer.program_id)
                if ask is None or _granted(lane, ask):
                    state = lane.checkout.claim(offer.program_id)
            except LoyaltyError:
                # Refused with its two lines; this sale earns as usual.
                return lane.checkout.state()
        return state


def _granted(lane: ReplayLane, ask: LeaseAsk) -> bool:
    if not lane.lane.link.online():
        return False
    return lane.lane.link.ask_lease(ask.account_id, ask.unit, ask.target, LEASE_TIMEOUT_S) == "granted"


def _reference(basket: SourceBasket) -> str:
    """What a person finds on the receipt: the data's own number of this basket."""
    return str(basket.basket_id)


def _entry_of(lane: ReplayLane, sale: FinishedSale) -> SaleEntry:
    reader = lane.lane.store.reader()
    row = sales.read_sale(reader, sale.sale_id)
    assert row is not None
    found = journal.read_entry(reader, row.chain_id, row.seq)
    assert found is not None
    entry = decode_entry(found.kind, found.version, found.body)
    assert isinstance(entry, SaleEntry)
    return entry
