"""Random faults against the print spool: nothing lost, nothing printed twice, judged by what really stands on paper.

    python -m benchmarks.spool_faults [--runs 10000] [--seed 1] [--processes 2]

Each run is a real spool on a real file, real workers, one or two virtual printers with faults at random bytes, rows,
cuts and times, a till that dies at random moments, a second worker that comes first, and persons who print again,
choose another printer, say that all is there, or give up. The product's waits are scaled; its code is not changed.
Ends with 1 where anything was lost or doubled. Ctrl+C ends it with the table so far.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STATES = ("confirmed", "unverifiable", "unconfirmed", "superseded", "cancelled")


def main() -> int:
    """Print the table of outcomes beside each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others follow")
    parser.add_argument("--processes", type=int, default=2)
    parsed = parser.parse_args()
    from tests.e2e.campaign.judge import Tally

    tally, started = Tally(), time.perf_counter()
    shown = started
    try:
        for one in _judged(parsed.seed, parsed.runs, parsed.processes):
            tally.add(one)
            for kind, what in one.wrong:
                print(f"  seed {one.chances.seed}: {kind}: {what}", flush=True)
            if (now := time.perf_counter()) - shown > 10:
                shown = now
                print(f"  {tally.runs} of {parsed.runs}, {tally.runs / (now - started):.1f} runs/s", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped")
    _table(tally, time.perf_counter() - started)
    return 1 if tally.wrong else 0


def _judged(first: int, runs: int, processes: int) -> Iterator:
    """Runs are shared out by seed; each process has a till of its own."""
    if processes <= 1:
        yield from _some(first, runs, 1)
        return
    context = multiprocessing.get_context("spawn")
    found = context.Queue()
    helpers = [
        context.Process(target=_work, args=(first + at, len(range(at, runs, processes)), processes, found), daemon=True)
        for at in range(processes)
    ]
    for helper in helpers:
        helper.start()
    left = processes
    try:
        while left:
            one = found.get()
            if isinstance(one, str):
                raise RuntimeError(one)
            left -= one is None
            if one is not None:
                yield one
    finally:
        for helper in helpers:
            helper.terminate()
            helper.join()


def _work(first: int, runs: int, step: int, found) -> None:
    try:
        for one in _some(first, runs, step):
            found.put(one)
    except Exception as error:
        found.put(f"{type(error).__name__}: {error}")
        raise
    found.put(None)


def _some(first: int, runs: int, step: int) -> Iterator:
    from pos_member.hardware.printing.fonts import ensure_gui
    from tests.e2e.campaign.judge import judged
    from tests.e2e.campaign.shop import quick
    from tests.factories import make_world

    logging.disable(logging.CRITICAL)
    ensure_gui()
    with tempfile.TemporaryDirectory() as scratch, quick():
        world = make_world(Path(scratch))
        try:
            for seed in range(first, first + runs * step, step):
                yield judged(world, seed)
        finally:
            world.folder.close()


def _table(tally, seconds: float) -> None:
    print(f"\n{'fault':18}{'runs':>7}" + "".join(f"{state:>14}" for state in STATES) + "   (papers)")
    for fault in sorted(tally.by_fault):
        outcomes = tally.by_fault[fault]
        print(f"{fault:18}{tally.runs_of[fault]:7}" + "".join(f"{outcomes[state]:14}" for state in STATES))
    print(
        f"\n{tally.runs} runs, {tally.papers} papers whole, {tally.deaths} deaths of the till, {tally.races} races, "
        f"{tally.deeds} deeds of persons; {seconds:.0f} s, {tally.runs / seconds:.1f} runs/s"
    )
    for kind in ("doubled", "lost", "drawer", "other"):
        print(f"{kind:8} {tally.count(kind)}")


if __name__ == "__main__":
    sys.exit(main())
