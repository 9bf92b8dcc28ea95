"""Reports as files of the person at the till: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.csv_text import BYTE_ORDER_MARK


def documents_folder() -> Path:
    """Where people look for what they saved: their documents, or their home where there is no such folder."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found else Path.home()


def save_csv(text: str, path: Path) -> Path:
    """Write ``text`` for a spreadsheet (UTF-8 with its mark) and return ``path``. Otherwise as ``save_bytes``."""
    return save_bytes((BYTE_ORDER_MARK + text.removeprefix(BYTE_ORDER_MARK)).encode(), path)


def save_bytes(content: bytes, path: Path) -> Path:
    """Write ``content`` and return ``path``.

    Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``; an existing file is replaced only by a whole one.
    """
    scratch = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError:
        # Where the folder is gone or read-only there is nothing of ours to take away.
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None
    return path
