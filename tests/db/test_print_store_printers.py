"""The print spool of several printers: who gets which job and when; fallbacks and pulses."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from pos_member.db.print_store import FALLBACK_AFTER, RETRY_AFTER, PrinterJobs
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason
from pos_member.domain.printers import PrinterRole, PrinterSetup, Proof
from tests.db.spool import FRONT, KITCHEN, S, Spool, next_id
from tests.patience import PATIENCE_S

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
        thread.join(PATIENCE_S)
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
