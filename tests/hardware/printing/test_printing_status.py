"""Asking a printer how it stands: verdicts, clones that answer half of it, answers from before, who it is."""

from __future__ import annotations

from contextlib import closing

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, Paper, PrinterCondition, PrinterProfile
from pos_member.hardware.printing.simulator import Do, Fault
from pos_member.hardware.printing.status import (
    ALL_QUESTIONS,
    Identity,
    Manners,
    Talk,
    Timing,
    check_ready,
    fault_of,
    read_identity,
    require_same,
)
from tests.fair_time import FairTime
from tests.hardware.printing.clones import Clone
from tests.hardware.printing.spooling import way

YES = PrinterProfile("x", answers=Answers.YES)
UNKNOWN = PrinterProfile("x")
ASB_ONLY = PrinterProfile("x", answers=Answers.NO, automatic_status=Answers.YES)
TIMING = Timing()


def ready(transport, profile=YES, manners=None, seen=None, **more):
    """Whether it answers, and the condition it is in."""
    with closing(transport.connect()) as connection:
        talk = Talk(connection, profile, seen.append if seen is not None else lambda condition: None)
        heard = check_ready(talk, manners if manners is not None else Manners(), TIMING, **more)
        return heard, talk.condition


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.PAPER_OUT, Reason.PRINTER_PAPER_OUT),
        (Fault.COVER_OPEN, Reason.PRINTER_COVER_OPEN),
        (Fault.OFFLINE, Reason.PRINTER_OFFLINE),
        (Fault.CUTTER_ERROR, Reason.PRINTER_CUTTER),
        (Fault.UNRECOVERABLE, Reason.PRINTER_BROKEN),
        (Fault.OVERHEATED, Reason.PRINTER_OVERHEATED),
    ],
)
@pytest.mark.parametrize("profile", [YES, UNKNOWN], ids=["known", "found out"])
def test_every_fault_has_its_own_reason_within_a_third_of_a_second(printer, fault, reason, profile):
    printer.set_fault(fault)
    began = FairTime()
    with pytest.raises(EnvironmentProblem) as refused:
        ready(way(printer), profile)
    assert began.took_s < 0.3
    assert refused.value.reason is reason


def test_paper_that_runs_low_is_told_and_does_not_block(printer):
    printer.set_fault(Fault.PAPER_LOW)
    seen: list[PrinterCondition] = []
    heard, condition = ready(way(printer), seen=seen)
    assert heard and condition.paper is Paper.NEAR_END
    assert fault_of(condition) is None
    assert seen[-1].paper is Paper.NEAR_END


def test_asked_for_a_drawer_nothing_is_refused(printer):
    printer.set_fault(Fault.PAPER_OUT)
    heard, condition = ready(way(printer), for_paper=False)
    assert heard and condition.online is False and condition.paper is Paper.OUT


def test_several_faults_the_one_that_wants_a_hand_first(printer):
    for what in (Do.PAPER_OUT, Do.COVER_OPEN):
        printer.do(what)
    with pytest.raises(EnvironmentProblem) as refused:
        ready(way(printer))
    assert refused.value.reason is Reason.PRINTER_COVER_OPEN
    printer.do(Do.CUTTER_ERROR)
    with pytest.raises(EnvironmentProblem) as refused:
        ready(way(printer))
    assert refused.value.reason is Reason.PRINTER_CUTTER


