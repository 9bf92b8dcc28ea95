"""The print spool: which printer gets which job and when, claimed once, settled once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pos_member.db.folder import DataFolder
from pos_member.db.print_store import FALLBACK_AFTER, RETRY_AFTER, PrinterJobs, SqlPrintStore
from pos_member.domain.documents import DocumentKind, DrawerDocument, OrderSlipDocument, Spooled, TestPageDocument
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import PrinterProfile, PrinterRole, PrinterSetup, Proof
from pos_member.services.print_ports import NewPrintJob, PaperTemplate, PrintJobInfo, PrintJobState
from tests.db_support import NOW, SetClock, make_store

S = PrintJobState
PAGE = TestPageDocument("th", "เครื่องพิมพ์", "8000")
FRONT = PrinterSetup("front", "หน้าร้าน", "tcp://a", PrinterProfile("x"), drawer=True)
KITCHEN = PrinterSetup("kitchen", "ครัว", "tcp://b", PrinterProfile("x"), roles=(PrinterRole.KITCHEN,))


@dataclass
class Seconds:
    """A clock that nobody sets: only ``pass_`` moves it."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at

    def pass_(self, step: timedelta) -> None:
        self.at += step.total_seconds()


@dataclass
class Spool:
    """A folder with its spool and both of its clocks."""

    folder: DataFolder
    clock: SetClock
    seconds: Seconds
    store: SqlPrintStore

    def view(self, setup: PrinterSetup = FRONT, *others: PrinterSetup) -> PrinterJobs:
        return self.store.for_printer(setup, (setup, *others))

    def add(self, job_id: str, kind: DocumentKind = DocumentKind.TEST_PAGE, *, printer: str = "") -> None:
        document: Spooled = PAGE
        if kind is DocumentKind.DRAWER:
            document = DrawerDocument("sale", self.clock.now())
        if kind is DocumentKind.ORDER_SLIP:
            document = OrderSlipDocument("th", "สาขา", "1", "B-1", self.clock.now(), "Asia/Bangkok", ())
        with self.folder.store.transaction() as tx:
            tx.add_print_job(NewPrintJob(job_id, kind, document, f"subject-{job_id}", printer=printer))

    def info(self, job_id: str) -> PrintJobInfo:
        found = self.folder.store.facts.print_job(job_id)
        assert found is not None
        return found

    def state(self, job_id: str) -> PrintJobState:
        return self.info(job_id).state

    def both_clocks(self, step: timedelta) -> None:
        self.clock.forward(step)
        self.seconds.pass_(step)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    clock, seconds = SetClock(NOW), Seconds()
    with make_store(tmp_path, clock=clock) as folder:
        yield Spool(folder, clock, seconds, SqlPrintStore(folder.till, clock, monotonic=seconds))


def next_id(view: PrinterJobs) -> str | None:
    job = view.next_job()
    return None if job is None else job.id


# --- one printer --------------------------------------------------------------------------------------------------


def test_jobs_go_out_in_order_once(spool: Spool) -> None:
    view = spool.view()
    assert view.next_job() is None
    spool.add("a")
    spool.add("b")
    job = view.next_job()
    assert job is not None
    assert (job.id, job.role, job.attempts, job.template, job.requested_at) == ("a", "receipt", 0, "", NOW)
    assert job.document == PAGE
    assert view.mark_sending("a", b"\x1b@bytes")
    view.mark_sent("a")
    assert spool.state("a") is S.SENT
    view.mark_confirmed("a", Proof.PROCESS_ID)
    assert next_id(view) == "b"
    assert view.mark_sending("b", b"")
    view.mark_unverifiable("b")
    assert view.next_job() is None
    a, b = spool.info("a"), spool.info("b")
    assert (a.state, a.proof, a.printer, a.attempts) == (S.CONFIRMED, Proof.PROCESS_ID, "front", 1)
    assert (b.state, b.proof) == (S.UNVERIFIABLE, Proof.NONE)
    with spool.folder.till.read() as connection:
        payload = connection.exec_driver_sql("SELECT payload FROM print_job WHERE id = 'a'").scalar()
    assert payload == b"\x1b@bytes"


def test_a_blocked_paper_is_due_again_and_holds_those_behind_but_no_drawer(spool: Spool) -> None:
    view = spool.view()
    spool.add("a")
    spool.add("b")
    assert next_id(view) == "a"
    view.mark_blocked("a", Reason.PRINTER_PAPER_OUT)
    assert view.next_job() is None
    spool.add("pulse", DocumentKind.DRAWER)
    assert next_id(view) == "pulse"
    assert view.mark_sending("pulse", b"")
    view.mark_unverifiable("pulse")
    assert view.next_job() is None
    spool.seconds.pass_(RETRY_AFTER)
    job = view.next_job()
    assert job is not None and (job.id, job.attempts) == ("a", 1)
    assert spool.info("a").reason == "printer_paper_out"


