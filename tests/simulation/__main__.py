"""Runs to look at, and runs for hours.

``python -m tests.simulation 12345`` runs one seed again and tells it step by step; of several only those that break are
told, in a line each. ``--soak`` runs ``POS_MEMBER_SEEDS`` seeds (50,000) and ``POS_MEMBER_KILLS`` kills (10,000), on
all processors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.census import short_of
from tests.simulation.story import Report, run

SOAK_SEEDS = 50_000
SOAK_KILLS = 10_000
#: A line of progress after so many seeds.
_TELL = 500


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _briefly(seed: int) -> Report:
    report = run(seed)
    if report.error is not None:
        # An error holds frames, which do not go from one process to another.
        report.error = AssertionError(f"{type(report.error).__name__}: {report.error}")
    report.trace = []
    return report


def again(seeds: list[int]) -> int:
    """How many of the seeds broke a promise."""
    bad = 0
    for seed in seeds:
        report = run(seed)
        if len(seeds) == 1:
            _say(report.told())
        elif report.error is not None:
            _say(f"{report.error}\n  again: {report.command()}")
        bad += report.error is not None
    return bad


def soak() -> int:
    """Seeds, then kills. 0 when all was kept."""
    count = int(os.environ.get("POS_MEMBER_SEEDS", SOAK_SEEDS))
    first = int(os.environ.get("POS_MEMBER_FIRST_SEED", "1"))
    began, bad, met = time.monotonic(), 0, Counter[str]()
    with ProcessPoolExecutor() as pool:
        for done, report in enumerate(pool.map(_briefly, range(first, first + count), chunksize=10), 1):
            met.update(report.met)
            if report.error is not None:
                bad += 1
                _say(f"seed {report.seed}: {report.error}\n  again: {report.command()}")
            if done % _TELL == 0 or done == count:
                _say(f"{done} of {count} seeds, {bad} broken, {time.monotonic() - began:.0f} s")
    seldom = short_of(met, count)
    for what, times in seldom.items():
        _say(f"met too seldom: {what}, {times}")
    kills = os.environ.get("POS_MEMBER_KILLS", str(SOAK_KILLS))
    _say(f"{kills} kills of real processes")
    command = [sys.executable, "-m", "pytest", "tests/simulation/test_kills.py", "-v"]
    killed = subprocess.run(command, env=os.environ | {"POS_MEMBER_KILLS": kills}, check=False).returncode
    _say(f"{count} seeds, {bad} broken; {kills} kills, {'all kept' if not killed else 'something was lost'}")
    return 1 if bad or killed or seldom else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(soak() if words == ["--soak"] else min(1, again([int(word) for word in words])))
