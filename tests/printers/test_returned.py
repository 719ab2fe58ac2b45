"""The receipt of a return says what came back, from which sale, and what became of points and coupons."""

from __future__ import annotations

from agent.domain.receipt import ReceiptMember, ReceiptPoints, ReceiptReturn, ReceiptTender
from printers.document import Drawer
from printers.receipt_document import receipt_document
from printers.receipts import lay_out_receipt
from tests.printers.receipts import AT_MS, LINES, a_receipt

POINTS = ReceiptPoints(program_name="p", before=2340, taken_back=168, given_back=498, after=2670)
BACK = ReceiptReturn(
    of_receipt="2-0291",
    of_at_ms=AT_MS,
    of_offset_min=120,
    reason="faulty",
    repriced_minor=2_00,
    deducted=(("10% off next visit", 3_00),),
    coupons_void=("5% off next visit",),
    coupons_back=("Coffee on us",),
)


def paper(**changes: object) -> str:
    facts: dict[str, object] = {
        "lines": LINES[:1],
        "saved_minor": 0,
        "rewards": (("10 off for points", 4_98),),
        "total_minor": 84_02,
        "tenders": (ReceiptTender("cash", 84_02),),
        "change_minor": 0,
        "coupons": (),
        "member": ReceiptMember(display_name="Ioana M.", points=(POINTS,)),
        "returned": BACK,
    }
    return lay_out_receipt(a_receipt(**{**facts, **changes})).text()


def test_a_return_says_so_and_names_its_sale_and_reason():
    told = paper()
    assert "RETURN" in told
    assert "of receipt 2-0291               22.11.2026 14:20\n" in told
    assert "Reason                                    Faulty\n" in told
    assert "MONEY BACK RON" in told
    assert "84,02" in told
    assert "TOTAL" not in told


def test_a_return_says_what_is_taken_off_the_money_back():
    told = paper()
    assert "  10 off for points                        -4,98\n" in told
    assert "Offers the rest no longer has              -2,00\n" in told
    assert "Used: 10% off next visit                   -3,00\n" in told


def test_a_return_says_which_points_go_which_way():
    told = paper()
    assert "Used, given back                            +498\n" in told
    assert "Earned, taken back                          -168\n" in told
    assert "Points in total                            2.670\n" in told
    assert "Earned now" not in told


def test_a_return_says_what_became_of_coupons():
    told = paper()
    assert "No longer counts: 5% off next visit" in told
    assert "Can be used again: Coffee on us" in told


def test_a_void_is_called_one():
    told = paper(
        returned=ReceiptReturn(
            of_receipt="2-0291", of_at_ms=AT_MS, of_offset_min=120, reason="rang twice", void=True
        )
    )
    assert "VOID" in told
    assert "rang twice" in told


def test_an_exchange_says_where_the_money_went():
    assert "Goes into a new sale                       84,02\n" in paper(
        tenders=(ReceiptTender("exchange", 84_02),)
    )


def test_the_drawer_opens_for_money_that_is_paid_out():
    drawn = receipt_document(a_receipt(returned=BACK, tenders=(ReceiptTender("cash", 84_02),)))
    exchanged = receipt_document(a_receipt(returned=BACK, tenders=(ReceiptTender("exchange", 84_02),)))
    assert any(isinstance(block, Drawer) for block in drawn.blocks)
    assert not any(isinstance(block, Drawer) for block in exchanged.blocks)
