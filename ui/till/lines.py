"""The basket's lines: a list model of LineViews and the delegate that paints a row of them."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent.service.views import LineView
from ui.figures import Figures
from ui.icon import icon_pixmap
from ui.theme import Theme

LINE_ROLE = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class LineModel(QAbstractListModel):
    """The lines of a basket. A line that only changed is repainted; the list is not built anew."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[LineView, ...] = ()

    @property
    def lines(self) -> tuple[LineView, ...]:
        return self._lines

    def show_lines(self, lines: tuple[LineView, ...]) -> None:
        before, common = self._lines, 0
        for old, new in zip(before, lines, strict=False):
            if old.line_id != new.line_id:
                break
            common += 1
        if common < len(before):
            self.beginRemoveRows(QModelIndex(), common, len(before) - 1)
            self._lines = before[:common]
            self.endRemoveRows()
        if common < len(lines):
            self.beginInsertRows(QModelIndex(), common, len(lines) - 1)
            self._lines = (*self._lines, *lines[common:])
            self.endInsertRows()
        self._lines = lines
        if common:
            self.dataChanged.emit(self.index(0), self.index(common - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.name
        return None


class LineDelegate(QStyledItemDelegate):
    """Quantity, name, price and programs, the old amount struck out, the amount. The newest has an edge."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.narrow = False
        self.line_height = theme.step(15)
        self._item = theme.font("item")
        self._caption = theme.font("caption")
        self._program = theme.font("caption_strong")
        self._amount = theme.font("amount", tabular=True)
        self._quantity = theme.font("value", tabular=True)
        self._unit = theme.font("text_strong")
        self._old = theme.font("text", tabular=True)
        self._old.setStrikeOut(True)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, self.line_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line: LineView = index.data(LINE_ROLE)
        theme, rect = self._theme, option.rect
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if line.newest or chosen:
            painter.fillRect(rect, theme.colour("newest"))
        if line.newest:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("primary"))
        if chosen:
            painter.setPen(theme.colour("primary"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
            painter.drawRect(rect.adjusted(1, 1, -2, -3))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        edge = theme.step(3 if self.narrow else 4)
        left = rect.left() + theme.step(11 if self.narrow else 14)
        self._paint_quantity(
            painter, line, QRect(rect.left() + edge, rect.top(), theme.step(9), rect.height())
        )
        amounts_left = self._paint_amounts(painter, line, rect, rect.right() - edge)
        middle = QRect(left, rect.top(), amounts_left - left - theme.step(3), rect.height() - 1)
        self._paint_words(painter, line, middle)
        painter.restore()

    def _paint_quantity(self, painter: QPainter, line: LineView, box: QRect) -> None:
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if line.uom != "each":
            self._draw(painter, box, align, line.uom, self._unit, "text_2")
            return
        quiet = line.quantity == 1
        text = self._figures.quantity(line.quantity)
        self._draw(painter, box, align, text, self._quantity, "text_3" if quiet else "text")

    def _paint_amounts(self, painter: QPainter, line: LineView, rect: QRect, right: int) -> int:
        """The amount, and before it what it would have been; returns where they begin."""
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        amount = self._figures.money(line.net_minor)
        width = QFontMetrics(self._amount).horizontalAdvance(amount)
        box = QRect(right - width, rect.top(), width + 1, rect.height() - 1)
        self._draw(painter, box, align, amount, self._amount, "text")
        begins = right - width
        if line.net_minor != line.extended_minor and not self.narrow:
            old = self._figures.money(line.extended_minor)
            old_width = QFontMetrics(self._old).horizontalAdvance(old)
            begins -= self._theme.step(3) + old_width
            lower = box.adjusted(0, self._theme.step(0.75), 0, self._theme.step(0.75))
            lower.setLeft(begins)
            lower.setWidth(old_width + 1)
            self._draw(painter, lower, align, old, self._old, "text_3")
        return begins

    def _paint_words(self, painter: QPainter, line: LineView, box: QRect) -> None:
        """The name, and under it the price and what was taken off by which program."""
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        price, programs, hint = self._under(line)
        name_height = QFontMetrics(self._item).height()
        if not (price or programs or hint):
            self._draw(painter, box, left, line.name, self._item, "text")
            return
        under_height = QFontMetrics(self._caption).height()
        top = box.top() + (box.height() - name_height - under_height) // 2
        name_box = QRect(box.left(), top, box.width(), name_height)
        self._draw(painter, name_box, left, line.name, self._item, "text")
        rest = QRect(box.left(), top + name_height, box.width(), under_height)
        for text, font, colour, icon in (
            (price, self._caption, "text_2", ""),
            (programs, self._program, "primary", "tag"),
            (hint, self._caption, "text_3", ""),
        ):
            if text:
                rest = self._append(painter, rest, box.left(), text, font, colour, icon)

    def _under(self, line: LineView) -> tuple[str, str, str]:
        price = ""
        if line.unit_price is not None and (line.uom != "each" or line.quantity != 1):
            each = self._figures.unit_price(line.unit_price)
            if line.uom == "each":
                price = _("{price} each").format(price=each)
            else:
                quantity = self._figures.quantity(line.quantity)
                price = _("{quantity} {unit} × {price}").format(quantity=quantity, unit=line.uom, price=each)
        programs = ", ".join(title for title, _minor in line.discounts)
        return price, programs, "" if self.narrow else line_hint(line)

    def _append(
        self, painter: QPainter, rest: QRect, start: int, text: str, font: QFont, colour: str, icon: str
    ) -> QRect:
        """Draw one part of the second row after the parts before it; returns the place that is left."""
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if rest.left() > start:
            dot = "  ·  "
            self._draw(painter, rest, align, dot, self._caption, "text_3")
            rest.setLeft(rest.left() + QFontMetrics(self._caption).horizontalAdvance(dot))
        if icon:
            side = self._theme.step(3.5)
            ratio = painter.device().devicePixelRatioF()
            ink = getattr(self._theme.tokens, colour)
            top = rest.top() + (rest.height() - side) // 2 + 1
            painter.drawPixmap(rest.left(), top, icon_pixmap(icon, ink, side, ratio))
            rest.setLeft(rest.left() + side + self._theme.step(1))
        self._draw(painter, rest, align, text, font, colour)
        rest.setLeft(rest.left() + QFontMetrics(font).horizontalAdvance(text))
        return rest

    def _draw(
        self, painter: QPainter, box: QRect, align: Qt.AlignmentFlag, text: str, font: QFont, colour: str
    ) -> None:
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.setFont(font)
        painter.setPen(QColor(getattr(self._theme.tokens, colour)))
        painter.drawText(box, align | Qt.TextFlag.TextSingleLine, shown)


def line_hint(line: LineView) -> str:
    """What a cashier may be asked about a line, in one grey half-sentence."""
    if line.amount_wanted:
        return _("Type its amount")
    if line.card_wanted:
        return _("Scan its card")
    if line.card_last4:
        return _("Card ending {last4}").format(last4=line.card_last4)
    if line.deposit:
        return _("No points on deposits")
    if not line.earns:
        return _("Earns no points")
    return ""
