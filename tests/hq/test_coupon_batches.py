"""Coupons made many at a time at HQ: free for any lane of their store, used once, in a file for whoever prints them."""

from __future__ import annotations

import csv
import datetime
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agent.domain.coupon import id_with_serial, serial, serial_letters
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.domain.quote_input import CouponClaim
from hq.__main__ import main
from hq.batches.coupon_file import HEADER, write_coupons
from hq.batches.ending import void_batch
from hq.batches.making import make_batch
from hq.batches.models import BatchCoupon, CouponBatch
from hq.batches.serial_file import read_serials
from hq.devices.models import Store
from hq.ledger.models import Coupon
from hq.membership import joining
from hq.programs import publishing
from hq.segments.models import MemberSegment
from sync.wire.feed import CouponRow
from sync.wire.messages import Want
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import balance, quarantined, require_sound_books
from tests.hq.programs import publish
from tests.hq.shop import IOANA, IOANA_CARD, MEHMET
from tests.service.shop import Shop

TODAY = builders.TODAY
LATER = TODAY + datetime.timedelta(days=30)
TEN_OFF = builders.percent_off("ten", "0.1", kind="coupon", trigger="coupon")
PAGE = "/console/coupon-batches/"
PRINTED = ("ABCD-EFGH-JKMN", "0000 0000 0001")


