"""What a sale gave, counted the same way for a sale of the journal and for a quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.domain.quote import Discount, Earned, GiftGrant, Spent


class Issued(Protocol):
    @property
    def redeems_program_id(self) -> str: ...


class Priced(Protocol):
    """A sale's journal entry, or a quote."""

    @property
    def goods_minor(self) -> int: ...
    @property
    def discount_minor(self) -> int: ...
    @property
    def discounts(self) -> tuple[Discount, ...]: ...
    @property
    def earned(self) -> tuple[Earned, ...]: ...
    @property
    def spent(self) -> tuple[Spent, ...]: ...
    @property
    def coupons_issued(self) -> Sequence[Issued]: ...
    @property
    def gifts(self) -> tuple[GiftGrant, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`earned` and `spent` by ledger unit, `coupons` by the program that honours them, `gifts` by item, all without
    zeros; `by_program` is the discount of each program."""

    discount_minor: int
    earned: dict[str, int]
    spent: dict[str, int]
    coupons: dict[str, int]
    gifts: dict[str, int]
    by_program: dict[str, int]

    def same_for_the_member(self, other: Given) -> bool:
        """Whether nothing differs but, perhaps, which program gave it."""
        return (self.discount_minor, self.earned, self.spent, self.coupons, self.gifts) == (
            other.discount_minor,
            other.earned,
            other.spent,
            other.coupons,
            other.gifts,
        )


def given_of(priced: Priced) -> Given:
    """What this sale or quote gives."""
    return Given(
        discount_minor=priced.discount_minor,
        earned=_sums((each.unit, each.points) for each in priced.earned),
        spent=_sums((each.unit, each.points) for each in priced.spent),
        coupons=_sums((each.redeems_program_id, 1) for each in priced.coupons_issued),
        gifts=_sums((each.item_code, each.units) for each in priced.gifts),
        by_program=_sums((each.program_id, each.amount_minor) for each in priced.discounts),
    )


def _sums(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, amount in parts:
        found[name] = found.get(name, 0) + amount
    return {name: amount for name, amount in found.items() if amount}
