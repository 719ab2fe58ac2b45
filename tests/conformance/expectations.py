"""Everything that a step expects, compared; a word that is not known here skips the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.conformance.actions import StepResult
from tests.conformance.figures import OrderFigures, PointsFigures, refunded, stored_value
from tests.conformance.rejections import REJECTIONS
from tests.conformance.setup import Setup
from tests.conformance.words import UnknownWord, Words, decimal_of, names_of, object_of

_POINTS: Final = (
    "earned",
    "spent",
    "balance",
    "projected_balance",
    "granted",
    "clawed_back",
    "given_back",
    "earned_after_return",
)
_BEFORE_CANCEL: Final = "_before_cancel"
_FIGURES: Final = ("total", "untaxed", "tax", "discount_total", "gross")


@dataclass(frozen=True)
class Difference:
    """Something that is not as expected."""

    path: str
    expected: object
    actual: object

    def __str__(self) -> str:
        return f"{self.path} is {_shown(self.actual)} instead of {_shown(self.expected)}"


class Comparison:
    """Compares one step. `differences` is what is not as expected. Raises UnknownWord."""

    def __init__(self, setup: Setup, result: StepResult, where: str) -> None:
        self._setup = setup
        self._result = result
        self._where = where
        self.differences: list[Difference] = []
        self._words: dict[str, Callable[[str, Any], None]] = {
            "discounts": self._discounts,
            "discounts_exclude": self._discounts_exclude,
            "discount_basis": self._discount_basis,
            "discount_line_count": self._discount_line_count,
            "discount_by_tax_code": self._discount_by_tax_code,
            "line_discounts": self._line_discounts,
            "line_discounts_first": self._line_discounts_first,
            "line_discounts_by_reward": self._line_discounts_by_reward,
            "free_items": self._free_items,
            "claimable": self._claimable,
            "rejected": self._rejected,
            "pending_coupons": self._pending_coupons,
            "coupons_issued": self._pending_coupons,
            "points": self._points,
            "gift_card": self._stored_value,
            "gift_cards": self._stored_value,
            "wallet": self._stored_value,
            "wallets": self._stored_value,
            "refund": self._refund,
            "member": self._member,
        }

    def compare(self, expect: Mapping[str, Any]) -> None:
        for key, expected in expect.items():
            if key in ("note", "notes"):
                continue
            figure, limit = key.removesuffix("_min").removesuffix("_max"), key[-4:]
            if key in _FIGURES:
                self._same(key, decimal_of(expected, key), self._figure(key))
            elif figure in _FIGURES and limit in ("_min", "_max"):
                self._within(key, decimal_of(expected, key), self._figure(figure), limit)
            elif key.endswith(_BEFORE_CANCEL):
                before = StepResult(self._result.settings, priced=self._result.before_cancel)
                then = Comparison(self._setup, before, self._where)
                then.compare({key.removesuffix(_BEFORE_CANCEL): expected})
                self.differences += then.differences
            elif key in self._words:
                self._words[key](key, expected)
            else:
                raise UnknownWord(f"the expectation {key}")

    @property
    def _order(self) -> OrderFigures:
        if self._result.priced is None:
            raise UnknownWord("figures of an order where there is none")
        return OrderFigures(self._setup, self._result.priced)

    def _figure(self, name: str) -> Decimal:
        value: Decimal = getattr(self._order, name)
        return value

    def _same(self, path: str, expected: object, actual: object) -> None:
        if expected != actual:
            self.differences.append(Difference(f"{self._where}{path}", expected, actual))

    def _within(self, path: str, bound: Decimal, actual: Decimal, limit: str) -> None:
        if (actual < bound) if limit == "_min" else (actual > bound):
            self.differences.append(Difference(f"{self._where}{path}", bound, actual))

    # Discounts

    def _discounts(self, key: str, expected: Any) -> None:
        self._same(key, _table(expected, "reward", "amount", key), self._order.by_reward())

    def _discounts_exclude(self, key: str, expected: Any) -> None:
        named = set(names_of(expected, "reward", key))
        known = {reward.id for program in self._setup.source_programs() for reward in program.rewards}
        if named - known:
            raise UnknownWord(f"the reward {min(named - known)}")
        met = sorted(named.intersection(self._order.by_reward()))
        self._same(key, [], met)

    def _discount_basis(self, key: str, expected: Any) -> None:
        """How the case is priced was decided from this word before its first step."""
        if expected not in ("tax_included", "tax_excluded"):
            raise UnknownWord(f"the discount_basis {expected}")
        if (expected == "tax_excluded") != self._setup.net:
            raise UnknownWord("one case with discounts both with and without tax")

    def _discount_line_count(self, key: str, expected: Any) -> None:
        self._same(key, decimal_of(expected, key), Decimal(self._order.discount_lines()))

    def _discount_by_tax_code(self, key: str, expected: Any) -> None:
        self._same(key, _numbers(expected, key), self._order.by_tax_code())

    def _line_discounts(self, key: str, expected: Any) -> None:
        """Lines that are not named take nothing off."""
        wanted = {name: amount for name, amount in _lines(expected, key).items() if amount}
        self._same_lines(key, wanted, self._order.by_line())

    def _line_discounts_first(self, key: str, expected: Any) -> None:
        """Only the lines that are named are looked at."""
        wanted, actual = _lines(expected, key), self._order.by_line()
        self._same(key, wanted, {name: actual.get(name, Decimal(0)) for name in wanted})

    def _line_discounts_by_reward(self, key: str, expected: Any) -> None:
        figures = self._order
        for reward, lines in object_of(expected, key).items():
            wanted = {name: amount for name, amount in _numbers(lines, key).items() if amount}
            self._same_lines(f"{key}.{reward}", wanted, figures.by_line(reward))
        others = {name: amount for name, amount in figures.by_reward().items() if name not in expected}
        self._same(f"{key} of other rewards", {}, others)

    def _same_lines(self, path: str, wanted: dict[str, Decimal], actual: dict[str, Decimal]) -> None:
        """Lines go by item or by id: the words of the case decide which."""
        lines = self._result.priced.order.lines if self._result.priced is not None else ()
        by_label = {line.label for line in lines}.intersection(wanted)
        names = {line.label for line in lines} if by_label else {line.sku for line in lines}
        self._same(path, wanted, {name: amount for name, amount in actual.items() if name in names})

    # Everything else

    def _free_items(self, key: str, expected: Any) -> None:
        self._same(key, _table(expected, "sku", "qty", key), self._order.free_items())

    def _claimable(self, key: str, expected: Any) -> None:
        wanted = sorted(set(names_of(expected, "reward", key)))
        self._same(key, wanted, sorted(self._order.claimable()))

    def _rejected(self, key: str, expected: Any) -> None:
        """Something that was entered is not taken, for this reason."""
        for reason in names_of([expected] if isinstance(expected, str) else expected, "reason", key):
            if reason not in REJECTIONS:
                raise UnknownWord(f'the rejection "{reason}"')
            found = self._order.refusals()
            if not any(REJECTIONS[reason].intersection(ours) for ours in found.values()):
                self._same(key, reason, {code: sorted(ours) for code, ours in found.items()})

    def _pending_coupons(self, key: str, expected: Any) -> None:
        issued = self._order.priced.quote.coupons_issued
        self._same(key, decimal_of(expected, key), Decimal(len(issued)))

    def _points(self, key: str, expected: Any) -> None:
        programs = {each.id: each for each in self._setup.source_programs() if each.kind == "points"}
        for name, figures in object_of(expected, key).items():
            if name not in programs or not isinstance(figures, Mapping):
                raise UnknownWord(f"{key}.{name}")
            ours = PointsFigures(self._setup, self._result, programs[name])
            for figure, value in figures.items():
                if figure not in _POINTS:
                    raise UnknownWord(f"the expectation {key}.{name}.{figure}")
                path = f"{key}.{name}.{figure}"
                self._same(path, decimal_of(value, path), getattr(ours, figure))

    def _stored_value(self, key: str, expected: Any) -> None:
        """{"used": ...}, or what is left by name, alone or as {"balance": ...}."""
        kind = "gift_card" if key.startswith("gift_card") else "wallet"
        for name, value in object_of(expected, key).items():
            path = f"{key}.{name}"
            amount = value
            if isinstance(value, Mapping):
                words = Words(value, path)
                amount = words.take("balance")
                words.done()
            self._same(path, decimal_of(amount, path), stored_value(self._setup, self._result, kind, name))

    def _refund(self, key: str, expected: Any) -> None:
        self._same(key, decimal_of(expected, key), refunded(self._setup, self._result))

    def _member(self, key: str, expected: Any) -> None:
        person = self._setup.shop.member
        names = {person.name, person.key, person.facts.get("id", "")} if person is not None else set()
        if expected not in names - {""}:
            self._same(key, expected, person.name if person is not None else "nobody")


def _numbers(table: Any, where: str) -> dict[str, Decimal]:
    return {name: decimal_of(value, f"{where}.{name}") for name, value in object_of(table, where).items()}


def _table(rows: Any, name: str, amount: str, where: str) -> dict[str, Decimal]:
    """Rows of a name and an amount, added up by name."""
    found: dict[str, Decimal] = {}
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise UnknownWord(f"{where} is not a list")
    for row in rows:
        words = Words(row, where)
        key = words.text(name)
        found[key] = found.get(key, Decimal(0)) + (words.number(amount) or Decimal(0))
        words.done()
    return found


def _lines(rows: Any, where: str) -> dict[str, Decimal]:
    """Amounts by item or by line id."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise UnknownWord(f"{where} is not a list")
    found: dict[str, Decimal] = {}
    for row in rows:
        words = Words(row, where)
        key = words.text("sku") or str(words.take("line", words.take("id", "")))
        found[key] = found.get(key, Decimal(0)) + (words.number("amount") or Decimal(0))
        words.done()
    return found


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value.normalize() if value != value.to_integral_value() else value.quantize(Decimal(1)))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(each)}" for name, each in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return str(value)
