"""Work off the UI thread, results on it, or nowhere."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.ui.tasks import Job, TaskRunner
from tests.log_watch import ExpectLog
from tests.patience import PATIENCE_S


class Owner(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.errors: list[PosMemberError] = []
        self.steps: list[tuple[int, int]] = []
        self.threads: list[QThread] = []
        self.deals = True

    def done(self, result: object) -> None:
        self.threads.append(QThread.currentThread())
        self.got.append(result)

    def refuses(self, result: object) -> None:
        raise Refusal(Reason.BILL_EMPTY)

    def failed(self, error: PosMemberError) -> bool:
        self.errors.append(error)
        return self.deals

    def progressed(self, done: int, total: int) -> None:
        self.steps.append((done, total))


@pytest.fixture
def owner(runner: TaskRunner) -> Owner:
    return Owner()


def idle(qtbot: QtBot, runner: TaskRunner) -> None:
    qtbot.waitUntil(lambda: not runner.busy())


def test_work_runs_elsewhere_and_its_result_comes_home(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    runner.run("db", lambda: threading.current_thread().name, owner, owner.done)
    idle(qtbot, runner)
    assert owner.got == ["lane-db"]
    assert owner.threads == [owner.thread()]


def test_one_lane_keeps_the_order_and_lanes_do_not_wait_for_one_another(
    runner: TaskRunner, owner: Owner, qtbot: QtBot
) -> None:
    gate = threading.Event()
    runner.run("network", gate.wait, owner, owner.done)
    for number in range(20):
        runner.run("db", lambda number=number: number, owner, owner.done)
    qtbot.waitUntil(lambda: len(owner.got) == 20)
    assert owner.got == list(range(20)) and runner.busy("network")
    gate.set()
    idle(qtbot, runner)


def test_a_refusal_goes_to_its_handler_and_else_to_the_shell(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    told: list[object] = []
    runner.trouble.connect(told.append)

    def refuse() -> None:
        raise Refusal(Reason.PHONE_INVALID)

    runner.run("db", refuse, owner, owner.done, owner.failed)
    idle(qtbot, runner)
    assert [error.reason for error in owner.errors] == [Reason.PHONE_INVALID] and told == []
    owner.deals = False
    runner.run("db", refuse, owner, owner.done, owner.failed)
    runner.run("db", refuse, owner, owner.done)
    runner.run("db", lambda: 1, owner, owner.refuses)
    idle(qtbot, runner)
    assert len(told) == 3 and owner.got == []


def test_a_problem_of_the_machine_is_logged_and_a_bug_with_its_traceback(
    runner: TaskRunner, owner: Owner, qtbot: QtBot, expected_logs: ExpectLog
) -> None:
    expected_logs("disk_full")
    expected_logs("bug on lane db")
    told: list[object] = []
    runner.trouble.connect(told.append)

    def full() -> None:
        raise EnvironmentProblem(Reason.DISK_FULL)

    runner.run("db", full, owner, owner.done)
    runner.run("db", lambda: 1 // 0, owner, owner.done, owner.failed)
    runner.run("db", lambda: "still at work", owner, owner.done)
    idle(qtbot, runner)
    assert [type(error) for error in told] == [EnvironmentProblem]
    assert owner.got == ["still at work"]
    # What began the work is told that it ended; nobody else has to say so then.
    assert [error.reason for error in owner.errors] == [Reason.FAULT_INSIDE]


def test_a_bug_that_nobody_dealt_with_is_told_as_it_is(
    runner: TaskRunner, owner: Owner, qtbot: QtBot, expected_logs: ExpectLog
) -> None:
    expected_logs("bug on lane db")
    told: list[object] = []
    runner.trouble.connect(told.append)
    owner.deals = False
    runner.run("db", lambda: 1 // 0, owner, owner.done, owner.failed)
    runner.run("db", lambda: 1 // 0, owner, owner.done)
    idle(qtbot, runner)
    assert [type(error) for error in told] == [ZeroDivisionError, ZeroDivisionError]
    assert [error.reason for error in owner.errors] == [Reason.FAULT_INSIDE]


def test_results_for_what_is_gone_are_dropped(runner: TaskRunner, qtbot: QtBot) -> None:
    """Neither a result nor a worker keeps a screen alive, and nothing of it dies on a worker."""
    gate = threading.Event()
    died_on: list[str] = []
    kept: list[object] = []
    owner = Owner()
    weakref.finalize(owner, lambda: died_on.append(threading.current_thread().name))
    runner.run("db", gate.wait, owner, owner.done)
    runner.run("db", _Holding(owner), owner, owner.done)
    stays = Owner()
    runner.run("db", lambda: "last", stays, stays.done)
    owner.deleteLater()
    del owner
    gate.set()
    qtbot.waitUntil(lambda: stays.got == ["last"])
    idle(qtbot, runner)
    gc.collect()
    assert died_on == [threading.current_thread().name] and kept == []


class _Holding:
    """Work that holds its owner, as a closure over ``self`` does."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def __call__(self) -> str:
        return "for nobody"


def test_work_is_let_go_once_its_result_is_home(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    """A handle kept for cancelling must not keep what the work held."""
    held = Owner()
    seen = weakref.ref(held)
    job = runner.run_long("db", _Long(held), owner, owner.done, None, owner.progressed)
    del held
    idle(qtbot, runner)
    assert owner.got == ["done"] and not job.cancelled
    assert seen() is None


class _Long:
    def __init__(self, held: Owner) -> None:
        self._held = held

    def __call__(self, job: Job) -> str:
        return "done"


def test_a_newer_task_makes_an_older_one_stale(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    gate, ran = threading.Event(), []
    runner.run("db", gate.wait, owner, owner.done, key="preview")
    for number in range(5):
        runner.run("db", lambda number=number: ran.append(number) or number, owner, owner.done, key="preview")
    gate.set()
    idle(qtbot, runner)
    assert owner.got == [4]
    assert ran == [4], "what was stale before it began was not run at all"


def test_keys_of_different_owners_do_not_meet(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    other = Owner()
    runner.run("db", lambda: 1, owner, owner.done, key="same")
    runner.run("db", lambda: 2, other, other.done, key="same")
    idle(qtbot, runner)
    assert (owner.got, other.got) == ([1], [2])


def test_long_work_tells_how_far_it_is_and_stops_when_asked(runner: TaskRunner, owner: Owner, qtbot: QtBot) -> None:
    seen = threading.Event()

    def work(job: Job) -> int:
        done = 0
        while not job.cancelled:
            done += 1
            if done <= 3:
                job.progress(done, 3)
            if done == 3:
                seen.set()
        return done

    job = runner.run_long("db", work, owner, owner.done, None, owner.progressed)
    assert seen.wait(PATIENCE_S)
    qtbot.waitUntil(lambda: len(owner.steps) == 3)
    job.cancel()
    idle(qtbot, runner)
    assert owner.steps == [(1, 3), (2, 3), (3, 3)] and owner.got == []


def test_only_bound_methods_and_known_lanes_are_taken(runner: TaskRunner, owner: Owner) -> None:
    with pytest.raises(TypeError):
        runner.run("db", lambda: 1, owner, lambda result: None)
    with pytest.raises(ValueError):
        runner.run("kitchen", lambda: 1, owner, owner.done)
    assert not runner.busy()


def test_ending_lets_what_was_begun_finish(qtbot: QtBot, qapp) -> None:
    runner, written = TaskRunner(), []
    owner = Owner()
    for number in range(50):
        runner.run("db", lambda number=number: written.append(number), owner, owner.done)
    assert runner.stop(PATIENCE_S)
    assert written == list(range(50))
