"""The print spool of one printer: in order, claimed once, settled once; after a stop; when it cannot write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from pos_member.db.print_store import BACKLOG_AFTER, RETRY_AFTER
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.services.print_ports import NewPrintJob, PaperTemplate, PrintJobState
from tests.db.spool import FRONT, KITCHEN, PAGE, S, Spool, next_id
from tests.db_support import NOW


def payload_of(spool: Spool, job_id: str) -> bytes | None:
    with spool.folder.till.read() as connection:
        found = connection.exec_driver_sql("SELECT payload FROM print_job WHERE id = ?", (job_id,)).scalar()
    return None if found is None else bytes(found)


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
    assert payload_of(spool, "a") == b"\x1b@bytes"
    view.mark_confirmed("a", Proof.PROCESS_ID)
    assert next_id(view) == "b"
    assert view.mark_sending("b", b"")
    view.mark_unverifiable("b")
    assert view.next_job() is None
    a, b = spool.info("a"), spool.info("b")
    assert (a.state, a.proof, a.printer, a.attempts) == (S.CONFIRMED, Proof.PROCESS_ID, "front", 1)
    assert (b.state, b.proof) == (S.UNVERIFIABLE, Proof.NONE)
    assert payload_of(spool, "a") == payload_of(spool, "b") == b"", "what is over is never sent again"
    assert a.begun and b.begun


def test_a_picture_is_kept_while_it_may_matter(spool: Spool) -> None:
    """Some 60 kB a paper: kept of those in doubt, let go of with a person's word, and with a new print."""
    view = spool.view()
    for job_id in ("seen", "anew"):
        spool.add(job_id)
        assert next_id(view) == job_id
        assert view.mark_sending(job_id, b"picture")
        view.mark_unconfirmed(job_id, Reason.PRINTER_BROKE_OFF)
        assert payload_of(spool, job_id) == b"picture"
    with spool.folder.store.transaction() as tx:
        assert tx.settle_print_job("seen", S.UNCONFIRMED, S.CONFIRMED)
        tx.add_print_job(NewPrintJob("new", DocumentKind.TEST_PAGE, PAGE, "subject", 1, "", "anew"))
        assert not tx.give_print_job("anew", "kitchen")
    for job_id, state in (("seen", S.CONFIRMED), ("anew", S.SUPERSEDED)):
        assert (payload_of(spool, job_id), spool.state(job_id), spool.info(job_id).begun) == (b"", state, True)
    spool.add("never")
    with spool.folder.store.transaction() as tx:
        assert tx.settle_print_job("never", S.QUEUED, S.CANCELLED)
    assert payload_of(spool, "never") is None and not spool.info("never").begun


def test_a_spool_of_years_is_not_read_through(spool: Spool) -> None:
    """What a lane asks every second, and the badge at every change, goes by the index of open jobs."""
    asked: list[str] = []
    with spool.folder.till.read() as connection:
        engine = connection.engine

    def look(conn: object, cursor: object, statement: str, parameters: object, context: object, many: bool) -> None:
        if "print_job" in statement and statement.startswith(("SELECT", "UPDATE")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", look)
    view = spool.view(replace(FRONT, fallback="kitchen"), KITCHEN)
    spool.view(KITCHEN, replace(FRONT, fallback="kitchen")).next_job()
    view.next_job()
    view.recover()
    spool.store.recover_all()
    spool.folder.store.facts.open_print_jobs()
    event.remove(engine, "before_cursor_execute", look)
    assert len(asked) >= 8
    with spool.folder.till.read() as connection:
        for statement in asked:
            marks = tuple("" for _ in range(statement.count("?")))
            plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", marks))
            assert "SCAN print_job" not in plan, (statement, plan)


def test_a_paper_that_cannot_be_read_is_looked_at_and_keeps_nothing_up(
    spool: Spool, expected_logs: Callable[[str], None]
) -> None:
    expected_logs("cannot be read")
    view = spool.view()
    spool.add("broken")
    spool.add("pulse", DocumentKind.DRAWER)
    spool.add("sound")
    with spool.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE print_job SET document = x'7b' WHERE id IN ('broken', 'pulse')")
    assert next_id(view) == "sound"
    assert (spool.state("broken"), spool.info("broken").reason) == (S.UNCONFIRMED, Reason.PAPER_NOT_DRAWN)
    assert spool.state("pulse") is S.CANCELLED


def test_a_printer_that_may_wait_for_half_an_image_is_known_after_a_stop(spool: Spool) -> None:
    """``recover`` tells the worker to clear the line before the next paper, whoever settled the last one."""
    view = spool.view()
    for job_id in ("whole", "torn"):
        spool.add(job_id)
        assert next_id(view) == job_id
        assert view.mark_sending(job_id, b"picture")
        if job_id == "whole":
            view.mark_confirmed(job_id, Proof.PROCESS_ID)
            assert view.recover() == 0
    assert spool.store.recover_all() == 1
    again = spool.view()
    assert again.recover() == 1
    assert spool.view(KITCHEN, FRONT).recover() == 0
    spool.add("next")
    assert next_id(again) == "next"
    assert again.mark_sending("next", b"picture")
    again.mark_unverifiable("next")
    assert spool.view().recover() == 0


def test_an_old_paper_in_doubt_is_open_whatever_came_after_it(spool: Spool) -> None:
    view = spool.view()
    for job_id in ("old", *(f"new-{at}" for at in range(5))):
        spool.add(job_id)
        assert next_id(view) == job_id
        assert view.mark_sending(job_id, b"")
        if job_id == "old":
            view.mark_unconfirmed(job_id, Reason.PRINTER_SILENT)
        else:
            view.mark_confirmed(job_id, Proof.PROCESS_ID)
    spool.add("waits")
    assert [job.id for job in spool.folder.store.facts.open_print_jobs()] == ["old", "waits"]
    assert [job.id for job in spool.folder.store.facts.open_print_jobs(1)] == ["old"]


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


def test_whoever_stands_at_the_counter_does_not_wait_for_a_backlog(spool: Spool) -> None:
    view = spool.view()
    for job_id in ("night-1", "night-2"):
        spool.add(job_id)
    view.next_job()
    view.mark_blocked("night-1", Reason.PRINTER_UNREACHABLE)
    spool.both_clocks(BACKLOG_AFTER + timedelta(seconds=1))
    spool.add("now-receipt")
    spool.add("now-coupon")
    printed = []
    while (job_id := next_id(view)) is not None:
        assert view.mark_sending(job_id, b"x")
        view.mark_confirmed(job_id, Proof.IN_ORDER)
        printed.append(job_id)
    assert printed == ["now-receipt", "now-coupon", "night-1", "night-2"]


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


@pytest.mark.parametrize("undone", [True, False])
def test_a_claim_that_is_given_back_is_given_back_at_last(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, *, undone: bool
) -> None:
    """Left as being sent it would be out of everybody's reach until the next start."""
    view = spool.view()
    spool.add("a")
    assert next_id(view) == "a"
    assert view.mark_sending("a", b"x")
    with failing_commit(spool, monkeypatch, undone=undone), pytest.raises(EnvironmentProblem):
        view.mark_blocked("a", Reason.PRINTER_GONE)
    view.mark_blocked("a", Reason.PRINTER_GONE)  # as the worker does before anything else
    assert (spool.state("a"), spool.info("a").reason, payload_of(spool, "a")) == (S.BLOCKED, "printer_gone", None)
    spool.seconds.pass_(RETRY_AFTER)
    assert next_id(view) == "a"
