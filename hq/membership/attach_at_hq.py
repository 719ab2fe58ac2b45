"""A person at HQ attaches a finished sale to a member, under the same rules as the till."""

from __future__ import annotations

import datetime
import zoneinfo

from django.db import transaction
from django.utils.translation import gettext as _

from agent.domain.attaching import AttachRules, would_have_earned
from agent.domain.business_date import business_date
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import is_points
from agent.domain.member import MemberFacts, birthday_is_near
from agent.domain.quote import Earned
from hq.devices.models import Chain, Store
from hq.feed import news
from hq.feed.state import identity, next_commit
from hq.feed.writer import FeedWriter, store_settings
from hq.ingest.models import ConsoleSale
from hq.ingest.replay import program_set_of
from hq.ingest.sold import SoldBefore, read_sold
from hq.ledger.books import Books, Origin
from hq.members import aliases
from hq.members.models import ConsoleMember
from hq.membership import attached
from hq.membership.accounts import Accounts
from hq.tiers import standings
from sync.wire.entries import SaleRef


def attach(sale: ConsoleSale, member: ConsoleMember, by_name: str, now_ms: int) -> int:
    """Give the sale's points to the member; how many points they are.

    Raises LoyaltyError, and nothing is changed, where the sale may not be attached.
    """
    ref = SaleRef(sale_id=sale.pk, chain_id=sale.chain_id, seq=sale.seq, receipt_number=sale.receipt_number)
    with transaction.atomic():
        # The chain's own entries about this sale wait until this is decided.
        Chain.objects.select_for_update().get(pk=sale.chain_id)
        sold = read_sold(ref, besides=(identity().origin, 0))
        if sold is None or sold.state == "quarantined":
            raise LoyaltyError(
                _("This sale waits for a person itself."), _("Post it first."), code="sale_waits"
            )
        store = Store.objects.get(pk=sold.store_id)
        today = _today(store, now_ms)
        _require_free(ref, sold)
        _require_allowed(store, sale, member, today)
        facts, earned = _earned(sold, member, today)
        feed, books = FeedWriter(), Books()
        accounts = Accounts(books, feed, now_ms)
        accounts.join_store(facts.account_id, store.pk)
        origin = Origin(identity().origin, next_commit(), now_ms, store.pk, ref.sale_id)
        if not attached.attach(accounts, origin, ref, facts, earned, by_name, today):
            raise _attached_already()
        standings.refresh(feed, facts.account_id, now_ms)
        news.tell_balances(feed, books)
        feed.write()
    return sum(one.points for one in earned if is_points(one.unit))


def _earned(
    sold: SoldBefore, member: ConsoleMember, today: datetime.date
) -> tuple[MemberFacts, tuple[Earned, ...]]:
    facts = MemberFacts(
        member_id=member.pk,
        account_id=aliases.owner_of(member.account_id),
        tier=member.tier,
        in_birthday_week=birthday_is_near(f"{member.birthday:%m-%d}" if member.birthday else "", today),
    )
    quote_input = sold.sale.quote_input
    programs = program_set_of(quote_input.program_set_hash, quote_input.context.currency)
    if programs is None:
        raise LoyaltyError(
            _("The programs of this sale were never published here, so its points cannot be counted."),
            "",
            code="programs_gone",
        )
    earned = would_have_earned(sold.sale, facts, programs)
    if not earned:
        raise LoyaltyError(
            _("This sale would have earned nothing for this member."), "", code="nothing_earned"
        )
    return facts, earned


def _require_free(ref: SaleRef, sold: SoldBefore) -> None:
    if attached.find(ref.chain_id, ref.seq) is not None:
        raise _attached_already()
    if sold.sale.quote_input.member is not None:
        raise LoyaltyError(
            _("This sale has its member already."), _("Its points are with that number."), code="has_member"
        )
    if sold.voided or sold.earlier:
        raise LoyaltyError(
            _("Goods of this sale came back, so its points can no longer be attached."), "", code="came_back"
        )


def _require_allowed(store: Store, sale: ConsoleSale, member: ConsoleMember, today: datetime.date) -> None:
    row = store_settings(store.pk)
    rules = row.forgotten_card if row is not None else AttachRules()
    if not 0 <= (today - sale.business_date).days <= rules.days:
        raise LoyaltyError(
            _("Points can be attached to a receipt for {days} days, and this one is older.").format(
                days=rules.days
            ),
            "",
            code="too_late",
        )
    since = today - datetime.timedelta(days=rules.days)
    if attached.count_since(member.account_id, since) >= rules.sales_per_member:
        raise LoyaltyError(
            _("No more receipts can be attached for this member now."),
            _("The shop allows {count} in {days} days.").format(
                count=rules.sales_per_member, days=rules.days
            ),
            code="attach_limit",
        )


def _today(store: Store, now_ms: int) -> datetime.date:
    local = datetime.datetime.fromtimestamp(now_ms / 1000, zoneinfo.ZoneInfo(store.zone))
    offset = local.utcoffset() or datetime.timedelta()
    return business_date(now_ms, int(offset.total_seconds()) // 60, store.day_cutoff_min)


def _attached_already() -> LoyaltyError:
    return LoyaltyError(
        _("The points of this receipt were attached already."),
        _("A receipt counts once."),
        code="attached_already",
    )
