"""Duplicates merged and households that share: no point is lost or doubled, and every register hears of it."""

from __future__ import annotations

import itertools
import random
import uuid

import pytest

from agent.domain.attaching import would_have_earned
from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import identifier_hash
from agent.domain.ledger import is_points
from hq import clock
from hq.ingest.models import ConsoleSale
from hq.members import aliases
from hq.members.models import Member
from hq.membership import joining, leaving
from sync.wire.feed import AliasRow, BalanceRow, MemberRow
from sync.wire.messages import Lookup, Want
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, balance, quarantined, require_sound_books, rows
from tests.hq.lane import DEMO
from tests.hq.shop import IOANA, IOANA_CARD, IOANA_PHONE, MEHMET, MEHMET_PHONE
from tests.hq.test_forgotten_card import attach
from tests.hq.test_returns import Sold

POINTS = builders.POINTS
EARLY = 2340
NOW = builders.NOW_MS


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def facts(account_id, points=0, spendable=0, member_id=None):
    return builders.a_member(
        points, member_id=member_id or account_id, account_id=account_id, spendable=spendable
    )


def bread(amount=40_00):
    return builders.a_line("bread", amount)


def account_of(member_id):
    """The account that HQ says is this member's now."""
    return aliases.owner_of(Member.objects.get(member_id=member_id).account_id)


def rows_of(lane, kind):
    return [row for row in lane.pull() if isinstance(row, kind)]


def test_merged_members_have_all_their_points_on_one_account(lane):
    lane.sell(bread(), member=facts(MEHMET))
    lane.sync()

    joining.merge(MEHMET, IOANA, NOW)

    assert available(IOANA) == EARLY + 40
    assert available(MEHMET) == 0
    assert Member.objects.get(member_id=MEHMET).merged_into == IOANA


def test_both_phones_find_the_one_who_is_left(lane, other_lane):
    joining.merge(MEHMET, IOANA, NOW)

    for phone in (IOANA_PHONE, MEHMET_PHONE):
        assert lane.client.lookup(Lookup(kind="phone", value=phone), 5.0).member.member_id == IOANA
    told = other_lane.pull()
    assert AliasRow(MEHMET, IOANA) in told
    gone = next(row for row in told if isinstance(row, MemberRow) and row.member_id == MEHMET)
    assert (gone.name, gone.identifiers, gone.account_id) == ("", (), IOANA)
    left = next(row for row in told if isinstance(row, MemberRow) and row.member_id == IOANA)
    assert identifier_hash(lane.store_key, "phone", MEHMET_PHONE).hex() in {
        ref.hash for ref in left.identifiers
    }


def test_a_sale_that_comes_late_for_the_merged_member_is_the_survivors(lane, other_lane):
    lane.sync()
    other_lane.sell(bread(), member=facts(MEHMET))
    joining.merge(MEHMET, IOANA, NOW)
    other_lane.sync()

    assert available(IOANA) == EARLY + 40
    told = [row for row in rows_of(other_lane, BalanceRow) if row.account_id == IOANA][-1]
    assert (told.balance, told.includes_seq[str(other_lane.chain_id)]) == (EARLY + 40, 2)


def test_points_lent_on_the_old_account_stay_spendable_there_and_come_back_to_the_owner(lane):
    earned = lane.sell(bread(600_00), member=facts(MEHMET)).earned[0].points
    lane.sync()
    (grant,) = lane.ask(MEHMET, POINTS, 500)
    lane.sync()
    joining.merge(MEHMET, IOANA, NOW)

    told = [row for row in rows_of(lane, BalanceRow) if row.account_id == IOANA][-1]
    assert (told.balance, told.available) == (EARLY + earned, EARLY + earned - 500)
    lane.release(grant, 500)
    lane.sync()
    assert available(IOANA) == EARLY + earned
    assert balance(MEHMET) == {f"issued:{lane.store_id}": -earned}


