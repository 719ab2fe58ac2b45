"""What waits for a person, on the start page: each with where to go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hq.console import words
from hq.console.register_lines import RegisterLine
from hq.devices.models import Chain, Register
from hq.ingest.models import Quarantine, Sale


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person."""

    icon: str
    title: str
    detail: str
    url: str


def needs(user: AbstractUser | AnonymousUser, registers: list[RegisterLine], now_ms: int) -> list[Need]:
    """What this person may see of it."""
    found: list[Need] = []
    if user.has_perm("ingest.view_consolequarantine"):
        found += _quarantine(now_ms)
    if user.has_perm("devices.view_register"):
        found += _unheard()
        for line in registers:
            found += _register(line)
    if user.has_perm("ingest.view_consolesale"):
        found += _shortfall()
    return found


def _quarantine(now_ms: int) -> Iterator[Need]:
    held = Quarantine.objects.filter(state=Quarantine.State.WAITING).aggregate(
        count=Count("seq"), oldest=Min("since_ms")
    )
    if held["count"]:
        yield Need(
            "inventory_2",
            ngettext("{n} entry in quarantine", "{n} entries in quarantine", held["count"]).format(
                n=words.whole(held["count"])
            ),
            _("The oldest for {time}").format(time=words.ago(now_ms - held["oldest"])),
            reverse("admin:ingest_consolequarantine_changelist"),
        )


def _unheard() -> Iterator[Need]:
    """After a restore HQ does not know what these chains still hold (formats.md, Wire)."""
    for chain in Chain.objects.filter(state=Chain.State.OK, reported=False).select_related("register__store"):
        yield Need(
            "hourglass_top",
            _("{register} was not heard since HQ was restored").format(register=chain.register.name),
            _("No points can be spent until it was heard, or is revoked"),
            reverse("admin:devices_register_change", args=[chain.register_id]),
        )


def _register(line: RegisterLine) -> Iterator[Need]:
    name, store = line.register.name, line.register.store.name
    if line.register.state == Register.State.REVOKED:
        return
    if line.look == "bad":
        yield Need("call_split", _("{register} has forked").format(register=name), store, line.url)
    elif line.silent:
        silent = _("{register} is silent").format(register=name)
        yield Need("warning", silent, f"{store}, {line.last_seen}", line.url)
    elif line.clock_wrong:
        told = _("The clock of {register}: {skew}").format(register=name, skew=line.clock)
        yield Need("schedule", told, store, line.url)


def _shortfall() -> Iterator[Need]:
    short = Sale.objects.filter(state=Sale.State.SHORTFALL).count()
    if short:
        yield Need(
            "toll",
            ngettext("{n} sale with a shortfall", "{n} sales with a shortfall", short).format(
                n=words.whole(short)
            ),
            _("Booked to the store"),
            f"{reverse('admin:ingest_consolesale_changelist')}?state__exact={Sale.State.SHORTFALL}",
        )
