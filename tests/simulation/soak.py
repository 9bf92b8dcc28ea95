"""Runs for hours: many seeds on all processors, then kills; stopped at any time, and gone on with from there.

A place beside the run (``out/soak.json``) holds how far the seeds are and what they met; it goes when all is done.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.census import short_of
from tests.simulation.story import Report, run

SEEDS = 50_000
KILLS = 10_000
PLACE = Path("out/soak.json")
#: Seeds that a process does before it is asked for how they went, and seeds to a line of progress.
_PART = 10
_TELL = 500
#: A stopped run loses no more than the parts that are under way.
_AHEAD = 2


@dataclass
class Progress:
    """``first`` … ``next - 1`` are done. ``bad``: those that broke a promise."""

    first: int
    next: int
    seconds: float = 0.0
    bad: list[int] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        return self.next - self.first

    def note(self, reports: list[Report]) -> None:
        """A part is done, the one after the last."""
        for report in reports:
            assert report.seed == self.next
            self.next += 1
            self.met.update(report.met)
            if report.error is not None:
                self.bad.append(report.seed)

    def save(self, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        written = place.with_suffix(".writing")
        written.write_text(json.dumps(vars(self)))
        written.replace(place)

    @staticmethod
    def loaded(place: Path) -> Progress | None:
        """What an earlier run left; ``None`` where none was stopped."""
        if not place.exists():
            return None
        found = json.loads(place.read_text())
        return Progress(**(found | {"met": Counter(found["met"])}))


def _briefly(seeds: range) -> list[Report]:
    """What is worth sending from one process to another: an error holds frames, which do not go."""
    reports = [run(seed) for seed in seeds]
    for report in reports:
        if report.error is not None:
            report.error = AssertionError(f"{type(report.error).__name__}: {report.error}")
        report.trace = []
    return reports


def _in_order(parts: Iterator[range], pool: ProcessPoolExecutor) -> Iterator[list[Report]]:
    """What came of each part, with few under way."""
    waiting: list[Future[list[Report]]] = []
    for part in parts:
        waiting.append(pool.submit(_briefly, part))
        if len(waiting) >= _AHEAD * (os.cpu_count() or 1):
            yield waiting.pop(0).result()
    for each in waiting:
        yield each.result()


def seeds(progress: Progress, end: int, place: Path, say: Callable[[str], None]) -> None:
    """All seeds up to ``end``, from where ``progress`` is. What is done is in ``place`` after every part."""
    parts = (range(at, min(at + _PART, end)) for at in range(progress.next, end, _PART))
    before, began = progress.seconds, time.monotonic()
    # Ctrl-C reaches all of them: those who work end their part.
    with ProcessPoolExecutor(initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            for reports in _in_order(parts, pool):
                told = progress.done // _TELL
                progress.note(reports)
                progress.seconds = before + time.monotonic() - began
                progress.save(place)
                for report in reports:
                    if report.error is not None:
                        say(f"seed {report.seed}: {report.error}\n  again: {report.command()}")
                if progress.done // _TELL > told or progress.next == end:
                    say(_so_far(progress, end))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _so_far(progress: Progress, end: int) -> str:
    left = progress.seconds / progress.done * (end - progress.next)
    return (
        f"{progress.done} of {end - progress.first} seeds, {len(progress.bad)} broken, {progress.seconds:.0f} s,"
        f" {left / 60:.0f} min left"
    )


def soak(say: Callable[[str], None], first: int | None = None, place: Path = PLACE) -> int:
    """Seeds, then kills. 0 when all was kept. ``first``: begin there, whatever an earlier run left."""
    count = int(os.environ.get("POS_MEMBER_SEEDS", SEEDS))
    begin = first if first is not None else int(os.environ.get("POS_MEMBER_FIRST_SEED", "1"))
    progress = Progress.loaded(place) if first is None else None
    if progress is None:
        progress = Progress(begin, begin)
    elif progress.done:
        say(f"goes on at seed {progress.next}, {progress.done} are done ({place}; --from 1 begins anew)")
    end = progress.first + count
    try:
        seeds(progress, end, place, say)
    except KeyboardInterrupt:
        say(f"stopped before seed {progress.next}; the same command goes on there")
        return 130
    seldom = short_of(progress.met, count)
    for what, times in seldom.items():
        say(f"met too seldom: {what}, {times}")
    kept = _kills(say)
    place.unlink(missing_ok=True)
    say(f"{count} seeds, {len(progress.bad)} broken {progress.bad[:20]}; kills: {'all' if kept else 'not all'} kept")
    return 1 if progress.bad or seldom or not kept else 0


def _kills(say: Callable[[str], None]) -> bool:
    kills = os.environ.get("POS_MEMBER_KILLS", str(KILLS))
    say(f"{kills} kills of real processes")
    command = [sys.executable, "-m", "pytest", "tests/simulation/test_kills.py", "-v"]
    return not subprocess.run(command, env=os.environ | {"POS_MEMBER_KILLS": kills}, check=False).returncode
