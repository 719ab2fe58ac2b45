"""Later offers, one after another, on one exact amount: what bounds them whatever the early ones give up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain.candidate import Candidate
from agent.domain.rates import millionths
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.situation import Situation
from agent.domain.worksheet import FINE, WHOLE

# A percentage above this may make more of a discount given up and its rounding than they were.
STEEP: Final = WHOLE * 3 // 5


@dataclass(frozen=True, slots=True)
class Term:
    """What one later offer takes off: a percentage (in millionths) of at most `minor`, if that is not 0, or an amount."""

    rate: int
    minor: int


@dataclass(frozen=True, slots=True)
class LaterOffers:
    """The later offers of one `mode`, one after another, on an exact amount; `early_minor` was taken off before.

    `needed_minor` is what the early offers must take less before all of these reach their thresholds.
    """

    early_minor: int
    terms: Sequence[Term]
    exact: int
    needed_minor: int = 0
    mode: Sequence[Candidate] = ()
    # How many early offers, each alone on its goods, take their rounding with them when they are given up.
    rounding: int = 0

    def most(self, less_minor: int, rounded: int = 0) -> int:
        """The most that is taken off where the early offers take so much less, or a little less than that.

        `rounded` is how many more roundings of early offers, of half a minor unit each, may be gone with it.
        """
        begin = max(less_minor, self.needed_minor)
        reach = len(self.terms) + 2
        if any(term.rate > STEEP for term in self.terms):
            reach += self.rounding
        return max(
            self.early_minor - less + chain(self.terms, self._exact(less, rounded))
            for less in range(begin, begin + reach)
        )

    def _exact(self, less_minor: int, rounded: int) -> int:
        """What is left where the early offers take so much less: each that is gone may have been rounded up."""
        return self.exact + less_minor * FINE + (min(less_minor, self.rounding) + rounded) * FINE // 2


def chain(terms: Iterable[Term], exact: int) -> int:
    """What these take off one exact amount, one after another, in minor units."""
    total = 0
    for term in terms:
        if term.rate:
            off = exact * term.rate // WHOLE
            amount = (2 * off + FINE) // (2 * FINE)
            if term.minor and amount > term.minor:
                amount = term.minor
                off = amount * FINE
            exact -= off
        else:
            amount = min(term.minor, exact // FINE)
            exact -= amount * FINE
        total += amount
    return total


def term_of(one: Candidate, situation: Situation, more_minor: int = 0) -> Term | None:
    """What an offer takes off where `more_minor` is left than in this situation; None for one that is not plain."""
    reward = one.reward
    if isinstance(reward, AmountOff):
        return Term(0, reward.amount_minor) if reward.off == "sale" else None
    if isinstance(reward, PercentOff):
        return None if reward.units else Term(millionths(reward.rate), reward.max_discount_minor)
    if isinstance(reward, Ladder):
        return _term_of_step(reward, reached(reward, situation, more_minor))
    return None


def reached(ladder: Ladder, situation: Situation, more_minor: int = 0) -> int:
    """How far a ladder's goods have come where so much more is left: minor units, or units."""
    if ladder.by_units:
        return situation.units(ladder.goods)
    return situation.spent_minor(ladder.goods) + more_minor


def gaps(one: Candidate, situation: Situation) -> list[int]:
    """How much more has to be left for each step that a ladder has not reached."""
    reward = one.reward
    if not isinstance(reward, Ladder) or reward.by_units:
        return []
    begin = reached(reward, situation)
    return [reward.begins_at(step) - begin for step in reward.steps if reward.begins_at(step) > begin]


def _term_of_step(ladder: Ladder, come_to: int) -> Term | None:
    step = ladder.step(come_to)
    # Where a higher step may give less, less may give more.
    if step is None or not ladder.rising:
        return None
    return Term(0, step.amount_minor) if step.rate is None else Term(millionths(step.rate), 0)
