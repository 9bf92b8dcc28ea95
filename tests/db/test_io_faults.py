"""Writes that fail half-way, at one byte after another: what is told, what is kept, and the retry."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.services.durable import durably
from pos_member.services.ports import TillTransaction
from tests.db.db_values import bill
from tests.db_support import make_store

if sys.platform == "win32":
    pytest.skip("no limit of file size there", allow_module_level=True)

import resource

STEP = 12_000


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system refuses every write beyond ``size`` bytes of a file: a disk that fails, for real."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_bill_is_whole_or_not_there_wherever_the_disk_fails(tmp_path: Path) -> None:
    failed = 0
    with make_store(tmp_path) as folder:
        store, wal = folder.store, folder.path / "till.db-wal"
        n = 0
        for extra in range(0, 240_000, STEP):
            n += 1
            made = bill(n)

            def work(tx: TillTransaction, made: object = made) -> None:
                tx.next_counter("bill")
                tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))  # type: ignore[attr-defined,arg-type]

            try:
                with (
                    no_file_beyond(max(wal.stat().st_size if wal.exists() else 0, 1) + extra),
                    store.transaction() as tx,
                ):
                    work(tx)
            except EnvironmentProblem as problem:
                failed += 1
                assert problem.reason in (Reason.DISK_FAILED, Reason.DISK_FULL)
                kept = store.facts.bill(made.id)
                assert kept in (None, made)
                if kept is None:
                    # The very same bill, the very same id.
                    durably(store, work, lambda made=made: store.facts.bill(made.id))  # type: ignore[misc]
            assert store.facts.bill(made.id) == made
        assert store.facts.queue_status().head_seq == n
        with store.transaction() as tx:
            assert tx.next_counter("bill") == n + 1
        assert folder.till.damage() == ()
    assert 3 < failed < n, "some steps fail and some do not, or the limit was not where the writes are"
