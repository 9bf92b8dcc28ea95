"""What a printer sends back: every form, in pieces of any size, one between the other, and noise."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.printers import Drawer, DrawerSensor, Paper
from pos_member.hardware.printing.answers import (
    AnswerReader,
    Automatic,
    Event,
    Info,
    PaperStatus,
    ProcessDone,
    Status,
)

FINE = b"\x12"
ASB_FINE = b"\x10\x00\x00\x00"
DONE = b"\x37\x22QS13\x00"
NAME = b"_POS MEMBER\x00"


def reader(*questions: int, sensor: DrawerSensor = DrawerSensor.NONE) -> AnswerReader:
    made = AnswerReader(sensor)
    for question in questions:
        made.asked_status(question)
    return made


@pytest.mark.parametrize(
    ("question", "byte", "expected"),
    [
        (1, 0x12, {"online": True}),
        (1, 0x1A, {"online": False}),
        (2, 0x16, {"cover_open": True}),
        (2, 0x32, {"cover_open": False, "paper": Paper.OUT}),
        (2, 0x12, {"cover_open": False, "paper": Paper.OK}),
        (3, 0x1A, {"cutter_error": True, "unrecoverable": False, "overheated": False}),
        (3, 0x32, {"unrecoverable": True, "cutter_error": False}),
        (3, 0x52, {"overheated": True}),
        (4, 0x1E, {"paper": Paper.NEAR_END}),
        (4, 0x7E, {"paper": Paper.OUT}),
        (4, 0x12, {"paper": Paper.OK}),
    ],
)
def test_a_real_time_answer_says_what_its_question_asked(question, byte, expected):
    made = reader(question)
    assert made.feed(bytes((byte,))) == [Status(question)]
    assert made.condition.answered
    assert {name: getattr(made.condition, name) for name in expected} == expected
    if question != 1:
        assert made.condition.online is None, "only what was asked is known"


@pytest.mark.parametrize(
    ("four", "expected"),
    [
        (b"\x10\x00\x00\x00", {"online": True, "cover_open": False, "paper": Paper.OK, "cutter_error": False}),
        (b"\x38\x00\x0c\x00", {"online": False, "cover_open": True, "paper": Paper.OUT}),
        (b"\x10\x00\x03\x00", {"paper": Paper.NEAR_END}),
        (b"\x18\x08\x00\x00", {"cutter_error": True, "unrecoverable": False}),
        (b"\x18\x20\x00\x00", {"unrecoverable": True}),
        (b"\x18\x40\x00\x00", {"overheated": True}),
        # An open cover counts as "mends itself" at some makers: that is no hot head.
        (b"\x38\x40\x00\x00", {"cover_open": True, "overheated": False}),
    ],
)
def test_an_automatic_status_says_everything_unasked(four, expected):
    made = reader()
    assert made.feed(four) == [Automatic(changed=False)]
    assert {name: getattr(made.condition, name) for name in expected} == expected
    assert made.feed(four) == [Automatic(changed=False)]
    assert made.feed(bytes((four[0] ^ 0x04,)) + four[1:]) == [Automatic(changed=True)]


@pytest.mark.parametrize(
    ("sensor", "byte", "drawer"),
    [
        (DrawerSensor.NONE, 0x16, Drawer.UNKNOWN),
        (DrawerSensor.HIGH_IS_OPEN, 0x16, Drawer.OPEN),
        (DrawerSensor.HIGH_IS_OPEN, 0x12, Drawer.CLOSED),
        (DrawerSensor.LOW_IS_OPEN, 0x16, Drawer.CLOSED),
        (DrawerSensor.LOW_IS_OPEN, 0x12, Drawer.OPEN),
    ],
)
def test_the_drawer_is_read_the_way_it_is_wired(sensor, byte, drawer):
    made = reader(1, sensor=sensor)
    made.feed(bytes((byte,)))
    assert made.condition.drawer is drawer


def test_paper_that_is_back_is_believed_from_either_question():
    made = reader(2, 2)
    made.feed(b"\x32")
    assert made.condition.paper is Paper.OUT
    made.feed(FINE)
    assert made.condition.paper is Paper.OK
    made = reader(4, 2, 4, 2)
    made.feed(b"\x7e")
    made.feed(FINE)
    assert made.condition.paper is Paper.OUT, "the sensor says so, whatever stopped it"
    made.feed(FINE + FINE)
    assert made.condition.paper is Paper.OK


def test_answers_in_order_belong_to_what_was_asked_in_order():
    made = reader()
    made.asked_info(66)
    made.asked_info(67)
    made.asked_paper()
    assert made.feed(NAME + b"_TM\x00" + b"\x03") == [
        Info(66, "POS MEMBER"), Info(67, "TM"), PaperStatus(Paper.NEAR_END),
    ]  # fmt: skip
    made.asked_paper()
    assert made.feed(b"\x0c") == [PaperStatus(Paper.OUT)]
    made.asked_info(1)
    assert made.feed(b"\x20") == [Info(1, "20")]


@pytest.mark.parametrize("unasked", [FINE, b"\x32", b"\x00", b"\x0c", NAME])
def test_what_nobody_asked_says_nothing(unasked):
    made = reader()
    before = made.condition
    assert made.feed(unasked) == []
    assert made.condition == before


def test_a_process_id_is_told_whosever_it_is():
    made = reader()
    assert made.feed(DONE + b"\x37\x220001\x00") == [ProcessDone("QS13"), ProcessDone("0001")]
    assert not made.condition.answered


def test_a_late_answer_is_not_taken_for_the_next_question():
    made = reader(2)
    made.give_up()
    made.asked_status(4)
    assert made.feed(b"\x16") == [], "cover open, said to the question before"
    assert made.condition.cover_open is None and made.condition.paper is Paper.UNKNOWN
    assert made.feed(b"\x7e") == [Status(4)]
    assert made.condition.paper is Paper.OUT


def test_an_answer_that_was_lost_shifts_the_next_one_only_once():
    made = reader(2)
    made.give_up()  # its answer is never coming
    made.asked_status(2)
    assert made.feed(FINE) == [], "it might be the late one"
    made.give_up()
    made.asked_status(2)
    assert made.feed(b"\x16") == [Status(2)]
    assert made.condition.cover_open is True


def test_after_silence_everything_begins_anew():
    made = reader(1, 2)
    made.asked_paper()
    made.feed(ASB_FINE[:2])
    made.forget()
    made.asked_status(4)
    assert made.feed(b"\x00" + FINE) == [Status(4)]
    assert made.open_questions == 0


def test_half_an_automatic_status_does_not_eat_an_answer_in_order():
    made = reader()
    made.feed(b"\x10")
    made.asked_paper()
    made.pause()
    assert made.feed(b"\x00") == [PaperStatus(Paper.OK)]


def test_a_real_time_answer_may_stand_inside_an_automatic_status():
    for at in range(1, 4):
        made = reader(2)
        told = made.feed(ASB_FINE[:at] + b"\x16" + ASB_FINE[at:])
        assert told == [Status(2), Automatic(changed=False)]


def test_flow_control_is_nothing_said():
    made = reader(1)
    assert made.feed(b"\x13\x10\x11\x00\x13\x00\x11\x00\x13\x12") == [Automatic(changed=False), Status(1)]


def test_noise_that_looks_like_the_head_of_a_block_eats_no_answer():
    made = reader(1)
    assert made.feed(b"_" + FINE) == [Status(1)]
    made = reader(1)
    assert made.feed(b"\x37" + FINE) == [Status(1)]
    made = reader()
    made.asked_paper()
    assert made.feed(b"_\x00") == [PaperStatus(Paper.OK)]
    made = reader(4)
    assert made.feed(b"\x37\x22AB\x1e") == [Status(4)], "an id that breaks off"


PARTS = [FINE, ASB_FINE, DONE, NAME, b"\x03"]
WHOLE = {
    FINE: Status(1),
    ASB_FINE: Automatic(changed=False),
    DONE: ProcessDone("QS13"),
    NAME: Info(66, "POS MEMBER"),
    b"\x03": PaperStatus(Paper.NEAR_END),
}


def asked_for(order: tuple[bytes, ...]) -> AnswerReader:
    made = reader(1)
    for part in order:
        if part == NAME:
            made.asked_info(66)
        elif part == b"\x03":
            made.asked_paper()
    return made


@pytest.mark.parametrize("order", list(itertools.permutations(PARTS)))
def test_every_order_cut_anywhere_reads_the_same(order):
    stream = b"".join(order)
    expected = [WHOLE[part] for part in order]
    for size in (1, 2, 3, 5, len(stream)):
        made = asked_for(order)
        found: list[Event] = []
        for at in range(0, len(stream), size):
            found += made.feed(stream[at : at + size])
        assert found == expected


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.lists(st.sampled_from([0x12, 0x16, 0x10, 0x00, 0x0C, 0x37, 0x22, 0x5F, 0x11, 0x13]), max_size=30).map(
                bytes
            ),
            st.sampled_from(["status", "paper", "info", "give_up", "forget", "pause"]),
        ),
        max_size=30,
    )
)
def test_nothing_makes_it_raise_and_nothing_is_told_more_often_than_asked(script):
    made = AnswerReader(DrawerSensor.HIGH_IS_OPEN)
    asked, told = 0, 0
    for step in script:
        match step:
            case "status":
                made.asked_status(asked % 4 + 1)
                asked += 1
            case "paper":
                made.asked_paper()
                asked += 1
            case "info":
                made.asked_info(66)
                asked += 1
            case "give_up":
                made.give_up()
            case "forget":
                made.forget()
            case "pause":
                made.pause()
            case data:
                assert isinstance(data, bytes)
                told += sum(isinstance(event, Status | PaperStatus | Info) for event in made.feed(data))
        assert told <= asked
