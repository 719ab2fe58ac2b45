"""Finding members and making new ones, behind the screen: by phone as one types, by name, by joining."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import Final

from PySide6.QtCore import QObject, Signal

from agent.domain.member import IdentifierKind
from agent.service.entry import is_phone
from agent.service.member_news import MemberNews
from agent.service.members import known_member, search_members
from agent.service.names import display_name
from agent.service.views import CheckoutState, MemberChoice
from ui.background import Background, Refused
from ui.till.services import TillServices

FOUND_SHOWN: Final = 5


class MemberDesk(QObject):
    """`found` and `known` come with the text that they are for, since the next letter may be typed already."""

    found = Signal(str, object)
    known = Signal(str, object)
    phone_taken = Signal(str)
    friends = Signal(bool)
    enrolled = Signal()

    def __init__(
        self,
        services: TillServices,
        work: Background,
        moved_on: Callable[[CheckoutState], None],
        refused: Refused,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._work = work
        self._moved_on = moved_on
        self._refused = refused
        # The name that was typed last. A search that the next letter has overtaken is not made, or not shown.
        self._sought = ""

    def search(self, text: str) -> None:
        """Members whose name was typed, or begins so; empty text ends the search."""
        self._sought = text
        if not text:
            return
        lane = self._services.lane

        def job() -> tuple[MemberChoice, ...] | None:
            return search_members(lane, text, FOUND_SHOWN) if self._sought == text else None

        def done(found: tuple[MemberChoice, ...] | None) -> None:
            if found is not None and self._sought == text:
                self.found.emit(text, found)

        self._work.submit(job, done, self._refused)

    def try_phone(self, text: str) -> None:
        """Take the member of a whole phone number that is known here; anything else waits for Enter."""
        lane, checkout, country = self._services.lane, self._services.checkout, self._services.country

        def job() -> CheckoutState | None:
            if not is_phone(text, country):
                return None
            known = known_member(lane.store.reader(), lane, "phone", text, country)
            return checkout.identify("phone", text) if known is not None else None

        def done(state: CheckoutState | None) -> None:
            if state is not None:
                self._moved_on(state)
                self.phone_taken.emit(text)

        self._work.submit(job, done, self._refused)

    def ask_whether_known(self, kind: IdentifierKind, text: str) -> None:
        """For Join: the name of the member who has this identifier, empty for nobody, None while it is not whole."""
        lane, country = self._services.lane, self._services.country

        def job() -> str | None:
            if kind == "phone" and not is_phone(text, country):
                return None
            known = known_member(lane.store.reader(), lane, kind, text, country)
            if known is None or known.provisional:
                return ""
            return display_name(known.row) or _("Somebody")

        self._work.submit(job, lambda name: self.known.emit(text, name), self._refused)

    def ask_for_friends(self) -> None:
        """For Join: whether the shop rewards members for bringing friends, so that their code is asked for."""
        checkout = self._services.checkout
        self._work.submit(checkout.takes_friends_codes, self.friends.emit, self._refused)

    def enrol(
        self,
        kind: IdentifierKind,
        text: str,
        consents: tuple[str, ...],
        friends_code: str,
        news: MemberNews,
    ) -> None:
        """Make a member, here and now, and take them into the basket."""
        enrol, checkout = self._services.enrol, self._services.checkout

        def job() -> CheckoutState:
            enrol(kind, text, consents, friends_code, news)
            return checkout.identify(kind, text)

        def done(state: CheckoutState) -> None:
            self._moved_on(state)
            self.enrolled.emit()

        self._work.submit(job, done, self._refused)
