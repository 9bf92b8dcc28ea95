"""A replica of an earlier build: carried over with the line down, the till sells from it at once.

Both were written by builds of their version. ``old/version-1/replica.db``: the test shop with its programs, one member
with an account, one coupon. ``old/replica/version-2``: the same and more of the member's figures, with
the ``till.db`` of two bills: the first acknowledged and in those figures, the second waiting.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from pos_member.db import at_hello
from pos_member.db.engine import Database
from pos_member.db.folder import REPLICA_FILE, DataFolder
from pos_member.db.keys import load_keys
from pos_member.db.replica import open_replica
from pos_member.db.replica_schema import REPLICA_VERSION
from pos_member.domain.coupon import CouponState
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.tiers import MonthSum
from pos_member.services.sync_ports import FeedAccount, FeedBucket
from tests.db_support import NOW, SetClock, change, no_keystore
from tests.factories import QuickHasher, World, make_things
from tests.log_watch import ExpectLog

OLD = Path(__file__).parent / "old"
FOLDERS = {1: OLD / "version-1", 2: OLD / "replica" / "version-2"}
MEMBER, COUPON = "old-member", "OLDCODE1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copy_of(1, tmp_path)


def copy_of(version: int, tmp_path: Path) -> Path:
    shutil.copytree(FOLDERS[version], tmp_path / "data")
    return tmp_path / "data"


def key_of(data: Path) -> bytes:
    return load_keys(data, must_exist=True, find_keystore=no_keystore).database


@pytest.fixture
def key(data: Path) -> bytes:
    return key_of(data)


@pytest.fixture
def world(data: Path) -> Iterator[World]:
    """The old folder opened by this build; nothing has come down since."""
    with opened(data) as made:
        yield made


@contextmanager
def opened(data: Path) -> Iterator[World]:
    clock, hasher = SetClock(NOW + timedelta(days=2)), QuickHasher()
    with DataFolder(data, clock, find_keystore=no_keystore) as folder:
        yield World(folder, clock, hasher, seed=11)


def described(connection: Connection) -> dict[str, Any]:
    """Every table with its columns (name, type, not null, default, place in the key), and every index."""
    names = connection.exec_driver_sql("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2").all()
    found: dict[str, Any] = {"names": [tuple(row) for row in names]}
    for kind, name, _ in names:
        info = "table_info" if kind == "table" else "index_xinfo"
        found[name] = [tuple(row) for row in connection.exec_driver_sql(f'PRAGMA {info}("{name}")')]
    found["kinds"] = sorted(tuple(row) for row in connection.exec_driver_sql("PRAGMA table_list"))
    return found


def version_of(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def test_the_kept_file_is_of_the_first_version(data: Path, key: bytes) -> None:
    database = Database(data / REPLICA_FILE, key)
    with database.read() as connection:
        columns = {row[1] for table in ("account", "member", "coupon") for row in described(connection)[table]}
    assert version_of(database) == 1
    assert not columns & {"more", "segments", "referred_by", "program_id", "uses"}
    database.close()


def test_every_version_is_kept() -> None:
    assert set(FOLDERS) == set(range(1, REPLICA_VERSION))


@pytest.mark.parametrize("version", FOLDERS)
def test_tables_are_those_of_a_new_replica(tmp_path: Path, version: int) -> None:
    data = copy_of(version, tmp_path)
    key = key_of(data)
    old = Database(data / REPLICA_FILE, key)
    assert version_of(old) == version
    old.close()
    carried, new = open_replica(data / REPLICA_FILE, key), open_replica(tmp_path / "new.db", key)
    with carried.read() as one, new.read() as other:
        assert described(one) == described(other)
        assert any(row[1] == "more" and row[4] == "''" for row in described(one)["account"]), "defaults are compared"
    assert version_of(carried) == version_of(new) == REPLICA_VERSION
    carried.require_sound()
    carried.close()
    new.close()
    assert not (data / "replica.set-aside.db").exists()


def test_everything_is_there_and_a_bill_can_be_made_with_the_line_down(world: World) -> None:
    store = world.store
    things = [change(thing) for thing in make_things(QuickHasher())]
    of = {entity: {each.id for each in things if each.entity == entity} for entity in {each.entity for each in things}}
    assert {program.id for program in store.catalogue.programs()} == of["program"] != set()
    assert {found.id for found in store.catalogue.definitions()} == of["coupon_definition"]
    assert {found.id for found in store.catalogue.products(limit=1_000)} == of["product"]
    member = store.members.by_phone("+66899999999")
    assert member is not None and (member.id, member.segments, member.referred_by) == (MEMBER, (), None)
    assert [hit.member.id for hit in store.members.search("มานี")] == [MEMBER]
    account = store.members.account(MEMBER)
    assert (account.balance, account.qualifying, account.visits, account.owed) == (250, 250, 3, 4)
    assert (account.months, account.counts, account.wallets) == ({}, {}, {})
    coupon = store.coupons.by_code(COUPON)
    assert coupon is not None and (coupon.state, coupon.program_id, coupon.uses) == (CouponState.ISSUED, "", 0)
    assert world.folder.sync_store.cursor() == 1, "changes go on from where they were"
    assert world.folder.sync_store.reached()[1]
    done = world.sell({"giftbox": 2}, member)
    assert done.bill.points_earned > 0
    after = store.members.account(MEMBER)
    assert after.visits == 4 and after.own_points_since != 0
    assert world.till.verify.run().ok


def test_of_the_second_version_nothing_is_asked_for_and_what_waits_counts_once(tmp_path: Path) -> None:
    """The rows include what the mark says, as they did; only what came after it is added."""
    day = date(2026, 11, 21)
    with opened(copy_of(2, tmp_path)) as world:
        store, sync = world.store, world.folder.sync_store
        assert not sync.reached()[1]
        assert (sync.cursor(), sync.mark().included_seq, sync.mark().feed_mark) == (3, 2, "")
        assert (sync.acked_seq(), sync.queue_status().waiting) == (2, 1)
        member = store.members.by_phone("+66899999999")
        assert member is not None and (member.segments, member.referred_by) == (("staff",), "friend")
        account = store.members.account(MEMBER)
        assert account.buckets == {date(2027, 12, 31): 250, date(2028, 12, 31): 20 + 16}
        assert (account.own_points_since, account.qualifying, account.owed) == (16, 286, 0)
        assert (account.visits, account.last_visit, account.counts) == (5, day, {"total|x|": 2})
        assert account.months == {"2026-11": MonthSum(290, 2_602_000, 5)}
        coupon = store.coupons.by_code(COUPON)
        assert coupon is not None and (coupon.state, coupon.uses) == (CouponState.ISSUED, 1)
        assert coupon.program_id in {program.id for program in store.catalogue.programs()}
        assert world.till.verify.run().ok
        earned = world.sell({"giftbox": 2}, member).bill.points_earned
        assert earned > 0 and store.members.account(MEMBER).balance == 286 + earned
        # Head office says what it has, and that it has the second bill too: that one is not added any more.
        lots = (FeedBucket("2027-12-31", 250), FeedBucket("2028-12-31", 36))
        sync.apply_changes([change(FeedAccount(MEMBER, lots, 286, 5))], 4, 3, NOW, "named")
        assert store.members.account(MEMBER).balance == 286 + earned
        assert sync.mark().feed_mark == "named"


def test_it_is_carried_over_once(data: Path, key: bytes) -> None:
    for _ in range(2):
        database = open_replica(data / REPLICA_FILE, key)
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM account").scalar() == 1
            assert at_hello.read_reached(connection).asks_for_load
        database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
@pytest.mark.parametrize(
    ("version", "statement"),
    [
        *((1, each) for each in ("COLUMN segments", "COLUMN uses", "INTO item", "COLUMN feed_mark", "user_version =")),
        *((2, each) for each in ("COLUMN feed_mark", "coupon ADD COLUMN included_seq", "user_version =")),
    ],
)
def test_killed_in_the_middle_leaves_the_old_one_whole(tmp_path: Path, version: int, statement: str) -> None:
    data = copy_of(version, tmp_path)
    key = key_of(data)
    script = (
        "import os, signal; from pathlib import Path; from sqlalchemy import Engine, event\n"
        "from pos_member.db.replica import open_replica\n"
        "@event.listens_for(Engine, 'after_cursor_execute')\n"
        "def die(connection, cursor, sql, *more):\n"
        f"    if {statement!r} in sql: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"open_replica(Path({str(data / REPLICA_FILE)!r}), bytes.fromhex({key.hex()!r}))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -signal.SIGKILL
    database = Database(data / REPLICA_FILE, key)
    assert version_of(database) == version
    database.require_sound()
    with database.read() as connection:
        columns = {row[1] for row in described(connection)["account"]}
        assert "included_seq" not in columns and ("more" in columns) == (version > 1)
    database.close()
    database = open_replica(data / REPLICA_FILE, key)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT member_id FROM account").scalars().all() == [MEMBER]
    database.close()


@pytest.mark.parametrize("version", [0, REPLICA_VERSION + 1])
def test_versions_this_build_does_not_know_are_set_aside(
    data: Path, key: bytes, version: int, expected_logs: ExpectLog
) -> None:
    database = Database(data / REPLICA_FILE, key)
    with database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    database.close()
    expected_logs("moved aside")
    assert_new(open_replica(data / REPLICA_FILE, key))


def test_a_file_that_only_says_it_is_of_that_version_is_set_aside(
    data: Path, key: bytes, expected_logs: ExpectLog
) -> None:
    database = Database(data / REPLICA_FILE, key)
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE coupon")
    database.close()
    expected_logs("is not")
    expected_logs("moved aside")
    assert_new(open_replica(data / REPLICA_FILE, key))


def test_a_full_disk_is_told_and_sets_nothing_aside(data: Path, key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Database, "write", lambda self: (_ for _ in ()).throw(EnvironmentProblem(Reason.DISK_FULL, path="x"))
    )
    with pytest.raises(EnvironmentProblem) as told:
        open_replica(data / REPLICA_FILE, key)
    assert told.value.reason is Reason.DISK_FULL
    monkeypatch.undo()
    database = Database(data / REPLICA_FILE, key)
    assert version_of(database) == 1
    database.close()


def assert_new(database: Database) -> None:
    assert version_of(database) == REPLICA_VERSION
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM product").scalar() == 0
        assert not at_hello.read_reached(connection).asks_for_load
    database.close()
