"""How the printers stand, from the spool and what they said."""

from __future__ import annotations

from datetime import UTC, datetime

from pos_member.app.printer_views import DRAWER_SEEN_S, Heard, state_view
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import Drawer, Paper, PrinterCondition, PrinterProfile, PrinterRole, PrinterSetup
from pos_member.services.ports import PrintJobInfo, PrintJobState
from pos_member.ui.ports import PrinterLight, PrinterStateView

COUNTER = PrinterSetup("counter", "เคาน์เตอร์", "tcp://10.0.0.1", PrinterProfile("one"), drawer=True)
KITCHEN = PrinterSetup("kitchen", "ครัว", "tcp://10.0.0.2", PrinterProfile("two"), roles=(PrinterRole.KITCHEN,))
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def job(state: PrintJobState, kind: DocumentKind = DocumentKind.RECEIPT, printer: str = "", reason: str = ""):
    return PrintJobInfo(f"{state}-{kind}-{printer}", kind, "bill", state, reason, 0, 0, NOW, NOW, printer)


def lights(view: PrinterStateView) -> list[PrinterLight]:
    return [each.light for each in view.printers]


def test_without_printers_nothing_is_shown() -> None:
    assert state_view((), [job(PrintJobState.QUEUED)], {}) == PrinterStateView()


def test_a_blocked_paper_is_its_printers_trouble_alone() -> None:
    blocked = job(PrintJobState.BLOCKED, reason="printer_paper_out")
    view = state_view((COUNTER, KITCHEN), [blocked], {})
    assert (view.light, view.reason, view.waiting) == (PrinterLight.TROUBLE, "printer_paper_out", 1)
    assert lights(view) == [PrinterLight.TROUBLE, PrinterLight.READY]
    slip = job(PrintJobState.BLOCKED, DocumentKind.ORDER_SLIP, reason="printer_cover_open")
    assert lights(state_view((COUNTER, KITCHEN), [slip], {})) == [PrinterLight.READY, PrinterLight.TROUBLE]
    # A role that nobody has falls to the printer of receipts; a name counts before the role.
    assert lights(state_view((COUNTER,), [slip], {})) == [PrinterLight.TROUBLE]
    given = job(PrintJobState.BLOCKED, printer="kitchen", reason="printer_offline")
    assert lights(state_view((COUNTER, KITCHEN), [given], {})) == [PrinterLight.READY, PrinterLight.TROUBLE]


def test_waiting_in_the_middle_is_trouble_and_sending_is_not() -> None:
    view = state_view((COUNTER,), [job(PrintJobState.SENDING, printer="counter")], {})
    assert (view.light, view.waiting, view.reason) == (PrinterLight.BUSY, 1, "")
    waits = job(PrintJobState.WAITING_PRINTER, printer="counter", reason="printer_waits_for_paper")
    assert state_view((COUNTER,), [waits], {}).reason == "printer_waits_for_paper"


def test_papers_in_doubt_are_counted_and_pulses_are_not() -> None:
    jobs = [
        job(PrintJobState.UNCONFIRMED, reason="printer_broke_off", printer="counter"),
        job(PrintJobState.UNCONFIRMED, DocumentKind.DRAWER, "counter"),
        job(PrintJobState.BLOCKED, DocumentKind.DRAWER, "counter"),
    ]
    view = state_view((COUNTER,), jobs, {})
    assert (view.light, view.doubtful, view.waiting) == (PrinterLight.TROUBLE, 1, 1)
    assert lights(view) == [PrinterLight.READY]


def test_the_oldest_blocked_paper_names_the_trouble() -> None:
    jobs = [
        job(PrintJobState.BLOCKED, DocumentKind.COUPON, reason="printer_offline"),
        job(PrintJobState.BLOCKED, reason="printer_paper_out"),
    ]
    assert state_view((COUNTER,), jobs, {}).reason == "printer_paper_out"


def test_notices_are_no_trouble() -> None:
    said = PrinterCondition(answered=True, paper=Paper.NEAR_END, drawer=Drawer.OPEN)
    view = state_view((COUNTER,), [], {"counter": Heard(said, 1.0)})
    (counter,) = view.printers
    assert (view.light, counter.paper_low, counter.drawer_open) == (PrinterLight.READY, True, True)
    (later,) = state_view((COUNTER,), [], {"counter": Heard(said, DRAWER_SEEN_S + 1)}).printers
    assert (later.paper_low, later.drawer_open) == (True, False)


def test_a_set_up_that_cannot_be_used_is_trouble_without_any_paper() -> None:
    view = state_view((COUNTER, KITCHEN), [], {"kitchen": Heard(unusable="printer_address_invalid")})
    assert (view.light, view.reason) == (PrinterLight.TROUBLE, "printer_address_invalid")
    assert lights(view) == [PrinterLight.READY, PrinterLight.TROUBLE]
