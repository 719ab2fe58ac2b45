"""How a member's name is shown on a screen that others see: first name and initial, never more."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext

from sync.wire.feed import MemberRow


def display_name(row: MemberRow) -> str:
    """`Ioana M.` of Ioana Munteanu; a name of one word as it is; empty where none is known."""
    given, rest = _parts(row)
    # A Chinese family name is one character: with it the name would be whole.
    if given and rest and not _is_chinese(rest):
        return f"{given} {rest[0]}."
    return given or rest


def initials(row: MemberRow) -> str:
    """Two letters for a small circle, as they are written in the name; of a Chinese name one."""
    given, rest = _parts(row)
    return given[:1] + ("" if _is_chinese(rest) else rest[:1])


def tier_title(tier: str, _: Callable[[str], str] = gettext) -> str:
    """The tier's name in the language of `_`; one that the shop named itself as it is."""
    known = {"bronze": _("Bronze"), "silver": _("Silver"), "gold": _("Gold"), "platinum": _("Platinum")}
    return known.get(tier, tier)


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _parts(row: MemberRow) -> tuple[str, str]:
    """The given name and what else there is of the name."""
    name = row.name.strip()
    given = row.given_name.strip()
    if not given:
        given, _, rest = name.partition(" ")
        return given, rest.strip()
    if name.startswith(given):
        return given, name[len(given) :].strip()
    return given, name.removesuffix(given).strip()
