"""Members of a case: their cards, coupons, gift cards and balances at the beginning."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_card
from tests.conformance.words import Json, UnknownWord, Words

_WORDS: Final = frozenset(
    {
        "id", "name", "card", "group", "region", "tier", "points", "coupons", "gift_cards", "wallets", "segments",
    }
)  # fmt: skip
# What programs may aim at.
FACTS: Final = ("id", "group", "region", "tier")
_LONG_AGO: Final = datetime.date(2000, 1, 1)
_FAR_OFF: Final = datetime.date(2099, 12, 31)


def id_of(*names: str) -> uuid.UUID:
    """A fixed id for something that a case names; what it is comes first."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names))


@dataclass(frozen=True)
class SourceCoupon:
    """A coupon of a case under its code. `reward` is set for one that honours a single reward."""

    code: str
    program: str
    points: Decimal
    valid_from: datetime.date = _LONG_AGO
    valid_until: datetime.date = _FAR_OFF
    issued_for: str = ""

    @property
    def id(self) -> uuid.UUID:
        return id_of("coupon", self.code)


@dataclass(frozen=True)
class Person:
    """`facts` are what programs may aim at: id, group, region, tier."""

    key: str
    name: str
    card: str
    facts: Mapping[str, str]
    points: Mapping[str, Decimal]
    coupons: tuple[SourceCoupon, ...]
    gift_cards: Mapping[str, Decimal] = field(default_factory=dict)
    wallets: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def account_id(self) -> uuid.UUID:
        return id_of("member", self.key)


def read_members(data: Json) -> dict[str, Person]:
    """Everybody whom a case knows, by key; one person alone has the key "". Raises UnknownWord."""
    if not data:
        return {}
    if not _WORDS.intersection(data) and all(isinstance(each, Mapping) for each in data.values()):
        return {key: _person(key, Words(each, f"member.{key}")) for key, each in data.items()}
    return {"": _person("", Words(data, "member"))}


def _person(key: str, words: Words) -> Person:
    card = words.text("card")
    if card:
        try:
            card = normal_card(card)
        except LoyaltyError as error:
            raise UnknownWord(f'{words.where}.card is "{card}"') from error
    person = Person(
        key=key,
        name=words.text("name"),
        card=card,
        facts={word: words.text(word) for word in FACTS if words.has(word)},
        points=_amounts(words, "points"),
        coupons=tuple(
            _coupon(code, Words(each, f"{words.where}.coupons.{code}"))
            for code, each in words.table("coupons").items()
        ),
        gift_cards=_amounts(words, "gift_cards"),
        wallets=_amounts(words, "wallets"),
    )
    words.done()
    return person


def _coupon(code: str, words: Words) -> SourceCoupon:
    coupon = SourceCoupon(
        code=code,
        program=words.text("program"),
        points=words.number("points", Decimal(1)) or Decimal(0),
        valid_from=_date(words, "valid_from", _LONG_AGO),
        valid_until=_date(words, "expires", _date(words, "valid_until", _FAR_OFF)),
    )
    words.done()
    return coupon


def _amounts(words: Words, key: str) -> dict[str, Decimal]:
    """Name -> amount; an amount may stand alone or as {"balance": ...}."""
    found: dict[str, Decimal] = {}
    inner = words.inner(key)
    for name, value in words.table(key).items():
        if isinstance(value, Mapping):
            entry = Words(value, f"{inner.where}.{name}")
            found[name] = entry.number("balance", Decimal(0)) or Decimal(0)
            entry.done()
        else:
            found[name] = inner.number(name) or Decimal(0)
    return found


def _date(words: Words, key: str, default: datetime.date) -> datetime.date:
    text: Any = words.text(key)
    if not text:
        return default
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UnknownWord(f'{words.where}.{key} is "{text}"') from None
