"""Printers behind the window, each on its lane: what they do next, whatever comes back, whatever is changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.app.printer_lanes import PrinterLanes
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import Drawer, Paper, PrinterCondition, PrinterProfile, PrinterSetup
from pos_member.hardware.printing.worker import Outcome
from pos_member.ui.tasks import TaskRunner
from tests.patience import PATIENCE_S

ONE = PrinterSetup("one", "เคาน์เตอร์", "tcp://10.0.0.1", PrinterProfile("one"))
TWO = PrinterSetup("two", "ครัว", "tcp://10.0.0.2", PrinterProfile("two"))


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    assert made.stop(PATIENCE_S)


@dataclass
class Worker:
    """Papers by number; ``recover`` finds what it is told to; ``hold`` keeps it at its printer until it may stop."""

    setup: PrinterSetup = ONE
    outcomes: list[Outcome | Exception] = field(default_factory=list)
    unconfirmed: int = 0
    ran: int = 0
    recovered: int = 0
    waits: bool = False
    deaf: bool = False
    entered: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    threads: set[str] = field(default_factory=set)
    told: Callable[[PrinterCondition], None] = lambda condition: None
    stopping: Callable[[], bool] = lambda: False

    def recover(self) -> int:
        self.recovered += 1
        self.threads.add(threading.current_thread().name)
        return self.unconfirmed

    def run_once(self) -> Outcome:
        self.threads.add(threading.current_thread().name)
        self.ran += 1
        while self.waits and (self.deaf or not self.stopping()):
            self.entered.set()
            if self.let_go.wait(0.01):
                break
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.IDLE
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@dataclass
class Shop:
    """Workers by the printer's key, and what was made when."""

    ready: dict[str, list[Worker]] = field(default_factory=dict)
    made: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def make(self, setup, setups, told, stopping) -> Worker:
        self.made.append((setup.key, tuple(each.key for each in setups)))
        worker = self.ready[setup.key].pop(0)
        worker.setup, worker.told, worker.stopping = setup, told, stopping
        return worker


def lanes_with(runner: TaskRunner, shop: Shop, *setups: PrinterSetup) -> PrinterLanes:
    lanes = PrinterLanes(runner, shop.make)
    lanes.apply(setups)
    return lanes


def test_papers_are_drained_on_each_printers_own_lane(qtbot: QtBot, runner: TaskRunner) -> None:
    one = Worker(outcomes=[Outcome.CONFIRMED, Outcome.UNVERIFIABLE, Outcome.CONFIRMED])
    two = Worker(outcomes=[Outcome.CONFIRMED])
    lanes = PrinterLanes(runner, Shop({"one": [one], "two": [two]}).make)
    changes: list[None] = []
    lanes.changed.connect(lambda: changes.append(None))
    lanes.apply((ONE, TWO))
    qtbot.waitUntil(lambda: one.ran >= 4 and two.ran >= 2 and len(changes) >= 5)
    assert one.threads == {"lane-printer:tcp://10.0.0.1:9100"}
    assert two.threads == {"lane-printer:tcp://10.0.0.2:9100"}
    assert one.recovered == two.recovered == 1
    lanes.stop()


def test_a_printer_that_waits_keeps_no_other_and_lets_go_when_the_till_closes(qtbot: QtBot, runner: TaskRunner) -> None:
    one, two = Worker(waits=True), Worker(outcomes=[Outcome.CONFIRMED])
    lanes = lanes_with(runner, Shop({"one": [one], "two": [two]}), ONE, TWO)
    qtbot.waitUntil(lambda: one.entered.is_set() and two.ran >= 2)
    assert lanes.busy("one")
    lanes.stop()
    assert runner.stop(PATIENCE_S)


def test_two_printers_behind_one_address_take_turns(qtbot: QtBot, runner: TaskRunner) -> None:
    one, label = Worker(), Worker()
    same = replace(TWO, key="label", address=" 10.0.0.1 ")
    lanes = lanes_with(runner, Shop({"one": [one], "label": [label]}), ONE, same)
    qtbot.waitUntil(lambda: one.ran >= 1 and label.ran >= 1)
    assert one.threads == label.threads == {"lane-printer:tcp://10.0.0.1:9100"}
    lanes.stop()


def test_what_was_in_flight_is_told_at_start(qtbot: QtBot, runner: TaskRunner) -> None:
    lanes = PrinterLanes(runner, Shop({"one": [Worker(unconfirmed=2)]}).make)
    changes: list[None] = []
    lanes.changed.connect(lambda: changes.append(None))
    lanes.apply((ONE,))
    qtbot.waitUntil(lambda: len(changes) >= 2)
    lanes.stop()


def test_a_paper_that_comes_while_busy_is_not_forgotten(qtbot: QtBot, runner: TaskRunner) -> None:
    worker = Worker(waits=True)
    lanes = lanes_with(runner, Shop({"one": [worker]}), ONE)
    qtbot.waitUntil(worker.entered.is_set)
    lanes.look()
    worker.waits = False
    worker.let_go.set()
    qtbot.waitUntil(lambda: worker.ran >= 2)
    lanes.stop()


