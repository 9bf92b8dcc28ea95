"""A head office that is a process of its own, to be killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.headoffice.office_support import database_url


@contextmanager
def office_process(folder: Path, die_at: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """On the database of ``folder``, with its address; ``die_at`` ``step:n`` makes it kill -9 itself there the n-th
    time."""
    command = [sys.executable, "-m", "tests.headoffice.serve_process", database_url(folder), die_at]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield process, url
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(60)
