"""Head office dies while a till loads a snapshot: what came is kept, and the next head office goes on with it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pos_member.domain.errors import Reason
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync import loading
from pos_member.sync.engine import SyncEngine
from pos_member.sync.transport import Answer, HttpTransport
from tests.db_support import make_folder
from tests.headoffice.office_support import CLOCK, LOT, MEMBERS, Till, enrolled_till, make_member, running_office
from tests.sync.office_process import office_process

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
MANY = 40


class Noting(HttpTransport):
    """Notes what was answered."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answered: list[str] = []

    def exchange(self, method: str, path: str, **more: object) -> Answer:
        answer = super().exchange(method, path, **more)  # type: ignore[arg-type]
        if answer.status == 200:
            self.answered.append(path)
        return answer

    def parts(self, of: SnapshotManifest) -> list[int]:
        return [int(path.rsplit("/", 1)[1]) for path in self.answered if f"/v1/snapshot/{of.id}/" in path]


def members(server: RunningHeadOffice, first: int, count: int) -> None:
    office = server.app.state.office
    with office.database.write() as connection:
        imports = [MemberImport(make_member(n), buckets={LOT: 3}) for n in range(first, first + count)]
        import_members(connection, imports, CLOCK.now())
    office.stamp()


def known(till: Till) -> int:
    with till.folder.replica.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one())


@pytest.mark.parametrize(("die_at", "came"), [("part:1", 0), ("part:3", 2), ("own:1", None)])
def test_it_goes_on_where_a_killed_head_office_left_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, die_at: str, came: int | None
) -> None:
    monkeypatch.setattr(loading, "_WORTH", 5)
    monkeypatch.setattr("pos_member.headoffice.snapshot_build.PART_PLAIN_BYTES", 4 * 4_096)
    with running_office(tmp_path) as server:
        members(server, 100, MANY)
        snapshots: Snapshots = server.app.state.snapshots
        made = snapshots.make()
        assert made is not None and len(made.parts) > 3
        members(server, 900, 2)
        with enrolled_till(server, tmp_path, "one") as enrolled:
            identity = enrolled.identity
    first = len(made.parts) if came is None else came

    def round_of(till: Till, line: Noting) -> Reason | None:
        engine = SyncEngine(
            till.folder.sync_store, line, CLOCK, app_version="test", intake=till.folder.intake, stop=lambda: False
        )
        reason = engine.sync_once().reason
        line.close()
        return reason

    with make_folder(tmp_path, name="one") as data, office_process(tmp_path, die_at) as (process, url):
        till = Till(data, identity)
        line = Noting(url)
        assert round_of(till, line) is Reason.LINE_DOWN
        assert process.wait(60) == -signal.SIGKILL
        assert line.parts(made) == list(range(first))
        assert (known(till), data.sync_store.cursor()) == (0, 0), "all of it or nothing"
        assert data.store.catalogue.branches(), "the catalogue was here before"
        till.ring(member=MEMBERS[0], points=10)
    # The till was started anew too.
    with make_folder(tmp_path, name="one") as data, office_process(tmp_path) as (_, url):
        till = Till(data, identity, till.rung)
        line = Noting(url)
        assert round_of(till, line) is None
        assert line.parts(made) == list(range(first, len(made.parts))), "what came is kept"
        assert known(till) == len(MEMBERS) + MANY + 2
        assert data.sync_store.queue_status().waiting == 0
        account = data.store.members.account(MEMBERS[0].id)
        assert (account.balance, account.own_points_since) == (10, 0)
