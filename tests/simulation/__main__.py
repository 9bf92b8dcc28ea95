"""``python -m tests.simulation 12345``: one run again, told step by step. Several seeds: one line each."""

from __future__ import annotations

import sys

from tests.simulation.story import run


def main(seeds: list[int]) -> int:
    """0 when every seed kept every promise."""
    bad = 0
    for seed in seeds:
        report = run(seed)
        if len(seeds) == 1:
            sys.stdout.write(report.told() + "\n")
        elif report.error is not None:
            sys.stdout.write(f"{report.error}\n  again: {report.command()}\n")
        bad += report.error is not None
    if len(seeds) > 1:
        sys.stdout.write(f"{len(seeds)} seeds, {bad} broken\n")
    return 1 if bad else 0


if __name__ == "__main__":
    wanted = [int(part) for part in sys.argv[1:]]
    sys.exit(main(wanted))