def test_a_till_that_counts_what_it_holds_of_the_old_account_knows_the_right_balance(lane):
    earned = lane.sell(bread(300_00), member=facts(MEHMET)).earned[0].points
    lane.sync()
    lane.ask(MEHMET, POINTS, 200)
    lane.sync()
    joining.merge(MEHMET, IOANA, NOW)

    sale = lane.sell(bread(), member=facts(IOANA, EARLY + earned))
    lane.sync()

    assert not ConsoleSale.objects.get(pk=sale.sale_id).stale_facts


def test_a_lane_that_holds_points_of_the_old_account_is_lent_only_what_is_missing(lane):
    lane.sell(bread(300_00), member=facts(MEHMET))
    lane.sync()
    lane.ask(MEHMET, POINTS, 290)
    lane.sync()
    joining.merge(MEHMET, IOANA, NOW)

    (grant,) = lane.push(wants=[Want(IOANA, POINTS, 500)]).grants

    assert grant.amount == 210


def test_what_a_merged_member_owes_is_owed_by_the_one_who_is_left(lane, other_lane):
    sold = Sold(lane, bread(600_00), member=facts(MEHMET))
    lane.sync()
    (grant,) = other_lane.ask(MEHMET, POINTS, 500)
    other_lane.sell(
        builders.a_line("party", 180_00),
        member=facts(MEHMET, 600, 500),
        claims=["reward-5"],
        spends=[grant],
    )
    other_lane.sync()
    sold.is_voided()
    lane.sync()
    owed = available(MEHMET)
    assert owed < 0

    joining.merge(MEHMET, IOANA, NOW)

    assert (available(IOANA), available(MEHMET)) == (EARLY + owed, 0)


def test_members_merged_one_after_the_other_all_lead_to_the_last(lane):
    chain = [lane.enrol_member(("phone", f"+4072100{n:04}"), name=f"Ana {n}") for n in range(12)]
    for each in chain:
        lane.sell(bread(10_00), member=facts(each))
    lane.sync()
    for duplicate, survivor in itertools.pairwise(chain):
        joining.merge(duplicate, survivor, NOW)

    assert available(chain[-1]) == 120
    assert {aliases.owner_of(each) for each in chain} == {chain[-1]}
    assert set(Member.objects.filter(member_id__in=chain[:-1]).values_list("merged_into", flat=True)) == {
        chain[-1]
    }
    assert {row.account_id for row in rows_of(lane, AliasRow)} == {chain[-1]}


def test_what_only_the_duplicate_had_told_is_kept(lane):
    joining.merge(IOANA, MEHMET, NOW)

    left = Member.objects.get(member_id=MEHMET)
    assert (left.name, left.birthday.isoformat(), left.locale) == ("Mehmet Yılmaz", "1987-04-11", "tr")


@pytest.mark.parametrize(
    ("pair", "code"), [((IOANA, IOANA), "same_member"), ((uuid.uuid4(), IOANA), "member_gone")]
)
def test_members_who_cannot_be_merged_stay_as_they_are(lane, pair, code):
    with pytest.raises(LoyaltyError) as refused:
        joining.merge(*pair, NOW)

    assert refused.value.code == code
    assert available(IOANA) == EARLY


def test_a_member_is_merged_once(lane):
    joining.merge(MEHMET, IOANA, NOW)

    with pytest.raises(LoyaltyError, match="no longer on the roll"):
        joining.merge(MEHMET, IOANA, NOW)


def test_a_household_shares_one_account(lane, other_lane):
    lane.sell(bread(), member=facts(MEHMET))
    lane.sync()

    home = joining.make_household([IOANA, MEHMET], NOW)

    assert (available(home), available(IOANA), available(MEHMET)) == (EARLY + 40, 0, 0)
    told = other_lane.pull()
    members = {row.member_id: row for row in told if isinstance(row, MemberRow)}
    assert {members[each].account_id for each in (IOANA, MEHMET)} == {home}
    assert [members[each].name for each in (IOANA, MEHMET)] == ["Ioana Munteanu", "Mehmet Yılmaz"]
    balances = [row for row in told if isinstance(row, BalanceRow) and row.account_id == home]
    assert balances[-1].balance == EARLY + 40


