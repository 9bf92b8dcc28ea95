"""How one evaluation grows with the lines of the bill and with the programs: a table, and the ratio to linear.

A ratio of 1 is exactly linear between two rows, below 1 is better. Processor time, median of several bills.
"""

from __future__ import annotations

import argparse
import json

from benchmarks.preview import measure

LINES = (1, 2, 5, 10, 25, 50, 100, 200)
PROGRAMS = (1, 5, 20, 50, 100, 200, 400, 800)


def curve(points: list[tuple[int, int]], name: str, runs: int) -> list[dict[str, float]]:
    """Rows with ``growth`` (time against the row before) and ``ratio`` (growth against the growth of ``name``)."""
    rows: list[dict[str, float]] = []
    for lines, programs in points:
        row = measure(lines, programs, runs)
        if rows:
            before = rows[-1]
            row["growth"] = round(row["cpu_median_ms"] / before["cpu_median_ms"], 2)
            row["ratio"] = round(row["growth"] / (row[name] / before[name]), 2)
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    by_lines = curve([(lines, 200) for lines in LINES], "lines", options.runs)
    by_programs = curve([(50, programs) for programs in PROGRAMS], "programs", options.runs)
    if options.json:
        print(json.dumps({"by_lines": by_lines, "by_programs": by_programs}))
        return
    for title, name, rows in (("lines", "lines", by_lines), ("programs", "programs", by_programs)):
        first, last = rows[0], rows[-1]
        whole = last["cpu_median_ms"] / first["cpu_median_ms"]
        times = last[name] / first[name]
        print(f"growth with {title}: {times:,.0f} times as many take {whole:,.1f} times as long")
        for row in rows:
            growth = f"x {row['growth']:>5} ratio to linear {row['ratio']:>4}" if "growth" in row else ""
            print(f"  {row['lines']:>4} lines {row['programs']:>4} programs {row['cpu_median_ms']:>8.3f} ms  {growth}")


if __name__ == "__main__":
    main()
