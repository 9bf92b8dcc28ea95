"""Printer and network behind the window: what they do next, whatever comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.app.lanes import NetworkLane, PrinterLane
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.hardware.printing.worker import Outcome
from pos_member.sync.engine import SyncState
from pos_member.ui.ports import Line
from pos_member.ui.tasks import TaskRunner


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    assert made.stop()


@dataclass
class Worker:
    """Papers by number; ``recover`` finds what it is told to."""

    outcomes: list[Outcome | Exception] = field(default_factory=list)
    unconfirmed: int = 0
    ran: int = 0
    threads: set[str] = field(default_factory=set)

    def recover(self) -> int:
        self.threads.add(threading.current_thread().name)
        return self.unconfirmed

    def run_once(self) -> Outcome:
        self.threads.add(threading.current_thread().name)
        self.ran += 1
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.IDLE
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_papers_are_drained_on_the_printers_own_lane(qtbot: QtBot, runner: TaskRunner) -> None:
    worker = Worker([Outcome.CONFIRMED, Outcome.UNVERIFIABLE, Outcome.CONFIRMED])
    lane = PrinterLane(runner, lambda: worker)
    changes: list[None] = []
    lane.changed.connect(lambda: changes.append(None))
    lane.start()
    qtbot.waitUntil(lambda: worker.ran >= 4 and len(changes) == 3)
    assert worker.threads == {"lane-printer"}
    lane.stop()


def test_what_was_in_flight_is_told_at_start(qtbot: QtBot, runner: TaskRunner) -> None:
    lane = PrinterLane(runner, lambda: Worker(unconfirmed=2))
    with qtbot.waitSignal(lane.changed):
        lane.start()
    lane.stop()


def test_a_paper_that_comes_while_busy_is_not_forgotten(qtbot: QtBot, runner: TaskRunner) -> None:
    worker = Worker()
    lane = PrinterLane(runner, lambda: worker)
    lane.look()
    assert worker.ran == 0
    lane.start()
    qtbot.waitUntil(lambda: worker.ran >= 1)
    lane.stop()


def test_trouble_with_the_storage_is_tried_again(qtbot: QtBot, runner: TaskRunner, expected_logs) -> None:
    expected_logs("printing waits")
    expected_logs("on lane printer")
    worker = Worker([EnvironmentProblem(Reason.DATABASE_BUSY), Outcome.CONFIRMED])
    lane = PrinterLane(runner, lambda: worker)
    lane.start()
    qtbot.waitUntil(lambda: worker.ran >= 2)
    lane.stop()


def test_a_printer_that_cannot_be_used_is_told(qtbot: QtBot, runner: TaskRunner) -> None:
    def refuse() -> Worker:
        raise Refusal(Reason.PRINTER_MODEL_UNKNOWN, model="x")

    lane = PrinterLane(runner, refuse)
    with qtbot.waitSignal(lane.unusable) as told:
        lane.start()
    assert told.args[0].reason is Reason.PRINTER_MODEL_UNKNOWN


@dataclass
class Engine:
    """A conversation that goes as it is told."""

    troubled: bool = False
    waiting: int = 0
    rounds: int = 0
    delay_s: float = 60.0
    threads: set[str] = field(default_factory=set)
    last_contact_at: datetime = field(default_factory=lambda: datetime(2026, 11, 21, tzinfo=UTC))

    def sync_once(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.rounds += 1

    def next_delay_s(self) -> float:
        return self.delay_s

    def state(self) -> SyncState:
        reason = Reason.LINE_DOWN if self.troubled else None
        line = "offline" if self.troubled else "online"
        return SyncState(line, self.waiting, self.waiting, None, self.last_contact_at, reason)


def test_a_round_at_once_then_after_the_engines_own_delay(qtbot: QtBot, runner: TaskRunner) -> None:
    engine = Engine(delay_s=0.01)
    lane = NetworkLane(runner)
    lane.begin(lambda: engine)
    qtbot.waitUntil(lambda: engine.rounds >= 3)
    assert engine.threads == {"lane-network"}
    lane.stop()


def test_asking_during_a_round_brings_another(qtbot: QtBot, runner: TaskRunner) -> None:
    engine = Engine()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine)
    lane.look()
    qtbot.waitUntil(lambda: engine.rounds == 1)
    lane.look()
    lane.look()
    qtbot.waitUntil(lambda: engine.rounds >= 2)
    lane.stop()


def test_while_the_line_is_down_a_new_fact_does_not_knock(qtbot: QtBot, runner: TaskRunner) -> None:
    engine = Engine(troubled=True)
    lane = NetworkLane(runner)
    with qtbot.waitSignal(lane.changed):
        lane.begin(lambda: engine)
    lane.nudge()
    assert engine.rounds == 1
    engine.troubled = False
    lane.nudge()
    qtbot.waitUntil(lambda: engine.rounds == 2)
    lane.stop()


def test_the_window_sees_how_the_line_stands(qtbot: QtBot, runner: TaskRunner) -> None:
    engine = Engine(waiting=3)
    lane = NetworkLane(runner)
    assert lane.view().line is Line.ALONE
    with qtbot.waitSignal(lane.changed):
        lane.begin(lambda: engine)
    seen = lane.view()
    assert (seen.line, seen.waiting, seen.reason) == (Line.ONLINE, 3, "")
    engine.troubled = True
    assert (lane.view().line, lane.view_cached().reason) == (Line.OFFLINE, "line_down")
    lane.stop()
    assert lane.stopping()
