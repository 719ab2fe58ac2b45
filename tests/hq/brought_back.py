"""A journalled sale whose goods come back, for tests of what HQ makes of it."""

from __future__ import annotations

import uuid
from typing import Any

from agent.domain.evaluate import evaluate
from agent.domain.returns import CouponStanding, refund_for, rest_of, return_postings, returned_units
from agent.domain.sold_units import Units, all_units, together
from sync.wire.entries import ReturnEntry, SaleEntry, SaleRef, Tender, VoidEntry
from tests import builders
from tests.hq.lane import DEMO, OPERATOR, Lane, a_stamp
from tests.hq.shop import IOANA

EARLY = 2340


def ioana(points: int = EARLY, spendable: int = 0) -> Any:
    return builders.a_member(points, member_id=IOANA, account_id=IOANA, spendable=spendable)


class Sold:
    """A journalled sale, and what is journalled of its goods coming back."""

    def __init__(self, lane: Lane, *lines: Any, **facts: Any) -> None:
        self.program_set = facts.get("program_set", DEMO)
        self.sale: SaleEntry = lane.a_sale(*lines, **facts)
        self.seq = lane.append(self.sale)
        self.lane = lane
        self.program_set = facts.get("program_set", DEMO)
        self.earlier: list[ReturnEntry] = []

    @property
    def ref(self) -> SaleRef:
        return SaleRef(
            sale_id=self.sale.sale_id,
            chain_id=self.lane.chain_id,
            seq=self.seq,
            receipt_number=self.sale.receipt_number,
        )

    def facts(self, chosen: Units, by: Lane, reprice: bool, held: bool) -> dict[str, Any]:
        rest = rest_of(self.sale, together(returned_units(self.earlier), chosen))
        refund = refund_for(
            self.sale,
            chosen,
            self.earlier,
            rest=evaluate(rest, self.program_set) if rest is not None else None,
            reprice=reprice,
            coupons={one.coupon_id: CouponStanding(held=held) for one in self.sale.coupons_issued},
        )
        member = self.sale.quote_input.member
        account = member.account_id if member is not None else None
        return {
            "receipt_number": f"1-{len(by.journal):06}",
            "store_id": by.store_id,
            "register_id": by.register_id,
            "role": "till",
            "operator": OPERATOR,
            "stamp": a_stamp(),
            "sale": self.ref,
            "account_id": account,
            "taken_back": refund.taken_back,
            "given_back": refund.given_back,
            "coupons_back": refund.coupons_back,
            "coupons_taken": refund.coupons_taken,
            "postings": return_postings(refund, account, by.store_id, by.chain_id),
            "tenders": (Tender("cash", refund.refund_minor),) if refund.refund_minor else (),
            "refund": refund,
        }

    def comes_back(
        self, chosen: Units | None = None, *, by: Lane | None = None, reprice: bool = False, **changed: Any
    ) -> ReturnEntry:
        by = by or self.lane
        facts = self.facts(
            chosen or all_units(self.sale.quote_input.basket), by, reprice, held=by is self.lane
        )
        refund = facts.pop("refund")
        entry = ReturnEntry(
            **{
                **facts,
                "return_id": uuid.uuid4(),
                "lines": refund.lines,
                "goods_minor": refund.goods_minor,
                "refund_minor": refund.refund_minor,
                "repriced": reprice,
                "reason": "faulty",
                **changed,
            }
        )
        by.append(entry)
        self.earlier.append(entry)
        return entry

    def is_voided(self, **changed: Any) -> VoidEntry:
        facts = self.facts(all_units(self.sale.quote_input.basket), self.lane, reprice=False, held=True)
        refund = facts.pop("refund")
        entry = VoidEntry(
            **{
                **facts,
                "void_id": uuid.uuid4(),
                "total_minor": refund.refund_minor,
                "reason": "mistake",
                **changed,
            }
        )
        self.lane.append(entry)
        return entry


def one(line_id: int, *units: int) -> dict[int, frozenset[int]]:
    return {line_id: frozenset(units or (0,))}
