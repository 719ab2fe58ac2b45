"""One receipt as bytes and as a picture, from the same layout."""

from __future__ import annotations

from PIL import Image

from agent.domain.receipt import Receipt
from printers.encode import encode
from printers.layout import Layout, lay_out
from printers.profile import PAPER_80MM, Profile
from printers.raster import layout_picture
from printers.receipt_document import receipt_document


def lay_out_receipt(receipt: Receipt, profile: Profile = PAPER_80MM, *, copy: bool = False) -> Layout:
    """The receipt laid out for this printer; `text()` of it is what can be read on the paper."""
    return lay_out(receipt_document(receipt, copy=copy), profile)


def encode_receipt(receipt: Receipt, profile: Profile = PAPER_80MM, *, copy: bool = False) -> bytes:
    """The receipt as ESC/POS bytes, from the printer's reset to the cut."""
    return encode(lay_out_receipt(receipt, profile, copy=copy))


def receipt_picture(receipt: Receipt, profile: Profile = PAPER_80MM, *, copy: bool = False) -> Image.Image:
    """The receipt as a black and white picture, a pixel to a dot, with a margin of 32."""
    return layout_picture(lay_out_receipt(receipt, profile, copy=copy))
