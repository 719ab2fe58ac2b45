"""Several members, one account: duplicates are merged, households share. Nothing is lost and nothing doubled.

Both are the same act: an alias from one account to the other, and ledger entries that move what it holds (no key is
ever updated). What a register holds in leases on the old account stays spendable there, and follows when it comes back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from hq.columns import key
from hq.feed import news
from hq.feed.state import identity, next_commit
from hq.feed.writer import FeedWriter, store_scope
from hq.ids import new_id
from hq.ledger.books import Books, Origin
from hq.members import aliases, roll
from hq.members.models import Account, Member
from hq.membership.accounts import Accounts
from hq.offers import giving
from hq.segments import inviting
from hq.tiers import standings
from sync.wire.feed import MemberRow

HOUSEHOLD: Final = "household"
MAX_HOUSEHOLD: Final = 20


def merge(duplicate_id: uuid.UUID, survivor_id: uuid.UUID, now_ms: int) -> uuid.UUID:
    """The duplicate is the survivor from now on: cards, phones and points are one's; the account that is left.

    Raises LoyaltyError, and changes nothing, for one and the same member, one that was merged before, and two
    members of different households.
    """
    with transaction.atomic():
        duplicate, survivor = on_roll(duplicate_id), on_roll(survivor_id)
        if duplicate.member_id == survivor.member_id:
            raise LoyaltyError(_("This is one and the same member."), "", code="same_member")
        source, target = _which_way(duplicate, survivor)
        accounts = Accounts(Books(), FeedWriter(), now_ms)
        if source != target:
            _join(accounts, source, target)
        _hand_over(duplicate, survivor)
        _tell_gone(accounts.feed, duplicate, target)
        _tell(accounts, target)
    return target


def make_household(member_ids: Sequence[uuid.UUID], now_ms: int) -> uuid.UUID:
    """These members share one account from now on: the household's of one of them, or a new one.

    Raises LoyaltyError, and changes nothing, for fewer than two members, too many, or two households.
    """
    with transaction.atomic():
        members = [on_roll(each) for each in dict.fromkeys(member_ids)]
        roots = list(dict.fromkeys(aliases.owner_of(member.account_id) for member in members))
        if len(members) < 2:
            raise LoyaltyError(_("A household has at least two members."), "", code="too_few_members")
        if len(roots) == 1:
            raise LoyaltyError(_("These members share an account already."), "", code="one_account_already")
        lock(roots)
        households = [root for root in roots if _is_household(root)]
        if len(households) > 1:
            raise _two_households()
        if sum(len(living(root)) for root in roots) > MAX_HOUSEHOLD:
            raise LoyaltyError(
                _("A household has at most {count} members.").format(count=MAX_HOUSEHOLD),
                "",
                code="too_many_members",
            )
        target = households[0] if households else new_id(now_ms)
        roll.open_account(target, HOUSEHOLD, now_ms)
        accounts = Accounts(Books(), FeedWriter(), now_ms)
        for root in roots:
            if root != target:
                _join(accounts, root, target)
        _tell(accounts, target)
    return target


def shares_with(member: Member) -> list[Member]:
    """The other members of this one's account."""
    found = living(aliases.owner_of(member.account_id))
    return [each for each in found if each.member_id != member.member_id]


def _which_way(duplicate: Member, survivor: Member) -> tuple[uuid.UUID, uuid.UUID]:
    """The account that becomes an alias, and the one that stays; a household stays, since others share it."""
    source, target = aliases.owner_of(duplicate.account_id), aliases.owner_of(survivor.account_id)
    if source == target:
        return source, target
    lock((source, target))
    # Members whom the shop file put under one account share it like a household.
    shared = [len(living(root)) > 1 or _is_household(root) for root in (source, target)]
    if all(shared):
        raise _two_households()
    return (target, source) if shared[0] else (source, target)


def _join(accounts: Accounts, source: uuid.UUID, target: uuid.UUID) -> None:
    """All that the source and its own aliases hold goes to the target, in one balanced entry for each."""
    for account_id in (source, target):
        # A tier that either had before tiers were counted is on record before they are one.
        standings.refresh(accounts.feed, account_id, accounts.now_ms)
    theirs = aliases.of(source)
    if not accounts.make_alias(source, target):
        raise AssertionError(f"{source} is an alias already")
    origin = Origin(identity().origin, next_commit(), accounts.now_ms)
    for nth, account_id in enumerate(theirs):
        accounts.sweep(account_id, origin, nth)


def _hand_over(duplicate: Member, survivor: Member) -> None:
    """Cards, phones and e-mails lead to the survivor; what only the duplicate had told is kept."""
    moved = [key(survivor.account_id), key(survivor.member_id), key(duplicate.member_id)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identifier SET account_id = %s, member_id = %s WHERE member_id = %s", moved)
        cursor.execute("UPDATE lost_card SET account_id = %s, member_id = %s WHERE member_id = %s", moved)
    told = {
        name: getattr(duplicate, name)
        for name in ("birthday", "locale", "tier")
        if getattr(duplicate, name) and not getattr(survivor, name)
    }
    if duplicate.name and not survivor.name:
        told |= {name: getattr(duplicate, name) for name in ("name", "given_name", "search_name")}
    if told:
        Member.objects.filter(member_id=survivor.member_id, account_id=survivor.account_id).update(**told)
    giving.hand_over(duplicate.member_id, survivor.member_id)
    inviting.hand_over(duplicate.member_id, survivor.member_id)
    gone = Member.objects.filter(member_id=duplicate.member_id) | Member.objects.filter(
        merged_into=duplicate.member_id
    )
    gone.update(merged_into=survivor.member_id)


def _tell_gone(feed: FeedWriter, duplicate: Member, target: uuid.UUID) -> None:
    """Registers keep the id, which their journals name, and find it by nothing any more."""
    row = MemberRow(member_id=duplicate.member_id, account_id=target)
    for store_id in {*roll.stores_of(duplicate.account_id), *roll.stores_of(target)}:
        feed.add(store_scope(store_id), str(duplicate.member_id), row)


def _tell(accounts: Accounts, target: uuid.UUID) -> None:
    standings.refresh(accounts.feed, target, accounts.now_ms)
    news.tell_members(accounts.feed, target, roll.stores_of(target))
    news.tell_balances(accounts.feed, accounts.books)
    accounts.feed.write()


def living(root: uuid.UUID) -> list[Member]:
    """The members of an account who are nobody else's double, the first joined first."""
    return list(
        Member.objects.filter(account_id__in=aliases.of(root), merged_into=None).order_by("enrolled_ms")
    )


def _is_household(root: uuid.UUID) -> bool:
    return Account.objects.filter(account_id=root, kind=HOUSEHOLD).exists()


def on_roll(member_id: uuid.UUID) -> Member:
    """The member. Raises LoyaltyError for nobody, and for one who turned out to be another."""
    member = Member.objects.filter(member_id=member_id).first()
    if member is None or member.merged_into is not None:
        raise LoyaltyError(_("This member is no longer on the roll."), _("Search again."), code="member_gone")
    return member


def lock(roots: Iterable[uuid.UUID]) -> None:
    """Always in the same order, so that two people at the console never wait for each other for ever."""
    list(Account.objects.select_for_update().filter(account_id__in=list(roots)).order_by("account_id"))


def _two_households() -> LoyaltyError:
    return LoyaltyError(
        _("Both share an account with other members already."),
        _("Two shared accounts cannot be made one."),
        code="two_households",
    )
