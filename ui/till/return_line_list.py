"""The lines of a sale that goods come back from: a tap takes one more piece, and after the last one none."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent.service.return_views import ReturnLineView
from ui.figures import Figures
from ui.icon import icon_pixmap
from ui.theme import Theme
from ui.till.return_words import line_words
from ui.widgets.fitted_text import fit_text, rounded

LINE_ROLE = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class ReturnLineModel(QAbstractListModel):
    """The lines of one sale. Another sale is a new list; the same one is repainted."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[ReturnLineView, ...] = ()

    @property
    def lines(self) -> tuple[ReturnLineView, ...]:
        return self._lines

    def show_lines(self, lines: tuple[ReturnLineView, ...]) -> None:
        if [one.line_id for one in lines] != [one.line_id for one in self._lines]:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()
            return
        self._lines = lines
        if lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            said = _("{name}, {chosen} of {left} chosen")
            return said.format(name=line.name, chosen=line.chosen, left=line.left)
        return None


class ReturnLineDelegate(QStyledItemDelegate):
    """A square with what is chosen, the name, what was bought, what was paid, and the old amount struck out."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.narrow = False
        self._amount = theme.font("amount", tabular=True)
        self._old = theme.font("caption", tabular=True)
        self._old.setStrikeOut(True)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, self._theme.step(17))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line: ReturnLineView = index.data(LINE_ROLE)
        theme, step, rect = self._theme, self._theme.step, option.rect
        painter.save()
        if line.chosen:
            painter.fillRect(rect, theme.colour("newest"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("primary"))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(theme.colour("primary"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        edge = step(3 if self.narrow else 4)
        self._paint_square(
            painter, QRect(rect.left() + edge, rect.center().y() - step(4), step(8), step(8)), line
        )
        left = rect.left() + edge + step(11)
        amounts = QRect(left, rect.top() + step(2), rect.right() - edge - left, rect.height() - step(4))
        begins = self._paint_amounts(painter, amounts, line)
        self._paint_words(
            painter, QRect(left, amounts.top(), begins - left - step(2), amounts.height()), line
        )
        painter.restore()

    def _paint_square(self, painter: QPainter, box: QRect, line: ReturnLineView) -> None:
        """Empty, ticked, or how many of several are chosen."""
        theme, step = self._theme, self._theme.step
        if not line.left:
            rounded(painter, box, step(1), theme.colour("sunken"))
            return
        if not line.chosen:
            rounded(painter, box, step(1), theme.colour("surface"), theme.colour("control"))
            return
        rounded(painter, box, step(1), theme.colour("primary"))
        if line.chosen == line.left:
            side = step(5)
            at = box.center().x() - side // 2 + 1, box.center().y() - side // 2 + 1
            ink = theme.tokens.on_primary
            painter.drawPixmap(*at, icon_pixmap("check", ink, side, painter.device().devicePixelRatio()))
            return
        words = fit_text(self._figures.count(line.chosen), theme.font("text_strong"), box.width())
        words.draw(painter, box, Qt.AlignmentFlag.AlignHCenter, theme.colour("on_primary"))

    def _paint_amounts(self, painter: QPainter, box: QRect, line: ReturnLineView) -> int:
        """What was paid, and under it what it would have cost; returns where they begin."""
        money = self._figures.money
        right = Qt.AlignmentFlag.AlignRight
        colour = "text" if line.left else "text_3"
        paid, old = money(line.paid_minor), money(line.list_minor)
        both = line.paid_minor != line.list_minor
        height = box.height() * 3 // 5 if both else box.height()
        self._draw(
            painter, QRect(box.left(), box.top(), box.width(), height), right, paid, self._amount, colour
        )
        width = QFontMetrics(self._amount).horizontalAdvance(paid)
        if both:
            lower = QRect(box.left(), box.top() + height, box.width(), box.height() - height)
            self._draw(painter, lower, right, old, self._old, "text_2")
        return box.right() - width

    def _paint_words(self, painter: QPainter, box: QRect, line: ReturnLineView) -> None:
        theme = self._theme
        left = Qt.AlignmentFlag.AlignLeft
        name = fit_text(line.name, theme.font("item"), box.width())
        below = fit_text(line_words(line, self._figures), theme.font("caption"), box.width())
        top = box.top() + (box.height() - name.height - below.height) // 2
        colour = theme.colour("text" if line.left else "text_3")
        name.draw(painter, QRect(box.left(), top, box.width(), name.height), left, colour)
        lower = QRect(box.left(), top + name.height, box.width(), below.height)
        below.draw(painter, lower, left, theme.colour("text_2"))

    def _draw(
        self, painter: QPainter, box: QRect, align: Qt.AlignmentFlag, text: str, font: QFont, colour: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
