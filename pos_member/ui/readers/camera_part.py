"""The camera: which one, how it is set, and what it reads."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from pos_member.domain.errors import PosMemberError
from pos_member.domain.readers import CameraControl, CameraSetup, DecoderState, FoundCamera, FoundCode
from pos_member.ui.i18n import mark, tr
from pos_member.ui.ports import CameraLight
from pos_member.ui.readers.control_row import NAMES, ControlRow
from pos_member.ui.readers.part import Part
from pos_member.ui.readers.words import light_words, meaning_words, milliseconds, short
from pos_member.ui.shell import Shell
from pos_member.ui.sights import CameraSights
from pos_member.ui.widgets import Button, Card, Column, Table, Text, column, row
from pos_member.ui.widgets.camera_view import CameraView
from pos_member.ui.widgets.facts import Fact, FactList

_FIND, _USE, _CONTROLS, _DECODERS = "find", "use", "controls", "decoders"
#: A slider at rest this long is kept (ms).
_KEEP_MS = 600


@dataclass(frozen=True)
class _Row:
    """A line of the list; without a camera it is the one that switches off. ``seen``: it is there now."""

    camera: FoundCamera | None
    seen: bool = True


class CameraPart(Part):
    """↑ ↓ and Enter choose; what is turned holds at once and is kept."""

    name = "camera"

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(shell, parent)
        self._sights = shell.services.sights or CameraSights(self)
        self._setup = CameraSetup()
        self._found: tuple[FoundCamera, ...] = ()
        self._decoders: tuple[DecoderState, ...] = ()
        self._read: FoundCode | None = None
        self._asked_at = 0.0
        self._first_us = 0
        columns = (
            Column[_Row](mark("Camera"), self._name_of, stretch=True),
            Column[_Row](mark("State"), self._state_of, tone=lambda each: "good" if self._used(each) else "none"),
        )
        self._told = Text("strong", name="camera_told", wrap=True)
        self._again = Button(name="camera_find_again", icon="find")
        self._stop = Button(name="camera_find_stop", icon="close")
        self.table = Table(columns, name="camera_table")
        self._mirror = Button(name="camera_mirror", icon="eye", checkable=True)
        self._use = Button("primary", name="camera_use", icon="check")
        self.rows = {name: ControlRow(name, f"Ctrl+{at}") for at, name in enumerate(NAMES, 4)}
        self.view = CameraView(self._sights, meaning_words, light_words, name="camera_view")
        self._advice = Text("strong", name="camera_advice", wrap=True)
        self._facts = FactList(name="camera_facts")
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        chosen, seen = Card(), Card()
        left = column(chosen, space="s", margin="m")
        head = row(space="m")
        head.addWidget(self._told, 1)
        head.addWidget(self._again)
        head.addWidget(self._stop)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        for each in self.rows.values():
            left.addWidget(each)
        foot = row(space="m")
        foot.addWidget(self._mirror, 1)
        foot.addWidget(self._use, 1)
        left.addLayout(foot)
        right = column(seen, space="s", margin="m")
        right.addWidget(self.view, 1)
        right.addWidget(self._advice)
        right.addWidget(self._facts)
        sides = row(self, space="l")
        sides.addWidget(chosen, 1)
        sides.addWidget(seen, 1)

    def _connect(self) -> None:
        self.table.chosen.connect(self._chosen)
        self.table.picked.connect(self._picked)
        self._use.clicked.connect(self._use_current)
        self._again.clicked.connect(self.look)
        self._stop.clicked.connect(self.stop_looking)
        self._mirror.clicked.connect(self._mirror_pressed)
        self._keeping.timeout.connect(self._keep)
        self._sights.frame.connect(self._framed)
        self._sights.read.connect(self._was_read)
        self._sights.light.connect(self._lit)
        for name, each in self.rows.items():
            each.setProperty("control", name)
            each.turned.connect(self._turned)
        for keys, button in (("Ctrl+F", self._again), ("Ctrl+S", self._stop), ("Ctrl+M", self._mirror)):
            self.shortcut(keys, button)

    # --- texts ---------------------------------------------------------------------------------------------

    def hint(self) -> str:
        return tr("↑ ↓ and Enter = use this camera · Ctrl+4 … 6 and ← → = adjust · Ctrl+M = mirror · Esc = back")

    def retranslate(self) -> None:
        self._again.show_text(tr("Look again"), "Ctrl+F")
        self._stop.show_text(tr("Stop looking"), "Ctrl+S")
        self._mirror.show_text(tr("As in a mirror"), "Ctrl+M")
        self.table.retranslate()
        for each in self.rows.values():
            each.retranslate()
        self.view.retranslate()
        self._show()

    def _show(self) -> None:
        looking = self.busy(_FIND)
        self._stop.setVisible(looking)
        self._again.setVisible(not looking)
        self._again.setEnabled(self.admin is not None)
        if looking:
            self._told.show_text(tr("Looking for cameras …"), "info")
        elif self._found:
            self._told.show_text(tr("{count} camera(s) found", count=len(self._found)), "none")
        else:
            self._told.show_text(tr("No camera found. Plug one in and look again."), "warn")
        self._mirror.setChecked(self._setup.mirrored)
        self._mirror.setEnabled(self.allowed)
        self.view.set_mirrored(self._setup.mirrored)
        tone, is_so, to_do = light_words(self._sights.standing)
        self._advice.show_text(f"{is_so} · {to_do}", tone)
        # Without a picture it stands in the picture's place.
        self._advice.setVisible(self._sights.standing is CameraLight.LIVE)
        self._picked(self.table.current())
        self._show_facts()

    def _show_facts(self) -> None:
        works = [each.name for each in self._decoders if each.works]
        idle = [each.name for each in self._decoders if not each.works]
        waits = tr("nothing yet")
        read = self._read
        facts = [
            Fact(tr("Read"), short(read.text) if read is not None else waits),
            Fact(tr("It is"), meaning_words(read.text) if read is not None else waits),
        ]
        if read is not None:
            how = [part for part in (read.symbology, read.by) if part]
            if read.took_us:
                how.append(milliseconds(read.took_us))
            facts.append(Fact(tr("Kind, reader, time"), " · ".join(how)))
        if self._first_us:
            facts.append(Fact(tr("First picture after"), milliseconds(self._first_us)))
        if self._decoders:
            words = ", ".join(works) if works else tr("none works here")
            if idle:
                words = tr("{works} (not: {idle})", works=words, idle=", ".join(idle))
            facts.append(Fact(tr("Finds codes with"), words, "none" if works else "bad"))
        self._facts.show_facts(facts)

    def _name_of(self, each: _Row) -> str:
        return each.camera.name or each.camera.where if each.camera is not None else tr("None: camera off")

    def _used(self, each: _Row) -> bool:
        if each.camera is None or not self._setup.where:
            return each.camera is None and not self._setup.where
        here = each.camera.where == self._setup.where
        if not self._setup.name:
            return here
        # Two of one name are told apart by their place, while the one that was chosen is still there.
        twins = [other.where for other in self._found if other.name == self._setup.name]
        return each.camera.name == self._setup.name and (here or self._setup.where not in twins)

    def _state_of(self, each: _Row) -> str:
        if not each.seen:
            return tr("In use, not found now")
        return tr("In use") if self._used(each) else ""

    def _picked(self, each: _Row | None) -> None:
        off = each is not None and each.camera is None
        self._use.show_text(tr("Switch the camera off") if off else tr("Use this camera"), "Enter")
        self._use.setEnabled(self.allowed and each is not None and not self.busy(_USE))

    # --- looking -------------------------------------------------------------------------------------------

    def first(self) -> QWidget:
        return self.table

    def opened(self) -> None:
        admin = self.admin
        self._read = None
        self._setup = admin.camera_setup() if admin is not None else CameraSetup()
        self._show_rows(begin=True)
        if admin is not None:
            self.work(_DECODERS, lambda job: admin.decoders(), self._decoders_told)
            self._ask_controls()
            self.look()
        self._show()

    def closed(self) -> None:
        if self._keeping.isActive():
            self._keep()
        self.stop(_FIND, _CONTROLS, _DECODERS)

    def look(self) -> None:
        """Ask the system for its cameras."""
        admin = self.admin
        if admin is None:
            return
        self.work(_FIND, lambda job: admin.cameras(lambda: job.cancelled), self._cameras_told, self._not_found)
        self._show()

    def stop_looking(self) -> None:
        """Enough: what is there does."""
        self.stop(_FIND)
        self._show()
        self.table.setFocus()

    def back(self) -> bool:
        if self.busy(_FIND):
            self.stop_looking()
            return True
        return False

    def _cameras_told(self, found: tuple[FoundCamera, ...]) -> None:
        self.over(_FIND)
        self._found = found
        self._show_rows()
        self._show()

    def _not_found(self, error: PosMemberError) -> bool:
        self.over(_FIND)
        self._show()
        self._told.show_text(self.shell.why(error), "bad")
        return True

    def _show_rows(self, *, begin: bool = False) -> None:
        before = None if begin else self.table.current()
        rows = [_Row(each) for each in self._found]
        if self._setup.where and not any(self._used(each) for each in rows):
            named = FoundCamera(self._setup.where, self._setup.name)
            rows.append(_Row(named, seen=self._sights.standing is CameraLight.LIVE))
        rows.append(_Row(None))
        at = next((at for at, each in enumerate(rows) if before is not None and each.camera == before.camera), None)
        if at is None or before is None or not self.table.hasFocus():
            at = next((at for at, each in enumerate(rows) if self._used(each)), 0)
        self.table.set_rows(rows, at)

    def _decoders_told(self, decoders: tuple[DecoderState, ...]) -> None:
        self.over(_DECODERS)
        self._decoders = decoders
        self._show_facts()

    def _ask_controls(self) -> None:
        admin = self.admin
        if admin is not None:
            self.work(_CONTROLS, lambda job: admin.camera_controls(), self._controls_told)

    def _controls_told(self, controls: tuple[CameraControl, ...]) -> None:
        self.over(_CONTROLS)
        offered = {each.name: each for each in controls}
        for name, shown in self.rows.items():
            shown.show_control(offered.get(name), self.allowed)

    # --- choosing and turning ------------------------------------------------------------------------------

    def go_on(self) -> None:
        self._use_current()

    def _chosen(self, each: _Row) -> None:
        self._use_current()

    def _use_current(self) -> None:
        each = self.table.current()
        if each is None or not self._use.isEnabled():
            return
        found = each.camera
        where, name = (found.where, found.name) if found is not None else ("", "")
        same = self._used(each)
        # What was turned belongs to the camera it was turned at.
        wanted = replace(self._setup, where=where, name=name)
        if not same:
            wanted = CameraSetup(where, name, self._setup.mirrored)
        self._keeping.stop()
        self._asked_at, self._first_us = time.monotonic(), 0
        self._save(wanted)

    def _save(self, wanted: CameraSetup) -> None:
        admin = self.admin
        if admin is None:
            return
        self._setup = wanted
        self.work(_USE, lambda job: admin.use_camera(wanted), self._saved, self._not_saved)
        self._show_rows()
        self._show()

    def _saved(self, nothing: None) -> None:
        self.over(_USE)
        self.shell.refresh_badges()
        self._ask_controls()
        self._show()

    def _not_saved(self, error: PosMemberError) -> bool:
        self.over(_USE)
        admin = self.admin
        if admin is not None:
            self._setup = admin.camera_setup()
        self._asked_at = 0.0
        self._show_rows()
        self._show()
        return False

    def _mirror_pressed(self) -> None:
        self._save(replace(self._setup, mirrored=self._mirror.isChecked()))

    def _turned(self, value: int | None) -> None:
        admin, name = self.admin, str(self.sender().property("control"))
        if admin is None:
            return
        self.work(f"turn_{name}", lambda job: admin.turn_control(name, value), self._turned_now)
        match name:
            case "brightness":
                self._setup = replace(self._setup, brightness=value)
            case "exposure":
                self._setup = replace(self._setup, exposure=value)
            case "focus":
                self._setup = replace(self._setup, focus=value)
        self._keeping.start()

    def _turned_now(self, nothing: None) -> None:
        """It can be seen in the picture."""

    def _keep(self) -> None:
        self._keeping.stop()
        self._save(self._setup)

    # --- what the camera says ------------------------------------------------------------------------------

    def _framed(self, sight: object) -> None:
        if self._asked_at:
            self._first_us = max(1, round((time.monotonic() - self._asked_at) * 1_000_000))
            self._asked_at = 0.0
            self._show_facts()

    def _was_read(self, code: FoundCode) -> None:
        if self.isVisible():
            self._read = code
            self._show_facts()

    def _lit(self, light: CameraLight) -> None:
        if not self.isVisible():
            return
        if light is CameraLight.LIVE:
            self._ask_controls()
        self._show_rows()
        self._show()
