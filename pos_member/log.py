"""Logging: one rotating file in the data folder, nothing personal in it."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PERSONAL = re.compile(r"(?<!\d)(?:\+66|0)\d(?:[\s-]?\d){7,8}(?!\d)|(?<!\d)29\d{11}(?!\d)")


class RedactPersonal(logging.Filter):
    """Blots phone and member numbers out of every record, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _PERSONAL.sub("<…>", record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = _PERSONAL.sub("<…>", record.exc_text)
        return True


class _LogFile(logging.handlers.RotatingFileHandler):
    """A file that may fail: on a full disk the record is lost, the sale is not, and no traceback is shown for it."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


@contextmanager
def to_folder(folder: Path, level: int = logging.INFO) -> Iterator[None]:
    """Log to ``folder/log/pos-member.log`` (5 × 2 MiB). Where that cannot be written the till works without a log."""
    handler = _handler(folder)
    if handler is None:
        yield
        return
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _handler(folder: Path) -> logging.Handler | None:
    target = folder / "log"
    try:
        target.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(target / "pos-member.log", maxBytes=2 * 1024 * 1024, backupCount=5, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error.strerror)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(RedactPersonal())
    return handler
