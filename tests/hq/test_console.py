"""The console: every page renders with real data, nobody gets in without signing on, and every change is a POST."""

from __future__ import annotations

import re

import msgspec
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hq.devices.models import Chain, EnrolmentCode, Register, Store
from hq.ingest.models import Quarantine, Sale
from hq.programs.models import ProgramSetVersion
from tests import builders
from tests.hq.shop import IOANA, IOANA_CARD

POINTS = builders.POINTS


@pytest.fixture
def staff(hq):
    return User.objects.create_superuser("andrei", "andrei@example.com", "piata-mare-14")


@pytest.fixture
def console(staff):
    client = Client(enforce_csrf_checks=False)
    client.force_login(staff)
    return client


@pytest.fixture
def busy(lane):
    """A shop in the middle of its day: sales, a spend, a coupon, an enrolment, something in quarantine."""
    (grant,) = lane.ask(IOANA, POINTS, 500)
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
    lane.ask(IOANA, POINTS, 100)
    lane.sync()
    return lane


def page(console, path, **query):
    response = console.get(path, query)
    assert response.status_code == 200, (path, response.status_code)
    text = response.content.decode()
    assert "http://" not in re.sub(r"http://www\.w3\.org/\S+", "", text), (
        "a page loads something from elsewhere"
    )
    return text


def row_of(model, **facts):
    return model.objects.get(**facts)


@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/console/ledger/",
        "/console/ingest/consolesale/",
        "/console/members/consolemember/",
        "/console/programs/programsetversion/",
        "/console/programs/programsetversion/add/",
        "/console/ingest/consolequarantine/",
        "/console/devices/register/",
        "/console/devices/store/",
        "/console/auth/user/",
        "/console/auth/user/add/",
        "/console/auth/group/",
        "/console/admin/logentry/",
        "/console/password_change/",
    ],
)
def test_every_page_shows_itself_and_only_to_staff(console, busy, path):
    page(console, path)

    stranger = Client().get(path)

    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/console/login/")


def test_every_page_shows_itself_before_the_first_register(console):
    for path in (
        "/console/",
        "/console/ledger/",
        "/console/devices/register/",
        "/console/ingest/consolesale/",
    ):
        page(console, path)


def test_the_start_page_says_what_needs_a_person(console, busy):
    text = page(console, "/console/")

    assert "2 entries in quarantine" in text
    assert "Register 1" in text
    assert "Points owed" in text


def test_the_start_page_counts_the_days_sales(console, busy, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)

    text = page(console, "/console/")

    assert "3 sales" in text
    assert 'class="members"' in text


def test_a_sale_is_shown_like_its_receipt_with_the_reason_for_every_program(console, busy):
    sale = row_of(Sale, points_spent=500)

    text = page(console, f"/console/ingest/consolesale/{sale.sale_id}/change/")

    for said in (
        "Milk",
        "Reward 5",
        "200.00",
        "Ioana Munteanu",
        "500 points spent",
        "a coupon for the next visit",
    ):
        assert said in text, said
    assert "No coupon was presented" in text


def test_a_quarantined_sale_says_so_and_leads_there(console, busy):
    sale = row_of(Sale, state="quarantined")
    held = row_of(Quarantine, code="replay_difference")

    text = page(console, f"/console/ingest/consolesale/{sale.sale_id}/change/")

    assert "HQ calculates another result" in text
    assert f"/console/ingest/consolequarantine/{held.quarantine_id}/change/" in text


@pytest.mark.parametrize(
    "typed", ["ioana", "IOANA mun", "munteanu", IOANA_CARD, "0721 000 101", "+40721000101", str(IOANA)]
)
def test_a_member_is_found_by_name_card_or_phone(console, hq, typed):
    text = page(console, "/console/members/consolemember/", q=typed)

    assert "Ioana Munteanu" in text
    assert "Mehmet" not in text


def test_part_of_a_phone_finds_nobody(console, hq):
    assert "Ioana Munteanu" not in page(console, "/console/members/consolemember/", q="0721 000")


def test_a_members_page_shows_balances_sales_and_ledger(console, busy):
    text = page(console, f"/console/members/consolemember/{IOANA}/change/")

    assert "points:points" in text
    assert "2,021" in text  # 2340 less 500, and 181 earned
    assert IOANA_CARD in text
    assert "redeemed:brasov-1" in text


