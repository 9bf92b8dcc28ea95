"""The virtual printer in its window."""

from __future__ import annotations

from pos_member.app.signals import ended_by_signals
from pos_member.app.window import application
from pos_member.hardware.printing.simulator import Do, VirtualPrinter
from pos_member.ui.i18n import set_language
from pos_member.ui.roll_view import RollState, RollWindow, Switch
from pos_member.ui.theme import Theme

_DOES = {
    Switch.PAPER: Do.PAPER_OUT,
    Switch.LOW: Do.PAPER_LOW,
    Switch.COVER: Do.COVER_OPEN,
    Switch.BUTTON: Do.OFFLINE,
    Switch.JAM: Do.CUTTER_ERROR,
    Switch.DRAWER: Do.DRAWER_OPEN,
    Switch.POWER: Do.OFF,
}


class PrinterBehindWindow:
    """A virtual printer as ``ui.roll_view.RollSource``."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer

    @property
    def dots(self) -> int:
        """Width of the head."""
        return self._printer.dots

    def state(self) -> RollState:
        """How it stands now."""
        printer, sensors = self._printer, self._printer.sensors
        wrong: set[Switch] = {
            which for which, do in _DOES.items() if which is not Switch.POWER and getattr(sensors, do.value)
        }
        if printer.off:
            wrong.add(Switch.POWER)
        return RollState(
            address=printer.address,
            wrong=frozenset(wrong),
            printing=printer.printing and sensors.ready and not printer.off,
            connected=printer.connected > 0,
            papers=printer.cuts,
            rows=printer.rows,
            not_understood=len(printer.unknown),
        )

    def paper_since(self, cuts: int, row: int) -> tuple[int, int, bytes]:
        """What has come out of the slot since."""
        return self._printer.paper_since(cuts, row)

    def fallen(self) -> bytes:
        """The rows of the paper cut off last."""
        piece = self._printer.last_piece
        return piece.data if piece is not None else b""

    def switch(self, which: Switch, wrong: bool) -> None:
        """Turn a switch; a new roll is a full one."""
        if which is Switch.PAPER and not wrong:
            self._printer.do(Do.RELOAD)
        elif wrong:
            self._printer.do(_DOES[which])
        else:
            self._printer.undo(_DOES[which])


def run_roll_window(printer: VirtualPrinter, language: str) -> int:
    """Show the window of a running printer until it is closed; the exit code."""
    app = application()
    Theme.for_height(app.primaryScreen().availableGeometry().height()).apply(app)
    set_language(language)
    window = RollWindow(PrinterBehindWindow(printer))
    window.show()
    with ended_by_signals(app):
        return app.exec()
