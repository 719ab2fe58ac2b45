"""Program sets: checked before they are published, one active, fetched by their hash."""

from __future__ import annotations

import hashlib
from typing import get_args

import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.program import Kind
from hq.programs import publishing
from hq.programs.models import ProgramSetVersion
from sync.outcomes import HqRefused
from sync.wire.feed import ProgramSetRow
from sync.wire.messages import MAX_RANGE_BYTES, BlobRange
from tests import builders

NOW = builders.NOW_MS


def a_set(version, *programs, **document):
    return builders.program_set_bytes(*(programs or builders.demo_programs()), version=version, **document)


def publish(data):
    publishing.publish(publishing.upload(data, "andrei", NOW), "andrei", NOW)


def test_every_kind_has_words_at_the_console():
    from hq.console.program_pages import KINDS

    assert set(KINDS) == set(get_args(Kind))


def test_publishing_makes_the_one_active_set(hq):
    publish(a_set(2))
    publish(a_set(3))

    states = {one.version: one.state for one in ProgramSetVersion.objects.all()}
    assert states == {1: "retired", 2: "retired", 3: "active"}


def test_registers_hear_which_set_is_active(lane):
    lane.pull()
    data = a_set(2)
    publish(data)

    assert lane.pull() == [ProgramSetRow(version=2, sha256=hashlib.sha256(data).hexdigest(), size=len(data))]


def test_a_draft_is_not_told_to_registers(lane):
    lane.pull()
    publishing.upload(a_set(2), "andrei", NOW)

    assert lane.pull() == []


def test_an_old_set_can_be_published_again(hq):
    first = ProgramSetVersion.objects.get()
    publish(a_set(2))

    publishing.publish(ProgramSetVersion.objects.get(pk=first.pk), "andrei", NOW)

    assert ProgramSetVersion.objects.get(state="active").version == 1


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"{", "not JSON"),
        (b'{"format":1}', "set_id"),
        (
            builders.program_set_bytes({"id": "x", "kind": "points", "name": {"en": "X"}, "erning": []}),
            "programs[0]",
        ),
        (
            builders.program_set_bytes({**builders.dairy_20(), "rewards": [{"type": "percent_off"}]}),
            "programs[0].rewards[0].rate",
        ),
    ],
)
def test_a_broken_set_is_refused_with_the_place(hq, data, where):
    with pytest.raises(LoyaltyError) as refused:
        publishing.upload(data, "andrei", NOW)

    assert where in refused.value.title
    assert ProgramSetVersion.objects.count() == 1


def test_a_published_version_never_changes(hq):
    publish(a_set(2))

    with pytest.raises(LoyaltyError) as refused:
        publishing.upload(a_set(2, builders.dairy_20()), "andrei", NOW)

    assert refused.value.code == "version_taken"


def test_uploading_the_same_bytes_again_is_no_error(hq):
    assert publishing.upload(a_set(2), "andrei", NOW).pk == publishing.upload(a_set(2), "andrei", NOW).pk


def test_a_set_in_another_currency_is_not_published(hq):
    with pytest.raises(LoyaltyError) as refused:
        publish(a_set(2, currency="EUR"))

    assert refused.value.code == "other_currency"
    assert ProgramSetVersion.objects.get(state="active").version == 1


def test_what_this_release_cannot_run_is_told_before_publishing(hq):
    version = publishing.upload(a_set(2, {**builders.dairy_20(), "needs": ["telepathy"]}), "andrei", NOW)

    assert publishing.warnings(publishing.decoded(version)) == ["dairy-20: needs_newer_register (telepathy)"]


def test_content_is_fetched_in_ranges(lane):
    data = a_set(2, *(builders.dairy_20(id=f"dairy-{n}", name={"en": "x" * 150}) for n in range(500)))
    assert len(data) > MAX_RANGE_BYTES
    publish(data)
    digest = hashlib.sha256(data).digest()
    found = b""
    while len(found) < len(data):
        part = lane.client.blob(BlobRange(sha256=digest, offset=len(found), length=MAX_RANGE_BYTES))
        assert part.size == len(data)
        found += part.data

    assert found == data


def test_beyond_its_end_content_is_empty(lane):
    digest = hashlib.sha256(builders.program_set_bytes(*builders.demo_programs())).digest()

    assert lane.client.blob(BlobRange(sha256=digest, offset=2**62, length=10)).data == b""


def test_unknown_content_is_said_to_be_unknown(lane):
    with pytest.raises(HqRefused) as refused:
        lane.client.blob(BlobRange(sha256=bytes(32), offset=0, length=10))

    assert refused.value.problem.code == "unknown_content"
