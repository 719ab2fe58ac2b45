"""What a basket holds fast from its first line on, so that a total that was said aloud does not rise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Context, Share
from agent.service.lane import Lane, this_register, this_store
from agent.service.moment import stamp_at
from agent.service.program_sets import ActivePrograms
from agent.store.program_shares import shares_left
from agent.store.register import Register
from sync.wire.entries import Stamp
from sync.wire.feed import StoreRow

PINNED_MS: Final = 30 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Pin:
    """Program set, settings, offer time and shares of limited programs of one basket, in force until `until_ms`."""

    register: Register
    store: StoreRow
    programs: ProgramSet
    context: Context
    until_ms: int
    shares: dict[str, Share] = field(default_factory=dict)


def pin_now(lane: Lane, active: ActivePrograms) -> Pin:
    """What is in force at this moment. Raises LoyaltyError before enrolment or the first feed."""
    at_ms = lane.clock.now_ms()
    with lane.store.snapshot() as db:
        register, store = this_register(db), this_store(db)
        stamp = stamp_at(db, at_ms, store)
        shares = shares_left(db, register.chain_id)
    context = context_at(register, store, stamp)
    programs = active.now(store.currency)
    shared = {one.id for one in programs.programs if one.limits.shared}
    shares = {program_id: share for program_id, share in sorted(shares.items()) if program_id in shared}
    return Pin(register, store, programs, context, at_ms + PINNED_MS, shares)


def context_at(register: Register, store: StoreRow, stamp: Stamp) -> Context:
    """Where and when, as programs read it."""
    return Context(
        store_id=store.store_id,
        register_id=register.register_id,
        currency=store.currency,
        currency_exponent=store.currency_exponent,
        offer_time_ms=stamp.at_ms,
        offset_min=stamp.offset_min,
        business_date=stamp.business_date,
        clock=stamp.clock,
        role=register.role,
    )
