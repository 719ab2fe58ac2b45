"""The figures that cases ask for, worked out from quotes, stored sales and the ledger; never from what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.domain import ledger
from agent.domain.explain import explain
from agent.domain.quote import Refusal
from agent.domain.tax import taxes_contained
from tests.conformance.actions import StepResult
from tests.conformance.members import id_of
from tests.conformance.pricing import PricedOrder, again
from tests.conformance.program_words import earner_id
from tests.conformance.rejections import ALREADY_USED, UNKNOWN_CODE
from tests.conformance.setup import Setup
from tests.conformance.shop import MONEY, Sale, wallet_of
from tests.conformance.source_programs import SourceProgram
from tests.conformance.translation import Offer
from tests.conformance.words import UnknownWord


@dataclass(frozen=True)
class OrderFigures:
    """What a priced order comes to."""

    setup: Setup
    priced: PricedOrder

    @property
    def total(self) -> Decimal:
        """What is left to pay after gift cards and wallets."""
        return _money(self.priced.left_minor)

    @property
    def discount_total(self) -> Decimal:
        return _money(self.priced.quote.discount_minor)

    @property
    def tax(self) -> Decimal:
        return _money(self.priced.total_minor) - self.untaxed

    @property
    def untaxed(self) -> Decimal:
        """What the sale comes to without its taxes, each rounded once as on a receipt."""
        if self.setup.net:
            return _money(self.priced.quote.total_minor)
        basket = self.priced.quote_input.basket
        paid = [(line.taxes, self.priced.line_left_minor(line.line_id)) for line in basket.lines]
        taxes = sum(tax.amount_minor for tax in taxes_contained(paid))
        fixed = sum(line.extended_minor for line in basket.lines if line.deposit)
        return _money(self.priced.quote.total_minor - taxes - fixed)

    @property
    def gross(self) -> Decimal:
        """Everything at list prices, gifts too."""
        gifts = self.priced.quote.gifts
        for gift in gifts:
            if self.setup.catalogue.price(gift.item_code) is None:
                raise UnknownWord(f"the list price of {gift.item_code}")
        return _money(self.priced.quote.goods_minor + sum(gift.value_minor for gift in gifts))

    def by_reward(self) -> dict[str, Decimal]:
        """Reward -> discount."""
        found: dict[str, int] = {}
        for discount in self.priced.quote.discounts:
            name = self._reward(discount.program_id)
            found[name] = found.get(name, 0) + discount.amount_minor
        return _amounts(found)

    def by_line(self, reward: str = "") -> dict[str, Decimal]:
        """Discount by item and by line id, of one reward or of all."""
        found: dict[str, int] = {}
        for discount in self.priced.quote.discounts:
            if reward and reward not in self._names(discount.program_id):
                continue
            line = self.priced.order.lines[discount.line_id]
            for name in (line.sku, line.label):
                found[name] = found.get(name, 0) + discount.amount_minor
        return _amounts(found)

    def by_tax_code(self) -> dict[str, Decimal]:
        found: dict[str, int] = {}
        for discount in self.priced.quote.discounts:
            code = self.priced.order.lines[discount.line_id].tax_code
            found[code] = found.get(code, 0) + discount.amount_minor
        return _amounts(found)

    def discount_lines(self) -> int:
        """Rows of discount on a receipt: one for each reward, or for each reward and tax."""
        per_tax = self.setup.policy.lines_per_tax_code
        lines = self.priced.order.lines
        return len(
            {
                (
                    self.priced.translation.offer(each.program_id).reward,
                    lines[each.line_id].tax_code if per_tax else "",
                )
                for each in self.priced.quote.discounts
            }
        )

    def free_items(self) -> dict[str, Decimal]:
        """Gifts beside the basket, and units of the basket that a free item has made free."""
        found: dict[str, Decimal] = {}
        for gift in self.priced.quote.gifts:
            offer = self.priced.translation.offer(gift.program_id)
            asked = self._asked(offer)
            units = Decimal(gift.units) if asked is None else min(asked, Decimal(gift.units))
            found[gift.item_code] = found.get(gift.item_code, Decimal(0)) + units
        for discount in self.priced.quote.discounts:
            if self.priced.translation.offer(discount.program_id).reward.type == "free_item":
                sku = self.priced.order.lines[discount.line_id].sku
                units = Decimal(sum(run.count for run in discount.runs if run.share))
                found[sku] = found.get(sku, Decimal(0)) + units
        return found

    def claimable(self) -> set[str]:
        """Rewards that wait for a tap, and those that were tapped and can be had once more."""
        quote, translation = self.priced.quote, self.priced.translation
        found = {translation.offer(each.program_id).reward.id for each in quote.claimable}
        for claim in self.priced.quote_input.claims:
            offer = translation.offer(claim.program_id)
            if offer.access == "points" and again(self.priced, offer):
                found.add(offer.reward.id)
        return found

    def refusals(self) -> dict[str, set[str]]:
        """For everything that was entered: why it gives nothing; what gives something is left out."""
        priced, order = self.priced, self.priced.order
        found: dict[str, set[str]] = {code: {UNKNOWN_CODE} for code in order.unknown}
        applied = {each.program_id for each in priced.quote.applied}
        applied |= {each.redeems_program_id for each in priced.quote.coupons_issued}
        for code in order.codes:
            offers = priced.translation.codes.get(code.upper(), ())
            if not offers and not _issues(priced, code):
                found[code] = {UNKNOWN_CODE}
            elif offers and not applied.intersection(offer.id for offer in offers):
                found[code] = {self._why(offer.id) for offer in offers}
        for coupon in order.coupons:
            codes = {each.refusal.code for each in priced.quote.refused if each.coupon_id == coupon.id}
            spent = any(coupon.id in _redeemed(sale) for sale in self.setup.shop.sales if not sale.void)
            if codes:
                found[coupon.code] = codes | ({ALREADY_USED} if spent else set())
        return found

    def _asked(self, offer: Offer) -> Decimal | None:
        claims = self.priced.order.claims
        return next((asked for name, asked in claims.items() if name in self._names(offer.id)), None)

    def _why(self, our_id: str) -> str:
        answer = explain(self.priced.quote_input, self.priced.translation.program_set, our_id)
        return answer.code if isinstance(answer, Refusal) else ""

    def _reward(self, our_id: str) -> str:
        return self.priced.translation.offer(our_id).reward.id

    def _names(self, our_id: str) -> set[str]:
        offer = self.priced.translation.offer(our_id)
        return {offer.reward.id, f"{offer.program.id}.{offer.reward.id}"}


@dataclass(frozen=True)
class PointsFigures:
    """One points program of the member of this step."""

    setup: Setup
    result: StepResult
    program: SourceProgram

    @property
    def _unit(self) -> str:
        return ledger.points_unit(earner_id(self.program))

    @property
    def earned(self) -> Decimal:
        priced = _required(self.result)
        return Decimal(sum(each.points for each in priced.quote.earned if each.unit == self._unit))

    @property
    def spent(self) -> Decimal:
        priced = _required(self.result)
        return Decimal(sum(each.points for each in priced.quote.spent if each.unit == self._unit))

    @property
    def balance(self) -> Decimal:
        member = self.setup.shop.member
        if member is None:
            raise UnknownWord("a balance of nobody")
        return Decimal(self.setup.shop.balance(member.account_id, self._unit))

    @property
    def projected_balance(self) -> Decimal:
        """The balance after this order, whether or not it is committed yet."""
        order = self.setup.shop.order
        if order is None or order.state == "committed":
            return self.balance
        return self.balance + self.earned - self.spent

    @property
    def granted(self) -> Decimal:
        return self.result.granted.get(self.program.id, Decimal(0))

    @property
    def clawed_back(self) -> Decimal:
        return Decimal(sum(each.taken_back(self._unit) for each in self.result.returns))

    @property
    def given_back(self) -> Decimal:
        return Decimal(sum(each.given_back(self._unit) for each in self.result.returns))

    @property
    def earned_after_return(self) -> Decimal:
        """What is left of the points of the sale whose goods came back."""
        if not self.result.returns:
            raise UnknownWord("points after a return where nothing came back")
        sale = self.result.returns[-1].sale
        returns = list(sale.returns)
        returns += [each.refund for each in self.result.returns if each.refund not in returns]
        taken = sum(
            each.points for refund in returns for each in refund.taken_back if each.unit == self._unit
        )
        return Decimal(sum(each.points for each in sale.earned if each.unit == self._unit) - taken)


def stored_value(setup: Setup, result: StepResult, kind: str, name: str) -> Decimal:
    """`used` by this order, or what is booked on a gift card or in a wallet of this name.

    `remaining` (or `left`) is what this order leaves of what it uses, committed or not; `balance` what is booked.
    """
    shop, member = setup.shop, setup.shop.member
    if name in ("used", "remaining", "left", "balance"):
        priced = _required(result)
        used = sum(tender.amount_minor for tender in priced.tenders if tender.kind == kind)
        if name == "used":
            return _money(used)
        accounts = [id_of("gift card", code) for code in priced.order.gift_cards]
        if kind == "wallet":
            accounts = [wallet_of(member, each) for each in _wallets(setup)] if member is not None else []
        booked = sum(shop.balance(account, MONEY) for account in accounts)
        return _money(booked if name == "balance" or priced.order.state == "committed" else booked - used)
    if kind == "gift_card":
        return _money(shop.balance(id_of("gift card", name), MONEY))
    if member is None or name not in _wallets(setup):
        raise UnknownWord(f'the wallet "{name}"')
    return _money(shop.balance(wallet_of(member, name), MONEY))


def _wallets(setup: Setup) -> list[str]:
    return [each.id for each in setup.source_programs() if each.kind == "ewallet"]


def refunded(setup: Setup, result: StepResult) -> Decimal:
    """What goes back to the customer in this step."""
    if setup.net and result.returns:
        raise UnknownWord("a refund where discounts are counted without tax")
    return _money(sum(each.refund.refund_minor for each in result.returns))


def _required(result: StepResult) -> PricedOrder:
    if result.priced is None:
        raise UnknownWord("figures of an order where there is none")
    return result.priced


def _redeemed(sale: Sale) -> Iterable[object]:
    return [use.coupon_id for use in sale.settled.coupons_redeemed]


def _issues(priced: PricedOrder, code: str) -> bool:
    programs = {offer.program.id: offer.program for offer in priced.translation.offers}
    return any(
        program.when.code.upper() == code.upper() and program.kind == "next_order_coupon"
        for program in programs.values()
    )


def _money(minor: int) -> Decimal:
    return Decimal(minor) / 100


def _amounts(minors: Mapping[str, int]) -> dict[str, Decimal]:
    return {name: _money(amount) for name, amount in minors.items()}
