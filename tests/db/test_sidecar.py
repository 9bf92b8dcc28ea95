"""The sidecar: a till that was put back, copied or carried off knows it before it sells, and sells on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.db import epochs, sidecar
from pos_member.db.folder import DataFolder
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.sidecar import FILE, Found, Standing, judge
from pos_member.db.sidecar_keeper import SidecarKeeper
from pos_member.domain.events import EventKind, ShiftOpened
from pos_member.domain.org import TillIdentity
from pos_member.services.sync_ports import Doubt
from tests.db_support import NOW, TILL, SetClock, copy_template, no_keystore
from tests.log_watch import ExpectLog
from tests.patience import PATIENCE_S

CLOCK = SetClock()


@contextmanager
def opened(path: Path, state: Path, lag_s: float | None = None) -> Iterator[DataFolder]:
    with DataFolder(path, CLOCK, find_keystore=no_keystore, state=state, sidecar_lag_s=lag_s) as folder:
        yield folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def till(tmp_path: Path, state: Path) -> Path:
    """An enrolled till with three events, closed in order."""
    path = copy_template(tmp_path / "till")
    with opened(path, state) as folder:
        folder.sync_store.set_identity(TILL, "http://127.0.0.1:1")
        sell(folder, 3)
    return path


def sell(folder: DataFolder, times: int) -> list[int]:
    """``times`` events, each with a bill number; the numbers."""
    numbers = []
    for _ in range(times):
        with folder.store.transaction() as tx:
            numbers.append(tx.next_counter("bill"))
            tx.next_counter("member")
            tx.announce(EventKind.SHIFT_OPENED, f"event-{numbers[-1]}-{folder.path.name}", SHIFT)
    return numbers


SHIFT = ShiftOpened("shift", "staff", TILL.id, NOW, NOW.date(), 0)


def copies(path: Path, state: Path, database_id: str) -> list[Standing]:
    return list(sidecar.read(sidecar.places(path, state, database_id)).copies)


def test_a_till_that_closed_and_opens_again_has_nothing_to_doubt(till: Path, state: Path) -> None:
    for _ in range(2):
        with opened(till, state) as folder:
            assert folder.sync_store.doubt() is None and not folder.sync_store.suspended()
            own = copies(till, state, folder.sync_store.database_id())
            assert len(own) == 2 and own[0] == own[1]
            sell(folder, 1)


def test_a_till_without_head_office_keeps_none(tmp_path: Path, state: Path) -> None:
    path = copy_template(tmp_path / "till")
    for url in ("", "", None):
        with opened(path, state) as folder:
            if url is not None:
                folder.sync_store.set_identity(TILL, url)
            sell(folder, 1)
            assert folder.sync_store.doubt() is None
    assert not (path / FILE).exists() and not state.exists()


@pytest.mark.parametrize("older", [0, 1, 40])
def test_a_backup_put_back_is_noticed_and_no_number_is_used_twice(
    till: Path, state: Path, tmp_path: Path, older: int, expected_logs: ExpectLog
) -> None:
    with opened(till, state) as folder:
        backup = folder.backup()
        used = sell(folder, older) or [3]
        name = folder.sync_store.database_id()
    put_back(till, backup)
    if older:
        expected_logs("not what was here last: restored")
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() == (Doubt.RESTORED if older else None)
        assert folder.sync_store.suspended() == bool(older)
        assert folder.sync_store.database_id() == name, "the one it replaced is gone: it is still that one"
        fresh = sell(folder, 5)
        assert min(fresh) > max(used)
        assert min(fresh) <= max(used) + 1 + (epochs.LAG_NUMBERS if older else 0)
    with opened(till, state) as folder:
        assert folder.sync_store.suspended() == bool(older), "until head office says more"
        assert sell(folder, 1) == [max(fresh) + 1], "the jump is made once"


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_backup_is_put_back_again_before_anything_was_sold(
    till: Path, state: Path, times: int, expected_logs: ExpectLog
) -> None:
    """What it left out the first time is told beside it, though no event is."""
    with opened(till, state) as folder:
        backup = folder.backup()
        used = sell(folder, 2)
    expected_logs("not what was here last: restored")
    for _ in range(times):
        put_back(till, backup)
        with opened(till, state) as folder:
            assert folder.sync_store.doubt() is Doubt.RESTORED and folder.sync_store.suspended()
    with opened(till, state) as folder:
        fresh = sell(folder, 1)[0]
        assert max(used) < fresh <= max(used) + 1 + times * epochs.LAG_NUMBERS
    put_back(till, backup)
    with opened(till, state) as folder:
        assert sell(folder, 1)[0] > fresh


def test_a_backup_from_before_an_acknowledgement_is_noticed(till: Path, state: Path, expected_logs: ExpectLog) -> None:
    """Rights to own sales end by it, and no event says so."""
    with opened(till, state) as folder:
        folder.sync_store.mark_acked(1, NOW)
        early = folder.backup()
        folder.sync_store.mark_acked(1, NOW)
    put_back(till, early)
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None, "it was known before"
        folder.sync_store.mark_acked(3, NOW)
    put_back(till, early)
    expected_logs("not what was here last: restored")
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is Doubt.RESTORED
        assert sell(folder, 1)[0] <= 4 + epochs.LAG_NUMBERS


def put_back(till: Path, backup: Path) -> None:
    for name in ("till.db-wal", "till.db-shm"):
        (till / name).unlink(missing_ok=True)
    shutil.copy(backup, till / "till.db")


def test_a_folder_put_back_as_a_whole_is_noticed_by_the_copy_elsewhere(
    till: Path, state: Path, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    image = shutil.copytree(till, tmp_path / "image")
    with opened(till, state) as folder:
        sell(folder, 2)
    shutil.rmtree(till)
    shutil.copytree(image, till)
    expected_logs("restored")
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is Doubt.RESTORED


def test_a_copy_beside_the_till_is_a_clone_and_gets_a_name_of_its_own(
    till: Path, state: Path, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    other = shutil.copytree(till, tmp_path / "copy")
    expected_logs("cloned")
    with opened(till, state) as first, opened(other, state) as second:
        assert first.sync_store.doubt() is None
        assert second.sync_store.doubt() is Doubt.CLONED
        assert first.sync_store.database_id() != second.sync_store.database_id()
        week = epochs.GAP_DAYS_MIN * epochs.USED_PER_DAY["bill"]
        assert 3 + week < min(sell(second, 1)) <= 3 + 2 * week
    with opened(other, state) as second:
        assert second.sync_store.doubt() is Doubt.CLONED


def test_a_folder_that_moved_is_the_same_till(till: Path, state: Path, tmp_path: Path) -> None:
    moved = till.rename(tmp_path / "moved")
    with opened(moved, state) as folder:
        assert folder.sync_store.doubt() is None
        assert {each.folder for each in copies(moved, state, folder.sync_store.database_id())} == {str(moved)}


def test_another_machine_is_a_clone(
    till: Path, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    monkeypatch.setattr(sidecar, "machine", lambda: "another")
    expected_logs("cloned")
    with opened(till, tmp_path / "state-there") as folder:
        assert folder.sync_store.doubt() is Doubt.CLONED


def test_a_database_carried_off_alone_is_unsure(till: Path, tmp_path: Path, expected_logs: ExpectLog) -> None:
    (till / FILE).unlink()
    expected_logs("unsure")
    with opened(till, tmp_path / "state-there") as folder:
        assert folder.sync_store.doubt() is Doubt.UNSURE
        assert min(sell(folder, 1)) > epochs.USED_PER_DAY["bill"] * epochs.GAP_DAYS_MIN


def test_the_gap_without_a_sidecar_grows_with_the_time_and_has_an_end(
    till: Path, tmp_path: Path, expected_logs: ExpectLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs("unsure")
    for days, counted in ((20, 21), (4_000, epochs.GAP_DAYS_MAX), (-4_000, epochs.GAP_DAYS_MIN)):
        path = shutil.copytree(till, tmp_path / f"till{days}")
        (path / FILE).unlink()
        monkeypatch.setattr(CLOCK, "at", NOW + timedelta(days=days))
        with opened(path, tmp_path / "state-there") as folder:
            gap = counted * epochs.USED_PER_DAY["bill"]
            assert 3 + gap < sell(folder, 1)[0] <= 3 + 2 * gap


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 300])
def test_one_copy_is_enough_and_a_damaged_one_is_made_anew(
    till: Path, state: Path, damage: bytes, expected_logs: ExpectLog
) -> None:
    (till / FILE).write_bytes(damage)
    expected_logs("a sidecar is damaged")
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None
        assert len(copies(till, state, folder.sync_store.database_id())) == 2


def test_another_history_of_the_same_length_is_noticed(
    till: Path, state: Path, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    with opened(till, state) as folder:
        backup = folder.backup()
        sell(folder, 2)
    kept = [file.read_bytes() for file in (till / FILE, *state.rglob("*.sidecar"))]
    put_back(till, backup)
    expected_logs("restored")
    with opened(till, state) as folder:
        sell(folder, 9)
    for file, raw in zip((till / FILE, *state.rglob("*.sidecar")), kept, strict=True):
        file.write_bytes(raw)
    with opened(till, state) as folder:
        folder.sync_store.begin_epoch(2, {}, NOW)
    # What stood there belongs to the epoch before: a new one begins with a clean slate.
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None


def test_judging_compares_history_not_only_length() -> None:
    here = Standing("till", 1, "db", 5, "aa", {}, "machine", "/folder")
    behind = Standing("till", 1, "db", 3, "bb", {}, "machine", "/folder")
    assert judge(here, Found((behind,)), "bb", noted=True) is None
    assert judge(here, Found((behind,)), "cc", noted=True) is Doubt.RESTORED
    assert judge(here, Found((behind,)), None, noted=True) is None, "long pruned"
    counted = replace(behind, numbers={"bill": 1})
    assert judge(here, Found((counted,)), "bb", noted=True) is Doubt.RESTORED
    assert judge(replace(here, numbers={"bill": 1, "return": 1}), Found((counted,)), "bb", noted=True) is None
    assert judge(here, Found(()), None, noted=False) is None
    assert judge(here, Found(()), None, noted=True) is Doubt.UNSURE


def test_no_sale_waits_for_the_sidecar(till: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = threading.Event(), threading.Event()
    write = sidecar.write

    def slow(*args: object) -> int:
        began.set()
        assert go_on.wait(PATIENCE_S)
        return write(*args)  # type: ignore[arg-type]

    with opened(till, state, lag_s=0.0) as folder:
        name = folder.sync_store.database_id()
        monkeypatch.setattr(sidecar, "write", slow)
        sell(folder, 1)
        assert began.wait(PATIENCE_S), "a commit makes the keeper write"
        sell(folder, 20)
        assert copies(till, state, name)[0].seq == 3, "twenty sales while the disk of the sidecar hangs"
        go_on.set()
    assert copies(till, state, name)[0].seq == 24


def test_the_keeper_writes_once_for_many_commits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stood = Standing("till", 1, "db", 5, "aa", {}, "machine", "/folder")
    written: list[int] = []
    now = threading.Event()

    def standing() -> Standing:
        now.set()
        return stood

    def write(_files: object, what: Standing) -> int:
        written.append(what.seq)
        return 2

    monkeypatch.setattr(sidecar, "write", write)
    keeper = SidecarKeeper(standing, lambda _: [tmp_path / "a"], lag_s=0.05)
    for _ in range(1_000):
        keeper.changed()
    assert now.wait(PATIENCE_S)
    keeper.close()
    assert written == [5]


def test_what_cannot_be_written_stops_nothing(
    till: Path, state: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    expected_logs("cannot be written")
    with opened(till, state) as folder:
        sell(folder, 1)
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            folder.sync_store.keep_sidecar()
        sell(folder, 1)
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None


def test_a_new_epoch_numbers_what_waits_anew(till: Path, state: Path) -> None:
    with opened(till, state) as folder:
        store = folder.sync_store
        store.mark_acked(2, NOW)
        store.raise_doubt(Doubt.FORK)
        made = store.begin_epoch(4, {"bill": 50, "member": 2, "return": 1}, NOW)
        assert made == TillIdentity(TILL.id, TILL.number, TILL.branch_id, TILL.label, 4) == store.identity()
        assert store.doubt() is None
        assert [event.seq for event in store.pending()] == [1]
        stands = store.at_hello()
        assert stands is not None
        assert (store.acked_seq(), store.head()[0], stands.kept_from) == (0, 1, 1)
        with folder.store.transaction() as tx:
            assert [tx.next_counter(name) for name in ("bill", "member", "return")] == [50, 4, 1]
        with pytest.raises(ValueError, match="epoch 4 after 4"):
            store.begin_epoch(4, {}, NOW)


@pytest.mark.parametrize("sold", [0, 2])
def test_a_new_epoch_in_which_nothing_was_sold_yet_is_no_reason_to_doubt(till: Path, state: Path, sold: int) -> None:
    with opened(till, state) as folder:
        folder.sync_store.mark_acked(3, NOW)
        folder.sync_store.begin_epoch(2, {}, NOW)
    noted = [(file, file.read_bytes()) for file in (till / FILE, *state.rglob("*.sidecar"))]
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None and not folder.sync_store.suspended()
        sell(folder, sold)
    for file, raw in noted:
        file.write_bytes(raw)  # killed before what was sold was noted beside it
    with opened(till, state) as folder:
        assert folder.sync_store.doubt() is None
        assert sell(folder, 1) == [4 + sold], "no number is left out"


def test_a_refill_sends_everything_that_is_kept(till: Path, state: Path) -> None:
    with opened(till, state) as folder:
        store = folder.sync_store
        before = [event.event_id for event in store.pending()]
        store.mark_acked(2, NOW)
        store.begin_epoch(2, {}, NOW)
        store.mark_acked(1, NOW)
        store.begin_epoch(3, {}, NOW, refill=True)
        assert [event.event_id for event in store.pending()] == before
        assert [event.seq for event in store.pending()] == [1, 2, 3]
        with folder.till.read() as connection:
            bases = OwnNumbers.read(connection).bases or {}
            found = [bases[epoch] + 1 if epoch in bases else None for epoch in (1, 2, 3, 4)]
        assert found == [1, 3, 1, None]


def test_a_refill_leaves_what_bears_another_tills_name(till: Path, state: Path) -> None:
    with opened(till, state) as folder:
        store = folder.sync_store
        store.mark_acked(3, NOW)
        store.set_identity(TillIdentity("till-2", 2, "branch-1", "T2", 1), "http://127.0.0.1:1")
        sell(folder, 2)
        store.mark_acked(2, NOW)
        store.begin_epoch(2, {}, NOW, refill=True)
        assert [event.seq for event in store.pending()] == [1, 2]
        store.mark_acked(2, NOW)
        assert store.queue_status().waiting == 0