def test_the_same_trouble_is_written_once(spool: Spool) -> None:
    """A printer that is off over night must not write to the disk at every try."""
    view = spool.view()
    spool.add("a")
    for reason, attempts in (
        (Reason.PRINTER_UNREACHABLE, 1),
        (Reason.PRINTER_UNREACHABLE, 1),
        (Reason.PRINTER_PAPER_OUT, 2),
    ):
        assert next_id(view) == "a"
        view.mark_blocked("a", reason)
        assert (spool.info("a").attempts, spool.info("a").reason) == (attempts, reason)
        spool.both_clocks(RETRY_AFTER)
    assert spool.info("a").updated_at == NOW + 2 * RETRY_AFTER


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=3)])
def test_a_clock_that_was_set_neither_holds_a_blocked_job_nor_hurries_it(spool: Spool, jump: timedelta) -> None:
    other = replace(KITCHEN, fallback="")
    front = replace(FRONT, fallback="kitchen")
    view, fallback = spool.view(front, other), spool.view(other, front)
    spool.add("a")
    assert next_id(view) == "a"
    view.mark_blocked("a", Reason.PRINTER_PAPER_OUT)
    spool.clock.forward(jump)
    assert view.next_job() is None
    assert fallback.next_job() is None
    spool.seconds.pass_(RETRY_AFTER)
    assert next_id(view) == "a"


def test_a_person_who_prints_a_blocked_job_does_not_wait(spool: Spool) -> None:
    view = spool.view()
    spool.add("a")
    assert next_id(view) == "a"
    view.mark_blocked("a", Reason.PRINTER_PAPER_OUT)
    assert view.next_job() is None
    with spool.folder.store.transaction() as tx:
        assert tx.settle_print_job("a", S.BLOCKED, S.QUEUED)
    assert next_id(view) == "a"


def test_a_cancelled_job_is_neither_claimed_nor_blocked_again(spool: Spool) -> None:
    view = spool.view()
    spool.add("a")
    assert next_id(view) == "a"
    with spool.folder.store.transaction() as tx:
        tx.set_print_job("a", S.CANCELLED)
    assert not view.mark_sending("a", b"x")
    view.mark_blocked("a", Reason.PRINTER_PAPER_OUT)
    view.mark_unconfirmed("a", Reason.PAPER_NOT_DRAWN)
    assert spool.state("a") is S.CANCELLED
    assert view.next_job() is None


def test_given_to_another_printer_between_the_look_and_the_claim(spool: Spool) -> None:
    view = spool.view(FRONT, KITCHEN)
    spool.add("a")
    assert next_id(view) == "a"
    with spool.folder.store.transaction() as tx:
        assert tx.give_print_job("a", "kitchen")
    assert not view.mark_sending("a", b"x")
    assert next_id(spool.view(KITCHEN, FRONT)) == "a"


def test_not_a_byte_left_after_the_claim(spool: Spool) -> None:
    view = spool.view()
    spool.add("a")
    assert next_id(view) == "a"
    assert view.mark_sending("a", b"x")
    view.mark_blocked("a", Reason.PRINTER_UNREACHABLE)
    info = spool.info("a")
    assert (info.state, info.reason, info.printer, info.attempts, info.begun) == (
        S.BLOCKED,
        "printer_unreachable",
        "",
        1,
        False,
    )


@pytest.mark.parametrize("person", [S.SUPERSEDED, S.CANCELLED, S.CONFIRMED])
def test_what_a_person_settled_while_the_printer_waited_stays(spool: Spool, person: PrintJobState) -> None:
    view = spool.view()
    spool.add("a")
    assert next_id(view) == "a" and view.mark_sending("a", b"x")
    view.mark_sent("a")
    view.mark_waiting("a", Reason.PRINTER_WAITS_FOR_PAPER)
    assert (spool.state("a"), spool.info("a").reason) == (S.WAITING_PRINTER, "printer_waits_for_paper")
    assert view.wanted("a")
    with spool.folder.store.transaction() as tx:
        assert tx.settle_print_job("a", S.WAITING_PRINTER, person)
    assert not view.wanted("a")
    for settle in (
        lambda: view.mark_confirmed("a", Proof.IN_ORDER),
        lambda: view.mark_unconfirmed("a", Reason.PRINTER_SILENT),
        lambda: view.mark_sent("a"),
    ):
        settle()
        assert spool.state("a") is person


