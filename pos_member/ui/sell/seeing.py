"""The camera at the counter: a small picture while nobody is on the bill, and what was read, at once and in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from pos_member.domain.readers import FoundCode
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.ports import CameraLight
from pos_member.ui.readers.words import light_words, meaning_words
from pos_member.ui.scanning.feedback import Feedback
from pos_member.ui.sell.columns import LeftColumn
from pos_member.ui.shell import Shell
from pos_member.ui.sights import CameraSights
from pos_member.ui.widgets.camera_view import WORDS_MS, CameraView

_REFUSED = (ScanKind.FOREIGN, ScanKind.MISTYPED)


class Seeing(QObject):
    """Ctrl+K hides the picture and brings it back. Without a camera there is none, and no room is taken.

    ``again`` puts the words under the entry field back once those of a read have stood long enough.
    """

    def __init__(self, shell: Shell, left: LeftColumn, again: Callable[[], None], screen: QWidget) -> None:
        super().__init__(screen)
        self._shell, self._left = shell, left
        self._wanted = True
        self.view: CameraView | None = None
        self._words = QTimer(self)
        self._words.setSingleShot(True)
        self._words.setInterval(WORDS_MS)
        self._words.timeout.connect(again)
        self._toggle = QShortcut(QKeySequence("Ctrl+K"), screen)
        self._toggle.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._toggle.activated.connect(self.toggle)
        sights = shell.services.sights
        if sights is not None:
            sights.light.connect(self._lit)
            sights.read.connect(self._read)
            shell.fed_back.connect(self._fed_back)
            self._show(sights)

    def toggle(self) -> None:
        """Hide the picture, or show it."""
        sights = self._shell.services.sights
        if sights is None or sights.standing is CameraLight.NONE:
            self._shell.say(Tone.INFO, tr("No camera is set up: Ctrl+, and Ctrl+9"))
            return
        self._wanted = not self._wanted
        self._show(sights)
        if not self._wanted:
            self._shell.say(Tone.INFO, tr("The picture is hidden, codes are still read. Ctrl+K shows it."))

    def retranslate(self) -> None:
        """The words in the picture's place."""
        if self.view is not None:
            self.view.retranslate()

    def _show(self, sights: CameraSights) -> None:
        shown = self._wanted and sights.standing is not CameraLight.NONE
        if shown and self.view is None:
            self.view = CameraView(sights, meaning_words, light_words, name="sell_camera", small=True)
        if self.view is not None:
            self._mirror(self.view)
            self._left.member.show_view(self.view, shown)

    def _mirror(self, view: CameraView) -> None:
        admin = self._shell.services.reader_admin() if self._shell.ready else None
        if admin is not None:
            view.set_mirrored(admin.camera_setup().mirrored)

    def opened(self) -> None:
        """The screen is shown: the camera may have been set up in between."""
        sights = self._shell.services.sights
        if sights is not None:
            self._show(sights)

    def _lit(self, light: CameraLight) -> None:
        self.opened()

    def _fed_back(self, feedback: Feedback) -> None:
        """What the scan came to, where it is not simply good: seen where the code is held."""
        if self.view is not None and feedback.tone in (Tone.BAD, Tone.WARN):
            self.view.flash(feedback.tone.value, feedback.text)
        if self._words.isActive() and feedback.tone is Tone.BAD:
            # What was read well and then refused is no longer told in green.
            self._left.reading.show_text(self._left.reading.text(), "bad")

    def _read(self, code: FoundCode) -> None:
        if self._left.isVisible():
            # These are refused by their looks, perhaps before the picture they were found in is shown.
            tone = "bad" if classify(code.text).kind in _REFUSED else "good"
            self._left.reading.show_text(tr("Read: {meaning}", meaning=meaning_words(code.text)), tone)
            self._words.start()
