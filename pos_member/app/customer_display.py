"""The customer's display put together: made when it is wanted, shown on the screen the cashier does not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from pos_member.ui.main_window import MainWindow
from pos_member.ui.ports import UiSettings

if TYPE_CHECKING:
    from pos_member.ui.customer_display.window import DisplayWindow


class CustomerDisplay(QObject):
    """Shows and hides the second window as the settings say. On the UI thread, once the till is open."""

    def __init__(self, cashier: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cashier = cashier
        self.window: DisplayWindow | None = None
        cashier.shell.look_wanted.connect(self.use)

    def use(self, wanted: UiSettings) -> None:
        """As the settings are now."""
        if wanted.customer_display and self.window is None:
            self._open()
        elif not wanted.customer_display:
            self.close()

    def close(self) -> None:
        """Take it away."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def _open(self) -> None:
        from pos_member.ui.customer_display.feed import DisplayFeed
        from pos_member.ui.customer_display.window import DisplayWindow

        window = self.window = DisplayWindow(self._cashier.shell)
        feed = DisplayFeed(self._cashier.shell, self._cashier.desk, window)
        feed.changed.connect(window.show_view)
        window.show_view(feed.view)
        here = self._cashier.screen()
        others = [screen for screen in QGuiApplication.screens() if screen is not here]
        if others:
            window.setGeometry(others[0].geometry())
            window.showFullScreen()
        else:
            # One screen only: a window that can be pushed to wherever the customer looks.
            window.resize(1024, 600)
            window.show()
        # Some desktops hand every new window the keys: the reader types into the cashier's.
        self._cashier.activateWindow()
