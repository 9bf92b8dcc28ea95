"""The cash drawer: with cash, before the paper, once; without a sale only by somebody who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_member.domain.bill import Tender
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import PrinterProfile, PrinterSetup
from pos_member.services.ports import PrintJobState
from pos_member.services.till import TillServices
from tests.factories import CARD, CASH, PROMPTPAY, World
from tests.services.test_print_jobs import audit_records

COUNTER = PrinterSetup("counter", "เคาน์เตอร์", "tcp://10.0.0.9:9100", PrinterProfile("counter"), drawer=True)


def pulses(world: World) -> list[tuple[str, str]]:
    """(opened for, subject) of every pulse, oldest first."""
    found = []
    for job in reversed(world.till.reprint.jobs()):
        if job.kind is DocumentKind.DRAWER:
            document = world.store.facts.print_job_document(job.id)
            assert isinstance(document, DrawerDocument)
            assert document.requested_at == world.clock.now()
            found.append((document.opened_for, job.subject_id))
    return found


@pytest.fixture
def till(world: World) -> World:
    world.printers = (COUNTER,)
    return world


def test_a_sale_for_cash_opens_the_drawer_before_its_receipt(till: World) -> None:
    bill = till.sell({"tea": 1}).bill
    assert pulses(till) == [("sale", bill.id)]
    kinds = [job.kind for job in reversed(till.till.reprint.jobs())]
    assert kinds == [DocumentKind.DRAWER, DocumentKind.RECEIPT]


@pytest.mark.parametrize("kind", [CARD, PROMPTPAY])
def test_a_sale_without_cash_leaves_it_shut(till: World, kind) -> None:
    draft = till.draft({"tea": 1})
    till.till.checkout.complete(till.session(), draft, (Tender(kind, 4_000),))
    assert pulses(till) == []


def test_part_in_cash_is_cash(till: World) -> None:
    draft = till.draft({"tea": 1})
    till.till.checkout.complete(till.session(), draft, (Tender(CARD, 2_000), Tender(CASH, 2_000)))
    assert len(pulses(till)) == 1


def test_the_same_bill_twice_opens_it_once(till: World) -> None:
    draft = till.draft({"tea": 1})
    for _ in range(2):
        till.till.checkout.complete(till.session(), draft, (Tender(CASH, 4_000),))
    assert len(pulses(till)) == 1


def test_a_refund_opens_it_only_where_cash_goes_back(till: World) -> None:
    returns, supervisor = till.till.returns, till.session("1003")
    bill = till.sell({"tea": 2}).bill
    by_card = returns.complete(supervisor, bill.id, {1: 1000}, return_id=returns.new_id(), tender=CARD)
    assert [each for each in pulses(till) if each[0] == "return"] == []
    done = returns.complete(supervisor, bill.id, {1: 1000}, return_id=returns.new_id())
    assert [each for each in pulses(till) if each[0] == "return"] == [("return", done.document.id)]
    # The pulse is no paper of the return.
    assert len(done.print_job_ids) == len(by_card.print_job_ids) == 1


def test_a_shift_begins_and_ends_with_an_open_drawer(till: World) -> None:
    shifts, cashier = till.till.shifts, till.session()
    shift = shifts.open(cashier, 10_000)
    closed = shifts.close(cashier, 10_000, "th").closed
    assert pulses(till) == [("shift", shift.id), ("shift", closed.id)]


def test_without_a_drawer_there_is_no_pulse_and_no_way_to_ask_for_one(world: World) -> None:
    world.sell({"tea": 1})
    assert pulses(world) == [] and not world.till.drawer.present()
    with pytest.raises(Refusal) as refusal:
        world.till.drawer.open_drawer(world.session("1003"))
    assert refusal.value.reason is Reason.DRAWER_NONE


def test_without_a_sale_somebody_answers_for_it(till: World) -> None:
    cashier, supervisor = till.session("1001"), till.session("1003")
    with pytest.raises(Refusal) as refusal:
        till.till.drawer.open_drawer(cashier)
    assert refusal.value.reason is Reason.NOT_PERMITTED
    assert pulses(till) == []
    job_id = till.till.drawer.open_drawer(cashier, supervisor)
    assert pulses(till) == [("person", "staff-1001")]
    info = till.store.facts.print_job(job_id)
    assert info is not None and info.state is PrintJobState.QUEUED
    (record,) = [row for row in audit_records(till) if row.act == "drawer_opened"]
    assert (record.staff_id, record.approved_by, record.subject_id) == ("staff-1001", "staff-1003", job_id)
    assert till.till.verify.run().ok


def test_practice_opens_no_real_drawer(till: World) -> None:
    """What is opened there would stand in no record that counts."""
    practice = TillServices(replace(till.till.drawer._shop.context, practice=True))
    who = till.session("1003")
    assert not practice.drawer.present()
    for act, reason in (
        (lambda: practice.drawer.open_drawer(who), Reason.DRAWER_NONE),
        (lambda: practice.printers.try_drawer(who, COUNTER), Reason.DRAWER_PRACTICE),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.reason is reason
    draft = till.draft({"tea": 1})
    practice.checkout.complete(who, draft, (Tender(CASH, 4_000),))
    assert pulses(till) == []
