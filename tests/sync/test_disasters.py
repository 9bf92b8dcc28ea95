"""Disasters at head office and on the line: what is lost, what is refilled, and what everyone is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, make_url

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.headoffice import backing, owed, schema
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import TILL_NUMBER_MAX, read_setting
from pos_member.headoffice.rights_grants import FROZEN_UNTIL, frozen
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import KEEP_ACKED_DAYS
from pos_member.sync import protocol
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer
from tests.db_support import SetClock, copy_template
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    database_url,
    new_id,
    open_exceptions,
    open_office,
    rows,
    seed,
)
from tests.log_watch import ExpectLog
from tests.office_database import OFFICES, SQLITE
from tests.sync.disaster_support import Counter, assert_held_once, enrolled_counter, until_calm


class Place:
    """Head office on one database, closed and opened again; tills keep their line to it."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.office = open_office(tmp_path)
        self.url = database_url(tmp_path)
        self.line = Switched(self.office)

    def close(self) -> None:
        self.office.database.close()

    def reopen(self, clock: SetClock = CLOCK) -> None:
        self.office = HeadOffice(open_database(self.url), clock, new_id)
        self.line.to(self.office)

    def backup(self, name: str = "backup") -> Path:
        return backing.backup(self.url, self.tmp_path / f"{name}.db").path

    def go_back(self, backup: Path) -> backing.Restored:
        """By the command."""
        self.close()
        restored = backing.restore(self.url, backup, who="ann", why="disk", clock=CLOCK, anyway=True)
        self.reopen()
        return restored


