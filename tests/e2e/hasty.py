"""``pos-member load`` with a planted fault: each number is said before its bill is committed.

The control of ``test_kill.py``, run as a process of its own: ``python -m tests.e2e.hasty load …``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from pos_member.app import load
from pos_member.cli import main
from pos_member.domain.bill import Bill
from pos_member.domain.permission import Session
from pos_member.services.till import TillServices

_ring = load.ring


def hasty(services: TillServices, session: Session, shopper: load.Shopper, bills: int) -> Iterator[Bill]:
    """The first bill as it should be; then every number comes ahead of its bill."""
    rung = _ring(services, session, shopper, bills)
    bill = next(rung)
    yield bill
    for _ in range(bills - 1):
        head, counter = bill.number.rsplit("-", 1)
        yield replace(bill, number=f"{head}-{int(counter) + 1:06d}")
        bill = next(rung)


if __name__ == "__main__":
    load.ring = hasty
    sys.exit(main())
