"""Joining at the register: a phone or a card, and a yes. Works without HQ; the rest can wait, or be told at once."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

import phonenumbers
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from agent.domain.member import IdentifierKind
from agent.service.member_news import MemberNews
from ui.figures import Figures
from ui.theme import GAP_MM, OFFER_MIN_MM, Theme
from ui.till.consent import ConsentButton
from ui.till.entry import EntryField
from ui.till.join_wishes import JoinWishes
from ui.till.keypad import Keypad
from ui.widgets.button import TillButton
from ui.widgets.chip import Chip
from ui.widgets.frames import column, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label
from ui.widgets.notice import NoticeBox

# What a member may agree to, as the journal keeps it.
PROGRAM: Final = "program"
MESSAGES: Final = "sms"


class JoinPage(QWidget):
    """`join_wanted`: the primary key. `closed`: not now. `identifier_typed` brings kind and text as they stand.

    `turned` when the page of wishes opens or closes, since what is typed goes into another field then.
    """

    join_wanted = Signal()
    closed = Signal()
    turned = Signal()
    identifier_typed = Signal(str, str)

    def __init__(self, theme: Theme, figures: Figures, country: str) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._country = country
        # What stands before a number inside this country and falls away after its country code.
        self._trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
        self._kind: IdentifierKind = "phone"
        self._columns = row(self, gap=theme.step(3))
        self._columns.addWidget(self._card(), 528)
        self._columns.addWidget(self._keys(), 370)

    @property
    def kind(self) -> IdentifierKind:
        return self._kind

    @property
    def consents(self) -> tuple[str, ...]:
        """What was agreed to so far."""
        agreed = ((PROGRAM, self.program), (MESSAGES, self.messages))
        return tuple(kind for kind, button in agreed if button.isChecked())

    @property
    def friends_code(self) -> str:
        """The code of the friend who brought them, as it was typed."""
        return self.friend.text

    @property
    def field(self) -> EntryField:
        """What is typed goes here."""
        return self.wishes.interests if self.wishing else self.entry

    @property
    def wishing(self) -> bool:
        """Whether the page of wishes is open."""
        return not self.wishes.isHidden()

    @property
    def news(self) -> MemberNews:
        """The wishes that were told so far."""
        return self.wishes.news

    def turn(self, *, to_wishes: bool) -> None:
        """Open the page of wishes, or go back to number and consent."""
        self.wishes.setVisible(to_wishes)
        self._asking.setVisible(not to_wishes)
        told = self.wishes.told
        if to_wishes:
            self.wishes_key.set_words(
                _("Back to the yes"), second=_("What was told is kept (F4)"), trailing_icon="undo-2"
            )
        else:
            self.wishes_key.set_words(
                _("Wishes"),
                second=told or _("Language, how to be reached, interests (F4)"),
                trailing_icon="tag",
            )
        self.turned.emit()

    def function_key(self, key: Qt.Key) -> bool:
        """The keyboard's way to the wishes and through them; whether it was one of these keys."""
        if key == Qt.Key.Key_F4:
            self.turn(to_wishes=not self.wishing)
        elif key == Qt.Key.Key_F5 and self.wishing:
            self.wishes.language.step_on()
        elif key == Qt.Key.Key_F6 and self.wishing:
            self.wishes.channel.step_on()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A notice needs room, and whatever is in the way of joining comes before wishes; F4 opens them all the same."""
        if watched is self.notice and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.wishes_key.setVisible(event.type() == QEvent.Type.Hide)
        return super().eventFilter(watched, event)

    def show_friend(self, wanted: bool) -> None:
        """Whether a friend's code is asked for."""
        self.friend.setVisible(wanted)

    def set_narrow(self, narrow: bool) -> None:
        self.wishes.set_narrow(narrow)
        for number, share in enumerate((400, 202) if narrow else (528, 370)):
            self._columns.setStretch(number, share)

    def open(self, text: str, now_ms: int) -> None:
        """Start afresh, with what was typed already, if it may be a phone number."""
        for button in (self.program, self.messages):
            button.setChecked(False)
        said = _("Said aloud at the register, {day} {time}")
        self.program.set_detail(
            said.format(day=self._figures.date_at(now_ms), time=self._figures.time(now_ms))
        )
        self.friend.clear()
        self.wishes.clear()
        self.turn(to_wishes=False)
        self._set_kind("phone")
        self.entry.field.setText(self._as_phone(text))
        self.show_known("", known=None)
        self._typed()

    def take_card(self, code: str) -> None:
        """A card was scanned instead of a number being typed."""
        self.turn(to_wishes=False)
        self._set_kind("card")
        self.entry.field.setText(code)
        self._typed()

    def show_known(self, text: str, known: str | None) -> None:
        """`known`: the name of the member who has this number already; empty when nobody has; None: not asked."""
        self._chip.setVisible(known is not None and text == self.entry.text)
        if known:
            self._chip.set_chip("info", _("{name} is a member").format(name=known), "notice")
        elif known is not None:
            self._chip.set_chip("check", _("New here"), "tint")

    def known_text(self) -> str:
        """What the chip beside the number says, if it is shown."""
        return "" if self._chip.isHidden() else self._chip.text()

    def country_code_text(self) -> str:
        """What stands before the number, if it is shown."""
        return "" if self._code.isHidden() else self._code.text()

    def _type(self, text: str) -> None:
        self.field.type(text)

    def _erase(self) -> None:
        self.field.erase()

    def _typed(self) -> None:
        self._show_country_code()
        self.identifier_typed.emit(self._kind, self.entry.text)

    def _edited(self, text: str) -> None:
        self._chip.hide()
        if not text:
            self._set_kind("phone")
        if self._kind == "phone":
            grouped = self._as_phone(text)
            if grouped != text and self.entry.field.cursorPosition() == len(text):
                self.entry.field.setText(grouped)
        self._typed()

    def _as_phone(self, text: str) -> str:
        """The digits in groups as this country writes them, as far as they go."""
        formatter = phonenumbers.AsYouTypeFormatter(self._country)
        shown = ""
        for character in text:
            if character.isdigit() or character == "+":
                shown = formatter.input_digit(character)
        # A gap is written with the digit after it; one at the end would come back each time that it is erased.
        return shown.rstrip()

    def _set_kind(self, kind: IdentifierKind) -> None:
        self._kind = kind
        phone = kind == "phone"
        self._step_one.setText(_("1. Phone") if phone else _("1. Card"))
        self._show_country_code()

    def _show_country_code(self) -> None:
        """Beside a number only where both read as one: not before a + or the 0 of a call inside the country."""
        text = self.entry.text
        written_whole = text.startswith("+") or bool(self._trunk and text.startswith(self._trunk))
        self._code.setVisible(self._kind == "phone" and not written_whole)

    def _card(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        card.setProperty("chosen", "true")
        card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box = column(card)
        head = row(margins=(step(5), step(3.5), step(3), step(3.5)), gap=step(3))
        words = column(gap=step(0.25))
        words.addWidget(FittedLabel(theme, "name", "text", _("Join")))
        words.addWidget(
            FittedLabel(theme, "caption", "text_2", _("Phone or card, and a yes. The rest can wait."))
        )
        head.addLayout(words, 1)
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(11), step(11))
        close.setAccessibleName(_("Close without joining"))
        close.acted.connect(self.closed.emit)
        head.addWidget(close)
        box.addLayout(head)
        box.addWidget(rule())
        inner = column(margins=(step(5), step(4), step(5), step(4)), gap=step(2))
        inner.addLayout(self._number_head())
        inner.addWidget(self._number_field())
        inner.addWidget(self._ask_for_the_yes())
        self.wishes = JoinWishes(theme)
        self.wishes.hide()
        inner.addWidget(self.wishes)
        self.wishes_key = TillButton(theme)
        self.wishes_key.setFixedHeight(theme.mm(OFFER_MIN_MM))
        self.wishes_key.acted.connect(lambda: self.turn(to_wishes=not self.wishing))
        inner.addWidget(self.wishes_key)
        inner.addStretch(1)
        self.notice = NoticeBox(theme)
        self.notice.hide()
        self.notice.installEventFilter(self)
        inner.addWidget(self.notice)
        box.addLayout(inner, 1)
        return card

    def _ask_for_the_yes(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        self._asking = QWidget()
        inner = column(self._asking, gap=step(2))
        self.friend = EntryField(theme, "user", "text_strong")
        self.friend.set_hint(_("A friend's code, if they have one"))
        self.friend.hide()
        inner.addWidget(self.friend)
        inner.addSpacing(step(2))
        inner.addWidget(FittedLabel(theme, "text_strong", "text", _("2. Ask, then tap what was agreed")))
        inner.addWidget(self._question())
        self.program = ConsentButton(theme, _("Keep points and receipts"), "", _("Needed"))
        self.messages = ConsentButton(
            theme, _("Send offers by SMS"), _("Not more than twice a month"), _("Optional")
        )
        inner.addWidget(self.program)
        inner.addWidget(self.messages)
        return self._asking

    def _number_head(self):
        theme, step = self._theme, self._theme.step
        self._step_one = FittedLabel(theme, "text_strong", "text", _("1. Phone"))
        head = row(gap=step(2))
        head.addWidget(self._step_one)
        head.addStretch(1)
        head.addWidget(IconLabel(theme, "credit-card", "text_2", 4))
        head.addWidget(FittedLabel(theme, "text", "text_2", _("or scan a new card")))
        return head

    def _number_field(self) -> EntryField:
        theme, step = self._theme, self._theme.step
        self.entry = EntryField(theme, "", "figure")
        self.entry.setFixedHeight(step(21))
        self.entry.set_hint("")
        self.entry.field.setAccessibleName(_("Phone or card of the new member"))
        self.entry.text_edited.connect(self._edited)
        code = phonenumbers.country_code_for_region(self._country)
        self._code = Label(theme, "text_strong", "text_2", f"+{code}" if code else "")
        self._code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._code.setAutoFillBackground(True)
        palette = self._code.palette()
        palette.setColor(palette.ColorRole.Window, theme.colour("sunken"))
        self._code.setPalette(palette)
        self._code.setFixedSize(step(13), step(9))
        self.entry.row.insertWidget(0, self._code)
        self._chip = Chip(theme, "check", "", "tint")
        self.entry.row.addWidget(self._chip)
        self._chip.hide()
        return self.entry

    def _question(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        said = frame("sunken")
        box = row(said, margins=(step(3.5), step(2.5), step(3.5), step(2.5)), gap=step(3))
        box.addWidget(IconLabel(theme, "message-square", "text", 6), 0, Qt.AlignmentFlag.AlignTop)
        words = Label(
            theme,
            "text",
            "text",
            _("“May we keep your number and your receipts to count your points? You can leave at any time.”"),
        )
        words.setWordWrap(True)
        box.addWidget(words, 1)
        return said

    def _keys(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        side = QWidget()
        side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box = column(side, gap=theme.mm(GAP_MM))
        self.keypad = Keypad(theme, "", phone=True)
        self.keypad.typed.connect(self._type)
        self.keypad.erased.connect(self._erase)
        box.addWidget(self.keypad, 1)
        self.not_now_key = TillButton(theme, _("Not now"), icon="user")
        self.not_now_key.setFixedHeight(step(15))
        self.not_now_key.acted.connect(self.closed.emit)
        box.addWidget(self.not_now_key)
        self.join_key = TillButton(theme, role="primary", font="finish")
        self.join_key.set_words(
            _("Join"), second=_("and go on with the sale"), trailing_icon="corner-down-left"
        )
        self.join_key.setFixedHeight(step(21))
        self.join_key.acted.connect(self.join_wanted.emit)
        box.addWidget(self.join_key)
        return side
