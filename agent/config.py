"""The register's settings, one TOML file, checked at start: an error names the key and the fix.

Settings that the store decides (zone, currency, programs, operators) come from HQ; this file holds what belongs
to one machine: who it talks to, what it prints on, how its screen looks. No secret is ever in it.
"""

from __future__ import annotations

import os
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.quote_input import Role

FILE_NAME: Final = "register.toml"
MAX_CONFIG_BYTES: Final = 64 * 1024

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class PrinterConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What receipts come out of. `address` is host:port for tcp, a device for serial, a path for file.

    `virtual` prints into `<data>/paper`; `none` keeps receipts waiting as print jobs, for a later printer.
    `chinese` when the printer has Chinese characters (GB18030) built in; without it they are printed as pictures.
    """

    kind: Literal["tcp", "serial", "file", "virtual", "none"] = "none"
    address: str = ""
    baud: Annotated[int, msgspec.Meta(ge=1200, le=921_600)] = 9600
    paper: Literal["80mm", "58mm"] = "80mm"
    columns: Annotated[int, msgspec.Meta(ge=16, le=64)] | None = None
    dots: Annotated[int, msgspec.Meta(ge=128, le=832)] | None = None
    print_backlog: Literal["ask", "print", "drop"] | None = None
    drawer: Literal["none", "pin2", "pin5"] = "none"
    chinese: bool = False


class HqConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """HQ's address. Plain http only to this machine itself; https anywhere else."""

    url: str = ""


class ScreenConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the till looks. `locale` empty: the store's."""

    theme: Literal["light", "dark"] = "light"
    locale: str = ""
    full_screen: bool = False


class ScannerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a keyboard-wedge scanner puts around a code; empty where it puts nothing."""

    prefix: str = ""
    suffix: str = "\r"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything in register.toml. `secrets = "file"` keeps keys in 0600 files without trying the keyring."""

    role: Role = "till"
    secrets: Literal["keyring", "file"] = "keyring"
    hq: HqConfig = HqConfig()
    printer: PrinterConfig = PrinterConfig()
    screen: ScreenConfig = ScreenConfig()
    scanner: ScannerConfig = ScannerConfig()


def load_config(data_dir: Path) -> Config:
    """The checked settings of this data folder; defaults where there is no file.

    Raises LoyaltyError naming the key and what may stand there.
    """
    path = data_dir / FILE_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise LoyaltyError(
            _("The settings {path} cannot be read: {reason}.").format(path=path, reason=error.strerror),
            _("Check that the file belongs to the user who runs Regulars."),
            code="config_unreadable",
        ) from error
    return parse_config(data, str(path))


def parse_config(data: bytes, where: str) -> Config:
    """Decode and check settings; `where` is named in errors."""
    if len(data) > MAX_CONFIG_BYTES:
        raise _wrong(where, _("the file is larger than {most} bytes").format(most=MAX_CONFIG_BYTES))
    try:
        config = msgspec.toml.decode(data, type=Config)
    except msgspec.ValidationError as error:
        raise _wrong(where, _key_and_reason(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(where, _("this is not TOML: {reason}").format(reason=error)) from error
    _check_hq(config.hq, where)
    _check_printer(config.printer, where)
    return config


def require_hq_may_be(data_dir: Path, config: Config, url: str) -> None:
    """Raise LoyaltyError unless this address can be written into register.toml: a person's word there stays."""
    path = data_dir / FILE_NAME
    if config.hq.url != url and path.exists() and "[hq]" in path.read_text("utf-8"):
        raise LoyaltyError(
            _("The settings {path} name another HQ: {url}.").format(
                path=path, url=config.hq.url or _("none")
            ),
            _('Write url = "{url}" under [hq] there, then enrol again.').format(url=url),
            code="other_hq",
        )


def remember_hq(data_dir: Path, config: Config, url: str) -> None:
    """Write HQ's address into register.toml, keeping what a person wrote there. Raises LoyaltyError."""
    if config.hq.url == url:
        return
    path = data_dir / FILE_NAME
    try:
        require_hq_may_be(data_dir, config, url)
        text = path.read_text("utf-8") if path.exists() else ""
        wanted = f'{text.rstrip()}\n\n[hq]\nurl = "{url}"\n'.lstrip()
        parse_config(wanted.encode(), str(path))
        aside = path.with_name(FILE_NAME + ".new")
        aside.write_text(wanted, "utf-8")
        aside.replace(path)
    except OSError as error:
        raise LoyaltyError(
            _("The settings {path} cannot be written: {reason}.").format(path=path, reason=error.strerror),
            _("Check the folder's owner."),
            code="config_unwritable",
        ) from error


def default_data_dir() -> Path:
    """Where the register keeps its data unless told otherwise: REGULARS_DATA, else the user's data folder."""
    told = os.environ.get("REGULARS_DATA")
    if told:
        return Path(told)
    from platformdirs import user_data_path

    return user_data_path("regulars", appauthor=False)


def _check_hq(hq: HqConfig, where: str) -> None:
    if not hq.url:
        return
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(hq.url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _wrong(where, _("`hq.url` is not an address: {reason}").format(reason=error)) from error
    if parts.scheme not in ("http", "https") or not host:
        raise _wrong(where, _("`hq.url` must look like https://hq.example"))
    if parts.scheme == "http" and host not in ("127.0.0.1", "::1", "localhost"):
        raise _wrong(where, _("`hq.url` must begin with https:// (http:// only reaches this machine itself)"))


def _check_printer(printer: PrinterConfig, where: str) -> None:
    if printer.kind in ("tcp", "serial", "file") and not printer.address:
        example = {"tcp": "192.168.1.50:9100", "serial": "/dev/ttyUSB0", "file": "/tmp/receipts.bin"}  # noqa: S108
        missing = _("`printer.address` is missing, for example {example}")
        raise _wrong(where, missing.format(example=example[printer.kind]))
    if printer.kind == "tcp":
        host, colon, port = printer.address.rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise _wrong(
                where, _("`printer.address` must be a host and a port, for example 192.168.1.50:9100")
            )


def _key_and_reason(message: str) -> str:
    """msgspec says "Expected ... - at `$.printer.kind`"; people read the key first."""
    reason, _at, path = message.partition(" - at `$.")
    key = path.rstrip("`")
    reason = reason[:1].lower() + reason[1:]
    return f"`{key}`: {reason}" if key else reason


def _wrong(where: str, problem: str) -> LoyaltyError:
    return LoyaltyError(
        _("The settings {path} are not usable: {problem}.").format(path=where, problem=problem),
        _("Correct that line and start again."),
        code="bad_config",
    )
