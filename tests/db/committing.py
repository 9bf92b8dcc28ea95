"""Rings bills into a data folder and prints each number: after its commit, or (the control) before it.

Run by ``test_kill.py`` as a process of its own, to be killed at any moment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pos_member.domain.events import EventKind
from tests.db.db_values import bill
from tests.db_support import make_folder


def main(parent: Path, order: str) -> None:
    folder = make_folder(parent)
    n = folder.store.facts.queue_status().head_seq
    while True:
        n += 1
        made = bill(n)
        if order == "before":
            print(n, flush=True)  # noqa: T201
        with folder.store.transaction() as tx:
            tx.next_counter("bill")
            tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        if order == "after":
            print(n, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
