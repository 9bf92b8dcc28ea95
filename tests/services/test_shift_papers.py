"""X goes on, Z ends: what each of them says, and to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_member.domain.bill import Tender
from pos_member.domain.documents import DayReportDocument, DocumentKind
from pos_member.domain.errors import Reason, Refusal
from tests.factories import CARD, World


def paper(world: World, job_id: str) -> DayReportDocument:
    found = world.store.facts.print_job_document(job_id)
    assert isinstance(found, DayReportDocument)
    return found


def busy_shift(world: World) -> None:
    world.till.shifts.open(world.session(), 50_000)
    bill = world.sell({"tea": 2}).bill
    world.till.checkout.complete(world.session(), world.draft({"mug": 1}), (Tender(CARD, 20_000),))
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id())


def test_an_x_shows_sales_and_never_what_should_lie_in_the_drawer(world: World) -> None:
    busy_shift(world)
    shifts, supervisor = world.till.shifts, world.session("1003")
    expected = shifts.figures().expected_satang
    report = paper(world, shifts.print_x(supervisor, "en"))
    assert report.title == "X REPORT (shift goes on)"
    rows = dict(row for row in report.rows if len(row) == 2)
    assert rows == {
        "Bills": "2",
        "Sales": "280.00",
        "Returns": "1",
        "Refunds": "−40.00",
        "Cash": "80.00",
        "Card": "200.00",
    }
    assert f"{expected / 100:,.2f}" not in rows.values()
    assert shifts.current() is not None
    # Twice is two reports, none of them a copy.
    assert paper(world, shifts.print_x(supervisor, "th")).copy_number == 0


def test_the_closing_report_says_z_and_is_copied_as_such(world: World) -> None:
    busy_shift(world)
    shifts, cashier = world.till.shifts, world.session()
    shifts.print_x(world.session("1003"), "th")
    with pytest.raises(Refusal) as none_yet:
        shifts.print_last_z(cashier)
    assert none_yet.value.reason is Reason.SHIFT_NONE_CLOSED
    done = shifts.close(cashier, 54_000, "th")
    report = paper(world, done.print_job_ids[0])
    assert report.title == "รายงาน Z (ปิดรอบแล้ว)"
    assert ("เงินสดที่ควรมี", "540.00") in report.rows and ("ผลต่าง (ขาด/เกิน)", "0.00") in report.rows
    copy = paper(world, shifts.print_last_z(cashier))
    assert (copy.title, copy.rows, copy.copy_number) == (report.title, report.rows, 1)
    assert world.store.facts.copies(done.closed.id, DocumentKind.DAY_REPORT) == 1


@pytest.mark.parametrize(
    ("language", "waiting", "held"),
    [
        ("th", ("สำนักงานใหญ่", "รอส่ง 1 บิล"), ("สำนักงานใหญ่", "ได้รับครบทุกบิล ณ 14:05")),
        ("en", ("Head office", "1 bill(s) to send"), ("Head office", "has every bill, 14:05")),
    ],
)
def test_the_closing_report_says_what_head_office_holds(
    world: World, language: str, waiting: tuple[str, str], held: tuple[str, str]
) -> None:
    context = world.till.shifts._shop.context
    world.till.shifts._shop.context = replace(context, joined=lambda: True)
    shifts, cashier = world.till.shifts, world.session()
    shifts.open(cashier, 0)
    world.sell({"tea": 1})
    report = paper(world, shifts.close(cashier, 0, language).print_job_ids[0])
    assert report.rows[-1] == waiting
    store = world.folder.sync_store
    store.mark_acked(store.head()[0], world.clock.now())
    shifts.open(cashier, 0)
    assert paper(world, shifts.close(cashier, 0, language).print_job_ids[0]).rows[-1] == held
    world.till.shifts._shop.context = context  # a till of its own has nobody to send to
    shifts.open(cashier, 0)
    assert held[0] not in {row[0] for row in paper(world, shifts.close(cashier, 0, language).print_job_ids[0]).rows}


def test_without_a_shift_there_is_no_x(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        world.till.shifts.print_x(world.session("1003"), "th")
    assert refusal.value.reason is Reason.SHIFT_NOT_OPEN
    assert world.till.reprint.jobs() == ()
