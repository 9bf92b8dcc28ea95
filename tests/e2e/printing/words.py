"""What the window says about papers and printers: its own head and its own list, in Thai and English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_member.services.till import TillServices
from pos_member.ui import i18n
from pos_member.ui.header import HeaderBar
from pos_member.ui.papers.jobs_tab import JobsTab
from pos_member.ui.ports import PrinterStateView, UiServices, UiSettings
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.widgets import Badge, Text
from tests.e2e.printing.bench import Bench

Both = tuple[str, str]
T = TypeVar("T")
_STATE = 2

WAITS = ("รอพิมพ์", "Waits for the printer")
CANNOT = ("ยังพิมพ์ไม่ได้", "Cannot print yet")
PRINTING = ("กำลังพิมพ์", "Printing")
HAS_IT = ("อยู่ที่เครื่องพิมพ์แล้ว รอกระดาษหรือปิดฝา", "The printer has it and waits")
PRINTED = ("พิมพ์แล้ว", "Printed")
COMPLETE = ("กระดาษออกครบไหม", "Is the paper complete?")
SENT_ONLY = ("ส่งแล้ว เครื่องนี้ยืนยันผลไม่ได้", "Sent; this printer cannot confirm")
ANEW = ("พิมพ์ใบใหม่แทนแล้ว", "Printed anew")
GIVEN_UP = ("ยกเลิกแล้ว", "Given up")
OPENED = ("เปิดแล้ว", "Opened")
TOLD = ("สั่งเปิดแล้ว", "Told to open")
NOT_OPENED = ("ไม่ได้เปิด", "Not opened")
READY = ("เครื่องพิมพ์พร้อม", "Printer ready")


def waiting(thai: str, english: str, papers: int) -> Both:
    """The badge over a printer's trouble."""
    return f"{thai} · รอพิมพ์ {papers} ใบ", f"{english} · {papers} waiting"


def look_at(papers: int) -> Both:
    """The badge over papers that a person must look at."""
    return f"ดูกระดาษ · {papers} ใบ", f"Look at the paper · {papers}"


@dataclass(frozen=True)
class Said:
    """What stands about one paper, (Thai, English) each; ``question`` and ``why`` are empty where nothing stands."""

    state: Both
    why: Both
    question: Both


class Window:
    """The widgets of the till's window, fed as the window feeds them."""

    def __init__(self, bench: Bench, qtbot: QtBot) -> None:
        self._bench = bench
        till: TillServices = bench.world.till
        self._runner = TaskRunner()
        self._shell = Shell(UiServices(open_till=lambda: till), self._runner, UiSettings())
        self._shell.set_till(till, till.lookup.header())
        self._shell.set_session(bench.world.session("1003"))
        self._head, self._tab = HeaderBar(self._shell), JobsTab(self._shell)
        for widget in (self._head, self._tab):
            qtbot.addWidget(widget, before_close_func=self._end)
            widget.show()

    def _end(self, widget: QWidget) -> None:
        widget.hide()
        self._runner.stop()

    @property
    def badge(self) -> Both:
        """The printers in the head of the window."""
        view = self._bench.view()
        return self._both(lambda: self._badge(view).said())

    @property
    def told(self) -> Both:
        """What the badge tells when it is pointed at: each printer with its sentence."""
        view = self._bench.view()
        return self._both(lambda: self._badge(view).toolTip())

    def of(self, job_id: str) -> Said:
        """One paper in the list."""
        thai, english = self._both(lambda: self._paper(job_id))
        return Said(*zip(thai, english, strict=True))

    def shows(self, job_id: str, state: Both, thai: str = "", english: str = "") -> None:
        """One paper stands so in the list, and why it does holds these words."""
        said = self.of(job_id)
        assert said.state == state
        assert thai in said.why[0] and english in said.why[1], said.why
        assert bool(said.question[0]) == bool(said.question[1]) == (state == COMPLETE)

    def _badge(self, view: PrinterStateView) -> Badge:
        self._head.show_printer(view)
        found = self._head.findChild(Badge, "header_printer")
        assert found is not None and found.isVisible()
        return found

    def _paper(self, job_id: str) -> tuple[str, str, str]:
        job = next(each for each in self._bench.decide.listed() if each.info.id == job_id)
        self._tab.show_jobs((job,), self._bench.view().printers)
        self._tab.retranslate()
        state = self._tab.findChild(Badge, "papers_job_state")
        why, question = (self._tab.findChild(Text, f"papers_job_{name}") for name in ("why", "question"))
        assert state is not None and why is not None and question is not None
        listed = self._tab.table.rows_model.data(self._tab.table.rows_model.index(0, _STATE))
        assert listed == state.said(), "the list and the paper beside it say the same"
        return state.said(), why.said() if why.isVisible() else "", question.said() if question.isVisible() else ""

    def _both(self, said: Callable[[], T]) -> tuple[T, T]:
        found = []
        for language in ("th", "en"):
            i18n.set_language(language)
            found.append(said())
        return found[0], found[1]
