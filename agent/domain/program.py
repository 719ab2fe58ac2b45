"""A program as data: what it gives, for whom, when, and under which conditions. docs/program-set.md is a tour."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext as _
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.bounds import PointsAmount, ProgramId
from agent.domain.conditions.active_window import ActiveWindow
from agent.domain.conditions.audience import Audience
from agent.domain.conditions.has_goods import HasGoods
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.conditions.weekly_hours import WeeklyHours
from agent.domain.goods import Goods, Name
from agent.domain.limits import NO_LIMITS, Limits
from agent.domain.occasions.activity import Activity
from agent.domain.occasions.badge import Badge, Leaderboard
from agent.domain.occasions.birthday import Birthday
from agent.domain.occasions.referral import Referral
from agent.domain.occasions.segment import Segment
from agent.domain.occasions.welcome import Welcome
from agent.domain.problems import Problem
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.back import Back
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.multiply import Multiply
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.per_money import PerMoney
from agent.domain.rewards.per_unit import PerUnit
from agent.domain.rewards.per_visit import PerVisit
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rewards.voucher import Voucher
from agent.domain.tiers import TierRules

Kind = Literal[
    "points", "points_multiplier", "stamps", "points_reward", "promotion", "next_visit_coupon", "coupon", "tiers",
    "cashback", "experience",
    "welcome", "birthday", "referral", "activity", "segment", "badge", "leaderboard"
]  # fmt: skip
Trigger = Literal["automatic", "choice", "code", "coupon"]
Condition = MinSpend | HasGoods
SetOffer = CheapestOf | BuyGet | Bundle
Reward = PercentOff | AmountOff | Ladder | CheapestOf | BuyGet | Bundle | Gift | NextVisitCoupon | Voucher
Earning = PerMoney | PerUnit | PerVisit | Multiply | Back
Occasion = Welcome | Birthday | Referral | Activity | Segment | Badge | Leaderboard
Locale = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^([A-Z0-9][A-Z0-9-]{1,31})?$")]

_GIVING: Final[tuple[type[Reward], ...]] = (
    PercentOff,
    AmountOff,
    Ladder,
    CheapestOf,
    BuyGet,
    Bundle,
    Gift,
)
# Sets are chosen by the search, and what costs points by the member.
_FOR_POINTS: Final = (PercentOff, AmountOff, Gift, Voucher)
# What changes no price, so that no search for the best deal has anything to do with it.
TAKES_NOTHING_OFF: Final = (NextVisitCoupon, Gift, Voucher)
_COUNTING: Final[tuple[type[Earning], ...]] = (PerMoney, PerUnit, PerVisit)
# kind -> (its triggers, the rewards that it may give, the earning rules that it may have).
_SHAPES: Final[
    dict[Kind, tuple[tuple[Trigger, ...], tuple[type[Reward], ...], tuple[type[Earning], ...]]]
] = {
    "points": (("automatic",), (), _COUNTING),
    "points_multiplier": (("automatic",), (), (Multiply,)),
    "stamps": (("automatic",), (), _COUNTING),
    # Stored value of the member: the register pays with it as a tender.
    "cashback": (("automatic",), (), (Back,)),
    "points_reward": (("choice",), _FOR_POINTS, ()),
    "promotion": (("automatic", "choice", "code"), (*_GIVING, Voucher), ()),
    "next_visit_coupon": (("automatic", "code"), (NextVisitCoupon,), ()),
    "coupon": (("coupon",), _GIVING, ()),
    # Something that is booked: its vouchers are used for nothing but themselves.
    "experience": (("coupon",), (), ()),
    # Gives nothing itself: other programs name its tiers as their audience.
    "tiers": (("automatic",), (), ()),
}
# What HQ runs outside baskets. Each is described by the `occasion` of its own name, and by nothing of the above.
RUN_BY_HQ: Final[frozenset[Kind]] = frozenset(
    {"welcome", "birthday", "referral", "activity", "segment", "badge", "leaderboard"}
)


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a reward costs: so many points (or stamps) of the program `points_of`."""

    points_of: ProgramId
    points: PointsAmount


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One program. `name` is for screens and `receipt_text` for paper, both by locale.

    `currency` is that of its amounts, the set's where it is empty. Programs of a higher `priority` come first
    within their phase. `stores` empty: every store. `code` is what a customer says for the trigger "code".
    `group` names a stacking group of the set; `not_with` are programs that never stand beside this one.
    """

    id: ProgramId
    needs: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()
    kind: Kind
    trigger: Trigger = "automatic"
    name: Annotated[dict[Locale, Text], msgspec.Meta(min_length=1, max_length=50)]
    receipt_text: Annotated[dict[Locale, Text], msgspec.Meta(max_length=50)] = {}
    currency: Currency | Literal[""] = ""
    active: ActiveWindow | None = None
    hours: Annotated[tuple[WeeklyHours, ...], msgspec.Meta(max_length=20)] = ()
    stores: Annotated[tuple[Name, ...], msgspec.Meta(max_length=10_000)] = ()
    audience: Audience = Audience()
    code: Code = ""
    cost: Cost | None = None
    conditions: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=20)] = ()
    rewards: Annotated[tuple[Reward, ...], msgspec.Meta(max_length=1)] = ()
    earning: Annotated[tuple[Earning, ...], msgspec.Meta(max_length=20)] = ()
    tiers: TierRules | None = None
    experiment: Annotated[str, msgspec.Meta(max_length=64)] = ""
    group: Annotated[str, msgspec.Meta(max_length=64)] = ""
    not_with: Annotated[tuple[ProgramId, ...], msgspec.Meta(max_length=200)] = ()
    limits: Limits = NO_LIMITS
    priority: Annotated[int, msgspec.Meta(ge=-1_000, le=1_000)] = 0
    occasion: Occasion | None = None

    def title(self, locale: str) -> str:
        """The name for screens, in this language, else English, else the first."""
        return _in_language(self.name, locale)

    def text(self, locale: str) -> str:
        """The text for receipts, in this language, else English, else the first; the name where there is none."""
        return _in_language(self.receipt_text or self.name, locale)

    @property
    def run_by_hq(self) -> bool:
        """Whether HQ runs it outside baskets, so that no quote ever has anything of it."""
        return self.kind in RUN_BY_HQ

    @property
    def has_amounts(self) -> bool:
        """Whether anything in it is counted in money."""
        if isinstance(self.occasion, Referral) and self.occasion.min_spend_minor:
            return True
        parts = (*self.earning, *self.conditions, *self.rewards)
        counted = (PerMoney, Back, MinSpend, AmountOff, Ladder, Bundle)
        if self.limits.budget_minor or (self.tiers is not None and self.tiers.counts == "spend"):
            return True
        return any(isinstance(part, counted) for part in parts)

    @property
    def goods(self) -> tuple[Goods, ...]:
        """The goods that it gives something for; none where that does not depend on single goods."""
        found: list[Goods] = []
        for part in (*self.rewards, *self.earning):
            if isinstance(part, Bundle):
                found += [each.goods for each in part.parts]
            elif isinstance(part, Gift):
                found += [part.for_each.goods] if part.for_each is not None else []
            elif not isinstance(part, NextVisitCoupon | Voucher):
                found.append(part.goods)
        return tuple(found)

    def problem(self) -> Problem | None:
        """What is wrong inside this program, beyond the types of its fields."""
        if self.run_by_hq:
            return self._problem_outside_baskets()
        if self.occasion is not None:
            return Problem("occasion", _('must be left out for the kind "{kind}"').format(kind=self.kind))
        triggers, rewards, rules = _SHAPES[self.kind]
        if self.trigger not in triggers:
            allowed = ", ".join(f'"{trigger}"' for trigger in triggers)
            return Problem("trigger", self._must_be(allowed))
        if (self.trigger == "code") != bool(self.code):
            return Problem("code", _('must be given where `trigger` is "code", and nowhere else'))
        if (self.kind == "points_reward") != (self.cost is not None):
            return Problem("cost", _('must be given for the kind "points_reward", and nowhere else'))
        if self.experiment and (self.kind != "promotion" or self.trigger != "automatic"):
            return Problem("experiment", _("can be given for an automatic promotion only"))
        if self.experiment and self.audience.who == "all":
            return Problem(
                "experiment", _('cannot be given where `audience.who` is "all": arms are of members')
            )
        if (self.kind == "tiers") != (self.tiers is not None):
            return Problem("tiers", _('must be given for the kind "tiers", and nowhere else'))
        if self.kind in ("tiers", "experience") and self.rewards:
            return Problem("rewards", _('must be empty for the kind "{kind}"').format(kind=self.kind))
        for field, given in (("group", self.group), ("not_with", self.not_with)):
            if self.kind == "experience" and given:
                return Problem(field, _('must be left out for the kind "{kind}"').format(kind=self.kind))
        if not rewards and self.rewards:
            told = _('must be empty for the kind "{kind}", which has `earning`').format(kind=self.kind)
            return Problem("rewards", told)
        if not rules and self.earning:
            return Problem("earning", _('must be empty for the kind "{kind}"').format(kind=self.kind))
        if rules and not self.earning:
            return Problem("earning", _("must have at least one rule"))
        if rewards and not self.rewards:
            return Problem("rewards", _("must have one reward"))
        for field, parts, allowed_types in (
            ("rewards", self.rewards, rewards),
            ("earning", self.earning, rules),
        ):
            for number, part in enumerate(parts):
                if not isinstance(part, allowed_types):
                    names = ", ".join(str(each.__struct_config__.tag) for each in allowed_types)
                    return Problem(f"{field}[{number}].type", self._must_be(names))
        if self.trigger != "choice" and any(isinstance(reward, Voucher) for reward in self.rewards):
            return Problem(
                "trigger", _('must be "choice" where the reward is a voucher: it is never given unasked')
            )
        return self._problem_of_a_part()

    def _problem_outside_baskets(self) -> Problem | None:
        """HQ reads audience, dates, stores and the occasion; whatever else is given would have no effect."""
        if self.occasion is None or self.occasion.__struct_config__.tag != self.kind:
            told = _('must be given, with the `type` "{kind}"').format(kind=self.kind)
            return Problem("occasion", told)
        ignored: tuple[tuple[str, bool], ...] = (
            ("trigger", self.trigger != "automatic"),
            ("code", bool(self.code)),
            ("cost", self.cost is not None),
            ("conditions", bool(self.conditions)),
            ("rewards", bool(self.rewards)),
            ("earning", bool(self.earning)),
            ("hours", bool(self.hours)),
            ("group", bool(self.group)),
            ("not_with", bool(self.not_with)),
            ("limits", self.limits.any),
            ("audience.who", self.audience.who == "offered"),
            ("audience.birthday_week", self.audience.birthday_week),
            ("audience.first_purchase", self.audience.first_purchase),
        )
        for field, given in ignored:
            if given:
                return Problem(field, _('must be left out for the kind "{kind}"').format(kind=self.kind))
        problem = self.occasion.problem()
        return problem.under("occasion") if problem is not None else self._problem_of_a_part()

    def _must_be(self, allowed: str) -> str:
        if "," in allowed:
            return _('must be one of {allowed} for the kind "{kind}"').format(allowed=allowed, kind=self.kind)
        return _('must be {allowed} for the kind "{kind}"').format(allowed=allowed, kind=self.kind)

    def _problem_of_a_part(self) -> Problem | None:
        parts = [
            ("audience", self.audience),
            ("active", self.active),
            ("tiers", self.tiers),
            *((f"hours[{number}]", each) for number, each in enumerate(self.hours)),
            *((f"rewards[{number}]", reward) for number, reward in enumerate(self.rewards)),
            *((f"earning[{number}]", rule) for number, rule in enumerate(self.earning)),
        ]
        for path, part in parts:
            problem = part.problem() if part is not None else None
            if problem is not None:
                return problem.under(path)
        return None


def _in_language(texts: Mapping[str, str], locale: str) -> str:
    language = locale.partition("_")[0]
    regional = next((name for name in sorted(texts) if name.startswith(f"{language}_")), "")
    for wanted in (locale, language, regional, "en"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()))
