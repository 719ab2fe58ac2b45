"""The start page: today's sales, two weeks of days, what needs a person, and how every register stands."""

from __future__ import annotations

import datetime
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BigIntegerField, Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agent.domain.business_date import business_date
from hq import clock
from hq.console import words
from hq.console.chart import Bar, Chart, day_chart
from hq.devices.models import Chain, Register, Store
from hq.ingest.models import Quarantine, Sale
from hq.ledger.models import Balance
from hq.members.models import Member

DAYS: Final = 14
SILENT_AFTER_MS: Final = 5 * 60_000
WRONG_CLOCK_MS: Final = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name above and what belongs to it below."""

    name: str
    figure: str
    below: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person."""

    icon: str
    title: str
    detail: str
    url: str


def overview() -> dict[str, Any]:
    """What the start page shows, now."""
    now_ms = clock.now_ms()
    stores = {store.pk: store for store in Store.objects.all()}
    today = _today(stores.values(), now_ms)
    registers = register_lines(now_ms)
    return {
        "title": _("Overview"),
        "tiles": _tiles(stores, today),
        "chart": _chart(stores, today),
        "chart_note": _("{day} is not over.").format(day=date_format(today, "j M")),
        "needs": _needs(registers, stores, now_ms),
        "registers": registers,
        "complete": _completeness(registers),
    }


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """How a register stands: its last contact, its clock, and what HQ has of its journal."""

    register: Register
    url: str
    last_seen: str
    clock: str
    stored: str
    waiting: int
    state: str
    look: str
    icon: str
    silent: bool
    clock_wrong: bool


def register_lines(now_ms: int) -> list[RegisterLine]:
    """Every register with its newest chain."""
    newest: dict[str, Chain] = {}
    for chain in Chain.objects.order_by("opened_ms"):
        newest[chain.register_id] = chain
    registers = Register.objects.select_related("store").order_by("store__name", "register_id")
    return [_register_line(register, newest.get(register.pk), now_ms) for register in registers]


def _register_line(register: Register, chain: Chain | None, now_ms: int) -> RegisterLine:
    seen_ms = chain.last_seen_ms if chain else None
    silent = seen_ms is None or now_ms - seen_ms > SILENT_AFTER_MS
    waiting = chain.acked_seq - chain.projected_seq if chain else 0
    skew_ms = chain.clock_skew_ms if chain else 0
    state, look, icon = _state(register, chain, silent, waiting)
    return RegisterLine(
        register=register,
        url=reverse("admin:devices_register_change", args=[register.pk]),
        last_seen=words.when(seen_ms, register.store.zone),
        clock=words.skew(skew_ms) if chain else "",
        stored=words.whole(chain.acked_seq) if chain else "",
        waiting=waiting,
        state=state,
        look=look,
        icon=icon,
        silent=silent,
        clock_wrong=abs(skew_ms) > WRONG_CLOCK_MS,
    )


def _state(register: Register, chain: Chain | None, silent: bool, waiting: int) -> tuple[str, str, str]:
    if register.state == Register.State.REVOKED:
        return _("Revoked"), "", "block"
    if chain is not None and chain.state == Chain.State.FORKED:
        return _("Forked"), "bad", "call_split"
    if silent:
        return _("Silent"), "waiting", "warning"
    if waiting:
        text = ngettext("{n} to post", "{n} to post", waiting).format(n=words.whole(waiting))
        return text, "", "sync"
    return _("Complete"), "good", "check_circle"


