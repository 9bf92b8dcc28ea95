"""``sync export | import``, ``headoffice carry-in | backup | restore``: real processes, real folders, one stick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK, EXIT_REFUSED
from pos_member.db.folder import DataFolder
from pos_member.domain.clock import SystemClock
from pos_member.domain.events import EventKind
from pos_member.headoffice.database import open_database
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.enrol import enrol
from tests.db_support import no_keystore
from tests.e2e.commands import run
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES, make_bill, new_id, rows, seed


class Shop:
    """A till's folder and a head office's file, both closed between commands."""

    def __init__(self, tmp_path: Path) -> None:
        self.data, self.state = tmp_path / "till", tmp_path / "state"
        self.url = f"sqlite:///{tmp_path / 'office.db'}"
        self.sold = 0
        database = open_database(self.url)
        seed(database)
        with self.till() as folder:
            office = HeadOffice(database, SystemClock(), new_id)
            code = office.enrol_code(BRANCHES[0].code)
            enrol("http://127.0.0.1:1", code, folder.sync_store, transport=DirectLine(office))
        database.close()

    def till(self) -> DataFolder:
        return DataFolder(self.data, SystemClock(), find_keystore=no_keystore, state=self.state)

    def sell(self, times: int) -> None:
        with self.till() as folder:
            identity = folder.sync_store.identity()
            assert identity is not None
            for _ in range(times):
                self.sold += 1
                with folder.store.transaction() as tx:
                    bill = make_bill(identity, tx.next_counter("bill"), member=None, points=0, redeem=0)
                    tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))

    def run(self, *arguments: object, code: int = EXIT_OK, cold: bool = False) -> Any:
        """``cold``: the first time that a command is used here; what it says as JSON, else what it said."""
        done = run(*arguments, "--lang", "en", "--json", env={"POS_MEMBER_STATE": str(self.state)}, cold=cold)
        assert done.code == code, done
        return done.json() if done.out else done.err

    def held(self) -> int:
        database = open_database(self.url)
        try:
            return len(rows(database, "bill"))
        finally:
            database.close()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_stick_there_and_back(shop: Shop, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shop.sell(3)
    made = shop.run("sync", "export", stick, "--data", shop.data, cold=True)
    assert (made["events"], made["first"], made["last"]) == (3, 1, 3)
    taken = shop.run("headoffice", "carry-in", made["path"], "--database", shop.url, cold=True)
    assert (taken["applied"], taken["till"], shop.held()) == (3, "01", 3)
    done = shop.run("sync", "--data", shop.data, "import", taken["answer"], cold=True)
    assert (done["acked"], done["waiting"]) == (3, 0)
    again = shop.run("headoffice", "carry-in", made["path"], "--database", shop.url, "--out", tmp_path)
    assert (again["duplicate"], shop.held()) == (3, 3)
    half = stick / "half.pmup"
    half.write_bytes(Path(made["path"]).read_bytes()[:-20])
    assert "carry_damaged" in shop.run("headoffice", "carry-in", half, "--database", shop.url, code=EXIT_ENVIRONMENT)
    assert "file_not_readable" in shop.run("sync", "import", stick / "no", "--data", shop.data, code=EXIT_ENVIRONMENT)


def test_backup_and_restore_and_the_stick_refills(shop: Shop, tmp_path: Path) -> None:
    shop.sell(2)
    first = shop.run("sync", "export", tmp_path / "a.pmup", "--data", shop.data)
    taken = shop.run("headoffice", "carry-in", first["path"], "--database", shop.url)
    shop.run("sync", "import", taken["answer"], "--data", shop.data)
    backed = shop.run("headoffice", "backup", tmp_path / "office.backup", "--database", shop.url, cold=True)
    assert (backed["events"], backed["tills"]) == (2, 1)
    shop.sell(2)
    second = shop.run("sync", "export", tmp_path / "b.pmup", "--data", shop.data)
    taken = shop.run("headoffice", "carry-in", second["path"], "--database", shop.url)
    shop.run("sync", "import", taken["answer"], "--data", shop.data)
    assert shop.held() == 4
    restore = ("headoffice", "restore", backed["path"], "--database", shop.url)
    assert "headoffice_not_empty" in shop.run(*restore, code=EXIT_REFUSED)
    done = shop.run(*restore, "--anyway", cold=True)
    assert [till["last_seq"] for till in done["tills"]] == [2] and Path(done["kept"]).is_file()
    assert shop.held() == 2
    shop.sell(1)
    third = shop.run("sync", "export", tmp_path / "c.pmup", "--data", shop.data)
    part = shop.run("headoffice", "carry-in", third["path"], "--database", shop.url, code=EXIT_ATTENTION)
    assert part["error"] == "gap"
    asked = shop.run("sync", "import", part["answer"], "--data", shop.data, code=EXIT_ATTENTION)
    whole = shop.run("sync", "export", tmp_path / "d.pmup", "--from", asked["again"], "--data", shop.data)
    taken = shop.run("headoffice", "carry-in", whole["path"], "--database", shop.url)
    assert (taken["applied"], shop.held()) == (3, 5)
    assert shop.run("sync", "import", taken["answer"], "--data", shop.data)["waiting"] == 0


def test_a_code_for_the_same_till(shop: Shop) -> None:
    with shop.till() as folder:
        identity = folder.sync_store.identity()
    assert identity is not None
    made = shop.run("headoffice", "enrol-code", "--till", identity.id, "--database", shop.url)
    assert len(made["code"]) == 14
    told = shop.run("headoffice", "enrol-code", "--till", "nobody", "--database", shop.url, code=EXIT_REFUSED)
    assert "branch_unknown" in told