def test_a_job_carries_the_template_it_was_made_with(spool: Spool) -> None:
    view = spool.view()
    for content in ('{"first": 1}', '{"second": 2}', ""):
        with spool.folder.store.transaction() as tx:
            tx.save_paper_template(PaperTemplate(DocumentKind.TEST_PAGE, 0, content, NOW, "s"))
        spool.add(f"job {content}")
    seen = []
    while (job := view.next_job()) is not None:
        seen.append(job.template)
        assert view.mark_sending(job.id, b"")
        view.mark_unverifiable(job.id)
    assert seen == ['{"first": 1}', '{"second": 2}', ""]


# --- after a stop --------------------------------------------------------------------------------------------------


def test_everything_in_flight_is_unconfirmed_after_a_restart_and_no_drawer_springs_open(spool: Spool) -> None:
    for job_id in ("sending", "sent", "waiting", "queued"):
        spool.add(job_id)
    spool.add("begun pulse", DocumentKind.DRAWER)
    spool.add("old pulse", DocumentKind.DRAWER)
    with spool.folder.store.transaction() as tx:
        tx.set_print_job("sending", S.SENDING)
        tx.set_print_job("sent", S.SENT)
        tx.set_print_job("waiting", S.WAITING_PRINTER, "printer_waits_for_paper")
        tx.set_print_job("begun pulse", S.SENT)
    assert spool.store.recover_all() == 3
    assert {job.id: (job.state, job.reason) for job in spool.folder.store.facts.print_jobs()} == {
        "sending": (S.UNCONFIRMED, "printer_broke_off"),
        "sent": (S.UNCONFIRMED, "printer_broke_off"),
        "waiting": (S.UNCONFIRMED, "printer_broke_off"),
        "queued": (S.QUEUED, ""),
        "begun pulse": (S.UNVERIFIABLE, "printer_broke_off"),
        "old pulse": (S.CANCELLED, "drawer_too_late"),
    }
    assert spool.store.recover_all() == 0
    assert next_id(spool.view()) == "queued"


def test_a_worker_recovers_its_own_jobs_only(spool: Spool) -> None:
    front, kitchen = spool.view(FRONT, KITCHEN), spool.view(KITCHEN, FRONT)
    spool.add("a")
    spool.add("b", DocumentKind.ORDER_SLIP, printer="kitchen")
    spool.add("c")
    assert next_id(front) == "a" and front.mark_sending("a", b"")
    with spool.folder.store.transaction() as tx:
        tx.set_print_job("b", S.SENDING)
        tx.set_print_job("c", S.SENDING)  # of a printer that is no more, or of a build that knew one only
    assert kitchen.recover() == 2
    assert [spool.state(each) for each in "abc"] == [S.SENDING, S.UNCONFIRMED, S.UNCONFIRMED]
    assert front.recover() == 1
    assert spool.state("a") is S.UNCONFIRMED


# --- several printers ----------------------------------------------------------------------------------------------


def taken(view: PrinterJobs) -> list[str]:
    found = []
    while (job := view.next_job()) is not None:
        found.append(job.id)
        assert view.mark_sending(job.id, b"")
        view.mark_unverifiable(job.id)
    return found


def test_papers_go_by_role_and_by_name(spool: Spool) -> None:
    spool.add("receipt")
    spool.add("slip", DocumentKind.ORDER_SLIP)
    spool.add("slip to the front", DocumentKind.ORDER_SLIP, printer="front")
    spool.add("of a printer that is no more", printer="sold")
    spool.add("receipt to the kitchen", printer="kitchen")
    assert taken(spool.view(KITCHEN, FRONT)) == ["slip", "receipt to the kitchen"]
    assert taken(spool.view(FRONT, KITCHEN)) == ["receipt", "slip to the front", "of a printer that is no more"]
    assert spool.info("slip").printer == "kitchen"


@pytest.mark.parametrize(
    ("setups", "heir"),
    [
        ((FRONT,), "front"),
        ((KITCHEN, FRONT), "kitchen"),
        ((replace(KITCHEN, roles=(PrinterRole.COUPON,)), FRONT), "front"),
        ((replace(FRONT, roles=(PrinterRole.COUPON,)), replace(KITCHEN, roles=(PrinterRole.COUPON,))), "front"),
        ((replace(KITCHEN, roles=()), replace(FRONT, roles=())), "kitchen"),
    ],
)
def test_a_role_that_nobody_has_falls_to_whoever_has_receipts(
    spool: Spool, setups: tuple[PrinterSetup, ...], heir: str
) -> None:
    spool.add("slip", DocumentKind.ORDER_SLIP)
    takers = [each.key for each in setups if spool.store.for_printer(each, setups).next_job() is not None]
    assert takers == [heir]


