"""The return in front of the cashier: one frozen value, replaced by each action, so that a refused one changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final

from agent.domain.returns import Refund
from agent.service.past_sale import PastSale

REASONS: Final = ("faulty", "changed_mind", "wrong_item", "other")
VOID_REASONS: Final = ("mistake", "changed_mind", "payment", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReturn:
    """A return that is not committed yet. `return_id` is given once and kept to the end.

    `answers` are what the two answers about broken offers would pay, where the shop asks: (kept, priced again);
    `answered` is which one was given, and `repriced` whether `refund` prices the rest again. `voids`: the whole sale is
    to be cancelled.
    """

    return_id: uuid.UUID
    sale: PastSale
    chosen: dict[int, frozenset[int]] = field(default_factory=dict)
    refund: Refund | None = None
    answers: tuple[int, int] | None = None
    answered: str = ""
    repriced: bool = False
    reason: str = ""
    refund_to: str = ""
    voids: bool = False
