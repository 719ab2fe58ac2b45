"""A holdout's arms at HQ: who is in which, what they bought, and what the console says of the difference."""

from __future__ import annotations

import csv
import io
import random
import uuid

import msgspec
import pytest

from agent.domain.experiments import Experiment, arm_of_account
from agent.domain.program_document import decode_program_set
from hq import clock
from hq.experiments.arms import measure
from hq.experiments.models import ArmSale
from hq.experiments.runs import runs
from hq.members.models import Member
from hq.membership import joining, leaving
from hq.program_figures.earlier import count_next_earlier
from hq.program_figures.models import EarlierEntries
from hq.programs import publishing
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import quarantined
from tests.hq.brought_back import Sold, one
from tests.hq.conftest import LOADED_MS
from tests.hq.shop import IOANA, MEHMET

DAY_MS = 24 * 3600 * 1000
PUBLISHED_MS = LOADED_MS + 1000
EXPERIMENT = Experiment(id="autumn", key="autumn-2026-dairy", holdout_permille=400)
OFFER = builders.a_program(
    "all-20",
    "promotion",
    audience={"who": "members"},
    experiment="autumn",
    rewards=[{"type": "percent_off", "rate": "0.2"}],
)


def a_set(*programs, version=2, experiments=(EXPERIMENT,)):
    document = msgspec.json.decode(builders.program_set_bytes(*programs, version=version))
    return msgspec.json.encode({**document, "experiments": msgspec.to_builtins(experiments)})


def publish(data, at_ms=PUBLISHED_MS):
    publishing.publish(publishing.upload(data, "andrei", at_ms), "andrei", at_ms)


PROGRAMS = decode_program_set(a_set(OFFER))


@pytest.fixture
def running(lane, monkeypatch):
    """The day after the sales; the experiment began the day before them."""
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS + DAY_MS)
    publish(a_set(OFFER))
    return lane


def members_of(arm, count, *, seed=1, enrolled_ms=LOADED_MS):
    lots = random.Random(seed)
    found = []
    while len(found) < count:
        account = uuid.UUID(int=lots.getrandbits(128), version=4)
        if arm_of_account(EXPERIMENT, account) == arm:
            found.append(account)
    Member.objects.bulk_create(
        Member(account_id=each, member_id=each, enrolled_ms=enrolled_ms, enrolled_store=builders.STORE)
        for each in found
    )
    return found


def buys(lane, account_id, amount):
    member = builders.a_member(member_id=account_id, account_id=account_id)
    return Sold(lane, builders.a_line("wine", amount), member=member, program_set=PROGRAMS)


def measured():
    return measure(EXPERIMENT, builders.CURRENCY, PUBLISHED_MS, builders.TODAY, builders.TODAY)


def test_each_arm_has_its_members_its_purchases_and_what_the_programs_took_off_or_kept_back(running):
    given, held_out = members_of("given", 3), members_of("held_out", 2)
    Member.objects.filter(member_id__in=(IOANA, MEHMET)).delete()
    buys(running, given[0], 100_00)
    buys(running, given[0], 50_00)
    buys(running, held_out[0], 30_00)
    running.sync()

    assert quarantined() == []
    found = measured()
    first, second = found.given, found.held_out
    assert (first.members, first.buyers, first.purchases, first.spent_minor) == (3, 1, 2, 120_00)
    assert (first.given_minor, first.withheld_minor, first.squares) == (30_00, 0, 120_00**2)
    assert (second.members, second.buyers, second.purchases, second.spent_minor) == (2, 1, 1, 30_00)
    assert (second.given_minor, second.withheld_minor) == (0, 6_00)


def test_goods_that_came_back_and_voided_sales_are_taken_off(running):
    (member,) = members_of("given", 1)
    back, void = buys(running, member, 100_00), buys(running, member, 10_00)
    buys(running, member, 50_00)
    back.comes_back(one(1))
    void.is_voided()
    running.sync()

    assert quarantined() == []
    found = measured().given
    assert (found.purchases, found.spent_minor, found.given_minor) == (2, 40_00, 10_00)


def test_what_was_taken_off_or_kept_back_is_of_the_goods_that_stayed(running):
    (given,), (held_out,) = members_of("given", 1), members_of("held_out", 1)
    for account in (given, held_out):
        member = builders.a_member(member_id=account, account_id=account)
        cups, pot = builders.a_line("cup", 30_00, quantity=3), builders.a_line("pot", 50_00)
        Sold(running, cups, pot, member=member, program_set=PROGRAMS).comes_back(one(1, 0, 1))
    running.sync()

    assert quarantined() == []
    found = measured()
    assert (found.given.spent_minor, found.given.given_minor) == (48_00, 12_00)
    assert (found.held_out.spent_minor, found.held_out.withheld_minor) == (60_00, 12_00)


def test_goods_that_came_back_before_hq_subtracted_them_are_subtracted_since(running):
    (held_out,) = members_of("held_out", 1)
    sold = buys(running, held_out, 30_00)
    sold.comes_back()
    running.sync()
    ArmSale.objects.update(withheld_minor=6_00)
    EarlierEntries.objects.create(chain_id=running.chain_id, reached=0, last_seq=sold.seq + 1)

    while count_next_earlier():
        pass

    assert measured().held_out.withheld_minor == 0


