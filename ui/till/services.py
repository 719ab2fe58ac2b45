"""What the till is handed by start-up: the services that it calls and the names that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.domain.member import IdentifierKind
from agent.service.checkout import Checkout
from agent.service.lane import Lane
from agent.service.member_news import MemberNews
from agent.service.returns import ReturnDesk

Enrol = Callable[[IdentifierKind, str, tuple[str, ...], str, MemberNews], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TillServices:
    """`checkout` and `returns` belong to the till's worker thread from now on. `enrol` takes an identifier, what was agreed to,
    the code of the friend who brought them, or "", and the wishes that they told with it.

    `offset_min` gives the store's offset for a time in UTC ms. `locale` is the operator's (CLDR), for figures.
    """

    lane: Lane
    checkout: Checkout
    returns: ReturnDesk
    enrol: Enrol
    store_name: str
    register_name: str
    operator_name: str
    country: str
    currency: str
    currency_exponent: int
    offset_min: Callable[[int], int]
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ScannerKeys:
    """What a keyboard-wedge scanner types before and after a code; empty where it types nothing."""

    prefix: str = ""
    suffix: str = "\r"
