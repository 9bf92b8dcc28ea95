"""The shop every run starts from, made once per process: head office's file and the folders of enrolled tills."""

from __future__ import annotations

import atexit
import random
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from pos_member.db.folder import DataFolder
from pos_member.domain.clock import Clock
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Role, Settings, Staff, TillIdentity
from pos_member.headoffice import database as office_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from tests.db_support import NOW, SetClock, copy_template, no_keystore
from tests.factories import BRANCHES, PINS, QuickHasher, make_settings, make_things
from tests.simulation.clocks import World, WrongClock
from tests.simulation.crashing import Points, watching
from tests.simulation.line import URL, SimLine, transport
from tests.simulation.office import Worker

TILLS = ("A1", "A2", "B1")
BRANCH_OF = {"A1": BRANCHES[0], "A2": BRANCHES[0], "B1": BRANCHES[1]}
#: At the second branch there is a manager, too.
MORE_PINS = {"2004": "299792"}
MEMBERS = 4
#: What members bring along: two lots, so that what is drawn first matters.
LOTS = {date(2026, 12, 31): 150, date(2027, 12, 31): 350}


@dataclass(frozen=True)
class Template:
    """Where the files are, and who is in them."""

    folder: Path
    identities: dict[str, TillIdentity]
    members: tuple[Member, ...]

    def fresh(self) -> Path:
        """The shop anew, where it was made; what an earlier run left there is gone."""
        run = self.folder.with_name("run")
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(self.folder, run)
        return run


def cashier_of(till: str) -> str:
    return "1001" if till.startswith("A") else "2001"


def manager_of(till: str) -> str:
    return "1004" if till.startswith("A") else "2004"


def pin_of(code: str) -> str:
    return (PINS | MORE_PINS)[code]


def shop_settings() -> Settings:
    return make_settings()


def place_for_files() -> str | None:
    """In memory where the machine has such a place: a run writes a thousand files and keeps none."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def template() -> Template:
    """The shop that runs of this process start from, made at the first call."""
    base = Path(tempfile.mkdtemp(prefix="pos-member-sim-", dir=place_for_files()))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    # Made where the runs take place: a till whose folder lies elsewhere than before takes itself for a copy.
    made = make_shop(base / "run")
    (base / "run").rename(base / "template")
    return replace(made, folder=base / "template")


def make_shop(folder: Path) -> Template:
    """A shop in ``folder``: head office's file in ``office``, each till's folder by its name, and their states."""
    with watching(Points()):
        return _made(folder)


def _made(folder: Path) -> Template:
    (folder / "office").mkdir(parents=True)
    clock = SetClock(NOW)
    source = random.Random("template")
    new_id = IdMaker(clock, source.getrandbits)
    members = tuple(_member(n, new_id()) for n in range(MEMBERS))
    hasher = QuickHasher()
    manager = Staff("staff-2004", "2004", "คนที่ 2004", "Person 2004", Role.MANAGER, "branch-2", hasher.hash("299792"))
    # Codes of coupons are made of it.
    drawn = SimpleNamespace(token_hex=lambda count: source.randbytes(count).hex())
    with (
        patch.object(office_database, "SystemClock", lambda: clock),
        patch.object(office_database, "secrets", drawn),
    ):
        worker = Worker(folder / "office", WrongClock(World(NOW)), "template", "template", lambda _who, _step: None)
    with worker.office.database.write() as connection:
        import_catalogue(connection, (*make_things(hasher, shop_settings()), manager))  # type: ignore[arg-type]
        import_members(connection, [MemberImport(member, buckets=LOTS) for member in members], NOW)
    identities = {name: _enrolled(folder, name, worker, clock) for name in TILLS}
    worker.background()
    worker.close()
    return Template(folder, identities, members)


def state_of(folder: Path) -> Path:
    """Where the till whose data lie in ``folder`` keeps what its user keeps besides."""
    return folder.with_name(f"state of {folder.name}")


def open_folder(folder: Path, clock: Clock) -> DataFolder:
    """A till's folder, as the program opens it; its sidecar is written when it sends and when it ends."""
    return DataFolder(folder, clock, find_keystore=no_keystore, state=state_of(folder), sidecar_lag_s=None)


def _member(n: int, member_id: str) -> Member:
    return Member(
        id=member_id,
        number=f"29{n:011d}",
        phone=f"+6681{n:07d}",
        first_name="สมหญิง",
        last_name=f"ที่ {n}",
        birthday=None,
        status=MemberStatus.ACTIVE,
        tier="",
        home_branch_id=BRANCHES[n % 2].id,
        enrolled_till_id="head-office",
        enrolled_at=NOW,
    )


def _enrolled(shop: Path, name: str, worker: Worker, clock: SetClock) -> TillIdentity:
    """A folder whose till has read everything there is."""
    copy_template(shop / name)
    line = transport(
        SimLine(
            lambda sent: worker.serve(sent.method, sent.url, sent.headers, sent.body),
            lambda _sent: "",
            lambda _sent: None,
        )
    )
    with open_folder(shop / name, clock) as data:
        identity = enrol(URL, worker.office.enrol_code(BRANCH_OF[name].code), data.sync_store, transport=line)
        for _ in range(2):
            outcome = SyncEngine(data.sync_store, line, clock, random.Random(name), app_version="sim").sync_once()
            assert outcome.reason is None, outcome
    line.close()
    return identity
