"""What the virtual printer did, one JSON document a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.virtual.clocks import MS, Clock, RealClock

_log = logging.getLogger(__name__)


class EventLog:
    """Adds ``{"ms": 12, "event": "cut", …}`` to ``path``; ``ms`` since it was opened. One thread at a time."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._clock: Clock = clock if clock is not None else RealClock()
        self._began = self._clock.now()
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from error
        self._broken = False

    def write(self, name: str, fields: Mapping[str, object]) -> None:
        """One line. A full disk ends the log, not the printer; the program's own log says so."""
        if self._broken:
            return
        row = {"ms": (self._clock.now() - self._began) // MS, "event": name, **fields}
        try:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            self._broken = True
            _log.error("virtual printer: its log ends here: %s", error)

    def close(self) -> None:
        """No more lines."""
        try:
            self._file.close()
        except OSError as error:
            _log.error("virtual printer: its log may not be whole: %s", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
