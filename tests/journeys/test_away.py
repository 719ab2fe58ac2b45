"""HQ away, the printer in trouble: the till says so, sells on, and nothing is lost."""

from __future__ import annotations

import threading
import uuid

from PySide6.QtCore import Qt

from agent.service.checkout import Checkout
from agent.service.lane import this_register
from agent.service.member_changes import wishes_of
from agent.service.print_queue import answer_failure
from agent.service.register_status import register_status
from agent.store.journal import unsent
from agent.store.print_jobs import mark_failed, oldest_queued, start_sending
from demo.local_till import LocalTill
from demo.running_shop import RunningShop
from sync.wire.entries import KIND_GRANT_RECEIVED, KIND_MEMBER, KIND_RELEASE, Operator
from tests.at_hq import revoke
from tests.journeys.cashier import Cashier, barcode, item
from tests.patience import PATIENCE_S

IOANA_CARD = "2980000074417"
IOANA = uuid.UUID("9012b31c-ba9f-5afb-a58c-6b331c842ca2")
MILK, CHEESE, COFFEE = "Whole milk 3.5%, 1 l", "Telemea cheese", "Ground coffee, 250 g"


def journal_kinds(shop: LocalTill) -> list[int]:
    """The kinds of every journal entry of this register, in order."""
    db = shop.store.reader()
    (chain,) = db.execute("select chain_id from chain").fetchone()
    return [entry.kind for entry in unsent(db, uuid.UUID(bytes=chain), 0, 200, 1 << 20)[1]]


def test_offline_is_a_quiet_strip_with_numbers(cashier: Cashier, shop: LocalTill, hq: RunningShop) -> None:
    assert not cashier.screen.offline.isVisible()
    assert cashier.screen.strip.hq.text() == "Online, all sales sent"
    shop.hq.go_away()
    cashier.sells(MILK)
    cashier.sells(CHEESE)
    cashier.looks_at_the_strip()

    assert cashier.screen.offline.isVisible()
    assert cashier.screen.offline.since.text() == "Offline since 14:02."
    assert cashier.screen.offline.saved.text() == "2 sales saved, they will be sent."
    assert cashier.screen.strip.hq.text() == "Offline since 14:02"

    shop.hq.come_back()
    cashier.rest(shop.all_at_hq)
    cashier.looks_at_the_strip()
    assert not cashier.screen.offline.isVisible()
    assert cashier.screen.strip.hq.text() == "Online, all sales sent"


def test_nothing_moves_under_a_finger_when_hq_goes_away(
    cashier: Cashier, shop: LocalTill, hq: RunningShop
) -> None:
    cashier.scans(barcode(MILK))
    finish = cashier.screen.selling.entry.mapTo(cashier.screen, cashier.screen.selling.entry.pos())
    shop.hq.go_away()
    cashier.looks_at_the_strip()

    assert cashier.screen.strip.hq.text() == "Offline since 14:02", "the words change at once"
    assert cashier.screen.selling.entry.mapTo(cashier.screen, cashier.screen.selling.entry.pos()) == finish
    cashier.presses(*[Qt.Key.Key_Return] * 4)
    assert cashier.screen.offline.isVisible(), "the strip under the bar comes between two sales"


def test_points_wait_for_the_connection(cashier: Cashier, shop: LocalTill, hq: RunningShop) -> None:
    shop.hq.go_away()
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    assert cashier.screen.selling.head.usable.text() == "0"
    cashier.taps_offer("Use 500 points")

    assert cashier.reads_notice() == (
        "Points can be used when the connection is back.",
        "This sale earns points as usual.",
    )
    assert cashier.state.member is not None
    assert cashier.state.member.earns_points > 0
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.reads_notice() is None

    shop.hq.come_back()
    cashier.taps_offer("Use 500 points")
    assert cashier.offer("Use 500 points").state == "applied"


def test_hq_that_does_not_answer_never_holds_up_a_scan(
    cashier: Cashier, shop: LocalTill, hq: RunningShop
) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    shop.hq.hold_answers()
    button = next(one for one in cashier.screen.selling.offers.buttons if one.text() == "Use 500 points")
    button.click()
    cashier.session.enter(barcode(MILK))
    cashier.waits(lambda: len(cashier.state.lines) == 2)

    assert cashier.session.asking, "HQ has still not answered"
    shop.hq.let_answers_go()
    cashier.rest(lambda: not cashier.session.asking)
    assert cashier.offer("Use 500 points").state == "applied"


