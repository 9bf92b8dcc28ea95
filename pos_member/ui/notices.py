"""What the till says to the cashier: one line above the keys, always in the same place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from pos_member.ui import theme


class Tone(StrEnum):
    """Colour, icon and word go together; never one of them alone."""

    GOOD = "good"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Notice:
    """One thing to say. ``lasting`` notices stay until the next act; the others fade after a while."""

    tone: Tone
    text: str
    lasting: bool = False


#: How long the flash of a scan is seen (ms).
FLASH_MS = 100
#: How long a passing notice stays (ms): long enough to be read twice.
_STAYS_MS = {Tone.GOOD: 6_000, Tone.INFO: 8_000, Tone.WARN: 12_000, Tone.BAD: 20_000}


class NoticeStrip(QFrame):
    """The line. With nothing to say it shows the screen's hint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_strip")
        self.setProperty("role", "strip")
        self.setFixedHeight(theme.active().px("touch", "strip"))
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("notice_text")
        layout = QHBoxLayout(self)
        gap = theme.active().px("space", "m")
        layout.setContentsMargins(gap, 0, gap, 0)
        layout.setSpacing(gap)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.timeout.connect(self._flashed)
        self._hint = ""
        self.notice: Notice | None = None
        self.clear()

    def set_hint(self, hint: str) -> None:
        """What stands there while there is nothing to say."""
        self._hint = hint
        if self.notice is None:
            self.clear()

    def say(self, notice: Notice) -> None:
        """Show ``notice`` in place of what stood there."""
        self.notice = notice
        self._show(notice.text, notice.tone.value, notice.tone.value, f"{notice.tone.value}_ink")
        self._timer.stop()
        if not notice.lasting:
            self._timer.start(_STAYS_MS[notice.tone])

    def clear(self) -> None:
        """Back to the hint."""
        self._timer.stop()
        self.notice = None
        self._show(self._hint, "none", "info", "faint")

    def flash(self) -> None:
        """A frame around the line for a moment: a scan came, whatever stood there before."""
        theme.mark(self, flash=True)
        self._flash.start(FLASH_MS)

    def _flashed(self) -> None:
        theme.mark(self, flash=False)

    def redress(self) -> None:
        """The theme changed."""
        if self.notice is not None:
            self.say(self.notice)
        else:
            self.clear()

    def _show(self, text: str, tone: str, icon: str, colour: str) -> None:
        look = theme.active()
        self._icon.setPixmap(look.pixmap(icon, colour, look.px("touch", "icon"), 2.0))
        self._icon.setVisible(bool(text))
        self._text.setText(text)
        self._text.setToolTip(text)
        self.setAccessibleName(text)
        theme.mark(self, tone=tone)
