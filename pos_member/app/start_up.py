"""When the window is painted and when its scan field is live, told by the program itself (``benchmarks/start_up``)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from pos_member.app.settings import TillSettings
from pos_member.app.window import TillProgram, application


class _FirstPaint(QObject):
    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell: Callable[[], None] | None = tell

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._tell is not None:
            self._tell()
            self._tell = None
        return False


def _moment() -> str:
    """Seconds since 1970, and seconds of computing so far."""
    return f"{time.time():.6f} {time.process_time():.6f}"


def measure_start(data: Path, settings: TillSettings, say: Callable[[str], None]) -> int:
    """Print the moment of the first paint and of the live scan field (``_moment``, a line each), then leave."""
    app = application()
    program = TillProgram(data, settings)
    watch = _FirstPaint(lambda: say(_moment()))
    ground = program.window.centralWidget()
    if ground is not None:
        ground.installEventFilter(watch)

    def live() -> None:
        say(_moment())
        app.quit()

    program.window.scan_ready.connect(live)
    program.window.resize(1366, 768)
    program.window.show()
    program.start()
    try:
        return app.exec()
    finally:
        program.close()
