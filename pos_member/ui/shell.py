"""The frame as a screen sees it: services, who is signed in, where to go, what to say, what to ask.

The main window listens to the signals; a test can listen instead, so a screen needs no window to be tested.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.ui.i18n import language
from pos_member.ui.notices import Notice, Tone
from pos_member.ui.ports import Sound, UiServices, UiSettings
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from pos_member.domain.member import Identified
    from pos_member.domain.org import Settings
    from pos_member.domain.permission import Permission, Session
    from pos_member.services.till import TillServices
    from pos_member.services.views import Header
    from pos_member.ui.customer_display.view import Asking

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """A button of a question: ``key`` is what the asker gets, ``text`` carries a verb ("Return ฿350")."""

    key: str
    text: str
    kind: str = "plain"  # primary · plain · danger


@dataclass(frozen=True)
class Question:
    """Asked in place, never in a box on top. ``field``: "" none · "text" · "pin" · "amount".

    Enter gives the first answer, Esc the last one (which should change nothing).
    """

    text: str
    answers: tuple[Answer, ...]
    field: str = ""
    label: str = ""
    detail: str = ""


#: Gets the key of the answer and what was typed.
Answered = Callable[[str, str], None]


class Shell(QObject):
    """State of the window and the way to its frame."""

    session_changed = Signal(object)
    ready_changed = Signal(bool)
    header_changed = Signal(object)
    open_wanted = Signal(str, dict)
    back_wanted = Signal()
    noticed = Signal(object)
    hushed = Signal()
    asked = Signal(object, object)
    question_closed = Signal()
    refresh_wanted = Signal()
    #: A member for the open bill (id, how identified), found or enrolled on another screen.
    member_wanted = Signal(str, object)
    #: A code for the open bill (a product found by its name), as if it had been scanned there.
    code_wanted = Signal(str)
    #: What is to be paid by PromptPay now (``customer_display.view.Asking``), or None.
    asking_changed = Signal(object)
    #: How the printers stand (``PrinterStateView``), each time somebody looked.
    printers_looked = Signal(object)
    #: ``UiSettings`` chosen on the settings screen: the window takes them on and keeps them.
    look_wanted = Signal(object)
    #: What a scan came to (``scanning.feedback.Feedback``): heard and read already, to be seen as a flash.
    fed_back = Signal(object)
    #: What a run of keys was taken for (``domain.readers.BurstReport``), for who sets readers up.
    heard = Signal(object)

    def __init__(self, services: UiServices, runner: TaskRunner, settings: UiSettings) -> None:
        super().__init__()
        self.services = services
        self.runner = runner
        self.ui_settings = settings
        self.session: Session | None = None
        self.header: Header | None = None
        #: What ``asking_changed`` carried last.
        self.asking: Asking | None = None
        self.asking_changed.connect(self._asking_changed)
        #: Where screens stand; they are built as its children.
        self.stage: QWidget | None = None
        self._till: TillServices | None = None
        runner.trouble.connect(self.say_error)

    def _asking_changed(self, asking: Asking | None) -> None:
        self.asking = asking

    # --- the till ------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether the database is open."""
        return self._till is not None

    @property
    def till(self) -> TillServices:
        """The use cases; call them on the ``db`` lane only (``Screen.run``)."""
        if self._till is None:
            raise RuntimeError("the database is not open yet")
        return self._till

    @property
    def settings(self) -> Settings:
        """The organisation's settings; the defaults until they are read."""
        from pos_member.domain.org import Settings

        return self.header.settings if self.header is not None else Settings()

    def set_till(self, till: TillServices, header: Header) -> None:
        """The database is open."""
        self._till = till
        self.set_header(header)
        self.ready_changed.emit(True)

    def set_header(self, header: Header) -> None:
        """Names or settings came from head office."""
        self.header = header
        self.header_changed.emit(header)

    # --- who -----------------------------------------------------------------------------------------------

    def set_session(self, session: Session | None) -> None:
        """Somebody signed in, or nobody is."""
        self.session = session
        self.session_changed.emit(session)

    def signed_in(self) -> Session:
        """The session; screens are only open while there is one."""
        if self.session is None:
            raise RuntimeError("nobody is signed in")
        return self.session

    def may(self, permission: Permission) -> bool:
        """Whether the person signed in may do this alone (the services decide again)."""
        from pos_member.domain.permission import may

        return self.session is not None and may(self.session.staff.role, permission)

    # --- where ---------------------------------------------------------------------------------------------

    def open(self, name: str, **params: object) -> None:
        """Go to a screen; ``params`` reach its ``opened``."""
        self.open_wanted.emit(name, params)

    def back(self) -> None:
        """Back to the sell screen."""
        self.back_wanted.emit()

    def use_member(self, member_id: str, identified: Identified | None = None) -> None:
        """Put a member on the open bill and go there (``None``: found by a search)."""
        from pos_member.domain.member import Identified

        self.member_wanted.emit(member_id, identified or Identified.SEARCH)
        self.back()

    def refresh_badges(self) -> None:
        """Something may have changed what waits to be sent or printed."""
        self.refresh_wanted.emit()

    def ring(self, code: str) -> None:
        """Go to the open bill and put ``code`` on it, as a scan there would."""
        self.back()
        self.code_wanted.emit(code)

    # --- saying --------------------------------------------------------------------------------------------

    def say(self, tone: Tone, text: str, *, lasting: bool = False) -> None:
        """One line to the cashier."""
        self.noticed.emit(Notice(tone, text, lasting))

    def hush(self) -> None:
        """Take back what was said: it is about a bill that is over."""
        self.hushed.emit()

    def say_reason(self, reason: str, tone: Tone = Tone.WARN) -> None:
        """A ``Reason`` value in words."""
        from pos_member.wording import say

        self.say(tone, say("reasons", reason, language()))

    def say_error(self, error: Exception) -> None:
        """A refusal or problem in words; for a bug what a cashier can do about it (it is in the log already)."""
        if isinstance(error, PosMemberError):
            self.play(Sound.INVALID)
            self.say(Tone.BAD, self.why(error))
        else:
            self.say(Tone.BAD, self.why(EnvironmentProblem(Reason.FAULT_INSIDE)))

    def why(self, error: PosMemberError) -> str:
        """The sentence of an error."""
        from pos_member.wording import say_error

        return say_error(error, language())

    def is_reason(self, error: Exception, *reasons: Reason) -> bool:
        """Whether ``error`` carries one of ``reasons``."""
        return isinstance(error, PosMemberError) and error.reason in reasons

    def play(self, sound: Sound) -> None:
        """One of the four sounds; a till without sound goes on."""
        self.services.play(sound)

    # --- asking --------------------------------------------------------------------------------------------

    def ask(self, question: Question, answered: Answered) -> None:
        """Ask in place. ``answered`` is a bound method; it is called once, on the UI thread."""
        self.asked.emit(question, answered)

    def close_question(self) -> None:
        """Take an open question away unanswered."""
        self.question_closed.emit()
