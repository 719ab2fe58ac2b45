"""Which sets are made, where everything else of a deal is decided.

Offers that share units form a component; components are searched apart, since what one of them takes leaves the
others' units alone. The packings that could be best by exact figures are then priced to the minor unit, because
roundings and later thresholds may decide between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import BASKET_PHASE, Candidate
from agent.domain.fickle import is_fickle, most_minor
from agent.domain.packing import Packing, Steps
from agent.domain.pricing import Priced, after_sets, before_sets, ladder_reached, passes, saving, with_sets
from agent.domain.ranking import deal_rank
from agent.domain.rates import millionths
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.set_plan import Plan, chosen_of, packer_of
from agent.domain.set_shop import SetShop, set_shop
from agent.domain.set_ties import alike, earns_apart
from agent.domain.worksheet import FINE, WHOLE

# So many pricings of one part are kept for a close call.
MAX_NEAR: Final = 64
# To price so many lines, each candidate's own, is as much work as a node of a search.
LINES_A_STEP: Final = 6


def pricing_steps(candidates: Sequence[Candidate]) -> int:
    """How many steps it is to price these once."""
    return 1 + sum([10 + len(one.places) for one in candidates]) // LINES_A_STEP


class SetSearch:
    """The best sets beside these candidates."""

    def __init__(self, basis: Basis, candidates: Sequence[Candidate], steps: Steps) -> None:
        self._basis = basis
        self._candidates = candidates
        self._steps = steps
        self._sets = [one for one in candidates if one.is_set]
        self._plain = [one for one in candidates if not one.is_set]

    def best(self, floor_minor: int, *, record: bool = False) -> tuple[Priced, int]:
        """The best pricing, and a discount that none can exceed; below `floor_minor` nobody asks for more."""
        basis = self._basis
        if not self._sets:
            priced = after_sets(basis, self._plain, before_sets(basis, self._plain, record=record))
            return priced, priced.discount_minor
        begin = before_sets(basis, self._plain, record=record)
        situation = basis.situation.with_sheet(begin.sheet)
        offers = [one for one in self._sets if passes(one, situation, begin)]
        if not offers:
            none = after_sets(basis, self._plain, begin)
            return none, none.discount_minor
        shops = set_shops(basis, offers, begin, self._plain)
        plans = [Plan(shop, self._steps) for shop in shops]
        if self._by_themselves(offers):
            return self._apart(begin, plans, shops)
        none = after_sets(basis, self._plain, begin.copy())
        linear = sum(plan.value for plan in plans)
        slack = _slack(offers, self._plain) + self._fickle_room(offers, begin, none)
        best = self._priced(begin, [plan.best for plan in plans], shops)
        ceiling = none.discount_minor + linear // FINE + slack
        unproven = any(not plan.proven for plan in plans)
        if unproven:
            ceiling = none.discount_minor + sum(plan.bound for plan in plans) // FINE + slack
        if none.discount_minor > best.discount_minor:
            best = none
        if ceiling < floor_minor or unproven:
            return best, max(ceiling, best.discount_minor)
        if best.discount_minor < ceiling:
            best, ceiling = self._closer(begin, plans, shops, none, best, slack)
        if best is not none and ceiling == best.discount_minor:
            best = self._best_ranked(begin, plans, shops, best, [self._tied(plan) for plan in plans])
        return best, max(ceiling, best.discount_minor)

    def _fickle_room(self, offers: Sequence[Candidate], begin: Priced, none: Priced) -> int:
        """How much more than in `none` later offers may give on units that sets leave to be picked."""
        places = {place for offer in offers for place in offer.places}
        fickle = [
            one
            for one in self._plain
            if one.phase >= BASKET_PHASE and is_fickle(one) and not places.isdisjoint(one.places)
        ]
        waiting = self._waiting(begin, none)
        if not fickle:
            return waiting
        steady = after_sets(self._basis, [one for one in self._plain if one not in fickle], begin.copy())
        most = steady.discount_minor + sum(most_minor(self._basis, one, begin.sheet) for one in fickle)
        return max(most - none.discount_minor, 0) + waiting

    def _waiting(self, begin: Priced, none: Priced) -> int:
        """What later offers could give that give nothing in `none`, because others leave too little for them.

        Sets may take a threshold away from those others, or bring a discount within its budget.
        """
        # A copy: to pick some units of a run splits it.
        sheet = begin.sheet.copy()
        situation = self._basis.situation.with_sheet(sheet)
        given = {each.candidate for each in none.given}
        total = 0
        for one in self._plain:
            if one.phase < BASKET_PHASE or one in given or one not in none.missed:
                continue
            if all(each.check(situation) is None for each in one.program.conditions):
                total += saving(self._basis, one, sheet, ladder_reached(one, situation)) + one.rounds
        return total

    def _by_themselves(self, offers: Sequence[Candidate]) -> bool:
        """Whether nothing later is about the goods of these offers, and no budget limits them."""
        places = {place for offer in offers for place in offer.places}
        later = [one for one in self._plain if one.phase >= BASKET_PHASE]
        return all(offer.budget_minor is None for offer in offers) and all(
            places.isdisjoint(one.places) and not one.program.conditions for one in later
        )

    def _apart(self, begin: Priced, plans: Sequence[Plan], shops: Sequence[SetShop]) -> tuple[Priced, int]:
        """Each component at its best to the minor unit: what one takes is nothing to the others."""
        certain = [plan.round_off(self._steps) for plan in plans]
        complete = all(certain)
        tied = [self._tied(plan) for plan in plans] if complete else []
        if complete and not any(tied):
            # Nothing is compared with it, so it is made where it stands.
            for plan in plans:
                with_sets(begin, chosen_of(plan.shop, plan.best), plan.shop.classes)
            only = after_sets(self._basis, self._plain, begin)
            return only, only.discount_minor
        best = self._priced(begin, [plan.best for plan in plans], shops)
        if complete:
            return self._best_ranked(begin, plans, shops, best, tied), best.discount_minor
        most = sum(plan.bound for plan in plans) // FINE + sum(plan.roundings for plan in plans)
        # What came before the sets, and what is apart from them, is the same in every packing.
        rest = best.discount_minor - sum(plan.minor for plan in plans)
        return best, max(rest + most, best.discount_minor)

    def _tied(self, plan: Plan) -> list[Packing]:
        """The packings that come to the same discount and might rank before the best one."""
        differ = earns_apart(self._basis, plan.shop)
        if len(plan.shop.offers) < 2 and not differ:
            return []
        return alike(plan, points_differ=differ)

    def _best_ranked(
        self,
        begin: Priced,
        plans: Sequence[Plan],
        shops: Sequence[SetShop],
        best: Priced,
        tied: Sequence[Sequence[Packing]],
    ) -> Priced:
        """Of the packings that come to the same discount, the one that keeps more points, of fewer programs."""
        basis = self._basis
        for plan, others in zip(plans, tied, strict=True):
            used = plan.best
            for packing in others:
                plan.best = packing
                found = self._priced(begin, [each.best for each in plans], shops)
                if deal_rank(basis, found) < deal_rank(basis, best):
                    best, used = found, packing
            plan.best = used
        return best

    def near(self, floor_minor: int) -> list[Priced] | None:
        """Every pricing of at least `floor_minor`, recorded; None where there are too many to tell."""
        begin = before_sets(self._basis, self._plain, record=True)
        situation = self._basis.situation.with_sheet(begin.sheet)
        offers = [one for one in self._sets if passes(one, situation, begin)]
        if not offers:
            priced = after_sets(self._basis, self._plain, begin)
            return [priced] if priced.discount_minor >= floor_minor else []
        shops = set_shops(self._basis, offers, begin, self._plain)
        plans = [Plan(shop, self._steps) for shop in shops]
        if not self._by_themselves(offers) or not all(plan.proven for plan in plans):
            return None
        rest = begin.discount_minor + sum(plan.value for plan in plans) // FINE
        rest += sum(plan.roundings for plan in plans)
        found: list[list[Packing]] = [[]]
        for plan in plans:
            lowest = (floor_minor - rest - 1) * FINE + plan.value
            if not plan.list_from(min(lowest, plan.value), self._steps):
                return None
            found = [[*chosen, packing] for chosen in found for _value, packing in plan.alternatives]
            if len(found) > MAX_NEAR:
                return None
        priced_all = [self._priced(begin, chosen, shops) for chosen in found]
        return [priced for priced in priced_all if priced.discount_minor >= floor_minor]

    def _closer(
        self,
        begin: Priced,
        plans: list[Plan],
        shops: list[SetShop],
        none: Priced,
        best: Priced,
        slack: int,
    ) -> tuple[Priced, int]:
        """Price every combination of packings that roundings or thresholds may make the best."""
        linear = sum(plan.value for plan in plans)
        room = none.discount_minor + slack
        complete = True
        for plan in plans:
            # One component falls back by as much as the whole may, for a deal that is really better.
            lowest = (best.discount_minor + 1 - room) * FINE - (linear - plan.value)
            complete = plan.list_from(min(lowest, plan.value), self._steps) and complete
        suffix = [0]
        for plan in reversed(plans):
            suffix.append(suffix[-1] + plan.value)
        suffix.reverse()
        state = [best]

        def descend(at: int, value: int, chosen: list[Packing]) -> bool:
            if room + (value + suffix[at]) // FINE <= state[0].discount_minor:
                return True
            if at == len(plans):
                if not self._steps.take(pricing_steps(self._candidates)):
                    return False
                found = self._priced(begin, chosen, shops)
                if deal_rank(self._basis, found) < deal_rank(self._basis, state[0]):
                    state[0] = found
                    for plan, packing in zip(plans, chosen, strict=True):
                        plan.best = packing
                return True
            for more, packing in plans[at].alternatives:
                if not descend(at + 1, value + more, [*chosen, packing]):
                    return False
            return True

        complete = descend(0, 0, []) and complete
        found = state[0]
        if complete:
            return found, found.discount_minor
        return found, max(room + linear // FINE, found.discount_minor)

    def _priced(self, begin: Priced, packings: Sequence[Packing], shops: Sequence[SetShop]) -> Priced:
        priced = begin.copy()
        for shop, packing in zip(shops, packings, strict=True):
            # The classes hold runs of the sheet that they were made from; a copy has its own.
            chosen = chosen_of(shop, packing)
            if chosen:
                with_sets(priced, chosen, shop.classes_on(begin.sheet, priced.sheet))
        return after_sets(self._basis, self._plain, priced)


def set_bound(basis: Basis, sets: Sequence[Candidate], plain: Sequence[Candidate]) -> int:
    """The most that these set offers can take off together, in minor units, beside these candidates at least."""
    if not sets:
        return 0
    sure = [one for one in plain if _sure(one)]
    begin = before_sets(basis, sure)
    total = 0
    for shop in set_shops(basis, sets, begin, sure):
        if shop.lone is not None:
            total += sum(choice.value for choice in shop.lone)
        elif shop.complete:
            total += packer_of(shop).bound
        else:
            total += sum(each.left * each.capacity * each.keeps for each in shop.classes)
    return -(-total // FINE)


def set_shops(
    basis: Basis, offers: Sequence[Candidate], begin: Priced, plain: Sequence[Candidate]
) -> list[SetShop]:
    """The components of these offers, on what `begin` has left."""
    keeps = _keeps(plain)
    return [
        set_shop(component, begin.sheet, basis.situation.finder, keeps, basis.tags, basis.listed_sets)
        for component in _components(offers)
    ]


def _components(offers: Sequence[Candidate]) -> list[list[Candidate]]:
    """Offers that share lines, directly or through one another."""
    components: list[tuple[set[int], list[Candidate]]] = []
    for offer in sorted(offers, key=lambda one: one.id):
        places, members = set(offer.places), [offer]
        apart: list[tuple[set[int], list[Candidate]]] = []
        for each in components:
            if each[0].isdisjoint(places):
                apart.append(each)
            else:
                places |= each[0]
                members = [*each[1], *members]
        components = [*apart, (places, members)]
    return [sorted(members, key=lambda one: one.id) for _places, members in components]


def _sure(candidate: Candidate) -> bool:
    """Whether it takes its percentage of all its goods whatever else happens."""
    reward = candidate.reward
    return (
        isinstance(reward, PercentOff)
        and not (reward.units or reward.max_discount_minor or candidate.program.conditions)
        and not (candidate.cost_points or candidate.of_list or candidate.budget_minor is not None)
    )


def _keeps(plain: Sequence[Candidate]) -> dict[int, int]:
    """For each line, how much of a discount on it the later percentages leave, in 10^-12."""
    found: dict[int, int] = {}
    for one in plain:
        if one.phase >= BASKET_PHASE and _sure(one) and isinstance(one.reward, PercentOff):
            keep = WHOLE - millionths(one.reward.rate)
            for place in one.places:
                # Rounded up: a bound must not be too low.
                found[place] = -(-found.get(place, FINE) * keep // WHOLE)
    return found


def _slack(offers: Sequence[Candidate], plain: Sequence[Candidate]) -> int:
    """How many minor units roundings may add to what exact figures say about sets."""
    affected: set[int] = set()
    for offer in offers:
        affected.update(offer.places)
    later = [one for one in plain if one.phase >= BASKET_PHASE]
    for one in later:
        if not affected.isdisjoint(one.places) and not one.rounds:
            affected.update(one.places)
    return sum(one.rounds for one in offers) + sum(
        one.rounds and not affected.isdisjoint(one.places) for one in later
    )
