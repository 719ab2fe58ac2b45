"""An order as a quote_input of ours, evaluated by the engine, and what its tenders leave to pay."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Final

import msgspec

from agent.domain import ledger
from agent.domain.basket import Basket
from agent.domain.evaluate import evaluate
from agent.domain.limits import USED
from agent.domain.member import MemberFacts
from agent.domain.quote import Quote
from agent.domain.quote_input import Claim, Context, CouponClaim, QuoteInput, Share
from tests.conformance.members import Person, SourceCoupon
from tests.conformance.program_words import earner_id, needs_balance, our_code, rich_segment, segment_of
from tests.conformance.setup import Setup, StepSettings
from tests.conformance.shop import MONEY, STORE, Order, wallet_of
from tests.conformance.source_lines import basket_of, minor
from tests.conformance.translation import CURRENCY, Offer, Translation
from tests.conformance.words import UnknownWord

_NOON_MS: Final = 12 * 3600 * 1000
_DAY_MS: Final = 24 * 3600 * 1000
_MAX_BLOCKS: Final = 1_000_000
_NO_PROGRAM: Final = "no-such-program"


@dataclass(frozen=True)
class Tender:
    """Stored value that pays a part of the total."""

    kind: str
    account_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True)
class PricedOrder:
    """`total_minor` is with tax and before tenders; `left_minor` is what they leave to pay."""

    order: Order
    translation: Translation
    quote_input: QuoteInput
    quote: Quote
    total_minor: int
    tenders: tuple[Tender, ...]

    @property
    def left_minor(self) -> int:
        return self.total_minor - sum(tender.amount_minor for tender in self.tenders)

    def line_left_minor(self, line_id: int) -> int:
        """What is left of one line, in the money in which the case is priced."""
        line = next(each for each in self.quote_input.basket.lines if each.line_id == line_id)
        return line.extended_minor - sum(
            discount.amount_minor for discount in self.quote.discounts if discount.line_id == line_id
        )


def price_order(setup: Setup, order: Order, settings: StepSettings) -> PricedOrder:
    """Evaluate an order now. Raises UnknownWord."""
    translation = setup.translation(order, settings)
    quote_input = _quote_input(setup, order, translation)
    quote = evaluate(quote_input, translation.program_set)
    total = _with_tax(order, quote_input.basket, quote) if setup.net else quote.total_minor
    return PricedOrder(order, translation, quote_input, quote, total, _tenders(setup, order, total))


def again(priced: PricedOrder, offer: Offer) -> bool:
    """Whether a reward that was claimed for points could be claimed once more."""
    claims = [
        Claim(each.program_id, each.blocks + (each.program_id == offer.id))
        for each in priced.quote_input.claims
    ]
    more = evaluate(
        msgspec.structs.replace(priced.quote_input, claims=tuple(claims)), priced.translation.program_set
    )
    spent = [sum(each.points for each in quote.spent) for quote in (priced.quote, more)]
    return spent[1] > spent[0]


def _quote_input(setup: Setup, order: Order, translation: Translation) -> QuoteInput:
    day = setup.shop.today
    return QuoteInput(
        basket=_basket(setup, order),
        member=_facts(setup, order.member, translation) if order.member is not None else None,
        claims=_claims(setup, order, translation),
        removals=tuple(offer.id for name in order.removed for offer in translation.of_reward(name)),
        codes=_codes(order, translation),
        coupons=tuple(_coupon(setup, order, coupon, translation) for coupon in order.coupons),
        shares=_shares(setup, translation),
        context=Context(
            store_id=setup.price_list or STORE,
            register_id="register",
            currency=CURRENCY,
            currency_exponent=2,
            offer_time_ms=(day - datetime.date(1970, 1, 1)).days * _DAY_MS + _NOON_MS,
            offset_min=0,
            business_date=day,
        ),
        program_set_hash=translation.program_set.hash,
    )


def _basket(setup: Setup, order: Order) -> Basket:
    """Selling stored value earns nothing, and no offer takes anything off it."""
    stored = setup.stored_value_items()
    basket = basket_of(order.lines, net=setup.net, tax_rounded_globally=setup.policy.tax_rounded_globally)
    return Basket(
        tuple(
            msgspec.structs.replace(line, earns=False, discountable=False) if line.name in stored else line
            for line in basket.lines
        )
    )


def _facts(setup: Setup, person: Person, translation: Translation) -> MemberFacts:
    shop = setup.shop
    units = [ledger.points_unit(our_id) for our_id in translation.earners.values()]
    balances = {unit: shop.balance(person.account_id, unit) for unit in units}
    segments: list[str] = []
    for program in {offer.program.id: offer.program for offer in translation.offers}.values():
        if program.when.targets and all(
            person.facts.get(fact) == value for fact, value in program.when.targets
        ):
            segments.append(segment_of(program))
        for reward in program.rewards:
            unit = ledger.points_unit(earner_id(program))
            if needs_balance(program, reward) and balances.get(unit, 0) >= reward.cost_points:
                segments.append(rich_segment(program, reward))
    used = {
        USED + offer.id: shop.member_uses.get((person.key, offer.program.id), 0)
        for offer in translation.offers
    }
    return MemberFacts(
        member_id=person.account_id,
        account_id=person.account_id,
        balances={unit: amount for unit, amount in balances.items() if amount},
        spendable={unit: amount for unit, amount in balances.items() if amount > 0},
        counters={name: count for name, count in used.items() if count},
        segments=tuple(segments),
    )


def _claims(setup: Setup, order: Order, translation: Translation) -> tuple[Claim, ...]:
    found: dict[str, Claim] = {}
    for name, asked in order.claims.items():
        for offer in _chosen(order, name, translation):
            if offer.access == "choice":
                found[offer.id] = Claim(offer.id)
            elif offer.access == "points":
                found[offer.id] = Claim(offer.id, _blocks(setup, order, offer, asked))
    return tuple(found.values())


def _chosen(order: Order, name: str, translation: Translation) -> list[Offer]:
    """The offers of a claimed reward; of several gifts the one that was asked for, else the first."""
    offers = translation.of_reward(name)
    if not any(offer.is_gift for offer in offers):
        return list(offers)
    item = order.claimed_items.get(name, offers[0].item)
    found = [offer for offer in offers if offer.item == item]
    if not found:
        raise UnknownWord(f'"{item}" is no item of the reward "{name}"')
    return found


def _blocks(setup: Setup, order: Order, offer: Offer, asked: Decimal | None) -> int:
    """How many times the reward's cost: as often as asked; points that count one by one are all spent."""
    if asked is not None:
        per_block = offer.reward.reward_qty if offer.reward.type == "free_item" else 1
        blocks = int((asked / per_block).to_integral_value(ROUND_CEILING))
    elif offer.reward.type == "amount_per_point" and order.member is not None:
        unit = ledger.points_unit(earner_id(offer.program))
        blocks = setup.shop.balance(order.member.account_id, unit)
    else:
        blocks = 1
    return min(max(blocks, 1), _MAX_BLOCKS)


