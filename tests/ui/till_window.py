"""A whole window over the real use cases and a real encrypted store, driven by keys that are counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_member.ui.main_window import MainWindow
from pos_member.ui.ports import PrinterStateView, Sound, SyncStateView, UiServices, UiSettings
from pos_member.ui.screens.sell import SellScreen
from pos_member.ui.tasks import TaskRunner
from pos_member.ui.theme import Theme
from tests.factories import PINS, World
from tests.ui.wedge import RealBursts, reader_types

KEY = Qt.Key
SIZE = (1366, 768)


@dataclass
class Driver:
    """Hands and eyes. ``interactions`` counts keys that are not figures, scans and clicks."""

    qtbot: QtBot
    world: World
    runner: TaskRunner
    line: SyncStateView = field(default_factory=SyncStateView)
    printer: PrinterStateView = field(default_factory=PrinterStateView)
    sounds: list[Sound] = field(default_factory=list)
    interactions: int = 0
    window: MainWindow = field(init=False)

    def open(self, *, start: bool = True, settings: UiSettings | None = None, **more: object) -> MainWindow:
        services = UiServices(
            open_till=lambda: self.world.till,
            clock=self.world.clock,
            sync_state=lambda: self.line,
            printer_state=lambda: self.printer,
            play=self.sounds.append,
            bursts=RealBursts,
        )
        if more:
            services = replace(services, **more)  # type: ignore[arg-type]
        self.window = MainWindow(services, self.runner, Theme.load("light"), settings or UiSettings())
        self.qtbot.addWidget(self.window)
        self.window.resize(*SIZE)
        self.window.show()
        if start:
            self.window.start()
            self.settle()
        return self.window

    @property
    def desk(self):
        return self.window.desk

    @property
    def sell(self) -> SellScreen:
        screen = self.window.navigation.screen("sell")
        assert isinstance(screen, SellScreen)
        return screen

    def settle(self) -> None:
        """Until nothing is under way any more."""
        ready = self.window.shell
        self.qtbot.waitUntil(
            lambda: ready.ready and self.desk.draft is not None and self.desk.idle and not self.runner.busy()
        )

    def sign_in(self, code: str = "1001") -> None:
        screen = self.window.navigation.screen("sign_in")
        tile = screen.findChild(QWidget, f"staff_{code}")
        assert tile is not None
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
        self.type(PINS[code])
        self.press(KEY.Key_Return)
        self.qtbot.waitUntil(lambda: self.window.shell.session is not None)
        self.settle()
        self.interactions = 0

    def focus(self) -> QWidget:
        return self.window.focusWidget() or self.window

    def type(self, text: str) -> None:
        """Figures and letters, as a person types them."""
        QTest.keyClicks(self.focus(), text)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.interactions += 1
        QTest.keyClick(self.focus(), key, modifiers)

    def plus(self) -> None:
        self.interactions += 1
        QTest.keyClicks(self.focus(), "+")

    def key(self, number: int) -> None:
        """F1 … F12."""
        self.press(Qt.Key(KEY.Key_F1 + number - 1))
        self.settle()

    def alt(self, number: int) -> None:
        self.press(Qt.Key(KEY.Key_0 + number), Qt.KeyboardModifier.AltModifier)
        self.settle()

    def click(self, name: str) -> None:
        self.interactions += 1
        widget = self.window.findChild(QWidget, name)
        assert widget is not None and widget.isVisible(), name
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def scan(self, text: str) -> None:
        """A reader: every key to the native window, at once, with Enter behind."""
        self.interactions += 1
        reader_types(self.window.windowHandle(), text)
        self.settle()

    def said(self, name: str) -> str:
        """What stands in a named label, badge or button."""
        widget = self.window.findChild(QWidget, name)
        assert widget is not None, name
        if hasattr(widget, "said"):
            return widget.said()
        return widget.text()
