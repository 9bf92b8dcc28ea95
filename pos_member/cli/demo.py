"""``demo``: the whole product on this machine, by hand or as a scripted day."""

from __future__ import annotations

import argparse
import os
import sys

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_OK


def has_display() -> bool:
    """Whether a window could be seen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demo(parsed: argparse.Namespace, console: Console) -> int:
    """Set the stage, then open the window or play the day."""
    headless = parsed.headless or not has_display()
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # A demo's keys need no keystore, and a headless machine may have none that answers.
    os.environ.setdefault("POS_MEMBER_KEYS", "file")
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
