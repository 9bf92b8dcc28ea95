"""Two lanes that draw their first papers at the same moment, each in a program that has drawn nothing before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE_S

PROGRAM = """
import sys, threading
sys.setswitchinterval(0.000001)
from pos_member.hardware.printing.raster import ensure_gui, rasterise
from tests.hardware.printing.samples import RECEIPT_TH
ensure_gui()
drawn, together = [], threading.Barrier(2)
def lane():
    together.wait()
    drawn.append(rasterise(RECEIPT_TH, 576))
lanes = [threading.Thread(target=lane) for _ in range(2)]
for each in lanes: each.start()
for each in lanes: each.join()
assert drawn[0] == drawn[1], len(drawn)
"""


def test_the_first_papers_of_two_printers_are_drawn_at_once() -> None:
    kept = {name: value for name, value in os.environ.items() if name != "PYSIDE6_OPTION_LAZY"}
    command = [sys.executable, "-X", "faulthandler", "-c", PROGRAM]
    ran = subprocess.run(
        command,
        env=kept,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4_000:]
