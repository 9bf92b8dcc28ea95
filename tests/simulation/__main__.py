"""Runs to look at, and runs for hours.

``python -m tests.simulation 12345`` runs one seed again and tells it step by step; of several only those that break are
told, in a line each. ``--planted`` tells by which seed each planted bug shows first. ``--soak`` runs
``POS_MEMBER_SEEDS`` seeds (50,000) and ``POS_MEMBER_KILLS`` kills (10,000), on all processors; stopped with Ctrl-C it
goes on from there the next time, and ``--soak --from 1901`` begins at that seed.
"""

from __future__ import annotations

import logging
import sys

from tests.simulation.planted import BUGS, first_shown
from tests.simulation.soak import soak
from tests.simulation.story import run

_SEEDS_OF_A_BUG = 300


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


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


def planted() -> int:
    """How many planted bugs no seed shows; the seeds are tried from the first on."""
    survivors = 0
    logging.disable(logging.CRITICAL)  # what breaks on purpose
    for name, bug in BUGS.items():
        seed = first_shown(bug, filter(bug.may_show, range(1, _SEEDS_OF_A_BUG + 1)))
        survivors += seed is None
        _say(f"{name}: {'survives' if seed is None else f'seed {seed}'}")
    return survivors


def main(words: list[str]) -> int:
    """See above."""
    if words[:1] == ["--soak"]:
        return soak(_say, int(words[2]) if words[1:2] == ["--from"] else None)
    return min(1, planted() if words == ["--planted"] else again([int(word) for word in words]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
