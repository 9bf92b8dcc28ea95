"""``till``: the window."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from pos_member.cli.console import Console
from pos_member.cli.display import require_display
from pos_member.domain.errors import EnvironmentProblem, Reason

_PRACTICE_MEMBERS = 200


def till(parsed: argparse.Namespace, console: Console) -> int:
    """Open the window on a data folder.

    Raises ``Refusal(PRINTER_ADDRESS_INVALID)`` for a printer that no address leads to, before anything is opened.
    """
    if parsed.printer:
        from pos_member.hardware.printing import addresses

        addresses.parse(parsed.printer)
    require_display()
    from pos_member.app.settings import load_settings
    from pos_member.app.window import run_till

    data = parsed.data
    if parsed.practice:
        data = _practice_folder(parsed.data)
    settings = load_settings(data)
    if parsed.printer is not None:
        settings = replace(settings, printer=parsed.printer)
    if parsed.camera is not None:
        settings = replace(settings, camera=parsed.camera)
    if parsed.dark:
        settings = replace(settings, mode="dark")
    if parsed.measure_start:
        from pos_member.app.start_up import measure_start

        return measure_start(data, settings, console.line)
    return run_till(data, settings, practice=parsed.practice)


def _practice_folder(data: Path) -> Path:
    """A folder beside the real data, with demo data: what is rung there never meets a real bill."""
    from pos_member.app.seeding import seed_till

    folder = data / "practice"
    try:
        seed_till(folder, _PRACTICE_MEMBERS)
    except EnvironmentProblem as problem:
        if problem.reason is not Reason.ALREADY_SEEDED:
            raise
    return folder
