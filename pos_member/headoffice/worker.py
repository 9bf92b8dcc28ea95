"""One worker of several on one socket: ``python -m pos_member.headoffice.worker``, started by ``workers.Supervisor``.

It reads one line of JSON on standard input (the database's URL, the number of the listening socket, its row of counts),
says ``ready`` on standard output, and ends with SIGTERM or with the end of its input: the supervisor is gone.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from pos_member.headoffice import journal
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.serve import RunningHeadOffice, serve_on

READY = "ready"


def work(told: TextIO, says: TextIO, settings: HeadOfficeSettings | None = None) -> None:
    """Serve until told to stop. ``settings``: other than the usual ones, for all but the database and the counts."""
    given = json.loads(told.readline())
    with socket.socket(fileno=given["socket"]) as taken:
        chosen = replace(
            settings or HeadOfficeSettings(""),
            database_url=given["database"],
            distributed=given["distributed"],
            counts=Counts(Path(given["counts"]), given["row"]),
        )
        running = RunningHeadOffice(chosen, taken=taken)

        def follow() -> None:
            os.read(told.fileno(), 1)  # nothing more is said; it ends with the supervisor
            running.end_soon()

        threading.Thread(target=follow, name="supervisor", daemon=True).start()

        def ready(_url: str) -> None:
            says.write(f"{READY}\n")
            says.flush()

        serve_on(running, ready, alone=False)


if __name__ == "__main__":
    journal.log_to(sys.stderr)
    work(sys.stdin, sys.stdout)
