"""``sync``: a till that is kept in touch without its window does what the window would do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK, main
from pos_member.db.folder import DataFolder
from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.headoffice.admin import revoke_till
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.services.day_close import DayClose
from pos_member.wording import say
from tests.db_support import no_keystore
from tests.headoffice.office_support import BRANCHES, make_bill, rows, seed
from tests.headoffice.until import WITHIN_S

#: Over for every shop's calendar, and recent enough to be looked at.
AN_EARLIER_DAY = datetime.now(UTC).date() - timedelta(days=3)


class OffClock(SystemClock):
    """The machine's, and as much later as it was set."""

    later = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.later


@pytest.fixture
def office_clock() -> OffClock:
    return OffClock()


@pytest.fixture
def office(tmp_path: Path, office_clock: OffClock) -> Iterator[RunningHeadOffice]:
    server = RunningHeadOffice(HeadOfficeSettings(f"sqlite:///{tmp_path / 'office.db'}", clock=office_clock))
    seed(server.app.state.office.database)
    server.start(WITHIN_S)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def till(office: RunningHeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enrolled till that has sold one bill since, on an earlier day, and is closed."""
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    folder = tmp_path / "till"
    code = office.app.state.office.enrol_code(BRANCHES[0].code)
    assert main(["enrol", "--server", office.url, "--code", code, "--data", str(folder)]) == EXIT_OK
    with DataFolder(folder, SystemClock(), find_keystore=no_keystore) as data:
        identity = data.sync_store.identity()
        assert identity is not None
        with data.store.transaction() as tx:
            bill = make_bill(identity, 1, member=None, points=0, redeem=0, business_date=AN_EARLIER_DAY)
            tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
    return folder


def held(office: RunningHeadOffice) -> tuple[int, list[tuple[str, int]]]:
    """Bills, and days with how many bills they are said to have."""
    database: Database = office.app.state.office.database
    days = [(row.business_date, json.loads(row.body)["bills"]) for row in rows(database, "day_certificate")]
    return len(rows(database, "bill")), days


def test_a_round_closes_the_days_that_are_over(office: RunningHeadOffice, till: Path) -> None:
    assert main(["sync", "--once", "--data", str(till)]) == EXIT_OK
    assert held(office) == (1, [(AN_EARLIER_DAY.isoformat(), 1)])
    assert main(["sync", "--once", "--data", str(till)]) == EXIT_OK
    assert held(office) == (1, [(AN_EARLIER_DAY.isoformat(), 1)])


def test_a_day_that_cannot_be_closed_keeps_nothing_back(
    office: RunningHeadOffice, till: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_self: DayClose) -> tuple[()]:
        raise EnvironmentProblem(Reason.DISK_FULL, path=str(till))

    monkeypatch.setattr(DayClose, "catch_up", full)
    assert main(["sync", "--once", "--data", str(till), "--lang", "en"]) == EXIT_OK
    assert held(office) == (1, [])
    said = capsys.readouterr()
    assert "disk" in said.err.lower() and "Sent 1" in said.out


@pytest.mark.parametrize("language", ["en", "th"])
def test_of_a_till_that_was_revoked_everything_is_sent_and_nothing_else_is_said(
    office: RunningHeadOffice, till: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    (known,) = rows(office.app.state.office.database, "till")
    assert revoke_till(f"sqlite:///{till.parent / 'office.db'}", known.id)
    assert main(["sync", "--once", "--data", str(till), "--lang", language]) == EXIT_ENVIRONMENT
    assert len(held(office)[1]) == 1, "its bill and its day are there"
    said = capsys.readouterr().out
    assert say("reasons", Reason.TILL_REVOKED.value, language) in said
    assert {"en": "nothing waits to be sent", "th": "ไม่มีรายการรอส่ง"}[language] in said, said
    assert {"en": "Could not send", "th": "ยังส่งไม่ได้"}[language] not in said


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(minutes=50, seconds=30), "clock is 50 min behind head office's"),
        (timedelta(minutes=-50, seconds=-30), "clock is 50 min ahead of head office's"),
        (timedelta(seconds=90), ""),
    ],
)
def test_a_clock_that_differs_is_told_as_at_the_window(
    office: RunningHeadOffice,
    office_clock: OffClock,
    till: Path,
    capsys: pytest.CaptureFixture[str],
    later: timedelta,
    said: str,
) -> None:
    office_clock.later = later
    assert main(["sync", "--once", "--data", str(till)]) == EXIT_OK
    capsys.readouterr()
    assert main(["sync", "status", "--data", str(till), "--lang", "en"]) == (EXIT_ATTENTION if said else EXIT_OK)
    told = capsys.readouterr().out
    assert said in told and ("clock" in told) == bool(said)
    main(["sync", "status", "--data", str(till), "--json"])
    off_s = json.loads(capsys.readouterr().out)["clock_off_s"]
    assert off_s == (0 if not said else pytest.approx(-later.total_seconds(), abs=30))