def test_a_name_is_never_markup(console, busy):
    text = page(console, "/console/members/consolemember/", q="dumitru")

    assert "<b>Dumitru" not in text
    assert "&lt;b&gt;Dumitru" in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"q": "ioana"}, True),
        ({"q": "mehmet"}, False),
        ({"kind": "redemption"}, True),
        ({"kind": "x"}, True),
        ({"p": "999"}, True),
        ({"q": str(IOANA)}, True),
    ],
)
def test_the_ledger_is_searched_by_person_and_kind(console, busy, query, seen):
    assert ("redeemed:brasov-1" in page(console, "/console/ledger/", **query)) is seen


def test_quarantine_shows_reason_and_bytes(console, busy):
    unreadable = row_of(Quarantine, code="undecodable")
    differing = row_of(Quarantine, code="replay_difference")

    assert "00 20 6e 6f 74" in page(
        console, f"/console/ingest/consolequarantine/{unreadable.quarantine_id}/change/"
    )
    text = page(console, f"/console/ingest/consolequarantine/{differing.quarantine_id}/change/")
    assert "&quot;total_minor&quot;: 1" in text
    assert "The sale says total 1" in text


def test_looking_at_an_entry_takes_it_off_the_list(console, busy):
    held = row_of(Quarantine, code="undecodable")
    address = f"/console/ingest/consolequarantine/{held.quarantine_id}"

    console.post(f"{address}/seen/")

    assert row_of(Quarantine, code="undecodable").state == "seen"
    assert str(held.quarantine_id) not in page(console, "/console/ingest/consolequarantine/")
    assert str(held.quarantine_id) in page(console, "/console/ingest/consolequarantine/", state="all")
    assert LogEntry.objects.get().change_message == "looked at"


def test_trying_again_says_what_came_of_it(console, busy):
    held = row_of(Quarantine, code="undecodable")

    response = console.post(f"/console/ingest/consolequarantine/{held.quarantine_id}/again/", follow=True)

    assert "Nothing has changed" in response.content.decode()
    assert row_of(Quarantine, code="undecodable").state == "waiting"


def test_a_store_gives_an_enrolment_code_once(console, hq):
    response = console.post(f"/console/devices/store/{builders.STORE}/enrolment-code/")

    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", response.content.decode())
    assert code is not None
    assert EnrolmentCode.objects.get().lookup == code[0][:4]
    assert code[0] not in page(console, f"/console/devices/store/{builders.STORE}/change/")
    assert code[0][5:] not in page(console, "/console/admin/logentry/")


def test_revoking_a_register_asks_first(console, busy):
    address = f"/console/devices/register/{busy.register_id}"
    assert "will send nothing" in page(console, f"{address}/revoke/")
    assert Register.objects.get().state == "active"

    console.post(f"{address}/revoke/")

    assert Register.objects.get().state == "revoked"
    assert Chain.objects.get().state == "revoked"
    assert busy.push().chain_state == "revoked"
    assert "Revoked" in page(console, f"{address}/change/")


def upload(console, data):
    return console.post(
        "/console/programs/programsetversion/add/",
        {"file": SimpleUploadedFile("set.json", data, "application/json")},
        follow=True,
    )


def test_a_program_set_is_uploaded_looked_at_and_published(console, lane):
    lane.pull()
    response = upload(console, builders.program_set_bytes(*builders.demo_programs(), version=2))
    version = ProgramSetVersion.objects.get(version=2)
    assert "is a draft now" in response.content.decode()
    assert "Dairy 20" in page(console, f"/console/programs/programsetversion/{version.pk}/change/")

    console.post(f"/console/programs/programsetversion/{version.pk}/publish/")

    assert ProgramSetVersion.objects.get(state="active").version == 2
    assert [row.version for row in lane.pull()] == [2]


def test_a_broken_program_set_is_refused_in_one_sentence_with_its_place(console, hq):
    response = upload(
        console, builders.program_set_bytes({**builders.dairy_20(), "rewards": [{"type": "percent_off"}]})
    )

    assert "`programs[0].rewards[0].rate` is missing" in response.content.decode()
    assert ProgramSetVersion.objects.count() == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 50_000, b"{}"])