def _today(stores: Any, now_ms: int) -> datetime.date:
    """The latest business date of any store, now."""
    dates = [clock.at(now_ms).date()]
    for store in stores:
        local = clock.at(now_ms).astimezone(zoneinfo.ZoneInfo(store.zone))
        offset = local.utcoffset() or datetime.timedelta()
        dates.append(business_date(now_ms, int(offset.total_seconds()) // 60, store.day_cutoff_min))
    return max(dates[1:] or dates)


def _tiles(stores: dict[str, Store], today: datetime.date) -> list[Tile]:
    sales = Sale.objects.filter(business_date=today)
    told = sales.aggregate(
        count=Count("sale_id"),
        known=Count("sale_id", filter=Q(member_id__isnull=False)),
        earned=Sum("points_earned", default=0),
        spent=Sum("points_spent", default=0),
    )
    share = f"{100 * told['known'] / told['count']:.0f}%" if told["count"] else "-"
    owned = Q(bucket__in=("available", "pending")) | Q(bucket__startswith="lease:")
    owed = Balance.objects.filter(owned, unit__startswith="points:").aggregate(sum=Sum("amount", default=0))[
        "sum"
    ]
    sums = sums_by_currency(sales, stores)
    return [
        Tile(
            _("Sales today"),
            " + ".join(sums) or words.whole(0),
            ngettext("{n} sale", "{n} sales", told["count"]).format(n=words.whole(told["count"])),
        ),
        Tile(_("Members' share"), share, _("of today's sales")),
        Tile(
            _("Points today"),
            f"+{words.whole(told['earned'])}",
            _("{n} spent").format(n=words.whole(told["spent"])),
        ),
        Tile(_("Points owed"), words.whole(owed), _("to all members")),
        Tile(_("Members"), words.whole(Member.objects.filter(merged_into=None).count()), _("on the roll")),
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


def _chart(stores: dict[str, Store], today: datetime.date) -> Chart:
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


def _needs(registers: list[RegisterLine], stores: dict[str, Store], now_ms: int) -> list[Need]:
    needs: list[Need] = []
    held = Quarantine.objects.filter(state=Quarantine.State.WAITING).aggregate(
        count=Count("seq"), oldest=Min("since_ms")
    )
    if held["count"]:
        needs.append(
            Need(
                "inventory_2",
                ngettext("{n} entry in quarantine", "{n} entries in quarantine", held["count"]).format(
                    n=held["count"]
                ),
                _("The oldest for {time}").format(time=words.ago(now_ms - held["oldest"])),
                reverse("admin:ingest_consolequarantine_changelist"),
            )
        )
    for line in registers:
        if line.register.state == Register.State.ACTIVE and line.silent:
            needs.append(
                Need(
                    "warning",
                    _("{register} is silent").format(register=line.register.name),
                    f"{line.register.store.name}, {line.last_seen}",
                    line.url,
                )
            )
        elif line.look == "bad":
            needs.append(
                Need(
                    "call_split",
                    _("{register} has forked").format(register=line.register.name),
                    line.register.store.name,
                    line.url,
                )
            )
        elif line.clock_wrong:
            needs.append(
                Need(
                    "schedule",
                    _("The clock of {register}: {skew}").format(register=line.register.name, skew=line.clock),
                    line.register.store.name,
                    line.url,
                )
            )
    short = Sale.objects.filter(state=Sale.State.SHORTFALL).count()
    if short:
        needs.append(
            Need(
                "toll",
                ngettext("{n} sale with a shortfall", "{n} sales with a shortfall", short).format(n=short),
                _("Booked to the store"),
                f"{reverse('admin:ingest_consolesale_changelist')}?state__exact={Sale.State.SHORTFALL}",
            )
        )
    return needs


def _completeness(registers: list[RegisterLine]) -> str:
    active = [line for line in registers if line.register.state == Register.State.ACTIVE]
    if not active:
        return ""
    good = sum(line.look == "good" for line in active)
    return ngettext(
        "{good} of {n} register complete", "{good} of {n} registers complete", len(active)
    ).format(good=good, n=len(active))


def points_of_account() -> Subquery:
    """For a list of members: all points that the account's member sees as theirs."""
    owned = Q(bucket__in=("available", "pending")) | Q(bucket__startswith="lease:")
    sums = (
        Balance.objects.filter(owned, account_id=OuterRef("account_id"), unit__startswith="points:")
        .order_by()
        .values("account_id")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Subquery(sums, output_field=BigIntegerField())
