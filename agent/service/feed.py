"""HQ's feed, applied: every row of a page in the one transaction that also moves the cursor.

A page is decoded whole before anything is written, so that a bad row leaves the register as it was, with one
sentence that names it. A row of a kind that this release does not know is passed over and counted.
"""

from __future__ import annotations

import dataclasses
import uuid
import zoneinfo
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from gettext import gettext as _
from typing import Any, Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.money import plain_decimal
from agent.store import (
    attached_sales,
    balances,
    catalog,
    coupons,
    feed_state,
    member_history,
    member_programs,
    members,
    personal_offers,
    settings,
    status,
    tiers,
)
from agent.store.database import Store
from agent.store.program_shares import put_share
from agent.store.sqlite import Connection
from sync.wire import feed
from sync.wire.messages import FeedRow, Pulled

MAX_EXPONENT: Final = 4
MAX_TAX_RATE: Final = Decimal(10)
_DAY_MIN: Final = 24 * 60


class BadFeedRow(LoyaltyError):
    """A row that cannot be used; nothing of its page was applied."""

    def __init__(self, row: FeedRow, problem: str) -> None:
        super().__init__(
            _("The {kind} “{key}” in HQ's feed cannot be used: {problem}.").format(
                kind=row.kind, key=row.key, problem=problem
            ),
            _("Correct it at HQ. Nothing was lost; the register goes on with what it has and tries again."),
            code="bad_feed_row",
        )


@dataclasses.dataclass(frozen=True, slots=True)
class AppliedPage:
    """What a page did: rows applied, and how many of each unknown kind were passed over."""

    applied: int
    passed_over: dict[str, int]


def apply_page(store: Store, page: Pulled, own_chain: uuid.UUID) -> AppliedPage:
    """Apply every row and move the cursor, or raise BadFeedRow and change nothing."""
    rows = [(row, _decoded(row)) for row in page.rows if row.kind in feed.ROWS]
    unknown = Counter(row.kind for row in page.rows if row.kind not in feed.ROWS)
    with store.unit_of_work() as db:
        for row, body in rows:
            try:
                _apply(db, body, own_chain)
            except (ValueError, OverflowError) as error:
                raise BadFeedRow(row, str(error)) from error
        if unknown:
            _count_passed_over(db, unknown)
        feed_state.set_cursor(db, page.next_cursor)
    return AppliedPage(len(rows), dict(unknown))


def _decoded(row: FeedRow) -> feed.Row:
    try:
        body: feed.Row = msgspec.msgpack.decode(row.body, type=feed.ROWS[row.kind])
        _check(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadFeedRow(row, _field_and_reason(str(error))) from error
    except ValueError as error:
        raise BadFeedRow(row, str(error)) from error
    return body


def _check(body: feed.Row) -> None:
    """What types cannot say. Raises ValueError naming the field."""
    match body:
        case feed.StoreRow():
            try:
                zoneinfo.ZoneInfo(body.zone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(_("field zone: {zone} is no time zone").format(zone=body.zone)) from error
            if not 0 <= body.currency_exponent <= MAX_EXPONENT:
                raise ValueError(
                    _("field currency_exponent: it is not 0 to {most}").format(most=MAX_EXPONENT)
                )
            if not -_DAY_MIN < body.day_cutoff_min < _DAY_MIN:
                raise ValueError(_("field day_cutoff_min: it is not within a day"))
        case feed.ItemRow():
            for name in ("price", "card_price", "quantity_step"):
                value = getattr(body, name)
                if value is not None and not (value.is_finite() and value >= 0 and value.adjusted() < 18):
                    raise ValueError(
                        _("field {name}: {value} is no price or step").format(name=name, value=value)
                    )
            if body.quantity_step == 0:
                raise ValueError(_("field quantity_step: it is 0"))
            for number, tax in enumerate(body.taxes):
                if not _is_tax_rate(tax.rate):
                    raise ValueError(
                        _("field taxes[{number}].rate: {rate} is no tax rate").format(
                            number=number, rate=tax.rate
                        )
                    )


def _is_tax_rate(rate: Decimal) -> bool:
    """A share of the price, as it can be written in a sale's entry; 0.19 is 19 %."""
    try:
        return 0 <= plain_decimal(rate) <= MAX_TAX_RATE
    except ValueError:
        return False


def _apply(db: Connection, body: feed.Row, own_chain: uuid.UUID) -> None:
    if isinstance(body, feed.CouponRow):
        _apply_coupon(db, body, own_chain)
    elif isinstance(body, feed.ShareRow):
        # It comes in the scope of this chain alone.
        put_share(db, body, own_chain)
    else:
        _APPLY[type(body)](db, body)


def _apply_coupon(db: Connection, row: feed.CouponRow, own_chain: uuid.UUID) -> None:
    """HQ's row of a coupon, unless our own journal says something newer of it.

    Only the journal knows what its chain holds, used, gave back or made void; HQ's word about that is always older.
    """
    known = coupons.read_coupon(db, row.coupon_id)
    if known is not None:
        ended_here = known.chain_id == own_chain and known.state in ("redeemed", "void")
        told_of_us = row.chain_id == own_chain and row.state in ("held", "redeemed")
        if ended_here or told_of_us:
            return
    coupons.put_coupon(db, row)


def _apply_alias(db: Connection, row: feed.AliasRow) -> None:
    """The account turned out to be another's: its postings and whoever was known under it move there."""
    feed_state.put_alias(db, row.provisional_id, row.account_id)
    owner = feed_state.alias_of(db, row.provisional_id)
    if owner == row.provisional_id:
        return
    balances.move_own_postings(db, row.provisional_id, owner)
    member_history.move_uses(db, row.provisional_id, owner)
    for known in members.members_of_account(db, row.provisional_id):
        moved = msgspec.structs.replace(known.row, account_id=owner)
        members.put_member(db, moved, provisional=known.provisional)


def _want_program_set(db: Connection, row: feed.ProgramSetRow) -> None:
    """The bytes are fetched later, in ranges; the set in force stays until they are here and sound."""
    status.put_status(db, status.WantedProgramSet(version=row.version, sha256=row.sha256, size=row.size))


def _count_passed_over(db: Connection, unknown: Counter[str]) -> None:
    before = status.read_status(db, status.PassedOverRows).kinds
    status.put_status(db, status.PassedOverRows(kinds=dict(Counter(before) + unknown)))


_APPLY: Final[dict[type[feed.Row], Callable[[Connection, Any], None]]] = {
    feed.MemberRow: members.put_member,
    feed.MemberProgramsRow: member_programs.put_programs,
    feed.PersonalOffersRow: personal_offers.put_offers,
    feed.BalanceRow: balances.put_balance,
    feed.UsesRow: member_history.put_uses,
    feed.FirstPurchaseRow: member_history.put_first_purchase,
    feed.AliasRow: _apply_alias,
    feed.TierRow: tiers.put_tier,
    feed.ProgramSetRow: _want_program_set,
    feed.ItemRow: catalog.put_item,
    feed.OperatorRow: settings.put_operator,
    feed.StoreRow: settings.put_store,
    feed.AttachedRow: attached_sales.put_attached,
    feed.OutcomeRow: feed_state.put_outcome,
}


def _field_and_reason(message: str) -> str:
    """msgspec says "Expected ... - at `$.price`"; people read the field first."""
    reason, found, path = message.partition(" - at `$.")
    reason = reason[:1].lower() + reason[1:]
    return _("field {field}: {reason}").format(field=path.rstrip("`"), reason=reason) if found else reason
