"""A head office that answers over HTTP, and two real tills of two branches: what they do offline, and after."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillDraft
from pos_member.domain.coupon import CouponDefinition, OfflinePolicy
from pos_member.domain.org import Settings
from pos_member.domain.rights import SpendingPower
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.online_desk import OnlineDesk
from pos_member.sync.transport import HttpTransport
from tests.db_support import NOW, SetClock, make_folder
from tests.factories import QuickHasher, World, make_things
from tests.headoffice.office_support import make_member, rows
from tests.headoffice.until import WITHIN_S
from tests.office_database import office_url

MEMBER = make_member(1)
#: 100 points take ฿10 off.
REWARD = "01930000-0000-7000-8000-000000000105"


@dataclass
class TillOnHttp:
    """One till: its use cases, its engine, and its way to ask about a bill at once."""

    folder: DataFolder
    world: World
    engine: SyncEngine
    desk: OnlineDesk
    cashier: str

    def sync(self) -> None:
        """One round that must come through."""
        outcome = self.engine.sync_once()
        assert outcome.reason is None, outcome

    def draft(self, goods: Mapping[str, int]) -> BillDraft:
        """A bill of the member, as the counter has it: seen and saved."""
        draft = self.world.draft(goods, MEMBER)
        self.world.till.checkout.preview(draft)
        self.world.till.checkout.save_draft(draft)
        return draft

    def power(self, draft: BillDraft) -> SpendingPower:
        """What the counter shows."""
        power = self.world.till.checkout.preview(draft).power
        assert power is not None
        return power

    def spend(self, draft: BillDraft, times: int) -> Bill:
        """Complete the bill with ``times`` × 100 points. Raises as ``choose_reward``."""
        return self.pay(self.world.till.redemption.choose_reward(draft, REWARD, times))

    def pay(self, draft: BillDraft) -> Bill:
        """Complete the bill with the exact cash."""
        return self.world.pay(draft, code=self.cashier).bill


@dataclass
class Shop:
    """Head office and two tills; ``clock`` is everybody's."""

    url: str
    database: Database
    clock: SetClock
    tills: list[TillOnHttp]
    server: RunningHeadOffice

    def cases(self) -> list[Any]:
        """Open cases, by kind and subject."""
        found = [row for row in rows(self.database, "exception") if row.state == "open"]
        return sorted(found, key=lambda row: (row.kind, row.subject_id))

    def balance(self) -> int:
        """The member's points at head office."""
        moved: int = sum(row.points for row in rows(self.database, "point_entry") if row.member_id == MEMBER.id)
        return 600 + moved


@contextmanager
def shop_over_http(
    folder: Path, settings: Settings, policy: OfflinePolicy = OfflinePolicy.ACCEPT_WITHIN_FLOOR
) -> Iterator[Shop]:
    """Everything up, the member with 600 points known to both tills, nobody touched yet."""
    clock = SetClock(NOW)
    url = office_url(folder / "office.db")
    running = RunningHeadOffice(HeadOfficeSettings(url, clock=clock))
    running.start(WITHIN_S)
    database = open_database(url)
    tills: list[TillOnHttp] = []
    try:
        things = [
            CouponDefinition(**{**vars(each), "offline": policy}) if isinstance(each, CouponDefinition) else each
            for each in make_things(QuickHasher(), settings)
        ]
        with database.write() as connection:
            import_catalogue(connection, things)  # type: ignore[arg-type]
            import_members(connection, [MemberImport(MEMBER, buckets={None: 600})], NOW)
        for seed, (name, branch, cashier) in enumerate((("one", "BK01", "1001"), ("two", "CM02", "2001"))):
            data = make_folder(folder, clock, name)
            enrol(running.url, running.app.state.office.enrol_code(branch), data.sync_store)
            engine = SyncEngine(data.sync_store, HttpTransport(running.url), clock, random.Random(seed))
            desk = OnlineDesk(data.sync_store, clock, lambda: timedelta(minutes=settings.rights.bill_minutes))
            tills.append(TillOnHttp(data, World(data, clock, QuickHasher(), seed), engine, desk, cashier))
            tills[-1].sync()
        yield Shop(running.url, database, clock, tills, running)
    finally:
        for till in tills:
            till.desk.close()
            till.folder.close()
        database.close()
        running.stop()
