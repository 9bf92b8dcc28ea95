"""A cashier made of key strokes: everything goes through the window's own keyboard path, nothing calls a service.

A scan is a burst of keys as a reader types it, a person types with 70 ms between keys; waiting is always for
something to be seen on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from pos_member.app.demo.probe import LoopProbe
from pos_member.domain.kedmanee import to_thai_keys
from pos_member.ui.main_window import MainWindow

_W = TypeVar("_W", bound=QWidget)
_PERSON_MS = 70
#: Between two keys of a reader.
_READER_MS = 2
_LOOK_MS = 5
_KEYS = {
    **{str(digit): Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)},
    "+": Qt.Key.Key_Plus,
    "-": Qt.Key.Key_Minus,
    "*": Qt.Key.Key_Asterisk,
    "/": Qt.Key.Key_Slash,
    ".": Qt.Key.Key_Period,
    " ": Qt.Key.Key_Space,
}


class _Stamp(QObject):
    """Sees the time of a key, as the system's clock of events has it."""

    def __init__(self) -> None:
        super().__init__()
        self.at_ms = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            self.at_ms = int(event.timestamp())
        return False


def _strike(handle: QWindow, key: Qt.Key, text: str, at_ms: int) -> None:
    """A key pressed and let go at that time."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(at_ms)
        QApplication.sendEvent(handle, event)


class NotSeen(Exception):
    """What should have appeared on the screen did not."""


class Actor:
    """Plays on one window."""

    def __init__(self, window: MainWindow, probe: LoopProbe, pictures: Path) -> None:
        self.window = window
        self._probe = probe
        self._pictures = pictures
        self.keys = 0

    # --- seeing --------------------------------------------------------------------------------------------

    def wait(self, true: Callable[[], bool], what: str, timeout_s: float = 20.0) -> None:
        """Let the window live until ``true()``. Raises ``NotSeen`` with a picture of what was there instead."""
        if not self.let_live(true, timeout_s):
            self.picture("not-seen")
            raise NotSeen(what)

    def let_live(self, true: Callable[[], bool], timeout_s: float) -> bool:
        """Run the event loop until ``true()``; whether it came true in time."""
        ends = time.monotonic() + timeout_s
        loop = QEventLoop()
        timer = QTimer()
        seen = True

        def look() -> None:
            nonlocal seen
            # What was true once may pass: the answer is what was seen, not what is there a moment later.
            seen = true()
            if seen or time.monotonic() > ends:
                loop.quit()

        timer.timeout.connect(look)
        timer.start(_LOOK_MS)
        if not true():
            seen = False
            loop.exec()
        timer.stop()
        return seen

    def find(self, kind: type[_W], name: str) -> _W | None:
        """The visible widget of this name."""
        for found in self.window.findChildren(kind, name):
            if found.isVisible():
                return found
        return None

    def shows(self, name: str) -> bool:
        """Whether a widget of this name is on the screen."""
        return self.find(QWidget, name) is not None

    def text(self, name: str) -> str:
        """What a label, field, badge or list of facts says, without break marks; empty when it is not there."""
        label = self.find(QLabel, name)
        if label is not None:
            return label.text().replace("\u200b", "")
        field = self.find(QLineEdit, name)
        if field is not None:
            return field.text()
        other = self.find(QWidget, name)
        if other is None:
            return ""
        said = getattr(other, "said", None)
        return str(said()) if said is not None else other.accessibleName()

    def wait_for(self, name: str, timeout_s: float = 20.0) -> None:
        """Wait until a widget of this name is on the screen."""
        self.wait(lambda: self.shows(name), f"widget {name}", timeout_s)

    def settle(self) -> None:
        """Until no lane but the network's has anything to do for the window."""
        runner = self.window.shell.runner
        self.wait(lambda: not runner.busy("db") and self.window.desk.idle, "a quiet till")

    def picture(self, name: str, window: QWidget | None = None) -> Path:
        """A screenshot of the till's window or another one, once what changed has found its place."""
        QApplication.processEvents()
        with self._probe.paused():
            path = self._pictures / f"{name}.png"
            (window or self.window).grab().save(str(path))
        return path

    # --- doing ---------------------------------------------------------------------------------------------

    @property
    def _handle(self) -> QWindow:
        handle = self.window.windowHandle()
        if handle is None:
            raise NotSeen("the window")
        return handle

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key."""
        self.keys += 1
        QTest.keyClick(self._handle, key, modifier)
        QApplication.processEvents()

    def enter(self) -> None:
        """Go on."""
        # Enter belongs to a reader's burst when it follows digits at once; a person's comes later.
        QTest.qWait(_PERSON_MS)
        self.press(Qt.Key.Key_Return)

    def scan(self, code: str) -> None:
        """A reader's burst, Enter at the end.

        Its keys carry a reader's times, however busy the machine is: what is played is a reader, not this program.
        """
        last_ms = self._keys_apart(code, _READER_MS)
        _strike(self._handle, Qt.Key.Key_Return, "\r", last_ms + _READER_MS)
        QApplication.processEvents()

    def scan_in_thai(self, code: str) -> None:
        """As ``scan``, while the system is on the Thai layout and does not say which key was pressed."""
        handle, begins_ms = self._handle, self._now_ms()
        for at, char in enumerate(to_thai_keys(code)):
            _strike(handle, Qt.Key.Key_unknown, char, begins_ms + at * _READER_MS)
        _strike(handle, Qt.Key.Key_Return, "\r", begins_ms + len(code) * _READER_MS)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """As a person types digits and signs: the keys carry a person's times, and a rest follows."""
        self.keys += len(text)
        self._keys_apart(text, _PERSON_MS)
        QTest.qWait(2 * _PERSON_MS)

    def _keys_apart(self, text: str, gap_ms: int) -> int:
        """Keys whose events are ``gap_ms`` apart, at the system's own time to begin with; the last one's time (ms)."""
        handle, begins_ms = self._handle, self._now_ms()
        for at, char in enumerate(text):
            _strike(handle, _KEYS[char], char, begins_ms + at * gap_ms)
        return begins_ms + (len(text) - 1) * gap_ms

    def _now_ms(self) -> int:
        """The system's clock of events, off a key that says nothing.

        None of the keys that count is struck this way: the window lives on within such a click, so that on a busy
        machine the others would come too late to belong to the same burst.
        """
        handle = self._handle
        stamp = _Stamp()
        handle.installEventFilter(stamp)
        QTest.keyClick(handle, Qt.Key.Key_Shift)
        handle.removeEventFilter(stamp)
        return stamp.at_ms

    def write(self, name: str, text: str) -> None:
        """Letters, Thai among them, as an input method hands them to a field."""
        field = self.find(QLineEdit, name)
        if field is None:
            raise NotSeen(f"field {name}")
        field.setFocus()
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(field, event)
