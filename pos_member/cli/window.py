"""``till``: the window."""

from __future__ import annotations

import argparse
from dataclasses import replace

from pos_member.cli.console import Console
from pos_member.cli.display import require_display


def till(parsed: argparse.Namespace, console: Console) -> int:
    """Open the window on a data folder."""
    require_display()
    from pos_member.app.settings import load_settings
    from pos_member.app.window import run_till

    settings = load_settings(parsed.data)
    if parsed.printer is not None:
        settings = replace(settings, printer=parsed.printer)
    if parsed.camera is not None:
        settings = replace(settings, camera=parsed.camera)
    if parsed.dark:
        settings = replace(settings, mode="dark")
    if parsed.measure_start:
        from pos_member.app.start_up import measure_start

        return measure_start(parsed.data, settings, console.line)
    return run_till(parsed.data, settings, practice=parsed.practice)
