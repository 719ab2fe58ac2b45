"""The roll of members: rows, identifiers, and which stores know an account."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from agent.domain.fold import fold
from agent.domain.identifiers import identifier_hash, last_four
from agent.domain.member import IdentifierKind
from hq.columns import as_uuid, key, slots
from hq.members import aliases
from hq.members.told import Told, told_of
from sync.wire.entries import IdentifierRef
from sync.wire.feed import MemberProgramsRow, MemberRow

# Of one account, the newest; a register needs to know them to refuse them.
MAX_LOST_CARDS: Final = 200


@dataclass(frozen=True, slots=True)
class KnownIdentifier:
    """An identifier in the clear, with the member who owns it."""

    kind: IdentifierKind
    value: str
    account_id: uuid.UUID
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member as the console and the feed know one."""

    member_id: uuid.UUID
    account_id: uuid.UUID
    name: str = ""
    given_name: str = ""
    tier: str = ""
    locale: str = ""
    birthday: datetime.date | None = None
    blocked: bool = False
    merged_into: uuid.UUID | None = None
    identifiers: Sequence[KnownIdentifier] = field(default_factory=tuple)
    lost_cards: Sequence[str] = ()
    interests: Sequence[str] = ()
    channel: str = ""
    told: Told = field(default_factory=Told)

    def row_for(self, store_key: bytes) -> MemberRow:
        """What a store's registers get: the name clear, identifiers hashed with that store's key."""
        return MemberRow(
            member_id=self.member_id,
            account_id=self.account_id,
            name=self.name,
            given_name=self.given_name,
            tier=self.tier,
            locale=self.locale,
            birthday=self.birthday.strftime("%m-%d") if self.birthday else "",
            blocked=self.blocked,
            identifiers=tuple(
                IdentifierRef(
                    known.kind,
                    identifier_hash(store_key, known.kind, known.value).hex(),
                    last_four(known.value),
                )
                for known in self.identifiers
            ),
            lost_cards=tuple(identifier_hash(store_key, "card", value).hex() for value in self.lost_cards),
            interests=tuple(self.interests),
            channel=self.channel,
            segments=tuple(self.told.segments),
        )

    @property
    def programs_row(self) -> MemberProgramsRow | None:
        """What the programs that HQ runs have for them; None where there is nothing."""
        told = self.told
        if not (told.referral_code or told.badges or told.done):
            return None
        return MemberProgramsRow(
            member_id=self.member_id,
            referral_code=told.referral_code,
            badges=tuple(told.badges),
            done=told.done,
        )


def digest(lookup_key: bytes, kind: IdentifierKind, value: str) -> str:
    """HQ's own keyed hash of a normal identifier: the key of the identifier table."""
    return identifier_hash(lookup_key, kind, value).hex()


def open_account(account_id: uuid.UUID, kind: str, at_ms: int) -> None:
    """The account, made if it is new. `kind`: member, household, provisional."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO account (account_id, kind, opened_ms) VALUES (%s, %s, %s)"
            " ON CONFLICT (account_id) DO NOTHING",
            [key(account_id), kind, at_ms],
        )


def join_store(account_id: uuid.UUID, store_id: str, at_ms: int) -> bool:
    """The store's registers know this account from now on; False when they did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO account_store (account_id, store_id, since_ms) VALUES (%s, %s, %s)"
            " ON CONFLICT (account_id, store_id) DO NOTHING",
            [key(account_id), store_id, at_ms],
        )
        return bool(cursor.rowcount == 1)


def stores_of(account_id: uuid.UUID) -> list[str]:
    """The stores whose registers know this account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT store_id FROM account_store WHERE account_id = %s ORDER BY store_id", [key(account_id)]
        )
        return [row[0] for row in cursor.fetchall()]


def is_free(account_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    """Whether this member may stand under this account: neither is on the roll with another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM member WHERE (account_id = %s OR member_id = %s)"
            " AND NOT (account_id = %s AND member_id = %s)",
            [key(account_id), key(member_id), key(account_id), key(member_id)],
        )
        return bool(cursor.fetchone()[0] == 0)


