"""``program replay``: past bills under a program file, per day and in total, against what was given in fact."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_INTERRUPTED, EXIT_OK
from pos_member.cli.program import pointing, read_json
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import format_baht
from pos_member.wording import say

if TYPE_CHECKING:
    from pos_member.domain.pricing import RuleBook
    from pos_member.domain.replay_figures import Figures, Pair, Report
    from pos_member.services.past_bills import Source

_Columns = tuple[tuple[str, str, bool], ...]
#: (heading, name of the figure, whether it is money) of the columns of the table.
_COLUMNS: _Columns = (
    ("bills", "bills", False),
    ("sales", "sales_satang", True),
    ("discount", "discount_satang", True),
    ("points", "points", False),
    ("points_cost", "points_satang", True),
    ("coupons", "coupons", False),
    ("coupons_value", "coupons_satang", True),
    ("cost", "cost_satang", True),
)
#: Sales belong to bills, not to a program.
_OF_PROGRAM = tuple(column for column in _COLUMNS if column[0] != "sales")


@pointing
def replay(parsed: argparse.Namespace, console: Console) -> int:
    """Replay; a replay that Ctrl-C ended says that it is partial, and ends with 130."""
    from pos_member.app.replaying import cores, run
    from pos_member.domain.replay import needs_one_process

    if parsed.last < parsed.first:
        raise Refusal(Reason.PAYLOAD_INVALID, where="--to", want=f">= {parsed.first.isoformat()}")
    written = read_json(parsed.programs)
    with _source(parsed) as source:
        book = draft_book(written, source.book())
        workers = parsed.workers or cores()
        total = source.count(parsed.first, parsed.last)
        report = run(
            source, book, parsed.first, parsed.last, workers=workers, progress=lambda done: _progress(done, total)
        )
        _progress_done()
        one = workers > 1 and needs_one_process(book)
        said = _result(parsed, source, book, report, 1 if one else workers)
        if parsed.csv:
            sys.stdout.write(_csv(report, compare=parsed.compare))
        elif console.as_json:
            console.json({**said, "one_process": one})
        else:
            _show(said, report, console, compare=parsed.compare, one_process=one)
    return EXIT_INTERRUPTED if report.partial else EXIT_OK


def draft_book(written: Any, shop: RuleBook) -> RuleBook:
    """The programs of a file in the shop they are meant for: its categories and settings, where the file has none.

    Raises ``Refusal(PAYLOAD_INVALID)``.
    """
    from dataclasses import replace

    from pos_member.domain.codec import from_wire, to_wire
    from pos_member.domain.org import Settings
    from pos_member.domain.program_files import parse

    file = parse(written)
    own = written.get("settings", {})
    settings = from_wire(Settings, {**to_wire(shop.settings), **own}, "settings")
    parents = {**shop.category_parents, **file.categories}
    return replace(file.book, settings=settings, category_parents=parents, vat_rate_bp=shop.vat_rate_bp)


@contextmanager
def _source(parsed: argparse.Namespace) -> Iterator[Source]:
    if parsed.database:
        from pos_member.headoffice.database import open_known_database
        from pos_member.headoffice.past_bills import OfficeSource

        database = open_known_database(parsed.database)
        try:
            with database.read() as connection:
                yield OfficeSource(database, connection)
        finally:
            database.close()
        return
    from pos_member.app.composition import open_known_till
    from pos_member.app.replay_till import TillSource

    with open_known_till(parsed.data) as till:
        yield TillSource(till)


def _progress(done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,}" + (f" / {total:,}" if total is not None else ""))
        sys.stderr.flush()


def _progress_done() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _result(parsed: argparse.Namespace, source: Source, book: RuleBook, report: Report, workers: int) -> dict[str, Any]:
    """The report as JSON data, in a fixed order."""
    names = {program.id: program for program in (*source.book().programs, *book.programs)}
    coupons = {**source.past().definitions, **book.definitions}

    def pair(of: Pair) -> dict[str, Any]:
        if not parsed.compare:
            return of.draft.as_dict()
        both = {"draft": of.draft.as_dict(), "ran": of.ran.as_dict()}
        return {**both, "difference": of.draft.less(of.ran).as_dict()}

    def label(key: str) -> dict[str, str]:
        known = names.get(key) or coupons.get(key)
        if known is None:
            return {"id": key, "code": "", "name_th": "", "name_en": ""}
        return {"id": key, "code": known.code, "name_th": known.name_th, "name_en": known.name_en}

    wanted = {key for key, found in report.programs.items() if parsed.compare or found.draft.bills}
    keys = sorted(wanted, key=lambda key: (-report.programs[key].draft.cost_satang, key))
    return {
        "from": parsed.first.isoformat(),
        "to": parsed.last.isoformat(),
        "partial": report.partial,
        "workers": workers,
        "members": report.members,
        "total": pair(report.total),
        "days": [
            {
                "day": day.isoformat(),
                "members": len(report.day_members.get(day, ())),
                **pair(report.days[day]),
            }
            for day in sorted(report.days)
        ],
        "programs": [{**label(key), **pair(report.programs[key])} for key in keys],
        "winners": [
            {"member": source.number(member), "gain_satang": gain}
            | ({"ran_gain_satang": ran} if parsed.compare else {})
            for member, gain, ran in report.winners(parsed.top)
        ],
        "left_out": {
            "coupons": report.coupons_left_out,
            "rewards": report.rewards_left_out,
            "returns": report.returns_outside,
        },
    }


def _cells(figures: Figures, columns: _Columns) -> list[str]:
    values = figures.as_dict()
    return [format_baht(values[name], symbol=False) if money else f"{values[name]:,}" for _, name, money in columns]


def _rows(pair: Pair, first: str, language: str, *, compare: bool, columns: _Columns = _COLUMNS) -> list[list[str]]:
    if not compare:
        return [[first, *_cells(pair.draft, columns)]]
    said = {name: say("program", f"replay_{name}", language) for name in ("draft", "ran", "difference")}
    return [
        [first, said["draft"], *_cells(pair.draft, columns)],
        ["", said["ran"], *_cells(pair.ran, columns)],
        ["", said["difference"], *_cells(pair.draft.less(pair.ran), columns)],
    ]


def _show(said: Mapping[str, Any], report: Report, console: Console, *, compare: bool, one_process: bool) -> None:
    language = console.language

    def line(key: str, **params: object) -> None:
        console.line(say("program", key, language, params))

    def heading(first: str, columns: _Columns = _COLUMNS) -> list[str]:
        names = [say("program", f"column_{name}", language) for name, _, _ in columns]
        return [say("program", f"column_{first}", language), *([""] if compare else []), *names]

    total = report.total.draft
    line("replay_period", first=said["from"], last=said["to"], bills=total.bills, returns=total.returns)
    if report.partial:
        line("replay_partial")
    if one_process:
        line("replay_one_process")
    console.line("")
    line("replay_days")
    rows = [heading("day")]
    for day in sorted(report.days):
        rows += _rows(report.days[day], day.isoformat(), language, compare=compare)
    rows += _rows(report.total, say("program", "replay_total", language), language, compare=compare)
    _table(rows, console)
    console.line("")
    line("replay_programs")
    rows = [heading("program", _OF_PROGRAM)]
    for program in said["programs"]:
        first = program["code"] or program["id"]
        rows += _rows(report.programs[program["id"]], first, language, compare=compare, columns=_OF_PROGRAM)
    _table(rows, console)
    console.line("")
    line("replay_members", members=report.members)
    line("replay_winners")
    _table([[each["member"], format_baht(each["gain_satang"])] for each in said["winners"]], console)
    left = said["left_out"]
    if any(left.values()):
        line("replay_left_out", **left)


def _table(rows: Sequence[Sequence[str]], console: Console) -> None:
    """Columns side by side; Thai marks that sit on a letter take no room."""
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        console.line("  ".join(cells).rstrip())


def _width(text: str) -> int:
    from pos_member.domain.member import graphemes

    return len(graphemes(text))


def _csv(report: Report, *, compare: bool) -> str:
    """A row per day, figures as plain numbers of satang and points."""
    names = [name for _, name, _ in _COLUMNS]
    kinds = ("draft", "ran", "difference") if compare else ("draft",)
    rows: list[list[object]] = [
        ["day", *(name if not compare else f"{kind}_{name}" for kind in kinds for name in names)]
    ]
    for day in sorted(report.days):
        pair = report.days[day]
        figures = {"draft": pair.draft, "ran": pair.ran, "difference": pair.draft.less(pair.ran)}
        rows.append([day.isoformat(), *(figures[kind].as_dict()[name] for kind in kinds for name in names)])
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
