"""``demo``: the whole product on this machine, by hand or as a scripted day."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

from pos_member.cli.console import Console
from pos_member.cli.display import DISPLAY_NAMES, INVISIBLE, require_display
from pos_member.cli.main import EXIT_OK
from pos_member.domain.errors import EnvironmentProblem, Reason


def demo(parsed: argparse.Namespace, console: Console) -> int:
    """Set the stage, then open the window or play the day."""
    headless = parsed.headless or not _display(parsed.out, console)
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # A demo's keys need no keystore, and a headless machine may have none that answers.
    os.environ.setdefault("POS_MEMBER_KEYS", "file")
    # Told to stop, it takes the stage down as for Ctrl-C: head office is a process of its own and would stay.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from pos_member.app.demo.stage import set_stage
    from pos_member.app.window import run_till

    stage = set_stage(parsed.out, parsed.members, console.language, console.say)
    try:
        if headless:
            return _scripted(stage, console)
        console.say("demo_sign_in", staff=stage.seeded.cashier, pin=stage.seeded.pins[stage.seeded.cashier])
        return run_till(stage.till_folder)
    finally:
        stage.close()


def _display(out: Path, console: Console) -> bool:
    """Whether there is a display; where one is named that does not answer, that is said."""
    try:
        require_display()
    except EnvironmentProblem as problem:
        if problem.reason is not Reason.NO_DISPLAY or any(os.environ.get(name) for name in DISPLAY_NAMES):
            console.error(problem)
        console.say("demo_no_display", out=out)
        return False
    return os.environ.get("QT_QPA_PLATFORM") not in INVISIBLE


def _scripted(stage: object, console: Console) -> int:
    from pos_member.app.demo.play import play

    figures = play(stage, console.say)  # type: ignore[arg-type]
    console.result(
        {"figures": figures},
        "demo_done",
        bills=figures.bills,
        returns=figures.returns,
        sales_satang=figures.sales_satang,
        worst_ms=str(figures.ui_worst_ms),
        over_frame=figures.ui_over_frame,
        over_blocked=figures.ui_over_blocked,
    )
    return EXIT_OK
