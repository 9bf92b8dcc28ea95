"""Runs of keys as a person sees them: what was typed key by key is one run until the keys rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.readers import BurstReport, Ending, HeardKey, Layout

#: Keys at rest this long end a run of typed keys (ms): longer than a person's usual gap and any reader's.
REST_MS = 700
#: A run of typed keys is looked at to this length.
KEYS_MAX = 300
SCAN, TYPED = "scan", "typed"


def joined(before: BurstReport | None, report: BurstReport) -> BurstReport:
    """Typed keys put to those typed just before; anything a reader sent stands for itself."""
    if before is None or before.taken != TYPED or report.taken != TYPED:
        return report
    if not report.keys or report.keys[0].gap_us > REST_MS * 1_000 or len(before.keys) >= KEYS_MAX:
        return report
    keys = before.keys + report.keys
    return replace(report, keys=keys, raw=before.raw + report.raw, median_gap_us=_middle(keys))


def _middle(keys: tuple[HeardKey, ...]) -> int:
    gaps = [key.gap_us for key in keys[1:]]
    return round(median(gaps)) if gaps else 0


class Runs(QObject):
    """``grew`` tells of every report, ``ended`` of a whole run: of a scan at once, of typed keys when they rest.

    Keys that come so slowly that the keyboard's filter makes no run of them are told by ``key`` alone.
    """

    grew = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._run: BurstReport | None = None
        self._open = False
        #: Keys of a typed report that are on their way to the focus still: they are told once.
        self._expected = 0
        self._last_s = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.end)

    def hear(self, report: BurstReport) -> None:
        """What the keyboard's filter says."""
        if report.taken == TYPED:
            self._expected += len(report.keys)
        self._take(report)

    def key(self, char: str, scan_code: int, shift: bool) -> None:
        """A key that reached the focus."""
        now = self._clock()
        gap, self._last_s = now - self._last_s, now
        if self._expected:
            self._expected -= 1
            return
        key = HeardKey(char, scan_code, min(10_000_000, max(0, round(gap * 1_000_000))), shift)
        self._take(BurstReport(TYPED, (key,), char, "", 0, Ending.SILENCE, Layout.AUTO))

    def _take(self, report: BurstReport) -> None:
        if not report.keys:
            return
        if report.taken != TYPED:
            self.end()
        before = self._run if self._open else None
        self._run = joined(before, report)
        if before is not None and report.taken == TYPED and len(self._run.keys) == len(report.keys):
            self.ended.emit(before)
        self._open = report.taken == TYPED
        self.grew.emit(self._run)
        if self._open:
            self._rest.start()
        else:
            self.ended.emit(self._run)

    def end(self) -> None:
        """Whatever is typed from now on is another run."""
        self._rest.stop()
        self._expected = 0
        if self._open and self._run is not None:
            self._open = False
            self.ended.emit(self._run)

    def forget(self) -> None:
        """Nothing was heard."""
        self._rest.stop()
        self._run, self._open, self._expected = None, False, 0
