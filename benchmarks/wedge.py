"""Readers that type, and people, at a window in a time of its own: how many codes are lost, how many people captured.

Every burst is typed at 1–30 ms a key, under US, Kedmanee or Pattachote keys, with and without Caps Lock, with the
physical keys of X11, of Windows or none, at one of seven places of the focus, half of them with a stall of 500 ms.
People type at 60–200 ms a key, with rolls, slips and pauses; in the last row at 60–90 ms a key with every fourth key
rolled off, which nobody keeps up.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=1_000)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QLoggingCategory
    from PySide6.QtWidgets import QApplication

    from tests.ui import wedge_world
    from tests.ui.wedge_world import Figures

    QLoggingCategory.setFilterRules("qt.qpa.*=false")
    app = QApplication([])
    place = wedge_world.Place()
    place.show()
    rows: list[tuple[str, Callable[[], Figures]]] = [
        ("bursts of readers", lambda: wedge_world.readers(place, parsed.bursts, parsed.seed)),
        ("entries of people", lambda: wedge_world.people(place, parsed.people, parsed.seed)),
        (
            "the fastest hands",
            lambda: wedge_world.people(place, parsed.people // 5, parsed.seed, paces=(60, 90), rolls=0.25),
        ),
    ]
    print(f"{'':20} {'entries':>8} {'lost':>6} {'split':>6} {'leaked':>7} {'captured':>9} {'disordered':>11} {'s':>6}")
    clean = True
    for name, run in rows:
        began = time.perf_counter()
        found = run()
        took = time.perf_counter() - began
        print(
            f"{name:20} {found.entries:8} {found.lost:6} {found.split:6} {found.leaked:7} {found.captured:9}"
            f" {found.disordered:11} {took:6.1f}"
        )
        for fault in found.faults[:5]:
            print("   ", fault[:200])
        # The fastest hands are there to be seen.
        clean &= found.clean or name == "the fastest hands"
    app.quit()
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
