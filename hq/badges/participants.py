"""Taking part in the leaderboard: only who asked for it, under an alias that does not tell who it is."""

from __future__ import annotations

import unicodedata
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from django.db import IntegrityError, transaction

from agent.domain.errors import LoyaltyError
from agent.domain.fold import fold
from hq.badges.models import Participant
from hq.members.models import ConsoleMember, Identifier

MIN_ALIAS: Final = 2
MAX_ALIAS: Final = 24
_TOLD_BY: Final = 4


def take_part(member: ConsoleMember, alias: str, *, by: str, now_ms: int) -> Participant:
    """The member takes part under this alias, or under this one from now on.

    Raises LoyaltyError for an alias that is too short or too long, taken, or tells who the member is.
    """
    alias = _clean(alias)
    if not MIN_ALIAS <= len(alias) <= MAX_ALIAS:
        raise LoyaltyError(
            ngettext(
                "An alias has {least} to {most} letter.", "An alias has {least} to {most} letters.", MAX_ALIAS
            ).format(least=MIN_ALIAS, most=MAX_ALIAS),
            _("Choose another one."),
            code="bad_alias",
        )
    if _tells_who(member, alias):
        raise LoyaltyError(
            _("This alias tells who the member is."),
            _("Choose one without their name, phone, e-mail or card."),
            code="telling_alias",
        )
    try:
        with transaction.atomic():
            participant, _made = Participant.objects.update_or_create(
                member_id=member.pk,
                defaults={"alias": alias, "alias_key": fold(alias), "entered_by": by},
                create_defaults={
                    "alias": alias,
                    "alias_key": fold(alias),
                    "entered_by": by,
                    "since_ms": now_ms,
                },
            )
    except IntegrityError as error:
        raise LoyaltyError(
            _("Somebody takes part as {alias} already.").format(alias=alias),
            _("Choose another one."),
            code="alias_taken",
        ) from error
    return participant


def leave(member: ConsoleMember) -> bool:
    """The member takes part no longer, and the alias is forgotten; False when they did not."""
    count, _by_model = Participant.objects.filter(pk=member.pk).delete()
    return bool(count)


def _clean(text: str) -> str:
    told = "".join(
        c if unicodedata.category(c)[0] != "C" else " " for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(told.split())


def _tells_who(member: ConsoleMember, alias: str) -> bool:
    """Whether a part of the name, or the end of an identifier, stands in the alias."""
    folded = fold(alias)
    for word in fold(f"{member.name} {member.given_name}").split():
        short = word.isascii() and len(word) < _TOLD_BY
        if not word.isdigit() and word in (folded.split() if short else folded):
            return True
    digits = "".join(c for c in alias if c.isdigit())
    for known in Identifier.objects.filter(member_id=member.pk):
        told = fold(known.value.partition("@")[0])
        if len(told) >= _TOLD_BY and (
            told in folded or (known.kind != "email" and told[-_TOLD_BY:] in digits)
        ):
            return True
    return False