def test_a_mute_clone_is_believed_unless_it_is_known_to_answer():
    with Clone(questions=()) as clone:
        assert ready(clone.way, UNKNOWN) == (False, PrinterCondition())
        with pytest.raises(EnvironmentProblem) as refused:
            ready(clone.way, YES)
        assert refused.value.reason is Reason.PRINTER_UNREACHABLE
        assert ready(clone.way, PrinterProfile("x", answers=Answers.NO))[0] is False
        assert clone.received == (b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04") * 2


@pytest.mark.parametrize("known", [(1,), (4,), (1, 4), (2, 4), (1, 2, 3)])
def test_a_clone_that_answers_some_questions_is_waited_for_once(known):
    manners = Manners()
    with Clone(questions=known) as clone:
        assert ready(clone.way, YES, manners)[0]
        assert manners == Manners(questions=known)
        began = FairTime()
        assert ready(clone.way, YES, manners)[0]
        assert began.took_s < 0.2
        clone.replies = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
        with pytest.raises(EnvironmentProblem) as refused:
            ready(clone.way, YES, manners)
        assert refused.value.reason in (Reason.PRINTER_PAPER_OUT, Reason.PRINTER_OFFLINE)
        assert known == (1,) or refused.value.reason is Reason.PRINTER_PAPER_OUT


def test_manners_that_changed_are_learned_anew():
    """The printer was replaced by one that answers other questions."""
    with Clone(questions=(3, 4)) as clone:
        manners = Manners(questions=(1, 2))
        assert ready(clone.way, YES, manners)[0]
        assert manners.questions == (3, 4)


def test_a_clone_that_only_tells_of_itself():
    with Clone(questions=(), in_order=False, automatic=True) as clone:
        assert ready(clone.way, ASB_ONLY)[0]
        clone.told = b"\x38\x00\x0c\x00"
        with pytest.raises(EnvironmentProblem) as refused:
            ready(clone.way, ASB_ONLY)
        assert refused.value.reason is Reason.PRINTER_COVER_OPEN
        clone.automatic = False
        with pytest.raises(EnvironmentProblem) as refused:
            ready(clone.way, ASB_ONLY)
        assert refused.value.reason is Reason.PRINTER_UNREACHABLE


@pytest.mark.parametrize(
    "greeting", [b"\x32", b"\x7e\x7e", b"\x16\x32\x12\x7e", b"\x38\x00\x0c\x00", b"\x0c\x37\x22QQQQ\x00"]
)
def test_what_was_left_over_from_before_holds_nothing_up(greeting):
    with Clone(greeting=greeting) as clone:
        heard, condition = ready(clone.way)
        assert heard and fault_of(condition) is None and condition.paper is Paper.OK


def test_a_left_over_answer_that_comes_between_is_asked_about_again():
    """It comes after the questions were written and before their answers: the first look is wrong, the second right."""
    with Clone() as clone:
        once = []

        def late(each: Clone, data: bytes) -> None:
            if not once:
                once.append(data)
                each.replies = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}

        clone.replies = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}
        clone.on_data = late
        heard, condition = ready(clone.way)
        assert heard and fault_of(condition) is None


@pytest.mark.parametrize("fault", [Do.PAPER_OUT, Do.COVER_OPEN, Do.PAPER_LOW])
def test_a_printer_that_answers_each_question_with_the_one_before(printer, fault):
    printer.do(Do.ONE_BEHIND)
    manners = Manners()
    assert ready(way(printer), YES, manners)[0]
    assert manners == Manners(ALL_QUESTIONS, one_at_a_time=True)
    printer.do(fault)
    if fault is Do.PAPER_LOW:
        assert ready(way(printer), YES, manners)[1].paper is Paper.NEAR_END
        return
    with pytest.raises(EnvironmentProblem) as refused:
        ready(way(printer), YES, manners)
    expected = {Do.PAPER_OUT: Reason.PRINTER_PAPER_OUT, Do.COVER_OPEN: Reason.PRINTER_COVER_OPEN}
    assert refused.value.reason is expected[fault]


# --- who it is -----------------------------------------------------------------------------------------------------


def identity_of(transport, expected=""):
    with closing(transport.connect()) as connection:
        return read_identity(Talk(connection, YES), TIMING.identity_s, expected)


def require(transport, identity):
    with closing(transport.connect()) as connection:
        require_same(Talk(connection, YES), identity, TIMING)


def test_a_printer_says_who_it_is(printer):
    found = identity_of(way(printer))
    assert found == Identity("POS MEMBER", "POS Member virtual printer", "1.00 ESC/POS", "V000001")
    assert found.text == "POS MEMBER/POS Member virtual printer/V000001"
    require(way(printer), found.text)


def test_another_printer_behind_the_same_address(printer):
    before = identity_of(way(printer)).text
    printer.do(Do.OTHER_PRINTER)
    with pytest.raises(EnvironmentProblem) as refused:
        require(way(printer), before)
    assert refused.value.reason is Reason.PRINTER_CHANGED
    assert refused.value.params["expected"] == before


@pytest.mark.parametrize(
    ("names", "same"),
    [
        ({66: b"EPSON", 67: b"TM-T88V", 68: b"X1"}, True),
        ({66: b"EPSON", 67: b"TM-T88V", 68: b"X2"}, False),
        ({66: b"EPSON", 67: b"TM-T88V"}, True),  # half an answer is no other printer
        ({}, True),
        ({66: b"STAR"}, False),
    ],
)
def test_only_who_says_that_it_is_another_is_another(names, same):
    with Clone(names=names) as clone:
        if same:
            require(clone.way, "EPSON/TM-T88V/X1")
            return
        with pytest.raises(EnvironmentProblem):
            require(clone.way, "EPSON/TM-T88V/X1")


def test_a_printer_without_a_serial_number_is_not_waited_for():
    with Clone(names={66: b"EPSON", 67: b"TM-T88V"}) as clone:
        began = FairTime()
        require(clone.way, "EPSON/TM-T88V")
        assert began.took_s < 0.2
