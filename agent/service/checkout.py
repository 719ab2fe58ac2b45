"""The checkout: one basket in front of one cashier, from the first scan to the committed sale.

Every method returns the till's new state or raises LoyaltyError and changes nothing. It never waits for paper, and
for HQ at most once, bounded, when nobody here knows an identifier. One worker thread uses it.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from gettext import gettext as _
from typing import Final

from agent.domain.coupon import serial
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.gift_cards import is_number
from agent.domain.member import IdentifierKind
from agent.domain.tendering import EXCHANGE
from agent.service import codes, coupons, entry, gift_cards, members
from agent.service.activities import record_activity, till_activities
from agent.service.basket_edit import (
    at_the_buyers_prices,
    with_facts,
    with_item,
    with_quantity,
    without_line,
)
from agent.service.basket_lines import LineFacts
from agent.service.checkout_view import checkout_state
from agent.service.finishing import NOT_KNOWN_YET, SHARE_IS_GONE, Finishing, saved_already
from agent.service.gifts_named import item_names
from agent.service.lane import Lane
from agent.service.member_view import points_after, rewards_friends
from agent.service.members import PresentMember
from agent.service.offer_views import title_of
from agent.service.open_sale import NOTHING, OpenSale, ReadySale, quote_input_of, ready
from agent.service.pin import Pin, pin_now
from agent.service.ports import new_id
from agent.service.program_sets import ActivePrograms
from agent.service.refunding import ReadyReturn
from agent.service.reward_desk import LeaseNeeded, RewardDesk, not_claimable
from agent.service.tenders import checked_tender, settle
from agent.service.views import ActivityView, CheckoutState, FinishedSale, LeaseAsk, WhyView
from agent.service.why import why_views
from agent.store.coupons import usable_of
from agent.store.member_programs import read_programs
from agent.store.personal_offers import read_offers
from sync.wire.entries import Operator

__all__ = ["Checkout", "LeaseNeeded", "LineFacts"]

_OWN_COUPONS_SHOWN: Final = 5
_POINTS_ARE_GONE: Final = frozenset({"lease_not_covered", "points_not_held", "card_not_held"})


class Checkout:
    """One lane's basket. `operator` is who is signed on; `locale` is the screen's language, the store's if empty."""

    def __init__(self, lane: Lane, operator: Operator, locale: str = "") -> None:
        self.operator = operator
        self.locale = locale
        self._lane = lane
        self._active = ActivePrograms(lane.store)
        self._desk = RewardDesk(lane)
        self._sale = OpenSale()
        self._finished: CheckoutState | None = None
        # A sale that may be saved or not: until that is known it is neither changed nor left.
        self._in_doubt: ReadySale | None = None

    def state(self) -> CheckoutState:
        """The till as it stands."""
        if self._finished is not None:
            return self._finished
        return checkout_state(self._sale, self._screen_locale(), self._lane.link.online())

    # Goods

    def enter(self, text: str) -> CheckoutState:
        """Whatever was typed or scanned: an item, `3*item`, a member's card, phone or e-mail, a coupon, or a code.

        While paying a gift card that is known here pays. A known item comes before a known card, a card before a phone, since shelves hold more than wallets.
        """
        text = entry.cleaned(text)
        if not text:
            return self.state()
        if self._sale.paying and gift_cards.is_known(self._lane, text, self._pin(self._sale).store):
            return self.pay_with_card(text)
        quantity, code = entry.split_quantity(text)
        if quantity is not None:
            return self.add_item(code, quantity)
        if coupons.is_payload(text):
            return self.redeem_coupon(text)
        if "@" in text:
            return self.identify("email", text)
        return self._enter_code(text)

    def add_item(self, code: str, quantity: Decimal | None = None) -> CheckoutState:
        """One more of an item, or so many. The same item scanned twice in a row is one line."""
        item = entry.look_up_item(self._lane.store.reader(), entry.cleaned(code))
        if item is None:
            raise entry.unknown_entry(code)
        return self._apply(with_item(self._sale_for_goods(), item, quantity))

    def add_line(self, facts: LineFacts) -> CheckoutState:
        """A line as a host tells it; its amount is authoritative."""
        return self._apply(with_facts(self._sale_for_goods(), facts))

    def change_quantity(self, line_id: int, quantity: Decimal) -> CheckoutState:
        """Another quantity of a line's item."""
        return self._apply(with_quantity(self._sale_for_goods(), line_id, quantity))

    def remove_line(self, line_id: int) -> CheckoutState:
        """Take a line out."""
        return self._apply(without_line(self._sale_for_goods(), line_id))

    # The member

    def identify(self, kind: IdentifierKind, text: str) -> CheckoutState:
        """The member with this card, phone or e-mail. Unknown here and at HQ, they earn into a provisional account.

        Raises SeveralMembers where two share it: then `choose_member` takes the one that was tapped.
        """
        self._sale_for_goods()
        return self._join(members.find_member(self._lane, kind, text))

    def choose_member(self, member_id: uuid.UUID) -> CheckoutState:
        """The member that was picked from a list, or has just joined."""
        self._sale_for_goods()
        return self._join(members.choose_member(self._lane, member_id))

    def forget_member(self) -> CheckoutState:
        """The sale goes on without a member: list prices, no points, nothing claimed that costs points."""
        sale = self._sale_for_goods()
        sale = replace(
            sale,
            member=None,
            facts=None,
            balances={},
            activities=(),
            member_programs=None,
            personal_offers=(),
            own_coupons=(),
            coupons=tuple(one for one in sale.coupons if one.coupon.owner is None),
            claims=sale.free_claims(),
        )
        state = self._apply(at_the_buyers_prices(sale))
        self._desk.release_of_others(self._sale)
        return state

    def takes_friends_codes(self) -> bool:
        """Whether who joins may say the code of a friend: the shop has a referral program."""
        return rewards_friends(self._pin(self._sale).programs)

    def record_activity(self, program_id: str) -> CheckoutState:
        """The member did something that is rewarded without a purchase: journalled now, with or without a basket."""
        sale = self._sale_for_goods()
        if sale.member is None:
            raise LoyaltyError(_("There is no member yet."), _("Find the member first."), code="needs_member")
        record_activity(self._lane, self.operator, self._pin(sale).programs, sale.member, program_id)
        return self._join(sale.member)

    # Rewards

    def lease_needed(self, program_id: str) -> LeaseAsk | None:
        """What HQ must grant before this reward can be claimed; None when this register holds enough."""
        return self._desk.lease_needed(self._sale, program_id, self._day(self._sale))

    def claim(self, program_id: str) -> CheckoutState:
        """Use a reward: one block, paid from leases that this register holds.

        Raises LeaseNeeded when HQ can be asked for them, and LoyaltyError when it cannot, or for another refusal.
        """
        sale = self._sale_for_goods()
        self._desk.release_of_others(sale)
        title = title_of(self._pin(sale), program_id, self._screen_locale())
        claimed = self._quoted(self._desk.with_claim(sale, program_id, title, self._day(sale)))
        if not any(one.program_id == program_id for one in claimed.quote.applied):
            raise not_claimable(claimed, title)
        return self._keep(claimed)

    def release_late(self, ask: LeaseAsk) -> CheckoutState:
        """HQ's answer came after the sale that wanted it: what it granted goes back, unless this sale uses it."""
        self._desk.note(ask)
        self._desk.release_of_others(self._sale)
        return self.state()

    def unclaim(self, program_id: str) -> CheckoutState:
        """Leave a reward after all. What HQ granted for it stays here until the sale ends."""
        sale = self._sale_for_goods()
        return self._apply(
            replace(sale, claims=tuple(one for one in sale.claims if one.program_id != program_id))
        )

    def take_off(self, program_id: str) -> CheckoutState:
        """Leave out an offer for the rest of this sale."""
        sale = self._sale_for_goods()
        if program_id in sale.removals:
            return self.state()
        claims = tuple(one for one in sale.claims if one.program_id != program_id)
        return self._apply(replace(sale, claims=claims, removals=(*sale.removals, program_id)))

    def put_back(self, program_id: str) -> CheckoutState:
        """Let an offer that was taken off apply again."""
        sale = self._sale_for_goods()
        return self._apply(replace(sale, removals=tuple(one for one in sale.removals if one != program_id)))

    def confirm_time_offers(self) -> CheckoutState:
        """Somebody looked at a real clock: offers with dates may apply although the register's is suspect."""
        return self._apply(replace(self._sale_for_goods(), confirmed_time_offers=True))

    def redeem_coupon(self, text: str) -> CheckoutState:
        """A serialised coupon, scanned or typed. It stays presented, and applies once the basket allows it.

        Raises LeaseNeeded for one that another lane printed, while HQ can be asked.
        """
        sale = self._sale_for_goods()
        return self._apply(self._desk.with_coupon(sale, text, self._day(sale)))

    def present_coupon(self, coupon_id: uuid.UUID) -> CheckoutState:
        """An electronic coupon of the member, tapped. Raises what `redeem_coupon` raises."""
        return self.redeem_coupon(serial(coupon_id))

    def drop_coupon(self, coupon_id: uuid.UUID) -> CheckoutState:
        """The member keeps the coupon for another time."""
        sale = self._sale_for_goods()
        return self._apply(
            replace(sale, coupons=tuple(one for one in sale.coupons if one.coupon.coupon_id != coupon_id))
        )

    def use_code(self, code: str) -> CheckoutState:
        """A promotion code, as the customer says it. It stays in the sale, and applies once the basket allows it.

        Raises LoyaltyError for a word that is no code of a program in force.
        """
        sale = self._sale_for_goods()
        known = codes.find_code(self._pin(sale).programs, code)
        if not known:
            raise entry.unknown_entry(code)
        return self._apply(codes.with_code(sale, known))

    def drop_code(self, code: str) -> CheckoutState:
        """The sale goes on without a promotion code."""
        return self._apply(codes.without_code(self._sale_for_goods(), code))

    def why_not(self, text: str, limit: int) -> tuple[WhyView, ...]:
        """What the offers with these words in their names do in this sale, or why they do nothing. Changes nothing."""
        sale = self._sale
        # The quote that stands on the screen is explained, also when its pin has run out meanwhile.
        pin = sale.pin if sale.pin is not None and sale.lines else self._pin(sale)
        return why_views(sale, pin, text, self._screen_locale(), limit)

    # Paying

    def begin_tender(self) -> CheckoutState:
        """Begin paying: the total stands."""
        ready(self._sale)
        gift_cards.require_cards(self._sale)
        return self._keep(replace(self._sale.paid_with_exchange(), paying=True))

    def exchange(self, goods: ReadyReturn) -> CheckoutState:
        """Goods came back in this visit: their refund pays for this sale, and both are saved together, or neither."""
        return self._apply(replace(self._sale_for_goods(), exchange=goods))

    def drop_exchange(self) -> CheckoutState:
        """The goods stay with the customer after all; nothing of them was written."""
        return self._apply(replace(self._sale_for_goods(), exchange=None))

    def tender(self, kind: str, amount_minor: int | None = None, reference: str = "") -> CheckoutState:
        """A part of the payment; None pays all that is left."""
        self._require_known()
        sale = self._sale.paid_with_exchange()
        ready(sale)
        gift_cards.require_cards(sale)
        tender = checked_tender(kind, amount_minor, reference, sale.quote.total_minor, sale.tenders)
        return self._keep(replace(sale, paying=True, tenders=(*sale.tenders, tender)))

    def pay_with_card(self, number: str, amount_minor: int | None = None) -> CheckoutState:
        """A part that the gift card of this number pays; None pays as much as it can.

        Raises LeaseNeeded while HQ can be asked to lend what is on it, and LoyaltyError for another refusal.
        """
        text = entry.cleaned(number)
        return self._pay(
            lambda _sale, pin: gift_cards.find_card(self._lane, text, pin.store.currency), amount_minor
        )

    def pay_with_wallet(self, amount_minor: int | None = None) -> CheckoutState:
        """A part that the member's wallet pays; None pays as much as it can. Raises what `pay_with_card` raises."""
        return self._pay(lambda sale, pin: gift_cards.wallet_of(sale, pin.store.currency), amount_minor)

    def _pay(
        self, find: Callable[[OpenSale, Pin], gift_cards.Card], amount_minor: int | None
    ) -> CheckoutState:
        self._require_known()
        sale = self._sale.paid_with_exchange()
        ready(sale)
        gift_cards.require_cards(sale)
        pin = self._pin(sale)
        card = find(sale, pin)
        return self._keep(
            gift_cards.with_card_tender(self._lane, self._desk.asked, sale, card, amount_minor, pin)
        )

    def untender(self, index: int) -> CheckoutState:
        """Take a tender back; `index` counts from 0."""
        self._require_known()
        sale = self._sale
        if not 0 <= index < len(sale.tenders):
            raise LoyaltyError(
                _("That tender is not there any more."), _("Look at the list."), code="no_tender"
            )
        if sale.tenders[index].kind == EXCHANGE:
            # It belongs to the visit: without it, there is no paying.
            return self.back_to_basket()
        return self._keep(replace(sale, tenders=sale.tenders[:index] + sale.tenders[index + 1 :]))

    def back_to_basket(self) -> CheckoutState:
        """Stop paying and take every tender back; the goods can be changed again."""
        self._require_known()
        return self._keep(replace(self._sale, paying=False, tenders=()))

    def finish(self) -> FinishedSale:
        """Commit the sale: journal entry, projections and print job in one unit of work. Safe to call again.

        Raises LoyaltyError while something is left to pay, and when it could not be saved: then nothing of it was,
        or the sentence says that it is not known yet.
        """
        sale = self._sale.paid_with_exchange()
        ready_sale = ready(sale)
        paid = settle(sale.quote.total_minor, sale.tenders)
        if paid.left_minor:
            raise LoyaltyError(_("Something is left to pay."), _("Take the rest first."), code="left_to_pay")
        before = checkout_state(sale, self._screen_locale(), self._lane.link.online())
        try:
            committed = saved_already(self._lane, ready_sale)
            committed = committed or Finishing(self._lane, self.operator, ready_sale).commit()
        except LoyaltyError as error:
            self._in_doubt = ready_sale if error.code == NOT_KNOWN_YET else None
            if error.code in _POINTS_ARE_GONE:
                # The total must tell the truth again before anybody pays it.
                self._apply(replace(sale, claims=sale.free_claims(), paying=False, tenders=()))
            if error.code == SHARE_IS_GONE:
                self._apply(replace(sale, pin=None, paying=False, tenders=()))
            raise
        self._in_doubt = None
        self._sale = OpenSale()
        self._finished = replace(
            before,
            phase="finished",
            receipt_number=committed.receipt_number,
        )
        self._desk.release_all("not_used")
        self._lane.link.wake()
        return FinishedSale(
            sale_id=committed.sale_id,
            receipt_number=committed.receipt_number,
            total_minor=sale.quote.total_minor,
            change_minor=paid.change_minor,
            member=before.member,
            coupons_issued=committed.coupon_titles,
            gifts=before.gifts,
            points_after=points_after(sale),
        )

    def abandon(self) -> CheckoutState:
        """Leave the basket without a sale."""
        self._require_known()
        self._sale = OpenSale()
        self._finished = None
        self._desk.release_all("abandoned")
        return self.state()

    # Inside

    def _enter_code(self, text: str) -> CheckoutState:
        reader = self._lane.store.reader()
        item = entry.look_up_item(reader, text)
        if item is not None:
            return self._apply(with_item(self._sale_for_goods(), item, None))
        sale = self._sale_for_goods()
        country = self._pin(sale).store.country
        for kind in ("card", "phone"):
            known = members.known_member(reader, self._lane, kind, text, country)
            if known is not None:
                return self._join(known)
        if coupons.knows_serial(reader, text):
            return self.redeem_coupon(text)
        if codes.find_code(self._pin(sale).programs, text):
            return self.use_code(text)
        if entry.is_phone(text, country):
            return self.identify("phone", text)
        if is_number(text):
            return self._enter_card(sale, text)
        raise entry.unknown_entry(text)

    def _enter_card(self, sale: OpenSale, text: str) -> CheckoutState:
        """The gift card that is being sold; else one whose balance is asked for. Raises LoyaltyError."""
        store = self._pin(sale).store
        card = gift_cards.find_card(self._lane, text, store.currency)
        if gift_cards.line_without_card(sale) is not None:
            return self._keep(gift_cards.with_load(sale, card))
        if card.balance_minor is None:
            raise entry.unknown_entry(text)
        raise gift_cards.balance_told(card, store.currency_exponent)

    def _join(self, member: PresentMember) -> CheckoutState:
        sale = self._sale_for_goods()
        facts, balances = members.facts_now(self._lane, member, self._day(sale), self._pin(sale).programs)
        same = sale.facts is not None and sale.facts.account_id == facts.account_id
        sale = replace(
            sale,
            member=member,
            facts=facts,
            balances=balances,
            activities=self._activities(sale, member),
            member_programs=read_programs(self._lane.store.reader(), member.row.member_id),
            personal_offers=read_offers(self._lane.store.reader(), member.row.member_id, self._day(sale)),
            own_coupons=usable_of(
                self._lane.store.reader(), facts.account_id, self._day(sale), _OWN_COUPONS_SHOWN
            ),
            coupons=tuple(
                one
                for one in sale.coupons
                if coupons.is_theirs(self._lane.store.reader(), one.coupon, facts.account_id)
            ),
            claims=sale.claims if same else sale.free_claims(),
        )
        state = self._apply(at_the_buyers_prices(sale))
        self._desk.release_of_others(self._sale)
        return state

    def _activities(self, sale: OpenSale, member: PresentMember) -> tuple[ActivityView, ...]:
        pin = self._pin(sale)
        return till_activities(
            self._lane.store.reader(), pin.programs, member, pin.context, self._screen_locale()
        )

    def _sale_for_goods(self) -> OpenSale:
        """The sale, if its basket may change: nothing was paid yet."""
        self._require_known()
        if self._sale.tenders:
            raise LoyaltyError(
                _("Payment has begun, so the basket stands."),
                _("Go back to the basket to change it; the tenders are taken back."),
                code="paying",
            )
        return replace(self._sale, paying=False)

    def _require_known(self) -> None:
        """Raise LoyaltyError where this sale was saved after all, or where that is still not known."""
        if self._in_doubt is not None and saved_already(self._lane, self._in_doubt) is not None:
            raise LoyaltyError(
                _("This sale was saved, so it stands."), _("Press Finish to go on."), code="saved_already"
            )
        self._in_doubt = None

    def _pin(self, sale: OpenSale) -> Pin:
        """What the basket holds fast; before its first line, and after 30 minutes, what is in force now."""
        if sale.pin is not None and sale.lines and self._lane.clock.now_ms() < sale.pin.until_ms:
            return sale.pin
        return pin_now(self._lane, self._active)

    def _day(self, sale: OpenSale) -> datetime.date:
        """The business date that the sale's offers and coupons are judged by."""
        return self._pin(sale).context.business_date

    def _quoted(self, sale: OpenSale) -> OpenSale:
        """The sale with its quote under its pin, or under a new one where it has none in force."""
        pin = self._pin(replace(sale, lines=self._sale.lines))
        if pin is not sale.pin and sale.member is not None and sale.pin is not None:
            facts, balances = members.facts_now(
                self._lane, sale.member, pin.context.business_date, pin.programs
            )
            sale = replace(sale, facts=facts, balances=balances)
        if sale.sale_id is None:
            sale = replace(sale, sale_id=new_id(self._lane.clock.now_ms(), self._lane.entropy))
        quote_input = quote_input_of(sale, pin)
        quote = evaluate(quote_input, pin.programs) if sale.lines else NOTHING
        gift_names = item_names(self._lane.store.reader(), quote)
        return replace(sale, pin=pin, quote_input=quote_input, quote=quote, gift_names=gift_names)

    def _apply(self, sale: OpenSale) -> CheckoutState:
        return self._keep(self._quoted(gift_cards.with_loads_of_lines(sale)))

    def _keep(self, sale: OpenSale) -> CheckoutState:
        self._sale = sale
        self._finished = None
        return self.state()

    def _screen_locale(self) -> str:
        if self.locale:
            return self.locale
        return self._sale.pin.store.locale if self._sale.pin is not None else "en"
