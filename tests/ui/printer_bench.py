"""The printers' screens over the real administration and a virtual printer on a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_member.app.printer_admin import TillPrinterAdmin
from pos_member.app.settings import load_settings, save_settings
from pos_member.domain.printers import DrawerSensor, PrinterSetup
from pos_member.hardware.printing.simulator import Build, VirtualPrinter
from pos_member.ui.ports import UiSettings
from pos_member.ui.printers.wizard import PrinterWizardScreen
from pos_member.ui.screens.printers import PrintersScreen
from pos_member.ui.tasks import TaskRunner
from tests.factories import World
from tests.ui.till_window import KEY, Driver

CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Bench:
    """A window whose printers are kept in ``folder``; ``applied`` is what the lanes were given."""

    driver: Driver
    folder: Path
    printer: VirtualPrinter
    admin: TillPrinterAdmin = field(init=False)
    applied: list[tuple[PrinterSetup, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.admin = TillPrinterAdmin(
            lambda: load_settings(self.folder).printers,
            self._keep,
            self.applied.append,
            lambda: self.driver.world.store.facts,
            lambda: self.driver.world.till.printers,
            self.folder / "till",
        )

    def _keep(self, setups: tuple[PrinterSetup, ...]) -> None:
        save_settings(self.folder, replace(load_settings(self.folder), printers=setups))

    @property
    def saved(self) -> tuple[PrinterSetup, ...]:
        """What stands in the settings file."""
        return load_settings(self.folder).printers

    @property
    def address(self) -> str:
        """Where the virtual printer listens."""
        return f"127.0.0.1:{self.printer.port}"

    def open(self, code: str = "1004", language: str = "th") -> PrintersScreen:
        """The window, somebody signed in, the list of printers."""
        self.driver.open(settings=UiSettings(language=language), printer_admin=lambda: self.admin)
        self.driver.sign_in(code)
        return self.list()

    def list(self) -> PrintersScreen:
        """The list of printers."""
        self.driver.window.shell.open("printers")
        self.driver.settle()
        screen = self.driver.window.navigation.screen("printers")
        assert isinstance(screen, PrintersScreen)
        return screen

    @property
    def wizard(self) -> PrinterWizardScreen:
        """The wizard, which is open."""
        screen = self.driver.window.navigation.current
        assert isinstance(screen, PrinterWizardScreen)
        return screen

    @property
    def step(self) -> str:
        """The name of the wizard's step."""
        step = self.wizard.step
        assert step is not None
        return step.name

    def until(self, true: Callable[[], bool]) -> None:
        """Until ``true()``."""
        self.driver.qtbot.waitUntil(true)

    def to(self, step: str) -> None:
        """Until the wizard shows this step and nothing is under way."""
        self.until(lambda: self.step == step)
        self.driver.settle()

    def enter(self, step: str) -> None:
        """Enter, which leads to ``step``."""
        self.driver.press(KEY.Key_Return)
        self.to(step)

    def begin(self) -> None:
        """Ctrl+N: the wizard's first step, which looks for printers meanwhile."""
        self.driver.press(KEY.Key_N, CONTROL)
        self.until(lambda: self.step == "find")

    def find(self, address: str = "") -> None:
        """Ctrl+N, an address, Enter: the printer is asked."""
        self.begin()
        self.driver.type(address or self.address)
        self.enter("ask")

    def set_up(self) -> PrinterSetup:
        """The whole way with nothing but Enter; what was saved."""
        self.find()
        for step in ("paper", "drawer", "page"):
            self.enter(step)
        self.driver.press(KEY.Key_Return)
        self.driver.settle()
        self.enter("jobs")
        before = len(self.applied)
        self.driver.press(KEY.Key_Return)
        self.until(lambda: len(self.applied) > before)
        self.driver.settle()
        return self.saved[-1]

    def widget(self, name: str) -> QWidget:
        """The widget of this name that is seen."""
        found = [each for each in self.driver.window.findChildren(QWidget, name) if each.isVisible()]
        assert len(found) == 1, f"{name}: {len(found)}"
        return found[0]


@pytest.fixture
def bench(world: World, runner: TaskRunner, qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A virtual printer that writes its papers into ``tmp_path / "papers"``."""
    build = Build(drawer=DrawerSensor.LOW_IS_OPEN)
    with VirtualPrinter(out_dir=tmp_path / "papers", build=build) as printer:
        yield Bench(Driver(qtbot, world, runner), tmp_path, printer)
