"""The basket in front of the cashier: one frozen value, replaced by each action, so that a refused one changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.basket import Basket
from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import CardLoad
from agent.domain.ledger import points_unit
from agent.domain.member import MemberFacts
from agent.domain.quote import Quote
from agent.domain.quote_input import Claim, CouponClaim, QuoteInput
from agent.domain.tendering import EXCHANGE
from agent.domain.tiers import progress_counter
from agent.service.basket_lines import SoldLine
from agent.service.members import PresentMember
from agent.service.pin import Pin
from agent.service.refunding import ReadyReturn
from agent.service.views import ActivityView
from agent.store.balances import Balance
from agent.store.coupons import Coupon
from sync.wire.entries import Tender
from sync.wire.feed import MemberProgramsRow, PersonalOffer, TypedAmountRow

NOTHING: Final = Quote(goods_minor=0, discount_minor=0, total_minor=0)


@dataclass(frozen=True, slots=True)
class PresentedCoupon:
    """A coupon in this sale. `held`: this chain may redeem it now."""

    coupon: Coupon
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSale:
    """Everything of a sale that is not committed yet. `sale_id` is given with the first line and kept to the end.

    `codes` are promotion codes in capitals; `exchange` are goods that came back in this visit; `gift_names` what the items of the quote's gifts are called here.
    `loads` are the gift cards that it sells, `typed` says of lines between which amounts theirs is typed, `own_coupons` the member's electronic ones that may be used now.
    """

    sale_id: uuid.UUID | None = None
    pin: Pin | None = None
    lines: tuple[SoldLine, ...] = ()
    newest: int | None = None
    next_line_id: int = 1
    member: PresentMember | None = None
    facts: MemberFacts | None = None
    balances: dict[str, Balance] = field(default_factory=dict)
    activities: tuple[ActivityView, ...] = ()
    member_programs: MemberProgramsRow | None = None
    personal_offers: tuple[PersonalOffer, ...] = ()
    own_coupons: tuple[Coupon, ...] = ()
    claims: tuple[Claim, ...] = ()
    removals: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    coupons: tuple[PresentedCoupon, ...] = ()
    confirmed_time_offers: bool = False
    paying: bool = False
    tenders: tuple[Tender, ...] = ()
    quote_input: QuoteInput | None = None
    quote: Quote = NOTHING
    gift_names: dict[str, str] = field(default_factory=dict)
    exchange: ReadyReturn | None = None
    loads: tuple[CardLoad, ...] = ()
    typed: dict[int, TypedAmountRow] = field(default_factory=dict)

    @property
    def has_begun(self) -> bool:
        return bool(self.lines or self.member or self.coupons or self.codes or self.exchange)

    def paid_with_exchange(self) -> OpenSale:
        """The sale with what came back as its first tender: nobody can leave that out."""
        goods = self.exchange
        if (
            goods is None
            or not goods.refund.refund_minor
            or any(one.kind == EXCHANGE for one in self.tenders)
        ):
            return self
        tender = Tender(EXCHANGE, goods.refund.refund_minor, goods.sale.row.receipt_number)
        return replace(self, tenders=(tender, *self.tenders))

    def line(self, line_id: int) -> SoldLine | None:
        return next((sold for sold in self.lines if sold.line.line_id == line_id), None)

    def spending(self, unit: str) -> int:
        """How much of a ledger unit the quote spends."""
        return sum(spent.points for spent in self.quote.spent if spent.unit == unit)

    def earning(self, unit: str) -> int:
        """How much of a ledger unit the quote earns."""
        return sum(earned.points for earned in self.quote.earned if earned.unit == unit)

    def free_claims(self) -> tuple[Claim, ...]:
        """What was tapped and costs nothing: it needs no member and no lease."""
        if self.pin is None:
            return ()
        programs = [(one, self.pin.programs.program(one.program_id)) for one in self.claims]
        return tuple(one for one, program in programs if program is not None and program.cost is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySale:
    """An open sale that has everything a commit needs."""

    sale_id: uuid.UUID
    pin: Pin
    lines: tuple[SoldLine, ...]
    member: PresentMember | None
    facts: MemberFacts | None
    tenders: tuple[Tender, ...]
    quote_input: QuoteInput
    quote: Quote
    gift_names: dict[str, str]
    exchange: ReadyReturn | None = None
    member_programs: MemberProgramsRow | None = None
    loads: tuple[CardLoad, ...] = ()


def ready(sale: OpenSale) -> ReadySale:
    """The sale, if there is anything to pay for. Raises LoyaltyError for an empty basket."""
    if not sale.lines or sale.sale_id is None or sale.pin is None or sale.quote_input is None:
        raise LoyaltyError(_("There is nothing to pay for yet."), _("Scan the goods first."), code="no_goods")
    return ReadySale(
        sale_id=sale.sale_id,
        pin=sale.pin,
        lines=sale.lines,
        member=sale.member,
        facts=sale.facts,
        tenders=sale.tenders,
        quote_input=sale.quote_input,
        quote=sale.quote,
        gift_names=sale.gift_names,
        exchange=sale.exchange,
        member_programs=sale.member_programs,
        loads=sale.loads,
    )


def quote_input_of(sale: OpenSale, pin: Pin) -> QuoteInput:
    """What the engine reads of this sale."""
    return QuoteInput(
        basket=Basket(tuple(sold.line for sold in sale.lines)),
        member=_facts(sale, pin),
        claims=sale.claims,
        removals=sale.removals,
        codes=sale.codes,
        coupons=tuple(
            CouponClaim(
                coupon_id=one.coupon.coupon_id,
                program_id=one.coupon.program_id,
                valid_from=one.coupon.valid_from,
                valid_until=one.coupon.valid_until,
                held=one.held,
            )
            for one in sale.coupons
        ),
        shares=pin.shares or msgspec.UNSET,
        confirmed_time_offers=sale.confirmed_time_offers,
        context=pin.context,
        program_set_hash=pin.programs.hash,
    )


def _facts(sale: OpenSale, pin: Pin) -> MemberFacts | None:
    """The member's facts; goods of theirs that come back in this visit have left the progress towards a tier."""
    facts, goods = sale.facts, sale.exchange
    program = pin.programs.tiers
    if (
        facts is None
        or goods is None
        or program is None
        or program.tiers is None
        or not program.tiers.this_sale
    ):
        return facts
    counter = progress_counter(program.tiers.counts, program.id)
    if goods.sale.account_id != facts.account_id or counter not in facts.counters:
        return facts
    back = goods.refund.refund_minor
    if program.tiers.counts == "points":
        unit = points_unit(program.tiers.points_of)
        back = sum(one.points for one in goods.refund.taken_back if one.unit == unit)
    left = max(0, facts.counters[counter] - back)
    return msgspec.structs.replace(facts, counters={**facts.counters, counter: left})
