"""After the sale: the change to give, what the member has now, and what became of the receipt."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from agent.service.views import CheckoutState, FinishedSale, RegisterStatus
from ui.figures import Figures
from ui.theme import Theme
from ui.till.words import (
    hand_over_words,
    hint_words,
    member_name,
    printed_with_words,
    receipt_words,
    tender_name,
)
from ui.widgets.chip import Chip
from ui.widgets.frames import column, emptied, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label


class FinishedPanel(QFrame):
    """A card: change on top, three figures, the receipt."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.setProperty("role", "card")
        box = column(self)
        box.addWidget(self._top())
        box.addWidget(rule())
        box.addLayout(self._tiles())
        box.addWidget(rule())
        box.addLayout(self._receipt(), 1)

    def set_low(self, low: bool) -> None:
        """On a low screen the change keeps its size, and the space around it goes."""
        step = self._theme.step
        edge = step(3 if low else 5)
        self._top_box.setContentsMargins(step(7), edge, step(7), edge)
        self._receipt_word.setVisible(not low)

    def show_sale(self, state: CheckoutState, sale: FinishedSale) -> None:
        figures = self._figures
        change = sale.change_minor
        self.head.setText(_("Sale finished. Give change") if change else _("Sale finished"))
        self.change.setText(figures.money(change or sale.total_minor))
        emptied(self._parts)
        self._part(_("Total"), sale.total_minor)
        for tender in state.tenders:
            self._part(tender_name(tender), tender.amount_minor)
        member = sale.member
        if member is None:
            self._tile_texts(0, "–", _("no member in this sale"))
            self._tile_texts(1, figures.count(state.item_count), _("items sold"))
        else:
            name = member_name(member)
            self._tile_texts(
                0, f"+{figures.count(member.earns_points)}", _("points for {name}").format(name=name)
            )
            if member.provisional:
                self._tile_texts(1, "–", _("points counted at HQ"))
            else:
                self._tile_texts(1, figures.count(sale.points_after), _("points now"))
            if not member.display_name and hint_words(member):
                self._tile_texts(0, f"+{figures.count(member.earns_points)}", hint_words(member))
        self._tile_texts(2, figures.money(state.saved_minor), _("saved on this sale"))
        self._coupons.setText(printed_with_words(sale.coupons_issued))
        self._coupon_row.setVisible(bool(sale.coupons_issued))
        self._gifts.setText(hand_over_words(sale.gifts, figures))
        self._gift_row.setVisible(bool(sale.gifts))

    def show_status(self, status: RegisterStatus, sale: FinishedSale | None) -> None:
        """Where the receipt is: printed, printing, or waiting for the printer."""
        if sale is None:
            return
        chip, colour, icon, words = receipt_words(status, sale.receipt_number, self._figures)
        self._chip.set_chip(icon, chip, colour)
        self._receipt_text.setText(words)

    def receipt_text(self) -> str:
        return f"{self._chip.text()}. {self._receipt_text.text()}"

    def coupons_text(self) -> str:
        """What was printed with the receipt, if anything."""
        return "" if self._coupon_row.isHidden() else self._coupons.text()

    def gifts_text(self) -> str:
        """What is still to be handed over, if anything."""
        return "" if self._gift_row.isHidden() else self._gifts.text()

    def tiles(self) -> list[tuple[str, str]]:
        return [(figure.text(), word.text()) for figure, word in self._figures_shown]

    def _top(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        top = frame("tint")
        self._top_box = column(top, margins=(step(7), step(5), step(7), step(5)), gap=step(1))
        head = row(gap=step(2))
        head.addWidget(IconLabel(theme, "circle-check", "on_tint", 6))
        self.head = FittedLabel(theme, "value", "on_tint")
        head.addWidget(self.head, 1)
        self._top_box.addLayout(head)
        body = row(gap=step(6))
        self.change = FittedLabel(theme, "change", "on_tint")
        body.addWidget(self.change, 1)
        parts = QWidget()
        parts.setFixedWidth(step(46))
        self._parts = column(parts, gap=step(2))
        body.addWidget(parts, 0, Qt.AlignmentFlag.AlignVCenter)
        self._top_box.addLayout(body)
        return top

    def _part(self, word: str, minor: int) -> None:
        theme = self._theme
        line = QWidget()
        box = row(line, gap=theme.step(3))
        box.addWidget(FittedLabel(theme, "text", "on_tint", word), 1)
        amount = Label(theme, "text_strong", "on_tint", self._figures.money(minor), tabular=True)
        box.addWidget(amount, 0, Qt.AlignmentFlag.AlignRight)
        self._parts.addWidget(line)

    def _tiles(self):
        theme, step = self._theme, self._theme.step
        tiles = row()
        self._figures_shown: list[tuple[FittedLabel, FittedLabel]] = []
        for number in range(3):
            if number:
                tiles.addWidget(rule(vertical=True))
            figure, word = FittedLabel(theme, "figure"), FittedLabel(theme, "text", "text_2")
            tile = column(margins=(step(7), step(3), step(4), step(3)))
            tile.addWidget(figure)
            tile.addWidget(word)
            tiles.addLayout(tile, 1)
            self._figures_shown.append((figure, word))
        return tiles

    def _tile_texts(self, number: int, figure: str, word: str) -> None:
        self._figures_shown[number][0].setText(figure)
        self._figures_shown[number][1].setText(word)

    def _receipt(self):
        theme, step = self._theme, self._theme.step
        box = column(margins=(step(7), step(4), step(7), step(4)), gap=step(3))
        self._receipt_word = FittedLabel(theme, "caption_strong", "text_2", _("Receipt"))
        box.addWidget(self._receipt_word)
        line = row(gap=step(2.5))
        self._chip = Chip(theme, "clock", "", "sunken")
        self._receipt_text = FittedLabel(theme, "text", "text_2")
        line.addWidget(self._chip)
        line.addWidget(self._receipt_text, 1)
        box.addLayout(line)
        self._coupon_row = QWidget()
        coupon_box = row(self._coupon_row, gap=step(2.5))
        coupon_box.addWidget(IconLabel(theme, "ticket", "amber", 6))
        self._coupons = FittedLabel(theme, "text", "text")
        coupon_box.addWidget(self._coupons, 1)
        box.addWidget(self._coupon_row)
        self._gift_row = QWidget()
        gift_box = row(self._gift_row, gap=step(2.5))
        gift_box.addWidget(IconLabel(theme, "ticket", "amber", 6))
        self._gifts = FittedLabel(theme, "text_strong", "text", max_lines=2)
        gift_box.addWidget(self._gifts, 1)
        box.addWidget(self._gift_row)
        box.addStretch(1)
        return box
