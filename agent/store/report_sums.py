"""Sums over this register's own tables for a period of business dates, both days included, added up by SQLite."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from agent.store.sqlite import Connection
from sync.wire.entries import KIND_MEMBER, KIND_RETURN, KIND_VOID


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """What was sold, came back and was voided on one business date; a void counts on the day on which it was made."""

    day: datetime.date
    sales: int
    with_member: int
    goods_minor: int
    discount_minor: int
    total_minor: int
    returns: int
    returned_minor: int
    voids: int
    voided_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponStates:
    """The coupons of one program that this register knows of: usable ones (`live`), and how the others ended."""

    program_id: str
    live: int
    redeemed: int
    void: int
    expired: int


def sums_by_day(db: Connection, first: datetime.date, last: datetime.date) -> Iterator[DaySums]:
    """The days on which anything was sold or came back, in order."""
    rows = db.execute(
        "with sold as (select business_date as day, count(*) as sales, count(account_id) as with_member,"
        "  sum(goods_minor) as goods, sum(discount_minor) as off, sum(total_minor) as total"
        "  from sale where business_date between ?1 and ?2 group by business_date),"
        " back as (select business_date as day, sum(kind = ?3) as returns,"
        "  sum(iif(kind = ?3, refund_minor, 0)) as returned, sum(kind = ?4) as voids,"
        "  sum(iif(kind = ?4, refund_minor, 0)) as voided"
        "  from sale_return where business_date between ?1 and ?2 group by business_date)"
        " select coalesce(sold.day, back.day) as day, coalesce(sales, 0), coalesce(with_member, 0),"
        "  coalesce(goods, 0), coalesce(off, 0), coalesce(total, 0), coalesce(returns, 0),"
        "  coalesce(returned, 0), coalesce(voids, 0), coalesce(voided, 0)"
        " from sold full join back on back.day = sold.day order by 1",
        (first.isoformat(), last.isoformat(), KIND_RETURN, KIND_VOID),
    )
    for day, sales, with_member, goods, off, total, returns, returned, voids, voided in rows:
        yield DaySums(
            day=datetime.date.fromisoformat(day),
            sales=sales,
            with_member=with_member,
            goods_minor=goods,
            discount_minor=off,
            total_minor=total,
            returns=returns,
            returned_minor=returned,
            voids=voids,
            voided_minor=voided,
        )


def accounts_by_day(db: Connection, first: datetime.date, last: datetime.date) -> dict[datetime.date, int]:
    """How many different accounts bought something, by business date."""
    rows = db.execute(
        "select business_date, count(distinct account_id) from sale"
        " where business_date between ? and ? and account_id is not null group by business_date",
        (first.isoformat(), last.isoformat()),
    )
    return {datetime.date.fromisoformat(day): count for day, count in rows}


def enrolled_by_day(db: Connection, first: datetime.date, last: datetime.date) -> dict[datetime.date, int]:
    """How many members were enrolled at this register, by business date."""
    rows = db.execute(
        "select json_extract(cast(body as text), '$.stamp.business_date') as day, count(*) from journal"
        " where kind = ? and day between ? and ? group by day",
        (KIND_MEMBER, first.isoformat(), last.isoformat()),
    )
    return {datetime.date.fromisoformat(day): count for day, count in rows}


def coupon_states(db: Connection, on: datetime.date) -> Iterator[CouponStates]:
    """The coupons that this register knows of as they stand now, by program; expired ones ended before `on`."""
    rows = db.execute(
        "select program_id, sum(state in ('held', 'free') and valid_until >= ?1), sum(state = 'redeemed'),"
        " sum(state = 'void'), sum(state in ('held', 'free') and valid_until < ?1)"
        " from coupon group by program_id order by program_id",
        (on.isoformat(),),
    )
    for program_id, live, redeemed, void, expired in rows:
        yield CouponStates(program_id=program_id, live=live, redeemed=redeemed, void=void, expired=expired)
