"""Every command's arguments, and where each is carried out."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Protocol, cast

from pos_member.cli.console import Console
from pos_member.cli.disaster_arguments import declare_till as declare_carrying
from pos_member.cli.office_arguments import Readers, declare_jobs
from pos_member.cli.printer_arguments import declare_printer
from pos_member.cli.scanning_arguments import declare_scan
from pos_member.cli.simulator_arguments import declare_simulator
from pos_member.domain.clock import parse_date
from pos_member.domain.errors import Refusal

#: The papers whose templates a shop may change (``services.paper_templates.KINDS``, which takes longer to import).
_PAPERS = ("receipt", "return", "coupon", "member_card", "day_report", "order_slip", "test_page")
_DATABASE = re.compile(r"(?:sqlite|postgres|postgresql(?:\+psycopg)?)://")
_WORKERS_MAX = 64


class Add(Protocol):
    """Adds a command to the parser."""

    def __call__(
        self, name: str, *parents: argparse.ArgumentParser, to: object = ..., help_of: str = ...
    ) -> argparse.ArgumentParser: ...


def _later(module: str, function: str) -> Callable[[argparse.Namespace, Console], int]:
    def run(parsed: argparse.Namespace, console: Console) -> int:
        found = importlib.import_module(f"pos_member.cli.{module}")
        return cast(int, getattr(found, function)(parsed, console))

    return run


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except Refusal:
        raise argparse.ArgumentTypeError(text) from None


def _count(text: str) -> int:
    # Ten figures at most: int() of a megabyte of them takes its time.
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= 100_000_000):
        raise argparse.ArgumentTypeError(text[:40])
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= _WORKERS_MAX:
        raise argparse.ArgumentTypeError(text[:80])
    return int(text)


def _database(text: str) -> str:
    if _DATABASE.match(text) is None:
        raise argparse.ArgumentTypeError(text[:80])
    return text


def declare(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    """Declare all commands."""
    _window(add, till, words)
    _office(add, till, words)
    _data(add, till, words)
    _tools(add, till, words)
    _programs(add, till, words)
    _templates(add, till, words)


def _window(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    command = add("till", till)
    command.add_argument("--practice", action="store_true", help=words.text("help_practice"))
    command.add_argument("--printer", metavar="ADDRESS", help=words.text("help_printer_at"))
    command.add_argument("--camera", metavar="N|PATH", help=words.text("help_camera"))
    command.add_argument("--dark", action="store_true", help=words.text("help_dark"))
    # For benchmarks/start_up.py: print the moments of first paint and live scan field, then leave.
    command.add_argument("--measure-start", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=_later("window", "till"))

    command = add("demo")
    command.add_argument("--headless", action="store_true", help=words.text("help_headless"))
    command.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR", help=words.text("help_out"))
    command.add_argument("--members", type=_count, default=2_000, metavar="N", help=words.text("help_members"))
    command.set_defaults(run=_later("demo", "demo"))


def _office(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    office = add("headoffice")
    inner = office.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    serve = add("serve", to=inner)
    serve.add_argument("--host", default="127.0.0.1", help=words.text("help_host"))
    serve.add_argument("--port", type=int, default=8443, help=words.text("help_port"))
    serve.add_argument("--workers", type=_workers, default=1, metavar="N", help=words.text("help_workers"))
    serve.add_argument("--distributed", action="store_true", help=words.text("help_distributed"))
    serve.set_defaults(run=_later("office", "serve"))
    code = add("enrol-code", to=inner)
    code.add_argument("--branch", default="", metavar="CODE", help=words.text("help_branch"))
    code.add_argument("--till", default="", metavar="ID", help=words.text("help_enrol_till"))
    code.set_defaults(run=_later("office", "enrol_code"))
    password = add("password", to=inner)
    password.set_defaults(run=_later("office", "password"))
    for command in (serve, code, password):
        command.add_argument("--database", type=_database, metavar="URL", help=words.text("help_database"))
    declare_jobs(add, inner, words, Readers(_later, _day, _count, _database))

    enrol = add("enrol", till)
    enrol.add_argument("--server", required=True, metavar="URL", help=words.text("help_server"))
    enrol.add_argument("--code", required=True, help=words.text("help_code"))
    enrol.set_defaults(run=_later("line", "enrol"))
    sync = add("sync", till)
    sync.add_argument("--once", action="store_true", help=words.text("help_once"))
    sync.set_defaults(run=_later("line", "sync"))
    acts = sync.add_subparsers(dest="act", metavar="COMMAND")
    status, limits = add("status", to=acts, help_of="sync_status"), add("limits", to=acts, help_of="sync_limits")
    status.set_defaults(run=_later("line_status", "status"))
    for command in (status, limits):
        # Named before or after the command: what is not named here must not undo what was named there.
        command.add_argument(
            "--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help=words.text("help_data")
        )
    for name in ("upload", "download"):
        limits.add_argument(f"--{name}", type=_count, metavar="KBIT", help=words.text(f"help_{name}_kbit"))
    limits.add_argument("--night", metavar="22:00-06:00|off", help=words.text("help_night"))
    limits.add_argument("--large", type=_count, metavar="MB", help=words.text("help_large_mb"))
    limits.set_defaults(run=_later("line_status", "limits"))
    declare_carrying(add, acts, words, _later, _count)


def _data(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    seed = add("seed", till)
    seed.add_argument("--members", type=_count, default=2_000, metavar="N", help=words.text("help_members"))
    seed.add_argument("--database", type=_database, metavar="URL", help=words.text("help_seed_database"))
    seed.set_defaults(run=_later("data", "seed"))

    add("verify", till).set_defaults(run=_later("data", "verify"))

    report = add("report", till)
    report.add_argument("--date", type=_day, metavar="D", help=words.text("help_date"))
    report.add_argument("--csv", type=Path, metavar="FILE", help=words.text("help_csv"))
    report.add_argument("--pdf", type=Path, metavar="FILE", help=words.text("help_pdf"))
    report.set_defaults(run=_later("reporting", "report"))

    export = add("export", till)
    export.add_argument(
        "what", choices=("bills", "lines", "points", "members", "coupons"), help=words.text("help_what")
    )
    export.add_argument("--csv", type=Path, metavar="FILE", help=words.text("help_csv"))
    export.add_argument("--from", dest="first", type=_day, metavar="D", help=words.text("help_from"))
    export.add_argument("--to", dest="last", type=_day, metavar="D", help=words.text("help_to"))
    export.set_defaults(run=_later("reporting", "export"))

    load = add("load", till)
    load.add_argument("--bills", type=_count, required=True, metavar="N", help=words.text("help_bills"))
    load.add_argument("--seed", type=int, default=1, help=words.text("help_random_seed"))
    load.set_defaults(run=_later("data", "load"))


def _tools(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    doctor = add("doctor", till)
    doctor.add_argument("--printer", metavar="ADDRESS", help=words.text("help_printer_at"))
    doctor.set_defaults(run=_later("tools", "doctor"))

    declare_scan(add, words, _later)

    declare_printer(add, words, _later)

    declare_simulator(add, words, _later)


def _programs(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    program = add("program")
    inner = program.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    check = add("check", to=inner)
    check.add_argument("file", type=Path, metavar="FILE", help=words.text("help_check_file"))
    check.set_defaults(run=_later("program", "check"))

    attempt = add("try", to=inner)
    attempt.add_argument("--programs", type=Path, required=True, metavar="FILE", help=words.text("help_programs"))
    attempt.add_argument("--bill", type=Path, required=True, metavar="FILE", help=words.text("help_bill"))
    attempt.add_argument("--member", type=Path, metavar="FILE", help=words.text("help_member"))
    attempt.set_defaults(run=_later("program", "attempt"))

    library = add("library", to=inner)
    library.add_argument("name", nargs="?", metavar="NAME", help=words.text("help_library_name"))
    library.add_argument("--out", type=Path, metavar="FILE", help=words.text("help_library_out"))
    library.set_defaults(run=_later("program", "library"))

    replay = add("replay", till, to=inner)
    replay.add_argument("--database", type=_database, metavar="URL", help=words.text("help_replay_database"))
    replay.add_argument("--programs", type=Path, required=True, metavar="FILE", help=words.text("help_programs"))
    for name, dest, text in (("--from", "first", "help_replay_from"), ("--to", "last", "help_replay_to")):
        replay.add_argument(name, dest=dest, type=_day, required=True, metavar="D", help=words.text(text))
    replay.add_argument("--compare", action="store_true", help=words.text("help_compare"))
    replay.add_argument("--csv", action="store_true", help=words.text("help_replay_csv"))
    replay.add_argument("--workers", type=_count, metavar="N", help=words.text("help_workers"))
    replay.add_argument("--top", type=_count, default=10, metavar="N", help=words.text("help_top"))
    replay.set_defaults(run=_later("replay", "replay"))


def _templates(add: Add, till: argparse.ArgumentParser, words: Console) -> None:
    template = add("template")
    inner = template.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    add("list", till, to=inner, help_of="template_list").set_defaults(run=_later("templates", "listed"))

    export = add("export", till, to=inner, help_of="template_export")
    export.add_argument("--out", type=Path, metavar="FILE", help=words.text("help_template_out"))
    export.add_argument("--version", type=_count, metavar="N", help=words.text("help_template_version"))
    export.set_defaults(run=_later("templates", "export"))
    reset = add("reset", till, to=inner, help_of="template_reset")
    reset.set_defaults(run=_later("templates", "reset"))
    for command in (export, reset):
        command.add_argument("kind", choices=_PAPERS, help=words.text("help_template_kind"))

    take_in = add("import", till, to=inner, help_of="template_import")
    take_in.set_defaults(run=_later("templates", "take_in"))
    font = add("font", till, to=inner, help_of="template_font")
    font.add_argument("file", type=Path, metavar="FILE", help=words.text("help_font_file"))
    font.set_defaults(run=_later("templates", "take_font"))
    check = add("check", to=inner, help_of="template_check")
    check.set_defaults(run=_later("templates", "check"))
    for command in (take_in, check):
        command.add_argument("file", type=Path, metavar="FILE", help=words.text("help_template_file"))
