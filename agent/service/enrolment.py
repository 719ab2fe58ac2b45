"""Joining: a phone, e-mail or card, and a yes. Works without HQ; the rest of the form can wait."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.member import IdentifierKind
from agent.domain.occasions.referral import normal_code
from agent.domain.payment_cards import holds_payment_card
from agent.service.lane import Lane, this_register, this_store
from agent.service.member_news import NOTHING_TOLD, MemberNews, checked_news, clean_name
from agent.service.members import ask_hq, hashed, payment_card_refused, require_not_lost
from agent.service.moment import stamp_at
from agent.service.names import display_name
from agent.service.ports import new_id
from agent.store.blobs import add_blob
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.member_history import note_joined_here
from agent.store.members import find_by_hash, put_member, read_member
from sync.wire.blobs import SALT_BYTES, ClearIdentifier, PersonalData, PiiBlob, blob_ref, pack_blob
from sync.wire.entries import Consent, MemberEntry, Operator
from sync.wire.feed import MemberRow

PROGRAM_CONSENT: Final = "program"


def enrol(
    lane: Lane,
    operator: Operator,
    kind: IdentifierKind,
    text: str,
    consents: Sequence[Consent],
    name: str = "",
    locale: str = "",
    referral_code: str = "",
    news: MemberNews = NOTHING_TOLD,
) -> MemberRow:
    """Make a member here, now, with HQ or without: journal entry, personal-data blob and member in one unit of work.

    `referral_code` is what a friend gave them, as it is typed; HQ decides what it is worth. `news` are wishes that they
    told with it; a language among them goes before `locale`.

    Raises LoyaltyError for text that is no such identifier or code, for wishes that cannot be kept, without the consent to the program itself, and for an
    identifier whose member is known here or at HQ.
    """
    reader = lane.store.reader()
    register, store = this_register(reader), this_store(reader)
    name = clean_name(name)
    code = _referral_code(referral_code)
    news = checked_news(news, stamp_at(reader, lane.clock.now_ms(), store).business_date)
    name, locale = news.name or name, news.locale or locale
    value = normal_identifier(kind, text, store.country)
    if kind == "card" and holds_payment_card(value):
        raise payment_card_refused()
    if not any(consent.kind == PROGRAM_CONSENT and consent.given for consent in consents):
        raise LoyaltyError(
            _("Nobody joins without agreeing to it."), _("Ask, and mark the consent."), code="no_consent"
        )
    ref = hashed(lane, kind, value)
    known = next(
        (one.row for one in find_by_hash(reader, bytes.fromhex(ref.hash)) if not one.provisional), None
    )
    require_not_lost(reader, ref)
    known = known or ask_hq(lane, kind, value)
    require_not_lost(lane.store.reader(), ref)
    if known is not None:
        raise LoyaltyError(
            _("This is {name}, who is a member already.").format(
                name=display_name(known) or f"… {ref.last4}"
            ),
            _("Find the member by the same number."),
            code="already_member",
        )
    agreed = tuple(_under_the_terms(consent, store.terms_version) for consent in consents)
    at_ms = lane.clock.now_ms()
    member_id = new_id(at_ms, lane.entropy)
    member = MemberRow(
        member_id=member_id,
        account_id=member_id,
        name=name,
        locale=locale,
        identifiers=(ref,),
        birthday=f"{news.birthday:%m-%d}" if news.birthday else "",
        interests=news.interests or (),
        channel=news.channel or "",
    )
    clear = PersonalData(
        name=name,
        identifiers=(ClearIdentifier(kind, value, ref.hash),),
        birthday=news.birthday,
        interests=news.interests or None,
        channel=news.channel or None,
    )
    data = pack_blob(lane.entropy.token(SALT_BYTES), clear)
    blob = PiiBlob(new_id(at_ms, lane.entropy), member_id, data)
    entry = MemberEntry(
        member_id=member_id,
        account_id=member_id,
        store_id=register.store_id,
        operator=operator,
        stamp=stamp_at(reader, at_ms, store),
        consents=(*agreed, *news.consents),
        locale=locale,
        pii=(blob_ref(blob.blob_id, data),),
        referral_code=code,
    )
    try:
        with lane.store.unit_of_work() as db:
            seq, _digest = append(db, register.chain_id, entry)
            put_member(db, member)
            note_joined_here(db, member.account_id, register.chain_id, seq)
            add_blob(db, blob, register.chain_id, seq)
    except CommitUnknown as error:
        if read_member(lane.store.reader(), member_id) is None:
            raise LoyaltyError(
                _("The new member could not be saved."),
                _("Check the disk, then try again."),
                code="not_saved",
            ) from error
    lane.link.wake()
    return member


def _referral_code(text: str) -> str:
    """A friend's code in its normal form; a typing mistake is told while the friend's receipt is still at hand."""
    code = normal_code(text)
    if text.strip() and not code:
        raise LoyaltyError(
            _("This is not the code of a member."),
            _("Read it again from the friend's receipt, or leave it out."),
            code="bad_referral_code",
        )
    return code


def _under_the_terms(consent: Consent, terms_version: str) -> Consent:
    """The consent with the terms that are in force, where it does not name its own."""
    return consent if consent.terms_version else msgspec.structs.replace(consent, terms_version=terms_version)
