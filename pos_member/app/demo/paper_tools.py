"""What the steps about paper work with: sales by amount, print jobs as the till has them, the drawer pushed shut."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt

from pos_member.app.demo.actor import NotSeen
from pos_member.app.demo.tools import DayTools
from pos_member.domain.bill import Bill
from pos_member.domain.documents import DocumentKind
from pos_member.domain.org import Role
from pos_member.hardware.printing.simulator import Do
from pos_member.services.print_ports import PrintJobInfo, PrintJobState
from pos_member.ui.printers.draft import Draft
from pos_member.ui.printers.wizard import PrinterWizardScreen

T = TypeVar("T")
_CONTROL = Qt.KeyboardModifier.ControlModifier
_FLOAT = "1000"
_LOOK_S = 0.05
_JOBS = 60


class PaperTools(DayTools):
    """Everything by keys; what came of it is read from the till's own file."""

    #: Papers of the coupons' printer that a step has looked at.
    _second_seen = 0

    def _press_control(self, key: Qt.Key) -> None:
        self._do.press(key, _CONTROL)

    def _manager(self) -> str:
        people = self._aside(self._till.services.staff.people)
        return str(next(person.code for person in people if person.role is Role.MANAGER))

    def _wizard_draft(self) -> Draft:
        screen = self._program.window.navigation.current
        if not isinstance(screen, PrinterWizardScreen) or screen.draft is None:
            raise NotSeen("the printer wizard")
        return screen.draft

    def _leave_to_bill(self) -> None:
        """Esc until the bill is there."""
        while not self._do.shows("entry"):
            self._do.press(Qt.Key.Key_Escape)
        self._do.settle()

    def _shut_drawer(self) -> None:
        """The customer has the change: the drawer is pushed shut."""
        self._stage.printer.undo(Do.DRAWER_OPEN)

    def _open_shift(self) -> None:
        """F9, the float, Enter."""
        self._do.press(Qt.Key.Key_F9)
        self._do.wait_for("shift_amount")
        self._do.settle()
        self._do.type(_FLOAT)
        self._do.enter()
        self._do.settle()
        shift = self._until(self._till.services.shifts.current, lambda found: found is not None, "an open shift")
        if shift is None:
            raise NotSeen("an open shift")
        opened = self._job(shift.id, DocumentKind.DRAWER)
        self._until_state(opened.id, PrintJobState.CONFIRMED)
        self._shut_drawer()
        self._leave_to_bill()

    def _second_papers(self, count: int) -> list[Path]:
        """The next papers of the coupons' printer."""
        printer = self._stage.second
        wanted = self._second_seen + count
        self._do.wait(lambda: len(printer.pictures) >= wanted, f"{count} papers at the second printer", 30)
        papers = list(printer.pictures[self._second_seen : wanted])
        self._second_seen = wanted
        return papers

    def _badge(self, words: str, name: str) -> None:
        """The head's badge, once it says so."""
        self._do.wait(lambda: words in self._do.text("header_printer"), f"{words} in the head of the window")
        self._do.picture(name)

    def _ring_amount(self, baht: int) -> None:
        self._do.type(str(baht))
        self._do.enter()
        self._do.settle()

    def _sell(self, baht: int, cash: str = "") -> Bill:
        """A member's bill of one amount, for exact cash or for ``cash`` with change."""
        self._do.scan(self._member_number())
        self._ring_amount(baht)
        if not cash:
            return self._pay_exact()
        before = self._program.window.desk.last
        self._do.enter()
        self._do.wait_for("pay_amount")
        self._do.type(cash)
        self._do.enter()
        self._do.wait(lambda: self._program.window.desk.last is not before, "the completed bill")
        self._do.settle()
        return self._bill()

    # --- print jobs ----------------------------------------------------------------------------------------

    def _until(self, read: Callable[[], T], true: Callable[[T], bool], what: str, timeout_s: float = 30.0) -> T:
        """Read beside the window until it is true; what was read."""
        ends = time.monotonic() + timeout_s
        while not true(found := self._aside(read)):
            if time.monotonic() > ends:
                self._do.picture("not-seen")
                raise NotSeen(f"{what}: {found}")
            self._do.let_live(lambda: False, _LOOK_S)
        return found

    def _job(self, subject_id: str, kind: DocumentKind) -> PrintJobInfo:
        """The only job of this kind about a bill or shift."""
        facts = self._till.store.facts

        def read() -> list[PrintJobInfo]:
            return [job for job in facts.print_jobs(_JOBS) if job.subject_id == subject_id and job.kind is kind]

        (found,) = self._until(read, lambda jobs: len(jobs) == 1, f"one {kind.value} of {subject_id}")
        return found

    def _job_in(self, bill: Bill, kind: DocumentKind, state: PrintJobState) -> PrintJobInfo:
        """The bill's paper of this kind, once it stands so."""
        return self._until_state(self._job(bill.id, kind).id, state)

    def _until_state(self, job_id: str, state: PrintJobState) -> PrintJobInfo:
        facts = self._till.store.facts
        found = self._until(
            lambda: facts.print_job(job_id),
            lambda job: job is not None and job.state is state,
            f"print job {state.value}",
        )
        if found is None:
            raise NotSeen(f"print job {job_id}")
        return found
