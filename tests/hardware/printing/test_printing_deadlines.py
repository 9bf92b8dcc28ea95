"""Work that does not come back is left behind, counted, and cleared up when it does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.deadlines import HANGING_MAX, call_within, hanging
from tests.patience import PATIENCE_S, eventually


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hanging work waits for; opened at the end whatever happens."""
    event = threading.Event()
    yield event
    event.set()


def comes_true(predicate: Callable[[], bool]) -> bool:
    return eventually(predicate)


def hang(gate: threading.Event, what: str, **more) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        call_within(0.02, lambda: gate.wait(PATIENCE_S), what, **more)
    assert caught.value.reason is Reason.PRINTER_HANGS
    assert caught.value.params["begun"]


def test_what_comes_in_time_is_handed_on():
    assert call_within(5, lambda: 42, "a") == 42
    with pytest.raises(ZeroDivisionError):
        call_within(5, lambda: 1 // 0, "a")
    assert hanging("a") == 0


def test_late_work_is_undone_by_its_own_thread(gate):
    undone: list[tuple[object, str]] = []
    hang(
        gate,
        "late",
        undo=lambda result: undone.append((result, threading.current_thread().name)),
        afterwards=lambda: undone.append(("after", threading.current_thread().name)),
    )
    assert hanging("late") == 1
    gate.set()
    assert comes_true(lambda: hanging("late") == 0)
    assert undone == [(True, "within late"), ("after", "within late")]


def test_late_work_that_fails_has_nothing_to_undo(gate):
    seen: list[str] = []

    def work() -> None:
        gate.wait(PATIENCE_S)
        raise OSError("gone")

    with pytest.raises(EnvironmentProblem):
        call_within(0.02, work, "fails", undo=lambda _: seen.append("undo"), afterwards=lambda: seen.append("after"))
    gate.set()
    assert comes_true(lambda: hanging("fails") == 0)
    assert seen == ["after"]


def test_clearing_up_that_fails_is_told_in_the_log(gate, expected_logs):
    expected_logs("could not be put away", level=40)
    hang(gate, "stubborn", undo=lambda _: 1 // 0)
    gate.set()
    assert comes_true(lambda: hanging("stubborn") == 0)


def test_a_dead_driver_costs_a_few_threads_and_others_none(gate):
    for _ in range(HANGING_MAX):
        hang(gate, "dead")
    begun = threading.Event()
    with pytest.raises(EnvironmentProblem) as caught:
        call_within(20, begun.set, "dead")
    assert caught.value.reason is Reason.PRINTER_HANGS
    assert not caught.value.params["begun"]
    assert not begun.is_set()
    assert call_within(5, lambda: 1, "alive") == 1
    gate.set()
    assert comes_true(lambda: hanging("dead") == 0)
    assert call_within(5, lambda: 2, "dead") == 2
