"""A shop as one JSON file: store, operators, items, members in the clear, and the program set beside it.

Unknown fields are refused, so that nothing misspelt is silently left out; what a register could not use is refused
here, by its place in the file, rather than sent to every lane.
"""

from __future__ import annotations

import datetime
import uuid
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.attaching import AttachRules
from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.member import IdentifierKind
from agent.domain.problems import Problem, document_error, problem_of
from agent.domain.returns import ReturnRules
from hq.ledger.units import MAX_AMOUNT
from sync.wire.feed import ItemRow, OperatorRow, StoreRow

# A row of the feed must fit into a page; what people write is far below.
MAX_ROW_BYTES: Final = 16 * 1024
MAX_EXPONENT: Final = 4
MAX_RETURN_DAYS: Final = 3650
MAX_ATTACHED: Final = 1000
# A card is cash in a pocket: a million of the smallest coins at most.
MAX_TYPED_MINOR: Final = 1_000_000
_DAY_MIN: Final = 24 * 60
_MAX_DIGITS: Final = 18

Points = Annotated[int, msgspec.Meta(ge=0, le=MAX_AMOUNT)]


class ShopReturns(ReturnRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The store's switches for returns."""


class ShopForgottenCard(AttachRules, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The store's switches for forgotten cards."""


class ShopStore(StoreRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The store; the same fields as registers get."""

    returns: ShopReturns = ShopReturns()
    forgotten_card: ShopForgottenCard = ShopForgottenCard()


class ShopOperator(OperatorRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person who may sign on."""


class ShopTypedAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Between which amounts, in minor units, a gift card is sold whose amount is typed at the till."""

    lowest_minor: int
    highest_minor: int


class ShopItem(ItemRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An item with its prices in minor units. A `typed_amount` is for gift cards, in place of their price."""

    typed_amount: ShopTypedAmount | None = None


class ShopMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A member in the clear. `balances` (ledger unit -> points) are opening balances, posted once."""

    member_id: uuid.UUID
    account_id: uuid.UUID | None = None
    name: str = ""
    given_name: str = ""
    tier: str = ""
    locale: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""
    birthday: datetime.date | None = None
    balances: dict[str, Points] = {}

    @property
    def clear(self) -> list[tuple[IdentifierKind, str]]:
        """The identifiers that are filled in."""
        told: list[tuple[IdentifierKind, str]] = [
            ("phone", self.phone),
            ("email", self.email),
            ("card", self.card),
        ]
        return [(kind, value) for kind, value in told if value]


class Shop(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `program_set` names a file beside this one."""

    format: Literal[1]
    store: ShopStore
    operators: tuple[ShopOperator, ...] = ()
    items: tuple[ShopItem, ...] = ()
    members: tuple[ShopMember, ...] = ()
    program_set: str = ""


def read_shop(path: Path) -> Shop:
    """The file's content. Raises LoyaltyError naming the JSON path of the first bad field."""
    try:
        shop = msgspec.json.decode(bytes_of(path), type=Shop)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(path, problem_of(error, Shop)) from error
    for problem in _problems(shop):
        raise _wrong(path, problem)
    return shop


def bytes_of(path: Path) -> bytes:
    """The file's bytes. Raises LoyaltyError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoyaltyError(
            f"The file {path} cannot be read ({error.strerror}).",
            "Check the name and try again.",
            code="no_file",
        ) from error


def _typed_amount_problems(path: str, item: ShopItem) -> Iterator[Problem]:
    asked = item.typed_amount
    if asked is None:
        return
    if not item.gift_card:
        yield Problem(f"{path}.typed_amount", "is for gift cards alone")
    if not 0 < asked.lowest_minor <= asked.highest_minor <= MAX_TYPED_MINOR:
        yield Problem(
            f"{path}.typed_amount", f"must go from 1 or more up to {MAX_TYPED_MINOR} minor units at most"
        )


def normal_value(shop: Shop, kind: IdentifierKind, text: str) -> str:
    """A member's identifier in its normal form. Raises LoyaltyError."""
    return normal_identifier(kind, text, shop.store.country)


def _problems(shop: Shop) -> Iterator[Problem]:
    """What types cannot say, first things first."""
    yield from _store_problems(shop.store)
    seen: dict[object, int] = {}
    for number, item in enumerate(shop.items):
        path = f"items[{number}]"
        for name, value in (
            ("price", item.price),
            ("card_price", item.card_price),
            ("quantity_step", item.quantity_step),
        ):
            if value is not None and not _is_price(value):
                yield Problem(f"{path}.{name}", "must be a number of minor units, not below 0")
        yield from _typed_amount_problems(path, item)
        yield from _sized(path, item)
        yield from _once(seen, item.item_code, number, "items", "item_code")
    seen = {}
    for number, operator in enumerate(shop.operators):
        yield from _sized(f"operators[{number}]", operator)
        yield from _once(seen, operator.operator_id, number, "operators", "operator_id")
    seen = {}
    for number, member in enumerate(shop.members):
        yield from _sized(f"members[{number}]", member)
        yield from _once(seen, member.member_id, number, "members", "member_id")
        for kind, text in member.clear:
            try:
                normal = normal_value(shop, kind, text)
            except LoyaltyError as error:
                yield Problem(f"members[{number}].{kind}", f"cannot be used: {error.title.rstrip('.')}")
            else:
                yield from _once(seen, (kind, normal), number, "members", kind)


def _store_problems(store: ShopStore) -> Iterator[Problem]:
    try:
        zoneinfo.ZoneInfo(store.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem("store.zone", "must be a time zone like Europe/Bucharest")
    if not 0 <= store.currency_exponent <= MAX_EXPONENT:
        yield Problem("store.currency_exponent", f"must be 0 to {MAX_EXPONENT}")
    if not -_DAY_MIN < store.day_cutoff_min < _DAY_MIN:
        yield Problem("store.day_cutoff_min", "must be within a day")
    if not 0 <= store.returns.days <= MAX_RETURN_DAYS:
        yield Problem("store.returns.days", f"must be 0 to {MAX_RETURN_DAYS}")
    if not 0 <= store.forgotten_card.days <= MAX_RETURN_DAYS:
        yield Problem("store.forgotten_card.days", f"must be 0 to {MAX_RETURN_DAYS}")
    if not 0 <= store.forgotten_card.sales_per_member <= MAX_ATTACHED:
        yield Problem("store.forgotten_card.sales_per_member", f"must be 0 to {MAX_ATTACHED}")
    if not 1 <= len(store.store_id) <= 64:
        yield Problem("store.store_id", "must have 1 to 64 characters")
    yield from _sized("store", store)


def _is_price(value: Decimal) -> bool:
    return value.is_finite() and value >= 0 and value.adjusted() < _MAX_DIGITS


def _sized(path: str, row: msgspec.Struct) -> Iterator[Problem]:
    size = len(msgspec.json.encode(row))
    if size > MAX_ROW_BYTES:
        yield Problem(path, f"must have at most {MAX_ROW_BYTES} bytes, not {size}")


def _once(seen: dict[object, int], key: object, number: int, kind: str, field: str) -> Iterator[Problem]:
    first = seen.setdefault(key, number)
    if first != number:
        yield Problem(f"{kind}[{number}].{field}", f"is also that of {kind}[{first}]")


def _wrong(path: Path, problem: Problem) -> LoyaltyError:
    advice = f"Correct {path} and load it again; nothing was changed."
    return document_error("The shop file", problem, advice, "bad_shop_file")
