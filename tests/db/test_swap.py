"""A snapshot takes the replica's place while it is in use: whole or not at all, whatever breaks off when."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.db import intake as intake_module
from pos_member.db.engine import Database
from pos_member.db.folder import DataFolder
from pos_member.db.intake import ReplicaIntake
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind, PointsAdjusted
from pos_member.domain.points import PointKind
from pos_member.services.snapshot_ports import SnapshotRefused
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedPage
from tests.db.db_values import entry, member
from tests.db.snapshot_support import Made, make_snapshot
from tests.db_support import NOW, TILL, make_folder, make_store
from tests.patience import PATIENCE_S

OLD = (member(1), FeedAccount(member(1).id, (FeedBucket(None, 5),)))
NEW = (member(1), member(2), FeedAccount(member(1).id, (FeedBucket(None, 50),)))
CURSOR = 9_000
OWN = FeedPage((), CURSOR, 0, NOW, "here")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path, OLD) as made:
        yield made


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make_snapshot(tmp_path, NEW, CURSOR)


def fresh(folder: DataFolder) -> ReplicaIntake:
    return ReplicaIntake(folder.till, folder.replica)


def take_in(intake: ReplicaIntake, made: Made) -> None:
    held = intake.begin(made.manifest)
    for number, raw in enumerate(made.parts):
        if number not in held:
            intake.put(number, raw)


def balance(folder: DataFolder) -> int:
    return folder.store.members.account(member(1).id).balance


def revision(folder: DataFolder) -> int:
    with folder.replica.read() as connection:
        return int(connection.exec_driver_sql("SELECT revision FROM mark").scalar_one())


def move(folder: DataFolder, n: int, points: int) -> None:
    moved = replace(entry(n, points, kind=PointKind.ADJUST), member_id=member(1).id)
    with folder.store.transaction() as tx:
        event = PointsAdjusted(moved.id, moved.member_id, (moved,), "", "s", "")
        tx.add_point_entries((moved,), tx.announce(EventKind.POINTS_ADJUSTED, moved.id, event))


def test_old_until_the_swap_then_new(folder: DataFolder, made: Made) -> None:
    assert len(made.parts) > 5
    before = revision(folder)
    take_in(fresh(folder), made)
    assert balance(folder) == 5 and folder.sync_store.cursor() == 1
    intake = fresh(folder)  # as after a restart
    assert intake.pending() == made.manifest
    take_in(intake, made)
    assert intake.finish(OWN)
    assert balance(folder) == 50
    mark = folder.sync_store.mark()
    assert (mark.cursor, mark.feed_mark, mark.included_seq, mark.as_of) == (CURSOR, "here", 0, NOW)
    assert revision(folder) > before
    assert folder.store.members.by_id(member(2).id) == member(2)
    folder.replica.require_sound()
    assert sorted(path.name for path in folder.path.glob("replica*")) in (
        ["replica.db"],
        ["replica.db", "replica.db-shm", "replica.db-wal"],
    )


def test_the_tables_are_those_of_a_new_replica(tmp_path: Path, folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    take_in(intake, made)
    intake.finish(OWN)
    with make_folder(tmp_path, name="new") as other:
        assert described(folder.replica) == described(other.replica)


def described(database: Database) -> set[tuple[str, ...]]:
    with database.read() as connection:
        return {tuple(row) for row in connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")}


def test_what_was_sold_meanwhile_counts_once(tmp_path: Path, folder: DataFolder) -> None:
    move(folder, 1, 7)
    move(folder, 2, 11)
    seen = {("account", member(1).id): {TILL.id: "1.1", "other": "1.2"}}
    made = make_snapshot(tmp_path, NEW, CURSOR, seen=seen)
    intake = fresh(folder)
    take_in(intake, made)
    move(folder, 3, 100)
    assert intake.finish(OWN)
    assert balance(folder) == 50 + 11 + 100, "the first is in the figures of the snapshot"


def test_what_is_this_tills_own_comes_with_it(folder: DataFolder, made: Made) -> None:
    from pos_member.domain.rights import RightKind, SpendingRight
    from tests.db_support import change

    right = SpendingRight("r1", member(1).id, TILL.id, 1, RightKind.HOME, 5, NOW, NOW)
    intake = fresh(folder)
    take_in(intake, made)
    intake.finish(replace(OWN, changes=(change(right),)))
    with folder.till.read() as connection:
        assert connection.exec_driver_sql("SELECT id FROM spending_right").scalars().all() == ["r1"]


@pytest.mark.parametrize("harm", ["changed", "cut", "longer", "other part", "no zstd"])
def test_a_part_that_is_not_the_named_one_is_refused(folder: DataFolder, made: Made, harm: str) -> None:
    intake = fresh(folder)
    intake.begin(made.manifest)
    raw = made.parts[2]
    bad = {
        "changed": raw[:-1] + bytes([raw[-1] ^ 1]),
        "cut": raw[:-3],
        "longer": raw + b"x",
        "other part": made.parts[3],
        "no zstd": b"x" * len(raw),
    }[harm]
    with pytest.raises(SnapshotRefused):
        intake.put(2, bad)
    assert 2 not in fresh(folder).begin(made.manifest)
    take_in(intake, made)
    assert intake.finish(OWN) and balance(folder) == 50


def test_parts_that_do_not_make_the_whole_are_thrown_away(folder: DataFolder, made: Made) -> None:
    lying = Made(replace(made.manifest, sha256="0" * 64), made.parts)
    intake = fresh(folder)
    take_in(intake, lying)
    with pytest.raises(SnapshotRefused):
        intake.finish(OWN)
    assert balance(folder) == 5 and intake.pending() is None
    assert not list(folder.path.glob("replica.incoming*"))


def test_pages_that_changed_on_the_disk_are_noticed(folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    take_in(intake, made)
    file = folder.path / "replica.incoming.db"
    raw = bytearray(file.read_bytes())
    raw[9_000] ^= 1
    file.write_bytes(raw)
    with pytest.raises(SnapshotRefused):
        intake.finish(OWN)
    assert balance(folder) == 5


def test_a_file_that_says_another_time_than_its_manifest_is_refused(folder: DataFolder, made: Made) -> None:
    lying = Made(replace(made.manifest, cursor=CURSOR + 1), made.parts)
    intake = fresh(folder)
    take_in(intake, lying)
    with pytest.raises(SnapshotRefused):
        intake.finish(replace(OWN, cursor=CURSOR + 1))
    assert balance(folder) == 5


@pytest.mark.parametrize("wrong", [{"format": 999}, {"parts": ()}, {"bytes": 1}, {"cursor": -1}])
def test_a_manifest_that_cannot_be_is_refused(folder: DataFolder, made: Made, wrong: dict[str, object]) -> None:
    with pytest.raises(SnapshotRefused):
        fresh(folder).begin(replace(made.manifest, **wrong))  # type: ignore[arg-type]


def test_another_snapshot_begins_anew(tmp_path: Path, folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    intake.begin(made.manifest)
    intake.put(0, made.parts[0])
    other = make_snapshot(tmp_path, (*NEW, member(3)), CURSOR + 5, name="snap-2")
    assert fresh(folder).begin(other.manifest) == frozenset()


def test_a_full_disk_is_said_before_the_first_part(folder: DataFolder, made: Made) -> None:
    with pytest.raises(EnvironmentProblem) as told:
        ReplicaIntake(folder.till, folder.replica, free=lambda _folder: 1_000_000).begin(made.manifest)
    assert told.value.reason is Reason.DISK_FULL
    assert balance(folder) == 5


def test_cancelled_it_can_be_gone_on_with(folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    take_in(intake, made)
    assert not intake.finish(OWN, lambda: True)
    assert balance(folder) == 5
    again = fresh(folder)
    assert again.begin(made.manifest) == frozenset(range(len(made.parts)))
    assert again.finish(OWN) and balance(folder) == 50


# --- others are reading -----------------------------------------------------------------------------------


def test_the_old_file_is_made_ready_while_parts_are_kept(tmp_path: Path, folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    take_in(intake, made)
    with folder.replica.write() as connection:
        connection.exec_driver_sql("UPDATE mark SET revision = 77")
    with folder.replica.read() as reader:  # who reads is not waited for
        reader.exec_driver_sql("SELECT * FROM mark").one()
        intake.make_way()
    alone = tmp_path / "alone.db"
    alone.write_bytes(folder.replica.path.read_bytes())  # without its WAL
    with closing(Database(alone, folder.replica.key)) as copy, copy.read() as connection:
        assert connection.exec_driver_sql("SELECT revision FROM mark").scalar_one() == 77
    assert intake.finish(OWN)
    assert (balance(folder), revision(folder)) == (50, 78)


def test_reads_under_way_end_with_the_old_file_and_later_ones_have_the_new(folder: DataFolder, made: Made) -> None:
    intake = fresh(folder)
    take_in(intake, made)
    reading, go_on = threading.Event(), threading.Event()
    seen: list[int] = []

    def long_read() -> None:
        with folder.replica.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one()
            reading.set()
            assert go_on.wait(PATIENCE_S)
            seen.append(connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one())

    reader = threading.Thread(target=long_read)
    reader.start()
    assert reading.wait(PATIENCE_S)
    swapper = threading.Thread(target=lambda: intake.finish(OWN))
    swapper.start()
    go_on.set()
    reader.join(PATIENCE_S)
    swapper.join(PATIENCE_S)
    assert seen == [1]
    with folder.replica.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one() == 2


def test_a_reader_who_does_not_leave_keeps_the_old_file(
    folder: DataFolder, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_member.db.engine.EXCHANGE_TIMEOUT_S", 0.05)
    intake = fresh(folder)
    take_in(intake, made)
    reading, go_on = threading.Event(), threading.Event()

    def long_read() -> None:
        with folder.replica.read():
            reading.set()
            assert go_on.wait(PATIENCE_S)

    reader = threading.Thread(target=long_read)
    reader.start()
    assert reading.wait(PATIENCE_S)
    with pytest.raises(EnvironmentProblem) as told:
        intake.finish(OWN)
    assert told.value.reason is Reason.DATABASE_BUSY
    assert balance(folder) == 5, "and others read on"
    go_on.set()
    reader.join(PATIENCE_S)
    again = fresh(folder)
    again.begin(made.manifest)
    assert again.finish(OWN) and balance(folder) == 50


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be there twice")
def test_another_process_that_reads_keeps_the_old_file(folder: DataFolder, made: Made) -> None:
    from pos_member.db.engine import raw_connect

    other = raw_connect(folder.replica.path, folder.keys.database)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM member").fetchone()
    other.execute("PRAGMA busy_timeout = 1")
    intake = fresh(folder)
    take_in(intake, made)
    refused_as_busy(folder, intake)
    other.close()
    done_again(folder, made)


def refused_as_busy(folder: DataFolder, intake: ReplicaIntake) -> None:
    with pytest.raises(EnvironmentProblem) as told, quick_busy():
        intake.finish(OWN)
    assert told.value.reason is Reason.DATABASE_BUSY
    assert balance(folder) == 5


def done_again(folder: DataFolder, made: Made) -> None:
    again = fresh(folder)
    again.begin(made.manifest)
    assert again.finish(OWN) and balance(folder) == 50


@contextmanager
def quick_busy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pos_member.db.engine.BUSY_TIMEOUT_S", 0.05)
        yield


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be there twice")
def test_what_is_not_all_in_the_file_that_came_is_not_exchanged(
    folder: DataFolder, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has it open too: what was added to it lies in the WAL beside it, which would stay behind."""
    from pos_member.db.engine import raw_connect

    original, others = ReplicaIntake._make_own, []

    def watched(self: ReplicaIntake, *more: object) -> None:
        other = raw_connect(folder.path / "replica.incoming.db", folder.keys.database)
        other.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM member").fetchone()
        others.append(other)
        original(self, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(ReplicaIntake, "_make_own", watched)
    intake = fresh(folder)
    take_in(intake, made)
    refused_as_busy(folder, intake)
    monkeypatch.undo()
    others.pop().close()
    done_again(folder, made)
    assert folder.sync_store.mark().as_of == NOW


def test_a_catalogue_that_came_by_stick_meanwhile_is_not_taken_for_the_new_one(
    folder: DataFolder, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, known = ReplicaIntake._make_own, []

    def followed(self: ReplicaIntake, *more: object) -> None:
        original(self, *more)  # type: ignore[arg-type]
        with folder.replica.write() as connection:
            connection.exec_driver_sql("UPDATE mark SET revision = revision + 7")
        known.append(revision(folder))

    monkeypatch.setattr(ReplicaIntake, "_make_own", followed)
    intake = fresh(folder)
    take_in(intake, made)
    assert intake.finish(OWN)
    assert revision(folder) > known[0]


def test_a_file_of_an_older_head_office_is_taken_in_too(tmp_path: Path, folder: DataFolder) -> None:
    older = make_snapshot(tmp_path, NEW, CURSOR, wal=False)
    intake = fresh(folder)
    take_in(intake, older)
    assert intake.finish(OWN) and balance(folder) == 50
    with folder.replica.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    folder.replica.require_sound()


def test_sellers_go_on_all_the_while(folder: DataFolder, made: Made) -> None:
    """Reads and own facts from other threads, all through several swaps: no error, and no figure that never was."""
    stop, failures = threading.Event(), []
    known = {5, 50}

    def sell() -> None:
        while not stop.is_set():
            try:
                if balance(folder) not in known:
                    failures.append("a figure that never was")
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told below
                failures.append(repr(error))

    sellers = [threading.Thread(target=sell) for _ in range(3)]
    for seller in sellers:
        seller.start()
    for _ in range(5):
        intake = fresh(folder)
        take_in(intake, made)
        assert intake.finish(OWN)
    stop.set()
    for seller in sellers:
        seller.join(PATIENCE_S)
    assert failures == []


# --- the power goes ---------------------------------------------------------------------------------------


class PowerCut(BaseException):
    """Nothing after it happens."""


STEPS: list[tuple[str, str]] = [
    ("write", "_write_note"),
    ("verify", "_verify"),
    ("own", "_make_own"),
    ("revision", "_carry_revision"),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("_name", "method"), STEPS)
def test_broken_off_at_any_step_leaves_a_replica_and_is_gone_on_with(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch, _name: str, method: str, when: str
) -> None:
    original: Callable[..., object] = getattr(ReplicaIntake, method)

    def cut(self: ReplicaIntake, *more: object) -> object:
        if when == "after":
            original(self, *more)
        raise PowerCut

    with make_store(tmp_path, OLD) as folder:
        monkeypatch.setattr(ReplicaIntake, method, cut)
        with pytest.raises(PowerCut):
            intake = fresh(folder)
            take_in(intake, made)
            intake.finish(OWN)
    monkeypatch.undo()
    with make_folder(tmp_path) as folder:
        assert balance(folder) == 5
        intake = fresh(folder)
        take_in(intake, made)
        assert intake.finish(OWN)
        assert balance(folder) == 50
        folder.replica.require_sound()


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_power_goes_at_the_rename(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    original = Path.replace

    def cut(self: Path, target: Path) -> Path:
        if self.name != "replica.incoming.db":
            return original(self, target)
        if when == "after":
            original(self, target)
        raise PowerCut

    with make_store(tmp_path, OLD) as folder:
        intake = fresh(folder)
        take_in(intake, made)
        monkeypatch.setattr(Path, "replace", cut)
        with pytest.raises(PowerCut):
            intake.finish(OWN)
        monkeypatch.undo()
    with make_folder(tmp_path) as folder:
        assert balance(folder) == (5 if when == "before" else 50)
        folder.replica.require_sound()
        intake = fresh(folder)
        take_in(intake, made)
        assert intake.finish(OWN) and balance(folder) == 50


def test_a_damaged_replica_is_exchanged_too(tmp_path: Path, made: Made, expected_logs: object) -> None:
    with make_store(tmp_path, OLD) as folder:
        folder.replica.close()
        path = folder.path / "replica.db"
        raw = bytearray(path.read_bytes())
        raw[4_096:] = os.urandom(len(raw) - 4_096)
        path.write_bytes(raw)
        intake = fresh(folder)
        take_in(intake, made)
        intake.make_way()
        assert intake.finish(OWN)
        assert balance(folder) == 50
        assert not intake_module.damage_note(folder.replica.path).exists()
