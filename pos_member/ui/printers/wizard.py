"""The wizard: find → ask → paper → drawer → test page → name and work → saved. Nothing is kept before the end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.permission import Session
from pos_member.domain.printers import PrinterSetup
from pos_member.ui import theme
from pos_member.ui.device_work import LANE
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.ports import Sound
from pos_member.ui.printers.ask_step import AskStep
from pos_member.ui.printers.draft import Draft, begin_draft, edit_draft
from pos_member.ui.printers.drawer_step import DrawerStep
from pos_member.ui.printers.find_step import FindStep
from pos_member.ui.printers.jobs_step import JobsStep
from pos_member.ui.printers.page_step import PageStep
from pos_member.ui.printers.paper_step import PaperStep
from pos_member.ui.printers.step import Step
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Text, column, row

_STEPS: tuple[tuple[type[Step], str], ...] = (
    (FindStep, mark("Find")),
    (AskStep, mark("Ask")),
    (PaperStep, mark("Paper")),
    (DrawerStep, mark("Drawer")),
    (PageStep, mark("Test page")),
    (JobsStep, mark("Name")),
)


class PrinterWizardScreen(Page):
    """``opened(key=…)`` changes a printer of the till; without a key it sets a new one up."""

    name = "printer_wizard"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        # It has the focus while the button that goes on cannot be pressed.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._saving = False
        self._steps: dict[int, Step] = {}
        self._at = 0
        self.draft: Draft | None = None
        self._head = PageHead(self.name)
        self._marks = [Text("key", align="centre", name=f"wizard_mark_{at}") for at in range(len(_STEPS))]
        for mark_ in self._marks:
            self._head.beside.addWidget(mark_)
        self._stack = QStackedWidget()
        self._back = Button(name="wizard_back", icon="back")
        self._keys = Text("soft", name="wizard_keys", align="centre", elide=True)
        self._on = Button("primary", name="wizard_on", icon="right")
        body = QWidget(self)
        inside = column(body, space="m")
        inside.addWidget(self._stack, 1)
        foot = row(space="m")
        foot.addWidget(self._back)
        foot.addWidget(self._keys, 1)
        foot.addWidget(self._on)
        inside.addLayout(foot)
        self._on.setMinimumWidth(theme.active().px("touch", "pay") * 4)
        self.lay_out(self._head, body)
        self._on.clicked.connect(self.go_on)
        self._back.clicked.connect(self._step_back)
        self.finish()

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        if self.draft is None or self.draft.is_new:
            return tr("Set up a printer")
        return tr("Change {printer}", printer=self.draft.setup.name)

    def hint(self) -> str:
        return tr("Enter = go on · Esc = one step back · nothing is kept before the last step")

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        return self._steps.get(self._at)

    def retranslate(self) -> None:
        self._back.show_text(tr("Back"), "Esc")
        for step in self._steps.values():
            step.retranslate()
        self._show()

    def _show(self) -> None:
        step = self.step
        self._head.show_text(self.title(), step.head() if step is not None else "")
        for at, (mark_, (_, literal)) in enumerate(zip(self._marks, _STEPS, strict=True)):
            mark_.show_text(f"{at + 1} {tr_marked(literal)}", "accent" if at == self._at else "none")
            theme.mark(mark_, role="key" if at != self._at else "strong")
        if step is None:
            self._on.show_text(tr("Go on"), "Enter")
            self._on.setEnabled(False)
        else:
            self._keys.show_text(step.hint())
            text, usable = step.way_on()
            self._on.show_text(text, "Enter")
            usable = usable and not self._saving
            if not usable and self._on.hasFocus():
                # Qt would hand the focus on to the next button, and Enter would press that.
                self.setFocus()
            self._on.setEnabled(usable)

    # --- steps ---------------------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        admin = self.shell.services.printer_admin()
        if admin is None:
            # Nothing can be asked before the till is open.
            self._forget()
            self._show()
            self._back.setFocus()
            return
        key = str(params.get("key", ""))
        setups = admin.setups()
        if self.draft is not None and self._goes_on(self.draft, key, setups):
            self._go(self._at)
        elif key and any(each.key == key for each in setups):
            self._begin(edit_draft(setups, key))
        else:
            self._begin(begin_draft(setups, next(iter(admin.profiles()))))
        approver = params.get("approver")
        if self.draft is not None:
            self.draft.approver = approver if isinstance(approver, Session) else None

    def _goes_on(self, draft: Draft, key: str, setups: tuple[PrinterSetup, ...]) -> bool:
        """A scan or a key led away in the middle: what was begun is taken up where it was."""
        same = draft.is_new if not key else key == draft.setup.key
        return same and draft.others == tuple(each for each in setups if each.key != draft.setup.key)

    def _begin(self, draft: Draft) -> None:
        self._forget()
        self.draft = draft
        self._saving = False
        self._go(0)

    def _forget(self) -> None:
        for step in self._steps.values():
            step.stop()
            self._stack.removeWidget(step)
            step.deleteLater()
        self._steps.clear()
        self.draft = None

    def left(self) -> None:
        for step in self._steps.values():
            step.stop()

    def _go(self, at: int) -> None:
        if self.draft is None:
            return
        if self.step is not None:
            self.step.stop()
        self._at = at
        if at not in self._steps:
            made = _STEPS[at][0](self.shell, self.draft)
            made.changed.connect(self._changed)
            # After the key is dealt with: the focus has moved by then, and the same Enter would press what is there.
            made.finished.connect(self.go_on, Qt.ConnectionType.QueuedConnection)
            made.settled.connect(self._to_way_on)
            made.retranslate()
            self._steps[at] = made
            self._stack.addWidget(made)
        step = self._steps[at]
        self._stack.setCurrentWidget(step)
        step.entered()
        self._show()
        self.shell.hush()
        self._focus()

    def _focus(self) -> None:
        step = self.step
        first = step.first() if step is not None else None
        if first is not None:
            first.setFocus()
        else:
            self._to_way_on()

    def _to_way_on(self) -> None:
        """The focus to the button that goes on; to the page while it cannot be pressed."""
        (self._on if self._on.isEnabled() else self).setFocus()

    def _changed(self) -> None:
        asked, found = self.step, self._steps.get(0)
        if isinstance(asked, AskStep) and asked.refused is not None and isinstance(found, FindStep):
            self._go(0)
            found.complain(self.shell.why(asked.refused))
            return
        waits = self.hasFocus()
        self._show()
        if waits:
            self._to_way_on()

    def go_on(self) -> None:
        step = self.step
        if step is None or self._saving or step.take():
            return
        if not step.way_on()[1]:
            return
        if self._at + 1 < len(_STEPS):
            self._go(self._at + 1)
        else:
            self._save()

    def _step_back(self) -> None:
        if not self.back():
            self.shell.open("printers")

    def back(self) -> bool:
        step = self.step
        if step is not None and step.back():
            self._show()
            return True
        if step is not None and self._at > 0:
            self._go(self._at - 1)
            return True
        self._forget()
        self.shell.open("printers")
        return True

    def scanned(self, text: str) -> bool:
        step = self.step
        return step is not None and step.scanned(text)

    # --- saving --------------------------------------------------------------------------------------------

    def _save(self) -> None:
        admin, draft = self.shell.services.printer_admin(), self.draft
        if admin is None or draft is None:
            return
        self._saving = True
        self._show()
        setups, session, approver = draft.saved(), self.shell.signed_in(), draft.approver
        self.shell.runner.run(LANE, lambda: admin.save(session, setups, approver), self, self._kept, self._not_kept)

    def _kept(self, nothing: None) -> None:
        self._saving = False
        name = self.draft.setup.name if self.draft is not None else ""
        self._forget()
        self.shell.play(Sound.READ)
        self.shell.refresh_badges()
        self.shell.open("printers")
        self.shell.say(Tone.GOOD, tr("{printer} is in use from now on.", printer=name))

    def _not_kept(self, error: PosMemberError) -> bool:
        self._saving = False
        self._show()
        self._on.setFocus()
        return False
