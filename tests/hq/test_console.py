"""The console: every page renders with real data, nobody gets in without signing on, and every change is a POST."""

from __future__ import annotations

import re
import zlib

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hq.devices.models import Chain, EnrolmentCode, Register, Store
from hq.ingest.models import Quarantine, Sale
from hq.programs.models import ProgramSetVersion
from sync.wire.entries import ForkedEntry, encode_entry
from tests import builders
from tests.hq.at_console import page, row_of
from tests.hq.shop import IOANA, IOANA_CARD


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
        assert requests.get(hq.url + path, timeout=60).status_code == 200


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


def test_a_sale_of_a_provisional_account_shows_the_owner_once_known(console, lane, other_lane):
    stranger = builders.a_member(
        0, member_id=builders.an_id(71), account_id=builders.an_id(71), provisional=True
    )
    blob = lane.personal_data(stranger.member_id, ("phone", "+40721000999"))
    sale = lane.sell(builders.a_line("bread", 40_00), member=stranger, blob=blob)
    lane.sync()
    other_lane.enrol_member(("phone", "+40721000999"), name="Ana Pop")
    other_lane.sync()

    listed = page(console, "/console/ingest/consolesale/")
    found = page(console, "/console/ingest/consolesale/", q="ana pop")
    shown = page(console, f"/console/ingest/consolesale/{sale.sale_id}/change/")

    assert "Ana Pop" in listed and "not known yet" not in listed
    assert str(sale.sale_id) in found
    assert "Ana Pop" in shown
    (link,) = set(re.findall(r"/console/members/consolemember/[0-9a-f-]+/change/", shown))
    assert "Ana Pop" in page(console, link)


def test_a_forked_register_says_what_a_person_does(console, lane):
    lane.sell(builders.a_line("bread", 40_00))
    lane.sync()
    lane.journal.pop()
    lane.hashes.pop()
    lane.sell(builders.a_line("bread", 99_00))
    lane.push(since=0)

    text = page(console, f"/console/devices/register/{lane.register_id}/change/")

    assert "Another copy of this register has written" in text
    assert f"/console/devices/store/{lane.store_id}/change/" in text


def test_a_restored_hq_says_for_whom_it_waits(console, lane):
    lane.sync()
    Chain.objects.update(reported=False)

    assert "No points can be spent until it was heard" in page(console, "/console/")


def test_an_entry_of_an_earlier_journal_is_shown_as_what_it_carries(console, lane):
    sale = lane.a_sale(builders.a_line("rye bread", 40_00))
    kind, version, body = encode_entry(sale)
    lane.append(
        ForkedEntry(
            chain_id=builders.an_id(9),
            seq=7,
            kind=kind,
            version=version,
            hash="ab" * 32,
            packed=zlib.compress(body),
        )
    )
    lane.sync()

    text = page(
        console, f"/console/ingest/consolequarantine/{Quarantine.objects.get().quarantine_id}/change/"
    )

    assert "rye bread" in text
    assert f"{builders.an_id(9)} / 7" in text


def test_a_packed_entry_that_would_fill_the_memory_is_not_unpacked(console, lane):
    packed = zlib.compress(bytes(64 * 1024 * 1024))
    lane.append(
        ForkedEntry(chain_id=builders.an_id(9), seq=7, kind=1, version=1, hash="ab" * 32, packed=packed)
    )
    lane.sync()

    text = page(
        console, f"/console/ingest/consolequarantine/{Quarantine.objects.get().quarantine_id}/change/"
    )

    assert len(text) < 4 * 1024 * 1024


def test_the_ledger_says_in_words_what_moved_where(console, busy):
    text = page(console, "/console/ledger/", q="ioana")

    for words in ("Leased to Register 1", "Issued by Piața Mare", "Redeemed at Piața Mare", ">Points<"):
        assert words in text
    assert f"lease:{busy.chain_id}" in text, "the ledger's own name is there to hover over"


def test_an_empty_list_offers_nothing_that_nobody_can_do(console, hq):
    for path in ("/console/ingest/consolequarantine/", "/console/ingest/consolesale/"):
        text = page(console, path)
        assert "Nothing here yet." in text
        assert "Create" not in text


def test_times_of_hq_itself_say_that_they_are_utc(console, hq):
    assert " UTC" in page(console, "/console/programs/programsetversion/")
