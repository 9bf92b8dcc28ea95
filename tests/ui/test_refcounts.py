"""PySide6 6.12.0 loses a reference to ``None`` and ``True`` with every call on Python 3.11: never again unseen."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal, Slot

CALLS = 5_000
#: Other code takes and drops references too while the test runs; a leak of one a call is far beyond this.
SLACK = 500


class Bell(QObject):
    rang = Signal(object)
    flag = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.rang.connect(self.hear)
        self.flag.connect(self.hear)

    @Slot(object)
    def hear(self, what: object) -> None:
        self.heard += 1


def test_signals_and_calls_keep_the_count_of_none_and_true(qapp) -> None:
    bell = Bell()
    before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    for _ in range(CALLS):
        bell.rang.emit(None)
        bell.flag.emit(True)
        bell.flag.emit(False)
        bell.setProperty("name", None)
        bell.blockSignals(False)
    after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    assert bell.heard == 3 * CALLS
    assert all(now > then - SLACK for now, then in zip(after, before, strict=True)), (before, after)
