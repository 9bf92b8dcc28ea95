"""Cold start: the till's window painted, and its scan field live, against a bare PySide6 window in the same run.

Each start is a new process. Painted = the first paint event of the window has been handled; live = a scan typed
at the window would be taken. Both are printed by the process itself, in milliseconds since it was spawned.
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
            print(time.time(), flush=True)
            QApplication.exit(0)
app = QApplication(sys.argv)
window = Window(); window.setCentralWidget(QLabel("bare")); window.resize(1366, 768); window.show()
app.exec()
"""


def _run(command: list[str]) -> list[float]:
    started = time.time()
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [(float(line) - started) * 1000 for line in done.stdout.split()]


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
        bare, painted, live = [], [], []
        for run in range(parsed.runs + 1):
            (bare_ms,) = _run([python, "-c", BARE])
            painted_ms, live_ms = _run([python, "-m", "pos_member", "till", "--data", str(data), "--measure-start"])
            if run:  # the first of each warms the disk cache
                bare.append(bare_ms)
                painted.append(painted_ms)
                live.append(live_ms)
    base = statistics.median(bare)
    print(f"bare window painted      {base:7.0f} ms   1.00 ×")
    for name, values in (("till painted", painted), ("till scan field live", live)):
        median = statistics.median(values)
        print(f"{name:24} {median:7.0f} ms   {median / base:.2f} ×")
    return 0


if __name__ == "__main__":
    sys.exit(main())
