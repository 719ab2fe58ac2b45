"""What is printed for a sale, in the words and figures of the receipt's language."""

from __future__ import annotations

import gettext
import io
import unicodedata
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.quote import Refusal
from agent.domain.receipt import ReceiptGift, ReceiptMember, ReceiptPoints, ReceiptTender, ReceiptUnused
from printers import words as words_module
from printers.document import Barcode, Drawer, Qr, Text, printable
from printers.receipt_document import receipt_document
from printers.receipts import lay_out_receipt
from printers.words import words_for
from tests.printers.receipts import COUPON, POINTS, QR_PAYLOAD, SERIAL, a_receipt


def text(**changes) -> str:
    return lay_out_receipt(a_receipt(**changes)).text()


def test_a_receipt_says_what_was_bought_and_what_was_saved():
    paper = text()
    assert "Lapte integral 3,5%, 1 l\n  2 x 8,49                                 16,98\n" in paper
    assert "  Zilele lactatelor 20%                    -3,40\n" in paper
    assert "Pâine cu maia, 500 g                       12,90\n" in paper
    assert "  1,264 kg x 7,99                          10,10\n" in paper
    assert "Goods                                     145,41\n" in paper
    assert "You saved                                 -19,55\n" in paper
    assert "TOTAL RON                                 125,86\n" in paper


def test_the_head_names_store_receipt_register_and_cashier_in_the_shops_own_time():
    paper = text()
    assert "Piața Mare" in paper
    assert "Receipt 2-0415                  22.11.2026 14:20\n" in paper
    assert "Casa 2                         Cashier: Elena P.\n" in paper


def test_points_before_earned_after_and_usable_stand_under_the_member():
    paper = text()
    for row in ("Ioana M.", "Points before", "+248", "2.588", "of which usable now"):
        assert row in paper


def test_points_that_were_spent_are_shown_and_usable_points_only_where_they_differ():
    points = ReceiptPoints(program_name="p", before=800, earned=20, spent=500, after=320, usable_now=320)
    paper = text(member=ReceiptMember(display_name="Ioana M.", points=(points,)))
    assert "Used now                                    -500\n" in paper
    assert "usable" not in paper


def test_what_was_handed_over_stands_among_the_goods_as_free():
    gifts = (ReceiptGift("Mug", 1, "A mug for you"), ReceiptGift("Whole milk 1 l", 2, "Milk on us"))
    paper = text(gifts=gifts)
    assert "Mug                                         free\n  A mug for you\n" in paper
    assert "2 x Whole milk 1 l                          free\n  Milk on us\n" in paper
    assert paper.index("Milk on us") < paper.index("TOTAL")


def test_what_a_voucher_was_used_for_stands_among_the_goods_for_nothing():
    paper = text(vouchers_used=("Barista course",))
    assert "Barista course                              0,00\n  Voucher used\n" in paper
    assert paper.index("Voucher used") < paper.index("TOTAL")
    assert "TOTAL RON                                 125,86\n" in paper


def test_a_stamp_card_is_named_and_counted_in_stamps():
    card = ReceiptPoints(program_name="Coffee card", before=8, earned=2, spent=9, after=1, stamps=True)
    paper = text(member=ReceiptMember(display_name="Ioana M.", points=(card,)))
    assert "Coffee card\nStamps before                                  8\n" in paper
    assert "Used now                                      -9\n" in paper
    assert "Stamps in total                                1\n" in paper
    assert "Points" not in paper


def test_a_member_whom_only_hq_may_know_is_told_so():
    paper = text(member=ReceiptMember(points=(POINTS,), pending_hq=True))
    assert "Member" in paper
    assert "when the shop is connected again" in " ".join(paper.split())


def test_change_is_printed_for_cash_and_the_drawer_opens():
    receipt = a_receipt(tenders=(ReceiptTender("cash", 15000),), change_minor=2414)
    assert "Change                                     24,14\n" in lay_out_receipt(receipt).text()
    assert Drawer() in receipt_document(receipt).blocks


def test_a_copy_opens_no_drawer():
    receipt = a_receipt(tenders=(ReceiptTender("cash", 15000),))
    assert Drawer() not in receipt_document(receipt, copy=True).blocks


def test_a_sale_paid_by_card_opens_no_drawer():
    assert Drawer() not in receipt_document(a_receipt()).blocks