def test_pulses_go_where_the_drawer_hangs(spool: Spool) -> None:
    spool.add("any", DocumentKind.DRAWER)
    spool.add("named", DocumentKind.DRAWER, printer="kitchen")
    assert taken(spool.view(KITCHEN, FRONT)) == ["named"]
    assert taken(spool.view(FRONT, KITCHEN)) == ["any"]
    spool.add("without a drawer", DocumentKind.DRAWER)
    alone = replace(FRONT, drawer=False)
    assert taken(spool.view(alone)) == ["without a drawer"], "somebody has to say that there is none"


def test_two_printers_never_have_one_job(spool: Spool) -> None:
    twin = replace(FRONT, key="twin")
    views = [spool.view(FRONT, twin), spool.view(twin, FRONT)]
    for n in range(20):
        spool.add(f"job-{n:02}")
    claimed: list[list[str]] = [[], []]
    start = threading.Barrier(2)

    def work(me: int) -> None:
        start.wait()
        while (job := views[me].next_job()) is not None:
            if views[me].mark_sending(job.id, b"x"):
                claimed[me].append(job.id)
                views[me].mark_unverifiable(job.id)

    threads = [threading.Thread(target=work, args=(me,)) for me in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(claimed[0] + claimed[1]) == [f"job-{n:02}" for n in range(20)]
    assert {job.attempts for job in spool.folder.store.facts.print_jobs()} == {1}


def test_what_another_sends_is_not_blocked_by_the_loser(spool: Spool) -> None:
    twin = replace(FRONT, key="twin")
    first, second = spool.view(FRONT, twin), spool.view(twin, FRONT)
    spool.add("a")
    assert next_id(first) == next_id(second) == "a"
    assert first.mark_sending("a", b"")
    second.mark_blocked("a", Reason.PRINTER_PAPER_OUT)
    second.mark_unconfirmed("a", Reason.PAPER_NOT_DRAWN)
    assert spool.state("a") is S.SENDING
    first.mark_confirmed("a", Proof.IN_ORDER)
    assert spool.state("a") is S.CONFIRMED


# --- the fallback --------------------------------------------------------------------------------------------------

WITH_FALLBACK = replace(FRONT, fallback="kitchen")


def block_until_stuck(spool: Spool, view: PrinterJobs, job_id: str) -> None:
    began = spool.seconds.at
    while spool.seconds.at < began + FALLBACK_AFTER.total_seconds():
        assert next_id(view) == job_id
        view.mark_blocked(job_id, Reason.PRINTER_UNREACHABLE)
        spool.both_clocks(RETRY_AFTER)


def test_what_a_printer_cannot_begin_goes_to_its_fallback(spool: Spool) -> None:
    front, kitchen = spool.view(WITH_FALLBACK, KITCHEN), spool.view(KITCHEN, WITH_FALLBACK)
    spool.add("receipt")
    spool.add("coupon")
    assert kitchen.next_job() is None
    block_until_stuck(spool, front, "receipt")
    assert next_id(kitchen) == "receipt"
    assert kitchen.mark_sending("receipt", b"x")
    assert front.next_job() is not None, "those behind are tried at the printer that is theirs"
    kitchen.mark_sent("receipt")
    kitchen.mark_confirmed("receipt", Proof.IN_ORDER)
    info = spool.info("receipt")
    assert (info.state, info.printer, info.reason) == (S.CONFIRMED, "kitchen", "printer_fallback")
    assert kitchen.next_job() is None, "the coupon has not been tried by its own printer yet"
    assert next_id(front) == "coupon"
    front.mark_blocked("coupon", Reason.PRINTER_UNREACHABLE)
    assert next_id(kitchen) == "coupon", "known to be off: the next does not wait again"


def test_a_fallback_that_cannot_begin_either_leaves_the_job_where_it_is(spool: Spool) -> None:
    front, kitchen = spool.view(WITH_FALLBACK, KITCHEN), spool.view(KITCHEN, WITH_FALLBACK)
    spool.add("receipt")
    block_until_stuck(spool, front, "receipt")
    before = spool.info("receipt")
    assert next_id(kitchen) == "receipt"
    kitchen.mark_blocked("receipt", Reason.PRINTER_PAPER_OUT)
    assert spool.info("receipt") == before
    assert kitchen.next_job() is None
    assert next_id(front) == "receipt"
    assert front.mark_sending("receipt", b"x")
    assert kitchen.next_job() is None


def test_both_reach_for_a_job_at_the_moment_of_handing_over(spool: Spool) -> None:
    front, kitchen = spool.view(WITH_FALLBACK, KITCHEN), spool.view(KITCHEN, WITH_FALLBACK)
    spool.add("receipt")
    block_until_stuck(spool, front, "receipt")
    assert next_id(front) == next_id(kitchen) == "receipt"
    assert kitchen.mark_sending("receipt", b"x")
    assert not front.mark_sending("receipt", b"x")
    front.mark_blocked("receipt", Reason.PRINTER_UNREACHABLE)
    assert spool.state("receipt") is S.SENDING


def test_a_printer_that_works_again_keeps_its_papers(spool: Spool) -> None:
    front, kitchen = spool.view(WITH_FALLBACK, KITCHEN), spool.view(KITCHEN, WITH_FALLBACK)
    spool.add("receipt")
    block_until_stuck(spool, front, "receipt")
    assert next_id(front) == "receipt"
    assert front.mark_sending("receipt", b"x")
    front.mark_unverifiable("receipt")
    spool.add("next")
    assert next_id(front) == "next"
    front.mark_blocked("next", Reason.PRINTER_PAPER_OUT)
    assert kitchen.next_job() is None, "a new trouble has just begun"


def test_a_trouble_of_this_morning_is_not_one_of_now(spool: Spool) -> None:
    front, kitchen = spool.view(WITH_FALLBACK, KITCHEN), spool.view(KITCHEN, WITH_FALLBACK)
    spool.add("morning")
    block_until_stuck(spool, front, "morning")
    assert taken(kitchen) == ["morning"]
    spool.both_clocks(timedelta(hours=3))
    spool.add("noon")
    assert next_id(front) == "noon"
    front.mark_blocked("noon", Reason.PRINTER_COVER_OPEN)
    assert kitchen.next_job() is None


# --- pulses --------------------------------------------------------------------------------------------------------


def waited(view: PrinterJobs) -> float:
    job = view.next_job()
    assert job is not None
    return job.waited.total_seconds()


def test_the_age_of_a_pulse_is_what_passed(spool: Spool) -> None:
    view = spool.view()
    view.next_job()
    spool.add("pulse", DocumentKind.DRAWER)
    assert waited(view) == 0
    spool.both_clocks(timedelta(seconds=7))
    assert waited(view) == 7


@pytest.mark.parametrize("jump", [timedelta(hours=-5), timedelta(hours=5)])
def test_a_clock_that_was_set_makes_no_pulse_older_or_younger_than_it_can_be(spool: Spool, jump: timedelta) -> None:
    view = spool.view()
    view.next_job()
    spool.both_clocks(timedelta(seconds=1))
    spool.add("pulse", DocumentKind.DRAWER)
    spool.clock.forward(jump)
    assert 0 <= waited(view) <= 1
    spool.seconds.pass_(timedelta(seconds=9))
    assert 9 <= waited(view) <= 10


def test_a_pulse_that_waited_while_the_lane_was_busy_is_as_old_as_the_wall_says(spool: Spool) -> None:
    view = spool.view()
    view.next_job()
    spool.both_clocks(timedelta(seconds=5))
    spool.add("pulse", DocumentKind.DRAWER)
    spool.both_clocks(timedelta(seconds=40))
    assert waited(view) == 40


# --- a store that cannot write -------------------------------------------------------------------------------------


@contextmanager
def failing_commit(spool: Spool, monkeypatch: pytest.MonkeyPatch, *, undone: bool) -> Iterator[None]:
    """The next writes report a full disk, and were undone or stand all the same."""
    real = spool.folder.till.write

    @contextmanager
    def write() -> Iterator[Connection]:
        problem = EnvironmentProblem(Reason.DISK_FULL)
        if undone:
            raise problem
        with real() as connection:
            yield connection
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(spool.folder.till, "write", write)
        yield


@pytest.mark.parametrize("undone", [True, False])
def test_a_claim_that_was_reported_as_failed_is_undone_before_the_next(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, undone: bool
) -> None:
    view = spool.view()
    spool.add("a")
    spool.add("b")
    assert next_id(view) == "a"
    with failing_commit(spool, monkeypatch, undone=undone):
        with pytest.raises(EnvironmentProblem):
            view.mark_sending("a", b"x")
        assert spool.state("a") is (S.QUEUED if undone else S.SENDING)
        with pytest.raises(EnvironmentProblem):
            view.next_job()
    assert next_id(view) == "a", "not a byte was sent of it, so it is still the first"
    assert view.mark_sending("a", b"x")
