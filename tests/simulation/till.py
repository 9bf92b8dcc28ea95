"""A till in this process: its real folder, use cases and sync engine; it can die, be restored, and be copied."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member import wording
from pos_member.app.template_tools import PaperTemplateTools
from pos_member.db.folder import DataFolder
from pos_member.db.signatures import TillSignatures
from pos_member.domain.clock import Clock
from pos_member.domain.ids import IdMaker
from pos_member.domain.permission import Session
from pos_member.services.till import TillContext, TillServices
from pos_member.sync.engine import SyncEngine
from pos_member.sync.round_figures import SyncOutcome
from tests.db_support import no_keystore
from tests.factories import QuickHasher
from tests.simulation.clocks import WrongClock
from tests.simulation.ledger import Fact
from tests.simulation.line import SimLine, transport
from tests.simulation.template import cashier_of, manager_of, pin_of

if TYPE_CHECKING:
    from tests.simulation.world import Simulation

_HASHER = QuickHasher()
_FACTS = "SELECT seq, event_id, kind, version, payload FROM change_queue WHERE seq >= ? ORDER BY seq"


def services_of(data: DataFolder, clock: Clock, dice: random.Random) -> TillServices:
    """The use cases on a folder; ids and codes from ``dice``."""

    def signing_key() -> bytes | None:
        link = data.sync_store.link()
        return None if link is None else link.private_key

    return TillServices(
        TillContext(
            store=data.store,
            clock=clock,
            new_id=IdMaker(clock, dice.getrandbits),
            random_below=dice.randrange,
            hasher=_HASHER,
            say=wording.say,
            templates=PaperTemplateTools(),
            signatures=TillSignatures(signing_key),
        )
    )


@dataclass
class Backup:
    """A copy of a till's folder, and what the till's queue ended with then."""

    folder: Path
    known_seq: int
    known_id: str


@dataclass(eq=False)
class SimTill:
    """One installation. ``name`` begins with that of the till it was enrolled as."""

    sim: Simulation
    name: str
    folder: Path
    clock: WrongClock
    #: How often its process began: nothing of an earlier one may be used.
    life: int = 0
    #: The line is down for as long as this many more steps.
    down: int = 0
    #: Points until its process dies; ``None``: it does not.
    fuse: int | None = None
    revoked: bool = False
    syncing: bool = False
    backups: list[Backup] = field(default_factory=list)
    data: DataFolder | None = None
    services: TillServices = field(init=False)
    engine: SyncEngine = field(init=False)
    known_seq: int = 0
    known_id: str = ""
    _sessions: dict[str, Session] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """The till it was enrolled as."""
        return self.name.rstrip("'")

    def open(self) -> DataFolder:
        """Start its process where it does not run."""
        if self.data is not None:
            return self.data
        self.life += 1
        dice = random.Random(f"{self.sim.seed} {self.name} {self.life} {self.sim.births()}")
        data = DataFolder(self.folder, self.clock, find_keystore=no_keystore)
        self.data = data
        self._sessions = {}
        self.services = services_of(data, self.clock, dice)
        life = self.life
        line = SimLine(
            lambda sent: self.sim.serve_till(self, life, sent),
            lambda sent: self.sim.fault_of(self, sent),
            self.sim.late.append,
        )
        self.engine = SyncEngine(data.sync_store, transport(line), self.clock, dice, app_version="sim")
        self._same_as_known(data)
        return data

    def _same_as_known(self, data: DataFolder) -> None:
        """What was committed before the end of the last process is there; what came on top is written down."""
        with data.till.read() as connection:
            row = connection.exec_driver_sql("SELECT event_id FROM change_queue WHERE seq = ?", (self.known_seq,))
            found = row.scalar_one_or_none()
            kept = connection.exec_driver_sql("SELECT min(seq) FROM change_queue").scalar()
        pruned = kept is not None and kept > self.known_seq
        assert not self.known_seq or pruned or found == self.known_id, (
            f"{self}: event {self.known_seq} was committed as {self.known_id} and is now {found}"
        )
        self.note()

    def note(self) -> None:
        """Write down what the queue holds since the last time."""
        assert self.data is not None
        with self.data.till.read() as connection:
            rows = connection.exec_driver_sql(_FACTS, (self.known_seq + 1,)).all()
        for seq, event_id, kind, version, payload in rows:
            assert seq == self.known_seq + 1, f"{self}: event {seq} follows {self.known_seq}"
            self.sim.ledger.note(Fact(self.name, seq, event_id, kind, version, payload))
            self.known_seq, self.known_id = seq, event_id

    def session(self, manager: bool = False) -> Session:
        code = manager_of(self.name) if manager else cashier_of(self.name)
        if code not in self._sessions:
            self._sessions[code] = self.services.staff.sign_in(code, pin_of(code))
        return self._sessions[code]

    def stop(self) -> None:
        """The process ends, however it comes to that."""
        data, self.data = self.data, None
        self.fuse = None
        if data is not None:
            data.close()

    def sync(self) -> SyncOutcome:
        """One round of its network lane."""
        self.open()
        self.syncing = True
        try:
            return self.engine.sync_once()
        finally:
            self.syncing = False

    # Disasters -------------------------------------------------------------------------------------------------

    def back_up(self, target: Path) -> None:
        """Copy the folder as somebody copies it while the program is closed."""
        self.open()
        self.stop()
        shutil.copytree(self.folder, target)
        self.backups.append(Backup(target, self.known_seq, self.known_id))

    def restore(self, backup: Backup, names: Callable[[str], bool]) -> None:
        """Put files of an earlier copy in the place of today's: those for whose name ``names`` says so."""
        self.stop()
        for file in sorted(self.folder.iterdir()):
            if names(file.name) and file.is_file():
                file.unlink()
        for file in sorted(backup.folder.iterdir()):
            if names(file.name) and file.is_file():
                shutil.copy2(file, self.folder / file.name)
        self.known_seq, self.known_id = backup.known_seq, backup.known_id

    def copy(self, name: str, folder: Path) -> SimTill:
        """A second installation with the same files."""
        self.open()
        self.stop()
        shutil.copytree(self.folder, folder)
        twin = SimTill(self.sim, name, folder, WrongClock(self.clock.world, timedelta(0)), revoked=self.revoked)
        twin.known_seq, twin.known_id = self.known_seq, self.known_id
        return twin


def own_rows(till: SimTill, sql: str, *params: Any) -> list[Any]:
    """Rows of the till's own file."""
    data = till.open()
    with data.till.read() as connection:
        return list(connection.exec_driver_sql(sql, params).all())