def test_who_is_looked_up_comes_with_the_shared_account(lane):
    home = joining.make_household([IOANA, MEHMET], NOW)

    found = lane.client.lookup(Lookup(kind="card", value=IOANA_CARD), 5.0).member

    assert (found.member_id, found.account_id) == (IOANA, home)


def test_each_member_of_a_household_earns_and_spends_for_all(lane, other_lane):
    home = joining.make_household([IOANA, MEHMET], NOW)
    lane.sell(bread(), member=facts(home, member_id=MEHMET))
    lane.sync()
    (grant,) = other_lane.ask(home, POINTS, 500)
    sale = other_lane.sell(
        builders.a_line("party", 180_00),
        member=facts(home, EARLY + 40, 500, member_id=IOANA),
        claims=["reward-5"],
        spends=[grant],
    )
    other_lane.sync()

    assert not quarantined()
    assert sale.spent[0].points == 500
    assert available(home) == EARLY + 40 - 500 + sale.earned[0].points


def test_a_third_joins_the_household_that_is_there(lane):
    third = lane.enrol_member(("phone", "+40721000777"))
    lane.sell(bread(), member=facts(third))
    lane.sync()
    home = joining.make_household([IOANA, MEHMET], NOW)

    assert joining.make_household([third, IOANA], NOW) == home
    assert available(home) == EARLY + 40
    assert {each.member_id for each in joining.shares_with(Member.objects.get(member_id=third))} == {
        IOANA,
        MEHMET,
    }


def test_a_duplicate_in_a_household_brings_the_survivor_into_it(lane):
    third = lane.enrol_member(("phone", "+40721000777"))
    lane.sell(bread(), member=facts(third))
    lane.sync()
    home = joining.make_household([IOANA, MEHMET], NOW)

    joining.merge(IOANA, third, NOW)

    assert aliases.owner_of(third) == home
    assert available(home) == EARLY + 40
    assert lane.client.lookup(Lookup(kind="card", value=IOANA_CARD), 5.0).member.member_id == third


def test_two_households_stay_two(lane):
    others = [lane.enrol_member(("phone", f"+4072100077{n}")) for n in range(2)]
    lane.sync()
    joining.make_household([IOANA, MEHMET], NOW)
    joining.make_household(others, NOW)

    for act in (
        lambda: joining.make_household([IOANA, others[0]], NOW),
        lambda: joining.merge(IOANA, others[0], NOW),
    ):
        with pytest.raises(LoyaltyError, match="share an account"):
            act()


@pytest.mark.parametrize(
    ("members", "code"), [([IOANA], "too_few_members"), ([IOANA, IOANA], "too_few_members")]
)
def test_nobody_shares_with_nobody(lane, members, code):
    with pytest.raises(LoyaltyError) as refused:
        joining.make_household(members, NOW)

    assert refused.value.code == code


