"""Posting a sale: it happened, so its spends are posted whatever is wrong with it; its earning waits if it is.

The checks ask only whether the entry agrees with itself, with its chain, and with HQ's own replay. A customer who
has left is never refused: what a balance did not cover is booked to shortfall.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable

from django.db import connection

from agent.domain.conditions.audience import VISITS
from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import load_postings
from agent.domain.ledger import (
    AVAILABLE,
    PENDING,
    Posting,
    is_points,
    issued_bucket,
    lease_bucket,
    money_unit,
    move,
    redeemed_bucket,
    require_balanced,
    shortfall_bucket,
)
from agent.domain.member import MemberFacts
from hq.columns import as_uuid, key
from hq.feed import news
from hq.ingest import exchange, gift_cards, limits
from hq.ingest.desk import Desk
from hq.ingest.outside_baskets import after_purchase
from hq.ingest.personal_data import read_blobs
from hq.ingest.replay import replay
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger import coupons, grants, lots, units
from hq.ledger.books import Origin, Step
from hq.members import aliases, first_purchase, roll
from sync.wire.blobs import PersonalData
from sync.wire.entries import LeaseSpend, SaleEntry


def post_sale(desk: Desk, seq: int, sale: SaleEntry) -> Verdict:
    """Post the sale, or what of it must not wait."""
    origin = Origin(desk.chain_id, seq, sale.stamp.at_ms, desk.store_id, sale.sale_id)
    problem = _check_claims(desk, sale) or _check_postings(desk, sale) or _check_once(desk, seq, sale)
    checked = replay(sale)
    problem = problem or checked.verdict or exchange.check_sale(desk.chain_id, seq, sale)
    data = _personal_data(desk, sale)
    if isinstance(data, Verdict):
        problem, data = problem or data, PersonalData()
    member = sale.quote_input.member
    stale = member is not None and _is_stale(desk, seq, member)
    if member is not None:
        _meet(desk, member)
    _post_spends(desk, origin, sale)
    if problem is None:
        _post_earning(desk, origin, sale, member)
        gift_cards.post_loads(desk, origin, sale)
    gift_cards.saw_sale(desk, origin, sale)
    if member is not None:
        _settle(desk, origin, sale, member, data)
    verdict = problem or _overspent(desk, origin, sale) or POSTED
    if problem is None or problem.code != "duplicate_sale":
        if checked.program_set is not None:
            limits.count_sale(desk, seq, sale, checked.program_set)
        _write_sale(desk, seq, sale, verdict, replayed=checked.replayed, stale=stale)
    if member is not None and verdict.state != "quarantined":
        after_purchase(desk, member.account_id)
    return verdict


def _check_claims(desk: Desk, sale: SaleEntry) -> Verdict | None:
    claimed = (sale.store_id, sale.register_id)
    if claimed != (desk.store_id, desk.chain.register_id):
        return held(
            "wrong_store",
            f"The sale names {sale.register_id} in {sale.store_id}; it came from {desk.chain.register_id}"
            f" in {desk.store_id}.",
        )
    return _check_coupons(sale)


def _check_coupons(sale: SaleEntry) -> Verdict | None:
    """An electronic coupon is its owner's alone; it is used all the same, since the customer has left with the goods."""
    member = sale.quote_input.member
    buyer = aliases.owner_of(member.account_id) if member is not None else None
    for used in sale.coupons_redeemed:
        known = coupons.find(used.coupon_id)
        owner = known.row.owner if known is not None else None
        if owner is not None and aliases.owner_of(owner) != buyer:
            return held("wrong_account", "The sale used an electronic coupon of another member.")
    return None


def _check_postings(desk: Desk, sale: SaleEntry) -> Verdict | None:
    """The register's own postings must balance, and be exactly what its sale says was earned, spent and issued."""
    try:
        require_balanced(sale.postings)
    except LoyaltyError as error:
        return held("unbalanced_postings", error.title)
    if _sums(sale.postings) != _sums(_expected_postings(desk, sale)):
        return held(
            "postings_differ", "The sale's postings are not what it says was earned, spent and issued."
        )
    spent = Counter[str]()
    for one in sale.spent:
        spent[one.unit] += one.points
    for paid in gift_cards.payments(sale.tenders):
        spent[money_unit(sale.quote_input.context.currency)] += paid.amount_minor
    leased = Counter[str]()
    for spend in sale.lease_spends:
        leased[spend.unit] += spend.amount
    if spent != leased or len(_sound_spends(sale)) != len(sale.lease_spends):
        return held(
            "postings_differ", "The points that the sale spends are not those that it takes from leases."
        )
    if not all(units.is_sound(one.unit, one.points) for one in sale.earned):
        return held("postings_differ", "The sale earns in a ledger unit, or an amount, that no program has.")
    return gift_cards.check_sale(sale)


