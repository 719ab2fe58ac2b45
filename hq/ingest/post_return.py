"""Posting a return or a void: the reversals of its sale, each unit once, whichever lane was projected first.

The register posts earned points back from `pending` and spent ones into it. What HQ has made available since then it
takes out of `available` itself, below zero where the member has spent it: nothing is granted from there then.
"""

from __future__ import annotations

import uuid

from django.db import connection

from agent.domain.ledger import AVAILABLE, PENDING, Posting, issued_bucket, move, redeemed_bucket
from agent.domain.returns import returned_units
from agent.domain.sold_units import together
from hq.columns import key
from hq.ingest import exchange, gift_cards, limits
from hq.ingest.desk import Desk
from hq.ingest.outside_baskets import after_return
from hq.ingest.return_check import Back, check_return, spans_are_sound, units_back
from hq.ingest.sold import SoldBefore, claim_units, read_sold
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger import coupons, lots, units
from hq.ledger.books import Origin, Step
from hq.members import aliases
from hq.membership import attached
from sync.wire.entries import KIND_RETURN, KIND_VOID, ReturnEntry, SaleEntry


def post_return(desk: Desk, seq: int, entry: Back) -> Verdict:
    """Post the return, or say why it waits; the money was paid out either way."""
    origin = Origin(desk.chain_id, seq, entry.stamp.at_ms, desk.store_id, entry.sale.sale_id)
    if (entry.store_id, entry.register_id) != (desk.store_id, desk.chain.register_id):
        return held(
            "wrong_store",
            f"The return names {entry.register_id} in {entry.store_id}; it came from {desk.chain.register_id}"
            f" in {desk.store_id}.",
        )
    sold = read_sold(entry.sale, besides=(desk.chain_id, seq))
    if sold is None or sold.store_id != desk.store_id:
        return held(
            "unknown_sale",
            f"The goods are of receipt {entry.sale.receipt_number[:64]}; HQ has not posted that sale.",
        )
    verdict = _problem(desk, seq, entry, sold) or POSTED
    if verdict is POSTED:
        _post_points(desk, origin, entry, sold)
        _post_coupons(desk, origin, entry, sold)
        gift_cards.post_return(desk, origin, entry, sold.sale)
        before = returned_units(sold.earlier)
        gone = together(before, units_back(entry, sold.sale))
        attached.take_back(desk.accounts, origin, entry.sale, sold.sale, before, gone)
    if entry.account_id is not None and _is_of(entry, sold.sale):
        for unit in {each.unit for each in (*entry.taken_back, *entry.given_back)}:
            if units.is_sound(unit, 1):
                desk.books.saw(entry.account_id, unit, origin.chain_id, seq)
        desk.sweep(entry.account_id, origin)
    gift_cards.saw_return(desk, origin, entry, sold.sale.quote_input.context.currency)
    _write(desk, seq, entry, verdict)
    if verdict is POSTED:
        limits.count_void(desk, seq, entry)
        after_return(desk, entry.sale)
    return verdict


def _problem(desk: Desk, seq: int, entry: Back, sold: SoldBefore) -> Verdict | None:
    if sold.state == "quarantined":
        return held(
            "sale_waits",
            f"The sale {entry.sale.receipt_number[:64]} waits for a person itself; try this again once it is posted.",
        )
    if not spans_are_sound(entry, sold.sale):
        return held("return_differs", "The return names units that its sale does not have.")
    chosen = units_back(entry, sold.sale)
    before = returned_units(sold.earlier)
    if sold.voided or any(units & before.get(line_id, frozenset()) for line_id, units in chosen.items()):
        return _twice(entry)
    problem = check_return(desk, entry, sold)
    if problem is None and isinstance(entry, ReturnEntry):
        problem = exchange.check_return(desk.chain_id, seq, entry)
    if problem is not None:
        return problem
    wanted = [(line_id, unit) for line_id, numbers in chosen.items() for unit in sorted(numbers)]
    # Two lanes may be projected at the same moment.
    return None if claim_units(entry.sale, wanted, (desk.chain_id, seq)) else _twice(entry)


def _twice(entry: Back) -> Verdict:
    return held(
        "returned_twice",
        f"Goods of receipt {entry.sale.receipt_number[:64]} came back before; nothing was posted a second time.",
    )


