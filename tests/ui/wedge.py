"""The real burst classifier behind the window's port, as the composition root puts it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest

from pos_member.app.bursts import WindowBursts

#: Time between a reader's keys (ms): those of ``QTest`` come when this process gets around to it.
GAP_MS = 1


class RealBursts(WindowBursts):
    """A till without any reader set up: every reader that types fits."""

    def __init__(self) -> None:
        super().__init__()


class _Stamp(QObject):
    """The time of the last key that a window was given."""

    def __init__(self) -> None:
        super().__init__()
        self.at_ms = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            self.at_ms = event.timestamp()
        return False


def reader_types(window: QWindow, text: str, ending: Qt.Key = Qt.Key.Key_Return) -> None:
    """A reader at its own pace, however busy this machine is: a key's time is the reader's, not that of its handling.

    It begins by the clock of ``QTest``, so that it can be mixed with keys of a person.
    """
    stamp = _Stamp()
    window.installEventFilter(stamp)
    QTest.keyClick(window, Qt.Key.Key_Shift)
    window.removeEventFilter(stamp)
    at_ms = stamp.at_ms
    for key, char in (*((ord(char.upper()), char) for char in text), (int(ending), "\r")):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, char)
            event.setTimestamp(at_ms)
            QCoreApplication.sendEvent(window, event)
        at_ms += GAP_MS
