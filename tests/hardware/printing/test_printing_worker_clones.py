"""The worker and printers that do not play by the book: nothing twice, nothing believed that was not said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_member.domain.errors import Reason
from pos_member.domain.printers import Answers, Paper, PrinterCondition, PrinterProfile, Proof
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.worker import Outcome, Timing
from tests.fair_time import FairTime
from tests.hardware.printing import samples
from tests.hardware.printing.clones import Clone
from tests.hardware.printing.spooling import jobs_of, worker_of

YES = PrinterProfile("x", answers=Answers.YES)
BY_ID = PrinterProfile("x", answers=Answers.YES, process_id=True)
ASB_ONLY = PrinterProfile("x", answers=Answers.NO, automatic_status=Answers.YES)
#: Short, so that what waits for nothing does not take long; the order of the times is kept.
QUICK = Timing(proof_s=0.5, proof_alive_s=0.8, proof_unlikely_s=0.5, poll_s=0.1, gone_s=0.5)
#: A trouble is heard of first, however slow this machine: afterwards nothing but a proof will do.
HEARD_OF = replace(QUICK, proof_unlikely_s=60)


def right(process_id: bytes) -> bytes:
    return b"\x37\x22" + process_id + b"\x00"


def test_a_mute_clone_is_sent_to_and_nothing_is_claimed():
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(questions=(), in_order=False) as clone:
        assert worker_of(jobs, clone.way, GENERIC_80).run_once() is Outcome.UNVERIFIABLE
        assert clone.wait_for(lambda data: data.endswith(jobs.payloads["job-1"]))
    assert jobs.proofs["job-1"] is Proof.NONE
    assert jobs.steps_of("job-1") == ["sending", "unverifiable"]


@pytest.mark.parametrize("profile", [GENERIC_80, YES], ids=["found out", "known"])
def test_a_clone_that_answers_real_time_questions_only_can_say_no_more(profile):
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:
        assert worker_of(jobs, clone.way, profile, timing=QUICK).run_once() is Outcome.UNVERIFIABLE
    assert jobs.steps_of("job-1") == ["sending", "sent", "unverifiable"]


def test_one_that_has_proved_before_and_does_so_no_more_is_not_believed(expected_logs):
    expected_logs("job-2 broke off: printer_silent")
    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH)
    with Clone() as clone:
        worker = worker_of(jobs, clone.way, YES, timing=QUICK)
        assert worker.run_once() is Outcome.CONFIRMED
        clone.in_order = False
        assert worker.run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-2"] is Reason.PRINTER_SILENT


def test_a_clone_that_only_tells_of_itself_proves_by_telling_again():
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(questions=(), in_order=False, automatic=True) as clone:
        assert worker_of(jobs, clone.way, ASB_ONLY, timing=QUICK).run_once() is Outcome.CONFIRMED
    assert jobs.proofs["job-1"] is Proof.IN_ORDER


def test_one_that_tells_of_no_paper_by_itself_is_waited_for():
    jobs = jobs_of(samples.COUPON_TH)
    seen: list[PrinterCondition] = []
    with Clone(questions=(), in_order=False, automatic=True) as clone:

        def step(state: str) -> None:
            if state == "sending":
                clone.told = b"\x18\x00\x0c\x00"
            if state == "waiting":
                clone.told = b"\x10\x00\x00\x00"
                clone.say(clone.told)

        jobs.on_step = step
        worker = worker_of(jobs, clone.way, ASB_ONLY, timing=QUICK, on_condition=seen.append)
        assert worker.run_once() is not Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_WAITS_FOR_PAPER
    assert jobs.states["job-1"] in ("confirmed", "unverifiable")
    assert [each.paper for each in seen] == [Paper.OK, Paper.OUT, Paper.OK]


@pytest.mark.parametrize(
    "ids",
    [
        lambda process_id: b"",
        lambda process_id: b"\x37\x220000\x00",
        lambda process_id: b"\x37\x22" + process_id,  # never ends
        lambda process_id: b"\x00" * 4,  # answers in order, to a question nobody asked
    ],
)
def test_a_process_id_that_is_not_this_jobs_proves_nothing(ids, expected_logs):
    expected_logs("job-1 broke off: printer_silent")
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(ids=ids) as clone:
        assert worker_of(jobs, clone.way, BY_ID, timing=QUICK).run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_SILENT


def test_the_id_of_the_job_before_comes_late_and_proves_nothing(expected_logs):
    """The device answers each job with the id of the one before."""
    expected_logs("job-2 broke off: printer_silent")
    held: list[bytes] = []

    def behind(process_id: bytes) -> bytes:
        held.append(process_id)
        return right(held[-2]) if len(held) > 1 else right(process_id)

    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH)
    with Clone(ids=behind) as clone:
        worker = worker_of(jobs, clone.way, BY_ID, timing=QUICK)
        assert worker.run_once() is Outcome.CONFIRMED
        assert jobs.proofs["job-1"] is Proof.PROCESS_ID
        assert worker.run_once() is Outcome.UNCONFIRMED
    assert len(set(held)) == 2


def test_an_answer_in_order_from_before_does_not_prove_this_job():
    """Left over from an earlier talk, it comes before the question is asked."""
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:
        jobs.on_step = lambda state: clone.say(b"\x00\x00") if state == "sending" else None
        assert worker_of(jobs, clone.way, YES, timing=QUICK).run_once() is Outcome.UNVERIFIABLE


@pytest.mark.parametrize(
    ("replies", "reason"),
    [({3: 0x1A}, Reason.PRINTER_CUTTER), ({3: 0x32}, Reason.PRINTER_BROKEN)],
)
def test_what_a_printer_does_not_go_on_from_is_a_persons_to_settle(replies, reason, expected_logs):
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:
        jobs.on_step = lambda state: clone.replies.update(replies) if state == "sent" else None
        timing = Timing(proof_unlikely_s=5, poll_s=0.1)
        began = FairTime()
        assert worker_of(jobs, clone.way, YES, timing=timing).run_once() is Outcome.UNCONFIRMED
        assert began.took_s < 2
    assert jobs.reasons["job-1"] is reason


def test_one_that_is_switched_off_behind_a_box_that_keeps_the_line(expected_logs):
    """The line stays open and nobody answers any more: what it had in its memory is gone."""
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:

        def step(state: str) -> None:
            if state == "sending":
                clone.replies = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
            if state == "waiting":
                answered.append(len(clone.received))

        answered: list[int] = []
        clone.on_data = lambda each, data: setattr(each, "questions", ()) if waited(each) else None

        def waited(each: Clone) -> bool:
            return bool(answered) and len(each.received) > answered[0] + 6

        jobs.on_step = step
        assert worker_of(jobs, clone.way, YES, timing=HEARD_OF).run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF


def test_one_that_was_switched_off_and_on_again_proves_nothing(expected_logs):
    """It answers that all is well, and knows nothing of the job."""
    expected_logs("job-1 broke off: printer_silent")
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:

        def step(state: str) -> None:
            if state == "sending":
                clone.replies = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
            if state == "waiting":
                clone.replies = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}

        jobs.on_step = step
        assert worker_of(jobs, clone.way, YES, timing=HEARD_OF).run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_SILENT


def test_the_line_that_breaks_while_the_printer_waits(expected_logs):
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(in_order=False) as clone:

        def step(state: str) -> None:
            if state == "sending":
                clone.replies = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
            if state == "waiting":
                clone.hang_up()

        jobs.on_step = step
        assert worker_of(jobs, clone.way, YES, timing=HEARD_OF).run_once() is Outcome.UNCONFIRMED
    assert jobs.reasons["job-1"] is Reason.PRINTER_BROKE_OFF


def test_after_a_job_that_broke_off_the_rest_of_its_image_is_made_up_for(expected_logs):
    """A printer left in the middle of an image would take the next paper for the rest of it."""
    expected_logs("job-1 broke off")
    jobs = jobs_of(samples.COUPON_TH, samples.COUPON_TH, samples.COUPON_TH)
    blank = bytes(8 * 1024)
    with Clone() as clone:
        clone.on_data = lambda each, data: each.hang_up() if len(each.received) > 3_000 else None
        worker = worker_of(jobs, clone.way, YES, timing=QUICK)
        assert worker.run_once() is Outcome.UNCONFIRMED
        assert blank not in clone.received
        clone.on_data = lambda each, data: None
        for job_id in ("job-2", "job-3"):
            clone.received.clear()
            assert worker.run_once() is Outcome.CONFIRMED
            assert (blank in clone.received) is (job_id == "job-2")
        assert clone.received.count(b"\x1b@") == 1


def test_what_was_switched_on_is_switched_off():
    jobs = jobs_of(samples.COUPON_TH)
    with Clone(automatic=True) as clone:
        assert worker_of(jobs, clone.way, YES).run_once() is Outcome.CONFIRMED
        assert clone.wait_for(lambda data: data.endswith(b"\x1da\x00"))
        # After the reset, which would switch it off again.
        assert b"\x1b@\x1da\x0f\x1dv0" in clone.received
    with Clone() as clone:
        told_nothing = PrinterProfile("x", answers=Answers.YES, automatic_status=Answers.NO)
        jobs = jobs_of(samples.COUPON_TH)
        assert worker_of(jobs, clone.way, told_nothing).run_once() is Outcome.CONFIRMED
        assert b"\x1da" not in clone.received.replace(jobs.payloads["job-1"], b"")
