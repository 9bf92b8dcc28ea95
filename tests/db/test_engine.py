"""The file under stress: many writers, a full disk, no right to write, damage, another key, another version."""

from __future__ import annotations

import ctypes
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from pos_member.db.engine import BUSY_TIMEOUT_S, Database, raw_connect, require_sound_sqlite
from pos_member.db.folder import REPLICA_FILE, TILL_FILE, DataFolder
from pos_member.db.schema import TILL_VERSION
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from tests.db.db_values import bill, member
from tests.db_support import SetClock, change, copy_template, make_folder, make_store, no_keystore, put
from tests.log_watch import ExpectLog

KEY = bytes(range(32))
THREADS, WRITES = 8, 25


def table(path: Path) -> Database:
    database = Database(path, KEY)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT) STRICT")
    return database


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("mmap_size", None),
        ("journal_size_limit", 64 * 1024 * 1024),
        ("temp_store", 2),
        ("busy_timeout", 10_000),
    ],
)
def test_every_connection_has_the_pragmas(tmp_path: Path, pragma: str, value: object) -> None:
    database = Database(tmp_path / "a.db", KEY)
    with database.read() as connection:
        found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
    # SQLCipher answers nothing for mmap_size: it never maps a file.
    assert found in (value, 0 if value is None else value)
    database.close()


def test_writers_never_meet_a_locked_database(tmp_path: Path) -> None:
    """Each thread opens the file for itself, so that only SQLite's own locking is between them."""
    table(tmp_path / "a.db").close()
    start = threading.Barrier(THREADS)

    def work(_: int) -> int:
        database = Database(tmp_path / "a.db", KEY)
        start.wait()
        for _ in range(WRITES):
            with database.write() as connection:
                count = connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one()
                connection.exec_driver_sql("INSERT INTO t VALUES (?, 'x')", (count,))
        database.close()
        return WRITES

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == THREADS * WRITES
    database = Database(tmp_path / "a.db", KEY)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == THREADS * WRITES
    database.close()


def test_control_a_deferred_begin_does_meet_a_locked_database(tmp_path: Path) -> None:
    """What the test above would see if units of work began with a plain BEGIN."""
    table(tmp_path / "a.db").close()
    one, two = raw_connect(tmp_path / "a.db", KEY), raw_connect(tmp_path / "a.db", KEY)
    for connection in (one, two):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM t").fetchall()
    one.execute("INSERT INTO t VALUES (1, 'x')")
    one.execute("COMMIT")
    with pytest.raises(dbapi2.OperationalError, match="locked"):
        two.execute("INSERT INTO t VALUES (2, 'x')")
    one.close()
    two.close()


@contextmanager
def file_without_wal_and_a_writer(path: Path) -> Iterator[Any]:
    """A file as an exchange leaves it, in which somebody holds SQLite's write lock: as one who changes it to WAL."""
    with closing(raw_connect(path, KEY)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def test_who_opens_a_file_that_another_changes_to_wal_waits(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool, file_without_wal_and_a_writer(tmp_path / "a.db") as other:
        opening = [pool.submit(raw_connect, tmp_path / "a.db", KEY) for _ in range(3)]
        assert not wait(opening, timeout=0.3).done
        other.execute("COMMIT")
        for each in opening:
            with closing(each.result(BUSY_TIMEOUT_S)) as connection:
                assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_who_waits_for_wal_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_without_wal_and_a_writer(tmp_path / "a.db"):
        monkeypatch.setattr("pos_member.db.engine.BUSY_TIMEOUT_S", 0.05)
        database = Database(tmp_path / "a.db", KEY)
        with pytest.raises(EnvironmentProblem) as told, database.read():
            pass
        assert told.value.reason is Reason.DATABASE_BUSY


def test_one_store_serves_many_threads(tmp_path: Path) -> None:
    with make_store(tmp_path) as folder:
        store = folder.store

        def work(thread: int) -> None:
            for n in range(5):
                with store.transaction() as tx:
                    made = bill(thread * 100 + n + 1, member_id=None)
                    assert tx.facts.bill(made.id) is None
                    tx.next_counter("bill")
                    tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, range(THREADS)))
        assert store.facts.queue_status().head_seq == THREADS * 5
        with store.transaction() as tx:
            assert tx.next_counter("bill") == THREADS * 5 + 1


