"""How long the window does not answer: the scripted day at the real widgets, with a probe on its event loop.

A gap is time in which no key and no paint was handled. By the clock it holds what others on the machine took; "own"
is the part in which the UI thread itself computed. ``--who`` also says where the thread was seen in the worst gaps.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from pos_member.app.demo.probe import BLOCKED_MS, FRAME_MS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2_000)
    parser.add_argument("--language", choices=("th", "en"), default="th")
    parser.add_argument("--out", type=Path, help="keep papers and screenshots here")
    parser.add_argument("--who", type=int, default=0, metavar="N", help="where the thread was in the N worst gaps")
    parsed = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("POS_MEMBER_KEYS", "file")
    with tempfile.TemporaryDirectory() as scratch:
        return _play(parsed, parsed.out or Path(scratch))


def _play(parsed: argparse.Namespace, out: Path) -> int:
    from pos_member.app.demo.play import play
    from pos_member.app.demo.stage import set_stage

    stage = set_stage(out, parsed.members, parsed.language, lambda key, **said: None)
    try:
        figures = play(stage, lambda key, **said: None, witness=parsed.who > 0)
    finally:
        stage.close()
    print(
        f"scripted day               {figures.bills} bills, {figures.keys} keys beside scans, {figures.ui_ticks} ticks"
    )
    for name, worst, frame, blocked in (
        ("away, by the clock", figures.ui_worst_ms, figures.ui_over_frame, figures.ui_over_blocked),
        ("of that its own work", figures.ui_own_worst_ms, figures.ui_own_over_frame, figures.ui_own_over_blocked),
    ):
        print(f"{name:26} worst {worst:6.1f} ms   > {FRAME_MS:.0f} ms {frame:4}   > {BLOCKED_MS:.0f} ms {blocked:4}")
    print("keys per step             ", " · ".join(f"{step} {keys}" for step, keys in figures.keys_by_step))
    for gap in sorted(figures.gaps, key=lambda gap: gap.away_ms, reverse=True)[: parsed.who]:
        print(f"\n{gap.away_ms:6.1f} ms away, {gap.busy_ms:6.1f} own")
        for where, times in Counter(gap.seen).most_common(6):
            print(f"   {times:3} × {where}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
