"""Posting an adjustment by its reason: a forgotten card's sale goes to its member, an activity is rewarded.

The figures of a forgotten card follow from the sale itself; those of an activity from its program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agent.domain.attaching import would_have_earned
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import PENDING, Posting, issued_bucket, move
from agent.domain.member import MemberFacts
from hq.ingest.desk import Desk
from hq.ingest.outside_baskets import after_purchase
from hq.ingest.post_activity import post_activity
from hq.ingest.replay import program_set_of
from hq.ingest.sold import SoldBefore, read_sold
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger import units
from hq.ledger.books import Origin
from hq.members import roll
from hq.membership import attached
from sync.wire.entries import AdjustmentEntry, SaleRef

FORGOTTEN_CARD = "forgotten_card"
ACTIVITY = "activity"


def post_adjustment(desk: Desk, seq: int, entry: AdjustmentEntry) -> Verdict:
    """Post it, or say why a person must look at it."""
    if (entry.store_id, entry.register_id) != (desk.store_id, desk.chain.register_id):
        return held(
            "wrong_store",
            f"The adjustment names {entry.register_id} in {entry.store_id}; it came from"
            f" {desk.chain.register_id} in {desk.store_id}.",
        )
    if entry.reason == ACTIVITY:
        return post_activity(desk, entry)
    if entry.reason != FORGOTTEN_CARD:
        return held("needs_upgrade", f"This HQ does not know the adjustment {entry.reason[:40]!r}.")
    if entry.sale is None or entry.member is None:
        return held("adjustment_differs", "The adjustment names no sale or no member.")
    return _post_forgotten_card(desk, seq, entry, entry.sale, entry.member)


def _post_forgotten_card(
    desk: Desk, seq: int, entry: AdjustmentEntry, sale: SaleRef, member: MemberFacts
) -> Verdict:
    """Post the points of a sale that was attached."""
    origin = Origin(desk.chain_id, seq, entry.stamp.at_ms, desk.store_id, sale.sale_id)
    account_id = member.account_id
    roll.open_account(account_id, "member", desk.now_ms)
    desk.join_store(account_id, desk.store_id)
    verdict = _problem(desk, seq, entry, sale, member) or POSTED
    if verdict is POSTED and not attached.attach(
        desk.accounts,
        origin,
        sale,
        member,
        entry.earned,
        entry.operator.name,
        entry.stamp.business_date,
    ):
        verdict = _twice(sale)
    for one in entry.earned:
        if units.is_sound(one.unit, 1):
            desk.books.saw(account_id, one.unit, desk.chain_id, seq)
    desk.sweep(account_id, origin, 1)
    if verdict is POSTED:
        after_purchase(desk, account_id)
    return verdict


def _problem(
    desk: Desk, seq: int, entry: AdjustmentEntry, sale: SaleRef, member: MemberFacts
) -> Verdict | None:
    sold = read_sold(sale, besides=(desk.chain_id, seq))
    if sold is None or sold.store_id != desk.store_id:
        return held(
            "unknown_sale",
            f"The points are of receipt {sale.receipt_number[:64]}; HQ has not posted that sale.",
        )
    if sold.state == "quarantined":
        return held(
            "sale_waits",
            f"The sale {sale.receipt_number[:64]} waits for a person itself; try this again once it is posted.",
        )
    known = attached.find(sale.chain_id, sale.seq)
    if known is not None and known.by != (desk.chain_id, seq):
        return _twice(sale)
    return not_attachable(sold) or _figures(desk, entry, member, sold)


def not_attachable(sold: SoldBefore) -> Verdict | None:
    """Why a sale belongs to nobody any more, or to somebody already."""
    if sold.sale.quote_input.member is not None:
        return held("has_member", "The sale has its member already; its points are with that number.")
    if sold.voided or sold.earlier:
        return held("came_back", "Goods of the sale came back before; its points can no longer be attached.")
    return None


def _figures(desk: Desk, entry: AdjustmentEntry, member: MemberFacts, sold: SoldBefore) -> Verdict | None:
    quote_input = sold.sale.quote_input
    programs = program_set_of(quote_input.program_set_hash, quote_input.context.currency)
    if programs is None:
        return held("unknown_program_set", "The sale was priced by a program set that HQ did not publish.")
    try:
        earned = would_have_earned(sold.sale, member, programs)
    except LoyaltyError as error:
        return held("adjustment_differs", f"HQ cannot count the points of the sale: {error.title}")
    if earned != entry.earned:
        return held(
            "adjustment_differs", "The points are not what the sale would have earned for this member."
        )
    expected = _postings(entry, member, desk.store_id)
    if _sums(entry.postings) != _sums(expected):
        return held("postings_differ", "The postings of the adjustment are not the points that it names.")
    return None


def _postings(entry: AdjustmentEntry, member: MemberFacts, store_id: str) -> list[Posting]:
    issued = issued_bucket(store_id)
    return [
        leg for one in entry.earned for leg in move(member.account_id, one.unit, one.points, issued, PENDING)
    ]


def _sums(postings: Iterable[Posting]) -> Counter[tuple[object, str, str]]:
    found: Counter[tuple[object, str, str]] = Counter()
    for posting in postings:
        found[posting.account_id, posting.unit, posting.bucket] += posting.amount
    return Counter({place: amount for place, amount in found.items() if amount})


def _twice(sale: SaleRef) -> Verdict:
    return held(
        "attached_twice",
        f"Receipt {sale.receipt_number[:64]} was attached before; nothing was posted a second time.",
    )
