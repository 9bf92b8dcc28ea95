"""Waiting and measuring on a busy machine: neither gives up early, and neither lets a slow product through."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import QTimer
from pytestqt.exceptions import TimeoutError as WaitedInVain
from pytestqt.qtbot import QtBot

from tests import fair_time
from tests.fair_time import FairTime
from tests.patience import PatientBot, eventually


def test_what_holds_already_is_not_waited_for(qtbot: QtBot) -> None:
    assert isinstance(qtbot, PatientBot)
    asked: list[int] = []
    qtbot.waitUntil(lambda: not asked.append(1))
    assert asked == [1]


def test_what_a_timer_or_another_thread_does_is_seen(qtbot: QtBot) -> None:
    seen: list[str] = []
    QTimer.singleShot(1, lambda: seen.append("timer"))
    qtbot.waitUntil(lambda: seen == ["timer"])
    thread = threading.Thread(target=lambda: seen.append("thread"))
    thread.start()
    qtbot.waitUntil(lambda: seen == ["timer", "thread"])
    thread.join()


def test_an_assertion_that_comes_to_hold_is_waited_for(qtbot: QtBot) -> None:
    seen: list[int] = []
    QTimer.singleShot(1, lambda: seen.append(1))

    def holds() -> None:
        assert seen

    qtbot.waitUntil(holds)


def test_what_never_holds_ends(qtbot: QtBot) -> None:
    with pytest.raises(WaitedInVain):
        qtbot.waitUntil(lambda: False, timeout=20)
    with pytest.raises(ValueError):
        qtbot.waitUntil(lambda: "yes")


def test_eventually_sees_what_nothing_tells() -> None:
    seen = threading.Event()
    threading.Timer(0.02, seen.set).start()
    assert eventually(seen.is_set)


def test_waiting_for_something_counts_and_waiting_for_a_processor_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    held_up = {"1": 5_000_000_000, "2": 7_000_000_000}
    monkeypatch.setattr(fair_time, "_held_up", held_up.copy)
    began, never = FairTime(), threading.Event()
    never.wait(0.1)
    assert began.took_s >= 0.1
    del held_up["1"]  # it ended
    held_up |= {"2": 7_020_000_000, "3": 30_000_000}
    passed_s, took_s = began.passed_s, began.took_s
    assert passed_s - 0.05 <= took_s <= began.passed_s - 0.05


def test_each_thread_says_how_long_it_was_held_up() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux counts it")
    assert str(threading.get_native_id()) in fair_time._held_up()