def _sound_spends(sale: SaleEntry) -> list[LeaseSpend]:
    return [one for one in sale.lease_spends if one.amount and units.is_sound(one.unit, one.amount)]


def _expected_postings(desk: Desk, sale: SaleEntry) -> list[Posting]:
    lease, store_id = lease_bucket(desk.chain_id), desk.store_id
    member = sale.quote_input.member
    found: list[Posting] = []
    if member is not None:
        for earned in sale.earned:
            found += move(member.account_id, earned.unit, earned.points, issued_bucket(store_id), PENDING)
    for spend in sale.lease_spends:
        found += move(spend.account_id, spend.unit, spend.amount, lease, redeemed_bucket(store_id))
    for redeemed in sale.coupons_redeemed:
        found += coupons.redeem_postings(redeemed.coupon_id, store_id, desk.chain_id)
    for issued in sale.coupons_issued:
        found += coupons.issue_postings(issued.coupon_id, store_id, desk.chain_id)
    return [*found, *load_postings(sale.cards_loaded, sale.quote_input.context.currency, store_id)]


def _sums(postings: Iterable[Posting]) -> dict[tuple[uuid.UUID, str, str], int]:
    found: dict[tuple[uuid.UUID, str, str], int] = {}
    for posting in postings:
        place = (posting.account_id, posting.unit, posting.bucket)
        found[place] = found.get(place, 0) + posting.amount
    return {place: amount for place, amount in found.items() if amount}


def _check_once(desk: Desk, seq: int, sale: SaleEntry) -> Verdict | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain_id, seq FROM sale WHERE sale_id = %s", [key(sale.sale_id)])
        for chain_id, known_seq in cursor.fetchall():
            if (as_uuid(chain_id), known_seq) != (desk.chain_id, seq):
                return held(
                    "duplicate_sale", f"The sale {sale.sale_id} is posted already, as entry {known_seq}."
                )
    return None


def _personal_data(desk: Desk, sale: SaleEntry) -> PersonalData | Verdict:
    if not sale.pii:
        return PersonalData()
    member = sale.quote_input.member
    if member is None:
        return held("hash_mismatch", "The sale names personal data and no member.")
    return read_blobs(desk, sale.pii, member.member_id)


def _is_stale(desk: Desk, seq: int, member: MemberFacts) -> bool:
    """Whether the till knew another balance than HQ's books before this sale, or took it for the first wrongly.

    Counted, nothing else.
    """
    accounts = aliases.of(aliases.owner_of(member.account_id))
    if member.counters.get(VISITS) == 0 and first_purchase.purchases(
        accounts, 1, besides=(desk.chain_id, seq)
    ):
        return True
    books = news.held_together(desk.books, aliases.owner_of(member.account_id))
    return any(
        balance != (books[unit].total if unit in books else 0) for unit, balance in member.balances.items()
    )


def _meet(desk: Desk, member: MemberFacts) -> None:
    roll.open_account(member.account_id, "provisional" if member.provisional else "member", desk.now_ms)
    desk.join_store(member.account_id, desk.store_id)


def _post_spends(desk: Desk, origin: Origin, sale: SaleEntry) -> None:
    """Points and coupons that left their leases; what the leases did not cover is booked to shortfall."""
    lease, redeemed = lease_bucket(desk.chain_id), redeemed_bucket(desk.store_id)
    spends = _sound_spends(sale)
    legs = [leg for one in spends for leg in move(one.account_id, one.unit, one.amount, lease, redeemed)]
    uncovered: list[Posting] = []
    if legs and desk.books.post(origin, Step.SPENT, legs):
        for one in spends:
            grant = grants.find(one.grant_id)
            ours = (desk.chain_id, one.account_id, one.unit)
            known = grant is not None and (grant.chain_id, grant.account_id, grant.unit) == ours
            missing = grants.spend(grant, one.amount) if grant is not None and known else one.amount
            if missing:
                uncovered += move(one.account_id, one.unit, missing, shortfall_bucket(desk.store_id), lease)
    if uncovered:
        desk.books.post(origin, Step.SHORTFALL, uncovered)
    for redeemed_coupon in sale.coupons_redeemed:
        coupons.redeem(desk.books, origin, redeemed_coupon)


