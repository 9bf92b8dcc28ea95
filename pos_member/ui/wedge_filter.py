"""Keyboard-wedge readers: one event filter before every widget, so that the scan field is always live.

Keys that may be part of a burst are held back; a burst becomes ``scanned``, anything else is delivered to the focus in
the order it was typed. What is a burst is decided outside (``ports.KeyBursts``); this is only the way in and out of Qt.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.ports import Burst, BurstDecision, KeyBursts

_TERMINATORS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
#: Property of a field of the sell screen: what is scanned while it has the focus is a scan, whatever it looks like.
TAKES_SCANS = "takes_scans"
#: A burst of these goes into a waiting field as typed text: it is no code of ours (a slip's reference, a phone).
_MAY_BE_TYPED = (ScanKind.TEXT, ScanKind.PHONE)


@dataclass(frozen=True)
class _Held:
    """A key held back: enough to deliver it later as it was."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str
    scan_code: int
    virtual_key: int
    native_modifiers: int
    at_ms: int

    def event(self, kind: QEvent.Type) -> QKeyEvent:
        return QKeyEvent(
            kind, self.key, self.modifiers, self.scan_code, self.virtual_key, self.native_modifiers, self.text
        )


class WedgeFilter(QObject):
    """Give it the window (``watch``): Qt hands every real key to the window before any widget sees it."""

    scanned = Signal(str)

    def __init__(self, bursts: KeyBursts, silence_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bursts = bursts
        self._silence_ms = silence_ms
        self._pending: list[_Held] = []
        self._swallowed: set[int] = set()
        self._window: QWidget | None = None
        self._last_ms = 0.0
        self._arrived = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._quiet)
        self._second_look = False

    def watch(self, window: QWidget) -> None:
        """Filter the keys of ``window`` (top level)."""
        self._window = window
        window.winId()  # makes the native window where there is none yet
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if event.key() in self._swallowed:
                if not event.isAutoRepeat():
                    self._swallowed.discard(event.key())
                return True
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._act(self._bursts.flush())
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr):
            return False
        chord = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        terminator = event.key() in _TERMINATORS
        if chord or not (terminator or (event.text().isprintable() and event.text())):
            self._act(self._bursts.flush())
            return False
        held = _Held(
            int(event.key()),
            event.modifiers(),
            event.text(),
            event.nativeScanCode(),
            event.nativeVirtualKey(),
            event.nativeModifiers(),
            int(event.timestamp()),
        )
        self._arrived = time.monotonic()
        self._last_ms = float(event.timestamp()) or self._arrived * 1000
        decisions = self._bursts.key(
            event.text(),
            event.nativeScanCode(),
            self._last_ms,
            terminator,
            shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            auto_repeat=event.isAutoRepeat(),
            event=held,
        )
        if len(decisions) == 1 and decisions[0].kind is Burst.RELEASE and decisions[0].events == [held]:
            # A person is typing and nothing is held: Qt delivers it itself.
            return False
        self._pending.append(held)
        self._swallowed.add(int(event.key()))
        self._act(decisions)
        return True

    def _act(self, decisions: Sequence[BurstDecision]) -> None:
        self._timer.stop()
        for decision in decisions:
            if decision.kind is Burst.HOLD:
                self._second_look = False
                self._timer.start(self._silence_ms)
            elif decision.kind is Burst.RELEASE:
                self._deliver([each for each in decision.events if isinstance(each, _Held)])
            elif decision.kind is Burst.SCAN:
                self._take(decision.text)
            else:
                self._pending.clear()

    def _take(self, text: str) -> None:
        held, self._pending = self._pending, []
        focus = self._focus()
        waiting = isinstance(focus, QLineEdit | QPlainTextEdit) and not focus.property(TAKES_SCANS)
        if waiting and classify(text).kind in _MAY_BE_TYPED:
            self._deliver(held)
        else:
            self.scanned.emit(text)

    def _deliver(self, keys: list[_Held]) -> None:
        self._pending = [each for each in self._pending if each not in keys]
        for each in keys:
            focus = self._focus()
            if focus is not None:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QCoreApplication.sendEvent(focus, each.event(kind))

    def _focus(self) -> QWidget | None:
        return self._window.focusWidget() or self._window if self._window is not None else None

    def _quiet(self) -> None:
        if not self._second_look:
            # A busy loop delivers keys late: let those that already wait come first.
            self._second_look = True
            self._timer.start(0)
            return
        self._second_look = False
        self._act(self._bursts.silence(self._last_ms + (time.monotonic() - self._arrived) * 1000))
