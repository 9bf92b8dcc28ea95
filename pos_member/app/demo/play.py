"""Plays the scripted day on a stage, offscreen."""

from __future__ import annotations

from pos_member.app.demo.day import ScriptedDay
from pos_member.app.demo.figures import DayFigures
from pos_member.app.demo.stage import Stage, Tell
from pos_member.app.window import TillProgram, application


def play(stage: Stage, tell: Tell, *, witness: bool = False) -> DayFigures:
    """The window offscreen at 1366×768, the day on it. Raises ``NotSeen`` where a step does not come out.

    ``witness``: the figures also say where the UI thread was when it was away.
    """
    application()
    program = TillProgram(stage.till_folder)
    program.window.resize(1366, 768)
    program.window.show()
    program.window.activateWindow()
    program.start()
    try:
        return ScriptedDay(stage, program, tell, witness=witness).run()
    finally:
        program.close()