def _post_earning(desk: Desk, origin: Origin, sale: SaleEntry, member: MemberFacts | None) -> None:
    """Earned points, available at once in a lot of their own; and the coupons that the sale printed."""
    for coupon in sale.coupons_issued:
        coupons.issue(desk.books, origin, coupon, member.account_id if member else None)
    earned = [one for one in sale.earned if one.points]
    if member is None or not earned:
        return
    account_id, issued = member.account_id, issued_bucket(desk.store_id)
    legs = [leg for one in earned for leg in move(account_id, one.unit, one.points, issued, PENDING)]
    if desk.books.post(origin, Step.EARNED, legs):
        ready = [leg for one in earned for leg in move(account_id, one.unit, one.points, PENDING, AVAILABLE)]
        desk.books.post(origin, Step.AVAILABLE, ready)
        for one in earned:
            lots.add(account_id, one.unit, f"{origin.chain_id}:{origin.seq}", one.points, origin.at_ms, None)


def _settle(desk: Desk, origin: Origin, sale: SaleEntry, member: MemberFacts, data: PersonalData) -> None:
    """Tell what the balance counts, find the owner of a provisional account, and move its points there."""
    earned = {one.unit for one in sale.earned if units.is_sound(one.unit, one.points)}
    for unit in earned | {one.unit for one in _sound_spends(sale)}:
        desk.books.saw(member.account_id, unit, origin.chain_id, origin.seq)
    for clear in data.identifiers:
        mark = roll.digest(desk.identity.lookup_key, clear.kind, clear.value)
        owner = roll.identifier(mark)
        if owner is None:
            roll.wait_for_owner(mark, member.account_id, desk.now_ms)
        elif owner.account_id != member.account_id:
            desk.make_alias(member.account_id, owner.account_id)
    desk.sweep(member.account_id, origin)


def _overspent(desk: Desk, origin: Origin, sale: SaleEntry) -> Verdict | None:
    """What stands in the books, so that a sale tried again says the same."""
    accounts = {one.account_id for one in sale.lease_spends} | {
        one.coupon_id for one in sale.coupons_redeemed
    }
    short = [leg for leg in desk.books.posted(accounts, origin, Step.SHORTFALL) if leg.amount > 0]
    if not short:
        return None
    told = ", ".join(f"{leg.amount} of {leg.unit}" for leg in short)
    return Verdict("shortfall", "overspent", f"The leases did not cover {told}.")


def _write_sale(
    desk: Desk, seq: int, sale: SaleEntry, verdict: Verdict, *, replayed: bool, stale: bool
) -> None:
    member = sale.quote_input.member
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sale (chain_id, seq, sale_id, store_id, register_id, receipt_number, business_date, at_ms,"
            " offset_min, operator_name, member_id, account_id, line_count, goods_minor, discount_minor, total_minor,"
            " points_earned, points_spent, state, replayed, stale_facts)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (chain_id, seq) DO UPDATE SET state = excluded.state, replayed = excluded.replayed",
            [
                key(desk.chain_id),
                seq,
                key(sale.sale_id),
                desk.store_id,
                str(desk.chain.register_id),
                sale.receipt_number[:64],
                sale.stamp.business_date,
                sale.stamp.at_ms,
                sale.stamp.offset_min,
                sale.operator.name[:100],
                key(member.member_id) if member else None,
                key(member.account_id) if member else None,
                len(sale.quote_input.basket.lines),
                sale.goods_minor,
                sale.discount_minor,
                sale.total_minor,
                # Stamps are counted on the ledger's pages; a sum of both would be neither.
                sum(one.points for one in sale.earned if is_points(one.unit)),
                sum(one.points for one in sale.spent if is_points(one.unit)),
                verdict.state,
                replayed,
                stale,
            ],
        )
