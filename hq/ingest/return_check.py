"""Whether a return says what its sale's own shares say: the same arithmetic as at the register, from the same entries.

A void is a return of everything that nothing came back of before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.ledger import Posting
from agent.domain.quote import Quote
from agent.domain.returns import (
    Refund,
    ReturnedLine,
    refund_for,
    rest_of,
    return_postings,
    returned_units,
    vouchers_of,
)
from agent.domain.sold_units import Units, all_units, spans_of, together, units_of
from hq.ingest import gift_cards
from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from hq.ingest.sold import SoldBefore
from hq.ingest.verdict import Verdict, held
from hq.ledger import coupons
from sync.wire.entries import ReturnEntry, SaleEntry, VoidEntry

Back = ReturnEntry | VoidEntry


def spans_are_sound(entry: Back, sale: SaleEntry) -> bool:
    """Before units are counted out: each span within its line, so that none fills the memory."""
    if isinstance(entry, VoidEntry):
        return True
    units = {line.line_id: line.units for line in sale.quote_input.basket.lines}
    return all(
        span.first >= 0 and span.count > 0 and span.first + span.count <= units.get(line.line_id, 0)
        for line in entry.lines
        for span in line.units
    )


def units_back(entry: Back, sale: SaleEntry) -> dict[int, frozenset[int]]:
    """The units that come back: of a void all."""
    if isinstance(entry, VoidEntry):
        return all_units(sale.quote_input.basket)
    return together(*({line.line_id: units_of(line.units)} for line in entry.lines))


def check_return(desk: Desk, entry: Back, sold: SoldBefore) -> Verdict | None:
    """What is wrong with the return; None where it can be posted."""
    member = sold.sale.quote_input.member
    if entry.account_id != (member.account_id if member is not None else None):
        return held("return_differs", "The return names another account than its sale.")
    try:
        refund = _refund(entry, sold)
    except ValueError as error:
        return held("return_differs", f"The return does not follow from its sale: {error}.")
    except LoyaltyError as error:
        return held("return_differs", f"HQ cannot price the rest of the sale: {error.title}")
    problem = _against(entry, refund, sold) or _voucher_problem(entry, sold)
    problem = problem or gift_cards.check_return(entry, refund.cards_emptied, sold.sale, sold.earlier)
    return problem or _postings(desk, entry, sold)


def _refund(entry: Back, sold: SoldBefore) -> Refund:
    if isinstance(entry, VoidEntry):
        every = all_units(sold.sale.quote_input.basket)
        return refund_for(sold.sale, every, sold.earlier, taken_as_told=entry.coupons_taken)
    chosen = units_back(entry, sold.sale)
    return refund_for(
        sold.sale,
        chosen,
        sold.earlier,
        rest=_rest(sold, chosen) if entry.repriced else None,
        reprice=entry.repriced,
        spent_points_back=not entry.spent_points_kept,
        taken_as_told=entry.coupons_taken,
    )


def _rest(sold: SoldBefore, chosen: Units) -> Quote | None:
    """The rest of the sale as its own programs price it. Raises LoyaltyError where HQ cannot."""
    rest = rest_of(sold.sale, together(returned_units(sold.earlier), chosen))
    if rest is None:
        return None
    programs = program_set_of(rest.program_set_hash, rest.context.currency)
    if programs is None:
        raise LoyaltyError("its program set was never published here.", "", code="unknown_program_set")
    return evaluate(rest, programs)


def _against(entry: Back, refund: Refund, sold: SoldBefore) -> Verdict | None:
    lines: tuple[ReturnedLine, ...] = refund.lines
    deducted = sum(coupon.deducted_minor for coupon in entry.coupons_taken)
    if isinstance(entry, VoidEntry):
        told, expected = entry.total_minor, sold.sale.total_minor
        sound = not deducted
        paid_out = entry.total_minor
    else:
        told, expected = entry.goods_minor, refund.goods_minor
        same = {line.line_id: (spans_of(units_of(line.units)), line.amount_minor) for line in entry.lines}
        wanted = {line.line_id: (line.units, line.amount_minor) for line in lines}
        sound = same == wanted and len(same) == len(entry.lines)
        sound = sound and deducted == entry.deducted_minor <= entry.goods_minor
        sound = sound and entry.refund_minor == entry.goods_minor - deducted
        paid_out = entry.refund_minor
    if told != expected:
        return held(
            "return_differs", f"The return pays {told} for its goods; its sale's shares come to {expected}."
        )
    printed = {coupon.coupon_id for coupon in sold.sale.coupons_issued}
    sound = sound and all(
        coupon.coupon_id in printed and coupon.deducted_minor >= 0 for coupon in entry.coupons_taken
    )
    if not sound or any(tender.amount_minor < 0 for tender in entry.tenders):
        return held("return_differs", "The figures of the return do not add up.")
    if sum(tender.amount_minor for tender in entry.tenders) != paid_out:
        return held("return_differs", "The return pays out another amount than its refund.")
    points = (entry.taken_back, entry.given_back, set(entry.coupons_back))
    if points != (refund.taken_back, refund.given_back, set(refund.coupons_back)):
        return held(
            "return_differs", "The points or coupons of the return are not those of its sale's shares."
        )
    return None


def _voucher_problem(entry: Back, sold: SoldBefore) -> Verdict | None:
    """A register away from HQ cannot know that another lane took a voucher; its points stay spent then."""
    costs = vouchers_of(sold.sale)
    given = {one.program_id for one in entry.given_back}
    for taken in entry.coupons_taken:
        cost, known = costs.get(taken.coupon_id), coupons.find(taken.coupon_id)
        if cost is None or cost.program_id not in given or taken.state == "used" or known is None:
            continue
        if known.row.state == "redeemed":
            return held(
                "voucher_used", "The return gives points back for a voucher that was used in another sale."
            )
    return None


def _postings(desk: Desk, entry: Back, sold: SoldBefore) -> Verdict | None:
    expected = return_postings(
        Refund(
            lines=(),
            paid_minor=0,
            goods_minor=0,
            taken_back=entry.taken_back,
            given_back=entry.given_back,
            coupons_back=entry.coupons_back,
            coupons_taken=entry.coupons_taken,
            cards_emptied=entry.cards_emptied,
        ),
        entry.account_id,
        desk.store_id,
        desk.chain_id,
        currency=sold.sale.quote_input.context.currency,
        to_cards=gift_cards.payments(entry.tenders),
    )
    if _sums(entry.postings) != _sums(expected):
        return held("postings_differ", "The postings of the return are not the reversals of what it says.")
    return None


def _sums(postings: Iterable[Posting]) -> Counter[tuple[object, str, str]]:
    found: Counter[tuple[object, str, str]] = Counter()
    for posting in postings:
        found[posting.account_id, posting.unit, posting.bucket] += posting.amount
    return Counter({place: amount for place, amount in found.items() if amount})
