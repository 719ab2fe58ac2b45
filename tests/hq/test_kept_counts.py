"""The Experiments page shows the count that was made last, with its time, and counts again when somebody asks."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest

from hq import clock
from hq.experiments.counted import MOST_KEPT, count_pilot, count_run, kept_pilot, kept_run
from hq.experiments.models import KeptCount
from hq.experiments.runs import pilots, runs
from hq.ingest.models import Sale
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.test_experiments import DAY_MS, OFFER, PROGRAMS, a_set, members_of, publish, running  # noqa: F401
from tests.hq.test_pilots import PILOT, YESTERDAY, both, trade  # noqa: F401

PAGE = "/console/experiments/"
NOW_MS = builders.NOW_MS + DAY_MS
TOMORROW = builders.TODAY + datetime.timedelta(days=1)


@pytest.fixture
def shop(running):  # noqa: F811
    """Ten members on each side, of whom one bought."""
    accounts = members_of("given", 10)
    members_of("held_out", 10)
    buy(running, accounts[0])
    return running, accounts


def buy(lane, account):
    member = builders.a_member(member_id=account, account_id=account)
    lane.sell(builders.a_line("wine", 100_00), member=member, program_set=PROGRAMS)
    lane.sync()


def purchases(text):
    """Those of the side with the programs."""
    (cells,) = re.findall(r"<td>With the programs</td>(.*?)</tr>", text)
    return int(re.findall(r">([^<]*)</td>", cells)[2])


def test_a_page_opened_again_shows_the_same_count_with_its_time_until_somebody_counts_again(shop, console):
    lane, accounts = shop
    first = page(console, PAGE)
    assert purchases(first) == 1
    assert "Counted 23 Nov 2026, 12:30 UTC. What came in since is not in it." in " ".join(first.split())

    buy(lane, accounts[1])
    assert purchases(page(console, PAGE)) == 1

    again = console.post(PAGE, {"run": runs()[0].key}, follow=True)
    assert purchases(again.content.decode()) == 2
    assert purchases(page(console, PAGE)) == 2


def test_the_next_day_the_last_count_is_shown_and_told_to_be_older(shop, console, monkeypatch):
    _lane, _accounts = shop
    page(console, PAGE)
    monkeypatch.setattr(clock, "now_ms", lambda: NOW_MS + DAY_MS)

    text = page(console, PAGE)
    assert "There are newer days than these." in text
    assert f'name="until" value="{builders.TODAY}"' in text

    text = console.post(PAGE, {"run": runs()[0].key}, follow=True).content.decode()
    assert "There are newer days than these." not in text
    assert f'name="until" value="{TOMORROW}"' in text


def test_days_that_the_reader_told_are_counted_for_themselves_and_again(shop, console, monkeypatch):
    lane, accounts = shop
    monkeypatch.setattr(clock, "now_ms", lambda: NOW_MS + DAY_MS)
    told = {"run": runs()[0].key, "from": builders.TODAY.isoformat(), "until": builders.TODAY.isoformat()}
    assert purchases(page(console, PAGE, **told)) == 1
    buy(lane, accounts[1])
    assert purchases(page(console, PAGE, **told)) == 1

    answer = console.post(PAGE, told, follow=True)

    assert answer.redirect_chain[-1][0].endswith(f"from={builders.TODAY}&until={builders.TODAY}")
    assert purchases(answer.content.decode()) == 2


def test_the_file_has_the_figures_of_the_page(shop, console):
    lane, accounts = shop
    page(console, PAGE)
    buy(lane, accounts[1])

    lines = csv.DictReader(io.StringIO(console.get("/console/experiments.csv").content.decode()))
    assert {line["figure"]: line["purchases"] for line in lines}["given"] == "1"


def test_a_pilot_is_counted_again_by_its_own_button(both, console):  # noqa: F811
    lane, _other = both
    trade(both, (40_00, 40_00))
    Sale.objects.update(business_date=YESTERDAY)
    trade(both, (40_00, 40_00))
    assert "What came in since is not in it." in page(console, PAGE)
    trade([lane], [40_00])
    (pilot,) = pilots()
    kept = kept_pilot(pilot)
    assert kept is not None
    assert kept.figures.pilot.since.purchases == 10
    assert '<td class="hq-number">0 / 10</td>' in page(console, PAGE)

    console.post(PAGE, {"pilot": pilot.key})
    console.post(PAGE, {"pilot": "pilot.1.of-nobody"})

    newer = kept_pilot(pilot)
    assert newer is not None
    assert newer.figures.pilot.since.purchases == kept.figures.pilot.since.purchases + 10
    assert KeptCount.objects.count() == 2


def test_what_is_kept_is_what_was_counted(shop):
    publish(a_set(PILOT, OFFER, version=5), NOW_MS - DAY_MS)
    (run,), (pilot,) = runs(), pilots()

    counted, beside = count_run(run, builders.TODAY, TOMORROW, NOW_MS), count_pilot(pilot, NOW_MS + DAY_MS)

    assert kept_run(run, builders.TODAY) == kept_run(run, builders.TODAY, TOMORROW) == counted
    assert kept_run(run, builders.TODAY, builders.TODAY) is None
    assert beside is not None
    assert kept_pilot(pilot) == beside


def test_the_newest_few_counts_are_kept(shop):
    (run,) = runs()
    for number in range(MOST_KEPT + 3):
        count_run(run, builders.TODAY, builders.TODAY, NOW_MS + number)

    assert sorted(KeptCount.objects.values_list("at_ms", flat=True)) == [
        NOW_MS + number for number in range(3, MOST_KEPT + 3)
    ]


def test_who_may_not_see_experiments_counts_none(shop):
    assert staff_with("ion", "view_consolesale").post(PAGE, {"run": "x"}).status_code == 403
    assert KeptCount.objects.count() == 0
    assert staff_with("ana", "view_armsale").post(PAGE, {"run": "x"}).status_code == 302
