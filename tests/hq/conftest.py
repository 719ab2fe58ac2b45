"""An HQ of its own for each test: a fresh copy of a migrated database, served over a real socket on 127.0.0.1."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from tests import builders
from tests.hq.lane import Lane
from tests.hq.served import ServedHq
from tests.hq.shop import IOANA, write_shop


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory, django_db_blocker):
    """A data folder with a migrated database and the test shop, made once and copied for each test."""
    import django

    folder = tmp_path_factory.mktemp("hq-template")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("REGULARS_HQ_DATA", str(folder))
        django.setup()
        from django.db import connections

        from hq import data_folder
        from hq.database import prepare_database
        from hq.shop_loading import load_shop

        data_folder.prepare(folder)
        use_database(folder)
        prepare_database()
        load_shop(write_shop(folder), LOADED_MS)
        connections["default"].close()
    return folder


# A day before the sales of the tests.
LOADED_MS = 1_795_264_200_000


def use_database(folder: Path) -> None:
    """Point Django, which was configured at import, at this folder's database."""
    from django.db import connections

    connections["default"].close()
    connections.settings["default"]["NAME"] = str(folder / "hq.db")


@pytest.fixture
def data_dir(shop_template, tmp_path, monkeypatch, django_db_blocker):
    """This test's data folder, which Django uses in this process."""
    folder = tmp_path / "hq"
    shutil.copytree(shop_template, folder)
    monkeypatch.setenv("REGULARS_HQ_DATA", str(folder))
    monkeypatch.delenv("REGULARS_CLOCK_FILE", raising=False)
    with django_db_blocker.unblock():
        use_database(folder)
        yield folder
        from django.db import connections

        connections["default"].close()


@pytest.fixture
def hq(data_dir):
    """HQ, listening."""
    with ServedHq(data_dir) as served:
        yield served


@pytest.fixture
def lane(hq):
    """A register enrolled at the test shop."""
    with Lane.enrolled(hq) as made:
        yield made


@pytest.fixture
def other_lane(hq):
    """A second register of the same store."""
    with Lane.enrolled(hq) as made:
        yield made


@pytest.fixture
def staff(hq):
    """Somebody with every right at the console."""
    from django.contrib.auth.models import User

    return User.objects.create_superuser("andrei", "andrei@example.com", "piata-mare-14")


@pytest.fixture
def console(staff):
    """The browser of `staff`, signed on."""
    from django.test import Client

    client = Client(enforce_csrf_checks=False)
    client.force_login(staff)
    return client


@pytest.fixture
def busy(lane):
    """A shop in the middle of its day: sales, a spend, a coupon, an enrolment, something in quarantine."""
    (grant,) = lane.ask(IOANA, builders.POINTS, 500)
    ioana = builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=500)
    lane.sell(
        builders.milk(20_00),
        builders.a_line("party", 180_00),
        member=ioana,
        claims=["reward-5"],
        spends=[grant],
    )
    lane.sell(builders.a_line("bread", 6_50))
    lane.enrol_member(("phone", "+40721000999"), name="Ștefan <b>Dumitru</b>")
    lane.append_bytes(1, 1, b"\x00 not JSON")
    sale = lane.a_sale(builders.a_line("cheese", 12_00))
    lane.append(msgspec.structs.replace(sale, total_minor=1))
    lane.ask(IOANA, builders.POINTS, 100)
    lane.sync()
    return lane
