"""A till in this process: its real folder, use cases and sync engine; it can die, be restored, and be copied."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member import wording
from pos_member.app.template_tools import PaperTemplateTools
from pos_member.db.folder import DataFolder
from pos_member.db.signatures import TillSignatures
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.ids import IdMaker
from pos_member.domain.permission import Session
from pos_member.services.till import TillContext, TillServices
from pos_member.sync.ahead import InTurn
from pos_member.sync.engine import SyncEngine
from pos_member.sync.news import News
from pos_member.sync.online_desk import OnlineDesk
from pos_member.sync.round_figures import SyncOutcome
from pos_member.sync.watching import Watcher
from tests.factories import QuickHasher
from tests.simulation.clocks import WrongClock
from tests.simulation.ledger import Fact
from tests.simulation.line import SimLine, transport
from tests.simulation.template import cashier_of, manager_of, open_folder, pin_of, shop_settings, state_of

if TYPE_CHECKING:
    from tests.simulation.world import Simulation

GOODS = ("espresso", "latte", "tea", "beans", "mug", "cookie", "cake")
_HASHER = QuickHasher()
_FACTS = "SELECT seq, event_id, kind, version, payload FROM change_queue WHERE seq >= ? ORDER BY seq"


#: The time of a question at the counter is the machine's, which is no part of a run.
_ENDLESS_S = 3600.0


def _hold() -> timedelta:
    return timedelta(minutes=shop_settings().rights.bill_minutes)


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


class Restore(Enum):
    """What somebody copied back, or what a machine was set back to."""

    FACTS = "till.db alone"
    DATABASES = "both databases"
    FOLDER = "the folder"
    EVERYTHING = "the whole disk"

    def takes(self, name: str) -> bool:
        """Whether a file of the folder comes back with it."""
        if self is Restore.FACTS:
            return name.startswith("till.db")
        if self is Restore.DATABASES:
            return name.startswith(("till.db", "replica.db"))
        return name != "in-use.lock"


@dataclass
class Backup:
    """A copy of a till's folder and of its user's state, and the ids of all events that the till held then."""

    folder: Path
    history: list[str]


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
    #: Points until its process dies; ``None``: it does not. Counted are those whose name begins with ``fuse_at``.
    fuse: int | None = None
    fuse_at: str = ""
    revoked: bool = False
    #: Its replica was lost, and the catalogue has not come again.
    bare: bool = False
    syncing: bool = False
    #: Requests that went out, but for those by which a cashier asks head office, as ``asks`` tells.
    spoken: int = 0
    asks: bool = False
    #: An earlier copy of it was put back once: one of its databases may be taken for another's.
    set_back: bool = False
    backups: list[Backup] = field(default_factory=list)
    data: DataFolder | None = None
    services: TillServices = field(init=False)
    engine: SyncEngine = field(init=False)
    #: Hears of news.
    ear: Watcher = field(init=False)
    #: What a cashier asks head office at once.
    desk: OnlineDesk = field(init=False)
    #: Ids of the events that its database holds or held, by the till's own number, from 1 on.
    history: list[str] = field(default_factory=list)
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
        data = open_folder(self.folder, self.clock)
        self.data = data
        self._sessions = {}
        self.services = services_of(data, self.clock, dice)
        life = self.life
        line = SimLine(
            lambda sent: self.sim.serve_till(self, life, sent),
            lambda sent: self.sim.fault_of(self, sent),
            self.sim.late.append,
        )
        self.engine = SyncEngine(
            data.sync_store, transport(line), self.clock, dice, app_version="sim", intake=data.intake, helper=InTurn
        )
        self.ear = Watcher(data.sync_store, lambda: transport(line), self.clock, wait_s=0)
        self.desk = OnlineDesk(data.sync_store, self.clock, _hold, transport(line), whole_s=_ENDLESS_S)
        self._same_as_known(data)
        return data

    def _same_as_known(self, data: DataFolder) -> None:
        """What was committed before the end of the last process is there; what came on top is written down."""
        with data.till.read() as connection:
            rows = connection.exec_driver_sql("SELECT seq, event_id FROM change_queue ORDER BY seq").all()
        changed = [seq for seq, event_id in rows if seq <= len(self.history) and self.history[seq - 1] != event_id]
        assert not changed, f"{self}: events {changed} are not those that were committed"
        assert not self.history or (rows and rows[-1][0] >= len(self.history)), f"{self}: committed events are gone"
        self.note()

    def note(self) -> None:
        """Write down what the queue holds since the last time."""
        assert self.data is not None
        with self.data.till.read() as connection:
            rows = connection.exec_driver_sql(_FACTS, (len(self.history) + 1,)).all()
        for seq, event_id, kind, version, payload in rows:
            assert seq == len(self.history) + 1, f"{self}: event {seq} follows {len(self.history)}"
            self.sim.ledger.note(Fact(self.name, seq, event_id, kind, version, payload))
            self.history.append(event_id)

    def kept(self) -> set[str]:
        """Ids of the events that its database still holds."""
        with self.open().till.read() as connection:
            return set(connection.exec_driver_sql("SELECT event_id FROM change_queue").scalars())

    def can_sell(self) -> bool:
        """Whether it has the catalogue: one whose replica is gone waits for it."""
        data = self.open()
        if self.bare:
            goods = all(data.store.catalogue.product(name) is not None for name in GOODS)
            self.bare = not (goods and self._has_shop(data))
        return not self.bare

    @staticmethod
    def _has_shop(data: DataFolder) -> bool:
        try:
            data.store.catalogue.organisation()
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.SHOP_NOT_LOADED:
                raise
            return False
        return True

    def session(self, manager: bool = False) -> Session:
        code = manager_of(self.name) if manager else cashier_of(self.name)
        if code not in self._sessions:
            self._sessions[code] = self.services.staff.sign_in(code, pin_of(code))
        return self._sessions[code]

    def stop(self, *, died: bool = False) -> None:
        """The process ends; one that ``died`` leaves the sidecar as it was."""
        data, self.data = self.data, None
        self.fuse = None
        if data is None:
            return
        if died:
            data.beside.keeper._standing = lambda: None
        data.close()

    def sync(self) -> SyncOutcome:
        """One round of its network lane."""
        self.open()
        self.syncing = True
        try:
            return self.engine.sync_once()
        finally:
            self.syncing = False

    def news(self) -> News | None:
        """What it would hear of now if it waited for news."""
        self.open()
        self.syncing = True
        try:
            return self.ear.news()
        finally:
            self.syncing = False

    def hear(self, news: News) -> SyncOutcome:
        """What its network lane does with news."""
        self.open()
        self.syncing = True
        try:
            return self.engine.hear(news)
        finally:
            self.syncing = False

    # Disasters -------------------------------------------------------------------------------------------------

    def back_up(self, target: Path) -> None:
        """Copy the folder as somebody copies it while the program is closed."""
        self.open()
        self.stop()
        shutil.copytree(self.folder, target)
        shutil.copytree(state_of(self.folder), state_of(target))
        self.backups.append(Backup(target, list(self.history)))

    def restore(self, backup: Backup, how: Restore) -> list[str]:
        """Put files of an earlier copy in the place of today's. Returns ids of events its database holds no more."""
        self.stop()
        for file in sorted(self.folder.iterdir()):
            if file.is_file() and how.takes(file.name):
                file.unlink()
        for file in sorted(backup.folder.iterdir()):
            if file.is_file() and how.takes(file.name):
                shutil.copy2(file, self.folder / file.name)
        self.set_back = True
        self.bare = True  # until it is seen to be there
        if how is Restore.EVERYTHING:
            shutil.rmtree(state_of(self.folder))
            shutil.copytree(state_of(backup.folder), state_of(self.folder))
        # An earlier one may have come back since: then the copy is no beginning of what there is.
        gone, self.history = [each for each in self.history if each not in backup.history], list(backup.history)
        return gone

    def lose_replica(self) -> None:
        """Head office's data is gone: the till begins as a new one, and loads all of it."""
        self.stop()
        for file in sorted(self.folder.glob("replica.db*")):
            file.unlink()
        self.bare = True

    def copy(self, name: str, folder: Path) -> SimTill:
        """A second installation with the same files."""
        self.open()
        self.stop()
        shutil.copytree(self.folder, folder)
        twin = SimTill(self.sim, name, folder, WrongClock(self.clock.world), revoked=self.revoked, bare=self.bare)
        twin.history = list(self.history)
        return twin
