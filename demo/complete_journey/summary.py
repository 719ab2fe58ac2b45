"""What a replay comes to, read from the registers' journals and compared with the data basket by basket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

from agent.domain.ledger import points_unit
from agent.store.sqlite import Connection
from demo.complete_journey.journals import read_sales
from demo.complete_journey.oddities import Oddities
from demo.complete_journey.plan import Plan
from demo.complete_journey.shop import POINTS_PROGRAM
from demo.complete_journey.source import SourceBasket
from sync.wire.entries import SaleEntry


@dataclass(slots=True)
class Summary:
    """Amounts are minor units. `differences` counts baskets that are not to the cent what the data says: the goods
    before our own rewards, line by line, and what the manufacturers' coupons paid."""

    baskets: int = 0
    lines: int = 0
    overrides: int = 0
    differences: int = 0
    members: set[str] = field(default_factory=set)
    goods_minor: int = 0
    rewards_minor: int = 0
    total_minor: int = 0
    manufacturer_coupons_minor: int = 0
    tender_excess_minor: int = 0
    points_earned: int = 0
    points_spent: int = 0
    coupons_issued: int = 0
    coupons_redeemed: int = 0
    oddities: Oddities = field(default_factory=Oddities)

    @property
    def override_share(self) -> float:
        return self.overrides / self.lines if self.lines else 0.0


def summarise(plan: Plan, readers: Sequence[Connection]) -> Summary:
    """Count and compare every sale that the registers hold (a reader for each) with its basket."""
    summary = Summary()
    entries = [read_sales(reader) for reader in readers]
    for place, basket in plan.baskets():
        sale = next(entries[plan.lane_of(place)], None)
        if sale is None:
            break
        _count_basket(summary, plan, basket)
        _count_sale(summary, sale)
        summary.differences += not agrees(basket, sale)
    return summary


def agrees(basket: SourceBasket, sale: SaleEntry) -> bool:
    """Is the sale to the cent what the data says of this basket?"""
    lines = sale.quote_input.basket.lines
    coupons = sum(tender.amount_minor for tender in sale.tenders if tender.kind == "manufacturer_coupon")
    return (
        sale.goods_minor == basket.sales_minor
        and [(line.item_code, line.extended_minor) for line in lines]
        == [(str(line.product_id), line.sales_minor) for line in basket.lines]
        and coupons == basket.coupon_minor
        and sale.tender_excess_minor == max(0, coupons - sale.total_minor)
    )


def report_lines(summary: Summary) -> Iterator[str]:
    """The closing report, a fact to a line."""
    yield f"baskets          {summary.baskets:>10,}"
    yield f"lines            {summary.lines:>10,}"
    yield f"overrides        {summary.overrides:>10,}   {summary.override_share:.2%} of lines"
    yield f"members          {len(summary.members):>10,}"
    yield f"goods            {_money(summary.goods_minor):>10}   our own rewards {_money(summary.rewards_minor)}"
    yield (
        f"manufacturers    {_money(summary.manufacturer_coupons_minor):>10}   paid by their coupons, "
        f"of it over the total {_money(summary.tender_excess_minor)}"
    )
    yield f"points           {summary.points_earned:>10,}   earned, {summary.points_spent:,} spent"
    yield f"coupons          {summary.coupons_issued:>10,}   issued, {summary.coupons_redeemed:,} redeemed"
    for one in fields(summary.oddities):
        yield f"{one.name.replace('_', ' '):21} {getattr(summary.oddities, one.name):>5,}"
    yield f"differences      {summary.differences:>10,}   to what the data says, to the cent"


def _count_basket(summary: Summary, plan: Plan, basket: SourceBasket) -> None:
    for line in basket.lines:
        summary.oddities.count_line(line, plan.source.product(line.product_id))
    summary.oddities.count_coupons(basket)


def _count_sale(summary: Summary, sale: SaleEntry) -> None:
    lines = sale.quote_input.basket.lines
    unit = points_unit(POINTS_PROGRAM)
    summary.baskets += 1
    summary.lines += len(lines)
    summary.overrides += sum(line.price_source == "override" for line in lines)
    if sale.quote_input.member is not None:
        summary.members.add(str(sale.quote_input.member.account_id))
    summary.goods_minor += sale.goods_minor
    summary.rewards_minor += sale.discount_minor
    summary.total_minor += sale.total_minor
    summary.manufacturer_coupons_minor += sum(
        tender.amount_minor for tender in sale.tenders if tender.kind == "manufacturer_coupon"
    )
    summary.tender_excess_minor += sale.tender_excess_minor
    summary.points_earned += sum(earned.points for earned in sale.earned if earned.unit == unit)
    summary.points_spent += sum(spent.points for spent in sale.spent if spent.unit == unit)
    summary.coupons_issued += len(sale.coupons_issued)
    summary.coupons_redeemed += len(sale.coupons_redeemed)


def _money(amount_minor: int) -> str:
    return f"{amount_minor // 100:,}.{amount_minor % 100:02d}"
