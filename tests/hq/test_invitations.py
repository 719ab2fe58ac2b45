"""Invitation lists at HQ: whom a file names comes to the list, all of them or nobody, and registers hear of it."""

from __future__ import annotations

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.quote import Refusal
from agent.domain.reasons.sentences import why_not
from hq.__main__ import main
from hq.membership import joining
from hq.programs import publishing
from hq.programs.models import ProgramSetVersion
from hq.segments.inviting import Changed, invite, read_invited, require_list_name
from hq.segments.models import MemberSegment
from sync.wire.feed import MemberRow
from tests import builders
from tests.domain.test_reasons import VOICE
from tests.hq.at_console import page, staff_with
from tests.hq.programs import of_hq, publish
from tests.hq.shop import IOANA, IOANA_CARD, MEHMET

WINE_CLUB = builders.percent_off("wine-club", "0.2", audience={"who": "segments", "segments": ["wine-club"]})
LAPSED = of_hq("segment", "lapsed", away_days=60)
PAGE = "/console/invitations/"
NOW = builders.NOW_MS


@pytest.fixture(autouse=True)
def programs(hq, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: NOW)
    return publish(WINE_CLUB, LAPSED)


def on_list(name="wine-club"):
    return set(MemberSegment.objects.filter(segment=name).values_list("member_id", flat=True))


def upload(console, text, name="wine-club", **told):
    file = SimpleUploadedFile("members.csv", text.encode(), content_type="text/csv")
    return console.post(PAGE, {"name": name, "file": file, **told}, follow=True).content.decode()


def told(lane):
    return {row.member_id: row.segments for row in lane.pull() if isinstance(row, MemberRow)}


def test_whom_the_file_names_is_invited_and_registers_hear_of_it(console, lane):
    text = upload(console, f"member\n0721 000 101\n{MEHMET}\n")

    assert "wine-club: 2 members came, 0 left." in text
    assert on_list() == {IOANA, MEHMET}
    assert told(lane) == {IOANA: ("wine-club",), MEHMET: ("wine-club",)}


def test_only_the_invited_get_the_programs_of_the_list_and_others_are_told_in_words(programs):
    def asked(*segments):
        member = msgspec.structs.replace(builders.a_member(), segments=segments)
        wine = builders.a_basket(builders.a_line("wine", 10_00))
        return builders.a_quote_input(wine, program_set=programs, member=member)

    assert evaluate(asked("wine-club"), programs).total_minor == 8_00
    assert evaluate(asked(), programs).total_minor == 10_00
    refusal = explain(asked(), programs, "wine-club")
    assert isinstance(refusal, Refusal)
    assert why_not(refusal, "member", VOICE) == "This offer is for invited members."


def test_who_is_invited_already_comes_once_and_others_stay(console):
    upload(console, f"member\n{IOANA}\n")

    assert "1 member came, 0 left" in upload(console, f"member\n{IOANA_CARD}\n{MEHMET}\n")
    assert on_list() == {IOANA, MEHMET}


def test_with_the_switch_who_is_not_in_the_file_leaves(console, lane):
    upload(console, f"member\n{IOANA}\n{MEHMET}\n")
    lane.pull()

    assert "0 members came, 1 left" in upload(console, f"member\n{MEHMET}\n", replace="on")

    assert on_list() == {MEHMET}
    assert told(lane) == {IOANA: ()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"member\n{IOANA}\nnobody\n", "Line 3: no member has this phone, e-mail, card or id."),
        (f"member\n{IOANA}\n\n{IOANA_CARD}\n", "Line 4: the member is on a line above."),
        (f"member\n{IOANA},gold\n", "Line 2: it has 2 cells, and the header has 1."),
        (f"phone\n{IOANA}\n", "Line 1: the columns must be member, each once."),
        ("", "Line 1: the columns must be member, each once."),
    ],
)
def test_a_wrong_line_is_named_and_nobody_is_invited(console, text, said):
    assert [str(problem) for problem in read_invited(text.encode()).problems] == [said]
    if text:
        assert said in upload(console, text)
    assert on_list() == set()


