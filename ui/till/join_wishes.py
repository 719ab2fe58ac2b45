"""Wishes in the join form: language, how to be reached, interests. Each may be left out; none is a consent."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtWidgets import QGridLayout, QWidget

from agent.service.member_news import MemberNews
from ui.theme import GAP_MM, TARGET_MIN_MM, Theme
from ui.till.care_panel import LANGUAGES, channels
from ui.till.entry import EntryField
from ui.widgets.button import TillButton
from ui.widgets.frames import column
from ui.widgets.label import FittedLabel


class Choice(QWidget):
    """One of several keys, or none: a tap chooses, another one on the same key takes it back."""

    def __init__(self, theme: Theme, title: str, choices: dict[str, str]) -> None:
        super().__init__()
        self.chosen = ""
        self.keys: dict[str, TillButton] = {}
        box = column(self, gap=theme.step(1))
        box.addWidget(FittedLabel(theme, "caption_strong", "text_2", title))
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.mm(GAP_MM))
        for code, words in choices.items():
            key = TillButton(theme, words)
            key.setFixedHeight(theme.mm(TARGET_MIN_MM))
            key.acted.connect(lambda code=code: self.choose("" if code == self.chosen else code))
            self.keys[code] = key
        self.set_narrow(False)
        box.addLayout(self._grid)

    def set_narrow(self, narrow: bool) -> None:
        """Half as many keys beside one another."""
        across = len(self.keys) // 2 if narrow else len(self.keys)
        for number, key in enumerate(self.keys.values()):
            self._grid.addWidget(key, number // across, number % across)

    def choose(self, code: str) -> None:
        """Mark the key of this code; "" marks none."""
        self.chosen = code
        for one, key in self.keys.items():
            key.set_role("chosen" if one == code else "action")

    def step_on(self) -> None:
        """The next key, and none after the last: what the keyboard does."""
        codes = ["", *self.keys]
        self.choose(codes[(codes.index(self.chosen) + 1) % len(codes)])

    @property
    def words(self) -> str:
        return self.keys[self.chosen].text() if self.chosen else ""


class JoinWishes(QWidget):
    """Three questions on one page of the form."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        step = theme.step
        box = column(self, gap=step(2))
        box.addWidget(FittedLabel(theme, "text_strong", "text", _("Wishes, if they have any")))
        self.language = Choice(theme, _("Language (F5)"), LANGUAGES)
        self.channel = Choice(
            theme, _("How to be reached (F6)"), {code: words for code, words in channels().items() if code}
        )
        box.addWidget(self.language)
        box.addWidget(self.channel)
        said = column(gap=step(1))
        said.addWidget(FittedLabel(theme, "caption_strong", "text_2", _("Interests")))
        self.interests = EntryField(theme, "tag", "text_strong")
        self.interests.set_hint(_("Type them with commas between"))
        said.addWidget(self.interests)
        box.addLayout(said)

    def set_narrow(self, narrow: bool) -> None:
        for choice in (self.language, self.channel):
            choice.set_narrow(narrow)

    def clear(self) -> None:
        """Nothing was said."""
        self.language.choose("")
        self.channel.choose("")
        self.interests.clear()

    @property
    def news(self) -> MemberNews:
        """What was told; None where nothing was."""
        interests = tuple(one.strip() for one in self.interests.text.split(",") if one.strip())
        return MemberNews(
            locale=self.language.chosen or None,
            channel=self.channel.chosen or None,
            interests=interests or None,
        )

    @property
    def told(self) -> str:
        """In a few words, for the key that opens this page; "" where nothing was said."""
        interests = ", ".join(self.news.interests or ())
        return " · ".join(part for part in (self.language.words, self.channel.words, interests) if part)
