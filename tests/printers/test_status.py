"""What a printer says is understood, and what it does not say is unknown: never ready."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.known_printer import KnownPrinter
from printers.replies import (
    PROCESS_IDS,
    Reply,
    ReplyParser,
    answers_process_id,
    ask_process_id,
    process_id_bytes,
)
from printers.status import PrinterStatus, from_answers, from_automatic
from printers.virtual.faults import Condition

CONDITIONS = st.builds(
    Condition,
    paper_out=st.booleans(),
    near_end=st.booleans(),
    cover_open=st.booleans(),
    offline=st.booleans(),
    drawer_open=st.booleans(),
)


def asked(condition: Condition) -> PrinterStatus:
    return from_answers({number: condition.status_byte(number)[0] for number in (1, 2, 4)})


def test_a_printer_that_answers_that_all_is_well_is_ready():
    assert asked(Condition()).code == "ready"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ({"paper_out": True}, "paper_out"),
        ({"near_end": True}, "paper_low"),
        ({"cover_open": True}, "cover_open"),
        ({"offline": True}, "offline"),
        ({"cover_open": True, "paper_out": True}, "cover_open"),
    ],
)
def test_trouble_is_called_by_its_name(trouble, code):
    assert asked(Condition(**trouble)).code == code
    assert from_automatic(Condition(**trouble).automatic_frame()).code == code


@given(st.dictionaries(st.sampled_from((1, 2, 4)), st.sampled_from((None, 0x12, 0x16)), max_size=2))
def test_a_missing_answer_is_never_ready(answers):
    assert from_answers(answers).code != "ready"


def test_nothing_answered_is_unknown():
    assert from_answers({}).code == "unknown"
    assert not from_answers({}).blocked


@given(CONDITIONS)
def test_automatic_status_and_answers_agree(condition: Condition):
    frame, answers = from_automatic(condition.automatic_frame()), asked(condition)
    assert (frame.code, frame.drawer_high) == (answers.code, answers.drawer_high)


def test_the_drawer_stands_open_by_the_level_that_its_switch_has_then():
    status = asked(Condition(drawer_open=True))
    assert status.drawer_open("low") is True
    assert status.drawer_open("high") is False
    assert from_answers({}).drawer_open("low") is None


def test_replies_are_told_apart_by_their_bits():
    sent = b"\x12" + b"\x14\x00\x00\x0f" + b"\x37\x22abcd\x00" + b"\x00" + b"\x16"
    assert [(reply.kind, reply.data) for reply in ReplyParser().feed(sent)] == [
        ("status", b"\x12"),
        ("automatic", b"\x14\x00\x00\x0f"),
        ("message", b"\x37\x22abcd"),
        ("sensor", b"\x00"),
        ("status", b"\x16"),
    ]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_replies_are_the_same_however_they_arrive(data: bytes, cuts: list[int]):
    parser = ReplyParser()
    edges = sorted(cut % (len(data) + 1) for cut in cuts)
    replies = []
    for first, last in zip([0, *edges], [*edges, len(data)], strict=True):
        replies += parser.feed(data[first:last])
    assert replies == ReplyParser().feed(data)


def test_flow_control_is_no_reply():
    assert ReplyParser().feed(b"\x11\x13") == []


def test_a_frame_that_was_cut_short_does_not_swallow_the_next_answer():
    assert ReplyParser().feed(b"\x10\x00\x12") == [Reply("status", b"\x12")]


def test_a_message_without_an_end_is_given_up():
    parser = ReplyParser()
    assert parser.feed(b"\x37" + b"a" * 200 + b"\x00") != []
    assert parser.feed(b"\x12") == [Reply("status", b"\x12")]


@given(st.integers(0, PROCESS_IDS - 1))
def test_a_process_id_is_four_printable_characters_and_recognised(number: int):
    assert all(0x21 <= byte <= 0x7E for byte in process_id_bytes(number))
    assert ask_process_id(number) == b"\x1d(H\x06\x0000" + process_id_bytes(number)
    answer = Reply("message", b"\x37\x22" + process_id_bytes(number))
    assert answers_process_id(answer, number)
    assert not answers_process_id(answer, (number + 1) % PROCESS_IDS)


def test_a_printer_that_never_answers_is_printed_on_and_one_that_fell_silent_is_not():
    printer = KnownPrinter()
    assert printer.fit(from_answers({}))
    printer.learn(asked(Condition()))
    assert not printer.fit(from_answers({}))
    assert printer.fit(asked(Condition(near_end=True)))


def test_a_printer_that_answers_only_a_part_is_printed_on_while_it_answers_that_part():
    printer = KnownPrinter()
    partly = from_answers({1: 0x16})
    printer.learn(partly)
    assert partly.code == "unknown"
    assert printer.fit(partly)
    assert not printer.fit(from_answers({}))
