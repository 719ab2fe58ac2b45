"""The packing solver against trying everything, and on shelves where trying everything would never end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain import packing
from agent.domain.packing import Column, Packer, Packing, Steps
from agent.domain.packing_simplex import linear_optimum

_FINE = 10**12
_PLENTY = 100_000


@dataclass(frozen=True)
class Shelf:
    """Units by class, the sets that could be made of them, and how many each offer may make."""

    capacities: tuple[int, ...]
    columns: tuple[Column, ...]
    most: tuple[int, ...]

    def packer(self) -> Packer:
        return Packer(self.capacities, self.columns, self.most)

    def allows(self, numbers: Sequence[int]) -> bool:
        room, made = list(self.capacities), [0] * len(self.most)
        for number in numbers:
            column = self.columns[number]
            made[column.owner] += 1
            for each, count in column.uses:
                room[each] -= count
        over = any(limit and sets > limit for limit, sets in zip(self.most, made, strict=True))
        return min(room) >= 0 and not over

    def worth(self, numbers: Sequence[int]) -> int:
        return sum(self.columns[number].value for number in numbers)

    def all_packings(self, begin: Packing = ()) -> Iterator[Packing]:
        yield begin
        for number in range(begin[-1] if begin else 0, len(self.columns)):
            if self.allows((*begin, number)):
                yield from self.all_packings((*begin, number))


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    capacities = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    most = draw(st.lists(st.sampled_from((0, 0, 1, 2)), min_size=1, max_size=3))
    values = draw(
        st.sampled_from(
            (st.sampled_from((50, 99, 149)).map(lambda minor: minor * _FINE), st.integers(1, 300 * _FINE))
        )
    )
    uses = st.dictionaries(
        st.integers(0, len(capacities) - 1), st.integers(1, 3), min_size=1, max_size=3
    ).map(lambda counts: tuple(sorted(counts.items())))
    column = st.builds(Column, st.integers(0, len(most) - 1), uses, values)
    columns = draw(st.lists(column, max_size=6))
    return Shelf(tuple(capacities), tuple(columns), tuple(most))


def crowded(classes: int, sets: int, seed: int, capacity: int = 1) -> Shelf:
    """So many overlapping bundles of two to four of these goods, each bundle an offer of its own."""
    chance = random.Random(seed)
    prices = [chance.randint(100, 2000) for _class in range(classes)]
    columns: list[Column] = []
    for owner in range(sets):
        members = sorted(chance.sample(range(classes), chance.randint(2, 4)))
        total = sum(prices[each] for each in members)
        value = total * chance.randint(10, 40) // 100 * _FINE
        columns.append(Column(owner, tuple((each, 1) for each in members), value))
    return Shelf((capacity,) * classes, tuple(columns), (0,) * sets)


@pytest.fixture(params=["linear program", "rounds", "rounds and short first try"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small shelves would all be priced by the linear program; the other ways have to be right as well."""
    if request.param != "linear program":
        monkeypatch.setattr(packing, "_SMALL", 0)
    if request.param == "rounds and short first try":
        monkeypatch.setattr(packing, "_EASY_STEPS", 1)
        monkeypatch.setattr(packing, "_DIVE_STEPS", 2)


@pytest.mark.usefixtures("way")
class TestBest:
    @settings(max_examples=60, deadline=None)
    @given(shelves())
    def test_no_other_choice_of_sets_is_worth_more(self, shelf: Shelf) -> None:
        value, chosen, proven = shelf.packer().best(Steps(_PLENTY))

        assert proven
        assert value == max(shelf.worth(each) for each in shelf.all_packings())
        assert value == shelf.worth(chosen)
        assert shelf.allows(chosen)

    @settings(max_examples=60, deadline=None)
    @given(shelves())
    def test_the_bound_is_never_too_low_and_meets_what_is_proven(self, shelf: Shelf) -> None:
        packer = shelf.packer()
        before = packer.bound

        value, _chosen, _proven = packer.best(Steps(_PLENTY))

        assert before >= value == packer.bound

    @settings(max_examples=60, deadline=None)
    @given(shelves(), st.integers(0, 6))
    def test_without_steps_the_answer_is_a_packing_and_the_bound_still_holds(
        self, shelf: Shelf, limit: int
    ) -> None:
        packer, steps = shelf.packer(), Steps(limit)

        value, chosen, proven = packer.best(steps)

        best = max(shelf.worth(each) for each in shelf.all_packings())
        assert shelf.allows(chosen)
        assert shelf.worth(chosen) == value <= best <= packer.bound
        assert proven == (packer.bound == value)
        assert steps.left >= 0

    @settings(max_examples=60, deadline=None)
    @given(shelves(), st.randoms(use_true_random=False))
    def test_the_order_of_the_sets_does_not_matter(self, shelf: Shelf, chance: random.Random) -> None:
        columns = list(shelf.columns)
        chance.shuffle(columns)

        other = replace(shelf, columns=tuple(columns)).packer().best(Steps(_PLENTY))

        assert other[0] == shelf.packer().best(Steps(_PLENTY))[0]


