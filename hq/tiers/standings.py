"""Keeping each account's tier: worked out anew from its facts whenever one comes, so that no order of arrival matters."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from django.db import connection, transaction

from agent.domain.errors import LoyaltyError
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.tiers import Standing, TierRules, standing_on
from hq import clock
from hq.columns import as_uuid, key
from hq.feed import news
from hq.feed.writer import FeedWriter
from hq.members import aliases, roll
from hq.members.models import Member
from hq.programs import publishing
from hq.tiers import facts
from hq.tiers.models import TierByHand, TierStanding
from hq.tiers.telling import tell_standing

# Accounts in one transaction of the nightly review.
BATCH: Final = 50
# No zone is further ahead of UTC than 14 hours.
EASTERNMOST_MS: Final = 14 * 60 * 60 * 1000
_FIRST: Final = uuid.UUID(int=0)


def refresh(feed: FeedWriter, account_id: uuid.UUID, now_ms: int, programs: ProgramSet | None = None) -> None:
    """Work out the account's tier from what is posted, keep it, and tell the stores that know the account."""
    programs = programs or publishing.active()
    if programs is None or programs.tiers is None:
        return
    program = programs.tiers
    owner = aliases.owner_of(account_id)
    accounts = aliases.of(owner)
    _bring_along(owner, accounts, rules_of(program), now_ms)
    standing = standing_on(
        rules_of(program),
        facts.counted(accounts, rules_of(program), programs.currency),
        facts.by_hand(accounts),
        # A shop in the east is in tomorrow already, and what it sells there counts.
        clock.at(now_ms + EASTERNMOST_MS).date(),
    )
    _keep(owner, program, standing)
    stores = roll.stores_of(owner)
    if Member.objects.filter(account_id__in=accounts).exclude(tier=standing.tier).update(tier=standing.tier):
        news.tell_members(feed, owner, stores)
    tell_standing(feed, owner, stores)


def change_by_hand(account_id: uuid.UUID, tier: str, reason: str, changed_by: str, now_ms: int) -> None:
    """Give the account a tier from today on, or take its tier away ("").

    Raises LoyaltyError for a tier that the programs in force do not have, and for a change without a reason.
    """
    programs = publishing.active()
    if programs is None or programs.tiers is None:
        raise LoyaltyError(
            "The programs in force have no tiers.",
            "Publish a program of the kind tiers first.",
            code="no_tiers",
        )
    names = [level.tier for level in rules_of(programs.tiers).levels]
    if tier and tier not in names:
        raise LoyaltyError(
            f"There is no tier {tier}.", f"Choose one of {', '.join(names)}.", code="no_such_tier"
        )
    if not reason.strip():
        raise LoyaltyError("The change has no reason.", "Say why, in a few words.", code="no_reason")
    owner = aliases.owner_of(account_id)
    with transaction.atomic():
        # The tier of before comes first, so that it is in the history.
        _bring_along(owner, aliases.of(owner), rules_of(programs.tiers), now_ms)
        TierByHand.objects.create(
            account_id=owner,
            on_date=clock.at(now_ms).date(),
            tier=tier,
            reason=reason.strip()[:200],
            changed_by=changed_by[:150],
            at_ms=now_ms,
        )
        feed = FeedWriter()
        refresh(feed, owner, now_ms, programs)
        feed.write()


def review(now_ms: int) -> int:
    """Work out every account again: reviews that came due, sales that left the window. How many tiers changed."""
    programs = publishing.active()
    if programs is None or programs.tiers is None:
        return 0
    changed, after = 0, _FIRST
    while True:
        batch = _accounts(after)
        if not batch:
            return changed
        # Those of a household are counted once, under the account that they share.
        owners = sorted(set(aliases.owners_of(batch).values()))
        before = _tiers_of(owners)
        with transaction.atomic():
            feed = FeedWriter()
            for owner in owners:
                refresh(feed, owner, now_ms, programs)
            feed.write()
        now = _tiers_of(owners)
        changed += sum(before.get(one, "") != now.get(one, "") for one in owners)
        after = batch[-1]


def rules_of(program: Program) -> TierRules:
    """The rules of a program of the kind tiers, which has them."""
    if program.tiers is None:
        raise ValueError(f"{program.id} is no program of the kind tiers")
    return program.tiers


def _bring_along(owner: uuid.UUID, accounts: Sequence[uuid.UUID], rules: TierRules, now_ms: int) -> None:
    """A member who had a tier before tiers were counted keeps it until its review."""
    if TierStanding.objects.filter(pk__in=accounts).exists():
        return
    had = Member.objects.filter(account_id__in=accounts).exclude(tier="").order_by("enrolled_ms").first()
    if (
        had is not None
        and rules.step_of(had.tier)
        and not TierByHand.objects.filter(account_id__in=accounts).exists()
    ):
        TierByHand.objects.create(
            account_id=owner, on_date=clock.at(now_ms).date(), tier=had.tier, at_ms=now_ms
        )


def _keep(owner: uuid.UUID, program: Program, standing: Standing) -> None:
    TierStanding.objects.update_or_create(
        account_id=owner,
        defaults={
            "program_id": program.id,
            "counts": rules_of(program).counts,
            "tier": standing.tier,
            "since": standing.since,
            "review_on": standing.review_on,
            "progress": standing.progress,
            "next_tier": standing.next_tier,
            "missing": standing.missing,
            "changes": msgspec.json.encode(standing.changes),
        },
    )


def _accounts(after: uuid.UUID) -> list[uuid.UUID]:
    """The next accounts with members, by id; those that belong to another are counted there."""
    query = (
        "SELECT DISTINCT account_id FROM member WHERE merged_into IS NULL AND account_id > %s"
        " ORDER BY account_id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [key(after), BATCH])
        return [as_uuid(row[0]) for row in cursor.fetchall()]


def _tiers_of(accounts: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(TierStanding.objects.filter(pk__in=list(accounts)).values_list("account_id", "tier"))
