"""The print spool of one printer: in order, claimed once, settled once; after a stop; when it cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from pos_member.db.print_store import RETRY_AFTER
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Proof
from pos_member.services.print_ports import PaperTemplate, PrintJobState
from tests.db.spool import FRONT, KITCHEN, PAGE, S, Spool, next_id
from tests.db_support import NOW

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
