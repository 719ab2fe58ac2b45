"""The checkout: one basket in front of one cashier, from the first scan to the committed sale.

Every method returns the till's new state or raises LoyaltyError and changes nothing. It never waits for paper, and
for HQ at most once, bounded, when nobody here knows an identifier. One worker thread uses it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.basket import MAX_LINES
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.member import IdentifierKind
from agent.domain.quote import Claimable
from agent.domain.quote_input import Claim
from agent.service import coupons, entry, members
from agent.service.asked_leases import AskedLeases
from agent.service.basket_lines import LineFacts, SoldLine, line_of_facts, line_of_item, priced_for
from agent.service.checkout_view import checkout_state, member_view, points_after, title_of
from agent.service.finishing import Finishing
from agent.service.lane import Lane
from agent.service.leases import not_covered
from agent.service.members import PresentMember
from agent.service.open_sale import NOTHING, OpenSale, PresentedCoupon, quote_input_of, ready, unit_of
from agent.service.pin import Pin, pin_now
from agent.service.ports import new_id
from agent.service.program_sets import ActivePrograms
from agent.service.tenders import checked_tender, settle
from agent.service.views import CheckoutState, FinishedSale, LeaseAsk
from sync.wire.entries import Operator
from sync.wire.feed import ItemRow

__all__ = ["Checkout", "LeaseNeeded", "LineFacts"]

_ONE: Final = Decimal(1)
_POINTS_ARE_GONE: Final = frozenset({"lease_not_covered", "points_not_held"})


class LeaseNeeded(LoyaltyError):
    """HQ must grant something first: ask `HqLink.ask_lease` with `ask` in the background, then do the same again."""

    def __init__(self, ask: LeaseAsk) -> None:
        super().__init__(
            _("HQ is being asked for it."),
            _("Tap once more in a moment; the sale can go on."),
            code="lease_needed",
        )
        self.ask = ask


class Checkout:
    """One lane's basket. `operator` is who is signed on; `locale` is the screen's language, the store's if empty."""

    def __init__(self, lane: Lane, operator: Operator, locale: str = "") -> None:
        self.operator = operator
        self.locale = locale
        self._lane = lane
        self._active = ActivePrograms(lane.store)
        self._asked = AskedLeases(lane.store)
        self._sale = OpenSale()
        self._finished: CheckoutState | None = None

    def state(self) -> CheckoutState:
        """The till as it stands."""
        if self._finished is not None:
            return self._finished
        return checkout_state(self._sale, self._screen_locale(), self._lane.link.online())

    # Goods

    def enter(self, text: str) -> CheckoutState:
        """Whatever was typed or scanned: an item, `3*item`, a member's card, phone or e-mail, or a coupon.

        A known item comes before a known card, a card before a phone, since shelves hold more than wallets.
        """
        text = entry.cleaned(text)
        if not text:
            return self.state()
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
        return self._add(item, quantity)

    def add_line(self, facts: LineFacts) -> CheckoutState:
        """A line as a host tells it; its amount is authoritative."""
        sale = self._sale_for_goods()
        return self._append(sale, line_of_facts(facts, sale.next_line_id))

    def change_quantity(self, line_id: int, quantity: Decimal) -> CheckoutState:
        """Another quantity of a line's item."""
        sale = self._sale_for_goods()
        sold = _require_line(sale, line_id)
        if sold.item is None:
            raise LoyaltyError(
                _("This line came from another till, so its quantity stands."),
                _("Change it there, or remove the line."),
                code="host_line",
            )
        changed = line_of_item(sold.item, line_id, quantity, for_member=sale.member is not None)
        lines = tuple(changed if one.line.line_id == line_id else one for one in sale.lines)
        return self._apply(replace(sale, lines=lines, newest=line_id))

    def remove_line(self, line_id: int) -> CheckoutState:
        """Take a line out."""
        sale = self._sale_for_goods()
        _require_line(sale, line_id)
        lines = tuple(one for one in sale.lines if one.line.line_id != line_id)
        newest = lines[-1].line.line_id if lines else None
        return self._apply(replace(sale, lines=lines, newest=newest))

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
        """The sale goes on without a member: list prices, no points, nothing claimed."""
        sale = replace(self._sale_for_goods(), member=None, facts=None, balances={}, claims=())
        sale = replace(sale, lines=_priced(sale))
        state = self._apply(sale)
        self._release_asked("not_used")
        return state

    # Rewards

    def lease_needed(self, program_id: str) -> LeaseAsk | None:
        """What HQ must grant before this reward can be claimed; None when this register holds enough."""
        sale = self._open()
        claimable = _claimable(sale, program_id)
        if claimable is None or not claimable.points_cost or sale.facts is None:
            return None
        target = claimable.points_cost + sale.spending(claimable.unit)
        held = members.read_spendable(
            self._lane.store.reader(), sale.facts.account_id, self._pin(sale).context.business_date
        )
        if held.get(claimable.unit, 0) >= target:
            return None
        ask = LeaseAsk(sale.facts.account_id, claimable.unit, target)
        self._asked.note(ask)
        return ask

    def claim(self, program_id: str) -> CheckoutState:
        """Use a reward: one block, paid from leases that this register holds.

        Raises LeaseNeeded when HQ can be asked for them, and LoyaltyError when it cannot, or for another refusal.
        """
        sale = self._sale_for_goods()
        self._release_of_others(sale)
        claimable, facts = _claimable(sale, program_id), sale.facts
        if claimable is None or facts is None:
            raise self._not_claimable(sale, program_id)
        asked_before = self._asked.holds(facts.account_id, claimable.unit)
        ask = self.lease_needed(program_id)
        if ask is not None:
            if not self._lane.link.online():
                raise not_covered()
            raise _refused_by_hq() if asked_before else LeaseNeeded(ask)
        day = self._pin(sale).context.business_date
        spendable = members.read_spendable(self._lane.store.reader(), facts.account_id, day)
        claimed = replace(
            sale,
            facts=msgspec.structs.replace(facts, spendable=spendable),
            claims=(*sale.claims, Claim(program_id, claimable.blocks)),
            removals=tuple(one for one in sale.removals if one != program_id),
        )
        quoted = self._quoted(claimed)
        if not any(one.program_id == program_id for one in quoted.quote.applied):
            raise self._not_claimable(quoted, program_id)
        return self._keep(quoted)

    def release_late(self, ask: LeaseAsk) -> CheckoutState:
        """HQ's answer came after the sale that wanted it: what it granted goes back, unless this sale uses it."""
        self._asked.note(ask)
        self._release_of_others(self._sale)
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
        reader = self._lane.store.reader()
        coupon = coupons.find_coupon(reader, text, self._lane.signer)
        if any(one.coupon.coupon_id == coupon.coupon_id for one in sale.coupons):
            return self.state()
        coupons.require_usable(coupon, self._pin(sale).context.business_date)
        if not coupons.is_held(reader, coupon):
            if not self._lane.link.online():
                raise coupons.held_elsewhere()
            ask = LeaseAsk(coupon.coupon_id, unit_of(coupon), 1)
            asked_before = self._asked.holds(ask.account_id, ask.unit)
            self._asked.note(ask)
            raise coupons.held_elsewhere() if asked_before else LeaseNeeded(ask)
        return self._apply(replace(sale, coupons=(*sale.coupons, PresentedCoupon(coupon, held=True))))

    def drop_coupon(self, coupon_id: uuid.UUID) -> CheckoutState:
        """The member keeps the coupon for another time."""
        sale = self._sale_for_goods()
        return self._apply(
            replace(sale, coupons=tuple(one for one in sale.coupons if one.coupon.coupon_id != coupon_id))
        )

    # Paying

    def begin_tender(self) -> CheckoutState:
        """Begin paying: the total stands."""
        ready(self._open())
        return self._keep(replace(self._open(), paying=True))

    def tender(self, kind: str, amount_minor: int | None = None, reference: str = "") -> CheckoutState:
        """A part of the payment; None pays all that is left."""
        sale = self._open()
        ready(sale)
        tender = checked_tender(kind, amount_minor, reference, sale.quote.total_minor, sale.tenders)
        return self._keep(replace(sale, paying=True, tenders=(*sale.tenders, tender)))

    def untender(self, index: int) -> CheckoutState:
        """Take a tender back; `index` counts from 0."""
        sale = self._open()
        if not 0 <= index < len(sale.tenders):
            raise LoyaltyError(
                _("That tender is not there any more."), _("Look at the list."), code="no_tender"
            )
        return self._keep(replace(sale, tenders=sale.tenders[:index] + sale.tenders[index + 1 :]))

    def back_to_basket(self) -> CheckoutState:
        """Stop paying and take every tender back; the goods can be changed again."""
        return self._keep(replace(self._open(), paying=False, tenders=()))

    def finish(self) -> FinishedSale:
        """Commit the sale: journal entry, projections and print job in one unit of work. Safe to call again.

        Raises LoyaltyError while something is left to pay, and when it could not be saved: then nothing of it was,
        or the sentence says that it is not known yet.
        """
        sale = self._open()
        ready_sale = ready(sale)
        paid = settle(sale.quote.total_minor, sale.tenders)
        if paid.left_minor:
            raise LoyaltyError(_("Something is left to pay."), _("Take the rest first."), code="left_to_pay")
        before = checkout_state(sale, self._screen_locale(), self._lane.link.online())
        try:
            committed = Finishing(self._lane, self.operator, ready_sale).commit()
        except LoyaltyError as error:
            if error.code in _POINTS_ARE_GONE:
                # The total must tell the truth again before anybody pays it.
                self._apply(replace(sale, claims=(), paying=False, tenders=()))
            raise
        self._sale = OpenSale()
        self._finished = replace(
            before,
            phase="finished",
            receipt_number=committed.receipt_number,
        )
        self._release_asked("not_used")
        self._lane.link.wake()
        return FinishedSale(
            sale_id=committed.sale_id,
            receipt_number=committed.receipt_number,
            total_minor=sale.quote.total_minor,
            change_minor=paid.change_minor,
            member=member_view(sale, self._lane.link.online()),
            coupons_issued=committed.coupon_titles,
            points_after=points_after(sale),
        )

    def abandon(self) -> CheckoutState:
        """Leave the basket without a sale."""
        self._sale = OpenSale()
        self._finished = None
        self._release_asked("abandoned")
        return self.state()

    # Inside

    def _enter_code(self, text: str) -> CheckoutState:
        reader = self._lane.store.reader()
        item = entry.look_up_item(reader, text)
        if item is not None:
            return self._add(item, None)
        sale = self._sale_for_goods()
        country = self._pin(sale).store.country
        for kind in ("card", "phone"):
            known = members.known_member(reader, self._lane, kind, text, country)
            if known is not None:
                return self._join(known)
        if coupons.knows_serial(reader, text):
            return self.redeem_coupon(text)
        if entry.is_phone(text, country):
            return self.identify("phone", text)
        raise entry.unknown_entry(text)

    def _add(self, item: ItemRow, quantity: Decimal | None) -> CheckoutState:
        sale = self._sale_for_goods()
        for_member = sale.member is not None
        if quantity is None and item.uom != "each":
            raise LoyaltyError(
                _("{name} is sold by {uom}.").format(name=item.name, uom=item.uom),
                _("Type how much before it, for example 1.25*{code}.").format(code=item.item_code),
                code="quantity_needed",
            )
        newest = sale.line(sale.newest) if sale.newest is not None else None
        if quantity is None and newest is not None and newest.item == item:
            line_id = newest.line.line_id
            more = line_of_item(item, line_id, newest.line.quantity + 1, for_member=for_member)
            return self._apply(
                replace(sale, lines=tuple(more if one.line.line_id == line_id else one for one in sale.lines))
            )
        return self._append(
            sale,
            line_of_item(
                item, sale.next_line_id, _ONE if quantity is None else quantity, for_member=for_member
            ),
        )

    def _append(self, sale: OpenSale, sold: SoldLine) -> CheckoutState:
        if len(sale.lines) >= MAX_LINES:
            raise LoyaltyError(
                _("A basket has at most {count} lines.").format(count=MAX_LINES),
                _("Finish this sale and begin another for the rest."),
                code="basket_full",
            )
        return self._apply(
            replace(
                sale,
                lines=(*sale.lines, sold),
                newest=sold.line.line_id,
                next_line_id=sold.line.line_id + 1,
            )
        )

    def _join(self, member: PresentMember) -> CheckoutState:
        sale = self._sale_for_goods()
        facts, balances = members.read_facts(
            self._lane.store.reader(), member, self._pin(sale).context.business_date
        )
        same = sale.facts is not None and sale.facts.account_id == facts.account_id
        sale = replace(
            sale, member=member, facts=facts, balances=balances, claims=sale.claims if same else ()
        )
        state = self._apply(replace(sale, lines=_priced(sale)))
        if not same:
            self._release_of_others(self._sale)
        return state

    def _open(self) -> OpenSale:
        """The sale at hand; after a finished one, an empty one."""
        return self._sale

    def _sale_for_goods(self) -> OpenSale:
        """The sale, if its basket may change: nothing was paid yet."""
        if self._sale.tenders:
            raise LoyaltyError(
                _("Payment has begun, so the basket stands."),
                _("Go back to the basket to change it; the tenders are taken back."),
                code="paying",
            )
        return replace(self._sale, paying=False)

    def _pin(self, sale: OpenSale) -> Pin:
        """What the basket holds fast; before its first line, and after 30 minutes, what is in force now."""
        if sale.pin is not None and sale.lines and self._lane.clock.now_ms() < sale.pin.until_ms:
            return sale.pin
        return pin_now(self._lane, self._active)

    def _quoted(self, sale: OpenSale) -> OpenSale:
        """The sale with its quote under its pin, or under a new one where it has none in force."""
        pin = self._pin(replace(sale, lines=self._sale.lines))
        if pin is not sale.pin and sale.member is not None and sale.pin is not None:
            facts, balances = members.read_facts(
                self._lane.store.reader(), sale.member, pin.context.business_date
            )
            sale = replace(sale, facts=facts, balances=balances)
        if sale.sale_id is None:
            sale = replace(sale, sale_id=new_id(self._lane.clock.now_ms(), self._lane.entropy))
        quote_input = quote_input_of(sale, pin)
        quote = evaluate(quote_input, pin.programs) if sale.lines else NOTHING
        return replace(sale, pin=pin, quote_input=quote_input, quote=quote)

    def _apply(self, sale: OpenSale) -> CheckoutState:
        return self._keep(self._quoted(sale))

    def _keep(self, sale: OpenSale) -> CheckoutState:
        self._sale = sale
        self._finished = None
        return self.state()

    def _not_claimable(self, sale: OpenSale, program_id: str) -> LoyaltyError:
        title = title_of(self._pin(sale), program_id, self._screen_locale())
        if sale.facts is not None and sale.facts.provisional:
            return LoyaltyError(
                _("Points can be used once HQ knows this member."),
                _("This sale earns points as usual."),
                code="provisional",
            )
        return LoyaltyError(
            _("“{offer}” does not apply to this basket.").format(offer=title),
            _("The list of offers says what is missing."),
            code="not_claimable",
        )

    def _release_of_others(self, sale: OpenSale) -> None:
        """Give back what was asked for a member who is no longer in this sale."""
        keep = {sale.facts.account_id} if sale.facts else set()
        keep.update(one.coupon.coupon_id for one in sale.coupons)
        if self._asked.release("not_used", self._lane.clock.now_ms(), keep=keep):
            self._lane.link.wake()

    def _release_asked(self, reason: str) -> None:
        if self._asked.release(reason, self._lane.clock.now_ms()):
            self._lane.link.wake()

    def _screen_locale(self) -> str:
        if self.locale:
            return self.locale
        return self._sale.pin.store.locale if self._sale.pin is not None else "en"


def _priced(sale: OpenSale) -> tuple[SoldLine, ...]:
    return tuple(priced_for(sold, for_member=sale.member is not None) for sold in sale.lines)


def _claimable(sale: OpenSale, program_id: str) -> Claimable | None:
    return next((one for one in sale.quote.claimable if one.program_id == program_id), None)


def _refused_by_hq() -> LoyaltyError:
    return LoyaltyError(
        _("HQ has not released these points now."),
        _("This sale earns points as usual."),
        code="lease_refused",
    )


def _require_line(sale: OpenSale, line_id: int) -> SoldLine:
    sold = sale.line(line_id)
    if sold is None:
        raise LoyaltyError(
            _("That line is not in the basket any more."), _("Look at the basket."), code="no_line"
        )
    return sold
