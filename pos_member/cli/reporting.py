"""``report`` and ``export``: the day and the rows, from local data."""

from __future__ import annotations

import argparse
import csv
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_OK
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.csv_text import csv_lines


def report(parsed: argparse.Namespace, console: Console) -> int:
    """The day's report as text, JSON, CSV or PDF."""
    from pos_member.app.composition import open_known_till

    with open_known_till(parsed.data) as till:
        day = till.services.reports.day(parsed.date)
        if parsed.csv:
            _write_text(parsed.csv, "\ufeff" + till.services.reports.csv(day, console.language))
            console.say("saved", path=parsed.csv)
        if parsed.pdf:
            from pos_member.ui.report_pdf import write_report_pdf

            write_report_pdf(day, till.services.lookup.header(), parsed.pdf, console.language)
            console.say("saved", path=parsed.pdf)
        if console.as_json:
            console.json(day)
        elif not (parsed.csv or parsed.pdf):
            for row in csv.reader(till.services.reports.csv(day, console.language).splitlines()):
                console.line("  ".join(row))
    return EXIT_OK


def export(parsed: argparse.Namespace, console: Console) -> int:
    """Rows as CSV, to a file or standard output; or one JSON document a row."""
    from pos_member.app.composition import open_known_till

    with open_known_till(parsed.data) as till:
        header, rows = till.services.reports.rows(parsed.what, parsed.first, parsed.last, console.language)
        if console.as_json:
            for row in rows:
                console.json_line(dict(zip(header, row, strict=True)))
            return EXIT_OK
        try:
            target = _open(parsed.csv) if parsed.csv else nullcontext(sys.stdout)
            with target as out:
                out.writelines(csv_lines(header, rows, "\r\n" if parsed.csv else "\n"))
        except BrokenPipeError:
            raise
        except OSError:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(parsed.csv or "-")) from None
    if parsed.csv:
        console.say("saved", path=parsed.csv)
    return EXIT_OK


def _open(path: Path) -> TextIO:
    # The mark at the start lets Excel see that Thai text is UTF-8.
    return path.open("w", encoding="utf-8-sig", newline="")


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None
