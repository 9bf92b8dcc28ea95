"""What the system's error numbers mean to somebody who stands before a printer; and how long a job may take."""

from __future__ import annotations

import errno
import time

from pos_member.domain.errors import Reason

#: So little is no paper.
_PULSE_BYTES = 32
_PULSE_S = 8.0
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR})
_NO_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_HELD = frozenset({errno.EBUSY, errno.EAGAIN, errno.ETXTBSY})


def opening_trouble(error: OSError) -> Reason:
    """Why a device could not be opened; ``PRINTER_UNREACHABLE`` where the system says nothing better."""
    if error.errno in _GONE:
        return Reason.PRINTER_GONE
    if error.errno in _NO_RIGHTS:
        return Reason.PRINTER_NO_RIGHTS
    if error.errno in _HELD:
        return Reason.PRINTER_HELD
    return Reason.PRINTER_UNREACHABLE


def sending_trouble(written: int) -> Reason:
    """Why a device that was open went away: before it had anything, or in the middle."""
    return Reason.PRINTER_BROKE_OFF if written else Reason.PRINTER_GONE


def patience(job_timeout_s: float, size: int) -> float:
    """How long ``size`` bytes may stand in a queue: a drawer's pulse must not come when nobody waits for it."""
    return min(job_timeout_s, _PULSE_S) if size <= _PULSE_BYTES else job_timeout_s


class Pace:
    """The two limits of a job: ``stall_s`` without progress, ``total_s`` in all, both from now."""

    def __init__(self, stall_s: float, total_s: float) -> None:
        self._stall_s = stall_s
        self._total_s = total_s
        self.anew()

    def anew(self) -> None:
        """Both limits count from now: somebody else was patient until here."""
        self._ends = time.monotonic() + self._total_s
        self.moved()

    def moved(self) -> None:
        """There was progress."""
        self._stalls = time.monotonic() + self._stall_s

    def more_time(self, seconds: float) -> None:
        """The whole job may take ``seconds`` longer."""
        self._ends += seconds

    @property
    def left(self) -> float:
        """Seconds until the nearer of the two limits; 0 or less = over."""
        return min(self._stalls, self._ends) - time.monotonic()
