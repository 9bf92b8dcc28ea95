"""Runs of keys as a person sees them: what was typed key by key is one run until the keys rest."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from PySide6.QtCore import QObject, QTimer, Signal

from pos_member.domain.readers import BurstReport

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
    gaps = [key.gap_us for key in keys[1:]]
    return replace(report, keys=keys, raw=before.raw + report.raw, median_gap_us=round(median(gaps)) if gaps else 0)


class Runs(QObject):
    """``grew`` tells of every report, ``ended`` of a whole run: of a scan at once, of typed keys when they rest."""

    grew = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: BurstReport | None = None
        self._open = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.end)

    def hear(self, report: BurstReport) -> None:
        """What the keyboard's filter says."""
        if not report.keys:
            return
        if report.taken != TYPED:
            self.end()
        self._run = joined(self._run if self._open else None, report)
        self._open = report.taken == TYPED
        self.grew.emit(self._run)
        if self._open:
            self._rest.start()
        else:
            self.ended.emit(self._run)

    def end(self) -> None:
        """Whatever is typed from now on is another run."""
        self._rest.stop()
        if self._open and self._run is not None:
            self._open = False
            self.ended.emit(self._run)

    def forget(self) -> None:
        """Nothing was heard."""
        self._rest.stop()
        self._run, self._open = None, False