def test_a_file_that_is_no_program_set_is_refused(console, hq, data):
    response = upload(console, data)

    assert response.status_code == 200
    assert ProgramSetVersion.objects.count() == 1


def test_what_this_release_cannot_run_is_told_before_publishing(console, hq):
    upload(console, builders.program_set_bytes({**builders.dairy_20(), "needs": ["telepathy"]}, version=2))
    version = ProgramSetVersion.objects.get(version=2)

    text = page(console, f"/console/programs/programsetversion/{version.pk}/change/")

    assert "1 program will be switched off" in text
    assert "Needs a newer version: telepathy" in text


CHANGES = [
    "/console/devices/register/{register}/revoke/",
    "/console/devices/store/brasov-1/enrolment-code/",
    "/console/programs/programsetversion/1/publish/",
    "/console/ingest/consolequarantine/{held}/seen/",
    "/console/ingest/consolequarantine/{held}/again/",
]


def address(path, lane):
    return path.format(register=lane.register_id, held=Quarantine.objects.first().quarantine_id)


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_needs_a_form_of_our_own(staff, busy, path):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)

    assert strict.post(address(path, busy)).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
def test_looking_changes_nothing(console, busy, path):
    before = (
        EnrolmentCode.objects.count(),
        Register.objects.get().state,
        list(Quarantine.objects.values_list("state")),
    )

    assert console.get(address(path, busy)).status_code in (200, 405)

    after = (
        EnrolmentCode.objects.count(),
        Register.objects.get().state,
        list(Quarantine.objects.values_list("state")),
    )
    assert before == after


@pytest.mark.parametrize("path", CHANGES)
def test_staff_who_may_only_look_change_nothing(busy, path):
    reader = User.objects.create_user("reader", password="x", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(reader)

    assert client.post(address(path, busy)).status_code == 403
    page(client, "/console/")
    page(client, "/console/devices/register/")


def test_staff_without_rights_see_nothing(busy):
    nobody = User.objects.create_user("nobody", password="x", is_staff=True)
    client = Client()
    client.force_login(nobody)

    assert client.get("/console/ledger/").status_code == 403
    assert client.get("/console/ingest/consolesale/").status_code == 403
    assert client.get(f"/console/members/consolemember/{IOANA}/change/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/console/ingest/consolesale/{missing}/change/",
        "/console/ingest/consolesale/nonsense/change/",
        "/console/members/consolemember/{missing}/change/",
        "/console/devices/register/nobody/change/",
        "/console/devices/register/nobody/revoke/",
        "/console/ingest/consolequarantine/{missing}/again/",
        "/console/programs/programsetversion/999/publish/",
    ],
)
def test_what_is_not_there_is_not_found(console, hq, path):
    assert console.post(path.format(missing=builders.an_id(1))).status_code == 404


@pytest.mark.parametrize("language", ["en", "ro", "tr", "zh-hans"])
def test_pages_come_in_the_languages_of_the_staff(console, busy, language):
    assert console.get("/console/", headers={"accept-language": language}).status_code == 200


def test_the_front_door_leads_to_the_console(hq):
    response = Client().get("/")

    assert (response.status_code, response["Location"]) == (302, "/console/")


def test_the_consoles_own_styles_are_served_by_hq(hq):
    import requests

    for path in ("/static/console/console.css", "/static/unfold/css/styles.css"):
        assert requests.get(hq.url + path, timeout=5).status_code == 200


def test_a_member_of_a_merged_account_shows_both_accounts(console, lane, other_lane):
    first = lane.enrol_member(("phone", "+40721000999"), name="Ana Pop")
    lane.sync()
    second = other_lane.enrol_member(("phone", "+40721000999"), name="Ana Pop")
    other_lane.sync()

    assert str(second) in page(console, f"/console/members/consolemember/{first}/change/")


def test_sales_are_found_by_receipt_and_by_member(console, busy):
    sale = row_of(Sale, points_spent=500)

    assert str(sale.sale_id) in page(console, "/console/ingest/consolesale/", q=sale.receipt_number)
    found = page(console, "/console/ingest/consolesale/", q="ioana")
    assert str(sale.sale_id) in found
    assert Store.objects.get().name in page(console, f"/console/ingest/consolesale/{sale.sale_id}/change/")
