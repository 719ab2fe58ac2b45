"""Which programs of a set are candidates for this sale: nothing standing refuses them, and they are triggered."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain.goods import Goods
from agent.domain.program import Program, Reward
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rewards.voucher import Voucher

LINES, SETS, BASKET, COUPONS, POINTS = 1, 2, 3, 4, 5
PHASES = (LINES, SETS, BASKET, COUPONS, POINTS)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Candidate:
    """A program that may take something off. `blocks` is what was claimed, `unit` what a points reward costs."""

    program: Program
    reward: Reward
    phase: int
    choose: str
    of_list: bool
    blocks: int = 1
    unit: str = ""
    coupon_id: uuid.UUID | None = None

    @property
    def id(self) -> str:
        return self.program.id

    @property
    def points(self) -> int:
        """What one block costs; 0 where it costs nothing."""
        return self.program.cost.points if self.program.cost is not None else 0

    @property
    def goods(self) -> list[Goods]:
        """What its reward gives something for."""
        reward = self.reward
        if isinstance(reward, Gift | NextVisitCoupon | Voucher):
            return []
        return [part.goods for part in reward.parts] if isinstance(reward, Bundle) else [reward.goods]


def candidates_of(quote_input: QuoteInput, program_set: ProgramSet) -> list[Candidate]:
    """The candidates that can take something off, by id."""
    found = [_candidate(program, quote_input, program_set) for program in program_set.programs]
    return [each for each in found if each is not None]


def stands(program: Program, quote_input: QuoteInput, program_set: ProgramSet) -> bool:
    """Whether nothing refuses this program whatever is in the basket."""
    context = quote_input.context
    timed = program.active is not None or bool(program.hours)
    return (
        ((program.currency or program_set.currency) == context.currency or not program.has_amounts)
        and (not program.stores or context.store_id in program.stores)
        and _is_active(program, quote_input)
        and (not timed or context.clock == "ok" or quote_input.confirmed_time_offers)
        and _is_for(program, quote_input)
        and program.id not in quote_input.removals
        and _is_within_limits(program, quote_input)
    )


def _candidate(program: Program, quote_input: QuoteInput, program_set: ProgramSet) -> Candidate | None:
    if not program.rewards or not stands(program, quote_input, program_set):
        return None
    reward = program.rewards[0]
    if not isinstance(reward, PercentOff | AmountOff | Ladder | CheapestOf | BuyGet | Bundle):
        return None
    blocks, coupon_id = 1, None
    if program.trigger == "choice":
        claimed = [claim.blocks for claim in quote_input.claims if claim.program_id == program.id]
        if not claimed:
            return None
        blocks = claimed[0]
    elif program.trigger == "code" and program.code not in quote_input.codes:
        return None
    elif program.trigger == "coupon":
        presented = sorted(coupons_of(program, quote_input))
        if not presented:
            return None
        coupon_id = presented[0][1]
    group = program_set.groups.get(program.group)
    return Candidate(
        program=program,
        reward=reward,
        phase=_phase(program, reward),
        choose=group.choose if group is not None else "all",
        of_list=group is not None and group.percent_of == "original",
        blocks=blocks,
        unit=program_set.unit_of(program.cost.points_of) if program.cost is not None else "",
        coupon_id=coupon_id,
    )


def coupons_of(program: Program, quote_input: QuoteInput) -> Iterator[tuple[datetime.date, uuid.UUID]]:
    """The presented coupons of a program that may be used now: (last day, id)."""
    today = quote_input.context.business_date
    for coupon in quote_input.coupons:
        if (
            coupon.program_id == program.id
            and coupon.held
            and coupon.valid_from <= today <= coupon.valid_until
        ):
            yield coupon.valid_until, coupon.coupon_id


def _phase(program: Program, reward: Reward) -> int:
    if isinstance(reward, CheapestOf | BuyGet | Bundle):
        return SETS
    if program.cost is not None:
        return POINTS
    if program.trigger in ("code", "coupon"):
        return COUPONS
    if isinstance(reward, PercentOff | AmountOff | Ladder) and (
        reward.goods.items or reward.goods.categories
    ):
        return LINES
    return BASKET


def _is_active(program: Program, quote_input: QuoteInput) -> bool:
    context = quote_input.context
    seconds = context.offer_time_ms // 1000 + context.offset_min * 60
    now = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)  # noqa: DTZ001 - a wall clock
    if program.active is not None:
        today = context.business_date
        begin, until = program.active.begin, program.active.until
        if begin and (now if "T" in begin else today) < _moment(begin):
            return False
        if until and "T" in until and now >= _moment(until):
            return False
        if until and "T" not in until and today > _moment(until):
            return False
    clock = now.strftime("%H:%M")
    for hours in program.hours:
        today_on = not hours.days or _DAYS[now.weekday()] in hours.days
        yesterday_on = not hours.days or _DAYS[now.weekday() - 1] in hours.days
        if hours.begin < hours.until:
            is_open = today_on and hours.begin <= clock < hours.until
        else:
            is_open = (today_on and clock >= hours.begin) or (yesterday_on and clock < hours.until)
        if is_open:
            return True
    return not program.hours


def _moment(text: str) -> datetime.date:
    if "T" in text:
        return datetime.datetime.fromisoformat(text)
    return datetime.date.fromisoformat(text)


def _is_for(program: Program, quote_input: QuoteInput) -> bool:
    member, audience = quote_input.member, program.audience
    earning = program.kind in ("points", "points_multiplier", "stamps", "cashback")
    if earning or program.kind == "points_reward" or audience.who != "all":
        if member is None:
            return False
        if member.provisional and not earning:
            return False
    if audience.who == "all" or member is None:
        return True
    return not (
        (audience.who == "tiers" and member.tier not in audience.tiers)
        or (audience.segments and not set(audience.segments) & set(member.segments))
        or (audience.who == "offered" and program.id not in member.offered)
        or set(audience.not_segments) & set(member.segments)
        or (audience.birthday_week and not member.in_birthday_week)
        or (audience.first_purchase and (member.provisional or member.counters.get("visits", 1) != 0))
    )


def _is_within_limits(program: Program, quote_input: QuoteInput) -> bool:
    limits, member = program.limits, quote_input.member
    if limits.member_uses:
        if member is None or member.provisional:
            return False
        if member.counters.get(f"used:{program.id}", 0) >= limits.member_uses:
            return False
    shares = quote_input.shares
    share = shares.get(program.id) if isinstance(shares, dict) else None
    if limits.total_uses and (share is None or share.uses < 1):
        return False
    return not limits.budget_minor or (share is not None and share.budget_minor >= 1)
