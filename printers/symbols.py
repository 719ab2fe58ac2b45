"""Bar codes and QR codes as dots: for pictures of receipts, and for printers that cannot draw them themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import qrcode
from barcode.charsets import code128
from PIL import Image

_START_B: Final = 104
_CHECKSUM_MODULUS: Final = 103
_FIRST: Final = ord(" ")
_LAST_BAR: Final = "11"
_PAPER: Final = 1


@lru_cache(maxsize=64)
def code128_picture(data: str, module: int, height: int) -> Image.Image:
    """Code 128, set B, black on white without quiet zones; `module` is the thinnest bar in dots (ISO/IEC 15417)."""
    values = [_START_B, *(ord(char) - _FIRST for char in data)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % _CHECKSUM_MODULUS
    bars = "".join(code128.CODES[value] for value in (*values, check)) + code128.STOP + _LAST_BAR
    picture = Image.new("1", (len(bars), 1), _PAPER)
    picture.putdata([0 if bar == "1" else 1 for bar in bars])
    return picture.resize((len(bars) * module, height), Image.Resampling.NEAREST)


@lru_cache(maxsize=64)
def qr_picture(data: str, module: int) -> Image.Image:
    """A QR code of model 2, error correction M, black on white without a quiet zone (ISO/IEC 18004)."""
    code = qrcode.QRCode(
        version=None, error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=1, border=0
    )
    code.add_data(data.encode(), optimize=0)
    code.make(fit=True)
    matrix = code.get_matrix()
    picture = Image.new("1", (len(matrix), len(matrix)), _PAPER)
    picture.putdata([0 if dark else 1 for row in matrix for dark in row])
    return picture.resize((len(matrix) * module, len(matrix) * module), Image.Resampling.NEAREST)


def qr_modules(data: str) -> int:
    """How many modules wide the QR code of this text is."""
    return qr_picture(data, 1).width
