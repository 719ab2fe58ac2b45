"""Posting an enrolment: the member, the identifiers, the consents.

Two enrolments of one phone, card or e-mail are one member: the first one projected keeps the identifier, the later
account becomes its alias, and nobody sees an error.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection

from hq.columns import key
from hq.feed import news
from hq.ingest.desk import Desk
from hq.ingest.outside_baskets import after_enrolment
from hq.ingest.personal_data import read_blobs
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger.books import Origin
from hq.members import aliases, roll
from hq.members.models import Member
from hq.members.roll import KnownIdentifier, Person
from hq.membership import cards, details
from hq.programs import publishing
from hq.referrals import codes
from sync.wire.blobs import PersonalData
from sync.wire.entries import Consent, MemberEntry


def post_member(desk: Desk, seq: int, entry: MemberEntry) -> Verdict:
    """Put the member on the roll, or alias the account to the member who has the identifier already."""
    if entry.store_id != desk.store_id:
        return held(
            "wrong_store",
            f"The entry names the store {entry.store_id}, its register belongs to {desk.store_id}.",
        )
    data = read_blobs(desk, entry.pii, entry.member_id)
    if isinstance(data, Verdict):
        return data
    if not roll.is_free(entry.account_id, entry.member_id):
        return held(
            "wrong_account",
            f"The member {entry.member_id} or the account {entry.account_id} stands on the roll with another one.",
        )
    origin = Origin(desk.chain_id, seq, entry.stamp.at_ms, desk.store_id)
    owner = _owner(desk, data)
    if owner is not None and owner.account_id != entry.account_id:
        _join_owner(desk, entry, data, owner, origin)
    else:
        _enrol(desk, entry, data, origin)
    write_consents(desk, seq, entry.account_id, entry.member_id, entry.consents, entry.stamp.at_ms)
    after_enrolment(desk, entry, is_new=owner is None or owner.account_id == entry.account_id)
    return POSTED


def _owner(desk: Desk, data: PersonalData) -> KnownIdentifier | None:
    for clear in data.identifiers:
        known = roll.identifier(roll.digest(desk.identity.lookup_key, clear.kind, clear.value))
        if known is not None:
            return known
    return None


def _enrol(desk: Desk, entry: MemberEntry, data: PersonalData, origin: Origin) -> None:
    roll.open_account(entry.account_id, "member", desk.now_ms)
    roll.add_member(
        Person(
            member_id=entry.member_id,
            account_id=entry.account_id,
            name=data.name,
            given_name=data.given_name,
            locale=entry.locale,
        ),
        desk.store_id,
        entry.stamp.at_ms,
    )
    _write_wishes(Member.objects.get(account_id=entry.account_id, member_id=entry.member_id), data)
    roll.join_store(entry.account_id, desk.store_id, desk.now_ms)
    if codes.has_program(publishing.active()):
        codes.give_code(desk.identity.lookup_key, entry.member_id)
    own_identifiers(desk, data, KnownIdentifier("card", "", entry.account_id, entry.member_id), origin)


def _join_owner(
    desk: Desk, entry: MemberEntry, data: PersonalData, owner: KnownIdentifier, origin: Origin
) -> None:
    """A second enrolment: kept on the roll as merged, its account an alias of the first one's."""
    roll.open_account(entry.account_id, "member", desk.now_ms)
    roll.add_member(
        Person(
            member_id=entry.member_id,
            account_id=entry.account_id,
            name=data.name,
            given_name=data.given_name,
            locale=entry.locale,
            merged_into=owner.member_id,
        ),
        desk.store_id,
        entry.stamp.at_ms,
    )
    roll.join_store(entry.account_id, desk.store_id, desk.now_ms)
    first = Member.objects.filter(account_id=owner.account_id, member_id=owner.member_id).first()
    if first is not None:
        _write_wishes(first, details.only_what_is_missing(first, data))
    desk.make_alias(entry.account_id, owner.account_id)
    own_identifiers(desk, data, owner, origin)
    desk.sweep(entry.account_id, origin)


def _write_wishes(member: Member, data: PersonalData) -> None:
    """What they told while joining, beside name and language, which stand with the member already."""
    told = PersonalData(birthday=data.birthday, interests=data.interests, channel=data.channel)
    details.write(member, told, "")


def own_identifiers(desk: Desk, data: PersonalData, owner: KnownIdentifier, origin: Origin) -> None:
    """The identifiers nobody had go to the owner, with the provisional accounts that wait for any of them."""
    marks = []
    for clear in data.identifiers:
        mark = roll.digest(desk.identity.lookup_key, clear.kind, clear.value)
        if cards.lost(mark) is not None:
            continue
        roll.own_identifier(
            desk.identity.lookup_key, clear.kind, clear.value, owner.account_id, owner.member_id
        )
        marks.append(mark)
    for nth, account_id in enumerate(roll.waiting_for(marks), start=1):
        if account_id != owner.account_id:
            desk.make_alias(account_id, owner.account_id)
            desk.sweep(account_id, origin, nth)
    account = aliases.owner_of(owner.account_id)
    news.tell_members(desk.feed, account, roll.stores_of(account))


def write_consents(
    desk: Desk,
    seq: int,
    account_id: uuid.UUID,
    member_id: uuid.UUID,
    consents: Iterable[Consent],
    at_ms: int,
) -> None:
    """What was agreed to, or not, by the entry that says so."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO consent (account_id, member_id, kind, chain_id, seq, given, how, terms_version, at_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, member_id, kind, chain_id, seq) DO NOTHING",
            [
                (
                    key(account_id),
                    key(member_id),
                    consent.kind[:32],
                    key(desk.chain_id),
                    seq,
                    consent.given,
                    consent.how[:32],
                    consent.terms_version[:32],
                    at_ms,
                )
                for consent in consents
            ],
        )
