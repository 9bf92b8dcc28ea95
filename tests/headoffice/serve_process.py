"""A head office to kill: ``python -m tests.headoffice.serve_process URL [STEP:N]`` prints its address.

``STEP`` is one of ``headoffice.steps``, or what is asked of it: ``part`` (of a snapshot), ``own`` (what goes with one).
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pos_member.headoffice import feed_ways
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.sync.protocol import PullAnswer
from tests.db_support import SetClock


def main(database_url: str, die_at: str) -> None:
    step, _, times = die_at.partition(":")
    seen: Counter[str] = Counter()

    def at(name: str) -> None:
        seen[name] += 1
        if name == step and seen[name] == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    part, own = Snapshots.part, feed_ways.own

    def part_asked(self: Snapshots, name: str, number: int) -> Path | None:
        at("part")
        return part(self, name, number)

    def own_asked(*asked: Any) -> PullAnswer:
        at("own")
        return own(*asked)

    Snapshots.part, feed_ways.own = part_asked, own_asked  # type: ignore[method-assign]
    server = RunningHeadOffice(HeadOfficeSettings(database_url, clock=SetClock(), step=at))
    server.run(lambda: print(server.url, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
