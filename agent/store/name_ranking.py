"""Which of the names that a search found are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from agent.domain.spellings import BETWEEN, Spelling
from agent.domain.typing_mistakes import LESS_LIKELY

# A row of the name index: the name's number, a key of it, and whether the key is the name in its own order.
Key = tuple[int, str, int]

# Distances of a name from what was typed. It begins so: with whole words, but for one letter, or at all; or it has
# those words in another order or place: whole, but for one letter, or only beginning so.
_BEGINS_WHOLE, _BEGINS_BUT_ONE, _BEGINS, _HAS_WHOLE, _HAS_BUT_ONE, _ONLY_BEGINNINGS = range(6)
_DISTANCES: Final = 6
# Without a mistake, and as many kinds as typing_mistakes.py tells apart.
_COSTS: Final = 1 + LESS_LIKELY
# Where more names only begin so than are shown, so many places are left to names with a mistake.
_LEFT_TO_MISTAKES: Final = 10


class Ranking:
    """The names found so far, each with a grade: fewer mistakes come first, then a smaller distance."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[int, str]] = {}
        self._tally = [0] * (_COSTS * _DISTANCES)
        # By grade and name, where nothing was added since.
        self._ordered: list[tuple[int, str, int]] = []

    def __len__(self) -> int:
        return len(self._names)

    def add(self, keys: Iterable[Key], words: Spelling, cost: int) -> None:
        """Names that hold these words, which differ from the typed ones by a mistake of this cost."""
        distance = _Match(words).distance
        worst = cost * _DISTANCES
        names, tally = self._names, self._tally
        for name_no, key, in_order in keys:
            before = names.get(name_no)
            if before is None:
                graded = (worst + distance(key, in_order), key)
            elif before[0] < worst:
                continue
            else:
                graded = min(before, (worst + distance(key, in_order), key))
                tally[before[0]] -= 1
            names[name_no] = graded
            tally[graded[0]] += 1
        self._ordered = []

    def whole(self) -> int:
        """How many names match with words that are whole, or lack one letter at the end."""
        tally = self._tally
        return sum(tally[grade] for grade in (_BEGINS_WHOLE, _BEGINS_BUT_ONE, _HAS_WHOLE, _HAS_BUT_ONE))

    def sure(self) -> int:
        """How many match without a mistake and by more than beginnings of their words."""
        return sum(self._tally[:_ONLY_BEGINNINGS])

    def mistaken(self) -> int:
        """How many need a mistake."""
        return sum(self._tally[_DISTANCES:])

    def room_for_mistakes(self, limit: int) -> int:
        """How many of `limit` places are for names that need a mistake."""
        exact = len(self._names) - self.mistaken()
        return limit - exact if exact <= limit else min(_LEFT_TO_MISTAKES, max(limit - self.sure(), 0))

    def best(self, limit: int, last_sale_ms: Mapping[int, int]) -> list[int]:
        """The numbers of the best names in order: among equals who shopped last comes first, then by name."""
        if not self._ordered:
            self._ordered = sorted([(grade, key, no) for no, (grade, key) in self._names.items()])
        ordered = self._ordered
        if last_sale_ms:
            last = last_sale_ms.get
            places = [(name[0], -last(name[2], 0), place) for place, name in enumerate(ordered)]
            ordered = [ordered[place] for _grade, _last, place in sorted(places)]
        exact = len(ordered) - self.mistaken()
        mistaken = ordered[exact : exact + self.room_for_mistakes(limit)]
        return [name[2] for name in ordered[: min(exact, limit - len(mistaken))] + mistaken]


class _Match:
    """How far a name that holds some words is from just those words."""

    def __init__(self, words: Spelling) -> None:
        self._typed = BETWEEN.join(words)
        *finished, last = (BETWEEN + word for word in words)
        self._finished = [word + BETWEEN for word in finished]
        self._last = last

    def distance(self, key: str, in_order: int) -> int:
        """One of the distances above, of a name that is known to match."""
        typed = self._typed
        if in_order and key.startswith(typed):
            rest = key[len(typed) : len(typed) + 2]
            if rest[:1] in ("", BETWEEN):
                return _BEGINS_WHOLE
            return _BEGINS_BUT_ONE if rest[1:] in ("", BETWEEN) else _BEGINS
        padded = BETWEEN + key + BETWEEN
        for word in self._finished:
            if word not in padded:
                return _ONLY_BEGINNINGS
        at = padded.find(self._last)
        if at < 0:
            return _ONLY_BEGINNINGS
        end = at + len(self._last)
        if padded[end] == BETWEEN:
            return _HAS_WHOLE
        return _HAS_BUT_ONE if padded[end + 1 : end + 2] == BETWEEN else _ONLY_BEGINNINGS
