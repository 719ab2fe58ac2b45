"""Rewarding a referral after the friend's first qualifying purchase, and taking it back when that comes back.

It is decided from the purchases that stand in HQ's books, never from the event that woke it: whatever is projected
again, or in another order, comes to the same.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from django.db import connection

from agent.domain.occasions.referral import Referral
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from hq.columns import as_uuid, key, slots
from hq.devices.models import Store
from hq.members import aliases, roll
from hq.occasions import giving, whom
from hq.occasions.giving import Occasion
from hq.occasions.office import Office
from hq.occasions.whom import Whom, when_in
from hq.programs import publishing
from hq.referrals import linking
from hq.referrals.codes import has_program


@dataclasses.dataclass(frozen=True, slots=True)
class _Linked:
    """A referral that was not refused."""

    friend_id: uuid.UUID
    referrer_id: uuid.UUID
    program_id: str
    rewarded: bool
    attempt: int


def settle_account(office: Office, account_id: uuid.UUID) -> None:
    """Look at what the members of an account have bought by now, where somebody brought them."""
    program_set = publishing.active()
    if program_set is None or not has_program(program_set):
        return
    for linked in _linked_of(aliases.of(aliases.owner_of(account_id))):
        _settle(office, linked, program_set)


def _settle(office: Office, linked: _Linked, program_set: ProgramSet) -> None:
    program = program_set.program(linked.program_id)
    friend, referrer = whom.find(linked.friend_id), whom.find(linked.referrer_id)
    if program is None or friend is None or referrer is None or not isinstance(program.occasion, Referral):
        return
    purchase = _qualifying(program, program.occasion, program_set, friend)
    if purchase is not None and not linked.rewarded:
        reason = linking.refusal_of(friend, referrer) or _too_many(program.occasion, referrer)
        if reason:
            _set(linked, "refused", reason=reason)
        else:
            _reward(office, linked, program_set, friend, referrer)
            _set(linked, "rewarded", sale_id=purchase)
    elif purchase is None and linked.rewarded:
        for member_id, occasion in _occasions(linked).items():
            giving.take_back(office, member_id, program.id, occasion)
        _set(linked, "waiting", attempt=linked.attempt + 1)


def _reward(office: Office, linked: _Linked, program_set: ProgramSet, friend: Whom, referrer: Whom) -> None:
    program = program_set.program(linked.program_id)
    reward = program.occasion if program is not None else None
    if program is None or not isinstance(reward, Referral):
        raise TypeError("no referral program")
    unit = program_set.unit_of(reward.points_of)
    occasions = _occasions(linked)
    for member, told_id, points in (
        (friend, linked.friend_id, reward.friend_points),
        (referrer, linked.referrer_id, reward.referrer_points),
    ):
        if points:
            what = Occasion(program_id=program.id, occasion=occasions[told_id], unit=unit, points=points)
            # Under the id that the referral names, so that it is found again after a merge.
            giving.give(office, dataclasses.replace(member, member_id=told_id), what)


def _occasions(linked: _Linked) -> dict[uuid.UUID, str]:
    """Under which occasion the friend and the referrer are rewarded this time."""
    return {
        linked.friend_id: f"brought@{linked.attempt}",
        linked.referrer_id: f"friend:{linked.friend_id}@{linked.attempt}",
    }


def _qualifying(
    program: Program, reward: Referral, program_set: ProgramSet, friend: Whom
) -> uuid.UUID | None:
    """The friend's first purchase that reaches the minimum net of what came back; None where there is none."""
    stores = {store.pk: store for store in Store.objects.all()}
    home = stores.get(friend.home_store)
    if home is None:
        return None
    first = when_in(home, friend.enrolled_ms).on
    last = first + datetime.timedelta(days=reward.within_days) if reward.within_days else datetime.date.max
    currency = program.currency or program_set.currency
    where = [store_id for store_id, store in stores.items() if store.currency == currency]
    if not where:
        return None
    accounts = aliases.of(friend.account_id)
    alone = sum(one.merged_into is None for one in roll.people_of(friend.account_id)) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.sale_id FROM sale s JOIN account a ON a.account_id = s.account_id"  # noqa: S608 - placeholders
            f" WHERE s.account_id IN ({slots(len(accounts))}) AND s.store_id IN ({slots(len(where))})"
            " AND s.state <> 'quarantined' AND s.business_date BETWEEN %s AND %s"
            # What they bought before HQ knew them stands in a provisional account; a household's could be anybody's.
            " AND (s.member_id = %s OR (a.kind = 'provisional' AND %s))"
            " AND s.total_minor - COALESCE((SELECT SUM(r.refund_minor) FROM sale_return r"
            "  WHERE r.sale_id = s.sale_id AND r.state <> 'quarantined'), 0) >= %s"
            " ORDER BY s.at_ms, s.chain_id, s.seq LIMIT 1",
            [
                *(key(one) for one in accounts),
                *where,
                first,
                last,
                key(friend.member_id),
                alone,
                max(1, reward.min_spend_minor),
            ],
        )
        row = cursor.fetchone()
    return as_uuid(row[0]) if row else None


def _too_many(reward: Referral, referrer: Whom) -> str:
    if not reward.most_friends:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM referral WHERE referrer_id = %s AND state = 'rewarded'",
            [key(referrer.member_id)],
        )
        rewarded = cursor.fetchone()[0]
    return linking.MOST_FRIENDS if rewarded >= reward.most_friends else ""


def _linked_of(accounts: list[uuid.UUID]) -> list[_Linked]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.friend_id, r.referrer_id, r.program_id, r.state, r.attempt"  # noqa: S608 - only placeholders
            " FROM referral r JOIN member m ON m.member_id = r.friend_id"
            f" WHERE m.account_id IN ({slots(len(accounts))}) AND r.state <> 'refused' ORDER BY r.friend_id",
            [key(one) for one in accounts],
        )
        return [
            _Linked(as_uuid(friend), as_uuid(referrer), program_id, state == "rewarded", attempt)
            for friend, referrer, program_id, state, attempt in cursor.fetchall()
        ]


def _set(
    linked: _Linked,
    state: str,
    *,
    reason: str = "",
    sale_id: uuid.UUID | None = None,
    attempt: int | None = None,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referral SET state = %s, reason = %s, sale_id = %s, attempt = %s WHERE friend_id = %s",
            [
                state,
                reason,
                key(sale_id) if sale_id is not None else None,
                linked.attempt if attempt is None else attempt,
                key(linked.friend_id),
            ],
        )
