"""The arguments of ``printer-sim``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member.cli.console import Console

if TYPE_CHECKING:
    from pos_member.cli.arguments import Add

WIDTHS = (384, 512, 576, 640)


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text[:40]} ({low}–{high})")
        return int(text)

    return read


def declare_simulator(add: Add, words: Console, later: Callable[[str, str], object]) -> None:
    """Declare ``printer-sim``. ``later`` makes a command of a module and a function."""
    command = add("printer-sim")

    def option(name: str, text: str, **details: object) -> None:
        command.add_argument(name, help=words.text(text), **details)  # type: ignore[arg-type]

    option("--host", "help_host", default="127.0.0.1")
    option("--port", "help_port", type=_between(0, 65_535), default=9100)
    option("--pty", "help_sim_pty", nargs="?", const="", metavar="LINK")
    option("--clients", "help_sim_clients", type=_between(1, 16), default=1, metavar="N")
    option("--out", "help_paper", type=Path, default=Path("out/paper"), metavar="DIR")
    option("--width", "help_width", type=int, choices=WIDTHS, default=576)
    option("--speed", "help_sim_speed", type=_between(0, 20_000), default=0, metavar="ROWS")
    option("--buffer", "help_sim_buffer", type=_between(512, 1 << 20), default=64 * 1024, metavar="BYTES")
    option("--thai-page", "help_sim_thai_page", type=_between(0, 255), metavar="N")
    option("--marks", "help_sim_marks", choices=("stacked", "own_cell"), default="stacked")
    option("--drawer", "help_sim_drawer", choices=("none", "high_is_open", "low_is_open"), default="none")
    option("--script", "help_sim_script", type=Path, metavar="FILE")
    option("--log", "help_sim_log", type=Path, metavar="FILE")
    option("--strict", "help_sim_strict", action="store_true")
    option("--control", "help_sim_control", action="store_true")
    option("--window", "help_sim_window", action="store_true")
    command.set_defaults(run=later("simulator", "printer_sim"))
