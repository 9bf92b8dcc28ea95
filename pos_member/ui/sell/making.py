"""Builds the sell screen, whole or in pieces. What it is made of is imported once the window is painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos_member.ui.screen import Screen
from pos_member.ui.shell import Shell

if TYPE_CHECKING:
    from pos_member.ui.desk import Desk
    from pos_member.ui.screens.sell import SellScreen
    from pos_member.ui.sell.columns import SellColumns


class SellMaker:
    """One per window. ``make`` is its factory for ``Navigation``; ``pieces`` does the same in several moments."""

    def __init__(self, shell: Shell, desk: Callable[[], Desk]) -> None:
        self._shell = shell
        self._desk = desk
        self._columns: SellColumns | None = None
        #: The screen, once it was made.
        self.screen: SellScreen | None = None

    def make(self, shell: Shell) -> Screen:
        """The screen, of the pieces that are there and those that are not yet."""
        from pos_member.ui.screens.sell import SellScreen

        self.screen = SellScreen(shell, self._desk(), self._parts())
        self._columns = None
        return self.screen

    def pieces(self) -> list[Callable[[], object]]:
        """To be called one after the other before ``make``."""
        return [
            self._parts,
            lambda: self.screen or self._parts().left,
            lambda: self.screen or self._parts().middle,
            lambda: self.screen or self._parts().right,
        ]

    def later(self) -> list[Callable[[], object]]:
        """What is built after ``make``, when nobody types."""
        return [self._build_why]

    def _build_why(self) -> None:
        if self.screen is not None:
            self.screen.build_why()

    def _parts(self) -> SellColumns:
        if self._columns is None:
            from pos_member.ui.sell.columns import SellColumns

            self._columns = SellColumns(self._shell)
        return self._columns
