"""What a person decides about print jobs: once, marked, on record, and only of what they have seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from pos_member.domain.documents import DocumentKind, DrawerDocument, ReceiptDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.domain.printers import PrinterProfile, PrinterRole, PrinterSetup, Proof
from pos_member.services import print_jobs
from pos_member.services.ports import PrintJobInfo, PrintJobState
from pos_member.services.print_jobs import STILL_WANTED, JobAct, acts_of
from tests.factories import World

S = PrintJobState
BAR = PrinterSetup("bar", "บาร์", "file:///dev/null", PrinterProfile("bar"))
COUNTER = PrinterSetup("counter", "เคาน์เตอร์", "tcp://10.0.0.9:9100", PrinterProfile("counter"), drawer=True)


@dataclass
class Spool:
    """One receipt's job, put into whatever state a test is about."""

    world: World
    job_id: str

    def put(self, state: PrintJobState, *, begun: bool = False, reason: str = "") -> None:
        with self.world.store.transaction() as tx:
            tx.set_print_job(self.job_id, state, reason)
        with self.world.folder.till.write() as connection:
            connection.exec_driver_sql(
                "UPDATE print_job SET payload = ? WHERE id = ?", (b"\x1b@" if begun else None, self.job_id)
            )

    def info(self, job_id: str = "") -> PrintJobInfo:
        found = self.world.store.facts.print_job(job_id or self.job_id)
        assert found is not None
        return found

    def audits(self) -> list[AuditRecord]:
        return [
            row
            for row in audit_records(self.world)
            if row.act in ("print_again", "print_seen", "print_cancelled", "drawer_opened")
        ]


def audit_records(world: World) -> list[AuditRecord]:
    from pos_member.domain.codec import from_wire

    rows = [row for row in world.store.evidence.queue() if row.kind == EventKind.AUDIT.value]
    return [from_wire(AuditRecord, json.loads(row.payload)) for row in rows]


@pytest.fixture
def spool(world: World) -> Spool:
    world.printers = (COUNTER, BAR)
    return Spool(world, world.sell({"tea": 1}).print_job_ids[0])


def refused(act: object, reason: Reason) -> None:
    with pytest.raises(Refusal) as refusal:
        act()  # type: ignore[operator]
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    ("state", "begun"), [(S.QUEUED, False), (S.BLOCKED, False), (S.BLOCKED, True), (S.CANCELLED, False)]
)
@pytest.mark.parametrize("printer", ["", "bar"])
def test_of_what_never_reached_paper_the_job_itself_goes_on(
    spool: Spool, state: PrintJobState, begun: bool, printer: str
) -> None:
    spool.put(state, begun=begun, reason="printer_unreachable")
    jobs, before = spool.world.till.print_jobs, len(spool.world.till.reprint.jobs())
    assert jobs.print_again(spool.world.session(), spool.job_id, printer) == spool.job_id
    info = spool.info()
    assert (info.state, info.reason, info.copy_number, info.printer) == (S.QUEUED, "", 0, printer)
    assert len(spool.world.till.reprint.jobs()) == before
    assert [row.act for row in spool.audits()] == ["print_again"]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (S.UNCONFIRMED, S.SUPERSEDED),
        (S.UNVERIFIABLE, S.SUPERSEDED),
        (S.WAITING_PRINTER, S.SUPERSEDED),
        (S.CANCELLED, S.SUPERSEDED),
        (S.CONFIRMED, S.CONFIRMED),
    ],
)
def test_of_what_may_stand_on_paper_a_numbered_copy_is_printed(
    spool: Spool, state: PrintJobState, after: PrintJobState
) -> None:
    spool.put(state, begun=True)
    world = spool.world
    new_id = world.till.print_jobs.other_printer(world.session(), spool.job_id, "bar")
    assert new_id != spool.job_id
    new, old = spool.info(new_id), spool.info()
    assert (new.state, new.copy_number, new.printer, new.subject_id) == (S.QUEUED, 1, "bar", old.subject_id)
    assert (old.state, old.replaced_by) == (after, "" if state is S.CONFIRMED else new_id)
    first, copy = (world.store.facts.print_job_document(job_id) for job_id in (spool.job_id, new_id))
    assert isinstance(first, ReceiptDocument) and isinstance(copy, ReceiptDocument)
    assert (first.copy_number, copy.copy_number) == (0, 1)
    assert copy.receipt_code == first.receipt_code


