"""Limits at HQ: uses are counted over all registers, and a total is shared out so that nobody can overrun it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.quote_input import Share
from agent.domain.returns import refund_for, return_postings
from agent.domain.sold_units import all_units
from hq.figures import figures
from hq.limits.models import ProgramShare, ProgramUse, SharePool
from hq.limits.shares import more_for
from hq.programs import publishing
from hq.programs.models import ProgramSetVersion
from sync.wire.entries import SaleEntry, SaleRef, Tender, VoidEntry
from sync.wire.feed import ShareRow, UsesRow
from tests import builders
from tests.hq.at_console import page
from tests.hq.books import quarantined, require_sound_books
from tests.hq.lane import OPERATOR, Lane, a_stamp
from tests.hq.shop import IOANA

ONCE = builders.percent_off("once", "0.1", audience={"who": "members"}, limits={"member_uses": 1})


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def publish(*programs: Any, version: int = 2) -> Any:
    data = builders.program_set_bytes(*programs, version=version)
    publishing.publish(publishing.upload(data, "andrei", builders.NOW_MS), "andrei", builders.NOW_MS)
    return builders.a_program_set(*programs, version=version)


def ioana(**facts: Any) -> Any:
    return builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=0, **facts)


def bread(minor: int = 10_00) -> Any:
    return builders.a_line("bread", minor)


def uses(lane: Lane) -> list[UsesRow]:
    return [row for row in lane.pull() if isinstance(row, UsesRow)]


def share(lane: Lane) -> tuple[int, int] | None:
    """The newest share that the register has heard of."""
    rows = [row for row in lane.pull() if isinstance(row, ShareRow)]
    return (rows[-1].uses, rows[-1].budget_minor) if rows else None


def void(lane: Lane, sale: SaleEntry, seq: int) -> int:
    """The sale is voided at its own register."""
    refund = refund_for(sale, all_units(sale.quote_input.basket))
    member = sale.quote_input.member
    account_id = member.account_id if member is not None else None
    return lane.append(
        VoidEntry(
            void_id=uuid.uuid4(),
            receipt_number="1-000099",
            store_id=lane.store_id,
            register_id=lane.register_id,
            role="till",
            operator=OPERATOR,
            stamp=a_stamp(),
            sale=SaleRef(
                sale_id=sale.sale_id, chain_id=lane.chain_id, seq=seq, receipt_number=sale.receipt_number
            ),
            account_id=account_id,
            total_minor=refund.refund_minor,
            tenders=(Tender("cash", refund.refund_minor),),
            taken_back=refund.taken_back,
            reason="mistake",
            postings=return_postings(refund, account_id, lane.store_id, lane.chain_id),
        )
    )


def test_a_use_is_counted_once_and_told_to_every_register_of_the_store(lane, other_lane):
    programs = publish(ONCE)
    lane.sell(bread(), member=ioana(), program_set=programs)
    lane.sync()

    (told,) = uses(other_lane)
    assert (told.account_id, told.program_id, told.days, told.before) == (IOANA, "once", (builders.TODAY,), 0)
    assert told.includes_seq == {str(lane.chain_id): 2}
    lane.push(since=0)
    assert ProgramUse.objects.count() == 1


def test_a_program_without_a_limit_is_not_counted(lane):
    programs = publish(builders.percent_off("always", "0.1"))
    lane.sell(bread(), member=ioana(), program_set=programs)
    lane.sync()

    assert not ProgramUse.objects.exists()
    assert uses(lane) == []


def test_what_two_registers_gave_at_the_same_time_is_counted_and_costs_nobody_anything(lane, other_lane):
    programs = publish(ONCE)
    for one in (lane, other_lane):
        one.sell(bread(), member=ioana(), program_set=programs)
        one.sync()

    (told,) = uses(lane)
    assert len(told.days) == 2
    assert set(told.includes_seq) == {str(lane.chain_id), str(other_lane.chain_id)}
    assert figures()["limit_exceeded"] == 1
    assert quarantined() == []


def test_a_void_takes_the_use_back(lane):
    limits = {"member_uses": 1, "total_uses": 8}
    programs = publish(builders.percent_off("once", "0.1", audience={"who": "members"}, limits=limits))
    lane.sync()
    mine = Share(uses=share(lane)[0])
    sale = lane.a_sale(bread(), member=ioana(), program_set=programs, shares={"once": mine})
    seq = lane.append(sale)
    lane.sync()
    assert [row.days for row in uses(lane)] == [(builders.TODAY,)]
    assert ProgramShare.objects.get(program_id="once", chain_id=lane.chain_id).used == 1

    void_seq = void(lane, sale, seq)
    lane.sync()

    assert quarantined() == []
    (told,) = uses(lane)
    assert (told.days, told.includes_seq) == ((), {str(lane.chain_id): void_seq})
    assert ProgramShare.objects.get(program_id="once", chain_id=lane.chain_id).used == 0


def test_uses_follow_an_account_to_its_owner(lane, other_lane):
    programs = publish(ONCE)
    first = lane.enrol_member(("phone", "+40721000777"))
    lane.sync()
    second = other_lane.enrol_member(("phone", "+40721000777"))
    member = builders.a_member(0, member_id=second, account_id=second)
    other_lane.sell(bread(), member=member, program_set=programs)
    other_lane.sync()

    told = {row.account_id: row for row in uses(lane)}
    assert told[first].days == (builders.TODAY,)


def test_a_total_is_shared_out_when_it_is_published_and_half_of_it_is_kept_back(lane, other_lane):
    lane.sync()
    other_lane.sync()
    publish(builders.percent_off("early", "0.1", limits={"total_uses": 40, "budget_minor": 1_000_00}))

    assert share(lane) == (10, 250_00)
    assert share(other_lane) == (10, 250_00)


def test_a_register_that_is_enrolled_later_gets_a_share_too(lane, hq):
    publish(builders.percent_off("early", "0.1", limits={"total_uses": 40}))
    lane.sync()
    with Lane.enrolled(hq) as later:
        later.sync()

        assert share(later) is not None
        assert share(later) is None, "it is told once"


def test_a_share_grows_where_it_is_used_and_all_shares_are_never_more_than_the_total(lane, other_lane):
    lane.sync()
    other_lane.sync()
    programs = publish(builders.percent_off("early", "0.1", limits={"total_uses": 12}))
    used, have = 0, share(lane)[0]
    share(other_lane)
    for _sale in range(20):
        if used == have:
            break
        lane.sell(bread(), program_set=programs, shares={"early": Share(uses=have - used)})
        lane.sync()
        used += 1
        more = share(lane)
        have = more[0] if more else have
        assert SharePool.objects.get(pk="early").uses <= 12
        assert sum(one.uses for one in ProgramShare.objects.all()) <= 12

    others = ProgramShare.objects.get(program_id="early", chain_id=other_lane.chain_id).uses
    assert others >= 1
    assert used == 12 - others, "what the other register does not hold was all given here"
    assert quarantined() == []


def test_a_program_of_another_store_is_not_shared_out_here(lane):
    lane.sync()
    publish(builders.percent_off("early", "0.1", limits={"total_uses": 12}, stores=["cluj-1"]))

    assert share(lane) is None


def test_the_page_of_the_set_in_force_says_where_a_total_is(lane, console):
    lane.sync()
    programs = publish(
        builders.percent_off(
            "early", "0.1", limits={"total_uses": 40, "budget_minor": 1_000_00}, name={"en": "Early birds"}
        )
    )
    mine = Share(**dict(zip(("uses", "budget_minor"), share(lane) or (0, 0), strict=True)))
    lane.sell(bread(), program_set=programs, shares={"early": mine})
    lane.sync()
    version = ProgramSetVersion.objects.get(state="active")

    said = re.sub(r"<[^>]*>", " ", page(console, f"/console/programs/programsetversion/{version.pk}/change/"))

    said = " ".join(said.split())
    assert "Early birds uses 40 1 19 20" in said
    assert "Early birds RON 1,000.00 1.00 499.00 500.00" in said
    assert quarantined() == []


@given(
    total=st.integers(1, 60),
    registers=st.integers(1, 6),
    sales=st.lists(st.integers(0, 5), max_size=120),
)
def test_whoever_sells_a_total_is_never_overrun_and_one_register_alone_gets_all_that_nobody_holds(
    total, registers, sales
):
    given_out, used = [0] * registers, [0] * registers

    def top_up(one: int) -> None:
        fair = (total - sum(used)) // (2 * registers)
        left = given_out[one] - used[one]
        given_out[one] += more_for(reserve=total - sum(given_out), fair=fair, left=left)

    for one in range(registers):
        top_up(one)
    for sale in (*(one % registers for one in sales), *[0] * (2 * total)):
        if used[sale] < given_out[sale]:
            used[sale] += 1
            top_up(sale)
        assert sum(used) <= sum(given_out) <= total

    if given_out[0]:
        assert used[0] == given_out[0] == total - sum(given_out[1:])
