"""What a translation holds: our program set, and which program of ours stands for which reward of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from agent.domain.program_set import ProgramSet
from tests.conformance.catalogue import Catalogue
from tests.conformance.policy import Policy
from tests.conformance.source_lines import minor
from tests.conformance.source_programs import Selection, SourceProgram, SourceReward

CURRENCY: Final = "EUR"
# How one gets a reward: by itself, by a tap, by a promotion code, by a coupon, or by a tap that costs points.
Access = Literal["automatic", "choice", "code", "coupon", "points", "issue"]
Document = dict[str, Any]


@dataclass(frozen=True)
class Circumstances:
    """What a translation depends on beside the programs themselves.

    `claimed` are the rewards that the case takes by hand; `coupon_points` what the coupons of a program are worth.
    """

    catalogue: Catalogue
    policy: Policy
    net: bool
    step: int = 1
    claimed: frozenset[str] = frozenset()
    coupon_points: Mapping[str, Decimal] = field(default_factory=dict)
    apply_order: tuple[str, ...] = ()

    def amount_minor(self, amount: Decimal, basis: str, goods: Selection) -> int:
        """An amount in the money in which this case is priced: with its tax, or without where it is priced net."""
        exact = Fraction(amount)
        if basis == "tax_included" and self.net:
            exact /= self.catalogue.factor(goods)
        elif basis == "tax_excluded" and not self.net:
            exact *= self.catalogue.factor(goods)
        return minor(exact)


@dataclass(frozen=True)
class Offer:
    """One program of ours. `item` is what a gift hands out, `pack` how many of it a block is."""

    id: str
    program: SourceProgram
    reward: SourceReward
    access: Access
    document: Document
    code: str = ""
    item: str = ""

    @property
    def is_gift(self) -> bool:
        return bool(self.item)

    @property
    def points_per_block(self) -> int:
        cost = self.document.get("cost")
        return int(cost["points"]) if cost else 0


@dataclass(frozen=True)
class Translation:
    """`earners` maps a points program of the case to ours; `codes` a code in capitals to the offers that it opens."""

    program_set: ProgramSet
    document: Document
    offers: tuple[Offer, ...]
    earners: Mapping[str, str]
    codes: Mapping[str, tuple[Offer, ...]]

    def offer(self, our_id: str) -> Offer:
        return next(each for each in self.offers if each.id == our_id)

    def of_reward(self, name: str) -> tuple[Offer, ...]:
        """The offers of a reward, named as `reward` or as `program.reward`; none where it cannot be had now."""
        return tuple(
            each
            for each in self.offers
            if name in (each.reward.id, f"{each.program.id}.{each.reward.id}") and each.access != "issue"
        )
