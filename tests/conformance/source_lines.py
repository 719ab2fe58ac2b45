"""A case's basket as lines of ours: gross amounts, each with the taxes that it contains.

Our engine prices what the customer pays. Where a source counts its discounts without tax, the basket is priced
without it (`net`), and the tax comes back in the totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from agent.domain.apportion import apportion
from agent.domain.basket import Basket, Line, Tax
from tests.conformance.words import Json, UnknownWord, Words

_PERCENT: Final = Decimal(100)
# So that proportions between lines are exact enough when a rounded total is divided over them.
_FINE: Final = 10**9
ON_SALE: Final = " (on sale)"


@dataclass(frozen=True)
class SourceTax:
    """`rate` is a fraction of the price without taxes."""

    code: str
    rate: Fraction


@dataclass(frozen=True)
class SourceLine:
    """`net_unit` is one unit without any tax. `fixed_tax` is charged for each unit and never discounted."""

    sku: str
    label: str
    qty: Decimal
    net_unit: Fraction
    taxes: tuple[SourceTax, ...]
    tax_code: str
    category: tuple[str, ...]
    tags: tuple[str, ...]
    on_sale: bool
    discountable: bool
    earns: bool
    fixed_tax: Decimal
    list_price: Decimal

    @property
    def factor(self) -> Fraction:
        """What a net amount is multiplied by to be what the customer pays."""
        return 1 + sum((tax.rate for tax in self.taxes), Fraction())

    @property
    def item_code(self) -> str:
        return self.sku + ON_SALE if self.on_sale else self.sku

    def price(self, *, net: bool) -> Fraction:
        """The whole line, exactly, in units of money."""
        return Fraction(self.qty) * self.net_unit * (1 if net else self.factor)


def read_lines(basket: object) -> tuple[SourceLine, ...]:
    """The lines of one step. Raises UnknownWord."""
    if not isinstance(basket, list):
        raise UnknownWord("a basket is not a list")
    return tuple(_line(Words(each, f"basket[{number}]"), number) for number, each in enumerate(basket))


def _line(words: Words, number: int) -> SourceLine:
    sku = words.text("sku")
    if not sku:
        raise UnknownWord(f"{words.where} has no sku")
    qty = words.number("qty", Decimal(1)) or Decimal(0)
    if qty <= 0:
        raise UnknownWord(f"{words.where}.qty is {qty}")
    price = words.number("unit_price", Decimal(0)) or Decimal(0)
    code = words.text("tax_code")
    components = words.rows("components")
    rates = _rates(words)
    if components:
        net, taxes = _of_components(components, price, words.where)
    else:
        contained = sum((rate for rate, included in rates if included), Fraction())
        net = Fraction(price) / (1 + contained)
        taxes = tuple(SourceTax(code or f"{float(rate * 100):g}", rate) for rate, _ in rates if rate)
    category = words.text("category")
    line = SourceLine(
        sku=sku,
        label=str(words.take("id", words.take("line", f"{sku}#{number}"))),
        qty=qty,
        net_unit=net,
        taxes=taxes,
        tax_code=code or "+".join(f"{float(tax.rate * 100):g}" for tax in taxes) or "0",
        category=tuple(category.split("/")) if category else (),
        tags=words.texts("tags") or (),
        on_sale=words.flag("on_sale"),
        discountable=words.flag("discountable", default=True),
        earns=words.flag("earns", default=True),
        fixed_tax=words.number("fixed_tax_per_unit", Decimal(0)) or Decimal(0),
        list_price=words.number("list_price", price) or price,
    )
    words.take("name")
    words.done()
    return line


def _rates(words: Words) -> list[tuple[Fraction, bool]]:
    """Each tax as (rate, included in the price)."""
    included = words.flag("tax_included")
    rate = words.number("tax_rate_pct", Decimal(0)) or Decimal(0)
    found = [(Fraction(rate / _PERCENT), included)] if rate else []
    for number, each in enumerate(words.rows("taxes")):
        tax = Words(each, f"{words.where}.taxes[{number}]")
        found.append((Fraction(tax.number("rate", Decimal(0)) or Decimal(0)) / 100, tax.flag("included")))
        tax.done()
    return found


def _of_components(
    components: Sequence[Json], price: Decimal, where: str
) -> tuple[Fraction, tuple[SourceTax, ...]]:
    """A meal: its price is apportioned over the parts by their base price, and each part keeps its own tax."""
    parts: list[tuple[Fraction, Fraction]] = []
    for number, each in enumerate(components):
        words = Words(each, f"{where}.components[{number}]")
        words.text("sku")
        base, tax = words.number("base", Decimal(0)), words.number("tax", Decimal(0))
        parts.append((Fraction(base or 0), Fraction(tax or 0) / 100))
        words.done()
    whole = sum((base for base, _ in parts), Fraction())
    if not whole:
        raise UnknownWord(f"{where}.components have no base price")
    rates: dict[Fraction, Fraction] = {}
    for weight, rate in parts:
        rates[rate] = rates.get(rate, Fraction()) + weight / whole * rate
    taxes = tuple(
        SourceTax(f"{float(rate * 100):g}", share) for rate, share in sorted(rates.items()) if share
    )
    return Fraction(price), taxes


def minor(amount: Decimal | Fraction) -> int:
    """Minor units, half up."""
    exact = Fraction(amount) * 100
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def basket_of(lines: Sequence[SourceLine], *, net: bool, tax_rounded_globally: bool = False) -> Basket:
    """Our basket: line n of the case has the id n, and a fixed tax is a line of its own that is never discounted."""
    exact = [line.price(net=net) * 100 for line in lines]
    amounts = [minor(amount / 100) for amount in exact]
    if tax_rounded_globally and lines:
        weights = [int(amount * _FINE) for amount in exact]
        parts = apportion(minor(sum(exact, Fraction()) / 100), [1] * len(lines), weights, weights)
        amounts = [share + extra for share, extra in parts]
    found = [
        _our_line(number, line, amount, net=net)
        for number, (line, amount) in enumerate(zip(lines, amounts, strict=True))
    ]
    fees = [
        Line(
            line_id=len(lines) + number,
            item_code=f"fixed tax on {line.sku}"[:64],
            name="Fixed tax",
            quantity=line.qty,
            extended_minor=minor(line.fixed_tax * line.qty),
            discountable=False,
            earns=False,
            deposit=True,
        )
        for number, line in enumerate(lines)
        if line.fixed_tax
    ]
    return Basket((*found, *fees))


def _our_line(number: int, line: SourceLine, amount: int, *, net: bool) -> Line:
    taxes = () if net else tuple(Tax(tax.code, _rate(tax.rate)) for tax in line.taxes)
    return Line(
        line_id=number,
        item_code=line.item_code,
        name=line.sku,
        quantity=line.qty,
        extended_minor=amount,
        taxes=taxes,
        category=line.category,
        discountable=line.discountable,
        earns=line.earns,
    )


def _rate(rate: Fraction) -> Decimal:
    """Six decimals, as our rates are written."""
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return exact.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP).normalize()
