"""Card and receipts of the member at the till: what can be done, then one thing at a time, with Enter as the next step."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.service.forgotten_card import ForgottenCard
from agent.service.member_changes import Wishes
from agent.service.member_news import MemberNews
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row, rule
from ui.widgets.label import FittedLabel

RECEIPT, CARD, LANGUAGE, CHANNEL, BIRTHDAY, INTERESTS = (
    "receipt",
    "card",
    "language",
    "channel",
    "birthday",
    "interests",
)
_TOPICS: Final = (RECEIPT, CARD, LANGUAGE, CHANNEL, BIRTHDAY, INTERESTS)
_ICONS: Final = ("receipt-text", "credit-card", "message-square", "user", "star", "tag")
# Each language in its own words.
LANGUAGES: Final = {"en": "English", "ro": "Română", "tr": "Türkçe", "zh_Hans": "中文"}


class CarePanel(QWidget):
    """Takes the place of member and offers while it is open. `news_given` brings (Wishes, MemberNews)."""

    receipt_typed = Signal(object, str)
    attach_wanted = Signal(object)
    card_given = Signal(object, str)
    birthday_given = Signal(object, str)
    news_given = Signal(object, object)
    closed = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        step = theme.step
        self._figures = figures
        self._wishes: Wishes | None = None
        self._found: ForgottenCard | None = None
        self.topic = ""
        box = column(self)
        head = row(margins=(step(4), step(3.25), step(3), step(3.25)), gap=step(3))
        words = column(gap=step(0.5))
        self.title = FittedLabel(theme, "name", "text", _("Card and receipts"))
        self.prompt = FittedLabel(theme, "text", "text_2", "", max_lines=3)
        words.addWidget(self.title)
        words.addWidget(self.prompt)
        head.addLayout(words, 1)
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(10), step(10))
        close.setAccessibleName(_("Close card and receipts"))
        close.acted.connect(self.closed.emit)
        head.addWidget(close)
        box.addLayout(head)
        box.addWidget(rule())
        keys = column(margins=(step(3), step(3), step(3), 0), gap=theme.mm(GAP_MM))
        self.keys: list[TillButton] = []
        for number, icon in enumerate(_ICONS):
            key = TillButton(theme, icon=icon)
            key.setFixedHeight(step(12))
            key.acted.connect(lambda number=number: self._tapped(number))
            keys.addWidget(key)
            self.keys.append(key)
        box.addLayout(keys)
        box.addStretch(1)

    def open(self, wishes: Wishes) -> None:
        """What can be done for this member, with what is known."""
        self._wishes = wishes
        self._show_menu()

    def shown(self) -> list[str]:
        """The words of the keys that can be tapped."""
        return [key.text() for key in self.keys if not key.isHidden()]

    def enter(self, text: str) -> None:
        """What was typed, as an answer to what is asked; Enter without text is the next safe step."""
        wishes = self._wishes
        if wishes is None:
            return
        if self.topic == RECEIPT and text:
            self.receipt_typed.emit(wishes, text)
        elif self.topic == RECEIPT and self._found is not None:
            self.attach_wanted.emit(self._found)
        elif self.topic == CARD and text:
            self.card_given.emit(wishes, text)
        elif self.topic == BIRTHDAY and text:
            self.birthday_given.emit(wishes, text)
        elif self.topic == INTERESTS:
            told = tuple(one.strip() for one in text.split(",") if one.strip())
            self.news_given.emit(wishes, MemberNews(interests=told))

    def show_found(self, found: ForgottenCard) -> None:
        """What the receipt would have earned, for a look before it is given."""
        if self.topic != RECEIPT:
            return
        self._found = found
        figures = self._figures
        points = ngettext("{count} point", "{count} points", found.points).format(
            count=figures.count(found.points)
        )
        self.prompt.setText(
            _("Receipt {receipt} of {day}, {total}: {points}").format(
                receipt=found.receipt_number,
                day=figures.date(found.business_date),
                total=figures.money(found.total_minor),
                points=points,
            )
        )
        self._set_keys([(_("Give these points"), "")])

    def _show_menu(self) -> None:
        self.topic, self._found = "", None
        wishes = self._wishes
        if wishes is None:
            return
        self.title.setText(_("Card and receipts"))
        self.prompt.setText(_("Tap what the member asks for."))
        cards = ", ".join(f"… {last4}" for last4 in wishes.cards)
        self._set_keys(
            [
                (_("Earlier receipt"), _("Its points were forgotten")),
                (_("New card"), cards or _("No card yet")),
                (_("Language"), LANGUAGES.get(wishes.locale, wishes.locale)),
                (_("How to be reached"), channels().get(wishes.channel, "")),
                (_("Birthday"), wishes.birthday),
                (_("Interests"), ", ".join(wishes.interests)),
            ]
        )

    def _open_topic(self, topic: str) -> None:
        self.topic = topic
        title, prompt = {
            RECEIPT: (_("Earlier receipt"), _("Type the number of the receipt, then Enter.")),
            CARD: (_("New card"), _("Scan the new card. The old one is blocked.")),
            LANGUAGE: (_("Language"), _("Receipts and messages come in it.")),
            CHANNEL: (_("How to be reached"), _("Ask, then tap it.")),
            BIRTHDAY: (_("Birthday"), _("Type day, month and year, like 17.5.1987, then Enter.")),
            INTERESTS: (_("Interests"), _("Type them with commas between, then Enter.")),
        }[topic]
        self.title.setText(title)
        self.prompt.setText(prompt)
        choices = {LANGUAGE: LANGUAGES, CHANNEL: channels()}.get(topic, {})
        self._set_keys([(words, "") for code, words in choices.items() if code])

    def _tapped(self, number: int) -> None:
        wishes = self._wishes
        if wishes is None:
            return
        if not self.topic:
            self._open_topic(_TOPICS[number])
        elif self._found is not None:
            self.attach_wanted.emit(self._found)
        elif self.topic == LANGUAGE:
            self.news_given.emit(wishes, MemberNews(locale=list(LANGUAGES)[number]))
        elif self.topic == CHANNEL:
            self.news_given.emit(wishes, MemberNews(channel=[code for code in channels() if code][number]))

    def _set_keys(self, words: list[tuple[str, str]]) -> None:
        for number, key in enumerate(self.keys):
            key.setVisible(number < len(words))
            if number < len(words):
                key.set_words(words[number][0], second=words[number][1])


def channels() -> dict[str, str]:
    """Ways to reach a member, as the journal keeps them and in words; the empty one was not said."""
    return {
        "": "",
        "sms": _("SMS"),
        "email": _("E-mail"),
        "post": _("Letter"),
        "none": _("Not at all"),
    }
