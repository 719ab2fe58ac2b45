"""Claiming rewards and coupons for a sale: from leases that this register holds, else after HQ granted them.

HQ is never waited for here: `LeaseNeeded` tells the till what to ask for in the background.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Container
from dataclasses import replace
from gettext import gettext as _

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.domain.quote import Claimable
from agent.domain.quote_input import Claim
from agent.service import coupons
from agent.service.asked_leases import AskedLeases
from agent.service.lane import Lane
from agent.service.leases import not_covered
from agent.service.members import read_spendable
from agent.service.open_sale import OpenSale, PresentedCoupon
from agent.service.views import LeaseAsk


class LeaseNeeded(LoyaltyError):
    """HQ must grant something first: ask `HqLink.ask_lease` with `ask` in the background, then do the same again."""

    def __init__(self, ask: LeaseAsk) -> None:
        super().__init__(
            _("HQ must release this first."),
            _("Ask for it again in a moment; the sale can go on."),
            code="lease_needed",
        )
        self.ask = ask


class RewardDesk:
    """What one checkout has asked HQ for, and what its sale may spend."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._asked = AskedLeases(lane.store)

    def lease_needed(self, sale: OpenSale, program_id: str, day: datetime.date) -> LeaseAsk | None:
        """What HQ must grant before this reward can be claimed; None when this register holds enough."""
        claimable, facts = _claimable(sale, program_id), sale.facts
        if claimable is None or facts is None or not claimable.points_cost:
            return None
        target = claimable.points_cost + sale.spending(claimable.unit)
        held = read_spendable(self._lane.store.reader(), facts.account_id, day)
        if held.get(claimable.unit, 0) >= target:
            return None
        ask = LeaseAsk(facts.account_id, claimable.unit, target)
        self._asked.note(ask)
        return ask

    def with_claim(self, sale: OpenSale, program_id: str, title: str, day: datetime.date) -> OpenSale:
        """The sale with the reward claimed, one block, and with what may be spent of it now. Not priced yet."""
        claimable, facts = _claimable(sale, program_id), sale.facts
        if claimable is None:
            raise not_claimable(sale, title)
        claimed = replace(
            sale,
            claims=(*sale.claims, Claim(program_id, claimable.blocks)),
            removals=tuple(one for one in sale.removals if one != program_id),
        )
        if facts is None or not claimable.points_cost:
            return claimed
        ask = self.lease_needed(sale, program_id, day)
        if ask is not None:
            if not self._lane.link.online():
                raise not_covered()
            raise LeaseNeeded(ask)
        spendable = read_spendable(self._lane.store.reader(), facts.account_id, day)
        return replace(claimed, facts=msgspec.structs.replace(facts, spendable=spendable))

    def with_coupon(self, sale: OpenSale, text: str, day: datetime.date) -> OpenSale:
        """The sale with a serialised coupon presented, scanned or typed. Not priced yet."""
        reader = self._lane.store.reader()
        coupon = coupons.find_coupon(reader, text, self._lane.signer)
        held = coupons.is_held(reader, coupon)
        presented = any(one.coupon.coupon_id == coupon.coupon_id for one in sale.coupons)
        if presented and held:
            return sale
        coupons.require_usable(coupon, day)
        coupons.require_theirs(reader, coupon, sale.facts.account_id if sale.facts is not None else None)
        if not held:
            ask = LeaseAsk(coupon.coupon_id, coupon_unit(coupon.coupon_id), 1)
            if not self._lane.link.online():
                raise coupons.held_elsewhere()
            self._asked.note(ask)
            raise LeaseNeeded(ask)
        return replace(sale, coupons=(*sale.coupons, PresentedCoupon(coupon, held=True)))

    @property
    def asked(self) -> AskedLeases:
        """What HQ was asked for and is given back unless a sale uses it."""
        return self._asked

    def note(self, ask: LeaseAsk) -> None:
        """HQ was asked for this, so it is given back when no sale uses it."""
        self._asked.note(ask)

    def release_all(self, reason: str) -> None:
        """A sale has ended, or lost its member: give back what is left of what was asked for."""
        self._release(reason, ())

    def release_of_others(self, sale: OpenSale) -> None:
        """Give back what was asked for a member or coupon that is not in this sale."""
        keep = {one.coupon.coupon_id for one in sale.coupons}
        keep |= {one.account_id for one in sale.tenders if one.account_id is not None}
        if sale.facts is not None:
            keep.add(sale.facts.account_id)
        self._release("not_used", keep)

    def _release(self, reason: str, keep: Container[uuid.UUID]) -> None:
        # The sale itself is committed or gone, and a busy database must not make that look otherwise. What could not
        # be given back now is given back when the next sale ends, or at the next start.
        with contextlib.suppress(LoyaltyError):
            if self._asked.release(reason, self._lane.clock.now_ms(), keep):
                self._lane.link.wake()


def not_claimable(sale: OpenSale, title: str) -> LoyaltyError:
    """Why a tap on this reward gives nothing."""
    if sale.facts is not None and sale.facts.provisional:
        return LoyaltyError(
            _("Points can be used once HQ knows this member."),
            _("This sale earns points as usual."),
            code="provisional",
        )
    return LoyaltyError(
        _("“{offer}” does not apply to this basket.").format(offer=title),
        _("The list of offers says what is missing."),
        code="not_claimable",
    )


def _claimable(sale: OpenSale, program_id: str) -> Claimable | None:
    return next((one for one in sale.quote.claimable if one.program_id == program_id), None)
