"""Finds, builds and shows screens: each one once, when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module

from PySide6.QtWidgets import QStackedWidget

from pos_member.ui.screen import Screen
from pos_member.ui.screens import SCREENS
from pos_member.ui.shell import Shell

Factory = Callable[[Shell], Screen]


class Navigation:
    """The stack of screens by name."""

    def __init__(self, shell: Shell, stack: QStackedWidget) -> None:
        self._shell = shell
        self._stack = stack
        self._factories: dict[str, Factory] = {}
        self._built: dict[str, Screen] = {}

    def register(self, name: str, factory: Factory) -> None:
        """Another way to build ``name``: tests and the composition root put their own in."""
        self._factories[name] = factory

    def known(self, name: str) -> bool:
        """Whether there is such a screen."""
        return name in self._factories or name in SCREENS

    def screen(self, name: str) -> Screen:
        """The screen, built if need be. Raises ``KeyError`` for a name nobody registered."""
        if name not in self._built:
            screen = self._factory(name)(self._shell)
            self._built[name] = screen
            self._stack.addWidget(screen)
        return self._built[name]

    def pieces(self) -> list[Callable[[], object]]:
        """What there is to build ahead: the module of each screen, then the screen."""
        found: list[Callable[[], object]] = []
        for name in SCREENS:
            if name not in self._built:
                found += [partial(self._factory, name), partial(self.screen, name)]
        return found

    def _factory(self, name: str) -> Factory:
        if name in self._factories:
            return self._factories[name]
        module, _, attribute = SCREENS[name].partition(":")
        factory: Factory = getattr(import_module(module), attribute)
        return factory

    @property
    def current(self) -> Screen | None:
        """The screen that is shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Screen) else None

    def show(self, name: str, params: dict[str, object]) -> Screen:
        """Go there; the screen before is told that it was left."""
        screen, before = self.screen(name), self.current
        if before is not None and before is not screen:
            before.left()
        self._stack.setCurrentWidget(screen)
        screen.opened(**params)
        return screen
