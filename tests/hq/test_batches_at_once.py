"""A serial means one coupon whoever imports it, and a batch that was interrupted is carried on to its end, once."""

from __future__ import annotations

import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command

from agent.domain.coupon import unpack_payload
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.coupons import find_coupon
from hq.__main__ import main
from hq.batches.ending import void_batch
from hq.batches.making import PAGE, begin_batch, carry_on, make_batch, missing
from hq.batches.models import BatchCoupon, CouponBatch
from hq.batches.serial_file import read_serials
from hq.devices.models import Store
from hq.devices.signing_key import hq_keys
from hq.ledger.models import Coupon, CouponSerial
from hq.ledger.serials import letters_of
from hq.programs import publishing
from sync.wire.feed import CouponRow
from tests import builders
from tests.hq.at_console import page
from tests.hq.at_once import at_once
from tests.hq.books import balance, require_sound_books
from tests.hq.programs import publish
from tests.service.shop import Shop

TODAY = builders.TODAY
TEN_OFF = builders.percent_off("ten", "0.1", kind="coupon", trigger="coupon")
PAGE_OF_BATCHES = "/console/coupon-batches/"
ALL = 2 * PAGE + 50


@pytest.fixture(autouse=True)
def program_set(hq, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    yield publish(TEN_OFF)
    require_sound_books()


@pytest.fixture
def till(tmp_path):
    made = Shop(tmp_path)
    yield made
    made.close()


def facts() -> dict[str, object]:
    return {
        "program_id": "ten",
        "stores": [Store.objects.get()],
        "valid_from": TODAY,
        "valid_until": TODAY,
        "title": "Spring",
        "by": "ana",
        "now_ms": builders.NOW_MS,
    }


def stopped(_count: int) -> None:
    raise KeyboardInterrupt


def an_interrupted_batch(count: int = ALL) -> CouponBatch:
    """Begun, and stopped after its first page."""
    batch = begin_batch(publishing.active(), serials=count, **facts())
    with pytest.raises(KeyboardInterrupt):
        carry_on(batch, builders.NOW_MS, progress=stopped)
    return batch


def states(batch: CouponBatch) -> dict[str, int]:
    ids = BatchCoupon.objects.filter(batch_id=batch.pk).values_list("pk", flat=True)
    found: dict[str, int] = {}
    for state in Coupon.objects.filter(pk__in=list(ids)).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def a_file(first: int, count: int) -> bytes:
    lines = (f"{number:012d}" for number in range(first, first + count))
    return ("serial\n" + "\n".join(lines) + "\n").encode()


# One serial, one coupon


def test_of_two_who_import_one_file_at_the_same_moment_one_does():
    # Both have read it, and found every serial new, before either makes anything.
    both = [read_serials(a_file(0, 300)).serials for _ in range(2)]

    def imports(serials):
        def task() -> str:
            try:
                make_batch(publishing.active(), serials=serials, **facts())
            except LoyaltyError as error:
                return error.code
            return "made"

        return task

    assert sorted(at_once(*map(imports, both))) == ["made", "serial_taken"]

    assert CouponBatch.objects.count() == 1
    assert len({letters_of(one) for one in Coupon.objects.values_list("pk", flat=True)}) == 300
    assert Coupon.objects.count() == 300


def test_a_serial_that_was_imported_in_the_meantime_leaves_nothing_half_made():
    serials = read_serials(a_file(200, 300)).serials
    make_batch(publishing.active(), serials=read_serials(a_file(0, 300)).serials, **facts())

    with pytest.raises(LoyaltyError) as error:
        make_batch(publishing.active(), serials=serials, **facts())

    assert error.value.code == "serial_taken"
    assert (CouponBatch.objects.count(), Coupon.objects.count()) == (1, 300)
    assert (BatchCoupon.objects.count(), CouponSerial.objects.count()) == (300, 300)


def test_the_serials_of_coupons_that_were_there_before_are_known_after_the_upgrade():
    make_batch(publishing.active(), serials=["ABCDEFGHJKMN"], **facts())

    call_command("migrate", "ledger", "0003_coupon_bound", verbosity=0)
    call_command("migrate", "ledger", verbosity=0)

    assert list(CouponSerial.objects.values_list("serial", flat=True)) == ["ABCDEFGHJKMN"]


# What was interrupted


def test_a_batch_that_was_interrupted_is_carried_on_where_it_stopped():
    batch = an_interrupted_batch()
    begun = set(BatchCoupon.objects.values_list("pk", flat=True))
    assert (states(batch), len(missing(batch.pk))) == ({"free": PAGE}, ALL - PAGE)

    assert carry_on(batch, builders.NOW_MS) == ALL - PAGE
    assert carry_on(batch, builders.NOW_MS) == 0

    assert set(Coupon.objects.values_list("pk", flat=True)) == begun
    assert {balance(one, coupon_unit(one))["available"] for one in begun} == {1}


def test_two_who_carry_on_at_once_make_every_coupon_once():
    batch = an_interrupted_batch()

    counts = at_once(*[lambda: carry_on(batch, builders.NOW_MS)] * 2)

    assert sum(counts) == ALL - PAGE
    assert states(batch) == {"free": ALL}


def test_a_batch_that_was_made_void_half_way_is_not_carried_on():
    batch = an_interrupted_batch()

    assert void_batch(batch, "misprinted", builders.NOW_MS) == PAGE
    with pytest.raises(LoyaltyError) as error:
        carry_on(batch, builders.NOW_MS)

    assert error.value.code == "batch_void"
    assert states(batch) == {"void": PAGE}


def test_making_void_needs_a_reason_and_keeps_the_first_one():
    batch = an_interrupted_batch()
    with pytest.raises(LoyaltyError) as error:
        void_batch(batch, "  ", builders.NOW_MS)
    assert (error.value.code, states(batch)) == ("reason_missing", {"free": PAGE})

    void_batch(batch, "misprinted", builders.NOW_MS)
    assert void_batch(batch, "again", builders.NOW_MS) == 0
    assert CouponBatch.objects.get().void_reason == "misprinted"


def test_making_void_that_was_interrupted_is_taken_up_again():
    batch = make_batch(publishing.active(), serials=3, **facts())
    CouponBatch.objects.update(void_reason="misprinted")

    assert void_batch(batch, "", builders.NOW_MS) == 3
    assert states(batch) == {"void": 3}


def test_an_electronic_coupon_keeps_its_owner_through_an_interruption():
    owners = [uuid.uuid4() for _ in range(PAGE + 5)]
    batch = begin_batch(publishing.active(), serials=0, owners=owners, **facts())
    with pytest.raises(KeyboardInterrupt):
        carry_on(batch, builders.NOW_MS, progress=stopped)

    carry_on(batch, builders.NOW_MS)

    made = Coupon.objects.filter(bound=True).values_list("owner_account_id", flat=True)
    assert sorted(made) == sorted(owners)


def test_the_page_says_what_is_missing_and_makes_it(console):
    batch = an_interrupted_batch()
    assert f"{ALL - PAGE} not made yet" in page(console, PAGE_OF_BATCHES)

    text = console.post(PAGE_OF_BATCHES, {"carry_on": str(batch.pk)}, follow=True).content.decode()

    assert f"{ALL - PAGE} coupons were made." in text
    assert "not made yet" not in text and "Make the rest" not in text


# The command


def words(data_dir, *told: str) -> list[str]:
    return ["coupon-batch", told[0], "--data", str(data_dir), *told[1:]]


def test_the_command_that_was_interrupted_says_how_to_carry_on_and_leaves_no_file(
    data_dir, tmp_path, capsys, monkeypatch
):
    folder = tmp_path / "files"
    folder.mkdir()
    file = folder / "coupons.csv"
    make = ["make", "--store", Store.objects.get().pk, "--program", "ten"]
    make += ["--from", "2026-11-22", "--until", "2026-12-31", "--count", str(ALL), "--csv", str(file)]
    with monkeypatch.context() as patch:
        patch.setattr("hq.batches.cli._coupons_made", stopped)
        assert main(words(data_dir, *make)) == 1

    batch = CouponBatch.objects.get()
    told = capsys.readouterr()
    assert told.out == f"Batch {batch.pk}\n"
    assert f"{ALL - PAGE} coupons of batch {batch.pk} are not made yet." in told.err
    assert f"regulars-hq coupon-batch resume {batch.pk}" in told.err
    assert list(folder.iterdir()) == []

    assert main(words(data_dir, "list")) == 0
    assert f"{ALL - PAGE} not made yet" in capsys.readouterr().out
    assert main(words(data_dir, "resume", str(batch.pk), "--csv", str(file))) == 0
    assert capsys.readouterr().out == f"{ALL} coupons\n"
    assert len(file.read_text("utf-8").splitlines()) == ALL + 1
    assert list(folder.iterdir()) == [file]


def test_a_batch_is_written_to_a_file_and_made_void_by_command(data_dir, tmp_path, capsys):
    batch, file = str(an_interrupted_batch().pk), tmp_path / "now.csv"

    assert main(words(data_dir, "export", batch, "--csv", str(file))) == 0
    told = capsys.readouterr()
    assert told.out == f"{PAGE} coupons\n"
    assert "are not made yet" in told.err
    assert len(file.read_text("utf-8").splitlines()) == PAGE + 1
    before = file.read_bytes()
    assert main(words(data_dir, "export", batch, "--csv", str(file))) == 1
    assert "it exists already" in capsys.readouterr().err
    assert file.read_bytes() == before

    assert main(words(data_dir, "void", batch, "--reason", "misprinted")) == 0
    assert capsys.readouterr().out == f"{PAGE} coupons that were not used count no more.\n"
    assert CouponBatch.objects.get().void_reason == "misprinted"
    assert main(words(data_dir, "resume", batch, "--csv", str(tmp_path / "more.csv"))) == 1
    assert "was made void" in capsys.readouterr().err
    assert not (tmp_path / "more.csv").exists()
    for unknown in (str(uuid.uuid4()), "x"):
        assert main(words(data_dir, "void", unknown, "--reason", "why")) == 1
        assert "HQ has no coupon batch" in capsys.readouterr().err


# The code that a register scans


def test_the_files_code_is_signed_by_hq_and_finds_the_coupon_at_a_register(lane, till, data_dir, tmp_path):
    batch = make_batch(publishing.active(), serials=1, **facts())
    (coupon_id,) = BatchCoupon.objects.values_list("pk", flat=True)
    file = tmp_path / "coupons.csv"
    assert main(words(data_dir, "export", str(batch.pk), "--csv", str(file))) == 0
    header, row = (line.split(",") for line in file.read_text("utf-8").splitlines())
    code = dict(zip(header, row, strict=True))["qr"]

    payload = unpack_payload(code)
    assert payload is not None
    (public,) = hq_keys().values()
    Ed25519PublicKey.from_public_bytes(public).verify(payload.signature, payload.signed_bytes)
    till.hears(*(each for each in lane.pull() if isinstance(each, CouponRow)))
    reader = till.store.reader()
    assert find_coupon(reader, code, till.key).coupon_id == coupon_id