def test_copies_count_on_across_retries_and_reprints(spool: Spool) -> None:
    world, cashier = spool.world, spool.world.session()
    bill_id = spool.info().subject_id
    world.till.reprint.reprint(cashier, bill_id, DocumentKind.RECEIPT)
    spool.put(S.UNCONFIRMED, begun=True)
    second = world.till.print_jobs.print_again(cashier, spool.job_id)
    assert spool.info(second).copy_number == 2
    third = Spool(world, second)
    third.put(S.UNVERIFIABLE, begun=True)
    assert spool.info(world.till.print_jobs.print_again(cashier, second)).copy_number == 3
    # What head office and the first print call the papers of this bill has not changed.
    assert len(world.store.facts.documents_of(bill_id)) == 1


@pytest.mark.parametrize("state", [S.SENDING, S.SENT])
def test_a_job_that_is_being_sent_is_the_printers(spool: Spool, state: PrintJobState) -> None:
    spool.put(state, begun=True)
    jobs, who = spool.world.till.print_jobs, spool.world.session()
    for act in (jobs.print_again, jobs.seen, jobs.cancel):
        refused(lambda act=act: act(who, spool.job_id), Reason.PRINT_JOB_UNDER_WAY)
    refused(lambda: jobs.other_printer(who, spool.job_id, "bar"), Reason.PRINT_JOB_UNDER_WAY)
    assert spool.info().state is state and spool.audits() == []


def test_what_moved_on_since_it_was_seen_is_left_alone(spool: Spool) -> None:
    jobs, who = spool.world.till.print_jobs, spool.world.session()
    spool.put(S.CONFIRMED, begun=True)
    for act in (jobs.print_again, jobs.seen, jobs.cancel):
        refused(lambda act=act: act(who, spool.job_id, expected=S.UNCONFIRMED), Reason.PRINT_JOB_MOVED_ON)
    refused(lambda: jobs.cancel(who, spool.job_id), Reason.PRINT_JOB_MOVED_ON)
    refused(lambda: jobs.print_again(who, "nothing"), Reason.PRINT_JOB_MOVED_ON)
    assert spool.info().state is S.CONFIRMED and spool.audits() == []


def test_two_people_at_once_print_one_copy(spool: Spool) -> None:
    jobs, world = spool.world.till.print_jobs, spool.world
    spool.put(S.UNCONFIRMED, begun=True)
    jobs.print_again(world.session("1001"), spool.job_id, expected=S.UNCONFIRMED)
    refused(lambda: jobs.print_again(world.session("1002"), spool.job_id), Reason.PRINT_JOB_MOVED_ON)
    assert sum(1 for job in world.till.reprint.jobs() if job.copy_number) == 1


def test_who_saw_the_paper_confirms_it(spool: Spool) -> None:
    spool.put(S.UNCONFIRMED, begun=True, reason="printer_broke_off")
    spool.world.till.print_jobs.seen(spool.world.session(), spool.job_id, expected=S.UNCONFIRMED)
    info = spool.info()
    assert (info.state, info.proof, info.reason) == (S.CONFIRMED, Proof.PERSON, "")
    (record,) = spool.audits()
    assert (record.act, record.staff_id, record.subject_id) == ("print_seen", "staff-1001", info.subject_id)
    assert spool.job_id in record.detail


@pytest.mark.parametrize("state", [S.QUEUED, S.BLOCKED, S.UNCONFIRMED, S.WAITING_PRINTER])
def test_giving_up_is_on_record(spool: Spool, state: PrintJobState) -> None:
    spool.put(state, begun=True)
    spool.world.till.print_jobs.cancel(spool.world.session(), spool.job_id)
    assert spool.info().state is S.CANCELLED
    assert [row.act for row in spool.audits()] == ["print_cancelled"]


def test_a_printer_nobody_knows_is_refused_before_anything_happens(spool: Spool) -> None:
    jobs, who = spool.world.till.print_jobs, spool.world.session()
    spool.put(S.UNCONFIRMED, begun=True)
    refused(lambda: jobs.other_printer(who, spool.job_id, "gone"), Reason.PRINTER_UNKNOWN)
    refused(lambda: jobs.other_printer(who, spool.job_id, ""), Reason.PRINTER_UNKNOWN)
    assert spool.info().state is S.UNCONFIRMED


