"""Committing an order, and taking it back: the domain settles the sale, the shop's ledger keeps it."""

from __future__ import annotations

import uuid

from agent.domain import ledger
from agent.domain.sale import settle_sale
from tests.conformance.members import SourceCoupon, id_of
from tests.conformance.pricing import PricedOrder
from tests.conformance.refunds import reversed_postings
from tests.conformance.setup import Setup
from tests.conformance.shop import CHAIN, MONEY, STORE, Order, Sale, Shop, wallet_of
from tests.conformance.words import UnknownWord


def plan_coupons(priced: PricedOrder) -> dict[str, SourceCoupon]:
    """The coupons that this order would issue, by what cases call them."""
    found: dict[str, SourceCoupon] = {}
    for place, grant in enumerate(priced.quote.coupons_issued):
        offer = priced.translation.offer(grant.redeems_program_id)
        code = priced.order.coupon_code(place)
        found[code] = SourceCoupon(
            code=code,
            program=offer.program.id,
            points=offer.program.earn.points or offer.reward.cost_points,
            valid_from=grant.valid_from,
            valid_until=grant.valid_until,
            issued_for=offer.reward.id,
        )
    return found


def commit(setup: Setup, priced: PricedOrder, card: str = "") -> Sale:
    """Book an order. `card` is the number of a gift card that it sells. Raises LoyaltyError like `settle_sale`."""
    shop, order, quote = setup.shop, priced.order, priced.quote
    coupons = plan_coupons(priced)
    # Where the case is priced without tax, the tax is paid beside what the domain settles.
    stored = 0 if setup.net else sum(tender.amount_minor for tender in priced.tenders)
    tenders = [("stored_value", stored), ("cash", quote.total_minor - stored)]
    settled = settle_sale(
        priced.quote_input,
        quote,
        tenders=tenders,
        chain_id=CHAIN,
        grants=shop.grants(order.member, order.coupons),
        coupon_ids=[coupon.id for coupon in coupons.values()],
    )
    postings = list(settled.postings)
    for tender in priced.tenders:
        postings += ledger.move(
            tender.account_id,
            MONEY,
            tender.amount_minor,
            ledger.lease_bucket(CHAIN),
            ledger.redeemed_bucket(STORE),
        )
    credited = _credited(setup, priced, card)
    for _, account, amount in credited:
        postings += ledger.move(account, MONEY, amount, ledger.issued_bucket(STORE), ledger.AVAILABLE)
    shop.book(postings)
    shop.issued |= coupons
    gave = _gave(priced)
    _count_uses(shop, order, gave, 1)
    order.state = "committed"
    sale = Sale(
        order=order,
        quote_input=priced.quote_input,
        settled=settled,
        gave=gave,
        credited=credited,
        postings=tuple(postings),
        program_set=priced.translation.program_set,
    )
    order.sale = sale
    shop.sales.append(sale)
    return sale


def void(shop: Shop, sale: Sale) -> None:
    """Everything as it was before the sale. Raises UnknownWord for one that was taken back already."""
    if sale.void or sale.returns:
        raise UnknownWord("a void of a sale that was taken back already")
    shop.book(reversed_postings(sale.postings))
    _count_uses(shop, sale.order, sale.gave, -1)
    sale.void = True
    sale.order.state = "cancelled"


def _credited(setup: Setup, priced: PricedOrder, card: str) -> tuple[tuple[int, uuid.UUID, int], ...]:
    """Stored value that this order sells: (line, account, amount)."""
    stored = setup.stored_value_items()
    found: list[tuple[int, uuid.UUID, int]] = []
    for line_id, line in enumerate(priced.order.lines):
        program = stored.get(line.sku)
        if program is None:
            continue
        earn = program.earn
        if earn.per == "money":
            amount = int(priced.line_left_minor(line_id) * earn.points)
        elif earn.per == "unit":
            amount = int(line.qty * earn.points * 100)
        else:
            amount = int(earn.points * 100)
        if program.kind == "gift_card":
            name = card or f"card of order {priced.order.number}, line {line_id}"
            found.append((line_id, id_of("gift card", name), amount))
        elif priced.order.member is not None:
            found.append((line_id, wallet_of(priced.order.member, program.id), amount))
        else:
            raise UnknownWord("a wallet is topped up for nobody")
    return tuple(found)


def _gave(priced: PricedOrder) -> dict[str, int]:
    """The programs of the case that gave something, with the discount in minor units."""
    found: dict[str, int] = {}
    for applied in priced.quote.applied:
        name = priced.translation.offer(applied.program_id).program.id
        found[name] = found.get(name, 0) + applied.discount_minor
    return found


def _count_uses(shop: Shop, order: Order, gave: dict[str, int], step: int) -> None:
    """A use is an order in which a program gave something; `step` -1 takes it back."""
    for name, amount in gave.items():
        shop.uses[name] = shop.uses.get(name, 0) + step
        shop.given_away[name] = shop.given_away.get(name, 0) + step * amount
        if order.member is not None:
            key = (order.member.key, name)
            shop.member_uses[key] = shop.member_uses.get(key, 0) + step
