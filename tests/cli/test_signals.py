"""A signal ends the event loop as the close button does, also one that has nothing else to do."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pos_member.app.signals import ended_by_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
TOO_LONG_MS = 60_000


def patience(app: QApplication) -> QTimer:
    """Ends a loop that no signal ended, with another code."""
    timer = QTimer(app)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: app.exit(1))
    timer.start(TOO_LONG_MS)
    return timer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_idle_loop_is_ended(qapp: QApplication, number: signal.Signals) -> None:
    under_way = threading.Event()

    def stop_it() -> None:
        if under_way.wait(TOO_LONG_MS / 1000):
            os.kill(os.getpid(), number)

    other = threading.Thread(target=stop_it)
    timer = patience(qapp)
    before = signal.getsignal(number)
    if before is signal.SIG_IGN:  # as under nohup: what nobody wants to hear of ends nothing
        signal.signal(number, signal.SIG_DFL)
    try:
        with ended_by_signals(qapp):
            QTimer.singleShot(0, qapp, under_way.set)
            other.start()
            code = qapp.exec()
    finally:
        signal.signal(number, before)
    other.join()
    timer.stop()
    assert code == 128 + number


def test_a_signal_ahead_of_the_loop_is_not_lost(qapp: QApplication) -> None:
    timer = patience(qapp)
    with ended_by_signals(qapp):
        os.kill(os.getpid(), signal.SIGTERM)
        code = qapp.exec()
    timer.stop()
    assert code == 143


def test_what_was_there_before_is_there_after(qapp: QApplication) -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    before = signal.set_wakeup_fd(-1)
    with ended_by_signals(qapp):
        assert signal.getsignal(signal.SIGTERM) != handlers[signal.SIGTERM]
    assert {number: signal.getsignal(number) for number in handlers} == handlers
    assert signal.set_wakeup_fd(before) == -1


def test_what_is_ignored_stays_ignored(qapp: QApplication) -> None:
    """As for a program that a shell has put behind."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals(qapp):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