def test_trouble_with_the_storage_is_tried_again(qtbot: QtBot, runner: TaskRunner, expected_logs) -> None:
    expected_logs("printing waits")
    expected_logs("on lane printer:")
    worker = Worker(outcomes=[EnvironmentProblem(Reason.DATABASE_BUSY), Outcome.CONFIRMED])
    shop = Shop({"one": [worker, worker]})
    lanes = lanes_with(runner, shop, ONE)
    qtbot.waitUntil(lambda: worker.ran >= 2)
    lanes.stop()


def test_a_bug_ends_no_printing(qtbot: QtBot, runner: TaskRunner, expected_logs) -> None:
    """Another worker settles what the first had in hand; a paper of the till must not wait for the next start."""
    expected_logs("bug while printing")
    first, second = Worker(outcomes=[KeyError("x")]), Worker(outcomes=[Outcome.CONFIRMED])
    lanes = PrinterLanes(runner, Shop({"one": [first, second]}).make)
    with qtbot.waitSignals([lanes.changed, lanes.changed]):
        lanes.apply((ONE,))
    assert not lanes.busy("one")
    lanes.look()  # a sale; left alone it looks again in a while
    qtbot.waitUntil(lambda: second.ran >= 2)
    assert second.recovered == 1 and first.ran == 1
    lanes.stop()


def test_a_printer_that_cannot_be_used_is_told_and_the_others_print(qtbot: QtBot, runner: TaskRunner) -> None:
    two = Worker(outcomes=[Outcome.CONFIRMED])
    shop = Shop({"two": [two]})

    def make(setup, setups, told, stopping) -> Worker:
        if setup.key == "one":
            raise Refusal(Reason.PRINTER_ADDRESS_INVALID, address="x")
        return shop.make(setup, setups, told, stopping)

    lanes = PrinterLanes(runner, make)
    with qtbot.waitSignal(lanes.unusable) as told:
        lanes.apply((ONE, TWO))
    assert told.args[0].reason is Reason.PRINTER_ADDRESS_INVALID
    qtbot.waitUntil(lambda: two.ran >= 2)
    assert lanes.heard()["one"].unusable == "printer_address_invalid"
    assert lanes.heard()["two"].unusable == ""
    lanes.stop()


def test_other_printers_from_now_on_without_a_restart(qtbot: QtBot, runner: TaskRunner) -> None:
    first, renewed, second, moved = Worker(waits=True), Worker(), Worker(), Worker()
    shop = Shop({"one": [first, renewed], "two": [second, moved]})
    lanes = lanes_with(runner, shop, ONE, TWO)
    qtbot.waitUntil(lambda: first.entered.is_set() and second.ran >= 1)
    lanes.apply((replace(ONE, name="อีกชื่อ", fallback="two"), replace(TWO, address="tcp://10.0.0.9")))
    # The second printer is another device now; the first finishes what it is at.
    qtbot.waitUntil(lambda: moved.ran >= 1)
    assert moved.threads == {"lane-printer:tcp://10.0.0.9:9100"} and moved.recovered == 1
    assert not first.stopping() and renewed.ran == 0
    first.let_go.set()
    qtbot.waitUntil(lambda: renewed.ran >= 1)
    assert (renewed.setup.name, renewed.setup.fallback, renewed.recovered) == ("อีกชื่อ", "two", 1)
    lanes.apply(())
    qtbot.waitUntil(lambda: not lanes.heard())
    assert first.stopping()
    assert lanes.setups() == ()


def test_set_ups_may_come_from_any_thread(qtbot: QtBot, runner: TaskRunner) -> None:
    worker = Worker()
    lanes = PrinterLanes(runner, Shop({"one": [worker]}).make)
    thread = threading.Thread(target=lambda: lanes.apply((ONE,)))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: worker.ran >= 1)
    lanes.stop()


def test_what_a_printer_says_is_heard_and_told_once(qtbot: QtBot, runner: TaskRunner) -> None:
    worker = Worker()
    lanes = lanes_with(runner, Shop({"one": [worker]}), ONE)
    qtbot.waitUntil(lambda: worker.ran >= 1)
    low = PrinterCondition(answered=True, paper=Paper.NEAR_END, drawer=Drawer.OPEN)
    with qtbot.waitSignal(lanes.changed):
        worker.told(low)
    heard = lanes.heard()["one"]
    assert heard.condition == low and heard.age_s < 60
    with qtbot.assertNotEmitted(lanes.changed):
        worker.told(low)
    lanes.stop()


def test_a_driver_that_hangs_keeps_the_program_from_closing_for_a_moment_only(
    qtbot: QtBot, runner: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing reaches a thread that stands in a driver's call: the program goes without it."""
    one, two = Worker(waits=True), Worker(waits=True)
    one.deaf = two.deaf = True
    lanes = lanes_with(runner, Shop({"one": [one], "two": [two]}), ONE, TWO)
    qtbot.waitUntil(lambda: one.entered.is_set() and two.entered.is_set())
    lanes.stop()
    join, waited_s = threading.Thread.join, []

    def joined(thread: threading.Thread, timeout: float | None = None) -> None:
        waited_s.append(timeout)
        join(thread, timeout)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "join", joined)
        assert not runner.stop(0.3)
    # All lanes together, not each in its turn.
    assert len(waited_s) == 2 and sum(waited_s) < 0.35
    one.let_go.set()
    two.let_go.set()