def test_what_hq_lends_too_late_is_given_back(cashier: Cashier, shop: LocalTill, hq: RunningShop) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    shop.hq.hold_answers()
    next(one for one in cashier.screen.selling.offers.buttons if one.text() == "Use 500 points").click()
    cashier.waits(lambda: cashier.session.asking)
    cashier.session.abandon()
    cashier.waits(lambda: cashier.state.phase == "empty")
    shop.hq.let_answers_go()
    cashier.rest(lambda: journal_kinds(shop)[-2:] == [KIND_GRANT_RECEIVED, KIND_RELEASE])

    assert not cashier.session.asking
    assert cashier.state.phase == "empty"


def test_points_in_use_at_another_register_are_said_in_two_lines(
    cashier: Cashier, shop: LocalTill, hq: RunningShop
) -> None:
    with hq.other_register() as other:
        assert other.lane.link.ask_lease(IOANA, "points:club", 2340, PATIENCE_S) == "granted"
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    cashier.taps_offer("Use 500 points")

    assert cashier.reads_notice() == (
        "HQ does not lend this now.",
        "It may be in use at another register; ask again later.",
    )
    assert cashier.offer("Use 500 points").state == "available"


def test_a_member_joins_while_hq_is_away(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    assert cashier.screen.page == "join"
    cashier.types("0722418906")
    assert cashier.screen.join.entry.field.text() == "0722 418 906"
    assert cashier.screen.join.known_text() == "New here"

    cashier.presses(Qt.Key.Key_Return)
    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "Nobody joins without agreeing to it."
    assert cashier.screen.page == "join"

    cashier.taps(cashier.screen.join.program)
    cashier.taps(cashier.screen.join.join_key)
    assert cashier.screen.page == "selling"
    assert cashier.state.member is not None
    assert not cashier.state.member.provisional
    assert cashier.state.member.earns_points > 0
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert KIND_MEMBER in journal_kinds(shop)


def test_wishes_are_told_while_joining_by_the_keyboard(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    cashier.types("0722418911")
    cashier.taps(cashier.screen.join.program)
    cashier.presses(Qt.Key.Key_F4, *[Qt.Key.Key_F5] * 2, *[Qt.Key.Key_F6] * 2)
    cashier.types("coffee, wine")
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.join.wishes_key.second() == "Română · E-mail · coffee, wine"
    cashier.presses(Qt.Key.Key_Return)

    assert cashier.state.member is not None
    told = wishes_of(cashier.session.services.lane, cashier.state.member.member_id)
    assert (told.locale, told.channel, told.interests) == ("ro", "email", ("coffee", "wine"))


def test_wishes_are_told_while_joining_by_touch(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    cashier.types("0722418912")
    join = cashier.screen.join
    cashier.taps(join.program)
    cashier.taps(join.wishes_key)
    cashier.taps(join.wishes.channel.keys["sms"])
    cashier.taps(join.wishes.language.keys["tr"])
    cashier.taps(join.wishes.language.keys["tr"])
    cashier.taps(join.join_key)

    assert cashier.state.member is not None
    told = wishes_of(cashier.session.services.lane, cashier.state.member.member_id)
    assert (told.locale, told.channel, told.interests) == ("en", "sms", ()), "a second tap takes it back"


def test_how_to_be_reached_is_no_yes_to_messages(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    cashier.types("0722418913")
    join = cashier.screen.join
    cashier.taps(join.wishes_key)
    cashier.taps(join.wishes.channel.keys["sms"])
    cashier.taps(join.join_key)

    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "Nobody joins without agreeing to it."
    assert not join.wishing, "what is still needed is in view"
    assert not join.messages.isChecked()
    assert join.wishes_key.second() == "SMS"


def test_wishes_that_cannot_be_kept_are_said_and_nobody_has_joined(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    cashier.types("0722418914")
    cashier.taps(cashier.screen.join.program)
    cashier.presses(Qt.Key.Key_F4)
    cashier.types("x" * 41)
    cashier.presses(Qt.Key.Key_Return, Qt.Key.Key_Return)

    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "At most 12 interests of 40 letters can be kept."
    assert cashier.screen.page == "join"
    assert cashier.state.member is None
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_Escape)
    assert cashier.screen.page == "join", "Escape takes back one step"


def test_an_unknown_number_can_join_without_being_typed_again(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE), "0722418907")
    assert cashier.state.member is not None
    assert cashier.state.member.provisional
    cashier.presses(Qt.Key.Key_F3)

    assert cashier.screen.join.entry.field.text() == "0722 418 907"


def test_a_number_is_never_shown_with_two_beginnings(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    join = cashier.screen.join
    assert join.country_code_text() == "+40"

    cashier.types("0722")
    assert join.country_code_text() == ""
    cashier.presses(*[Qt.Key.Key_Backspace] * len(join.entry.text))
    assert join.country_code_text() == "+40"
    cashier.types("+40722")
    assert join.country_code_text() == ""
    cashier.presses(*[Qt.Key.Key_Backspace] * len(join.entry.text))
    assert join.entry.text == "", "all of it can be erased"
    cashier.types("722418906")
    assert join.country_code_text() == "+40"
    assert join.known_text() == "New here"


def test_a_card_is_scanned_to_join_with(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F3)
    cashier.scans("2980000099991")
    assert cashier.screen.join.kind == "card"
    cashier.taps(cashier.screen.join.program)
    cashier.presses(Qt.Key.Key_Return)

    assert cashier.state.member is not None
    assert cashier.state.member.hint_last4 == "9991"


def test_somebody_who_is_a_member_already_is_named(cashier: Cashier) -> None:
    cashier.presses(Qt.Key.Key_F3)
    cashier.types("0700000101")
    assert cashier.screen.join.known_text() == "Ioana M. is a member"
    cashier.taps(cashier.screen.join.program)
    cashier.presses(Qt.Key.Key_Return)

    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "This is Ioana M., who is a member already."
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.screen.page == "selling"


def test_a_printer_without_paper_is_said_and_the_sale_goes_on(cashier: Cashier, shop: LocalTill) -> None:
    cashier.scans(barcode(MILK))
    shop.printer.switch(paper_out=True)
    cashier.rest(shop.printer_says("paper_out"))
    cashier.looks_at_the_strip()
    assert cashier.screen.strip.printer.text() == "Printer out of paper"
    assert cashier.reads_notice() is None, "while selling the strip is enough"

    cashier.presses(*[Qt.Key.Key_Return] * 3)
    cashier.looks_at_the_strip()
    assert cashier.screen.page == "finished"
    assert cashier.reads_notice() == (
        "The printer is out of paper.",
        "The receipt will print when paper is in.",
    )
    assert "1 waiting" in cashier.screen.finished.panel.receipt_text()

    shop.printer.load_paper()
    cashier.rest(lambda: shop.receipts_waiting() == 0)
    cashier.rest(shop.printer_says("ready"))
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is None
    assert cashier.screen.strip.printer.text() == "Printer ready"
    assert shop.printer.wait_for_papers(1, PATIENCE_S)


def test_a_receipt_that_may_have_printed_is_asked_about_in_place(cashier: Cashier, shop: LocalTill) -> None:
    shop.spooler.stop()
    cashier.sells(MILK)
    with shop.store.unit_of_work() as db:
        job = oldest_queued(db)
        assert job is not None
        assert start_sending(db, job.job_id, 7)
    shop.restart_spooler()
    cashier.rest(shop.printer_says("ready"))
    cashier.waits(lambda: cashier.session.refresh_status() or cashier.reads_notice() is not None)

    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "Did receipt 2-0001 print?"
    cashier.scans(barcode(CHEESE))
    assert len(cashier.state.lines) == 1, "the question stands beside the sale, not before it"
    assert cashier.screen.selling.notice.other_text == "No, copy"
    cashier.taps(cashier.screen.selling.notice.other)

    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    assert "COPY" in shop.printer.papers[0].text()
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is None


def test_a_receipt_that_did_not_print_is_told_and_printed_again(cashier: Cashier, shop: LocalTill) -> None:
    shop.spooler.stop()
    cashier.scans(barcode(MILK))
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    with shop.store.unit_of_work() as db:
        job = oldest_queued(db)
        assert job is not None
        assert mark_failed(db, job.job_id, "fault")
    shop.restart_spooler()
    cashier.rest(shop.printer_says("ready"))
    cashier.looks_at_the_strip()

    assert cashier.reads_notice() == (
        "Receipt 2-0001 did not print.",
        "The sale is saved. Print it again, or leave it out.",
    )
    assert cashier.screen.finished.panel.receipt_text() == "Not printed. Receipt 2-0001 did not print."
    cashier.taps(cashier.screen.finished.notice.action)
    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    assert "COPY" in shop.printer.papers[0].text()
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is None


def test_a_receipt_that_can_never_print_is_told_and_put_aside(cashier: Cashier, shop: LocalTill) -> None:
    shop.spooler.stop()
    cashier.sells(MILK)
    with shop.store.unit_of_work() as db:
        db.execute("update print_job set body = x'7b'")
    shop.restart_spooler()
    cashier.waits(lambda: cashier.session.refresh_status() or cashier.reads_notice() is not None)

    assert cashier.reads_notice() == (
        "Receipt 2-0001 did not print.",
        "The sale is saved, but this receipt cannot be printed any more.",
    )
    cashier.taps(cashier.screen.selling.notice.action)
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is None
    cashier.sells(CHEESE)
    assert shop.printer.wait_for_papers(1, PATIENCE_S)


def test_a_copy_that_fails_before_anybody_looked_away_can_be_printed_again_too(
    cashier: Cashier, shop: LocalTill
) -> None:
    shop.spooler.stop()
    cashier.sells(MILK)
    with shop.store.unit_of_work() as db:
        job = oldest_queued(db)
        assert job is not None
        mark_failed(db, job.job_id, "fault")
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is not None
    copy_id = answer_failure(shop.lane, job.job_id, again=True)
    assert copy_id is not None
    with shop.store.unit_of_work() as db:
        mark_failed(db, copy_id, "fault")
    cashier.looks_at_the_strip()
    cashier.taps(cashier.screen.selling.notice.action)
    shop.restart_spooler()

    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() is None


def test_old_receipts_are_asked_about_once(cashier: Cashier, shop: LocalTill, clock) -> None:
    shop.printer.switch(paper_out=True)
    cashier.rest(shop.printer_says("paper_out"))
    cashier.sells(MILK)
    cashier.sells(CHEESE)
    clock.stand_at(clock.now_ms() + 11 * 60_000)
    cashier.looks_at_the_strip()
    assert cashier.reads_notice() == (
        "2 old receipts have not printed.",
        "Print them now, or leave them out. The sales are saved.",
    )
    cashier.taps(cashier.screen.selling.notice.other)
    shop.printer.load_paper()
    cashier.looks_at_the_strip()

    assert cashier.reads_notice() is None
    cashier.rest(lambda: shop.receipts_waiting() == 0)
    assert not shop.printer.papers


def test_a_lane_closed_by_hq_sells_on_and_says_so(cashier: Cashier, shop: LocalTill, hq: RunningShop) -> None:
    revoke(hq.hq, this_register(shop.store.reader()).register_id)
    shop.hq.refresh()
    cashier.rest(lambda: register_status(shop.lane).hq == "revoked")
    cashier.looks_at_the_strip()
    assert cashier.screen.strip.hq.text() == "Not sending: HQ has closed this register"
    cashier.sells(MILK)

    assert cashier.session.finished is not None


def test_sales_of_another_program_do_not_stop_this_one(cashier: Cashier, shop: LocalTill) -> None:
    """The headless door sells beside the till on the same store."""
    other = Checkout(shop.lane, Operator("2", "Andrei T."))

    def sell_beside() -> None:
        for _sale in range(10):
            other.add_item(item(MILK))
            other.tender("cash")
            other.finish()

    beside = threading.Thread(target=sell_beside)
    beside.start()
    for _sale in range(3):
        cashier.sells(CHEESE)
    beside.join()

    assert journal_kinds(shop).count(1) == 13
