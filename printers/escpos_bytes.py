"""ESC/POS bytes. What python-escpos knows (images, codes, drawer) comes from its `Dummy`; the rest is a byte or two.

python-escpos takes up to two seconds to load, so it is loaded here, by the first who needs it: the printer worker.
Traps of its version 3.1 that this works around: it parses its printer database as YAML each time unless it may keep it
in a private folder, makes a temporary folder at each import, sets up logging for the whole program, sends a Chinese
line whole as GB18030, and `hw("INIT")` and `cut()` do more or less than they say.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image

from printers.profile import DrawerPin

_PICKLE_DIR: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_PARSED: Final = "*.capabilities.pickle"

_ANY_WIDTH: Final = {"width": {"pixels": 65_535}}

INITIALIZE: Final = b"\x1b@"
LINE_FEED: Final = b"\n"
CHINESE_ON: Final = b"\x1c&"
CHINESE_OFF: Final = b"\x1c."

_loading = threading.Lock()
_dummy: Callable[[], Any] | None = None


def load(private_dir: Path | None = None) -> None:
    """Import python-escpos, keeping its parsed database in `private_dir` (by default the user's cache folder)."""
    global _dummy  # noqa: PLW0603 - one library, loaded once for the whole program
    with _loading:
        if _dummy is not None:
            return
        folder = private_dir or _default_dir()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # It writes what it parsed in place, and a file that a kill cut short would stop every later start: so it
        # works aside, and what is whole is moved into place.
        with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as aside:
            for parsed in folder.glob(_PARSED):
                shutil.copy2(parsed, aside)
            os.environ[_PICKLE_DIR] = aside
            with _quiet_import(folder):
                from escpos.printer import Dummy
            for parsed in Path(aside).glob(_PARSED):
                parsed.replace(folder / parsed.name)
        _dummy = Dummy


def code_page(number: int) -> bytes:
    """ESC t: select a code page."""
    return b"\x1bt" + bytes([number])


def font(number: int) -> bytes:
    """ESC M: font A (0) or B (1)."""
    return b"\x1bM" + bytes([number])


def bold(on: bool) -> bytes:
    """ESC E."""
    return b"\x1bE" + bytes([on])


def size(width: int, height: int) -> bytes:
    """GS !: characters so many times wider and higher."""
    return b"\x1d!" + bytes([(width - 1) << 4 | (height - 1)])


def centered(on: bool) -> bytes:
    """ESC a: to the middle, or to the left."""
    return b"\x1ba" + bytes([on])


def line_pitch(dots: int) -> bytes:
    """ESC 3: how far a line feed goes."""
    return b"\x1b3" + bytes([dots])


def feed(dots: int) -> bytes:
    """ESC J, as often as it takes."""
    whole, rest = divmod(dots, 255)
    return b"\x1bJ\xff" * whole + (b"\x1bJ" + bytes([rest]) if rest else b"")


def cut(partial: bool) -> bytes:
    """GS V: feed to the knife, which the printer knows the way to, and cut."""
    return b"\x1dV" + (b"B" if partial else b"A") + b"\x00"


def drawer(pin: DrawerPin) -> bytes:
    """The pulse that opens the drawer on this pin."""
    if pin == "none":
        return b""
    return _generated(lambda printer: printer.cashdraw(2 if pin == "pin2" else 5))


def image(picture: Image.Image) -> bytes:
    """GS v 0: a picture of one bit a dot, white 1 and black 0."""
    return _harmless(_generated(lambda printer: printer.image(picture, impl="bitImageRaster")))


def qr(data: str, module: int) -> bytes:
    """GS ( k: a QR code of model 2, error correction M, drawn by the printer."""
    model_2, correction_m = 2, 1
    return _generated(lambda printer: printer.qr(data, correction_m, module, model_2, native=True))


def code128(data: str, module: int, height: int) -> bytes:
    """GS k: a Code 128 in set B, drawn by the printer, without text under it."""
    # A brace begins a command inside Code 128's data, so it is written twice.
    coded = "{B" + data.replace("{", "{{")
    # Not `barcode()`: it prints which renderer it chose on the program's standard output.
    return _generated(
        lambda printer: printer._hw_barcode(
            coded, "CODE128", height, module, "OFF", align_ct=False, function_type="B", check=False
        )
    )


def _generated(command: Callable[[Any], None]) -> bytes:
    load()
    if _dummy is None:
        raise RuntimeError("python-escpos did not load")
    printer = _dummy()
    # The default profile knows no paper width, and `image()` would say so on standard output each time.
    printer.profile.profile_data = {**printer.profile.profile_data, "media": _ANY_WIDTH}
    command(printer)
    output: bytes = printer.output
    return output


# What a printer obeys the moment it arrives, even inside a picture (Epson, "real-time commands"): status, recovery,
# and the pulse that opens the drawer.
_REAL_TIME: Final = ((b"\x10\x04", b"\x10\x0c"), (b"\x10\x05", b"\x10\x0d"), (b"\x10\x14", b"\x10\x15"))


def _harmless(picture: bytes) -> bytes:
    """The picture with one dot more wherever its dots would read as a real-time command."""
    for command, harmless in _REAL_TIME:
        picture = picture.replace(command, harmless)
    return picture


def _default_dir() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("regulars", appauthor=False) / "escpos"


@contextmanager
def _quiet_import(folder: Path) -> Iterator[None]:
    """Undo what importing python-escpos does to the rest of the program: logging set up, a folder left behind."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    loader = threading.get_ident()
    make_folder = tempfile.mkdtemp

    def no_new_folder(*args: Any, **kwargs: Any) -> str:
        if threading.get_ident() == loader and not args and not kwargs:
            return str(folder)
        made: str = make_folder(*args, **kwargs)
        return made

    tempfile.mkdtemp = no_new_folder  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.mkdtemp = make_folder
        for handler in list(root.handlers):
            if handler not in handlers:
                root.removeHandler(handler)
