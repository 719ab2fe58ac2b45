"""The ways in which a member's name may be typed, and the keys under which the index keeps it.

A spelling is the name's folded words in order. A Chinese name has one in characters and one or more in pinyin.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from agent.domain.fold import fold
from agent.domain.pinyin import MAX_SPELLINGS, has_hanzi, pinyin_spellings

Spelling = tuple[str, ...]

# What comes after is not searched: an index entry stays small whatever somebody writes into a name.
MAX_WORDS: Final = 6
MAX_LETTERS: Final = 40
# Sorts before every letter and digit, so that whole words come before longer ones.
BETWEEN: Final = " "
# Sorts after every letter: the end of a range of words that begin alike.
AFTER: Final = "\U0010ffff"

_RUN: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+|[^\u3400-\u4dbf\u4e00-\u9fff]+")


def spelled(text: str) -> Spelling:
    """The folded words of a name, or of what was typed; neighbouring Chinese characters make one word."""
    words: list[str] = []
    for word in _words(fold(text)):
        if words and has_hanzi(word) and has_hanzi(words[-1]):
            words[-1] += word
        else:
            words.append(word)
    return tuple(word[:MAX_LETTERS] for word in words[:MAX_WORDS])


def spellings(name: str) -> tuple[Spelling, ...]:
    """Every way in which the name may be typed, the one in its own letters first; none for a name without any."""
    written = spelled(name)
    if not written:
        return ()
    if not has_hanzi(name):
        return (written,)
    return (written, *_in_pinyin(written))


def keys(spelling: Spelling) -> list[str]:
    """The index keys of a spelling, its own order first: every word, with every other word behind it, then the rest.

    So what two words begin with finds the name as one range, whichever of them was typed first. Characters of a
    Chinese word are found from each of them on; what stands before goes behind.
    """
    if len(spelling) == 1:
        found = [spelling[0] + BETWEEN]
    elif len(spelling) == 2:
        found = [BETWEEN.join(spelling), BETWEEN.join(reversed(spelling))]
    else:
        found = []
        for places in itertools.permutations(range(len(spelling)), 2):
            others = [word for place, word in enumerate(spelling) if place not in places]
            found.append(BETWEEN.join((spelling[places[0]], spelling[places[1]], *others)))
    for place, word in enumerate(spelling):
        if has_hanzi(word):
            rest = (*spelling[:place], *spelling[place + 1 :])
            found += [BETWEEN.join((word[start:], word[:start], *rest)) for start in range(1, len(word))]
    return found


def _in_pinyin(written: Spelling) -> tuple[Spelling, ...]:
    """The spellings in pinyin; words in other letters stay where they are."""
    ways = [pinyin_spellings(word) if has_hanzi(word) else ((word,),) for word in written]
    joined = (tuple(itertools.chain.from_iterable(parts)) for parts in itertools.product(*ways))
    return tuple(one[:MAX_WORDS] for one in itertools.islice(joined, MAX_SPELLINGS))


def _words(folded: str) -> list[str]:
    """Runs of letters and digits; Chinese characters and other letters part where they touch."""
    runs = _RUN.findall(folded)
    if folded.isascii():
        return runs
    return [part for run in runs for part in _PART.findall(run)]
