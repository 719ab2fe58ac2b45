"""Numbered changes of the schema, applied in order and never changed after a release.

Imported only when a database is created or upgraded.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Migrations

from agent.store.migrations.m0001_first_schema import first_schema
from agent.store.migrations.m0002_failed_print_jobs import failed_print_jobs
from agent.store.migrations.m0003_name_search import name_search
from agent.store.migrations.m0004_returns import returns
from agent.store.migrations.m0005_member_history import member_history
from agent.store.migrations.m0007_member_care import member_care
from agent.store.migrations.m0008_tiers import tiers
from agent.store.migrations.m0009_activities import activities
from agent.store.migrations.m0010_electronic_coupons import electronic_coupons
from agent.store.migrations.m0012_personal_offers import personal_offers
from agent.store.migrations.m0016_first_purchase import first_purchase

MIGRATIONS: Final = Migrations("regulars")
MIGRATIONS(name="0001_first_schema")(first_schema)
MIGRATIONS(name="0002_failed_print_jobs")(failed_print_jobs)
MIGRATIONS(name="0003_name_search")(name_search)
MIGRATIONS(name="0004_returns")(returns)
MIGRATIONS(name="0005_member_history")(member_history)
MIGRATIONS(name="0007_member_care")(member_care)
MIGRATIONS(name="0008_tiers")(tiers)
MIGRATIONS(name="0009_activities")(activities)
MIGRATIONS(name="0010_electronic_coupons")(electronic_coupons)
MIGRATIONS(name="0012_personal_offers")(personal_offers)
MIGRATIONS(name="0016_first_purchase")(first_purchase)
