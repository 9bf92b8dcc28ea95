"""The arguments of ``scan``: pictures, a camera, a serial reader, a reader that types."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member.cli.console import Console

if TYPE_CHECKING:
    from pos_member.cli.arguments import Add


def declare_scan(add: Add, words: Console, later: Callable[[str, str], object]) -> None:
    """Declare ``scan``: exactly one source at a time."""
    scan = add("scan")
    scan.add_argument("files", nargs="*", type=Path, metavar="FILE", help=words.text("help_files"))
    source = scan.add_mutually_exclusive_group()
    source.add_argument("--camera", metavar="N|PATH", help=words.text("help_scan_camera"))
    source.add_argument("--serial", metavar="PORT", help=words.text("help_scan_serial"))
    source.add_argument("--wedge", action="store_true", help=words.text("help_scan_wedge"))
    source.add_argument("--list", action="store_true", help=words.text("help_scan_list"))
    scan.add_argument("--baud", type=_whole(300, 1_000_000), default=9_600, metavar="N", help=words.text("help_baud"))
    scan.add_argument("--count", type=_whole(1, 1_000_000), metavar="N", help=words.text("help_scan_count"))
    scan.add_argument("--seconds", type=_whole(1, 86_400), metavar="N", help=words.text("help_scan_seconds"))
    # argparse cannot say "files or one of these": the command says it, in argparse's own way.
    scan.set_defaults(run=later("scanning", "scan"), refuse=scan.error)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 7 and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(text[:40])
        return int(text)

    return read