def add_member(person: Person, store_id: str, at_ms: int) -> bool:
    """Write a new member; False when the id is on the roll already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO member (account_id, member_id, name, given_name, search_name, tier, locale, birthday,"
            " blocked, enrolled_ms, enrolled_store, merged_into)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, member_id) DO NOTHING",
            [
                key(person.account_id),
                key(person.member_id),
                person.name[:200],
                person.given_name[:100],
                fold(person.name)[:200],
                person.tier[:64],
                person.locale[:16],
                person.birthday,
                person.blocked,
                at_ms,
                store_id,
                key(person.merged_into) if person.merged_into else None,
            ],
        )
        return bool(cursor.rowcount == 1)


def own_identifier(
    lookup_key: bytes, kind: IdentifierKind, value: str, account_id: uuid.UUID, member_id: uuid.UUID
) -> KnownIdentifier:
    """Who owns this identifier: this member if nobody did, else whoever was first."""
    mark = digest(lookup_key, kind, value)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identifier (digest, kind, value, account_id, member_id) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (digest) DO NOTHING",
            [mark, kind, value, key(account_id), key(member_id)],
        )
    return identifier(mark) or KnownIdentifier(kind, value, account_id, member_id)


def identifier(mark: str) -> KnownIdentifier | None:
    """The identifier under HQ's keyed hash, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, value, account_id, member_id FROM identifier WHERE digest = %s", [mark])
        row = cursor.fetchone()
    return None if row is None else KnownIdentifier(row[0], row[1], as_uuid(row[2]), as_uuid(row[3]))


def wait_for_owner(mark: str, account_id: uuid.UUID, at_ms: int) -> None:
    """A provisional account waits for whoever enrols with this identifier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO unclaimed_identifier (digest, account_id, since_ms) VALUES (%s, %s, %s)"
            " ON CONFLICT (digest, account_id) DO NOTHING",
            [mark, key(account_id), at_ms],
        )


def waiting_for(marks: Iterable[str]) -> list[uuid.UUID]:
    """The provisional accounts that wait for these identifiers; they stop waiting."""
    found: list[uuid.UUID] = []
    with connection.cursor() as cursor:
        for mark in marks:
            cursor.execute("SELECT account_id FROM unclaimed_identifier WHERE digest = %s", [mark])
            found.extend(as_uuid(row[0]) for row in cursor.fetchall())
            cursor.execute("DELETE FROM unclaimed_identifier WHERE digest = %s", [mark])
    return list(dict.fromkeys(found))


def segments_of(member_id: uuid.UUID) -> tuple[str, ...]:
    """The segments that the member belongs to."""
    return tuple(told_of([member_id])[member_id].segments)


def people_of(owner_id: uuid.UUID) -> list[Person]:
    """The members whose account this is, by their own enrolment or by an alias, with their identifiers.

    Each stands under `owner_id`; the account that a member was enrolled with is told by the aliases.
    """
    accounts = aliases.of(owner_id)
    keys = [key(each) for each in accounts]
    inside = f"({slots(len(keys))})"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, name, given_name, tier, locale, birthday, blocked, merged_into FROM member"  # noqa: S608 - only placeholders are put in
            f" WHERE account_id IN {inside} ORDER BY enrolled_ms, member_id",
            keys,
        )
        members = cursor.fetchall()
        cursor.execute(
            "SELECT kind, value, account_id, member_id FROM identifier"  # noqa: S608
            f" WHERE account_id IN {inside} ORDER BY kind, value",
            keys,
        )
        owned = [
            KnownIdentifier(kind, value, as_uuid(a), as_uuid(m)) for kind, value, a, m in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT member_id, value FROM lost_card"  # noqa: S608
            f" WHERE account_id IN {inside} ORDER BY at_ms DESC, value LIMIT %s",
            [*keys, MAX_LOST_CARDS],
        )
        lost = [(as_uuid(member_id), value) for member_id, value in cursor.fetchall()]
        cursor.execute(
            "SELECT member_id, interests, channel FROM member_detail"  # noqa: S608
            f" WHERE account_id IN {inside}",
            keys,
        )
        details = {as_uuid(row[0]): (_words(row[1]), row[2]) for row in cursor.fetchall()}
    told = told_of([as_uuid(row[0]) for row in members])
    found = []
    for row in members:
        member_id, name, given_name, tier, locale, birthday, blocked, merged_into = row
        who = as_uuid(member_id)
        interests, channel = details.get(who, ((), ""))
        found.append(
            Person(
                member_id=who,
                account_id=owner_id,
                name=name,
                given_name=given_name,
                tier=tier,
                locale=locale,
                birthday=birthday,
                blocked=blocked,
                merged_into=as_uuid(merged_into) if merged_into else None,
                identifiers=[known for known in owned if known.member_id == who],
                lost_cards=[value for owner, value in lost if owner == who],
                interests=interests,
                channel=channel,
                told=told[who],
            )
        )
    return found


def _words(stored: object) -> tuple[str, ...]:
    """A list of words as the database keeps JSON: as text, or decoded already."""
    told = json.loads(stored) if isinstance(stored, str) else stored
    return tuple(str(word) for word in told) if isinstance(told, list) else ()