@pytest.mark.parametrize("seed", range(8))
def test_points_are_never_lost_or_doubled(lane, other_lane, seed):
    """Sales, forgotten cards, loans, releases, merges, households joined and left, entries as late as they like."""
    chance = random.Random(seed)
    lanes = [lane, other_lane]
    people = [lane.enrol_member(("phone", f"+4072100{seed}{n:03}"), name=f"Ana {seed} {n}") for n in range(7)]
    lane.sync()
    earned = 0
    held = []
    opened = []
    for _step in range(50):
        at = chance.choice(lanes)
        act = chance.random()
        who = chance.choice(people)
        if act < 0.1:
            forgotten = Sold(at, bread(chance.randint(1, 99) * 100))
            account_id = chance.choice([who, aliases.owner_of(who), account_of(who)])
            attach(forgotten, facts(account_id, member_id=who))
            earned += would_have_earned(forgotten.sale, facts(account_id), DEMO)[0].points
        elif act < 0.45:
            # A register may have heard of the owner, or not yet; or not that the member left that one again.
            account_id = chance.choice([who, aliases.owner_of(who), account_of(who)])
            sale = at.sell(bread(chance.randint(1, 99) * 100), member=facts(account_id, member_id=who))
            earned += sum(one.points for one in sale.earned if is_points(one.unit))
        elif act < 0.6:
            owner = account_of(who)
            at.sync()
            most = available(owner)
            if most > 0:
                held += [(at, grant) for grant in at.ask(owner, POINTS, chance.randint(1, most))]
        elif act < 0.7 and held:
            holder, grant = held.pop(chance.randrange(len(held)))
            holder.release(grant, grant.amount)
        elif act < 0.8:
            at.sync()
        else:
            other = chance.choice(people)
            try:
                act = chance.random()
                if act < 0.3:
                    joining.merge(who, other, NOW)
                elif act < 0.65:
                    joining.make_household([who, other], NOW)
                else:
                    opened.append(leaving.leave(who, "andrei", NOW))
            except LoyaltyError:
                pass
        require_sound_books()
    for each in lanes:
        each.sync()

    assert not quarantined()
    lent = sum(grant.amount for _holder, grant in held)
    roots = {aliases.owner_of(each) for each in (*people, *opened)}
    assert sum(available(root) for root in roots) + lent == earned
    # Nothing is left behind on an account that is another's, but what a register still holds of it.
    behind = rows(
        "SELECT COUNT(*) FROM balance b JOIN alias a ON a.provisional_id = b.account_id"
        " WHERE b.bucket IN ('available', 'pending') AND b.amount <> 0"
    )
    assert behind == [(0,)]
    for holder, grant in held:
        holder.release(grant, grant.amount)
    for each in lanes:
        each.sync()
    assert sum(available(root) for root in roots) == earned


def on_console(console, action, number, member_id=MEHMET):
    address = f"/console/members/consolemember/{member_id}/{action}/"
    return console.post(address, {"member": number}, follow=True).content.decode()


def test_staff_merge_a_duplicate(console, lane, monkeypatch):
    monkeypatch.setattr(clock, "now_ms", lambda: NOW)
    lane.sell(bread(), member=facts(MEHMET))
    lane.sync()

    said = on_console(console, "merge", IOANA_PHONE)

    assert "Ioana Munteanu" in said
    assert available(IOANA) == EARLY + 40
    listed = page(console, "/console/members/consolemember/")
    assert "Ioana Munteanu" in listed
    assert "Mehmet" not in listed


def test_staff_make_a_household_and_see_who_shares(console, lane):
    said = on_console(console, "household", IOANA_PHONE)

    assert "share one account" in said
    shown = page(console, f"/console/members/consolemember/{MEHMET}/change/")
    assert "Ioana Munteanu" in shown
    assert "2340" in shown.replace(",", "").replace("\u00a0", "")


@pytest.mark.parametrize("action", ["merge", "household"])
def test_a_number_of_nobody_changes_nothing(console, lane, action):
    assert "No member has this number" in on_console(console, action, "0799 999 999")
    assert "one and the same" in on_console(console, "merge", MEHMET_PHONE)
    assert available(IOANA) == EARLY


@pytest.mark.parametrize("action", ["merge", "household"])
def test_who_may_not_join_members_sees_no_form_and_can_do_nothing(lane, action):
    reader = staff_with("reader", "view_consolemember")
    assert "Shared account" not in page(reader, f"/console/members/consolemember/{IOANA}/change/")
    address = f"/console/members/consolemember/{MEHMET}/{action}/"
    assert reader.post(address, {"member": IOANA_PHONE}).status_code == 403
    desk = staff_with("desk", "view_consolemember", "join_members")
    assert "Shared account" in page(desk, f"/console/members/consolemember/{IOANA}/change/")
    assert desk.get(address).status_code == 405
    assert available(IOANA) == EARLY
