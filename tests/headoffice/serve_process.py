"""A head office to kill: ``python -m tests.headoffice.serve_process URL [STEP:N]`` prints its address."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter

from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice
from tests.db_support import SetClock


def main(database_url: str, die_at: str) -> None:
    step, _, times = die_at.partition(":")
    seen: Counter[str] = Counter()

    def at(name: str) -> None:
        seen[name] += 1
        if name == step and seen[name] == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    server = RunningHeadOffice(HeadOfficeSettings(database_url, clock=SetClock(), step=at))
    server.run(lambda: print(server.url, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
