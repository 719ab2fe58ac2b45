"""What a key means now. Every way of working ends here: keyboard, keypad and scanner call the same steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from agent.service.views import MemberChoice

if TYPE_CHECKING:
    from ui.till.screen import TillScreen

# A typed text may be a whole phone number from this many digits on; the service decides.
MIN_PHONE_DIGITS: Final = 7
_PHONE_SO_FAR: Final = re.compile(r"[+0][\d ()./-]*")
_QUANTITY: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\*")


class NextStep:
    """Enter, Escape, scans and the function keys, for the page that is open."""

    def __init__(self, screen: TillScreen) -> None:
        self._screen = screen
        # What was entered last for a member whom nobody here knew: Join need not ask again. Gone with its sale.
        self.last_entered = ""
        # A name that was entered before its search was answered.
        self._awaited = ""
        self._function_keys = {
            Qt.Key.Key_F1: self._why,
            Qt.Key.Key_F2: screen.selling.open_search,
            Qt.Key.Key_F3: screen.open_join,
            Qt.Key.Key_F4: screen.selling.open_all_offers,
            Qt.Key.Key_F5: lambda: self._offer(0),
            Qt.Key.Key_F6: lambda: self._offer(1),
            Qt.Key.Key_F7: lambda: self._offer(2),
            Qt.Key.Key_F8: self.print_copy,
            Qt.Key.Key_F9: self._clear,
            Qt.Key.Key_F10: self._card,
            Qt.Key.Key_F11: self._return,
            Qt.Key.Key_F12: self._finish_key,
        }

    def listen(self) -> None:
        """Connect the pages' keys."""
        screen, session = self._screen, self._screen.session
        selling, tender, finished, join = screen.selling, screen.tender, screen.finished, screen.join
        selling.submitted.connect(self.enter)
        selling.finish_wanted.connect(session.begin_tender)
        selling.line_removal_wanted.connect(self._remove_line)
        selling.clearing_wanted.connect(self._clear)
        selling.copy_wanted.connect(self.print_copy)
        selling.return_wanted.connect(screen.open_return)
        selling.offer_tapped.connect(session.tap_offer)
        selling.why_opened.connect(lambda: session.reasons.ask(selling.entry.text))
        selling.entry.text_edited.connect(self._typed)
        selling.entry.stepped.connect(screen.basket.move_choice)
        selling.head.forgotten.connect(session.forget_member)
        selling.head.join_wanted.connect(screen.open_join)
        selling.head.care_wanted.connect(self._care)
        selling.search.chosen.connect(self._choose)
        care, panel = session.care, selling.care
        care.opened.connect(selling.open_care)
        care.receipt_found.connect(panel.show_found)
        care.done.connect(selling.close_panel)
        panel.receipt_typed.connect(lambda wishes, text: care.look(text, wishes.member_id))
        panel.attach_wanted.connect(care.attach)
        panel.card_given.connect(lambda wishes, text: care.replace_card(wishes.member_id, text))
        panel.birthday_given.connect(care.change_birthday)
        panel.news_given.connect(lambda wishes, news: care.change(wishes.member_id, news))
        session.desk.found.connect(self._found)
        tender.next_wanted.connect(self.enter)
        tender.back_wanted.connect(session.back_to_basket)
        tender.points_wanted.connect(session.back_to_basket)
        tender.card_wanted.connect(self._card)
        tender.gift_card_wanted.connect(self._gift_card)
        tender.wallet_wanted.connect(self._wallet)
        tender.cash.handed_over.connect(lambda minor: session.tender("cash", minor))
        tender.panel.untendered.connect(session.untender)
        finished.next_wanted.connect(session.next_sale)
        finished.copy_wanted.connect(self.print_copy)
        finished.void_wanted.connect(screen.open_void)
        join.join_wanted.connect(self._join)
        join.closed.connect(screen.leave_join)
        join.identifier_typed.connect(session.desk.ask_whether_known)
        session.desk.friends.connect(join.show_friend)
        selling.head.activity_done.connect(session.record_activity)
        session.desk.phone_taken.connect(self._phone_taken)
        session.state_changed.connect(self._state_changed)

    def key(self, event: QKeyEvent) -> bool:
        """A key that no field took. True when it meant something."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter()
        elif key == Qt.Key.Key_Escape:
            self.take_back()
        elif key == Qt.Key.Key_Delete:
            self._remove_line()
        elif key == Qt.Key.Key_F2 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._care()
        elif key in self._function_keys:
            self._function_key(key)
        elif event.text() and event.text().isprintable() and self._screen.entry is not None:
            # The focus was elsewhere; what is typed belongs in the entry all the same.
            self._screen.entry.setFocus(Qt.FocusReason.OtherFocusReason)
            self._screen.entry.type(event.text())
        else:
            return False
        return True

    def enter(self) -> None:
        """The next safe step."""
        screen = self._screen
        if screen.is_returning:
            screen.return_step.enter()
        elif screen.page == "join":
            self._enter_join()
        elif screen.page == "finished":
            screen.session.next_sale()
        elif screen.page == "tender":
            self._enter_tender()
        else:
            self._enter_selling()

    def take_back(self) -> None:
        """The last step, whatever it was: typed text, an open panel, a notice, a tender, a line."""
        screen, session = self._screen, self._screen.session
        entry = screen.entry
        if screen.is_returning:
            screen.return_step.take_back()
        elif screen.page == "join" and screen.join.wishing:
            screen.join.turn(to_wishes=False)
        elif screen.page == "join":
            screen.leave_join()
        elif entry is not None and entry.field.text():
            entry.clear()
            entry.text_edited.emit("")
        elif (
            screen.selling.searching
            or screen.selling.showing_all
            or screen.selling.explaining
            or screen.selling.caring
        ):
            screen.selling.close_panel()
        elif screen.board.put_away():
            return
        elif screen.page == "tender" and session.state.tenders:
            session.untender(len(session.state.tenders) - 1)
        elif screen.page == "tender":
            session.back_to_basket()
        elif screen.page == "selling":
            session.take_back()

    def scanned(self, code: str) -> None:
        """A scan works on every page; while joining it is the new member's card."""
        screen = self._screen
        if screen.page == "join":
            screen.join.take_card(code)
            return
        if screen.is_returning and screen.return_step.scanned(code):
            return
        if screen.page == "selling" and screen.selling.caring and screen.selling.care.topic:
            screen.selling.care.enter(code)
            return
        screen.selling.close_panel()
        self._entered(code)

    def _enter_join(self) -> None:
        """Wishes that are open were told; after that the next step is to join."""
        if self._screen.join.wishing:
            self._screen.join.turn(to_wishes=False)
        else:
            self._join()

    def _join(self) -> None:
        join = self._screen.join
        join.turn(to_wishes=False)
        self._screen.session.desk.enrol(
            join.kind, join.entry.text, join.consents, join.friends_code, join.news
        )

    def _enter_selling(self) -> None:
        screen, session = self._screen, self._screen.session
        text = screen.selling.entry.text
        quantity = _QUANTITY.fullmatch(text)
        line = screen.basket.chosen_line()
        if screen.selling.searching:
            self._enter_search(text)
            return
        if screen.selling.explaining:
            if not text or _is_name(text):
                # It was answered as it was typed.
                return
            screen.selling.close_panel()
        screen.selling.entry.clear()
        if screen.selling.caring:
            screen.selling.care.enter(text)
            return
        if quantity is not None and line is not None:
            session.change_quantity(line.line_id, quantity[1])
        elif text:
            self._entered(text)
        elif session.state.lines:
            session.begin_tender()

    def _enter_search(self, text: str) -> None:
        search = self._screen.selling.search
        if _is_name(text) and not search.answers(text):
            # The list is still that of fewer letters; whoever stands in it may be somebody else.
            self._awaited = text
            return
        choice = search.only_one()
        if choice is not None:
            self._choose(choice)
        elif text and not search.found():
            self._screen.selling.entry.clear()
            self._screen.selling.close_panel()
            self._entered(text)

    def _enter_tender(self) -> None:
        screen, session = self._screen, self._screen.session
        state, entry = session.state, screen.tender.entry
        text = entry.text
        entry.clear()
        screen.tender.show_typed()
        if state.left_to_pay_minor <= 0 and not text:
            session.finish()
        elif not text:
            session.tender("cash")
        elif (minor := screen.figures.typed_minor(text)) is not None:
            session.tender("cash", minor)
        else:
            session.say_not_an_amount()

    def _entered(self, text: str) -> None:
        if _PHONE_SO_FAR.fullmatch(text):
            self.last_entered = text
        self._screen.session.enter(text)

    def _typed(self, text: str) -> None:
        screen = self._screen
        self._awaited = ""
        if screen.selling.explaining:
            screen.session.reasons.ask(text)
            return
        if screen.selling.caring:
            return
        if screen.selling.searching and _is_name(text):
            screen.session.desk.search(text)
            return
        screen.session.desk.search("")
        if screen.selling.searching:
            screen.selling.search.show_found("", ())
        if _PHONE_SO_FAR.fullmatch(text) and sum(c.isdigit() for c in text) >= MIN_PHONE_DIGITS:
            screen.session.desk.try_phone(text)

    def _found(self, text: str, _found: object) -> None:
        awaited, self._awaited = self._awaited, ""
        if awaited and awaited == text.strip() and self._screen.selling.searching:
            self._enter_search(awaited)

    def _phone_taken(self, text: str) -> None:
        if self._screen.selling.entry.field.text() == text:
            self._screen.selling.entry.clear()
        self._screen.selling.close_panel()

    def _choose(self, choice: MemberChoice) -> None:
        self._screen.selling.entry.clear()
        self._screen.selling.close_panel()
        self._screen.session.choose_member(choice)

    def _state_changed(self, state: object) -> None:
        if self._screen.session.state.member is None and self._screen.session.state.phase == "empty":
            self.last_entered = ""

    def _function_key(self, key: Qt.Key) -> None:
        if self._screen.is_returning:
            self._screen.return_step.key(key)
        elif self._screen.page != "join" or not self._screen.join.function_key(key):
            self._function_keys[key]()

    def _why(self) -> None:
        if self._screen.page == "selling" and self._screen.session.state.lines:
            self._screen.selling.open_why()

    def _offer(self, number: int) -> None:
        selling = self._screen.selling
        shown = (selling.all_offers if selling.showing_all else selling.offers).shown()
        if self._screen.page == "selling" and number < len(shown) and shown[number].tappable:
            self._screen.session.tap_offer(shown[number])

    def _remove_line(self) -> None:
        line = self._screen.basket.chosen_line()
        if self._screen.page == "selling" and line is not None:
            self._screen.session.remove_line(line.line_id)

    def _clear(self) -> None:
        state = self._screen.session.state
        if self._screen.page == "selling" and state.phase != "empty":
            self._screen.board.ask_clearing()

    def _care(self) -> None:
        """Card and receipts of the member who is here."""
        session, member = self._screen.session, self._screen.session.state.member
        if self._screen.page == "selling" and member is not None and not member.provisional:
            session.care.open(member.member_id)

    def print_copy(self) -> None:
        """What was printed last, again."""
        session = self._screen.session
        if session.last_receipt_id is not None:
            session.printing.reprint(session.last_receipt_id)

    def _card(self) -> None:
        screen = self._screen
        if screen.page == "tender":
            text = screen.tender.entry.text
            screen.tender.entry.clear()
            screen.session.tender("card", screen.figures.typed_minor(text) if text else None)

    def _gift_card(self) -> None:
        """The number that was typed pays; without one the till says what it waits for."""
        screen = self._screen
        text = screen.tender.entry.text
        screen.tender.entry.clear()
        screen.session.pay_with_card(text)

    def _wallet(self) -> None:
        """The member's wallet pays what was typed, or as much as it can."""
        screen = self._screen
        text = screen.tender.entry.text
        screen.tender.entry.clear()
        screen.session.pay_with_wallet(screen.figures.typed_minor(text) if text else None)

    def _return(self) -> None:
        if self._screen.page in ("selling", "finished"):
            self._screen.open_return()

    def _finish_key(self) -> None:
        screen = self._screen
        if screen.page == "selling" and screen.session.state.lines:
            screen.session.begin_tender()
        elif screen.page == "tender" and screen.session.state.left_to_pay_minor <= 0:
            screen.session.finish()


def _is_name(text: str) -> bool:
    return any(character.isalpha() for character in text)
