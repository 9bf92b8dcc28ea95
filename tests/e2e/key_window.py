"""A window with fields, run as a program of its own under a real X server. Told on its input, tells on its output.

A line in: ``focus NAME`` · ``state`` · ``stall MS`` · ``modal`` · ``clear`` ·
``silence MS``. A line out: one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import threading

from PySide6.QtCore import QEvent, QObject, QSocketNotifier
from PySide6.QtGui import QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from pos_member.app.bursts import WindowBursts
from pos_member.domain.readers import BurstReport
from pos_member.ui.wedge_filter import WedgeFilter


class KeyCount(QObject):
    """How many keys came from the server to a window of this program."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += isinstance(watched, QWindow) and event.type() is QEvent.Type.KeyPress and event.spontaneous()
        return False


class KeyWindow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.line, self.text, self.table = QLineEdit(), QPlainTextEdit(), QTableWidget(3, 3)
        self.button, self.other = QPushButton("button"), QLineEdit()
        layout = QVBoxLayout(self)
        for widget in (self.line, self.text, self.table, self.button, self.other):
            layout.addWidget(widget)
        self.scans: list[str] = []
        self.by_keys: list[bool] = []
        self.raw: list[str] = []
        self.pressed: list[str] = []
        self.dialog: QDialog | None = None
        self.button.clicked.connect(lambda: self.pressed.append("button"))
        self.line.returnPressed.connect(lambda: self.pressed.append("return"))
        for keys in ("Ctrl+]", "F8", "Alt+6", "Ctrl+B"):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda keys=keys: self.pressed.append(keys))
        bursts = WindowBursts()
        self.wedge = WedgeFilter(bursts, bursts.silence_ms, self)
        self.wedge.scanned.connect(self.scans.append)
        self.wedge.heard.connect(self._heard)
        self.wedge.watch(self)
        self._came = KeyCount(self)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self._came)
        self._rest = b""
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._told)

    def _heard(self, report: BurstReport) -> None:
        self.by_keys.append(report.by_keys)
        self.raw.append(report.raw)

    def state(self) -> dict[str, object]:
        focus = QApplication.focusWidget()
        texts = [self.line.text(), self.text.toPlainText(), self.other.text()]
        texts += [item.text() for row in range(3) for at in range(3) if (item := self.table.item(row, at)) is not None]
        if self.dialog is not None:
            texts.append(self.dialog.findChild(QLineEdit).text())  # type: ignore[union-attr]
        return {
            "texts": texts,
            "scans": self.scans,
            "pressed": self.pressed,
            "by_keys": self.by_keys,
            "came": self._came.count,
            "raw": self.raw,
            "focus": "" if focus is None else type(focus).__name__,
            "active": QApplication.focusWindow() is not None,
            "dialog": self.dialog is not None and self.dialog.isActiveWindow(),
        }

    def _told(self) -> None:
        said = os.read(0, 4096)
        if not said:
            QApplication.quit()
            return
        *lines, self._rest = (self._rest + said).split(b"\n")
        for line in lines:
            word, _, rest = line.decode().partition(" ")
            getattr(self, f"do_{word}")(rest)

    def do_focus(self, name: str) -> None:
        self.activateWindow()
        getattr(self, name).setFocus()
        self.do_state("")

    def do_state(self, _rest: str) -> None:
        print(json.dumps(self.state()), flush=True)  # noqa: T201

    def do_stall(self, ms: str) -> None:
        """The event loop is held up: keys pile up behind it."""
        self.do_state("")
        threading.Event().wait(int(ms) / 1000)

    def do_modal(self, _rest: str) -> None:
        self.dialog = QDialog(self)
        QVBoxLayout(self.dialog).addWidget(QLineEdit())
        self.dialog.open()
        self.dialog.activateWindow()
        self.do_state("")

    def do_silence(self, ms: str) -> None:
        """How long nothing comes at the end of a code."""
        bursts = WindowBursts(silence_ms=int(ms))
        self.wedge.use(bursts, bursts.silence_ms)
        self.do_state("")

    def do_clear(self, _rest: str) -> None:
        if self.dialog is not None:
            self.dialog.reject()
            self.dialog = None
        self._came.count = 0
        for widget in (self.line, self.text, self.other, self.table):
            widget.clear()
        for seen in (self.scans, self.pressed, self.by_keys, self.raw):
            seen.clear()
        self.do_state("")


def main() -> int:
    app = QApplication(sys.argv)
    window = KeyWindow()
    window.resize(600, 500)
    window.show()
    window.do_focus("line")
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
