"""A member comes back with news: the card is lost, or the name, language, birthday, interests or channel is another.

Each change is one journal entry with a personal-data blob, written with the member's row in one unit of work, and
works offline; HQ spreads it. What it says of a person is in the blob only.
"""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.payment_cards import holds_payment_card
from agent.service.lane import Lane, this_register, this_store
from agent.service.member_news import MemberNews, checked_news
from agent.service.members import ask_hq, hashed, payment_card_refused, require_not_lost
from agent.service.moment import stamp_at
from agent.service.names import display_name
from agent.service.ports import new_id
from agent.store.blobs import add_blob
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.members import find_by_hash, put_member, read_member
from sync.wire.blobs import SALT_BYTES, ClearIdentifier, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import Consent, IdentifierRef, MemberChangeEntry, Operator
from sync.wire.feed import MemberRow

CARD_REPLACED: Final = "card_replaced"
DETAILS: Final = "details"
MAX_LOST_CARDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is known of a member beside points, for a screen. `birthday` is MM-DD; `cards` are last four characters."""

    member_id: uuid.UUID
    cards: tuple[str, ...]
    locale: str
    birthday: str
    interests: tuple[str, ...]
    channel: str


def wishes_of(lane: Lane, member_id: uuid.UUID) -> Wishes:
    """What this register knows. Raises LoyaltyError for one who is no member here, or blocked."""
    row = _member(lane, member_id)
    return Wishes(
        member_id=row.member_id,
        cards=tuple(ref.last4 for ref in row.identifiers if ref.kind == "card"),
        locale=row.locale,
        birthday=row.birthday,
        interests=row.interests,
        channel=row.channel,
    )


def typed_birthday(text: str) -> datetime.date:
    """Day, month and year as people type them, `17.5.1987`. Raises LoyaltyError for what is no date."""
    match = re.fullmatch(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})", text.strip())
    try:
        if match is None:
            raise ValueError(text)
        return datetime.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError as error:
        raise LoyaltyError(
            _("This is not a date."), _("Type day, month and year, like 17.5.1987."), code="no_date"
        ) from error


def replace_card(lane: Lane, operator: Operator, member_id: uuid.UUID, text: str) -> MemberRow:
    """Block the member's card and put a new one in its place, in one step; balance and history stay.

    Raises LoyaltyError, and changes nothing, for text that is no card, one that somebody has, and a lost one.
    """
    member = _member(lane, member_id)
    reader = lane.store.reader()
    value = normal_identifier("card", text, this_store(reader).country)
    if holds_payment_card(value):
        raise payment_card_refused()
    new = hashed(lane, "card", value)
    _require_free(lane, member, new, value)
    lost = [ref for ref in member.identifiers if ref.kind == "card"]
    lost_cards = tuple(dict.fromkeys((*member.lost_cards, *(ref.hash for ref in lost))))[-MAX_LOST_CARDS:]
    kept = tuple(ref for ref in member.identifiers if ref.kind != "card")
    row = msgspec.structs.replace(member, identifiers=(*kept, new), lost_cards=lost_cards)
    data = PersonalData(
        identifiers=(ClearIdentifier("card", value, new.hash),), lost_cards=tuple(ref.hash for ref in lost)
    )
    return _write(lane, operator, row, CARD_REPLACED, data)


def change_member(lane: Lane, operator: Operator, member_id: uuid.UUID, news: MemberNews) -> MemberRow:
    """Note what the member told us. Raises LoyaltyError, and changes nothing, for what cannot be kept."""
    member = _member(lane, member_id)
    today = stamp_at(lane.store.reader(), lane.clock.now_ms()).business_date
    news = checked_news(news, today)
    name = news.name or ""
    row = msgspec.structs.replace(
        member,
        name=name or member.name,
        given_name="" if name else member.given_name,
        locale=news.locale or member.locale,
        birthday=f"{news.birthday:%m-%d}" if news.birthday else member.birthday,
        interests=news.interests if news.interests is not None else member.interests,
        channel=news.channel if news.channel is not None else member.channel,
    )
    if row == member and not news.consents:
        return member
    data = PersonalData(name=name, birthday=news.birthday, interests=news.interests, channel=news.channel)
    return _write(lane, operator, row, DETAILS, data, consents=news.consents, locale=news.locale or "")


def _member(lane: Lane, member_id: uuid.UUID) -> MemberRow:
    known = read_member(lane.store.reader(), member_id)
    if known is None:
        raise LoyaltyError(
            _("This member is not known here any more."), _("Search again."), code="member_gone"
        )
    if known.provisional:
        raise LoyaltyError(_("This number is not a member here yet."), _("Join first."), code="not_a_member")
    if known.row.blocked:
        raise LoyaltyError(_("This membership is blocked."), _("Only HQ can change it."), code="blocked")
    return known.row


def _require_free(lane: Lane, member: MemberRow, new: IdentifierRef, value: str) -> None:
    reader = lane.store.reader()
    if any(ref.hash == new.hash for ref in member.identifiers):
        raise LoyaltyError(
            _("This is the card that the member has now."), _("Scan the new card."), code="same_card"
        )
    require_not_lost(reader, new)
    owner = next(
        (one.row for one in find_by_hash(reader, bytes.fromhex(new.hash)) if not one.provisional), None
    )
    owner = owner or ask_hq(lane, "card", value)
    require_not_lost(lane.store.reader(), new)
    if owner is not None:
        raise LoyaltyError(
            _("This card belongs to {name}.").format(name=display_name(owner) or _("another member")),
            _("Take a new card."),
            code="card_taken",
        )


def _write(
    lane: Lane,
    operator: Operator,
    row: MemberRow,
    change: str,
    clear: PersonalData,
    *,
    consents: tuple[Consent, ...] = (),
    locale: str = "",
) -> MemberRow:
    reader = lane.store.reader()
    register, store = this_register(reader), this_store(reader)
    at_ms = lane.clock.now_ms()
    packed = pack_blob(lane.entropy.token(SALT_BYTES), clear)
    blob = PiiBlob(new_id(at_ms, lane.entropy), row.member_id, packed)
    entry = MemberChangeEntry(
        member_id=row.member_id,
        account_id=row.account_id,
        store_id=register.store_id,
        operator=operator,
        stamp=stamp_at(reader, at_ms, store),
        change=change,
        consents=consents,
        locale=locale,
        pii=(blob_ref(blob.blob_id, packed),),
    )
    try:
        with lane.store.unit_of_work() as db:
            seq, _digest = append(db, register.chain_id, entry)
            put_member(db, row)
            add_blob(db, blob, register.chain_id, seq)
    except CommitUnknown as error:
        known = read_member(lane.store.reader(), row.member_id)
        if known is None or known.row != row:
            raise LoyaltyError(
                _("The change could not be saved."), _("Check the disk, then try again."), code="not_saved"
            ) from error
    lane.link.wake()
    return row
