"""Keys and input-method texts held back by the wedge filter: enough of each to deliver it later as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

TERMINATORS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
#: Keys that make nothing by themselves: they pass, and nothing is decided because of them.
MODIFIERS = frozenset(
    {
        *(Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr, Qt.Key.Key_Control, Qt.Key.Key_Alt),
        *(Qt.Key.Key_Meta, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R),
        *(Qt.Key.Key_Hyper_L, Qt.Key.Key_Hyper_R, Qt.Key.Key_Mode_switch),
        # What changes the group of the layout: ISO_Next_Group and its neighbours have no name in Qt.
        Qt.Key.Key_unknown,
    }
)


@dataclass(frozen=True)
class HeldKey:
    """A key held back, and the window it came to."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str
    scan_code: int
    virtual_key: int
    native_modifiers: int
    window: QWindow
    #: A number of its own: two presses of one key are two keys.
    serial: int

    @staticmethod
    def of(event: QKeyEvent, window: QWindow, serial: int) -> HeldKey:
        """A press as it came to ``window``."""
        return HeldKey(
            int(event.key()),
            event.modifiers(),
            event.text(),
            event.nativeScanCode(),
            event.nativeVirtualKey(),
            event.nativeModifiers(),
            window,
            serial,
        )

    def deliver(self) -> None:
        """Press and release it where the focus is now."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            # Asked anew for the release: what the press opened may have taken the focus, or its widget is gone.
            target = focus_of(self.window)
            if target is not None:
                QCoreApplication.sendEvent(target, self._event(kind))

    def _event(self, kind: QEvent.Type) -> QKeyEvent:
        return QKeyEvent(
            kind, self.key, self.modifiers, self.scan_code, self.virtual_key, self.native_modifiers, self.text
        )


@dataclass(frozen=True)
class HeldText:
    """A character that an input method made of a key."""

    text: str
    window: QWindow
    serial: int

    def deliver(self) -> None:
        """Put it where the focus is now."""
        target = focus_of(self.window)
        if target is not None:
            event = DeliveredText()
            event.setCommitString(self.text)
            QCoreApplication.sendEvent(target, event)


class DeliveredText(QInputMethodEvent):
    """A text given back. It goes to the widget where texts are met, and is not to be held a second time."""


Held = HeldKey | HeldText


def makes_a_character(event: QKeyEvent) -> bool:
    """Whether a key is one that a code is made of."""
    return bool(event.text()) and event.text().isprintable()


def is_chord(event: QKeyEvent) -> bool:
    """Whether Ctrl or Alt is held with it. AltGr on Windows comes as both, and makes characters."""
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    both = held == (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return bool(held) and not (both and makes_a_character(event))


def physical(event: QKeyEvent) -> int:
    """What a press and its release have in common, whatever Shift or the layout became in between."""
    return event.nativeScanCode() or -int(event.key())


def committed(event: QInputMethodEvent) -> str:
    """The one character that an input method commits with nothing else, or ""."""
    text = event.commitString()
    plain = len(text) == 1 and not event.preeditString() and not event.replacementLength()
    return text if plain and text.isprintable() else ""


def focus_of(window: QWindow) -> QWidget | None:
    """The widget that gets the keys of a window: a popup first, as Qt does it."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    for widget in _top_levels():
        if widget.windowHandle() is window:
            return widget.focusWidget() or widget
    return None


def _top_levels() -> Sequence[QWidget]:
    return QApplication.topLevelWidgets()