def _codes(order: Order, translation: Translation) -> tuple[str, ...]:
    """Our codes for those that were entered; a program of several rewards opens the one that is claimed."""
    found: list[str] = []
    for code in order.codes:
        for offer in translation.codes.get(code.upper(), ()):
            claimed = {offer.reward.id, f"{offer.program.id}.{offer.reward.id}"}.intersection(order.claims)
            free = len(offer.program.rewards) == 1 and offer.program.claim != "manual"
            if offer.code and (free or claimed):
                found.append(offer.code)
    for program in translation.document["programs"]:
        if program["kind"] == "next_visit_coupon" and program.get("code"):
            found += [program["code"] for code in order.codes if program["code"] == our_code(code)]
    return tuple(dict.fromkeys(found))


def _coupon(setup: Setup, order: Order, coupon: SourceCoupon, translation: Translation) -> CouponClaim:
    offers = [
        offer
        for offer in translation.offers
        if offer.access == "coupon"
        and offer.program.id == coupon.program
        and coupon.issued_for in ("", offer.reward.id)
    ]
    by_hand = any(offer.program.claim == "manual" for offer in offers)
    if by_hand or len({offer.reward.id for offer in offers}) > 1:
        offers = [offer for offer in offers if offer.reward.id in order.claims]
    if len(offers) > 1:
        item = order.claimed_items.get(offers[0].reward.id, offers[0].item)
        offers = [offer for offer in offers if offer.item == item]
        if len(offers) > 1:
            raise UnknownWord("one coupon for a reward that is several of ours")
    reward = offers[0].reward if offers else None
    worth = reward is None or reward.type == "amount_per_point" or coupon.points >= reward.cost_points
    return CouponClaim(
        coupon_id=coupon.id,
        program_id=offers[0].id if offers else _NO_PROGRAM,
        valid_from=coupon.valid_from,
        valid_until=coupon.valid_until,
        held=setup.shop.holds(coupon) and worth,
    )


def _shares(setup: Setup, translation: Translation) -> dict[str, Share]:
    """What this register, the only one, may still do of limited programs."""
    shop, found = setup.shop, {}
    sources = {each.id: each for each in setup.source_programs()}
    limited = {offer.id: offer.program.id for offer in translation.offers if offer.document.get("limits")}
    limited |= {our_id: name for name, our_id in translation.earners.items() if sources[name].max_uses_total}
    for our_id, name in limited.items():
        program = sources[name]
        uses = program.max_uses_total - program.uses_before - shop.uses.get(name, 0)
        left = minor((program.budget_minor_limit or Decimal(0)) - program.budget_spent)
        found[our_id] = Share(uses=max(uses, 0), budget_minor=max(left - shop.given_away.get(name, 0), 0))
    return found


def _with_tax(order: Order, basket: Basket, quote: Quote) -> int:
    """What is paid where the basket was priced without tax: each line's rest with its tax, and fixed taxes."""
    taken: dict[int, int] = {}
    for discount in quote.discounts:
        taken[discount.line_id] = taken.get(discount.line_id, 0) + discount.amount_minor
    total = 0
    for line in basket.lines:
        factor = order.lines[line.line_id].factor if line.line_id < len(order.lines) else Fraction(1)
        total += minor(Fraction(line.extended_minor - taken.get(line.line_id, 0), 100) * factor)
    return total


def _tenders(setup: Setup, order: Order, total_minor: int) -> tuple[Tender, ...]:
    """Gift cards first, in the order of their scanning, then the wallet; never more than is left."""
    found: list[Tender] = []
    left = total_minor
    for code in order.gift_cards:
        account = setup.shop.find_card(code)
        if account is not None:
            amount = min(setup.shop.balance(account, MONEY), left)
            found.append(Tender("gift_card", account, amount))
            left -= amount
    if order.uses_wallet and order.member is not None:
        asked = left if order.wallet_asked is None else minor(order.wallet_asked)
        for program in order.member.wallets:
            account = wallet_of(order.member, program)
            amount = min(setup.shop.balance(account, MONEY), left, asked)
            found.append(Tender("wallet", account, amount))
            left, asked = left - amount, asked - amount
    return tuple(tender for tender in found if tender.amount_minor > 0)
