"""From the settings of a register to its spooler, and to the profile that pictures of its receipts need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from agent.service.ports import Clock
from agent.service.print_queue import BacklogPolicy
from agent.store.database import Store
from printers.escpos_bytes import load
from printers.profile import DrawerPin, Paper, Profile, profile_for
from printers.spooler import Spooler
from printers.timing import Timing
from printers.transports.base import Transport


class PrinterSettings(Protocol):
    """What the register's config says about its printer (agent/config.py checks it)."""

    @property
    def kind(self) -> Literal["tcp", "serial", "file", "virtual", "none"]: ...
    @property
    def address(self) -> str: ...
    @property
    def baud(self) -> int: ...
    @property
    def paper(self) -> Paper: ...
    @property
    def columns(self) -> int | None: ...
    @property
    def dots(self) -> int | None: ...
    @property
    def print_backlog(self) -> BacklogPolicy | None: ...
    @property
    def drawer(self) -> DrawerPin: ...
    @property
    def chinese(self) -> bool: ...


def build_profile(settings: PrinterSettings) -> Profile:
    """The profile of these settings. Raises LoyaltyError where the columns do not fit the dots."""
    return profile_for(
        settings.paper,
        columns=settings.columns,
        dots=settings.dots,
        drawer=settings.drawer,
        chinese=settings.chinese,
    )


def build_printer(
    settings: PrinterSettings,
    store: Store,
    clock: Clock,
    data_dir: Path,
    *,
    default_backlog: BacklogPolicy = "print",
    timing: Timing | None = None,
) -> Spooler:
    """The spooler of this register, not started yet. A `virtual` printer puts its papers into `data_dir`/paper."""
    return Spooler(
        store,
        connector(settings, clock, data_dir),
        build_profile(settings),
        clock,
        policy=settings.print_backlog or default_backlog,
        timing=timing,
        prepare=lambda: load(data_dir / "cache" / "escpos"),
    )


def connector(settings: PrinterSettings, clock: Clock, data_dir: Path) -> Callable[[], Transport] | None:
    """What makes a connection to this printer; None where there is none. A `virtual` one keeps papers in `data_dir`."""
    match settings.kind:
        case "tcp":
            from printers.transports.tcp import TcpTransport

            host, _colon, port = settings.address.rpartition(":")
            return lambda: TcpTransport(host.strip("[]"), int(port), clock)
        case "serial":
            from printers.transports.serial import SerialTransport

            return lambda: SerialTransport(settings.address, settings.baud, clock)
        case "file":
            from printers.transports.file import FileTransport

            return lambda: FileTransport(Path(settings.address), clock)
        case "virtual":
            from printers.transports.virtual import VirtualTransport
            from printers.virtual.printer import VirtualPrinter

            @cache
            def printer() -> VirtualPrinter:
                made = VirtualPrinter(build_profile(settings), data_dir / "paper")
                made.start()
                return made

            return lambda: VirtualTransport(printer(), clock)
        case "none":
            return None
