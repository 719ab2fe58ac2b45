"""Chinese names in pinyin, as people type them: family name and given name, each in one word, without tones.

Several characters are read otherwise as a family name (曾 is Zeng), and some are read in two ways in given names, so
a name may have several spellings.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable
from typing import Final

MAX_SPELLINGS: Final = 4
# Longer runs are no names of people, and would only fill the index.
MAX_NAME: Final = 6

_HANZI: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

# Family names of two characters; every other has one.
_DOUBLE_FAMILY_NAMES: Final = {
    "欧阳": "ouyang", "歐陽": "ouyang", "司马": "sima", "司馬": "sima", "上官": "shangguan", "诸葛": "zhuge",
    "諸葛": "zhuge", "东方": "dongfang", "東方": "dongfang", "皇甫": "huangfu", "尉迟": "yuchi", "尉遲": "yuchi",
    "公孙": "gongsun", "公孫": "gongsun", "慕容": "murong", "司徒": "situ", "司空": "sikong", "令狐": "linghu",
    "长孙": "zhangsun", "長孫": "zhangsun", "宇文": "yuwen", "夏侯": "xiahou", "轩辕": "xuanyuan", "端木": "duanmu",
    "南宫": "nangong", "南宮": "nangong", "独孤": "dugu", "獨孤": "dugu", "澹台": "tantai", "鲜于": "xianyu",
    "鮮于": "xianyu", "万俟": "moqi", "单于": "chanyu", "赫连": "helian", "呼延": "huyan", "闻人": "wenren",
    "钟离": "zhongli", "申屠": "shentu", "太史": "taishi", "濮阳": "puyang", "淳于": "chunyu", "公冶": "gongye",
    "西门": "ximen", "东郭": "dongguo", "百里": "baili", "拓跋": "tuoba", "完颜": "wanyan", "纳兰": "nalan",
}  # fmt: skip

# Readings that a character has as a family name, before its usual one.
_FAMILY_READINGS: Final = {
    "曾": "zeng", "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "區": "ou",
    "朴": "piao", "翟": "zhai", "覃": "qin", "乐": "yue", "樂": "yue", "盖": "ge", "蓋": "ge", "缪": "miao",
    "繆": "miao", "种": "chong", "召": "shao", "折": "she", "黑": "he", "秘": "bi", "员": "yun", "員": "yun",
    "繁": "po", "卜": "bu", "隗": "wei", "郇": "xun", "谌": "shen", "諶": "shen", "逄": "pang", "句": "gou",
    "祭": "zhai", "牟": "mu", "那": "na", "尉": "yu", "车": "che", "車": "che", "佴": "nai", "晟": "cheng",
}  # fmt: skip

# Second readings that given names often have.
_OTHER_READINGS: Final = {
    "乐": "yue", "樂": "yue", "晟": "sheng", "盛": "cheng", "茜": "xi", "行": "hang", "朝": "zhao", "长": "chang",
    "長": "chang", "柏": "bo", "曾": "zeng", "重": "chong", "单": "shan", "單": "shan", "翟": "zhai", "朴": "piao",
}  # fmt: skip


def has_hanzi(text: str) -> bool:
    """Whether the text has a Chinese character, of the two blocks that names use."""
    return not text.isascii() and _HANZI.search(text) is not None


def pinyin_spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """A name of Chinese characters as (family, given), the likeliest spelling first; a single character as (one,).

    Empty where a character's reading is not known, or the name is longer than MAX_NAME.
    """
    if len(name) > MAX_NAME:
        return ()
    double = _DOUBLE_FAMILY_NAMES.get(name[:2])
    given = name[2:] if double else name[1:]
    families = [double] if double else _family_readings(name[:1])
    spellings = (
        (family, "".join(rest)) if rest else (family,)
        for family, *rest in itertools.product(families, *map(_readings, given))
    )
    return tuple(itertools.islice(dict.fromkeys(spellings), MAX_SPELLINGS))


def sounds(run: str) -> tuple[str, ...]:
    """Some characters, a given name perhaps, in one word as they are usually read; empty where one is not known."""
    if len(run) > MAX_NAME:
        return ()
    return tuple(
        itertools.islice(("".join(one) for one in itertools.product(*map(_readings, run))), MAX_SPELLINGS)
    )


def _family_readings(character: str) -> list[str]:
    other = [_FAMILY_READINGS[character]] if character in _FAMILY_READINGS else []
    return list(dict.fromkeys([*other, *_readings(character)]))


def _readings(character: str) -> list[str]:
    syllable = _syllables().get(character)
    if syllable is None:
        return []
    other = [_OTHER_READINGS[character]] if character in _OTHER_READINGS else []
    return list(dict.fromkeys([*_typed(syllable), *other]))


def _typed(syllable: str) -> Iterable[str]:
    """`lü` is typed with a v, and written with a u or a yu where there is no ü."""
    return [syllable.replace("ü", letter) for letter in ("v", "u", "yu")] if "ü" in syllable else [syllable]


@functools.cache
def _syllables() -> dict[str, str]:
    # Two megabytes, and only where there are Chinese names.
    from agent.domain.hanzi_readings import CHARACTERS_OF

    return {character: syllable for syllable, characters in CHARACTERS_OF.items() for character in characters}
