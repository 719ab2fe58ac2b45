"""The figures of programs as staff see them: sorted, paged, as a file, on a terminal, and never of a few members."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest

from hq import clock
from hq.__main__ import main
from hq.console.program_pictures import BAR_WIDTH, HEIGHT, MOST_BARS, WIDTH, bar_width, spark
from hq.program_figures.models import EarlierEntries
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.brought_back import Sold, ioana, one
from tests.hq.programs import publish
from tests.hq.test_experiments import members_of

PAGE = "/console/program-figures/"
FILE = "/console/program-figures.csv"
TODAY = builders.TODAY.isoformat()
DAYS = {"from": TODAY, "to": TODAY}


@pytest.fixture
def sold(lane, monkeypatch):
    """A small day: dairy with a unit that came back, amounts off, points."""
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS)
    Sold(lane, builders.milk(30_00, quantity=3), member=ioana()).comes_back(one(1, 0))
    for _sale in range(3):
        lane.sell(builders.a_line("pan", 120_00))
    lane.sync()
    return lane


def titles(text):
    return re.findall(r"<td><b>([^<]+)</b>", text)


def test_the_page_tells_what_each_program_gave_and_what_came_back_in_words_and_pictures(sold, console):
    text = page(console, PAGE)

    assert titles(text) == ["Ten over 100", "Dairy 20", "Points"]
    assert "dairy-20 · promotion" in text
    assert "30.00 RON" in text
    assert "4.00 RON" in text
    assert "2.00 came back" in text
    assert text.count('aria-label="Uses over these days"') == 3
    assert f'<rect x="0" width="{BAR_WIDTH * 4 // 30}" height="8" rx="2"/>' in text
    assert ">few<" in text


def test_a_click_on_a_column_sorts_by_it_and_another_turns_it_round(sold, console):
    assert titles(page(console, PAGE, sort="-points_given"))[0] == "Points"
    assert titles(page(console, PAGE, sort="points_given"))[-1] == "Points"
    assert titles(page(console, PAGE, sort="program")) == ["Dairy 20", "Points", "Ten over 100"]
    assert titles(page(console, PAGE, sort="; drop table sale")) == ["Ten over 100", "Dairy 20", "Points"]
    text = page(console, PAGE, sort="-uses")
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=uses">Uses', text)


def test_other_days_another_store_and_an_empty_shop_say_that_nothing_was_given(sold, console):
    nothing = "No program gave anything on these days."
    assert nothing in page(console, PAGE, **{"from": "2026-11-01", "to": "2026-11-02"})
    assert nothing not in page(console, PAGE, **DAYS, store=builders.STORE)
    # A store that there is not is no store.
    assert nothing not in page(console, PAGE, **DAYS, store="nowhere")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from": "yesterday"}, "A day is written as 2026-11-23."),
        ({"from": "2026-11-22", "to": "2026-11-21"}, "The last day is before the first."),
        ({"from": "1999-01-01"}, "Choose 1,100 days at most."),
    ],
)
def test_days_that_are_none_are_said_and_the_usual_ones_shown(sold, console, days, said):
    text = page(console, PAGE, **days)
    assert said in text
    assert titles(text)
    assert console.get(FILE, days).status_code == 400


def test_many_programs_come_in_pages_and_the_file_has_them_all(lane, console, monkeypatch):
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS)
    monkeypatch.setattr("hq.console.program_figures_page.PAGE", 2)
    programs = publish(*(builders.amount_off(f"off-{n}", n * 1_00) for n in range(1, 6)))
    lane.sell(builders.a_line("pan", 120_00), program_set=programs)
    lane.sync()

    first = page(console, PAGE)
    assert titles(first) == ["Off 5", "Off 4"]
    assert "Page 1 of 3" in first
    assert titles(page(console, PAGE, p=3)) == ["Off 1"]
    assert len(list(csv.DictReader(io.StringIO(console.get(FILE).content.decode())))) == 5


def test_the_file_has_what_was_given_what_came_back_and_the_net(sold, console):
    answer = console.get(FILE, DAYS)

    assert answer["Content-Disposition"] == f'attachment; filename="programs-{TODAY}-{TODAY}.csv"'
    lines = {line["program"]: line for line in csv.DictReader(io.StringIO(answer.content.decode()))}
    dairy = lines["dairy-20"]
    assert (dairy["kind"], dairy["name"], dairy["currency"]) == ("promotion", "Dairy 20", "RON")
    assert (dairy["discount"], dairy["discount_back"], dairy["discount_net"]) == ("6.00", "2.00", "4.00")
    assert (dairy["uses"], dairy["members"]) == ("1", "")
    assert (lines["ten-over-100"]["discount_net"], lines["ten-over-100"]["members"]) == ("30.00", "0")


def test_ten_members_and_more_are_told(lane, console, monkeypatch):
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS)
    for account in members_of("given", 10):
        lane.sell(
            builders.a_line("pan", 120_00), member=builders.a_member(0, member_id=account, account_id=account)
        )
    lane.sync()

    assert ">few<" not in page(console, PAGE)
    lines = {
        line["program"]: line for line in csv.DictReader(io.StringIO(console.get(FILE).content.decode()))
    }
    assert lines["ten-over-100"]["members"] == "10"


def test_a_name_that_a_spreadsheet_would_run_is_quoted(lane, console, monkeypatch):
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS)
    programs = publish(builders.amount_off("off", 1_00, name={"en": '=cmd|"calc"'}))
    lane.sell(builders.a_line("pan", 120_00), program_set=programs)
    lane.sync()

    (line,) = csv.DictReader(io.StringIO(console.get(FILE).content.decode()))
    assert line["name"] == '\'=cmd|"calc"'


def test_a_program_of_an_earlier_set_keeps_its_name(sold, console):
    publish(builders.amount_off("off", 1_00), version=7)

    assert "Dairy 20" in titles(page(console, PAGE))


def test_the_page_says_that_earlier_sales_are_still_being_counted(sold, console):
    said = "Sales from before HQ kept these figures are still being counted."
    assert said not in page(console, PAGE)

    EarlierEntries.objects.create(chain_id=sold.chain_id, reached=0, last_seq=1)

    assert said in page(console, PAGE)


def test_only_staff_with_the_right_see_the_figures(sold):
    for address in (PAGE, FILE):
        assert staff_with(f"ion{len(address)}", "view_consolesale").get(address).status_code == 403
        assert staff_with(f"ana{len(address)}", "view_programday").get(address).status_code == 200


def test_the_command_tells_the_same_as_a_table_and_as_csv(sold, console, data_dir, capsys):
    words = ["report", "programs", "--data", str(data_dir), "--from", TODAY, "--to", TODAY]
    assert main([*words, "--csv"]) == 0
    assert capsys.readouterr().out == console.get(FILE, {**DAYS, "sort": "program"}).content.decode()

    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["Program", "Uses", "Discount"]
    assert lines[2].split()[:4] == ["dairy-20", "1", "4.00", "RON"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--from": "22.11.2026"}, "--from 22.11.2026 is not a date."),
        ({"--from": "2026-11-23"}, "--to 2026-11-22 is before --from 2026-11-23."),
        ({"--from": "1999-01-01"}, "A report has 1100 days at most."),
        ({"--store": "nowhere"}, "HQ has no store nowhere."),
    ],
)
def test_wrong_words_on_the_command_line_are_one_sentence(data_dir, capsys, changed, said):
    told = {"--data": str(data_dir), "--from": TODAY, "--to": TODAY, **changed}

    assert main(["report", "programs", *(word for pair in told.items() for word in pair)]) == 1

    assert capsys.readouterr().err.splitlines()[0] == said


def test_where_there_is_nothing_to_report_the_command_says_so(data_dir, capsys):
    assert (
        main(["report", "programs", "--data", str(data_dir), "--from", "2020-01-01", "--to", "2020-01-02"])
        == 0
    )

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "There is nothing to report from 2020-01-01 to 2020-01-02.\n")


@pytest.mark.parametrize("days", [1, 2, MOST_BARS, MOST_BARS + 1, 365, 1100])
def test_the_bars_of_any_period_are_inside_their_picture_and_count_every_day(days):
    first = builders.TODAY
    uses = {first + datetime.timedelta(days=n): n % 7 for n in range(days)}

    drawn = spark(uses, first, days)

    assert 0 <= drawn.days_each * MOST_BARS - days < drawn.days_each * MOST_BARS
    assert all(x >= 0 and x + width <= WIDTH + 1 and 0 <= y < HEIGHT for x, y, width, _h in drawn.bars)
    assert spark({first: 0}, first, days).bars == ()


def test_an_amount_below_zero_has_no_bar():
    assert (bar_width(-5, 10), bar_width(5, 0), bar_width(10, 10)) == (0, 0, BAR_WIDTH)
