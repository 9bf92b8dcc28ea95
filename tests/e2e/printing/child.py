"""The till as a process of its own that is killed: ``-m tests.e2e.printing.child FOLDER ADDRESS MEMBER MOMENT PLANT``.

It sells once and prints; at ``MOMENT`` (``pulse``, ``claim``, ``claimed``, or ``on`` for never) it says so and stands
still. Everything before a line on its output is on disk.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing.addresses import parse
from pos_member.hardware.printing.profile import VIRTUAL_80
from pos_member.hardware.printing.worker import Outcome, PrintJobs, Timing
from tests.db_support import SetClock, make_folder
from tests.e2e.printing.plants import PLANTS
from tests.factories import QuickHasher, World

#: Longer than a pulse.
_PAPER_BYTES = 200


def say(line: str) -> None:
    """To whoever waits for the moment."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stand_still(moment: str) -> None:
    """Until somebody ends the process."""
    say(moment)
    threading.Event().wait()


class Watched:
    """The spool, standing still at a moment."""

    def __init__(self, jobs: PrintJobs, moment: str) -> None:
        self._jobs = jobs
        self._moment = moment

    def __getattr__(self, name: str) -> object:
        return getattr(self._jobs, name)

    def mark_sending(self, job_id: str, payload: bytes) -> bool:
        """The claim of a paper."""
        paper = len(payload) > _PAPER_BYTES
        if self._moment == ("claim" if paper else "pulse"):
            stand_still(self._moment)
        taken = self._jobs.mark_sending(job_id, payload)
        if self._moment == "claimed" and paper:
            stand_still(self._moment)
        return taken


def main(folder: str, address: str, member_id: str, moment: str, plant: str) -> int:
    """Sell, then print until nothing is left."""
    application = QApplication([])
    world = World(make_folder(Path(folder), SetClock()), SetClock(), QuickHasher(), seed=2)
    setup = PrinterSetup("front", "front", address, VIRTUAL_80, drawer=True)
    world.printers = (setup,)
    bill = world.sell({"beans": 1}, member_id).bill
    parts = PLANTS[plant]()
    jobs = parts.jobs(world.folder.print_store.for_printer(setup, (setup,)), world)
    worker = parts.worker(Watched(jobs, moment), setup, parse(address), timing=Timing())
    say(bill.id)
    while worker.run_once() is not Outcome.IDLE:
        pass
    say("idle")
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
