"""Exactly once: whatever the line, either process or the order of things does."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from pos_member.domain.errors import Reason
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.steps import INTAKE, STEPS
from pos_member.sync.transport import HttpTransport
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    MEMBERS,
    Till,
    assert_exactly_once,
    database_url,
    enrolled_till,
    open_office,
    rows,
    running_office,
)
from tests.headoffice.offices import open_seeded
from tests.headoffice.until import WITHIN_S
from tests.log_watch import ExpectLog
from tests.sync.hostile_proxy import FAULTS, HostileProxy
from tests.sync.office_process import office_process

FAULTS_WANTED = 220


def test_a_hostile_line_neither_loses_nor_doubles(tmp_path: Path) -> None:
    chosen = 1
    source = random.Random(chosen)
    with (
        running_office(tmp_path) as server,
        enrolled_till(server, tmp_path, "one") as one,
        enrolled_till(server, tmp_path, "two", BRANCHES[1]) as two,
        HostileProxy(server.url, seed=chosen, rate=0.45) as line,
    ):
        lines = [HttpTransport(line.url, timeouts_s=(60, 60)) for _ in (one, two)]
        engines = [till.engine(wire) for till, wire in zip((one, two), lines, strict=True)]
        outcomes = []
        while line.faults < FAULTS_WANTED:
            for till, engine in zip((one, two), engines, strict=True):
                for _ in range(source.randrange(3)):
                    till.ring(member=source.choice(MEMBERS), points=source.randrange(50), redeem=source.randrange(5))
                outcomes.append(engine.sync_once())
        line.rate = 0.0
        final = [engine.sync_once() for engine in engines for _ in range(2)]
        for wire in lines:
            wire.close()
        assert [outcome.reason for outcome in final] == [None] * 4
        assert all(line.met[fault] for fault in FAULTS)
        assert {outcome.reason for outcome in outcomes} >= {Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS, None}
        assert sum(outcome.duplicate for outcome in outcomes) > 0  # answers were lost, and told again
        database = server.app.state.office.database
        assert_exactly_once(database, [one, two])
        entries = [entry for till in (one, two) for bill in till.rung for entry in bill.point_entries]
        for till in (one, two):
            assert till.folder.sync_store.mark().included_seq == len(till.rung)
            for member in MEMBERS:
                account = till.folder.store.members.account(member.id)
                assert account.balance == sum(e.points for e in entries if e.member_id == member.id)
                assert account.own_points_since == 0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
def test_kill_9_in_the_middle_of_a_push(tmp_path: Path) -> None:
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        pass_on = till.folder.sync_store.link()
        assert pass_on is not None
        till_path = till.folder.path
        identity = till.identity
    with make_folder(tmp_path, name=till_path.name) as data:
        till = Till(data, identity)
        for step in ("inserted", "applied", "advanced", "committed"):
            for _ in range(7):
                till.ring(member=MEMBERS[0], points=3)
            with office_process(tmp_path, f"{step}:1") as (process, url):
                wire = HttpTransport(url)
                outcome = till.engine(wire).sync_once()
                wire.close()
                assert outcome.reason is Reason.LINE_DOWN
                assert process.wait(60) == -signal.SIGKILL
            assert data.sync_store.queue_status().waiting >= 7
        with office_process(tmp_path) as (_, url):
            wire = HttpTransport(url)
            outcome = till.engine(wire).sync_once()
            wire.close()
        assert outcome.reason is None
        assert (
            outcome.duplicate == 28
        )  # the last kill came after the commit: all of it was held, the till could not know
        database = open_database(database_url(tmp_path))
        assert_exactly_once(database, [till])
        database.close()


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_all_or_nothing(tmp_path: Path, step: str) -> None:
    def die(name: str) -> None:
        if name == step:
            raise Crash

    office = open_seeded(tmp_path)
    line = DirectLine(office)
    with line.enrolled(tmp_path) as till:
        for _ in range(5):
            till.ring(member=MEMBERS[0], points=2)
        office.stamp()  # what was written before the upload has its numbers: only the upload passes these steps
        doomed = open_office(tmp_path, die)
        with pytest.raises(Crash):
            till.engine(DirectLine(doomed)).sync_once()
        doomed.database.close()
        held = len(rows(office.database, "bill"))
        assert held == (0 if step in INTAKE else 5)
        assert len(rows(office.database, "event")) == held
        assert till.folder.sync_store.acked_seq() == 0
        outcome = till.engine(line).sync_once()
        assert (outcome.applied, outcome.duplicate) == ((0, 5) if held else (5, 0))
        assert_exactly_once(office.database, [till])
    office.database.close()


@pytest.mark.one_database("a backup of SQLite's file is put back")
def test_a_restored_head_office_is_filled_again(tmp_path: Path, expected_logs: ExpectLog) -> None:
    """An older copy of head office's file: the till sends again what was acknowledged since."""
    expected_logs("none of head office.s feed")
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        database = server.app.state.office.database
        wire = HttpTransport(server.url)
        engine = till.engine(wire)
        till.ring(member=MEMBERS[0], points=3)
        assert engine.sync_once().applied == 1
        backup = tmp_path / "backup.db"
        raw = database.engine.raw_connection()
        raw.driver_connection.execute(f"VACUUM INTO '{backup}'")
        raw.close()
        for _ in range(4):
            till.ring(member=MEMBERS[1], points=5)
        assert engine.sync_once().applied == 4
        wire.close()
    for name in ("office.db", "office.db-wal", "office.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    backup.rename(tmp_path / "office.db")
    server = RunningHeadOffice(HeadOfficeSettings(database_url(tmp_path), clock=CLOCK))
    server.start(WITHIN_S)
    try:
        with make_folder(tmp_path, name="one") as data:
            again = Till(data, till.identity, till.rung)
            wire = HttpTransport(server.url)
            outcome = again.engine(wire).sync_once()
            wire.close()
            assert (outcome.reason, outcome.applied) == (None, 4)
            assert_exactly_once(server.app.state.office.database, [again])
            assert data.store.members.account(MEMBERS[1].id).balance == 20
    finally:
        server.stop()
