"""Making the sets that were chosen: taking their discounts off the units of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent.domain.apportion import apportion
from agent.domain.candidate import Candidate
from agent.domain.rates import millionths
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.set_choices import SetChoice, UnitClass
from agent.domain.worksheet import COUNT, LEFT, WHOLE, Chosen, Took, Worksheet, percentage


def make_sets(
    sheet: Worksheet, chosen: Sequence[SetChoice], classes: Sequence[UnitClass]
) -> list[tuple[Candidate, Took]]:
    """Make these sets on the sheet that the classes were read from: what each candidate takes.

    Candidates come in list order, and units of a class in the order of lines.
    """
    queues = [each.units[:] for each in classes]
    by_offer: dict[Candidate, list[SetChoice]] = {}
    for choice in chosen:
        by_offer.setdefault(choice.candidate, []).append(choice)
    given: dict[Candidate, list[Chosen]] = {}
    ranked = sorted(by_offer, key=lambda offer: (-offer.program.priority, offer.program.id))
    for offer in ranked:
        wanted = given.setdefault(offer, [])
        # Equal sets together: hundreds of pairs of one line are two runs and not hundreds.
        for choice, sets in Counter(by_offer[offer]).items():
            spare = dict(choice.uses)
            for number, count in choice.given:
                wanted += _units_of(sheet, queues[number], sets * count)
                spare[number] -= count
            for number, count in spare.items():
                _units_of(sheet, queues[number], sets * count)
    made: list[tuple[Candidate, Took]] = []
    for offer in ranked:
        units = _in_order(sheet, given[offer])
        made.append((offer, _take(sheet, offer, units, len(by_offer[offer]))))
    return made


def _in_order(sheet: Worksheet, units: list[Chosen]) -> list[Chosen]:
    """Line by line, and the units of a line as they stand: ties go to the earlier one."""
    if len(units) < 2:
        return units
    places = {place for place, _ in units}
    rank = {id(run): (place, at) for place in places for at, run in enumerate(sheet.runs[place])}
    return sorted(units, key=lambda one: rank[id(one[1])])


def _units_of(sheet: Worksheet, queue: list[Chosen], count: int) -> list[Chosen]:
    """The next `count` units of a class, as runs of their own."""
    taken: list[Chosen] = []
    while count:
        place, run = queue.pop(0)
        if count < run[COUNT]:
            sheet.split(place, run, count)
            line = sheet.runs[place]
            at = next(number for number, each in enumerate(line) if each is run)
            queue.insert(0, (place, line[at + 1]))
        taken.append((place, run))
        count -= run[COUNT]
    return taken


def _take(sheet: Worksheet, offer: Candidate, units: list[Chosen], sets: int) -> Took:
    reward = offer.reward
    if isinstance(reward, Bundle):
        left = [run[LEFT] for _, run in units]
        saving = sum(run[COUNT] * run[LEFT] for _, run in units) - sets * reward.price_minor
        return sheet.take(units, apportion(saving, [run[COUNT] for _, run in units], left, left))
    rate = millionths(reward.rate) if isinstance(reward, CheapestOf | BuyGet) else 0
    return sheet.take_percent(units, rate)


def discount_of(choices: Sequence[SetChoice], classes: Sequence[UnitClass]) -> int:
    """What the sets of one candidate take off together, in whole minor units."""
    reward = choices[0].candidate.reward
    given = [use for choice in choices for use in choice.given]
    if isinstance(reward, Bundle):
        left = sum(count * classes[number].left for number, count in given)
        return left - len(choices) * reward.price_minor
    rate = millionths(reward.rate) if isinstance(reward, CheapestOf | BuyGet) else 0
    if rate == WHOLE:
        return sum(count * classes[number].left for number, count in given)
    counts = [count for _, count in given]
    exact = [classes[number].exact for number, _ in given]
    return percentage(counts, exact, [classes[number].left for number, _ in given], rate)
