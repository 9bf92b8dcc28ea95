"""Printing behind the window: the printers of the settings on their lanes, how they stand, and setting them up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pos_member.app.printer_lanes import PrinterLanes, Worker
from pos_member.domain.errors import PosMemberError
from pos_member.ui.ports import PrinterAdmin, PrinterStateView, TemplateTools
from pos_member.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from pos_member.app.composition import Till
    from pos_member.app.settings import TillSettings
    from pos_member.domain.printers import PrinterCondition, PrinterSetup

_log = logging.getLogger(__name__)
#: Takes the settings as they are and gives them as they shall be, kept from then on.
ChangeSettings = Callable[[Callable[["TillSettings"], "TillSettings"]], None]


class Printing(QObject):
    """``settings`` and ``change`` are the till's own settings, read and changed from any thread."""

    #: A printer as set up cannot be used (``PosMemberError``).
    unusable = Signal(object)
    #: Something about papers or printers is otherwise than before.
    changed = Signal()

    def __init__(
        self,
        runner: TaskRunner,
        settings: Callable[[], TillSettings],
        change: ChangeSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._settings = settings
        self._change = change
        self._till: Till | None = None
        self._admin: PrinterAdmin | None = None
        self.lanes = PrinterLanes(runner, self._make_worker, self)
        self.lanes.changed.connect(self.changed)
        self.lanes.unusable.connect(self.unusable)

    def begin(self, till: Till) -> None:
        """The till is open: settle what was in flight when it stopped, then print what waits."""
        self._till = till
        self._runner.run("printer", lambda: _settle(till, self._settings()), self, self._settled, self._not_settled)

    def look(self) -> None:
        """There may be something to print."""
        self.lanes.look()

    def stop(self) -> None:
        """No further paper."""
        self.lanes.stop()

    def apply(self, setups: tuple[PrinterSetup, ...]) -> None:
        """Print by these from now on, for the use cases too (any thread)."""
        if self._till is not None:
            self._till.printers = setups
        self.lanes.apply(setups)

    # --- for the window, off its thread --------------------------------------------------------------------

    def view(self) -> PrinterStateView:
        """How the printers stand. Reads the spool: call it on the ``db`` lane."""
        from pos_member.app.printer_views import state_view

        setups = self.lanes.setups()
        if self._till is None or not setups:
            return PrinterStateView()
        return state_view(setups, self._till.store.facts.open_print_jobs(), self.lanes.heard())

    def admin(self) -> PrinterAdmin | None:
        """Setting printers up, once the till is open."""
        till = self._till
        if self._admin is None and till is not None:
            from pos_member.app.printer_admin import TillPrinterAdmin

            self._admin = TillPrinterAdmin(
                self.lanes.setups,
                self._keep,
                self._chosen,
                lambda: till.store.facts,
                lambda: till.services.printers,
                till.folder.path,
            )
        return self._admin

    def template_tools(self) -> TemplateTools:
        """Drawing and trying paper templates."""
        from pos_member.app.template_tools import PaperTemplateTools

        return PaperTemplateTools(self.lanes.setups)

    def _chosen(self, setups: tuple[PrinterSetup, ...]) -> None:
        if self._till is not None and setups:
            self._till.services.print_jobs.let_go_of_old()
        self.apply(setups)

    def _keep(self, setups: tuple[PrinterSetup, ...]) -> None:
        from pos_member.app.printers import with_setups

        self._change(lambda settings: with_setups(settings, setups))

    # --- lanes ---------------------------------------------------------------------------------------------

    def _settled(self, done: tuple[tuple[PrinterSetup, ...], PosMemberError | None]) -> None:
        setups, error = done
        if error is not None:
            self.unusable.emit(error)
        self.apply(setups)

    def _not_settled(self, error: PosMemberError) -> bool:
        # The spool could not be written: the printers' own lanes try it again.
        _log.warning("papers in flight were not settled at start: %s", error)
        self._settled(_setups(self._settings()))
        return True

    def _make_worker(
        self,
        setup: PrinterSetup,
        setups: tuple[PrinterSetup, ...],
        told: Callable[[PrinterCondition], None],
        stopping: Callable[[], bool],
    ) -> Worker:
        """On the printer's lane: devices and fonts are imported there."""
        from pos_member.app.printers import printer_transport
        from pos_member.hardware.printing.worker import PrintWorker

        if self._till is None:
            raise RuntimeError("printing begins with an open till")
        jobs = self._till.folder.print_store.for_printer(setup, setups)
        transport = printer_transport(setup.address, self._till.folder.path)
        return PrintWorker(jobs, setup, transport, on_condition=told, stopping=stopping)


def _settle(till: Till, settings: TillSettings) -> tuple[tuple[PrinterSetup, ...], PosMemberError | None]:
    till.folder.print_store.recover_all()
    setups, error = _setups(settings)
    if setups:
        till.services.print_jobs.let_go_of_old()
    return setups, error


def _setups(settings: TillSettings) -> tuple[tuple[PrinterSetup, ...], PosMemberError | None]:
    """The printers that can be used, and why the one named by its address alone cannot."""
    from pos_member.app.printers import setups_of

    try:
        return setups_of(settings), None
    except PosMemberError as error:
        return settings.printers, error
