"""The start page: today's sales, two weeks of days, what needs a person, and how every register stands."""

from __future__ import annotations

import datetime
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agent.domain.business_date import business_date
from hq import clock
from hq.console import words
from hq.console.chart import Bar, Chart, day_chart
from hq.console.needs import needs
from hq.console.register_lines import completeness, register_lines
from hq.devices.models import Store
from hq.ingest.models import Sale
from hq.ledger.models import Balance
from hq.members.models import Member

DAYS: Final = 14
_OWNED: Final = Q(bucket__in=("available", "pending")) | Q(bucket__startswith="lease:")


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name above and what belongs to it below."""

    name: str
    figure: str
    below: str


def overview(user: AbstractUser | AnonymousUser) -> dict[str, Any]:
    """What the start page shows this person, now."""
    now_ms = clock.now_ms()
    stores = {store.pk: store for store in Store.objects.all()}
    today = _today(stores.values(), now_ms)
    registers = register_lines(now_ms) if user.has_perm("devices.view_register") else []
    sees_sales = user.has_perm("ingest.view_consolesale")
    return {
        "title": _("Overview"),
        "tiles": _tiles(user, stores, today),
        "sees_sales": sees_sales,
        "chart": _chart(today) if sees_sales else None,
        "chart_note": _("{day} is not over.").format(day=date_format(today, "j M")),
        "needs": needs(user, registers, now_ms),
        "sees_registers": user.has_perm("devices.view_register"),
        "registers": registers,
        "complete": completeness(registers),
    }


def _today(stores: Any, now_ms: int) -> datetime.date:
    """The latest business date of any store, now."""
    dates = [clock.at(now_ms).date()]
    for store in stores:
        local = clock.at(now_ms).astimezone(zoneinfo.ZoneInfo(store.zone))
        offset = local.utcoffset() or datetime.timedelta()
        dates.append(business_date(now_ms, int(offset.total_seconds()) // 60, store.day_cutoff_min))
    return max(dates[1:] or dates)


def _tiles(user: AbstractUser | AnonymousUser, stores: dict[str, Store], today: datetime.date) -> list[Tile]:
    found: list[Tile] = []
    if user.has_perm("ingest.view_consolesale"):
        found += _sale_tiles(stores, today)
    if user.has_perm("ledger.view_ledgerentry"):
        points = Balance.objects.filter(_OWNED, unit__startswith="points:")
        owed = points.aggregate(sum=Sum("amount", default=0))["sum"]
        found.append(Tile(_("Points owed"), words.whole(owed), _("to all members")))
    if user.has_perm("members.view_consolemember"):
        members = Member.objects.filter(merged_into=None).count()
        found.append(Tile(_("Members"), words.whole(members), _("on the roll")))
    return found


def _sale_tiles(stores: dict[str, Store], today: datetime.date) -> list[Tile]:
    sales = Sale.objects.filter(business_date=today)
    told = sales.aggregate(
        count=Count("sale_id"),
        known=Count("sale_id", filter=Q(member_id__isnull=False)),
        earned=Sum("points_earned", default=0),
        spent=Sum("points_spent", default=0),
    )
    share = f"{100 * told['known'] / told['count']:.0f}%" if told["count"] else "-"
    return [
        Tile(
            _("Sales today"),
            " + ".join(sums_by_currency(sales, stores)) or words.whole(0),
            ngettext("{n} sale", "{n} sales", told["count"]).format(n=words.whole(told["count"])),
        ),
        Tile(_("Members' share"), share, _("of today's sales")),
        Tile(
            _("Points today"),
            f"+{words.whole(told['earned'])}",
            _("{n} spent").format(n=words.whole(told["spent"])),
        ),
    ]


def sums_by_currency(sales: QuerySet[Sale], stores: dict[str, Store]) -> list[str]:
    """The totals of these sales, one amount for each currency, the largest first."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for row in sales.order_by().values("store_id").annotate(sum=Sum("total_minor")):
        store = stores.get(row["store_id"])
        if store is not None:
            found[store.currency, store.currency_exponent] += row["sum"]
    largest = sorted(found.items(), key=lambda item: -item[1])
    return [words.money(amount, exponent, currency) for (currency, exponent), amount in largest]


def _chart(today: datetime.date) -> Chart:
    first = today - datetime.timedelta(days=DAYS - 1)
    rows = (
        Sale.objects.filter(business_date__gte=first, business_date__lte=today)
        .order_by()
        .values("business_date")
        .annotate(known=Count("sale_id", filter=Q(member_id__isnull=False)), count=Count("sale_id"))
    )
    by_day = {row["business_date"]: row for row in rows}
    bars = []
    for number in range(DAYS):
        day = first + datetime.timedelta(days=number)
        row = by_day.get(day, {"known": 0, "count": 0})
        bars.append(Bar(str(day.day), row["known"], row["count"] - row["known"], day == today))
    return day_chart(bars)


def points_of_account() -> Subquery:
    """For a list of members: all points that the account's member sees as theirs."""
    sums = (
        Balance.objects.filter(_OWNED, account_id=OuterRef("account_id"), unit__startswith="points:")
        .order_by()
        .values("account_id")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Subquery(sums, output_field=BigIntegerField())