def test_who_joined_after_the_start_is_in_no_arm(running):
    before = measured()
    late = members_of("given", 2, enrolled_ms=PUBLISHED_MS)
    buys(running, late[0], 100_00)
    running.sync()

    assert measured() == before


def test_accounts_of_both_sides_that_were_joined_since_are_on_neither(running):
    (given,), (held_out,) = members_of("given", 1), members_of("held_out", 1)
    before = measured()

    joining.merge(held_out, given, PUBLISHED_MS + 1)

    found = measured()
    assert found.crossed == before.crossed + 1
    assert found.given.members == before.given.members - 1
    assert found.held_out.members == before.held_out.members - 1


def test_who_left_a_household_for_the_other_arm_is_in_neither(running):
    family = members_of("given", 10)
    home = joining.make_household(family, PUBLISHED_MS - 1)
    before = measured()

    own = [leaving.leave(each, "andrei", PUBLISHED_MS + 1) for each in family[1:]]

    arms = [arm_of_account(EXPERIMENT, each) for each in own]
    assert len(joining.living(home)) == 1
    found = measured()
    assert found.crossed == sum(arm != arm_of_account(EXPERIMENT, home) for arm in arms)
    stayed = len(own) - found.crossed
    assert found.given.members + found.held_out.members == (
        before.given.members + before.held_out.members + stayed
    )


def test_accounts_that_were_joined_before_the_start_are_one(running):
    given, (held_out,) = members_of("given", 1), members_of("held_out", 1)
    joining.merge(held_out, given[0], PUBLISHED_MS - 1)
    buys(running, given[0], 100_00)
    running.sync()

    found = measured()
    assert found.crossed == 0
    assert found.given.spent_minor == 80_00


def test_a_sale_pushed_twice_counts_once(running):
    (member,) = members_of("given", 1)
    buys(running, member, 100_00)
    running.sync()
    running.push(since=0)
    running.hq.settle()

    assert measured().given.given_minor == 20_00


def test_a_run_ends_with_the_set_that_no_longer_names_it_and_a_new_share_is_another(running):
    later = Experiment(id="autumn", key=EXPERIMENT.key, holdout_permille=100)
    publish(a_set(OFFER, version=3), PUBLISHED_MS + DAY_MS)
    publish(a_set(OFFER, version=4, experiments=[later]), PUBLISHED_MS + 2 * DAY_MS)

    assert [(run.experiment, run.started_ms, run.ended_ms) for run in runs()] == [
        (later, PUBLISHED_MS + 2 * DAY_MS, None),
        (EXPERIMENT, PUBLISHED_MS, PUBLISHED_MS + 2 * DAY_MS),
    ]
    assert all(set(run.programs) == {"all-20"} for run in runs())


@pytest.fixture
def large(running):
    """100 members and more on each side; who gets the programs buys for about twice as much."""
    lots = random.Random(7)
    for arm, count, about in (("given", 110, 200_00), ("held_out", 100, 80_00)):
        for account in members_of(arm, count, seed=count)[:40]:
            buys(running, account, about + lots.randrange(20_00))
    running.sync()
    assert quarantined() == []
    return running


def test_the_console_tells_a_difference_with_its_interval_a_picture_and_a_file(large, console):
    found = measured()
    text = page(console, "/console/experiments/")

    assert "40 %" in text
    assert "All 20" in text
    assert "Members with the programs spent" in text
    assert text.count('class="hq-interval"') == 2
    answer = console.get("/console/experiments.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = {line["figure"]: line for line in csv.DictReader(io.StringIO(answer.content.decode()))}
    assert int(lines["given"]["members"]) == found.given.members
    assert lines["held_out"]["kept_back"] == f"{found.held_out.withheld_minor / 100:.2f}"
    low, high = float(lines["difference"]["low_95"]), float(lines["difference"]["high_95"])
    assert 0 < low < float(lines["difference"]["spent_per_member"]) < high


def test_arms_that_are_too_small_are_said_to_be_and_not_shown(running, console):
    text = page(console, "/console/experiments/")

    assert "There is nothing to compare yet: each side needs 100 members, and 30 of them who bought." in text
    assert "Figures of fewer than 10 members are not shown." in text
    assert "hq-interval" not in text
    csv_text = console.get("/console/experiments.csv").content.decode()
    assert "given,,,,,,,,," in csv_text
    assert "difference" not in csv_text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from": "yesterday"}, "A day is written as 2026-11-23."),
        ({"from": "2026-11-01"}, "Choose days from"),
        ({"from": "2026-11-22", "until": "2026-11-21"}, "Choose days from"),
    ],
)
def test_days_that_are_none_of_the_experiment_are_said(running, console, days, said):
    assert said in page(console, "/console/experiments/", **days)
    assert console.get("/console/experiments.csv", days).status_code == 404


def test_a_shop_without_experiments_says_so(lane, console):
    assert "No program set that was published has an experiment." in page(console, "/console/experiments/")
    assert console.get("/console/experiments.csv").status_code == 404


def test_only_staff_with_the_right_see_experiments(running):
    for address in ("/console/experiments/", "/console/experiments.csv"):
        assert staff_with(f"ion{len(address)}", "view_consolesale").get(address).status_code == 403
        assert staff_with(f"ana{len(address)}", "view_armsale").get(address).status_code != 403
