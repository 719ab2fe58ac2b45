"""How every register stands, in one line each: last contact, clock, and what HQ has of its journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hq.console import words
from hq.devices.models import Chain, Register

SILENT_AFTER_MS: Final = 5 * 60_000
WRONG_CLOCK_MS: Final = 5 * 60_000


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


def register_line(register: Register, now_ms: int) -> RegisterLine:
    """One register's line."""
    chain = Chain.objects.filter(register=register).order_by("opened_ms").last()
    return _register_line(register, chain, now_ms)


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


def completeness(registers: list[RegisterLine]) -> str:
    active = [line for line in registers if line.register.state == Register.State.ACTIVE]
    if not active:
        return ""
    good = sum(line.look == "good" for line in active)
    return ngettext(
        "{good} of {n} register complete", "{good} of {n} registers complete", len(active)
    ).format(good=good, n=len(active))
