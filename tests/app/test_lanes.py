"""The network behind the window: what it does next, whatever comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.app import lanes
from pos_member.app.lanes import NetworkLane
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.sync.engine import SyncState
from pos_member.ui.ports import Line
from pos_member.ui.tasks import TaskRunner
from tests.log_watch import ExpectLog
from tests.patience import PATIENCE_S


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    assert made.stop(PATIENCE_S)


@dataclass
class Engine:
    """A conversation that goes as it is told."""

    troubled: bool = False
    load_paused: bool = False
    waiting: int = 0
    rounds: int = 0
    delay_s: float = 60.0
    heard: list[object] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    last_contact_at: datetime = field(default_factory=lambda: datetime(2026, 11, 21, tzinfo=UTC))

    def sync_once(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.rounds += 1

    def hear(self, news: object) -> None:
        self.threads.add(threading.current_thread().name)
        self.heard.append(news)

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


class Ear:
    """Waits for news that the test gives."""

    def __init__(self) -> None:
        self.answers: list[object | None] = []
        self.asked = 0
        self.told = threading.Event()
        self.stopped = threading.Event()

    def say(self, news: object | None) -> None:
        self.answers.append(news)
        self.told.set()

    def news(self) -> object | None:
        self.asked += 1
        self.told.wait(PATIENCE_S)
        self.told.clear()
        return self.answers.pop(0) if self.answers else None

    def stop(self) -> None:
        self.stopped.set()
        self.told.set()


def test_news_are_taken_in_and_a_sale_does_not_wait_for_them(qtbot: QtBot, runner: TaskRunner) -> None:
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)
    assert engine.rounds == 1
    lane.nudge()  # a sale, while the other line waits
    qtbot.waitUntil(lambda: engine.rounds == 2)
    assert ear.asked == 1
    ear.say("a page")
    qtbot.waitUntil(lambda: engine.heard == ["a page"] and ear.asked == 2)
    assert engine.rounds == 2 and engine.threads == {"lane-network"}
    lane.stop()
    assert ear.stopped.is_set()


def test_news_that_come_during_a_round_are_taken_in_after_it(qtbot: QtBot, runner: TaskRunner) -> None:
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)
    going_on, order = threading.Event(), []

    def slow() -> None:
        going_on.wait(PATIENCE_S)
        order.append("round")

    engine.sync_once = slow  # type: ignore[method-assign]
    engine.hear = order.append  # type: ignore[method-assign, assignment]
    lane.look()
    ear.say("a page")
    qtbot.waitUntil(lambda: not lane.listening)
    assert order == []
    going_on.set()
    qtbot.waitUntil(lambda: order == ["round", "a page"] and ear.asked == 2)
    lane.stop()


def test_news_put_the_next_round_off_no_further(qtbot: QtBot, runner: TaskRunner) -> None:
    """However many come: with a round a till says where it stands, and hears what is asked back."""
    engine, ear = Engine(delay_s=0.3), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    engine.hear = lambda news: (engine.heard.append(news), ear.say(news))  # type: ignore[method-assign, assignment]
    qtbot.waitUntil(lambda: ear.asked == 1)
    ear.say("a page")
    qtbot.waitUntil(lambda: engine.rounds >= 3)
    assert len(engine.heard) > 3
    lane.stop()


def test_where_taking_in_fails_the_engines_own_delay_counts(qtbot: QtBot, runner: TaskRunner) -> None:
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)

    def fails(_news: object) -> None:
        engine.troubled, engine.delay_s = True, 0.01

    engine.hear = fails  # type: ignore[method-assign]
    ear.say("a page")
    qtbot.waitUntil(lambda: engine.rounds >= 2)
    assert ear.asked == 1
    lane.stop()


@pytest.mark.parametrize("when", ["during the round", "after it"])
def test_news_do_not_make_a_round_that_failed_come_again_sooner(qtbot: QtBot, runner: TaskRunner, when: str) -> None:
    """Head office that is busy tells all tills of one change: they would all be back in the same moment."""
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)
    going_on = threading.Event()

    def fails() -> None:
        going_on.wait(PATIENCE_S)
        engine.troubled = True

    engine.sync_once = fails  # type: ignore[method-assign]
    lane.look()
    if when == "after it":
        going_on.set()
        qtbot.waitUntil(lambda: not runner.busy("network"))
    ear.say("a page")
    qtbot.waitUntil(lambda: not lane.listening)
    going_on.set()
    qtbot.waitUntil(lambda: not runner.busy())
    assert (engine.heard, ear.asked, lane.waits_to_try) == ([], 1, True)
    lane.stop()


def test_news_do_not_wake_a_till_that_failed_in_itself(
    qtbot: QtBot, runner: TaskRunner, expected_logs: ExpectLog
) -> None:
    expected_logs("disk_full")
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)

    def fails() -> None:
        raise EnvironmentProblem(Reason.DISK_FULL)

    engine.sync_once = fails  # type: ignore[method-assign]
    with qtbot.waitSignal(lane.changed):
        lane.look()
    ear.say("a page")
    qtbot.waitUntil(lambda: not runner.busy())
    assert (engine.heard, ear.asked, lane.waits_to_try) == ([], 1, True)
    lane.stop()


def test_nobody_waits_for_news_on_a_line_that_is_down(
    qtbot: QtBot, runner: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long this machine takes from the question to its answer: the answer came too soon.
    monkeypatch.setattr(lanes, "_WAITED_S", float("inf"))
    engine, ear = Engine(troubled=True), Ear()
    lane = NetworkLane(runner)
    with qtbot.waitSignal(lane.changed):
        lane.begin(lambda: engine, lambda: ear)
    assert (engine.rounds, ear.asked) == (1, 0)
    # Back again, and lost while it waits: an answer that came too soon does not begin another wait by itself.
    engine.troubled = False
    lane.look()
    qtbot.waitUntil(lambda: ear.asked == 1)
    ear.say(None)
    qtbot.waitUntil(lambda: not lane.listening)
    assert (engine.rounds, ear.asked) == (2, 1)
    lane.look()
    qtbot.waitUntil(lambda: ear.asked == 2)
    assert engine.rounds == 3
    lane.stop()


def test_nobody_waits_for_news_while_the_load_before_them_is_put_off(qtbot: QtBot, runner: TaskRunner) -> None:
    """Head office would answer at once, and no round would bring the till beyond it: question after question."""
    engine, ear = Engine(), Ear()
    lane = NetworkLane(runner)
    lane.begin(lambda: engine, lambda: ear)
    qtbot.waitUntil(lambda: ear.asked == 1)
    engine.load_paused = True
    ear.say("a page")
    qtbot.waitUntil(lambda: engine.heard == ["a page"] and not runner.busy())
    assert (ear.asked, lane.listening, lane.waits_to_try) == (1, False, True)
    engine.load_paused = False
    lane.look()
    qtbot.waitUntil(lambda: ear.asked == 2)
    lane.stop()


def test_a_certificate_is_for_a_person_to_look_at(qtbot: QtBot, runner: TaskRunner) -> None:
    engine = Engine()
    engine.state = lambda: SyncState(  # type: ignore[method-assign]
        "offline", 0, 0, None, None, Reason.CERTIFICATE_UNTRUSTED, loading_percent=7, clock_off_s=600
    )
    lane = NetworkLane(runner)
    with qtbot.waitSignal(lane.changed):
        lane.begin(lambda: engine)
    seen = lane.view()
    assert (seen.line, seen.loading_percent, seen.clock_off_s) == (Line.TROUBLE, 7, 600)
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


def test_a_fault_of_the_till_itself_ends_no_sending_for_good(
    qtbot: QtBot, runner: TaskRunner, expected_logs: ExpectLog
) -> None:
    """A bug, or a disk that is full, ends one round: it is told in the light, and the next round is begun."""
    expected_logs("bug on lane network")
    expected_logs("fault_inside")
    expected_logs("disk_full")
    engine = Engine()
    errors: list[Exception] = [ZeroDivisionError("a bug"), EnvironmentProblem(Reason.DISK_FULL)]

    def fails() -> None:
        engine.rounds += 1
        if errors:
            raise errors.pop(0)

    engine.sync_once = fails  # type: ignore[method-assign]
    lane = NetworkLane(runner)
    with qtbot.waitSignal(lane.changed):
        lane.begin(lambda: engine)
    assert (lane.view().line, lane.view().reason) == (Line.TROUBLE, "fault_inside")
    assert not lane.listening and lane.waits_to_try
    with qtbot.waitSignal(lane.changed):
        lane.look()
    assert lane.view().reason == "disk_full"
    with qtbot.waitSignal(lane.changed):
        lane.nudge()
    assert (engine.rounds, lane.view().line, lane.view().reason) == (3, Line.ONLINE, "")
    lane.stop()


def test_an_engine_that_could_not_be_made_is_made_again(
    qtbot: QtBot, runner: TaskRunner, expected_logs: ExpectLog
) -> None:
    expected_logs("disk_failed")
    engine, made = Engine(), []

    def make() -> Engine:
        made.append(1)
        if len(made) == 1:
            raise EnvironmentProblem(Reason.DISK_FAILED)
        return engine

    lane = NetworkLane(runner)
    with qtbot.waitSignal(lane.changed):
        lane.begin(make)
    assert (lane.view().line, lane.view().reason) == (Line.TROUBLE, "disk_failed") and lane.waits_to_try
    lane.look()
    qtbot.waitUntil(lambda: engine.rounds == 1)
    qtbot.waitUntil(lambda: lane.view().line is Line.ONLINE)
    lane.stop()
