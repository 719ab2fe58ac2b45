"""What a member at the till asks for beside goods, behind the screen: an earlier receipt, a new card, other wishes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from gettext import gettext as _
from gettext import ngettext
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from agent.service.forgotten_card import ForgottenCard, ForgottenCardDesk
from agent.service.member_changes import (
    Wishes,
    change_member,
    replace_card,
    typed_birthday,
    wishes_of,
)
from agent.service.member_news import MemberNews
from agent.service.views import CheckoutState, Notice
from ui.background import Background, Refused
from ui.till.services import TillServices

T = TypeVar("T")


class MemberCare(QObject):
    """`opened` brings Wishes, `receipt_found` a ForgottenCard; `done` after a change, with its notice in `said`."""

    opened = Signal(object)
    receipt_found = Signal(object)
    done = Signal()
    said = Signal(object)

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

    def open(self, member_id: uuid.UUID) -> None:
        """Read what is known of the member."""
        lane = self._services.lane
        self._work.submit(lambda: wishes_of(lane, member_id), self.opened.emit, self._refused)

    def look(self, receipt: str, member_id: uuid.UUID) -> None:
        """What a receipt would have earned."""
        desk = self._desk()
        self._work.submit(lambda: desk.look(receipt, member_id), self.receipt_found.emit, self._refused)

    def attach(self, found: ForgottenCard) -> None:
        """Give the member the points of the receipt."""
        desk = self._desk()

        def told(done: ForgottenCard) -> Notice:
            words = ngettext("{count} point more.", "{count} points more.", done.points)
            return Notice(
                _("Receipt {receipt} counts for {name} now.").format(
                    receipt=done.receipt_number, name=done.display_name or _("the member")
                ),
                words.format(count=done.points),
            )

        self._change(found.member_id, lambda: desk.attach(found), told)

    def replace_card(self, member_id: uuid.UUID, text: str) -> None:
        """Block the old card, take the new one."""
        services = self._services

        def job() -> object:
            return replace_card(services.lane, services.checkout.operator, member_id, text)

        notice = Notice(_("The new card counts, the old one is blocked."), _("The points are all there."))
        self._change(member_id, job, lambda _row: notice)

    def change(self, member_id: uuid.UUID, news: MemberNews) -> None:
        """Note what the member told."""
        services = self._services

        def job() -> object:
            return change_member(services.lane, services.checkout.operator, member_id, news)

        self._change(member_id, job, lambda _row: Notice(_("This is noted."), _("HQ hears of it.")))

    def change_birthday(self, wishes: Wishes, text: str) -> None:
        """Note the birthday as it was typed."""
        services = self._services

        def job() -> object:
            news = MemberNews(birthday=typed_birthday(text))
            return change_member(services.lane, services.checkout.operator, wishes.member_id, news)

        notice = Notice(_("The birthday is noted."), _("Offers of the birthday week come by themselves."))
        self._change(wishes.member_id, job, lambda _row: notice)

    def _desk(self) -> ForgottenCardDesk:
        return ForgottenCardDesk(self._services.lane, self._services.checkout.operator)

    def _change(self, member_id: uuid.UUID, job: Callable[[], T], told: Callable[[T], Notice]) -> None:
        """Do it, then show the member as they are now."""
        checkout = self._services.checkout

        def both() -> tuple[T, CheckoutState]:
            return job(), checkout.choose_member(member_id)

        def done(result: tuple[T, CheckoutState]) -> None:
            outcome, state = result
            self._moved_on(state)
            self.done.emit()
            self.said.emit(told(outcome))

        self._work.submit(both, done, self._refused)
