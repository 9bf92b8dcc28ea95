"""Silence as a pass condition: what was logged, what was announced, and whether the two agree."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

ExpectLog = Callable[..., None]


class LogWatch(logging.Handler):
    """Collects records at WARNING or above and the patterns a test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.announced: list[tuple[re.Pattern[str], int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def expect(self, pattern: str, level: int = logging.WARNING) -> None:
        """Announce records whose message holds ``pattern`` at ``level`` or above, one or more of them."""
        self.announced.append((re.compile(pattern), level))

    def complaint(self) -> str:
        """What was not announced, or did not come; empty when all is well."""
        surprises = [record for record in self.records if not any(self._fits(record, one) for one in self.announced)]
        missed = [one for one in self.announced if not any(self._fits(record, one) for record in self.records)]
        lines = [f"unexpected log record: {r.levelname} {r.name}: {r.getMessage()}" for r in surprises]
        lines += [f"announced log record never came: {pattern.pattern!r}" for pattern, _ in missed]
        return "\n".join(lines)

    @staticmethod
    def _fits(record: logging.LogRecord, announced: tuple[re.Pattern[str], int]) -> bool:
        pattern, level = announced
        return record.levelno >= level and pattern.search(record.getMessage()) is not None