def test_full_disk_is_said_undone_and_got_over(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("the disk is full: the ballast was given up")
    with make_store(tmp_path) as folder:
        assert folder.ballast.keep(free=lambda _: 10**12)
        with folder.till.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

            # As a full disk looks to SQLite: a few pages more and no further, on the connection in the pool.
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(EnvironmentProblem) as told, folder.store.transaction() as tx:
            for n in range(1, 200):
                made = bill(n)
                tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        assert told.value.reason is Reason.DISK_FULL
        assert folder.store.facts.bill("bill-000001") is None
        assert not (folder.path / "ballast.bin").exists()
        with folder.store.transaction() as tx:
            tx.add_bill(bill(1), tx.announce(EventKind.BILL_COMPLETED, "bill-000001", bill(1)))
        assert folder.store.facts.bill("bill-000001") == bill(1)


def test_file_that_must_not_be_written(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    with make_folder(tmp_path) as folder:
        key = folder.keys.database
    database = Database(tmp_path / "data" / TILL_FILE, key, read_only=True)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM bill").scalar() == 0
    with pytest.raises(EnvironmentProblem) as told, database.write() as connection:
        connection.exec_driver_sql("INSERT INTO counter VALUES ('x', 1)")
    assert told.value.reason is Reason.FOLDER_READ_ONLY
    database.close()


@pytest.fixture
def powerless() -> Iterator[None]:
    """For root nothing is read-only: be without the right to override for the length of the test.

    Being somebody else would not do: the sources may lie where only root can read them.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    rights = (ctypes.c_uint32 * 6)()  # twice effective, permitted, inheritable
    assert libc.capget(header, rights) == 0
    had = rights[0]
    rights[0] = had & ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, rights) == 0
    try:
        yield
    finally:
        rights[0] = had
        assert libc.capset(header, rights) == 0


@pytest.mark.skipif(os.name == "nt", reason="rights of folders are another matter there")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_folder_that_may_not_be_written(what: str, powerless: None) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        target = path / "data"
        with DataFolder(target, SetClock(), find_keystore=no_keystore):
            pass
        locked = target if what == "folder" else target / TILL_FILE
        mode = locked.stat().st_mode
        locked.chmod(0o500 if what == "folder" else 0o400)
        try:
            with (
                pytest.raises(EnvironmentProblem) as told,
                DataFolder(target, SetClock(), find_keystore=no_keystore) as folder,
                folder.store.transaction() as tx,
            ):
                tx.next_counter("bill")
        finally:
            locked.chmod(mode)
        assert told.value.reason is Reason.FOLDER_READ_ONLY


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EnvironmentProblem) as told:
        DataFolder(tmp_path / "file" / "data", SetClock(), find_keystore=no_keystore)
    assert told.value.reason is Reason.FOLDER_READ_ONLY


def test_newer_version_is_left_alone(tmp_path: Path) -> None:
    with make_folder(tmp_path) as folder, folder.till.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {TILL_VERSION + 1}")
    before = (tmp_path / "data" / TILL_FILE).read_bytes()
    with pytest.raises(EnvironmentProblem) as told:
        make_folder(tmp_path)
    assert told.value.reason is Reason.DATABASE_NEWER
    assert (tmp_path / "data" / TILL_FILE).read_bytes() == before


def test_damage_is_believed_only_when_it_is_there(tmp_path: Path) -> None:
    with make_store(tmp_path) as folder:
        with folder.store.transaction() as tx:
            for n in range(1, 80):
                made = bill(n)
                tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        path = folder.till.path
    raw = bytearray(path.read_bytes())
    # All pages but the first few, where the schema is: the file opens and reading the bills fails.
    for at in range(4096 * 100, len(raw), 512):
        raw[at] ^= 0xFF
    path.write_bytes(raw)
    with make_folder(tmp_path) as folder:
        with pytest.raises(EnvironmentProblem) as told:
            for n in range(1, 80):
                folder.store.facts.bill(f"bill-{n:06d}")
        assert told.value.reason is Reason.DATABASE_CORRUPT
        assert folder.till.damage()


def test_damage_that_is_gone_after_reopening_is_not_called_damage(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("gone after reopening")
    database = table(tmp_path / "a.db")
    with pytest.raises(EnvironmentProblem) as told, database.read():
        error = dbapi2.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = 11
        raise error
    assert told.value.reason is Reason.DATABASE_BUSY
    assert database.damage() == ()
    database.close()


def test_first_page_damaged(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    path = tmp_path / "data" / TILL_FILE
    raw = bytearray(path.read_bytes())
    raw[64] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(EnvironmentProblem) as told:
        make_folder(tmp_path)
    assert told.value.reason is Reason.DATABASE_CORRUPT
    assert path.read_bytes() == bytes(raw)


@pytest.mark.parametrize("what", ["damaged", "another version", "not a database"])
def test_replica_is_made_anew_instead(tmp_path: Path, what: str, expected_logs: ExpectLog) -> None:
    expected_logs("replica.db cannot be used by this build")
    with make_store(tmp_path, [member(1)]) as folder:
        assert folder.sync_store.cursor() == 1
        if what == "another version":
            with folder.replica.write() as connection:
                connection.exec_driver_sql("PRAGMA user_version = 999")
    path = tmp_path / "data" / REPLICA_FILE
    if what == "damaged":
        raw = bytearray(path.read_bytes())
        raw[100] ^= 0xFF
        path.write_bytes(raw)
    elif what == "not a database":
        path.write_text("hello " * 1000)
    with make_folder(tmp_path) as folder:
        assert folder.sync_store.cursor() == 0
        assert folder.store.members.by_id(member(1).id) is None
        assert (folder.path / "replica.set-aside.db").exists()
        put(folder, [member(1)])
        assert folder.store.members.by_id(member(1).id) == member(1)


def test_replica_found_damaged_in_use_is_made_anew_at_the_next_start(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("replica.db cannot be used by this build")
    with make_store(tmp_path, [member(n) for n in range(1, 400)]):
        pass
    path = tmp_path / "data" / REPLICA_FILE
    raw = bytearray(path.read_bytes())
    for at in range(4096 * 40, len(raw), 512):
        raw[at] ^= 0xFF
    path.write_bytes(raw)
    with make_folder(tmp_path) as folder:
        with pytest.raises(EnvironmentProblem) as told:
            for n in range(1, 400):
                folder.store.members.by_id(member(n).id)
        assert told.value.reason is Reason.DATABASE_CORRUPT
        # The till's own facts do not care.
        with folder.store.transaction() as tx:
            made = bill(1)
            tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
    with make_folder(tmp_path) as folder:
        assert folder.sync_store.cursor() == 0
        assert folder.store.facts.bill(made.id) == made
    assert not (tmp_path / "data" / "replica.db.damaged").exists()


def test_second_instance_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    with make_folder(tmp_path):
        with pytest.raises(EnvironmentProblem) as told:
            make_folder(tmp_path)
        assert told.value.reason is Reason.ALREADY_RUNNING
    make_folder(tmp_path).close()


def test_nothing_personal_is_readable_in_any_file(tmp_path: Path) -> None:
    phone, name = "+66898765432", "ไพลินทร์"
    person = member(7, phone=phone, first_name=name)
    control = b""
    with make_store(tmp_path, [person]) as folder:
        with folder.store.transaction() as tx:
            tx.add_member(person, 1)
        files = [file for file in sorted(folder.path.rglob("*")) if file.is_file()]
        names = {file.name for file in files}
        assert {"till.db", "till.db-wal", "replica.db", "replica.db-wal"} <= names
        everything = b"".join(file.read_bytes() for file in files)
        control = repr(change(person)).encode()
    for secret in (phone[3:], name, person.number):
        assert secret.encode() not in everything
        assert secret.encode() in control


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((3, 50, 7), True),
        ((3, 44, 6), True),
        ((3, 51, 2), False),
        ((3, 50, 6), False),
        ((3, 40, 1), False),
    ],
)
def test_only_a_sound_sqlite_is_used(version: tuple[int, int, int], sound: bool) -> None:
    if sound:
        require_sound_sqlite(version)
        return
    with pytest.raises(EnvironmentProblem) as told:
        require_sound_sqlite(version)
    assert told.value.reason is Reason.SQLITE_UNSOUND


def test_template_opens_without_migrating(tmp_path: Path) -> None:
    copy_template(tmp_path / "data")
    with make_folder(tmp_path) as folder:
        assert folder.store.facts.queue_status().head_seq == 0


@pytest.mark.parametrize("name", ["ร้าน กาแฟ", "100% #1 a&b", "it's; DROP"])
def test_folder_of_any_name(tmp_path: Path, name: str) -> None:
    copy_template(tmp_path / name)
    with make_folder(tmp_path, name=name) as folder:
        with folder.store.transaction() as tx:
            assert tx.next_counter("bill") == 1
        assert folder.backup().is_file()
    assert {file.name for file in (tmp_path / name).iterdir()} == {
        "backups",
        "in-use.lock",
        "keys.json",
        "keys.secret",
        "replica.db",
        "till.db",
    }


def test_a_null_is_bound_about_as_quickly_as_a_number() -> None:
    """The driver asks for an adapter of every value it does not know; without one a NULL took ten times as long."""
    columns = 20

    def cost_s(value: int | None) -> float:
        with closing(dbapi2.connect(":memory:", isolation_level=None)) as connection:
            connection.execute(f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(columns))})")
            rows = [(value,) * columns] * 1_000
            began = time.process_time()
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * columns)})", rows)
            spent = time.process_time() - began
            assert connection.execute("SELECT DISTINCT c0, typeof(c1) FROM t").fetchall() == [
                (value, "null" if value is None else "integer")
            ]
            return spent

    nulls, numbers = (min(cost_s(value) for _ in range(7)) for value in (None, 1))
    assert nulls < numbers * 6, (nulls, numbers)
