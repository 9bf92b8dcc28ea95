"""A worker of two ends with kill -9 in the midst of something, whatever it holds: the other, or the next, goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pos_member.headoffice import schema
from pos_member.headoffice.daily import LAST_RUN
from pos_member.headoffice.daily import LEASE as DAILY
from pos_member.headoffice.daily import LEASE_LASTS as DAILY_LASTS
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import WORTH_CHANGES, Snapshots, snapshot_folder
from pos_member.headoffice.stamper import LEASE, LEASE_LASTS
from pos_member.headoffice.workers import Supervisor
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport
from tests.db_support import make_folder
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    MEMBERS,
    Till,
    assert_exactly_once,
    database_url,
    make_member,
    new_id,
    rows,
    seed,
)
from tests.headoffice.test_workers import KILLED, supervised
from tests.headoffice.until import until
from tests.headoffice.worker_process import CLOCK_FILE, DIE_AT, GoingClock
from tests.log_watch import ExpectLog

pytestmark = [
    pytest.mark.one_database("several processes need a server behind them", on="postgresql"),
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX"),
]
#: From the death on: the lease runs out, another takes it and does what was left. The rest is for a busy machine.
TAKEN_OVER_S = LEASE_LASTS.total_seconds() + 90
ROUNDS_MAX = 400
#: In the first stage, in the second, and while what they changed is numbered.
UPLOADING = ("inserted", "advanced", "taken", "unit", "settled", "stamping", "numbered", "committed")


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoingClock:
    place = tmp_path / "clock"
    monkeypatch.setenv(CLOCK_FILE, str(place))
    return GoingClock.make(place)


@pytest.fixture
def office(tmp_path: Path, clock: GoingClock) -> Iterator[HeadOffice]:
    made = HeadOffice(open_database(database_url(tmp_path)), clock, new_id)
    seed(made.database)
    yield made
    made.database.close()


def dying_at(folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: str) -> list[Path]:
    """Workers to come die there, once at each; the files that say so."""
    died = folder / "died"
    died.mkdir()
    monkeypatch.setenv(DIE_AT, f"{died}:{' '.join(steps)}")
    return [died / step for step in steps]


def holder(database: Database, name: str) -> str:
    return next((row.holder for row in rows(database, "lease") if row.name == name), "")


def numbers(database: Database) -> list[int]:
    """Of the feed as it is: this process numbers nothing itself."""
    with database.read() as connection:
        return sorted(connection.execute(select(schema.feed.c.publish_no)).scalars())


def nothing_waits(database: Database) -> bool:
    return rows(database, "effect") == [] and rows(database, "outgoing") == []


def test_killed_in_an_upload_or_after_it(
    tmp_path: Path, office: HeadOffice, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    """One death after the other, each at another step; the last one is made good by the other and the next worker."""
    expected_logs(KILLED)
    notes = dying_at(tmp_path, monkeypatch, *UPLOADING)
    with supervised(database_url(tmp_path), 2) as (_, address), ExitStack() as stack:
        tills = []
        for n in range(2):
            data = stack.enter_context(make_folder(tmp_path, CLOCK, f"till{n}"))
            with closing(HttpTransport(address)) as line:
                code = office.enrol_code(BRANCHES[n].code)
                tills.append(Till(data, enrol(address, code, data.sync_store, transport=line)))
        for _ in range(ROUNDS_MAX):
            for till in tills:
                till.ring(member=MEMBERS[0], points=3)
                with closing(HttpTransport(address)) as line:
                    till.engine(line).sync_once()
            if all(note.exists() for note in notes):
                break
        assert [note.name for note in notes if not note.exists()] == [], "nobody came there"
        until(lambda: all(_calm(till, address) for till in tills))
        until(lambda: nothing_waits(office.database))
        assert time.time() - max(note.stat().st_mtime for note in notes) < TAKEN_OVER_S
        assert numbers(office.database) == list(range(1, len(numbers(office.database)) + 1))
        assert holder(office.database, LEASE) != ""
        assert_exactly_once(office.database, tills)


def _calm(till: Till, address: str) -> bool:
    with closing(HttpTransport(address)) as line:
        return till.engine(line).sync_once().reason is None and not till.folder.sync_store.queue_status().waiting


def test_killed_with_the_stampers_lease(tmp_path: Path, office: HeadOffice, expected_logs: ExpectLog) -> None:
    """Whoever has it: both are killed. The next takes it when it ran out, and what waited has its number."""
    expected_logs(KILLED)
    database = office.database
    with supervised(database_url(tmp_path), 2) as (supervisor, _):
        until(lambda: holder(database, LEASE) != "")
        before = holder(database, LEASE)
        _kill_all(supervisor)
        died = time.monotonic()
        told = len(numbers(database))
        with database.write() as connection:
            import_members(connection, [MemberImport(make_member(n)) for n in range(50, 60)], office.clock.now())
        # Where the lease ran out anybody may number, by the lock on its row; the name of who does stands there later.
        until(lambda: holder(database, LEASE) not in ("", before))
        until(lambda: len(numbers(database)) >= told + 10 and rows(database, "outgoing") == [])
        took = time.monotonic() - died
        assert took < TAKEN_OVER_S, f"{took:.1f} s"


def test_killed_in_the_daily_work(
    tmp_path: Path, office: HeadOffice, clock: GoingClock, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    expected_logs(KILLED)
    [note], database = dying_at(tmp_path, monkeypatch, "daily"), office.database
    with supervised(database_url(tmp_path), 2) as (supervisor, _):
        until(note.exists)
        dead = holder(database, DAILY)
        assert dead and not _done(database)
        until(lambda: len(supervisor.pids) == 2)
        assert holder(database, DAILY) == dead, "nobody does it beside one that may still be at it"
        # The lease runs out; a worker looks now and then, and when it starts.
        (tmp_path / "clock").write_text(str((DAILY_LASTS + timedelta(seconds=1)).total_seconds()))
        _kill_all(supervisor)
        until(lambda: _done(database))
        until(lambda: holder(database, DAILY) == "")


def test_killed_while_it_builds_a_snapshot(
    tmp_path: Path, office: HeadOffice, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    expected_logs(KILLED)
    database, url = office.database, database_url(tmp_path)
    [note] = dying_at(tmp_path, monkeypatch, "snapshot")
    with database.write() as connection:
        imports = [MemberImport(make_member(n)) for n in range(100, 100 + WORTH_CHANGES)]
        import_members(connection, imports, office.clock.now())
    office.stamp()
    snapshots = Snapshots(database, snapshot_folder(url), office.clock, new_id)
    with supervised(url, 2):
        until(note.exists)
        # The next worker builds it when it starts, whatever the dead one left in the folder and of its lock.
        until(lambda: snapshots.newest() is not None)
        made = snapshots.newest()
        assert made is not None and made.cursor == office.horizon()
        assert made.members == len(MEMBERS) + WORTH_CHANGES
    # Nothing half built is kept.
    assert {each.name for each in snapshot_folder(url).iterdir() if each.is_dir()} == {made.id}


def _done(database: Database) -> bool:
    return any(row.name == LAST_RUN for row in rows(database, "setting"))


def _kill_all(supervisor: Supervisor) -> None:
    for pid in supervisor.pids:
        os.kill(pid, signal.SIGKILL)