def test_a_coupon_has_its_days_its_serial_its_bar_code_and_its_qr_code():
    blocks = receipt_document(a_receipt()).blocks
    assert Barcode(SERIAL.replace(" ", "")) in blocks
    assert Qr(QR_PAYLOAD) in blocks
    assert any(isinstance(block, Text) and block.text == SERIAL for block in blocks)
    assert "Valid from 23.11.2026 to 06.12.2026." in text()


def test_a_coupon_of_one_day_names_one_day():
    import msgspec

    one_day = msgspec.structs.replace(COUPON, valid_until=COUPON.valid_from)
    assert "Valid on 23.11.2026." in text(coupons=(one_day,))


def test_a_till_says_that_its_receipt_is_not_fiscal_and_a_fiscal_one_does_not():
    assert "THIS IS NOT A FISCAL RECEIPT" in text()
    assert "FISCAL" not in text(fiscal=True)


def test_a_receipt_without_member_or_coupon_has_neither_block():
    paper = text(member=None, coupons=())
    assert "Points" not in paper
    assert "Valid" not in paper


def test_money_without_decimals_is_printed_without(tmp_path):
    paper = text(currency="JPY", currency_exponent=0, total_minor=12586, locale="ja")
    assert "12,586" in paper


def test_figures_follow_the_receipts_language():
    assert "11/22/2026" in text(locale="en")
    assert "145.41" in text(locale="en")
    assert "2026/11/22" in text(locale="zh-Hans")
    assert "22.11.2026" in text(locale="tr")


def test_an_unknown_language_prints_in_english():
    assert "TOTAL RON" in text(locale="xx-nowhere")


def test_words_come_from_the_catalog_of_the_receipts_language(tmp_path: Path):
    catalog = Catalog(locale="ro")
    catalog.add("You saved", "Ați economisit")
    catalog.add("Cashier: {name}", "Casier: {name}")
    written = io.BytesIO()
    write_mo(written, catalog)
    folder = tmp_path / "ro" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "regulars.mo").write_bytes(written.getvalue())
    words = words_for("ro_RO", tmp_path)
    assert isinstance(words, gettext.GNUTranslations)
    blocks = receipt_document(a_receipt(), words=words).blocks
    assert any(getattr(block, "left", "") == "Ați economisit" for block in blocks)
    assert any(getattr(block, "right", "") == "Casier: Elena P." for block in blocks)
    assert words_module.words_for("tr", tmp_path).gettext("You saved") == "You saved"


@given(st.text())
def test_no_control_or_invisible_character_gets_onto_paper(anything: str):
    kept = printable(anything)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in kept)
    assert printable(kept) == kept


@given(st.text(st.characters(codec="utf-8", categories=("Lu", "Ll", "Lo", "Nd", "Po"))))
def test_letters_and_figures_are_never_lost(anything: str):
    assert printable(anything) == unicodedata.normalize("NFC", anything)


def test_a_line_end_in_a_name_becomes_a_space():
    assert printable("Ioana\nM.\t\x1b@\x07x") == "Ioana M. @x"


def test_the_receipt_says_what_is_missing_to_the_next_tier():
    def said(**facts):
        member = ReceiptMember(display_name="Ioana M.", **facts)
        return lay_out_receipt(a_receipt(member=member)).text()

    assert "120,00 more to Gold\n" in said(next_tier="gold", missing=120_00)
    assert "40 more points to Gold\n" in said(next_tier="gold", missing=40, missing_points=True)
    assert "Gold is reached and counts from the next visit.\n" in said(next_tier="gold")
    assert "Gold" not in said()


def test_a_members_code_for_friends_stands_under_their_points():
    paper = text(member=ReceiptMember(points=(POINTS,), referral_code="ACDE-FGHJ"))

    assert "Your code for friends                  ACDE-FGHJ\n" in paper


def test_what_could_not_be_used_is_said_with_its_reason():
    expired = ReceiptUnused(title="10% coupon", refusal=Refusal("coupon_expired", at="2026-11-03"))
    replaced = ReceiptUnused(
        title="Code HELLO",
        refusal=Refusal("better_offer", other_program_id="half"),
        other_title="Second half price",
    )
    missing = ReceiptUnused(title="Code AUTUMN", refusal=Refusal("below_minimum_spend", gap_minor=710))

    paper = text(unused=(expired, replaced, missing))

    assert "Not used: 10% coupon\nYour coupon was valid until 03.11.2026.\n" in paper
    assert "Not used: Code HELLO\nA better offer applies: Second half price.\n" in paper
    assert "Not used: Code AUTUMN\n7,10 more, and you get it.\n" in paper
    assert "Not used" not in text()