@pytest.mark.parametrize("name", ["lapsed", "x" * 65, "", " wine", "a\nb"])
def test_a_segment_that_hq_keeps_or_a_name_that_is_none_is_no_list(name, programs):
    with pytest.raises(LoyaltyError):
        require_list_name(name, programs)


def test_the_console_says_that_hq_keeps_a_segment_by_its_rule(console):
    assert "HQ keeps the segment lapsed by its rule." in upload(console, f"member\n{IOANA}\n", "lapsed")
    assert on_list("lapsed") == set()


def test_the_page_names_the_programs_of_each_list_and_a_list_that_nothing_names(console):
    upload(console, f"member\n{IOANA}\n", "book-club")

    text = page(console, PAGE)

    assert "Wine club" in text
    assert "none: the list changes nothing" in text


def test_the_page_is_for_who_may_see_it_and_the_file_for_who_may_invite(hq):
    assert staff_with("ana", "view_member").get(PAGE).status_code == 403
    reader = staff_with("dan", "view_membersegment")
    assert "Check and invite" not in page(reader, PAGE)
    file = SimpleUploadedFile("members.csv", f"member\n{IOANA}\n".encode())
    assert reader.post(PAGE, {"name": "wine-club", "file": file}).status_code == 403
    assert on_list() == set()


def test_the_command_invites_or_names_the_lines(data_dir, tmp_path, capsys):
    file = tmp_path / "members.csv"
    file.write_text(f"member\n{IOANA}\n", "utf-8")
    assert main(["invite", "--data", str(data_dir), "wine-club", str(file)]) == 0
    assert capsys.readouterr().out == "1 member came, 0 left\n"

    file.write_text(f"member\n{MEHMET}\nnobody\n", "utf-8")
    assert main(["invite", "--data", str(data_dir), "wine-club", str(file)]) == 1
    assert "Line 3: no member has this" in capsys.readouterr().err
    assert on_list() == {IOANA}

    assert main(["invite", "--data", str(data_dir), "lapsed", str(file)]) == 1
    assert main(["invite", "--data", str(data_dir), "wine-club", str(tmp_path / "none.csv")]) == 1


def test_who_turned_out_to_be_somebody_else_brings_the_invitation_along(lane):
    invite("wine-club", [MEHMET], NOW, replace=False)

    joining.merge(MEHMET, IOANA, NOW)

    assert on_list() == {IOANA}
    assert told(lane)[IOANA] == ("wine-club",)


def test_a_list_longer_than_a_page_is_whole():
    from hq.members.models import Member
    from tests.hq.test_experiments import members_of

    members = members_of("given", 230)

    assert invite("wine-club", members, NOW, replace=False) == Changed(230, 0)
    assert on_list() == set(members)
    assert invite("wine-club", [], NOW, replace=True) == Changed(0, 230)
    assert on_list() == set()
    assert Member.objects.count() > 230


def test_a_segment_that_hq_would_keep_under_a_lists_name_is_not_published(console):
    upload(console, f"member\n{IOANA}\n")
    data = builders.program_set_bytes(of_hq("segment", "wine-club", away_days=60), version=3)
    version = publishing.upload(data, "andrei", NOW)

    answer = console.post(f"/console/programs/programsetversion/{version.pk}/publish/", follow=True)

    said = (
        "wine-club is an invitation list with 1 member, so HQ cannot keep a segment of this name by a rule."
    )
    assert said in answer.content.decode()
    assert ProgramSetVersion.objects.get(state="active").version == 2
    assert on_list() == {IOANA}


def test_a_list_that_everybody_left_gives_its_name_back(console):
    upload(console, f"member\n{IOANA}\n")
    invite("wine-club", [], NOW, replace=True)

    publish(of_hq("segment", "wine-club", away_days=60), version=3)

    assert ProgramSetVersion.objects.get(state="active").version == 3
