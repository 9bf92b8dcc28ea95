"""The data folder: backup, room on the disk, the print spool."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.db import space
from pos_member.db.backup import KEPT, backup
from pos_member.db.engine import Database
from pos_member.db.folder import DataFolder
from pos_member.db.space import Ballast, SpaceLevel, require_space, space_level
from pos_member.domain.documents import DocumentKind, TestPageDocument
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.services.ports import NewPrintJob
from tests.db.db_values import bill
from tests.db_support import SetClock, copy_template, make_store, no_keystore
from tests.log_watch import ExpectLog


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def folder(tmp_path: Path, clock: SetClock) -> Iterator[DataFolder]:
    with make_store(tmp_path, clock=clock) as made:
        yield made


def ring(folder: DataFolder, n: int) -> None:
    with folder.store.transaction() as tx:
        made = bill(n)
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))


def test_backup_is_a_whole_encrypted_copy_that_opens(folder: DataFolder, tmp_path: Path) -> None:
    ring(folder, 1)
    made = folder.backup()
    ring(folder, 2)
    assert bill(1).number.encode() not in made.read_bytes()
    target = copy_template(tmp_path / "restored")
    for name in ("keys.json", "keys.secret"):
        (target / name).write_bytes((folder.path / name).read_bytes())
    (target / "replica.db").unlink()
    (target / "till.db").write_bytes(made.read_bytes())
    with make_store(tmp_path / "unused", clock=SetClock()), DataFolder(target, SetClock()) as restored:
        assert restored.store.facts.bill(bill(1).id) == bill(1)
        assert restored.store.facts.bill(bill(2).id) is None


def test_backups_rotate(folder: DataFolder, clock: SetClock) -> None:
    made = []
    for _ in range(KEPT + 2):
        clock.forward(timedelta(seconds=1))
        made.append(folder.backup())
    assert sorted((folder.path / "backups").iterdir()) == made[2:]


def test_backup_that_cannot_be_written(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem) as told:
        backup(folder.till, tmp_path / "file" / "till.db")
    assert told.value.reason is Reason.FOLDER_READ_ONLY


def test_backup_of_a_damaged_file_is_refused_and_removed(folder: DataFolder, tmp_path: Path) -> None:
    for n in range(1, 60):
        ring(folder, n)
    key = folder.keys.database
    folder.close()
    raw = bytearray((folder.path / "till.db").read_bytes())
    for at in range(4096 * 60, len(raw), 512):
        raw[at] ^= 0xFF
    (folder.path / "till.db").write_bytes(raw)
    database = Database(folder.path / "till.db", key)
    with pytest.raises(EnvironmentProblem) as told:
        backup(database, tmp_path / "copies" / "till.db")
    assert told.value.reason is Reason.DATABASE_CORRUPT
    assert list((tmp_path / "copies").iterdir()) == []
    database.close()


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (space.WARN_BELOW, SpaceLevel.OK),
        (space.WARN_BELOW - 1, SpaceLevel.LOW),
        (space.REFUSE_BELOW, SpaceLevel.LOW),
        (space.REFUSE_BELOW - 1, SpaceLevel.FULL),
        (0, SpaceLevel.FULL),
    ],
)
def test_room_is_told_in_three_levels(tmp_path: Path, free: int, level: SpaceLevel) -> None:
    assert space_level(tmp_path, lambda _: free) is level
    if level is SpaceLevel.FULL:
        with pytest.raises(EnvironmentProblem) as told:
            require_space(tmp_path, lambda _: free)
        assert told.value.reason is Reason.DISK_FULL
    else:
        require_space(tmp_path, lambda _: free)


def test_ballast_holds_real_room_and_gives_it_up(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("the ballast was given up")
    ballast = Ballast(tmp_path, size=3 * 1024 * 1024)
    assert not ballast.keep(lambda _: space.WARN_BELOW)
    assert not ballast.release()
    assert ballast.keep(lambda _: 10**12)
    file = tmp_path / "ballast.bin"
    assert file.stat().st_size == 3 * 1024 * 1024
    assert ballast.keep(lambda _: 0), "what is there stays"
    assert ballast.release()
    assert list(tmp_path.iterdir()) == []


def test_new_bill_asks_for_room_and_the_bill_at_hand_is_finished(tmp_path: Path, clock: SetClock) -> None:
    left = space.REFUSE_BELOW - 1
    with DataFolder(copy_template(tmp_path / "data"), clock, find_keystore=no_keystore, free=lambda _: left) as folder:
        with pytest.raises(EnvironmentProblem) as told:
            folder.store.require_room()
        assert told.value.reason is Reason.DISK_FULL
        assert folder.space() is SpaceLevel.FULL
        assert not folder.keep_reserve()
        ring(folder, 1)
        assert folder.store.facts.bill(bill(1).id) == bill(1)
        left = space.REFUSE_BELOW
        folder.store.require_room()


def queue(folder: DataFolder, *ids: str) -> None:
    page = TestPageDocument("th", "เครื่องพิมพ์", "8000")
    with folder.store.transaction() as tx:
        for each in ids:
            tx.add_print_job(NewPrintJob(each, DocumentKind.TEST_PAGE, page, "subject", copy_number=1))


def test_papers_of_a_subject_leave_copies_out(folder: DataFolder) -> None:
    queue(folder, "copy")
    page = TestPageDocument("th", "p", "1")
    with folder.store.transaction() as tx:
        tx.add_print_job(NewPrintJob("first", DocumentKind.TEST_PAGE, page, "subject"))
    facts = folder.store.facts
    assert facts.documents_of("subject") == ((DocumentKind.TEST_PAGE, page),)
    assert facts.document("subject", DocumentKind.TEST_PAGE) == page
    assert facts.document("subject", DocumentKind.RECEIPT) is None
    assert facts.copies("subject", DocumentKind.TEST_PAGE) == 1
