"""How much of the line to head office this till may use, and when large things may come."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.line_setup import KBIT_MAX, KBIT_MIN, LARGE_MB_MAX, LineSetup
from pos_member.domain.permission import Permission
from pos_member.ui.i18n import tr
from pos_member.ui.moments import read_time, read_whole
from pos_member.ui.notices import Tone
from pos_member.ui.page import Page, PageHead
from pos_member.ui.shell import Shell
from pos_member.ui.widgets import Button, Card, Field, Text, column, row
from pos_member.ui.widgets.facts import Fact, FactList
from pos_member.ui.widgets.sides import two_sides


class LineScreen(Page):
    """A form; Enter in any field keeps all of it, and it holds at once. Anybody may look."""

    name = "line"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._held = LineSetup()
        self._saving = False
        self._head = PageHead(self.name)
        self._only_look = Text("strong", name="line_only_look", wrap=True)
        self._pace_head = Text("heading")
        self._pace_note = Text("soft", wrap=True)
        self._night_head = Text("heading")
        self._night_note = Text("soft", wrap=True)
        self.upload = Field(name="line_upload", length_max=9)
        self.download = Field(name="line_download", length_max=9)
        self.night_from = Field(name="line_night_from", length_max=5)
        self.night_to = Field(name="line_night_to", length_max=5)
        self.large = Field(name="line_large", length_max=6)
        self._now_head = Text("heading")
        self._now = FactList(name="line_now")
        self._free = Button(name="line_free", icon="undo")
        self._save = Button("primary", name="line_save", icon="save")
        form = Card()
        inside = column(form, space="s", margin="xl")
        inside.addWidget(self._pace_head)
        inside.addWidget(self._pace_note)
        inside.addLayout(_side_by_side(self.upload, self.download))
        inside.addWidget(self._night_head)
        inside.addWidget(self._night_note)
        inside.addLayout(_side_by_side(self.night_from, self.night_to, self.large))
        inside.addStretch(1)
        said = (self._now_head, self._now, self._only_look)
        self.lay_out(self._head, two_sides(form, said, (self._free, self._save)))
        for field in self._fields():
            field.entered.connect(self.go_on)
        self._save.clicked.connect(self.go_on)
        self._free.clicked.connect(self._no_limits)
        self.shortcut("Ctrl+1", self._free)
        self.finish()

    def _fields(self) -> tuple[Field, ...]:
        return self.upload, self.download, self.night_from, self.night_to, self.large

    # --- texts ---------------------------------------------------------------------------------------------

    def title(self) -> str:
        return tr("Line to head office")

    def hint(self) -> str:
        return tr("Tab = next field · Enter = keep, and it holds at once · Esc = back")

    def retranslate(self) -> None:
        self._head.show_text(self.title(), tr("of this till only"))
        self._pace_head.show_text(tr("How fast"))
        self._pace_note.show_text(tr("In kilobits a second: 1,000 is 1 Mbit/s. Empty = no limit."))
        self._night_head.show_text(tr("Large downloads at night"))
        self._night_note.show_text(
            tr("All members at once can be large: it waits for these hours. Bills go at any hour. Empty = any time.")
        )
        none, example = tr("no limit"), tr("for example {time}", time="22:00")
        self.upload.show_label(tr("To head office (kbit/s)"), none)
        self.download.show_label(tr("From head office (kbit/s)"), none)
        self.night_from.show_label(tr("Night begins"), example)
        self.night_to.show_label(tr("Night ends"), tr("for example {time}", time="06:00"))
        self.large.show_label(tr("Large from (MB)"))
        self._now_head.show_text(tr("What holds now"))
        self._save.show_text(tr("Save and use"), "Enter")
        self._free.show_text(tr("Lift every limit"), "Ctrl+1")
        self._only_look.show_text(tr("You can look at this. To change it, a manager has to sign in."), "warn")
        self._show_held()

    def _show_held(self) -> None:
        held = self._held
        night = f"{held.night_from}–{held.night_to}" if held.night_from else tr("any time")
        self._now.show_facts(
            [
                Fact(tr("To head office"), _kbit_text(held.upload_kbit)),
                Fact(tr("From head office"), _kbit_text(held.download_kbit)),
                Fact(tr("Large downloads"), night),
                Fact(tr("Large from"), tr("{n} MB", n=f"{held.large_mb:,}")),
            ]
        )

    # --- coming and going ----------------------------------------------------------------------------------

    def opened(self, **params: object) -> None:
        admin = self.shell.services.line_admin()
        self._show(LineSetup() if admin is None else admin.setup())
        may = admin is not None and self.shell.may(Permission.MANAGE_TILL)
        self._only_look.setVisible(not self.shell.may(Permission.MANAGE_TILL))
        for widget in (*self._fields(), self._save, self._free):
            widget.setEnabled(may)
        self.upload.edit.setFocus()
        self.upload.edit.selectAll()

    def _show(self, setup: LineSetup) -> None:
        self._held = setup
        figures = (setup.upload_kbit, setup.download_kbit)
        for field, figure in zip((self.upload, self.download), figures, strict=True):
            field.set_text(str(figure) if figure else "")
        self.night_from.set_text(setup.night_from)
        self.night_to.set_text(setup.night_to)
        self.large.set_text(str(setup.large_mb))
        for field in self._fields():
            field.complain("")
        self._show_held()

    # --- keeping -------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        if not self._save.isEnabled() or self._saving:
            return
        wanted = self._typed()
        if wanted is not None:
            self._keep(wanted)

    def _no_limits(self) -> None:
        if not self._saving:
            self._keep(replace(LineSetup(), large_mb=self._held.large_mb))

    def _keep(self, wanted: LineSetup) -> None:
        admin, session = self.shell.services.line_admin(), self.shell.session
        if admin is None or session is None:
            return
        if wanted == self._held:
            self._show(wanted)
            self.shell.say(Tone.INFO, tr("Nothing was changed: this holds already."))
            return
        self._saving = True

        def work() -> LineSetup:
            admin.save(session, wanted)
            return wanted

        self.run(work, self._kept, self._failed)

    def _kept(self, setup: LineSetup) -> None:
        self._saving = False
        self._show(setup)
        self.shell.say(Tone.GOOD, tr("Kept. It holds from now on."))

    def _failed(self, error: PosMemberError) -> bool:
        self._saving = False
        return False

    def _typed(self) -> LineSetup | None:
        """The form as a set-up; ``None`` where something in it cannot be, said below that field."""
        upload, download = self._kbit(self.upload), self._kbit(self.download)
        first, last = self._time(self.night_from), self._time(self.night_to)
        large = read_whole(self.large.text())
        fits = large is not None and 1 <= large <= LARGE_MB_MAX
        self.large.complain("" if fits else tr("From 1 to {most} MB.", most=f"{LARGE_MB_MAX:,}"))
        if first is not None and last is not None:
            if bool(first) != bool(last):
                (self.night_to if first else self.night_from).complain(
                    tr("A night has a beginning and an end: fill both in, or neither.")
                )
            elif first and first == last:
                self.night_to.complain(tr("The night has to end at another time than it begins."))
        wrong = next((field for field in self._fields() if field.problem.isVisibleTo(field)), None)
        if wrong is not None:
            wrong.edit.setFocus()
            wrong.edit.selectAll()
            return None
        return LineSetup(upload or 0, download or 0, first or "", last or "", large or 1)

    def _kbit(self, field: Field) -> int | None:
        found = read_whole(field.text()) if field.text() else 0
        if found is None or (found and not KBIT_MIN <= found <= KBIT_MAX):
            field.complain(tr("From {least} to {most} kbit/s, or empty.", least=KBIT_MIN, most=f"{KBIT_MAX:,}"))
            return None
        field.complain("")
        return found

    def _time(self, field: Field) -> str | None:
        found = read_time(field.text()) if field.text() else ""
        field.complain("" if found is not None else tr("A time of day, for example {time}.", time="22:00"))
        return found


def _kbit_text(kbit: int) -> str:
    return tr("{n} kbit/s", n=f"{kbit:,}") if kbit else tr("no limit")


def _side_by_side(*fields: Field) -> QHBoxLayout:
    line = row(space="m")
    for field in fields:
        # Where one complains the others stay in line with it.
        line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return line