def test_the_list_begins_with_what_a_person_must_look_at(spool: Spool) -> None:
    world = spool.world
    spool.put(S.UNCONFIRMED, begun=True)
    later = world.sell({"mug": 1})
    listed = world.till.print_jobs.listed()
    assert listed[0].info.id == spool.job_id
    assert JobAct.SEEN in listed[0].acts
    by_id = {job.info.id: job for job in listed}
    assert by_id[later.print_job_ids[0]].number == later.bill.number
    assert [job.info.id for job in listed[1:]] == [
        job.id for job in world.till.reprint.jobs() if job.id != spool.job_id
    ]


def test_a_paper_in_doubt_is_listed_however_many_came_after_it(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_jobs, "JOBS_MAX", 3)
    world = spool.world
    spool.put(S.UNCONFIRMED, begun=True)
    old = spool.info()
    for _ in range(3):
        world.sell({"mug": 1})
    listed, bill = world.till.print_jobs.listed(), world.store.facts.bill(old.subject_id)
    assert bill is not None
    assert (listed[0].info.id, listed[0].number) == (old.id, bill.number)
    assert old.id not in {job.info.id for job in listed[1:]} and len(listed) >= 4


def test_a_pulse_can_only_be_given_up(spool: Spool) -> None:
    world = spool.world
    pulse = next(job for job in world.till.reprint.jobs() if job.kind is DocumentKind.DRAWER)
    assert acts_of(pulse) == {JobAct.CANCEL}
    jobs, who = world.till.print_jobs, world.session()
    refused(lambda: jobs.print_again(who, pulse.id), Reason.PRINT_JOB_MOVED_ON)
    refused(lambda: jobs.other_printer(who, pulse.id, "bar"), Reason.PRINT_JOB_MOVED_ON)
    jobs.cancel(who, pulse.id)
    assert spool.info(pulse.id).state is S.CANCELLED
    in_doubt = Spool(world, pulse.id)
    in_doubt.put(S.UNCONFIRMED, begun=True)
    assert world.till.print_jobs.listed()[0].info.id != pulse.id
    assert isinstance(world.store.facts.print_job_document(pulse.id), DrawerDocument)


def test_the_kitchen_gets_names_and_quantities_and_no_money(world: World) -> None:
    kitchen = PrinterSetup("kitchen", "ครัว", "file:///dev/null", PrinterProfile("k"), roles=(PrinterRole.KITCHEN,))
    world.sell({"tea": 1})
    assert not [job for job in world.till.reprint.jobs() if job.kind is DocumentKind.ORDER_SLIP]
    world.printers = (COUNTER, kitchen)
    sold = world.sell({"tea": 2, "mug": 1})
    (slip,) = [job for job in world.till.reprint.jobs() if job.kind is DocumentKind.ORDER_SLIP]
    assert slip.subject_id == sold.bill.id
    document = world.store.facts.print_job_document(slip.id)
    assert document is not None and not isinstance(document, DrawerDocument)
    assert [(line.name, line.quantity_milli) for line in document.lines] == [  # type: ignore[union-attr]
        (line.name_th, line.quantity_milli) for line in sold.bill.lines
    ]
    assert {(line.unit_price_satang, line.amount_satang) for line in document.lines} == {(0, 0)}  # type: ignore[union-attr]
    returns = world.till.returns
    returns.complete(world.session("1003"), sold.bill.id, {1: 1000}, return_id=returns.new_id())
    assert sum(1 for job in world.till.reprint.jobs() if job.kind is DocumentKind.ORDER_SLIP) == 1


def test_a_first_printer_does_not_begin_with_the_papers_of_weeks(world: World) -> None:
    old = world.sell({"tea": 1})
    world.clock.at += STILL_WANTED + timedelta(minutes=1)
    fresh = world.sell({"mug": 1})
    jobs = world.till.print_jobs
    assert jobs.let_go_of_old() == 1
    info = Spool(world, old.print_job_ids[0]).info()
    assert (info.state, info.reason) == (S.CANCELLED, "print_job_stale")
    assert Spool(world, fresh.print_job_ids[0]).info().state is S.QUEUED
    assert jobs.print_again(world.session(), info.id) == info.id
    assert Spool(world, info.id).info().state is S.QUEUED


def test_what_a_printer_owes_is_never_let_go_of(spool: Spool) -> None:
    world = spool.world
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE print_job SET attempts = 1, state = 'blocked' WHERE id = ?", (spool.job_id,))
    world.clock.at += STILL_WANTED * 10
    assert world.till.print_jobs.let_go_of_old() == 0
    assert spool.info().state is S.BLOCKED
