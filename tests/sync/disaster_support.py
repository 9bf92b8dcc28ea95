"""A till whose folder can be closed, put back, copied and carried off, and what must be true of it afterwards."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill
from pos_member.domain.events import EventKind
from pos_member.domain.member import Member
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import SyncStore
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.line_state import SyncState
from pos_member.sync.round_figures import SyncOutcome
from pos_member.sync.transport import Transport
from tests.db_support import SetClock, copy_template, no_keystore
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES, CLOCK, make_bill, rows


@dataclass
class Counter:
    """A till on real files. ``sold``: every bill that was ever completed, whatever became of its file."""

    path: Path
    state: Path
    line: Transport
    clock: SetClock = CLOCK
    sold: list[Bill] = field(default_factory=list)
    folder: DataFolder | None = None
    _engine: SyncEngine | None = None

    @property
    def store(self) -> SyncStore:
        assert self.folder is not None
        return self.folder.sync_store

    @property
    def me(self) -> str:
        """Its id at head office."""
        identity = self.store.identity()
        assert identity is not None
        return identity.id

    def open(self) -> Counter:
        """No thread: the sidecar is written before every round and at closing."""
        self.folder = DataFolder(self.path, self.clock, find_keystore=no_keystore, state=self.state, sidecar_lag_s=None)
        self._engine = None
        return self

    def close(self) -> None:
        if self.folder is not None:
            self.folder.close()
            self.folder = None

    @contextmanager
    def closed(self) -> Iterator[Path]:
        """The folder while nobody has it open; opened again afterwards."""
        self.close()
        yield self.path
        self.open()

    def sell(self, times: int = 1, *, member: Member | None = None, points: int = 0) -> list[Bill]:
        """Bills with the till's own numbers, facts and events in one transaction each."""
        assert self.folder is not None
        identity = self.store.identity()
        assert identity is not None
        made = []
        for _ in range(times):
            with self.folder.store.transaction() as tx:
                number = tx.next_counter("bill")
                bill = make_bill(identity, number, member=member, points=points, redeem=0)
                tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
            made.append(bill)
        self.sold += made
        return made

    def sync(self, transport: Transport | None = None) -> SyncOutcome:
        """One round."""
        if self._engine is None or transport is not None:
            self._engine = SyncEngine(
                self.store, transport or self.line, self.clock, random.Random(1), app_version="test"
            )
        return self._engine.sync_once()

    def state_shown(self) -> SyncState:
        """What the window shows."""
        assert self._engine is not None
        return self._engine.state()

    def next_round_s(self) -> float:
        """Seconds until the app would begin the next round."""
        assert self._engine is not None
        return self._engine.next_delay_s()

    def copy(self, path: Path, state: Path | None = None) -> Counter:
        """A copy of the closed folder at another place, opened."""
        assert self.folder is None
        shutil.copytree(self.path, path)
        return Counter(path, state or self.state, self.line, self.clock, self.sold).open()

    def backed_up(self, bills: int) -> Path:
        """So many bills are sold and sent; then a backup is made of it."""
        self.sell(bills)
        self.sync()
        assert self.folder is not None
        return self.folder.backup()

    def put_back(self, backup: Path) -> None:
        """The database goes back to ``backup``; open again."""
        self.close()
        for name in ("till.db-wal", "till.db-shm"):
            (self.path / name).unlink(missing_ok=True)
        shutil.copy(backup, self.path / "till.db")
        self.open()


def enrolled_counter(
    office: HeadOffice, tmp_path: Path, name: str, *, line: Transport | None = None, clock: SetClock = CLOCK
) -> Counter:
    """Opened and enrolled at ``office``; the caller closes it."""
    made = Counter(copy_template(tmp_path / name), tmp_path / "state", line or DirectLine(office), clock).open()
    code = office.enrol_code(BRANCHES[0].code)
    enrol("http://127.0.0.1:1", code, made.store, transport=made.line)
    return made


def assert_held_once(database: Database, sold: list[Bill], lost: list[Bill] | None = None) -> None:
    """Every bill is at head office once, but for those that no machine holds any more; no number was given twice."""
    gone = {bill.id for bill in lost or []}
    held = rows(database, "bill")
    assert sorted(row.id for row in held) == sorted(bill.id for bill in sold if bill.id not in gone)
    assert sum(row.total_satang for row in held) == sum(b.total_satang for b in sold if b.id not in gone)
    numbers = [bill.number for bill in sold]
    assert len(set(numbers)) == len(numbers), "a number stands on two receipts"


def until_calm(rounds: Callable[[], SyncOutcome], most: int = 6) -> int:
    """Rounds until one has no trouble and nothing to send; how many it took."""
    for count in range(1, most + 1):
        outcome = rounds()
        if outcome.reason is None and not outcome.pushed:
            return count
    raise AssertionError(f"still not calm after {most} rounds: {outcome}")
