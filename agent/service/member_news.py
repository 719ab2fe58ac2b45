"""What a member tells of themselves at the till, when they join or later, and what of that can be kept."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.domain.payment_cards import holds_payment_card
from agent.service.members import payment_card_refused
from sync.wire.entries import Consent

MAX_NAME: Final = 120
CHANNELS: Final = ("", "none", "sms", "email", "post")
MAX_INTERESTS: Final = 12
MAX_INTEREST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberNews:
    """What a member tells at the till; None was not said. `interests` are the shop's words, all of them anew."""

    name: str | None = None
    locale: str | None = None
    birthday: datetime.date | None = None
    interests: tuple[str, ...] | None = None
    channel: str | None = None
    consents: tuple[Consent, ...] = ()


NOTHING_TOLD: Final = MemberNews()


def checked_news(news: MemberNews, today: datetime.date) -> MemberNews:
    """The same, cleaned. `today` is the business date. Raises LoyaltyError for what cannot be kept."""
    name = clean_name(news.name) if news.name else None
    interests = _checked_interests(news.interests) if news.interests is not None else None
    if news.channel is not None and news.channel not in CHANNELS:
        raise LoyaltyError(
            _("{channel} is no way to reach a member.").format(channel=news.channel[:20]),
            _("Choose one from the list."),
            code="unknown_channel",
        )
    _require_birthday(news.birthday, today)
    return replace(news, name=name, interests=interests)


def clean_name(name: str) -> str:
    """The name without control characters and doubled spaces."""
    name = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in name).split())
    if len(name) > MAX_NAME:
        raise LoyaltyError(
            _("This name is longer than {count} letters.").format(count=MAX_NAME),
            _("Shorten it."),
            code="name_too_long",
        )
    if holds_payment_card(name):
        raise payment_card_refused()
    return unicodedata.normalize("NFC", name)


def _checked_interests(told: Sequence[str]) -> tuple[str, ...]:
    cleaned = tuple(dict.fromkeys(clean_name(one) for one in told if one.strip()))
    if len(cleaned) > MAX_INTERESTS or any(len(one) > MAX_INTEREST for one in cleaned):
        raise LoyaltyError(
            _("At most {count} interests of {letters} letters can be kept.").format(
                count=MAX_INTERESTS, letters=MAX_INTEREST
            ),
            _("Choose fewer."),
            code="too_many_interests",
        )
    return cleaned


def _require_birthday(birthday: datetime.date | None, today: datetime.date) -> None:
    if birthday is None:
        return
    if not birthday.year >= 1900 or birthday > today:
        raise LoyaltyError(
            _("Nobody was born on {date}.").format(date=birthday.isoformat()),
            _("Type day, month and year of the birthday."),
            code="no_birthday",
        )
