"""The base of every screen: build once, set texts in ``retranslate``, work through ``run``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.ui.scanning.feedback import tell_refusal
from pos_member.ui.shell import Shell
from pos_member.ui.tasks import Job

T = TypeVar("T")


class Screen(QWidget):
    """One screen. See ``pos_member.ui`` for how to write one."""

    #: What ``Shell.open`` calls it, and its object name.
    name = ""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        # Built where it will stay: moving a finished tree of widgets below another costs Qt a round through all of it.
        super().__init__(parent or shell.stage)
        self.shell = shell
        self.setObjectName(self.name)
        self._built = self._stale = False

    def finish(self) -> None:
        """Call as the last line of ``__init__``: the texts are set from here on."""
        self._built = True
        self.retranslate()

    # --- to override ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """What the window's title and the screen's head say."""
        return ""

    def hint(self) -> str:
        """The line above the keys while there is nothing else to say."""
        return ""

    def retranslate(self) -> None:
        """Set every text with ``tr``; called once after building and at each change of language."""

    def opened(self, **params: object) -> None:
        """It is shown. Load what it needs; put the focus where work begins."""

    def left(self) -> None:
        """It is hidden: stop what runs for it only."""

    @property
    def begun(self) -> bool:
        """Whether something is half done here that would be lost by leaving: then no scan leads away."""
        return False

    def scanned(self, text: str) -> bool:
        """A scan that ``scan_routes`` gives to this page. False: it has no use for it as it stands now."""
        return False

    def enrol_params(self) -> dict[str, object]:
        """What the page of enrolment starts with, opened from here."""
        return {}

    def back(self) -> bool:
        """Esc: one step back inside the screen. False means there is none, and the sell screen opens."""
        return False

    # --- to use --------------------------------------------------------------------------------------------

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[PosMemberError], bool] | None = None,
        *,
        key: str = "",
        lane: str = "db",
    ) -> Job:
        """Work off the UI thread; see ``TaskRunner.run``."""
        return self.shell.runner.run(lane, work, self, done, failed, key=key)

    def run_long(
        self,
        work: Callable[[Job], T],
        done: Callable[[T], None],
        failed: Callable[[PosMemberError], bool] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        *,
        key: str = "",
        lane: str = "db",
    ) -> Job:
        """Long work with progress and cancel; see ``TaskRunner.run_long``."""
        return self.shell.runner.run_long(lane, work, self, done, failed, progressed, key=key)

    def scan_refused(self, error: PosMemberError) -> bool:
        """For a task that looks a scan up: told with its sound, its flash and what to do."""
        tell_refusal(self.shell, error)
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._built:
            # A screen in the background has time until it is shown: with a dozen of them the switch would be felt.
            self._stale = self.isHidden() and self.parentWidget() is not None
            if not self._stale:
                self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._stale = False
            self.retranslate()
        super().showEvent(event)
