"""Personal offers at HQ: lists from a file, all of it or nothing, and what registers hear of them."""

from __future__ import annotations

import datetime
import random
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hq.__main__ import main
from hq.csv_lines import MAX_PROBLEMS
from hq.membership import joining
from hq.offers.models import MemberOffer
from hq.offers.offer_file import read_offers
from hq.programs import publishing
from sync.wire.feed import PersonalOffer, PersonalOffersRow
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.lane import Lane
from tests.hq.programs import publish
from tests.hq.shop import IOANA, IOANA_CARD, MEHMET

TODAY = builders.TODAY
COFFEE = builders.percent_off("coffee", "0.2", audience={"who": "offered"})
BREAD = builders.percent_off("bread", "0.5", {"items": ["102"]}, audience={"who": "offered"})
PLAIN = builders.percent_off("plain", "0.1")
PAGE = "/console/offers/"


@pytest.fixture(autouse=True)
def programs(hq, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    return publish(COFFEE, BREAD, PLAIN)


def lists(text: str) -> list[tuple[uuid.UUID, str, int, str]]:
    read = read_offers(text.encode(), publishing.active(), TODAY)
    assert [str(problem) for problem in read.problems] == []
    return [
        (who, one.program_id, rank, one.reason)
        for who, offers in read.lists.items()
        for rank, one in enumerate(offers, 1)
    ]


def problems(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    read = read_offers(data, publishing.active(), TODAY)
    assert read.lists == {}
    return [str(problem) for problem in read.problems]


def upload(console, text: str):
    file = SimpleUploadedFile("offers.csv", text.encode(), content_type="text/csv")
    return console.post(PAGE, {"file": file}, follow=True).content.decode()


def given(member_id: uuid.UUID = IOANA) -> list[str]:
    return list(
        MemberOffer.objects.filter(member_id=member_id).order_by("rank").values_list("program_id", flat=True)
    )


def told(lane: Lane) -> list[PersonalOffersRow]:
    return [row for row in lane.pull() if isinstance(row, PersonalOffersRow)]


@pytest.mark.parametrize("named", [IOANA_CARD, "0721 000 101", "+40721000101", str(IOANA)])
def test_a_member_is_named_by_card_phone_or_id(named):
    assert lists(f"member,program,until\n{named},coffee,2026-12-31\n") == [(IOANA, "coffee", 1, "")]


def test_the_lines_of_a_member_are_their_ranked_list():
    text = (
        "program;member;reason;until;from\n"
        f"bread;{IOANA};Bought every week;2026-12-31;2026-11-01\n"
        f"coffee;{MEHMET};;2026-12-31;\n"
        "\n"
        f"coffee;{IOANA};Never tried;2026-12-31;\n"
    )

    assert lists("\ufeff" + text) == [
        (IOANA, "bread", 1, "Bought every week"),
        (IOANA, "coffee", 2, "Never tried"),
        (MEHMET, "coffee", 1, ""),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0799999999,coffee,2026-12-31,,", "no member has this phone, e-mail, card or id"),
        (",coffee,2026-12-31,,", "no member has this phone, e-mail, card or id"),
        (f"{IOANA},tea,2026-12-31,,", "the active program set has no program tea"),
        (
            f"{IOANA},plain,2026-12-31,,",
            'the program plain is not for personal offers: its audience must be "offered"',
        ),
        (f"{IOANA},coffee,31.12.2026,,", "until must be a date like 2026-12-31"),
        (f"{IOANA},coffee,2026-12-31,soon,", "from must be a date like 2026-12-31"),
        (f"{IOANA},coffee,2026-12-31,2027-01-01,", "until is before from"),
        (f"{IOANA},coffee,2026-11-01,2026-10-01,", "the offer ended on 2026-11-01"),
        (f"{IOANA},coffee,2026-12-31,,{'x' * 101}", "the reason must be at most 100 characters"),
        (f"{IOANA},coffee,2026-12-31", "it has 3 cells, and the header has 5"),
        (f"{IOANA},bread,2026-12-31,,", "the member has the program bread on a line above"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason_and_nothing_of_the_file_is_taken(line, said):
    (problem,) = problems(
        f"member,program,until,from,reason\n{IOANA},bread,2026-12-31,,\n{line}\n{MEHMET},coffee,2026-12-31,,\n"
    )

    assert problem == f"Line 3: {said}."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"member,program\n", "Line 1: the columns must be member, program, until, from, reason, each once."),
        (b"", "Line 1: the columns must be member, program, until, from, reason, each once."),
        (b"member,program,until,price\n", "Line 1: the columns must be"),
        ("member,program,until\nșț".encode("utf-16"), "Line 1: it is not written in UTF-8"),
        (b'member,program,until\n"x', "Line 2: it cannot be read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_one_sentence(data, said):
    (problem,) = problems(data)

    assert problem.startswith(said)


def test_a_file_wrong_on_every_line_names_the_first_of_them():
    wrong = "nobody,coffee,2026-12-31\n" * 500

    assert len(problems(f"member,program,until\n{wrong}")) == MAX_PROBLEMS


def test_any_bytes_are_a_list_or_have_problems():
    chance = random.Random(7)
    head = b"member,program,until\n"
    for _nth in range(300):
        read = read_offers(head + chance.randbytes(chance.randrange(80)), publishing.active(), TODAY)
        assert read.problems or read.lists == {}


def test_staff_give_lists_from_a_file_and_registers_hear_of_them(console, lane):
    text = upload(console, f"member,program,until,reason\n{IOANA},bread,2026-12-31,Bought every week\n")

    assert "1 member has a new list" in text
    assert "bread" in page(console, PAGE)
    assert "Bought every week" in page(console, f"/console/members/consolemember/{IOANA}/change/")
    (row,) = told(lane)
    offer = PersonalOffer(
        program_id="bread",
        valid_from=TODAY,
        valid_until=datetime.date(2026, 12, 31),
        reason="Bought every week",
    )
    assert row == PersonalOffersRow(member_id=IOANA, offers=(offer,))


def test_a_file_takes_the_place_of_the_lists_of_its_members_and_of_no_other(console):
    upload(console, f"member,program,until\n{IOANA},bread,2026-12-31\n{MEHMET},bread,2026-12-31\n")
    upload(console, f"member,program,until\n{IOANA},coffee,2026-12-31\n")

    assert (given(IOANA), given(MEHMET)) == (["coffee"], ["bread"])


def test_a_mistake_in_the_file_leaves_the_lists_as_they_were(console):
    upload(console, f"member,program,until\n{IOANA},bread,2026-12-31\n")
    text = upload(console, f"member,program,until\n{IOANA},coffee,2026-12-31\nnobody,coffee,2026-12-31\n")

    assert "Line 3: no member has this phone, e-mail, card or id." in text
    assert given() == ["bread"]


def test_the_page_is_for_who_may_see_it_and_the_file_for_who_may_give(hq):
    assert staff_with("ana", "view_member").get(PAGE).status_code == 403
    reader = staff_with("dan", "view_memberoffer")
    assert "Check and give" not in page(reader, PAGE)
    file = SimpleUploadedFile("offers.csv", f"member,program,until\n{IOANA},bread,2026-12-31\n".encode())
    assert reader.post(PAGE, {"file": file}).status_code == 403
    assert given() == []


def test_the_command_gives_the_lists_of_a_file_or_names_its_lines(data_dir, tmp_path, capsys):
    file = tmp_path / "offers.csv"
    file.write_text(f"member,program,until\n{IOANA},bread,2099-12-31\n", "utf-8")
    assert main(["personal-offers", "--data", str(data_dir), str(file)]) == 0
    assert "1 member has a new list" in capsys.readouterr().out

    file.write_text(f"member,program,until\n{IOANA},tea,2099-12-31\n", "utf-8")
    assert main(["personal-offers", "--data", str(data_dir), str(file)]) == 1
    assert "Line 2: the active program set has no program tea." in capsys.readouterr().err
    assert given() == ["bread"]

    assert main(["personal-offers", "--data", str(data_dir), str(tmp_path / "none.csv")]) == 1


def test_who_turned_out_to_be_somebody_else_brings_the_offers_along(console, lane):
    upload(console, f"member,program,until\n{MEHMET},bread,2026-12-31\n")

    joining.merge(MEHMET, IOANA, builders.NOW_MS)

    assert (given(MEHMET), given(IOANA)) == ([], ["bread"])
    assert {row.member_id for row in told(lane) if row.offers} >= {IOANA}


def test_the_register_that_hears_of_it_sells_and_hq_finds_the_same_quote(console, lane):
    upload(console, f"member,program,until\n{IOANA},bread,2026-12-31\n")
    lane.program_set = publish(BREAD, version=3)
    member = builders.a_member(0, member_id=IOANA, account_id=IOANA, offered=("bread",))
    sale = lane.a_sale(builders.a_line("102", 10_00), member=member, program_set=lane.program_set)
    lane.append(sale)

    lane.sync()

    assert sale.total_minor == 5_00
    assert set(lane.outcomes().values()) == {("posted", "")}
