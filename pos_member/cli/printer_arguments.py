"""The arguments of ``printer``: finding, asking and trying receipt printers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pos_member.cli.console import Console

if TYPE_CHECKING:
    from pos_member.cli.arguments import Add

_RANGE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
PAGE_MAX = 255


def declare_printer(add: Add, words: Console, later: Callable[[str, str], object]) -> None:
    """Declare ``printer`` and what belongs to it. ``later`` makes a command of a module and a function."""
    printer = add("printer")
    inner = printer.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")

    add("find", to=inner).set_defaults(run=later("printer", "find"))

    probe = add("probe", to=inner)
    probe.add_argument("address", metavar="ADDRESS", help=words.text("help_address"))
    probe.set_defaults(run=later("printer", "probe"))

    test = add("test", to=inner)
    pages = add("code-pages", to=inner)
    for command, function in ((test, "test"), (pages, "code_pages")):
        command.add_argument("address", metavar="ADDRESS", help=words.text("help_address"))
        command.add_argument("--model", metavar="MODEL", default="", help=words.text("help_model"))
        command.add_argument("--width", type=_dots, metavar="N", help=words.text("help_width"))
        command.set_defaults(run=later("printer", function))
    pages.add_argument("--pages", type=_pages, metavar="N,N-N", help=words.text("help_pages"))

    models = add("models", to=inner)
    models.add_argument("--filter", default="", metavar="TEXT", help=words.text("help_filter"))
    models.set_defaults(run=later("printer", "models"))


def _dots(text: str) -> int:
    dots = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if dots % 8 or not 64 <= dots <= 2_048:
        raise argparse.ArgumentTypeError(text[:40])
    return dots


def _pages(text: str) -> tuple[int, ...]:
    """``21``, ``20-26,255`` or ``all``."""
    if text == "all":
        return tuple(range(PAGE_MAX + 1))
    found: dict[int, None] = {}
    for part in text[:2_000].split(","):
        match = _RANGE.fullmatch(part.strip()) if part.isascii() else None
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last or last > PAGE_MAX:
            raise argparse.ArgumentTypeError(text[:40])
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(found)
