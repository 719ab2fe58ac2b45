"""ESC/POS bytes of a receipt, read back: what is on the paper is what was laid out."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from agent.domain.receipt import ReceiptTender, StoreHead
from printers import escpos_bytes
from printers.document import BIG, Cut, Document, Text
from printers.document import Image as Picture
from printers.encode import encode, encode_segments
from printers.layout import CodeRow, TextRow, lay_out
from printers.profile import PAPER_58MM, PAPER_80MM, Profile, profile_for
from printers.raster import layout_picture
from printers.receipts import encode_receipt, lay_out_receipt, receipt_picture
from printers.stream.printed import DrawerPulse, PrintedLine, PrintedPicture
from printers.stream.render import render
from printers.stream.tokenizer import Tokenizer
from tests.printers.receipts import QR_PAYLOAD, SERIAL, a_receipt, for_member

CEDILLA = str.maketrans("ȘșȚț", "ŞşŢţ")
PROFILES = [
    PAPER_80MM,
    PAPER_58MM,
    profile_for("80mm", columns=42),
    profile_for("80mm", columns=64),
    profile_for("58mm", chinese=True),
]
# A receipt whose letters all have a code page that looks the same on paper: no comma below.
PLAIN_LETTERS = {"store": StoreHead("Büyük Çarşı", ("Atatürk Cad. 5, İzmir",)), "lines": (), "coupons": ()}


def rows_read(data: bytes, profile: Profile) -> list[str]:
    """The rows of text that the bytes print, in order."""
    return [row for row in render(data, profile).text().splitlines() if not row.startswith("[")]


def printable_rows(receipt, profile: Profile) -> list[str]:
    """The rows of text that were laid out, less those that the printer gets as pictures."""
    layout = lay_out_receipt(receipt, profile)
    return [row.text(profile.columns) for row in layout.rows if isinstance(row, TextRow)]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_paper_says_what_was_laid_out_row_by_row(profile: Profile):
    receipt = a_receipt()
    wanted = [row.translate(CEDILLA) for row in printable_rows(receipt, profile)]
    assert rows_read(encode_receipt(receipt, profile), profile) == wanted


@pytest.mark.parametrize("profile", PROFILES)
def test_picture_and_paper_are_the_same_dots(profile: Profile):
    receipt = for_member("Gülşah Ö.", locale="tr", **PLAIN_LETTERS)
    drawn = receipt_picture(receipt, profile)
    printed = render(encode_receipt(receipt, profile), profile).picture().crop((0, 0, *drawn.size))
    assert ImageChops.logical_xor(drawn, printed).getbbox() is None


@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM])
def test_a_chinese_name_on_a_printer_without_chinese_is_the_same_picture(profile: Profile):
    receipt = for_member("李伟", **PLAIN_LETTERS)
    data = encode_receipt(receipt, profile)
    drawn = receipt_picture(receipt, profile)
    printed = render(data, profile).picture().crop((0, 0, *drawn.size))
    # A dot may be added so that a picture never reads as a real-time command.
    assert sum(ImageChops.logical_xor(drawn, printed).histogram()[1:]) <= 4
    assert any(isinstance(one, PrintedPicture) for one in render(data, profile).printed)


@pytest.mark.parametrize("name", ["Ștefan Țuțuianu", "Gülşah Işık", "İbrahim Ğ.", "Zoë Müller", "Владимир"])
def test_names_survive_the_printers_code_pages(name: str):
    text = render(encode_receipt(for_member(name))).text()
    assert name.translate(CEDILLA) in text


def test_a_chinese_name_survives_on_a_chinese_printer():
    profile = profile_for("58mm", chinese=True)
    assert "李伟" in render(encode_receipt(for_member("李伟"), profile), profile).text()


@pytest.mark.parametrize("profile", [PAPER_80MM, PAPER_58MM])
def test_a_scanner_reads_the_qr_code_and_the_bar_code_off_the_paper(profile: Profile):
    for picture in (
        receipt_picture(a_receipt(), profile),
        render(encode_receipt(a_receipt(), profile), profile).picture(),
    ):
        read = {code.format: code.text for code in zxingcpp.read_barcodes(picture.convert("L"))}
        assert read[zxingcpp.BarcodeFormat.QRCode] == QR_PAYLOAD
        assert read[zxingcpp.BarcodeFormat.Code128] == SERIAL.replace(" ", "")


def test_a_printer_that_draws_no_codes_gets_them_as_pictures():
    import dataclasses

    profile = dataclasses.replace(PAPER_80MM, native_codes=False)
    picture = render(encode_receipt(a_receipt(), profile), profile).picture()
    assert QR_PAYLOAD in {code.text for code in zxingcpp.read_barcodes(picture.convert("L"))}


def test_a_members_name_cannot_open_the_drawer_or_reset_the_printer():
    profile = profile_for("80mm", drawer="pin2")
    name = "\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01\x1b@\x1dV\x00"
    printed = render(encode_receipt(for_member(name), profile), profile).printed
    assert not any(isinstance(one, DrawerPulse) for one in printed)
    assert encode_receipt(for_member(name), profile).count(b"\x1b@") == 1


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_a_name_holds_the_drawer_stays_shut_and_nothing_is_unknown(name: str):
    profile = profile_for("80mm", drawer="pin2")
    data = encode_receipt(for_member(name, lines=(), coupons=()), profile)
    assert not any(isinstance(one, DrawerPulse) for one in render(data, profile).printed)
    tokens = Tokenizer().feed(data)
    assert not any(token.kind == "unknown" for token in tokens)
    # Real-time commands work wherever they stand, inside a picture too.
    assert b"\x10\x14" not in data
    assert b"\x10\x04" not in data


def test_a_picture_whose_dots_read_as_a_drawer_pulse_does_not_open_the_drawer():
    dots = Picture(32, 2, b"\x10\x14\x01\x00" + b"\x10\x04\x01\x10")
    data = encode(lay_out(Document((dots, Cut())), PAPER_80MM))
    assert b"\x10\x14" not in data
    assert b"\x10\x04" not in data
    assert b"\x10\x05" not in data


@given(st.text(st.characters(exclude_characters="?", exclude_categories=("Cs",)), max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_character_is_ever_printed_as_a_question_mark(anything: str):
    for profile in (PAPER_80MM, profile_for("58mm", chinese=True)):
        layout = lay_out(Document((Text(anything),)), profile)
        printed = render(encode(layout), profile).printed
        assert not any(
            "?" in part.text for one in printed if isinstance(one, PrintedLine) for part in one.parts
        )


def test_cash_opens_the_drawer_on_the_pin_of_the_profile():
    receipt = a_receipt(tenders=(ReceiptTender("cash", 12586),))
    for pin, number in (("pin2", 2), ("pin5", 5)):
        profile = profile_for("80mm", drawer=pin)
        pulses = [
            one.pin
            for one in render(encode_receipt(receipt, profile)).printed
            if isinstance(one, DrawerPulse)
        ]
        assert pulses == [number]
    assert not any(isinstance(one, DrawerPulse) for one in render(encode_receipt(receipt)).printed)


def test_segments_end_between_commands():
    for segment in encode_segments(lay_out_receipt(a_receipt(), PAPER_80MM)):
        tokenizer = Tokenizer()
        assert all(token.kind != "unknown" for token in (*tokenizer.feed(segment), *tokenizer.finish()))
        assert tokenizer.unfinished == b""


def test_codes_are_as_wide_as_their_paper_allows():
    modules = {
        profile.name: [
            row.module for row in lay_out_receipt(a_receipt(), profile).rows if isinstance(row, CodeRow)
        ]
        for profile in (PAPER_80MM, PAPER_58MM)
    }
    assert modules == {"80mm": [3, 5], "58mm": [2, 5]}


def test_a_receipt_looks_the_same_each_time():
    first, second = receipt_picture(a_receipt()), layout_picture(lay_out_receipt(a_receipt()))
    assert first.tobytes() == second.tobytes()
    assert encode_receipt(a_receipt()) == encode_receipt(a_receipt())


def test_printing_says_nothing_on_standard_output(capfd):
    encode_receipt(for_member("李伟"))
    assert capfd.readouterr() == ("", "")


def test_loading_the_byte_generator_leaves_logging_and_temporary_folders_alone(tmp_path):
    program = (
        "import logging, tempfile; from pathlib import Path\n"
        "from printers.escpos_bytes import load\n"
        f"load(Path({str(tmp_path / 'private')!r}))\n"
        "assert logging.getLogger().handlers == []\n"
        "import escpos.capabilities\n"
    )
    environment = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=".")
    assert [path.name for path in tmp_path.iterdir()] == ["private"]
    assert list((tmp_path / "private").glob("*.pickle"))


def test_the_byte_generator_is_loaded_once():
    escpos_bytes.load()
    escpos_bytes.load()
    assert logging.getLogger("escpos").handlers == []


def test_a_row_that_goes_as_a_picture_does_not_swallow_the_line_pitch_of_the_rows_after_it():
    rows = lay_out(Document((Text("漢", BIG), Text("BIG", BIG))), PAPER_80MM).rows
    assert len({row.pitch for row in rows}) == 1

    _begin, picture, text = encode_segments(
        lay_out(Document((Text("漢", BIG), Text("BIG", BIG))), PAPER_80MM)
    )

    assert b"BIG" in text
    assert escpos_bytes.line_pitch(rows[0].pitch) in picture + text
