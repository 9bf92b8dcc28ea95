"""Waiting for what the window does: as long as a busy machine may need, and not a moment longer than it takes.

pytest-qt looks ten milliseconds later and gives up after five seconds. Here one looks again as soon as something
happened, and gives up when nobody would believe any more that the machine is only slow.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, Qt, QTimer
from pytestqt.exceptions import TimeoutError as WaitedInVain
from pytestqt.qtbot import QtBot

_Item = TypeVar("_Item")
#: Costs nothing while all is well.
PATIENCE_MS = 120_000
PATIENCE_S = PATIENCE_MS // 1000
#: What happens on other threads without an event here is seen so soon.
_LOOKS_AFTER_MS = 5


class PatientBot(QtBot):
    """pytest-qt's own, with one limit for the whole suite; no test sets another."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """Until ``callback`` is true, or raises no ``AssertionError`` any more. Events are processed meanwhile."""
        if _holds(callback):
            return
        until_s = time.monotonic() + timeout / 1000
        loop, tick, ended = QEventLoop(), QTimer(), []

        def look() -> None:
            if ended:
                return
            try:
                if _holds(callback):
                    ended.append(None)
            except Exception as error:  # noqa: BLE001 - raised below: a slot is no place for it
                ended.append(error)
            if not ended and time.monotonic() > until_s:
                ended.append(WaitedInVain(f"waited {timeout} ms in vain"))
            if ended:
                loop.quit()

        dispatcher = QAbstractEventDispatcher.instance()
        # After each round of events; the tick brings one about.
        dispatcher.awake.connect(look)
        tick.setTimerType(Qt.TimerType.PreciseTimer)
        tick.start(_LOOKS_AFTER_MS)
        loop.exec()
        tick.stop()
        dispatcher.awake.disconnect(look)
        if ended[0] is not None:
            raise ended[0]

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **how)

    def waitCallback(self, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitCallback(timeout=timeout, **how)


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it comes to be true, where nothing tells and no window is there."""
    until_s, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while not true():
        if time.monotonic() > until_s:
            return False
        tick.wait(0.01)
    return True


def comes(items: queue.Queue[_Item], wanted: _Item) -> None:
    """Wait until it comes. Fails where it does not, however much else keeps coming."""
    until_s, seen = time.monotonic() + PATIENCE_S, list[_Item]()
    while not seen or seen[-1] != wanted:
        try:
            seen.append(items.get(timeout=max(0.0, until_s - time.monotonic())))
        except queue.Empty:
            raise AssertionError(f"{wanted} did not come, but {len(seen)} others, last {seen[-3:]}") from None


def _holds(callback: Callable[[], bool | None]) -> bool:
    try:
        result = callback()
    except AssertionError:
        return False
    if result not in (None, True, False):
        raise ValueError(f"waitUntil takes True, False or None, not {result!r}")
    return result is None or result