def _is_of(entry: Back, sale: SaleEntry) -> bool:
    member = sale.quote_input.member
    return member is not None and member.account_id == entry.account_id


def _post_points(desk: Desk, origin: Origin, entry: Back, sold: SoldBefore) -> None:
    if entry.account_id is None:
        return
    account_id, books = entry.account_id, desk.books
    owner = aliases.owner_of(account_id)
    issued, redeemed = issued_bucket(desk.store_id), redeemed_bucket(desk.store_id)
    legs: list[Posting] = []
    for each in entry.taken_back:
        legs += move(account_id, each.unit, each.points, PENDING, issued)
    for each in entry.given_back:
        legs += move(account_id, each.unit, each.points, redeemed, PENDING)
    if not legs or not books.post(origin, Step.REVERSED, legs):
        return
    sale = _origin_of(entry, desk.store_id)
    ready = {
        leg.unit: leg.amount
        for leg in books.posted([account_id], sale, Step.AVAILABLE)
        if leg.bucket == AVAILABLE
    }
    taken = [each for each in entry.taken_back if each.unit in ready]
    if taken:
        amounts: dict[str, int] = {}
        for each in taken:
            amounts[each.unit] = amounts.get(each.unit, 0) - each.points
        books.post(origin, Step.TAKEN_BACK, _between(account_id, owner, amounts))
        for each in taken:
            lots.take_back(owner, each.unit, each.points, f"{sale.chain_id}:{sale.seq}")
    given: dict[str, int] = {}
    for each in entry.given_back:
        given[each.unit] = given.get(each.unit, 0) + each.points
    if given:
        books.post(origin, Step.GIVEN_BACK, _between(account_id, owner, given))
        expires_on = lots.latest_expiry(account_id, [spend.grant_id for spend in sold.sale.lease_spends])
        for unit, amount in given.items():
            lots.add(owner, unit, f"{origin.chain_id}:{origin.seq}", amount, origin.at_ms, expires_on)


def _between(account_id: uuid.UUID, owner: uuid.UUID, amounts: dict[str, int]) -> list[Posting]:
    """From what is pending in the sale's account to what its owner has available; backwards below zero."""
    return [
        leg
        for unit, amount in amounts.items()
        for leg in (Posting(account_id, unit, PENDING, -amount), Posting(owner, unit, AVAILABLE, amount))
    ]


def _post_coupons(desk: Desk, origin: Origin, entry: Back, sold: SoldBefore) -> None:
    sale = _origin_of(entry, desk.store_id)
    for coupon_id in entry.coupons_back:
        coupons.bring_back(desk.books, origin, sale, coupon_id)
    for coupon in entry.coupons_taken:
        if coupon.state != "used":
            coupons.take_back(desk.books, origin, coupon.coupon_id)


def _origin_of(entry: Back, store_id: str) -> Origin:
    """The key under which the sale's own steps stand in the ledger."""
    return Origin(entry.sale.chain_id, entry.sale.seq, 0, store_id, entry.sale.sale_id)


def _write(desk: Desk, seq: int, entry: Back, verdict: Verdict) -> None:
    if isinstance(entry, ReturnEntry):
        kind, return_id, refund_minor = KIND_RETURN, entry.return_id, entry.refund_minor
    else:
        kind, return_id, refund_minor = KIND_VOID, entry.void_id, entry.total_minor
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sale_return (chain_id, seq, return_id, kind, store_id, register_id, receipt_number,"
            " business_date, at_ms, operator_name, account_id, sale_id, sale_chain_id, sale_seq, sale_receipt_number,"
            " refund_minor, points_taken, points_given, reason, state)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (chain_id, seq) DO UPDATE SET state = excluded.state",
            [
                key(desk.chain_id),
                seq,
                key(return_id),
                kind,
                desk.store_id,
                str(desk.chain.register_id),
                entry.receipt_number[:64],
                entry.stamp.business_date,
                entry.stamp.at_ms,
                entry.operator.name[:100],
                key(entry.account_id) if entry.account_id else None,
                key(entry.sale.sale_id),
                key(entry.sale.chain_id),
                entry.sale.seq,
                entry.sale.receipt_number[:64],
                refund_minor,
                sum(each.points for each in entry.taken_back),
                sum(each.points for each in entry.given_back),
                entry.reason[:40],
                verdict.state,
            ],
        )
