"""Cold start: the till's window painted, and its scan field live, against a bare PySide6 window in the same run.

Each start is a new process. Painted = the first paint event of the window has been handled; live = a scan typed
at the window would be taken. Both are printed by the process itself: milliseconds since it was spawned, and the
milliseconds it computed by then, which others on the machine change less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
class Window(QMainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            print(time.time(), time.process_time(), flush=True)
            QApplication.exit(0)
app = QApplication(sys.argv)
window = Window(); window.setCentralWidget(QLabel("bare")); window.resize(1366, 768); window.show()
app.exec()
"""


Moment = tuple[float, float]


def _run(command: list[str]) -> list[Moment]:
    """(ms since the start, ms computed) of each line the command prints."""
    started = time.time()
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    said = [line.split() for line in done.stdout.splitlines()]
    return [((float(at) - started) * 1000, float(computed) * 1000) for at, computed in said]


def _medians(moments: list[Moment]) -> Moment:
    return statistics.median(at for at, _ in moments), statistics.median(computed for _, computed in moments)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--members", type=int, default=2_000)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "till"
        python = sys.executable
        subprocess.run(
            [python, "-m", "pos_member", "seed", "--data", str(data), "--members", str(parsed.members), "--json"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        bare: list[Moment] = []
        painted: list[Moment] = []
        live: list[Moment] = []
        for run in range(parsed.runs + 1):
            (bare_moment,) = _run([python, "-c", BARE])
            painted_moment, live_moment = _run(
                [python, "-m", "pos_member", "till", "--data", str(data), "--measure-start"]
            )
            if run:  # the first of each warms the disk cache
                bare.append(bare_moment)
                painted.append(painted_moment)
                live.append(live_moment)
    base_ms, base_computed_ms = _medians(bare)
    for name, moments in (("bare window painted", bare), ("till painted", painted), ("till scan field live", live)):
        at_ms, computed_ms = _medians(moments)
        ratios = f"{at_ms / base_ms:.2f} ×   computed {computed_ms:5.0f} ms   {computed_ms / base_computed_ms:.2f} ×"
        print(f"{name:24} {at_ms:7.0f} ms   {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