class Switched(DirectLine):
    """A line that leads to whatever head office stands there now, or nowhere."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.down = False

    def to(self, office: HeadOffice) -> None:
        super().__init__(office)

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if self.down:
            raise EnvironmentProblem(Reason.LINE_DOWN)
        return super().exchange(method, path, **more)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    before = CLOCK.at
    made = Place(tmp_path)
    seed(made.office.database)
    yield made
    made.close()
    CLOCK.at = before


@pytest.fixture
def till(place: Place, tmp_path: Path) -> Iterator[Counter]:
    made = enrolled_counter(place.office, tmp_path, "one", line=place.line)
    yield made
    made.close()


# --- head office went back ---------------------------------------------------------------------------------


def test_a_restored_head_office_is_refilled_by_its_tills(
    place: Place, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    other = enrolled_counter(place.office, tmp_path, "two", line=place.line)
    try:
        for each in (till, other):
            each.sell(3, member=MEMBERS[0], points=2)
            assert each.sync().reason is None
        backup = place.backup()
        for each in (till, other):
            each.sell(4, member=MEMBERS[0], points=2)
            assert each.sync().reason is None
        restored = place.go_back(backup)
        assert [(left.epoch, left.last_seq) for left in restored.tills] == [(1, 3), (1, 3)]
        assert len(rows(place.office.database, "bill")) == 6
        expected_logs("none of head office's feed")
        for each in (till, other):
            each.sell(1)
            assert until_calm(each.sync) <= 3
        assert_held_once(place.office.database, till.sold + other.sold)
        till.sync()
        assert till.folder is not None
        assert till.folder.store.members.account(MEMBERS[0].id).balance == 28
        with place.office.database.read() as connection:
            assert frozen(connection, CLOCK.now()) and frozen(connection, restored.frozen_until - timedelta(seconds=1))
            assert frozen(connection, restored.frozen_until), "no till was heard since that time was over"
        assert ("headoffice_restored", "headoffice") in open_exceptions(place.office.database)
        [act] = [row for row in rows(place.office.database, "office_act") if row.act == "headoffice_restored"]
        assert (act.who, act.why) == ("ann", "disk")
    finally:
        other.close()


def test_put_back_by_hand_it_is_noticed_by_the_first_till_and_once(place: Place, till: Counter) -> None:
    if OFFICES.kind != SQLITE:
        pytest.skip("by hand means a file")
    till.sell(2)
    till.sync()
    backup = place.backup()
    till.sell(2)
    till.sync()
    place.close()
    path = Path(make_url(place.url).database or "")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(backup.read_bytes())
    place.reopen()
    assert until_calm(till.sync) <= 3
    assert_held_once(place.office.database, till.sold)
    database = place.office.database
    case = open_exceptions(database)[("headoffice_restored", "headoffice")]
    assert '"acked_seq": 4' in case.detail and '"last_seq": 2' in case.detail
    with database.read() as connection:
        until = read_setting(connection, FROZEN_UNTIL)
        assert until and frozen(connection, CLOCK.now())
    till.sync()
    assert open_exceptions(database)[("headoffice_restored", "headoffice")] == case


def test_what_tills_no_longer_keep_is_a_gap_and_no_dead_end(
    place: Place, till: Counter, expected_logs: ExpectLog
) -> None:
    """The backup is older than the 35 days that tills keep: what is left is taken in, and the till goes on."""
    till.sell(2)
    till.sync()
    backup = place.backup()
    clock = till.clock = SetClock(CLOCK.now())
    till.close()
    till.open()
    lost = till.sell(3)
    till.sync()
    clock.forward(timedelta(days=KEEP_ACKED_DAYS + 1))
    till.sell(1)
    till.sync()
    assert till.store.prune_acked(clock.now()) > 0
    till.sell(2)
    till.sync()
    place.go_back(backup)
    expected_logs("begins epoch 2")
    assert until_calm(till.sync) <= 4
    till.sell(1)
    assert till.sync().applied == 1
    assert_held_once(place.office.database, till.sold, lost)
    assert gap_after(place, timedelta(hours=20)) == {}
    assert gap_after(place, timedelta(hours=24)) == {(till.me, 1): [[3, 5]]}, "which they were is known"


def gap_after(place: Place, span: timedelta) -> dict[tuple[str, int], list[list[int]]]:
    """(till, epoch) → numbers that will not come, after the work of a day; each case has its owner."""
    CLOCK.forward(span)
    assert DailyWork(place.office).run_if_due()
    found = {}
    for case in open_exceptions(place.office.database).values():
        detail = json.loads(case.detail)
        if case.kind == "gap" and "epoch" in detail:
            assert case.till_id == detail["till_id"]
            found[case.till_id, detail["epoch"]] = detail["missing"]
    return found


class NoPush(DirectLine):
    """Hello goes through; then the line breaks."""

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if path == "/v1/push":
            raise EnvironmentProblem(Reason.LINE_DOWN)
        return super().exchange(method, path, **more)


def test_numbers_that_a_till_owed_when_its_disk_was_lost_are_a_case(place: Place, till: Counter) -> None:
    """It was heard once after head office was put back, and never again; or it was found after all."""
    till.sell(2)
    till.sync()
    backup = place.backup()
    till.sell(3)
    till.sync()
    place.go_back(backup)
    assert till.sync(NoPush(place.office)).reason is Reason.LINE_DOWN
    assert gap_after(place, timedelta(hours=25)) == {(till.me, 1): [[3, 5]]}
    assert till.sync(place.line).reason is None
    assert gap_after(place, timedelta(hours=25)) == {}
    with place.office.database.read() as connection:
        assert owed.cases(connection, CLOCK.now()) == ([], [])
    assert_held_once(place.office.database, till.sold)


def two_backups(place: Place, till: Counter, bills: int) -> tuple[Path, Path]:
    """Of head office with two bills, then of the till with so many more."""
    till.sell(2)
    till.sync()
    backup = place.backup()
    till.sell(bills)
    till.sync()
    assert till.folder is not None
    return backup, till.folder.backup()


def test_what_was_lost_from_both_sides_is_told_by_its_numbers(
    place: Place, till: Counter, expected_logs: ExpectLog
) -> None:
    """The till said what it had, then its own database went back, too."""
    backup, till_backup = two_backups(place, till, 1)
    lost = till.sell(2)
    till.sync()
    place.go_back(backup)
    assert till.sync(NoPush(place.office)).reason is Reason.LINE_DOWN
    expected_logs("restored")
    expected_logs("begins epoch")
    till.put_back(till_backup)
    assert until_calm(lambda: till.sync(place.line)) <= 4
    assert_held_once(place.office.database, till.sold, lost)
    assert gap_after(place, timedelta(hours=25)) == {(till.me, 1): [[4, 5]]}


def test_a_backup_from_before_this_tills_last_epoch_is_refilled_too(
    place: Place, till: Counter, expected_logs: ExpectLog
) -> None:
    backup, till_backup = two_backups(place, till, 2)
    till.sell(1)
    till.sync()
    expected_logs("restored")
    expected_logs("begins epoch")
    till.put_back(till_backup)
    till.sell(2)
    till.sync()
    place.go_back(backup)
    till.sell(1)
    assert until_calm(till.sync) <= 4
    # The one bill that only the till's replaced file and head office's replaced file held is gone with both.
    lost = [till.sold[4]]
    assert_held_once(place.office.database, till.sold, lost)
    identity = till.store.identity()
    assert identity is not None and identity.epoch == 3


def test_head_office_is_not_replaced_by_accident(place: Place, till: Counter, tmp_path: Path) -> None:
    till.sell(1)
    till.sync()
    backup = place.backup()
    with pytest.raises(Refusal) as refused:
        backing.restore(place.url, backup, who="ann", why="")
    assert refused.value.reason is Reason.HEADOFFICE_NOT_EMPTY
    with pytest.raises(Refusal) as exists:
        backing.backup(place.url, backup)
    assert exists.value.reason is Reason.FILE_EXISTS
    assert len(rows(place.office.database, "bill")) == 1


def test_a_running_head_office_is_not_pulled_away(place: Place, till: Counter) -> None:
    if OFFICES.kind != SQLITE:
        pytest.skip("a server's tables change in one transaction")
    backup = place.backup()
    rows(place.office.database, "bill")  # a connection is open
    with pytest.raises(EnvironmentProblem) as busy:
        backing.restore(place.url, backup, who="ann", why="", anyway=True)
    assert busy.value.reason is Reason.DATABASE_BUSY
    till.sell(1)
    assert till.sync().applied == 1


@pytest.mark.parametrize("cut", ["half", "text", "empty", "other"])
def test_a_damaged_backup_changes_nothing(place: Place, till: Counter, tmp_path: Path, cut: str) -> None:
    till.sell(1)
    till.sync()
    backup = place.backup()
    if cut == "other":
        backup.unlink()
        with closing(sqlite3.connect(backup)) as other:
            other.execute("CREATE TABLE setting (name, value)")
    else:
        raw = backup.read_bytes()
        backup.write_bytes({"half": raw[: len(raw) // 2], "text": b"not a database" * 99, "empty": b""}[cut])
    with pytest.raises(EnvironmentProblem) as damaged:
        backing.restore(place.url, backup, who="ann", why="", anyway=True)
    assert damaged.value.reason is Reason.BACKUP_DAMAGED
    assert len(rows(place.office.database, "bill")) == 1
    assert not [path for path in tmp_path.iterdir() if "restoring" in path.name or "part" in path.name]


def test_a_till_that_a_restored_head_office_does_not_know_keeps_its_name_with_a_code(
    place: Place, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    backup = place.backup()
    late = enrolled_counter(place.office, tmp_path, "late", line=place.line)
    try:
        late.sell(3, member=MEMBERS[0], points=1)
        late.sync()
        late.sell(1)
        place.go_back(backup)
        assert late.sync().reason is Reason.TILL_NOT_KNOWN
        late.sell(1)
        before = late.store.identity()
        assert before is not None
        code = place.office.enrol_code_again(before.id, "KS01")
        after = enrol("http://127.0.0.1:1", code, late.store, transport=place.line)
        assert (after.id, after.number) == (before.id, before.number)
        expected_logs("begins epoch")
        expected_logs("none of head office's feed")
        assert until_calm(late.sync) <= 4
        now = late.store.identity()
        assert now is not None and now.epoch == before.epoch + 1
        assert_held_once(place.office.database, late.sold)
        late.sell(1)
        assert late.sync().applied == 1
    finally:
        late.close()


def test_unsent_facts_are_not_taken_to_another_till(place: Place, till: Counter, tmp_path: Path) -> None:
    till.sell(1)
    with pytest.raises(Refusal) as refused:
        enrol("http://127.0.0.1:1", place.office.enrol_code("KS01"), till.store, transport=place.line)
    assert refused.value.reason is Reason.TILL_HAS_UNSENT
    assert till.sync().applied == 1
    made = enrol("http://127.0.0.1:1", place.office.enrol_code("KS01"), till.store, transport=place.line)
    assert made.number == 2


# --- a till's disk is gone -----------------------------------------------------------------------------------


def test_a_lost_disk_leaves_a_visible_gap_and_the_counter_sells_on(place: Place, till: Counter, tmp_path: Path) -> None:
    till.sell(3)
    till.sync()
    contact = [row.last_contact_at for row in rows(place.office.database, "till")]
    lost = till.sell(2)
    till.close()
    new = enrolled_counter(place.office, tmp_path, "new", line=place.line)
    try:
        new.sell(2)
        new.sync()
        assert_held_once(place.office.database, till.sold + new.sold, lost)
        [old] = [row for row in rows(place.office.database, "till") if row.number == 1]
        assert old.last_contact_at == contact[0] and old.last_seq == 3
    finally:
        new.close()


def test_a_counter_enrolled_again_under_its_name_leaves_the_numbers_of_lost_receipts_alone(
    place: Place, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    till.sell(3)
    till.sync()
    lost = till.sell(2)
    name = till.me
    till.close()
    new = Counter(copy_template(tmp_path / "new"), tmp_path / "new-state", place.line).open()
    try:
        code = place.office.enrol_code_again(name, "KS01")
        expected_logs("begins epoch")
        assert enrol("http://127.0.0.1:1", code, new.store, transport=place.line).id == name
        until_calm(new.sync)
        sold = new.sell(2)
        assert new.sync().applied == 2
        assert_held_once(place.office.database, till.sold + sold, lost)
        assert not {bill.number for bill in sold} & {bill.number for bill in till.sold}, "the lost ones are on paper"
    finally:
        new.close()


def test_a_disk_lost_twice_around_a_restored_head_office_gives_no_number_twice(
    place: Place, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """Of the room that was left the first time head office knows nothing any more."""
    till.sell(3)
    till.sync()
    backup, name, sold = place.backup(), till.me, list(till.sold)
    till.close()
    expected_logs("begins epoch")
    for again in ("first", "second"):
        new = Counter(copy_template(tmp_path / again), tmp_path / again / "state", place.line).open()
        code = place.office.enrol_code_again(name, "KS01")
        enrol("http://127.0.0.1:1", code, new.store, transport=place.line)
        until_calm(new.sync)
        sold += new.sell(3)
        assert new.sync().applied == 3
        new.close()
        if again == "first":
            place.go_back(backup)
    numbers = [bill.number for bill in sold]
    assert len(numbers) == 9 and len(set(numbers)) == 9


@pytest.mark.parametrize("under_its_name", [True, False])
def test_a_till_of_which_a_restored_head_office_knows_nothing_shares_no_number_with_the_next(
    place: Place, till: Counter, tmp_path: Path, expected_logs: ExpectLog, under_its_name: bool
) -> None:
    """Enrolled after the backup, its disk gone before it had sent again: the papers it gave bear its number."""
    till.sell(1)
    till.sync()
    backup = place.backup()
    gone = enrolled_counter(place.office, tmp_path, "gone", line=place.line)
    gone.sell(3)
    gone.sync()
    name = gone.me
    gone.close()
    place.go_back(backup)
    new = Counter(copy_template(tmp_path / "new"), tmp_path / "new-state", place.line).open()
    try:
        again = place.office.enrol_code_again
        code = again(name, "KS01") if under_its_name else place.office.enrol_code("KS01")
        if under_its_name:
            expected_logs("begins epoch")
        made = enrol("http://127.0.0.1:1", code, new.store, transport=place.line)
        assert made.number > 2, "the number of a till that may be at work"
        until_calm(new.sync)
        sold = new.sell(3)
        assert new.sync().reason is None
        assert not {bill.number for bill in sold} & {bill.number for bill in gone.sold}
    finally:
        new.close()


def number_of_a_new_till(place: Place, name: str) -> int:
    new = enrolled_counter(place.office, place.tmp_path, name, line=place.line)
    found = new.store.identity()
    new.close()
    assert found is not None
    return found.number


def test_a_backup_that_is_put_back_twice_gives_no_till_number_twice(place: Place, till: Counter) -> None:
    backup = place.backup()
    numbers = []
    for name in ("first", "second"):
        place.go_back(backup)
        numbers.append(number_of_a_new_till(place, name))
        CLOCK.forward(timedelta(seconds=61))
    assert len(set(numbers)) == 2 and min(numbers) > 2


def test_the_numbers_of_tills_do_not_run_out_by_putting_back(place: Place, till: Counter) -> None:
    last = TILL_NUMBER_MAX - 50
    with place.office.database.write() as connection:
        connection.execute(insert(schema.till_number).values(number=last, till_id=new_id()))
    place.go_back(place.backup())
    assert number_of_a_new_till(place, "new") == last + 1


# --- the line is down for 40 days -----------------------------------------------------------------------------


def test_forty_days_without_a_line_lose_nothing(place: Place, till: Counter) -> None:
    clock = SetClock(CLOCK.now())
    place.office.clock = clock
    till.close()
    till.clock = clock
    till.open()
    place.office.limits = protocol.Limits(batch_events=50)
    place.line.down = True
    for _ in range(40):
        till.sell(6, member=MEMBERS[1], points=1)
        assert till.sync().reason is Reason.LINE_DOWN
        clock.forward(timedelta(days=1))
        assert till.store.prune_acked(clock.now()) == 0
    assert till.store.queue_status().waiting == 240
    place.line.down = False
    outcome = till.sync()
    assert (outcome.applied, outcome.reason) == (240, None)
    assert_held_once(place.office.database, till.sold)
    acked = clock.now()
    for days, kept in ((1, 240), (KEEP_ACKED_DAYS - 1, 240), (KEEP_ACKED_DAYS + 1, 1)):
        clock.at = acked + timedelta(days=days)
        till.store.prune_acked(clock.now())
        assert len(till.store.events_from(1, limit=500)) == kept


# --- clocks ---------------------------------------------------------------------------------------------------


def kept_from(till: Counter) -> int:
    stands = till.store.at_hello()
    assert stands is not None
    return stands.kept_from


@pytest.mark.parametrize("years", [-6, -1, 1, 10])
def test_a_till_whose_clock_is_years_off_syncs_says_so_and_keeps_its_facts(
    place: Place, till: Counter, years: int
) -> None:
    clock = SetClock(CLOCK.now() + timedelta(days=365 * years))
    till.close()
    till.clock = clock
    till.open()
    till.sell(3, member=MEMBERS[0], points=1)
    assert till.sync().applied == 3
    assert till.state_shown().clock_off_s == 365 * years * 86_400
    assert till.state_shown().line == "online"
    case = open_exceptions(place.office.database)[("clock_skew", rows(place.office.database, "till")[0].id)]
    assert f'"minutes": {365 * years * 1_440}' in case.detail
    assert kept_from(till) == 1, "a wrong clock throws nothing away"
    clock.at = CLOCK.now()
    assert till.sync().reason is None
    assert till.state_shown().clock_off_s == 0
    assert kept_from(till) == 1
    assert not [key for key in open_exceptions(place.office.database) if key[0] == "clock_skew"]
    clock.forward(timedelta(days=365 * 30))
    till.sync()
    assert kept_from(till) == 1, "nor a clock that jumps far ahead later"
    assert_held_once(place.office.database, till.sold)


def test_pruning_goes_by_the_later_of_both_clocks_at_the_ack_and_the_earlier_now(place: Place, till: Counter) -> None:
    clock = SetClock(CLOCK.now() - timedelta(days=400))
    till.close()
    till.clock = clock
    till.open()
    till.sell(2)
    till.sync()
    clock.at = CLOCK.now()
    till.sell(1)
    till.sync()
    assert till.store.prune_acked(CLOCK.now()) == 0, "acknowledged today, whatever the till's clock said"
    assert till.store.prune_acked(CLOCK.now() + timedelta(days=KEEP_ACKED_DAYS + 1)) == 2
