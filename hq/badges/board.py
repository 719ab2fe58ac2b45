"""The leaderboard: who takes part, by what they did in the running period, under their aliases.

It is empty below ten participants, since with few everybody knows who is who, and it never counts money.
"""

from __future__ import annotations

import datetime
import zoneinfo
from dataclasses import dataclass

from agent.domain.occasions.badge import MIN_PARTICIPANTS, Counted, Leaderboard
from agent.domain.occasions.periods import first_day_of
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from hq.badges.counting import count
from hq.badges.models import Participant
from hq.devices.models import Store
from hq.members.purchases import purchase_days
from hq.occasions import whom
from hq.occasions.whom import Whom, when_in


@dataclass(frozen=True, slots=True)
class Place:
    """One line: who has as many as another has the same rank."""

    rank: int
    alias: str
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard as it stands. `places` is empty while fewer than ten take part."""

    program: Program
    counts: Counted
    participants: int
    places: tuple[Place, ...]

    @property
    def is_shown(self) -> bool:
        return self.participants >= MIN_PARTICIPANTS


def boards(program_set: ProgramSet, now_ms: int) -> list[Board]:
    """Every leaderboard of the program set."""
    rules = [(one, one.occasion) for one in program_set.programs if isinstance(one.occasion, Leaderboard)]
    stores = {store.pk: store for store in Store.objects.all()}
    return [_board(program, rule, program_set, stores, now_ms) for program, rule in rules]


def _board(
    program: Program, rule: Leaderboard, program_set: ProgramSet, stores: dict[str, Store], now_ms: int
) -> Board:
    taking_part = _participants(program, stores, now_ms)
    if len(taking_part) < MIN_PARTICIPANTS:
        return Board(program, rule.counts, len(taking_part), ())
    days = purchase_days({member.member_id: member.account_id for member, _alias in taking_part})
    reached: list[tuple[int, str]] = []
    for member, alias in taking_part:
        store = stores[member.home_store]
        first = first_day_of(rule.period, when_in(store, now_ms).on)
        counted = count(
            rule.counts, member.member_id, days[member.member_id], program_set, first, _begin_ms(store, first)
        )
        if counted:
            reached.append((counted, alias))
    reached.sort(key=lambda one: (-one[0], one[1]))
    places = [
        Place(1 + sum(other > counted for other, _alias in reached), alias, counted)
        for counted, alias in reached
    ]
    return Board(program, rule.counts, len(taking_part), tuple(places[: rule.shown]))


def _participants(program: Program, stores: dict[str, Store], now_ms: int) -> list[tuple[Whom, str]]:
    """Who takes part and may: a member once, whatever was merged."""
    found: dict[object, tuple[Whom, str]] = {}
    for participant in Participant.objects.order_by("since_ms", "member_id"):
        member = whom.find(participant.member_id)
        store = stores.get(member.home_store) if member is not None else None
        if member is None or store is None:
            continue
        if whom.refusal(program, member, store, when_in(store, now_ms)) is None:
            found.setdefault(member.member_id, (member, participant.alias))
    return list(found.values())


def _begin_ms(store: Store, first: datetime.date) -> int:
    """When the store's business day `first` began, UTC in ms; 0 for the first of all days."""
    if first == datetime.date.min:
        return 0
    midnight = datetime.datetime.combine(first, datetime.time(), zoneinfo.ZoneInfo(store.zone))
    return round(midnight.timestamp() * 1000) + store.day_cutoff_min * 60_000
