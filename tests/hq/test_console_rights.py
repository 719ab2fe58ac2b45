"""The console: who may see and do what, and that nothing on its pages does more than it says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from hq.devices.models import EnrolmentCode, Register, Store
from hq.ingest.models import Quarantine, Sale
from tests import builders
from tests.hq.at_console import page, row_of, staff_with
from tests.hq.shop import IOANA, IOANA_CARD

CHANGES = [
    "/console/devices/register/{register}/revoke/",
    "/console/devices/store/brasov-1/enrolment-code/",
    "/console/programs/programsetversion/1/publish/",
    "/console/ingest/consolequarantine/{held}/seen/",
    "/console/ingest/consolequarantine/{held}/again/",
    f"/console/members/consolemember/{IOANA}/card/",
    f"/console/members/consolemember/{IOANA}/merge/",
    f"/console/members/consolemember/{IOANA}/household/",
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


def test_who_may_not_see_members_sees_no_name_anywhere(busy):
    clerk = staff_with("clerk", "view_consolesale", "view_ledgerentry", "view_consolequarantine")
    sale = row_of(Sale, points_spent=500)
    held = [row.quarantine_id for row in Quarantine.objects.all()]

    for path in (
        "/console/",
        "/console/ledger/",
        "/console/ingest/consolesale/",
        f"/console/ingest/consolesale/{sale.sale_id}/change/",
        *(f"/console/ingest/consolequarantine/{one}/change/" for one in held),
    ):
        text = page(clerk, path)
        for personal in ("Ioana", "Munteanu", "Dumitru", "0721000", IOANA_CARD):
            assert personal not in text, (path, personal)


@pytest.mark.parametrize("typed", ["ioana", "0721 000 101", IOANA_CARD])
def test_who_may_not_see_members_cannot_search_for_them(busy, typed):
    clerk = staff_with("clerk", "view_consolesale", "view_ledgerentry")
    sale = row_of(Sale, points_spent=500)

    assert str(sale.sale_id) not in page(clerk, "/console/ingest/consolesale/", q=typed)
    assert "No entries." in page(clerk, "/console/ledger/", q=typed)
    assert str(sale.sale_id) in page(clerk, "/console/ingest/consolesale/", q=sale.receipt_number)


def test_the_start_page_shows_each_person_what_they_may_see(busy):
    nobody = staff_with("nobody")
    technician = staff_with("technician", "view_register", "view_store")
    clerk = staff_with("clerk", "view_consolesale")

    empty, registers, sales = (page(client, "/console/") for client in (nobody, technician, clerk))

    for text in (empty, registers):
        for word in ("Sales today", "Sales per day", "Points owed", "in quarantine"):
            assert word not in text
    assert "brasov-1-1" not in empty
    assert "Entries stored" in registers
    assert "Sales today" in sales
    assert "Entries stored" not in sales
    assert "Points owed" not in sales


def test_staff_who_manage_staff_cannot_make_themselves_more_powerful(busy):
    client = staff_with("office", "view_user", "add_user", "change_user", "view_group", "change_group")
    office = User.objects.get(username="office")
    owner = User.objects.create_superuser("owner", "o@example.com", "piata-mare-15")
    manager = User.objects.create_user("manager", password="piata-mare-15", is_staff=True)
    manager.user_permissions.set(Permission.objects.filter(codename="view_consolemember"))
    every = [str(one.pk) for one in Permission.objects.all()]
    told = {
        "username": "office",
        "email": "",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": every,
        "date_joined_0": "2026-11-20",
        "date_joined_1": "10:00:00",
    }

    client.post(f"/console/auth/user/{office.pk}/change/", told)
    for above in (owner, manager):
        mine = {"password1": "mine-1234!", "password2": "mine-1234!"}
        client.post(f"/console/auth/user/{above.pk}/password/", mine)

    office.refresh_from_db()
    owner.refresh_from_db()
    manager.refresh_from_db()
    assert not office.is_superuser
    assert office.user_permissions.count() == 5
    assert owner.check_password("piata-mare-15")
    assert manager.check_password("piata-mare-15")


def test_a_person_who_left_is_switched_off_and_not_deleted(console, staff):
    gone = User.objects.create_user("gone", password="x", is_staff=True)

    assert console.post(f"/console/auth/user/{gone.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=gone.pk).exists()


def test_a_name_is_never_markup(console, busy):
    text = page(console, "/console/members/consolemember/", q="dumitru")

    assert "<b>Dumitru" not in text
    assert "&lt;b&gt;Dumitru" in text


def test_names_from_registers_and_files_are_never_markup(console, lane):
    wild = "<script>alert(1)</script>"
    Register.objects.update(name=wild)
    Store.objects.update(name=wild, receipt_lines=[wild])
    lane.sell(builders.a_line(wild, 40_00))
    lane.append_bytes(99, 1, wild.encode())
    lane.sync()
    data = builders.program_set_bytes(*builders.demo_programs(), version=9)
    data = data.replace(b'"set_id":"test"', f'"set_id":"{wild}"'.encode())
    page_after = console.post(
        "/console/programs/programsetversion/add/",
        {"file": SimpleUploadedFile(f"{wild}.json", data)},
        follow=True,
    ).content.decode()
    sale = Sale.objects.get()
    held = Quarantine.objects.get()
    revoked = console.post(
        f"/console/devices/register/{lane.register_id}/revoke/", follow=True
    ).content.decode()

    texts = [page_after, revoked]
    texts += [
        page(console, path)
        for path in (
            "/console/",
            "/console/ledger/",
            "/console/ingest/consolesale/",
            f"/console/ingest/consolesale/{sale.sale_id}/change/",
            "/console/ingest/consolequarantine/",
            f"/console/ingest/consolequarantine/{held.quarantine_id}/change/",
            "/console/devices/register/",
            f"/console/devices/store/{lane.store_id}/change/",
            "/console/programs/programsetversion/",
            "/console/admin/logentry/",
        )
    ]
    for text in texts:
        assert wild not in text
    assert all("&lt;script&gt;" in text for text in texts[:2])


def test_what_one_person_looks_at_is_not_changed_by_another_who_looks_at_the_same_time(console, busy):
    """Every thread draws with the same page object."""
    from django.contrib.admin import site
    from django.test import RequestFactory

    pages = site._registry[Register]
    request = RequestFactory().get("/")
    register = pages.get_queryset(request).get()

    def elsewhere():
        Register.objects.update(name="Kasse 1")
        pages.get_queryset(request)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result()

    assert pages._line(register).register.name != "Kasse 1"
