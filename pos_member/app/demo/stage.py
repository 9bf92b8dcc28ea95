"""Everything a demo needs, set up on loopback: head office with demo data, virtual printer, an enrolled till."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pos_member.app.composition import enrol_till
from pos_member.app.demo.office import OfficeProcess
from pos_member.app.seeding import Seeded, demo_data, seed_office
from pos_member.app.settings import TillSettings, save_settings
from pos_member.domain.printers import DrawerSensor
from pos_member.hardware.printing.simulator import Build, VirtualPrinter
from pos_member.headoffice import admin

#: (key of the ``cli`` wording table, parameters).
Tell = Callable[..., None]


@dataclass
class Stage:
    """What stands. ``close`` takes it down again; the folders stay."""

    out: Path
    till_folder: Path
    office: OfficeProcess
    printer: VirtualPrinter
    #: Stands there and is the till's only once somebody sets it up.
    second: VirtualPrinter
    seeded: Seeded
    branch_code: str
    _held: ExitStack

    @property
    def papers(self) -> Path:
        """Where the virtual printer lays its papers."""
        return self.out / "paper"

    def close(self) -> None:
        """Stop head office and printer."""
        self._held.close()


def set_stage(out: Path, members: int, language: str, tell: Tell) -> Stage:
    """Set everything up in ``out``; what an earlier demo left there is replaced (only the demo's own folders)."""
    for name in ("till", "till-2", "headoffice", "paper", "screens", "scenes", "report"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        office = OfficeProcess(out / "headoffice")
        tell("demo_seeding", members=members)
        seeded = seed_office(office.database_url, members)
        held.callback(office.stop)
        office.start()
        tell("demo_office", url=office.url, password=office.password or "–")
        wired = Build(drawer=DrawerSensor.LOW_IS_OPEN)
        printer = held.enter_context(VirtualPrinter(port=0, out_dir=out / "paper", build=wired))
        tell("demo_printer", address=printer.address, out=str(out / "paper"))
        second = held.enter_context(VirtualPrinter(port=0, out_dir=out / "paper" / "second"))
        tell("demo_second_printer", address=second.address, out=str(out / "paper" / "second"))
        branch = demo_data().branches[0]
        till_folder = out / "till"
        code = admin.enrol_code(office.database_url, branch.code)
        identity, _ = enrol_till(till_folder, office.url, code)
        settings = TillSettings(language=language, printer=printer.address, printer_model="virtual-80")
        save_settings(till_folder, settings)
        tell("demo_enrolled", till=identity.label, branch=branch.name_th if language == "th" else branch.name_en)
        return Stage(out, till_folder, office, printer, second, seeded, branch.code, held.pop_all())
