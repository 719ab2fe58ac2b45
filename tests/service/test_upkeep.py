"""The register keeps house by itself, and never while somebody sells."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.domain.errors import LoyaltyError
from agent.service import upkeep as upkeep_module
from agent.service.upkeep import KEPT_BACKUPS, PRINT_JOB_DAYS, Upkeep
from agent.store import print_jobs
from agent.store.database import Store
from agent.store.sales import count_sales
from agent.store.status import HqContact, put_status
from tests.service.shop import Shop


def test_the_log_is_folded_in_when_nobody_has_sold_for_a_while(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "MIN_CHECKPOINT_BYTES", 1)
    upkeep = Upkeep(shop.store)
    upkeep.checkpoint_when_idle()
    shop.sell("100")

    assert not upkeep.checkpoint_when_idle()
    before = shop.store.wal_bytes()
    assert upkeep.checkpoint_when_idle()
    assert shop.store.wal_bytes() < before


def test_a_backup_is_made_once_a_day_and_can_be_opened(shop: Shop) -> None:
    shop.sell("100")
    upkeep = Upkeep(shop.store)

    made = upkeep.back_up_daily(shop.clock.now_ms())

    assert made is not None
    assert made.name == "register-2026-11-22.db"
    assert upkeep.back_up_daily(shop.clock.now_ms()) is None
    copy = Store(made)
    assert count_sales(copy.reader()) == 1
    copy.close()


def test_seven_backups_are_kept(shop: Shop) -> None:
    upkeep = Upkeep(shop.store)
    for _ in range(KEPT_BACKUPS + 3):
        assert upkeep.back_up_daily(shop.clock.now_ms()) is not None
        shop.clock.move(days=1)

    names = sorted(path.name for path in (shop.store.path.parent / "backups").iterdir())
    assert len(names) == KEPT_BACKUPS
    assert names[0] == "register-2026-11-25.db"


def test_a_backup_that_cannot_be_made_says_so_and_leaves_no_half(shop: Shop) -> None:
    folder = shop.store.path.parent / "backups"
    folder.mkdir()
    # A folder in the place of the copy stops even root.
    (folder / "register-2026-11-22.db.part").mkdir()

    with pytest.raises(LoyaltyError, match="could not be made"):
        Upkeep(shop.store).back_up_daily(shop.clock.now_ms())

    assert not (folder / "register-2026-11-22.db").exists()
    shop.sell("100")


def test_old_printed_receipts_are_forgotten_and_waiting_ones_are_not(shop: Shop) -> None:
    printed, waiting = shop.sell("100"), shop.sell("102")
    with shop.store.unit_of_work() as db:
        (job,) = print_jobs.jobs_of_sale(db, printed.sale_id)
        print_jobs.start_sending(db, job.job_id, 1)
        print_jobs.mark_confirmed(db, job.job_id)
    shop.clock.move(days=PRINT_JOB_DAYS + 1)

    Upkeep(shop.store).tidy(shop.clock.now_ms())

    assert print_jobs.jobs_of_sale(shop.store.reader(), printed.sale_id) == ()
    assert len(print_jobs.jobs_of_sale(shop.store.reader(), waiting.sale_id)) == 1


def test_nothing_is_forgotten_by_a_clock_that_cannot_be_right(shop: Shop) -> None:
    printed = shop.sell("100")
    with shop.store.unit_of_work() as db:
        (job,) = print_jobs.jobs_of_sale(db, printed.sale_id)
        print_jobs.start_sending(db, job.job_id, 1)
        print_jobs.mark_confirmed(db, job.job_id)
        put_status(db, HqContact(skew_ms=-400 * 86_400_000))
    shop.clock.move(days=400)

    Upkeep(shop.store).tidy(shop.clock.now_ms())

    assert len(print_jobs.jobs_of_sale(shop.store.reader(), printed.sale_id)) == 1


def test_a_sound_database_has_no_complaint(shop: Shop, tmp_path: Path) -> None:
    assert Upkeep(shop.store).check() == ""
