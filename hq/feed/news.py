"""What a change means for the registers: the rows of members, balances, coupons and aliases, store by store."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from hq.batches.stores import stores_of
from hq.devices.models import Store
from hq.feed.writer import FeedWriter, store_scope
from hq.ledger import coupons
from hq.ledger.books import Books, Held
from hq.limits import uses
from hq.members import aliases, first_purchase, roll
from hq.offers import giving
from hq.tiers.telling import tell_standing
from sync.wire.feed import AliasRow, BalanceRow

COUPON = "coupon:"


def tell_balances(feed: FeedWriter, books: Books) -> None:
    """The balances and coupons that changed, to every store that knows the account."""
    # What an aliased account still has in leases is its owner's.
    owners = aliases.owners_of({account for account, unit in books.touched if not unit.startswith(COUPON)})
    for account_id, unit in sorted(books.touched | {(owners.get(a, a), unit) for a, unit in books.touched}):
        if unit.startswith(COUPON):
            tell_coupon(feed, account_id)
        else:
            tell_balance(feed, books, account_id, unit, roll.stores_of(account_id))
    books.touched.clear()


def tell_balance(
    feed: FeedWriter, books: Books, account_id: uuid.UUID, unit: str, stores: Iterable[str]
) -> None:
    """One account's balance of one unit, with the entries that it counts."""
    held = held_together(books, account_id).get(unit, Held(0, 0))
    row = BalanceRow(
        account_id=account_id,
        unit=unit,
        balance=held.total,
        available=held.available,
        includes_seq={str(chain): seq for chain, seq in sorted(books.counted(account_id, unit).items())},
    )
    for store_id in stores:
        feed.add(store_scope(store_id), f"{account_id}/{unit}", row)


def held_together(books: Books, account_id: uuid.UUID) -> dict[str, Held]:
    """What an account holds of each unit, with what registers still hold of those that turned out to be its."""
    found = books.all_held(account_id)
    for each in aliases.of(account_id)[1:]:
        for unit, held in books.all_held(each).items():
            own = found.get(unit, Held(0, 0))
            found[unit] = Held(own.total + held.total, own.available)
    return found


def tell_coupon(feed: FeedWriter, coupon_id: uuid.UUID) -> None:
    """Who holds a coupon, to the stores in which it counts."""
    known = coupons.find(coupon_id)
    if known is not None:
        for store_id in stores_of(coupon_id, known.store_id):
            feed.add(store_scope(store_id), str(coupon_id), known.row)


def tell_members(feed: FeedWriter, account_id: uuid.UUID, stores: Iterable[str]) -> None:
    """The members of an account's owner, under that one; one that was merged into another is told by its alias."""
    owner = aliases.owner_of(account_id)
    people = [person for person in roll.people_of(owner) if person.merged_into is None]
    offers = giving.rows_of([person.member_id for person in people])
    for store in Store.objects.filter(pk__in=list(stores)):
        for person in people:
            feed.add(store_scope(store.pk), str(person.member_id), person.row_for(bytes(store.store_key)))
            if person.programs_row is not None:
                feed.add(store_scope(store.pk), str(person.member_id), person.programs_row)
            if person.member_id in offers:
                feed.add(store_scope(store.pk), str(person.member_id), offers[person.member_id])


def tell_joined(feed: FeedWriter, books: Books, account_id: uuid.UUID, store_id: str) -> None:
    """Everything that a store's registers need of an account that they did not know."""
    tell_members(feed, account_id, [store_id])
    for unit in held_together(books, account_id):
        if not unit.startswith(COUPON):
            tell_balance(feed, books, account_id, unit, [store_id])
    uses.tell_all(feed, account_id, [store_id])
    first_purchase.tell(feed, account_id, [store_id])
    tell_standing(feed, account_id, [store_id])


def tell_alias(
    feed: FeedWriter, provisional_id: uuid.UUID, account_id: uuid.UUID, stores: Iterable[str]
) -> None:
    """Whose account it turned out to be, with what both have used, to the stores that know it by the other id."""
    stores = list(stores)
    for store_id in stores:
        feed.add(store_scope(store_id), str(provisional_id), AliasRow(provisional_id, account_id))
    uses.tell_all(feed, account_id, stores)
    first_purchase.tell(feed, account_id, {*stores, *roll.stores_of(account_id)})