@pytest.fixture(autouse=True)
def program_set(hq, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    yield publish(TEN_OFF)
    require_sound_books()


def a_batch(serials: list[str] | int = 3, **changed) -> CouponBatch:
    facts = {
        "program_id": "ten",
        "stores": [Store.objects.get()],
        "valid_from": TODAY,
        "valid_until": LATER,
        "title": "Spring",
        "by": "ana",
        "now_ms": builders.NOW_MS,
    }
    return make_batch(publishing.active(), serials=serials, **{**facts, **changed})


def ids(batch: CouponBatch) -> list[uuid.UUID]:
    return list(BatchCoupon.objects.filter(batch_id=batch.pk).order_by("pk").values_list("pk", flat=True))


def told(lane) -> list[CouponRow]:
    return [row for row in lane.pull() if isinstance(row, CouponRow)]


def table(batch: CouponBatch) -> list[list[str]]:
    file = io.StringIO(newline="")
    write_coupons(batch, file)
    return list(csv.reader(io.StringIO(file.getvalue())))


def uses(lane, coupon_id: uuid.UUID, program_set, member=None):
    (grant,) = lane.ask(coupon_id, coupon_unit(coupon_id), 1)
    claim = CouponClaim(coupon_id=coupon_id, program_id="ten", valid_from=TODAY, valid_until=LATER, held=True)
    sale = lane.a_sale(
        builders.a_line("bread", 10_00),
        coupons=[claim],
        coupon_grants={coupon_id: grant.grant_id},
        member=member,
        program_set=program_set,
    )
    lane.append(sale)
    lane.sync()
    return sale


def test_each_coupon_of_a_batch_is_an_account_of_its_own_and_every_lane_hears_of_it(lane):
    batch = a_batch(450)

    assert len(ids(batch)) == len({serial(one) for one in ids(batch)}) == 450
    coupon_id = ids(batch)[0]
    assert balance(coupon_id, coupon_unit(coupon_id)) == {"available": 1, f"issued:{lane.store_id}": -1}
    rows = told(lane)
    assert {row.coupon_id for row in rows} == set(ids(batch))
    assert {(row.state, row.program_id, row.valid_until) for row in rows} == {("free", "ten", LATER)}


def test_a_coupon_is_used_once_whichever_lane_scans_it(lane, other_lane, program_set):
    coupon_id = ids(a_batch())[0]

    sale = uses(lane, coupon_id, program_set)

    assert (sale.total_minor, quarantined()) == (9_00, [])
    assert other_lane.push(wants=[Want(coupon_id, coupon_unit(coupon_id), 1)]).grants == ()
    assert told(other_lane)[-1].state == "redeemed"


def test_a_register_finds_it_by_the_letters_that_somebody_printed(lane, shop_at_a_till: Shop):
    a_batch([letters for text in PRINTED if (letters := serial_letters(text))])
    shop_at_a_till.hears(*told(lane))
    from agent.service import coupons

    reader = shop_at_a_till.store.reader()
    assert coupons.knows_serial(reader, "abcd efgh jkmn")
    assert not coupons.knows_serial(reader, "ABCD-EFGH-JKMP")


@pytest.fixture
def shop_at_a_till(tmp_path):
    made = Shop(tmp_path)
    yield made
    made.close()


def test_the_letters_of_a_serial_make_an_id_with_that_serial():
    made = id_with_serial(uuid.UUID(int=2**127 - 1), "ABCDEFGHJKMN")

    assert serial(made) == "ABCD EFGH JKMN"
    assert serial_letters("abcd-efgh jkmn") == "ABCDEFGHJKMN"
    assert [serial_letters(text) for text in ("ABCD", "ABCDEFGHIJKL", "", "ABCDEFGHJKMNP")] == [None] * 4


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"program_id": "points"}, "no_coupon_program"),
        ({"program_id": "nothing"}, "no_coupon_program"),
        ({"valid_until": TODAY - datetime.timedelta(days=1)}, "dates"),
        ({"serials": 0}, "batch_size"),
        ({"serials": 100_001}, "batch_size"),
        ({"serials": []}, "batch_size"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_and_nothing_is_made(changed, code):
    with pytest.raises(LoyaltyError) as error:
        a_batch(**{"serials": 3, **changed})

    assert error.value.code == code
    assert CouponBatch.objects.count() == 0


def test_a_file_of_serials_is_taken_whole_or_every_wrong_line_is_named():
    a_batch(["ABCDEFGHJKMN"])
    text = "serial\n0000-0000-0001\nABCD EFGH JKMN\n0000 0000 0001\nOOPS\n"

    read = read_serials(text.encode())

    assert read.serials == []
    assert [str(problem) for problem in read.problems] == [
        "Line 3: HQ has a coupon ABCDEFGHJKMN already.",
        "Line 4: the serial 000000000001 is on a line above.",
        (
            "Line 5: a serial has twelve letters and digits without I, L, O and U; "
            "spaces and dashes may stand between them."
        ),
    ]
    assert read_serials(b"serial\n0000-0000-0001\n").serials == ["000000000001"]


def test_the_file_of_a_batch_says_what_became_of_each(lane, program_set):
    batch = a_batch(2)
    used = ids(batch)[0]
    uses(lane, used, program_set)

    header, *rows = table(batch)

    assert tuple(header) == HEADER
    assert rows[0][:6] == [serial(used), "ten", TODAY.isoformat(), LATER.isoformat(), "redeemed", "100"]
    assert rows[0][6:8] == [TODAY.isoformat(), lane.store_id]
    assert rows[1][4:8] == ["free", "0", "", ""]


def test_what_was_not_used_can_be_made_void(lane, program_set):
    batch = a_batch(3)
    used, held, free = ids(batch)
    uses(lane, used, program_set)
    lane.ask(held, coupon_unit(held), 1)

    assert void_batch(batch, "misprinted", builders.NOW_MS) == 2

    assert [row[4] for row in table(batch)[1:]] == ["redeemed", "void", "void"]
    assert lane.push(wants=[Want(free, coupon_unit(free), 1)]).grants == ()
    assert CouponBatch.objects.get().void_reason == "misprinted"


def test_staff_make_a_batch_read_its_file_and_end_it(console):
    told_form = {
        "title": "Spring",
        "program": "ten",
        "stores": [Store.objects.get().pk],
        "valid_from": TODAY.isoformat(),
        "valid_until": LATER.isoformat(),
        "count": "5",
    }
    text = console.post(PAGE, told_form, follow=True).content.decode()
    assert "5 coupons were made." in text and "Spring" in text
    batch = CouponBatch.objects.get()
    file = console.get(f"{PAGE}{batch.pk}.csv")
    assert file["Content-Type"].startswith("text/csv")
    assert len(file.content.decode().splitlines()) == 6

    text = console.post(PAGE, {"void": str(batch.pk), "reason": "wrong text"}, follow=True).content.decode()
    assert "5 coupons that were not used count no more." in text and "wrong text" in text


def test_staff_upload_serials_that_were_printed_elsewhere(console):
    form = {
        "program": "ten",
        "stores": [Store.objects.get().pk],
        "valid_from": TODAY.isoformat(),
        "valid_until": LATER.isoformat(),
    }
    wrong = SimpleUploadedFile("serials.csv", b"serial\nnonsense\n")
    assert "Line 2" in console.post(PAGE, {**form, "file": wrong}).content.decode()
    assert CouponBatch.objects.count() == 0

    good = SimpleUploadedFile("serials.csv", "serial\n{}\n{}\n".format(*PRINTED).encode())
    console.post(PAGE, {**form, "file": good})
    assert sorted(serial(one) for one in ids(CouponBatch.objects.get())) == [
        "0000 0000 0001",
        "ABCD EFGH JKMN",
    ]


def test_the_page_is_for_who_may_see_it_and_making_for_who_may_make(hq):
    assert staff_with("ana", "view_member").get(PAGE).status_code == 403
    reader = staff_with("dan", "view_couponbatch")
    assert "Make the coupons" not in page(reader, PAGE)
    assert reader.post(PAGE, {"count": "1"}).status_code == 403
    assert reader.post(PAGE, {"void": str(uuid.uuid4())}).status_code == 403


def test_the_command_makes_a_batch_and_writes_its_file(data_dir, tmp_path, capsys):
    store, file = Store.objects.get().pk, tmp_path / "coupons.csv"
    words = ["coupon-batch", "make", "--data", str(data_dir), "--store", store, "--program", "ten"]
    words += ["--from", "2026-11-22", "--until", "2026-12-31", "--csv", str(file)]

    assert main([*words, "--count", "7"]) == 0
    assert len(file.read_text("utf-8").splitlines()) == 8
    assert main([*words, "--count", "7"]) == 1, "a file that is there is not written over"
    serials = tmp_path / "serials.csv"
    serials.write_text("serial\nx\n", "utf-8")
    words[-1] = str(tmp_path / "more.csv")
    assert main([*words, "--serials", str(serials)]) == 1
    assert "Line 2: a serial has twelve letters" in capsys.readouterr().err
    assert CouponBatch.objects.count() == 1


def electronic(*owners: uuid.UUID) -> list[uuid.UUID]:
    return ids(a_batch(owners=list(owners)))


def a_claim(coupon_id: uuid.UUID) -> CouponClaim:
    return CouponClaim(coupon_id=coupon_id, program_id="ten", valid_from=TODAY, valid_until=LATER, held=True)


def test_an_electronic_coupon_is_told_with_its_owner_and_used_by_them(lane, program_set):
    (coupon_id,) = electronic(IOANA)
    assert [row.owner for row in told(lane) if row.coupon_id == coupon_id] == [IOANA]

    ioana = builders.a_member(0, member_id=IOANA, account_id=IOANA)
    uses(lane, coupon_id, program_set, member=ioana)

    assert quarantined() == []


@pytest.mark.parametrize("who", [MEHMET, None])
def test_somebody_elses_electronic_coupon_is_spent_and_waits_for_a_person(lane, program_set, who):
    (coupon_id,) = electronic(IOANA)
    member = builders.a_member(0, member_id=who, account_id=who) if who else None

    uses(lane, coupon_id, program_set, member=member)

    assert [code for _seq, code, _state in quarantined()] == ["wrong_account"]
    assert balance(coupon_id, coupon_unit(coupon_id))[f"redeemed:{lane.store_id}"] == 1


def test_who_was_merged_into_another_uses_their_coupons_as_that_one(lane, program_set):
    (coupon_id,) = electronic(MEHMET)
    joining.merge(MEHMET, IOANA, builders.NOW_MS)

    uses(lane, coupon_id, program_set, member=builders.a_member(0, member_id=IOANA, account_id=IOANA))

    assert quarantined() == []


@pytest.mark.parametrize(
    ("form", "owners"),
    [
        ({"to": "members"}, {IOANA, MEHMET}),
        ({"to": "segment:early"}, {MEHMET}),
        ({"members": f"member\n{IOANA_CARD}\n"}, {IOANA}),
    ],
)
def test_staff_give_electronic_coupons_to_members(console, form, owners):
    MemberSegment.objects.create(member_id=MEHMET, segment="early", kept=False, since_ms=1)
    if "members" in form:
        form = {"members": SimpleUploadedFile("members.csv", form["members"].encode())}
    words = {
        "program": "ten",
        "stores": [Store.objects.get().pk],
        "valid_from": TODAY.isoformat(),
        "valid_until": LATER.isoformat(),
    }

    console.post(PAGE, {**words, **form})

    made = Coupon.objects.filter(bound=True)
    assert {one.owner_account_id for one in made} >= owners
    assert len(made) == made.values("owner_account_id").distinct().count()


def test_a_list_of_members_with_a_mistake_makes_nothing(console):
    words = {
        "program": "ten",
        "stores": [Store.objects.get().pk],
        "valid_from": TODAY.isoformat(),
        "valid_until": LATER.isoformat(),
    }
    file = SimpleUploadedFile("members.csv", f"member\n{IOANA_CARD}\nnobody\n{IOANA}\n".encode())

    text = console.post(PAGE, {**words, "members": file}).content.decode()

    assert "Line 3: no member has this phone" in text
    assert "Line 4: the member, or their household, is on a line above." in text
    assert CouponBatch.objects.count() == 0