@pytest.mark.usefixtures("way")
class TestListing:
    @settings(max_examples=60, deadline=None)
    @given(shelves(), st.integers(0, 100))
    def test_every_packing_worth_enough_is_told_once(self, shelf: Shelf, percent: int) -> None:
        everything = [(shelf.worth(each), each) for each in shelf.all_packings()]
        lowest = max(everything)[0] * percent // 100
        told: list[tuple[int, Packing]] = []

        complete = shelf.packer().search(
            lambda: lowest, lambda value, chosen: told.append((value, chosen)), Steps(_PLENTY)
        )

        assert complete
        assert sorted(told) == sorted(each for each in everything if each[0] >= lowest)

    @settings(max_examples=60, deadline=None)
    @given(shelves())
    def test_a_rising_floor_ends_with_the_best(self, shelf: Shelf) -> None:
        told = [0]

        shelf.packer().search(lambda: told[-1] + 1, lambda value, _chosen: told.append(value), Steps(_PLENTY))

        assert told == sorted(set(told))
        assert told[-1] == max(shelf.worth(each) for each in shelf.all_packings())

    @settings(max_examples=60, deadline=None)
    @given(shelves(), st.integers(0, 6))
    def test_a_listing_stops_with_its_steps(self, shelf: Shelf, limit: int) -> None:
        told: list[Packing] = []

        complete = shelf.packer().search(lambda: 0, lambda _value, chosen: told.append(chosen), Steps(limit))

        assert len(told) <= limit
        assert complete == (len(told) == len(list(shelf.all_packings())))


@settings(deadline=None)
@given(shelves())
def test_fractions_of_sets_are_worth_at_least_what_whole_ones_are(shelf: Shelf) -> None:
    capacities = [max(each, 3) for each in shelf.capacities]
    uses, values = [each.uses for each in shelf.columns], [each.value for each in shelf.columns]

    optimum = linear_optimum(capacities, uses, values, 1_000)

    assert optimum is not None
    for used, value in zip(uses, values, strict=True):
        assert sum(optimum.prices[each] * count for each, count in used) >= value
    at_prices = sum(count * price for count, price in zip(capacities, optimum.prices, strict=True))
    assert optimum.bound <= at_prices <= optimum.bound + sum(capacities)
    whole = Shelf(tuple(capacities), shelf.columns, (0,) * len(shelf.most))
    assert whole.allows([number for number, times in optimum.made.items() for _time in range(times)])


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_five_hundred_overlapping_bundles_are_settled_within_the_steps(seed: int) -> None:
    shelf = crowded(60, 500, seed)
    packer, steps = shelf.packer(), Steps(10_000)

    value, chosen, proven = packer.best(steps)

    assert proven
    assert shelf.allows(chosen)
    assert shelf.worth(chosen) == value == packer.bound


def test_where_steps_run_out_on_a_hard_shelf_the_answer_is_close_and_says_so() -> None:
    shelf = crowded(60, 500, 1)
    packer, steps = shelf.packer(), Steps(1_000)

    value, chosen, proven = packer.best(steps)

    assert not proven
    assert steps.left == 0
    assert shelf.allows(chosen)
    assert shelf.worth(chosen) == value < packer.bound < value * 11 // 10


def test_a_hard_shelf_does_the_same_steps_every_time() -> None:
    runs = []
    for _time in range(2):
        steps = Steps(10_000)
        runs.append((crowded(40, 150, 5).packer().best(steps), steps.left))

    assert runs[0] == runs[1]


def test_equal_prices_everywhere_do_not_multiply_the_work() -> None:
    pairs = [((one, 1), (other, 1)) for one in range(21) for other in range(one)]
    columns = [Column(0, tuple(sorted(pair)), 99 * _FINE) for pair in pairs]
    steps = Steps(200)

    value, _chosen, proven = Packer([1] * 21, columns, [0]).best(steps)

    assert (value, proven) == (10 * 99 * _FINE, True)


def test_a_pallet_of_equal_bottles_is_no_harder_than_one() -> None:
    columns = [
        Column(0, ((0, 3),), 149 * _FINE),
        Column(1, ((0, 2), (1, 1)), 130 * _FINE),
        Column(2, ((1, 2),), 99 * _FINE),
    ]
    steps = Steps(2_000)

    value, chosen, proven = Packer([998, 601], columns, [0, 100, 0]).best(steps)

    # A mixed set is worth less than its units elsewhere, but takes the two and the one that are left over.
    assert proven
    assert value == (332 * 149 + 300 * 99 + 130) * _FINE
    assert len(chosen) == 633


def test_an_offer_makes_no_more_sets_than_it_may() -> None:
    columns = [Column(0, ((0, 2),), 100 * _FINE), Column(1, ((0, 2),), 60 * _FINE)]

    value, chosen, _proven = Packer([10], columns, [2, 0]).best(Steps(_PLENTY))

    assert (value, chosen) == ((2 * 100 + 3 * 60) * _FINE, (0, 0, 1, 1, 1))


def test_an_empty_shelf_is_worth_nothing() -> None:
    assert Packer([], [], []).best(Steps(0)) == (0, (), True)
    assert Packer([0, 2], [Column(0, ((0, 1),), 5)], [0]).best(Steps(0)) == (0, (), True)
