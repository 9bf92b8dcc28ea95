"""By stick: export, carry, import. Exactly once, whatever is lost, doubled, damaged, mixed up or late."""

from __future__ import annotations

import errno
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason, Refusal
from pos_member.headoffice import admin
from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import carry, protocol, protocol_carry
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, make_member, rows
from tests.log_watch import ExpectLog
from tests.sync.disaster_support import Counter, assert_held_once, enrolled_counter


def export(till: Counter, stick: Path, name: str = "up", **more: Any) -> Path:
    return carry.export(till.store, stick / f"{name}.pmup", CLOCK, app_version="test", **more).path


def refused(reason: Reason, work: Any) -> None:
    with pytest.raises(PosMemberError) as caught:
        work()
    assert caught.value.reason is reason


def test_there_and_back(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(5, member=MEMBERS[0], points=3)
    made = carry.export(till.store, stick, CLOCK)
    assert (made.first, made.last, made.path.parent) == (1, 5, stick)
    till.sell(1, member=MEMBERS[0], points=3)
    done = carry_in(office, made.path)
    assert (done.applied, done.duplicate, done.quarantined, done.error) == (5, 0, 0, "")
    assert till.store.acked_seq() == 0, "nothing is acknowledged before the answer is here"
    imported = carry.take_in(till.store, done.answer, CLOCK)
    assert (imported.acked_seq, till.store.queue_status().waiting) == (5, 1)
    assert imported.changes > 0
    assert till.folder is not None
    account = till.folder.store.members.account(MEMBERS[0].id)
    assert (account.balance, account.own_points_since) == (18, 3), "what head office holds, and what waits on top"
    assert till.sync().applied == 1
    assert_held_once(office.database, till.sold)


def test_everything_twice_is_as_once(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(3, member=MEMBERS[0], points=1)
    up = export(till, stick)
    first = carry_in(office, up)
    again = carry_in(office, up)
    assert (first.applied, again.applied, again.duplicate) == (3, 0, 3)
    assert carry.take_in(till.store, again.answer, CLOCK).acked_seq == 3
    till.sell(1)
    till.sync()
    cursor = till.store.cursor()
    once_more = carry.take_in(till.store, again.answer, CLOCK)
    assert (once_more.acked_seq, once_more.changes) == (4, 0)
    assert till.store.cursor() == cursor
    assert_held_once(office.database, till.sold)


def test_exported_again_before_the_answer_came(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(2)
    first = export(till, stick, "first")
    till.sell(2)
    second = export(till, stick, "second")
    newer, older = carry_in(office, second), carry_in(office, first)
    assert (newer.applied, older.duplicate, older.error) == (4, 2, "")
    assert carry.take_in(till.store, newer.answer, CLOCK).acked_seq == 4
    assert carry.take_in(till.store, older.answer, CLOCK).acked_seq == 4
    assert_held_once(office.database, till.sold)


def test_a_second_stick_from_the_same_place_is_told_apart(office: HeadOffice, till: Counter, stick: Path) -> None:
    """Its answer's news go on from where the till stood before the first one came: they wait for another export."""
    till.sell(2)
    first = carry_in(office, export(till, stick, "first"))
    second = export(till, stick, "second")
    with office.database.write() as connection:
        import_members(connection, [MemberImport(make_member(900))], CLOCK.now())
    office.stamp()
    answered = carry_in(office, second)
    done = carry.take_in(till.store, first.answer, CLOCK)
    assert (done.acked_seq, done.known, done.left) == (2, False, False)
    done = carry.take_in(till.store, first.answer, CLOCK)
    assert (done.changes, done.known, done.left) == (0, True, False), "taken in before"
    done = carry.take_in(till.store, answered.answer, CLOCK)
    assert (done.changes, done.known, done.left) == (0, False, True), "there is more in it, and it was not taken in"
    again = carry_in(office, export(till, stick, "third"))
    done = carry.take_in(till.store, again.answer, CLOCK)
    assert done.changes > 0 and not done.left and till.store.cursor() == office.horizon()
    done = carry.take_in(till.store, answered.answer, CLOCK)
    assert (done.known, done.left) == (True, False), "by now all of that is here"


def test_an_old_file_after_the_line_came_back_changes_nothing(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(2)
    up = export(till, stick)
    till.sell(3)
    assert till.sync().applied == 5
    done = carry_in(office, up)
    assert (done.duplicate, done.new_epoch, done.error) == (2, 0, "")
    assert [row.epoch for row in rows(office.database, "till")] == [1], "an old file is no restored till"
    assert carry.take_in(till.store, done.answer, CLOCK).acked_seq == 5
    assert till.sync().reason is None


def test_another_till_another_head_office_another_hand(
    office: HeadOffice, till: Counter, stick: Path, tmp_path: Path
) -> None:
    other = enrolled_counter(office, tmp_path, "two")
    try:
        till.sell(1)
        up = export(till, stick)
        answer = carry_in(office, up).answer
        refused(Reason.CARRY_OTHER_TILL, lambda: carry.take_in(other.store, answer, CLOCK))
        key = other.store.link()
        assert key is not None and key.private_key is not None
        identity, link = till.store.identity(), till.store.link()
        assert identity is not None and link is not None
        till.store.set_identity(identity, link.server_url, key.private_key, link.server_public_key)
        forged = export(till, stick, "forged")
        refused(Reason.CARRY_NOT_SIGNED, lambda: carry_in(office, forged))
        till.store.set_identity(identity, link.server_url, link.private_key, bytes(32))
        refused(Reason.CARRY_OTHER_OFFICE, lambda: carry.take_in(till.store, answer, CLOCK))
        assert till.store.acked_seq() == 0
    finally:
        other.close()


def test_the_file_of_the_other_way_is_told_by_name_and_by_what_it_should_end_in(
    office: HeadOffice, till: Counter, stick: Path
) -> None:
    till.sell(1)
    up = export(till, stick)
    down = carry_in(office, up).answer
    for path, read in ((up, lambda: carry.take_in(till.store, up, CLOCK)), (down, lambda: carry_in(office, down))):
        with pytest.raises(Refusal) as caught:
            read()
        assert caught.value.reason is Reason.CARRY_OTHER_KIND
        wanted = protocol_carry.DOWN_ENDING if path is up else protocol_carry.UP_ENDING
        assert caught.value.params == {"path": path.name, "wanted": wanted}
    assert till.store.acked_seq() == 0


@pytest.mark.parametrize("kind", ["up", "down"])
def test_no_damage_gets_through(office: HeadOffice, till: Counter, stick: Path, kind: str) -> None:
    till.sell(3)
    path = export(till, stick)
    if kind == "down":
        path = carry_in(office, path).answer
    raw = path.read_bytes()

    def read() -> object:
        return carry_in(office, path) if kind == "up" else carry.take_in(till.store, path, CLOCK)

    body = raw.index(b"\n", raw.index(b"\n", len(protocol_carry.MAGIC)) + 1) + 1
    cuts = (0, 5, len(protocol_carry.MAGIC), body - 3, body, body + 7, len(raw) - 1)
    for cut in cuts:
        path.write_bytes(raw[:cut])
        refused(Reason.CARRY_DAMAGED, read)
    for place in (0, body + 3, len(raw) - 2):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        refused(Reason.CARRY_DAMAGED, read)
    path.write_bytes(raw + b"more")
    refused(Reason.CARRY_DAMAGED, read)
    flipped = raw.index(b'"epoch":1')
    path.write_bytes(raw[:flipped] + b'"epoch":2' + raw[flipped + 9 :])
    with pytest.raises(Refusal) as unsigned:
        read()
    assert unsigned.value.reason in (Reason.CARRY_NOT_SIGNED, Reason.CARRY_OTHER_OFFICE)
    assert till.store.acked_seq() == 0
    path.write_bytes(raw)
    read()


def test_a_file_that_is_missing_or_there_already(office: HeadOffice, till: Counter, stick: Path) -> None:
    refused(Reason.FILE_NOT_READABLE, lambda: carry.take_in(till.store, stick / "none", CLOCK))
    export(till, stick)
    refused(Reason.FILE_EXISTS, lambda: export(till, stick))
    with pytest.raises(EnvironmentProblem) as unwritable:
        carry.export(till.store, stick / "no" / "folder", CLOCK)
    assert unwritable.value.reason is Reason.FILE_NOT_WRITABLE
    assert [path.name for path in stick.iterdir()] == ["up.pmup"]


def test_a_restored_till_finds_its_epoch_by_stick(
    office: HeadOffice, till: Counter, stick: Path, expected_logs: ExpectLog
) -> None:
    backup = till.backed_up(2)
    till.sell(2)
    till.sync()
    expected_logs("restored")
    till.put_back(backup)
    till.sell(2)
    up = export(till, stick)
    done = carry_in(office, up)
    assert (done.new_epoch, done.applied) == (2, 0)
    assert carry_in(office, up).new_epoch == 2, "the answer may be lost on the way"
    expected_logs("begins epoch 2")
    assert carry.take_in(till.store, done.answer, CLOCK).epoch == 2
    refused(Reason.CARRY_OTHER_EPOCH, lambda: carry.take_in(till.store, done.answer, CLOCK))
    second = carry_in(office, export(till, stick, "second"))
    assert (second.applied, second.error) == (2, "")
    assert carry.take_in(till.store, second.answer, CLOCK).acked_seq == 2
    refused(Reason.CARRY_OTHER_EPOCH, lambda: carry_in(office, up))
    assert_held_once(office.database, till.sold)


@pytest.mark.parametrize("sold_again", [2, 4], ids=["fewer than before", "more than before"])
@pytest.mark.parametrize("noticed", [True, False], ids=["the till knows", "nothing tells it"])
def test_an_answer_from_before_a_restore_acknowledges_nothing_of_what_came_after(
    office: HeadOffice, till: Counter, stick: Path, expected_logs: ExpectLog, noticed: bool, sold_again: int
) -> None:
    """Its numbers were used again since: head office holds other bills under them."""
    places = [till.path, till.state] if not noticed else [till.path]
    with till.closed():
        for place in places:
            shutil.copytree(place, stick / place.name)
    till.sell(3)
    done = carry_in(office, export(till, stick))
    with till.closed():
        for place in places:
            shutil.rmtree(place)
            shutil.copytree(stick / place.name, place)
    till.sell(sold_again)
    assert (till.store.doubt() is not None) is noticed
    assert carry.take_in(till.store, done.answer, CLOCK).acked_seq == 0
    assert till.store.queue_status().waiting == sold_again
    assert till.store.suspended(), "rights may have been spent in the other history"
    expected_logs("restored|begins epoch 2")
    till.sync()
    assert till.store.queue_status().waiting == 0
    assert {row.id for row in rows(office.database, "bill")} == {bill.id for bill in till.sold}


def test_a_head_office_that_went_back_asks_for_more(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(4)
    done = carry_in(office, export(till, stick))
    carry.take_in(till.store, done.answer, CLOCK)
    till.sell(1)
    with office.database.write() as connection:
        for table in ("bill", "event", "effect"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE seq > 1")
        chain = connection.exec_driver_sql("SELECT chain FROM event").scalar_one()
        connection.exec_driver_sql(f"UPDATE till SET last_seq = 1, chain = '{chain}'")
    part = carry_in(office, export(till, stick, "second"))
    assert part.error == protocol.ErrorCode.GAP
    asked = carry.take_in(till.store, part.answer, CLOCK)
    assert asked.again == 2
    whole = carry_in(office, export(till, stick, "third", from_seq=asked.again))
    assert (whole.applied, whole.error) == (4, "")
    assert carry.take_in(till.store, whole.answer, CLOCK).acked_seq == 5
    assert_held_once(office.database, till.sold)


def test_the_file_of_a_copy_waits_for_its_turn_and_is_told_until_when(
    office: HeadOffice, till: Counter, stick: Path, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    till.sell(1)
    till.sync()
    till.close()
    expected_logs("cloned")
    expected_logs("begins epoch")
    before, other = CLOCK.at, till.copy(tmp_path / "copy")
    try:
        till.open()
        assert other.sync().reason is None
        till.sell(2)
        file = export(till, stick)
        CLOCK.forward(timedelta(seconds=61))
        with pytest.raises(Refusal) as caught:
            carry_in(office, file)
        assert caught.value.reason is Reason.CARRY_OTHER_TURN
        assert caught.value.params == {"till": "01", "minutes": 14}
        CLOCK.forward(timedelta(minutes=14))
        assert carry.take_in(till.store, carry_in(office, file).answer, CLOCK).epoch > 1
    finally:
        other.close()
        CLOCK.at = before


def test_a_revoked_till_still_uploads_by_stick(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(2)
    identity = till.store.identity()
    assert identity is not None
    assert admin.revoke_till(str(office.database.engine.url.render_as_string(hide_password=False)), identity.id)
    done = carry_in(office, export(till, stick))
    assert done.applied == 2
    imported = carry.take_in(till.store, done.answer, CLOCK)
    assert (imported.acked_seq, imported.changes) == (2, 0)


def test_a_stick_pulled_out_in_the_middle_is_told_as_such(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(2)
    answer = carry_in(office, export(till, stick)).answer
    file = protocol_carry.read(answer, protocol_carry.DOWN)
    answer.unlink()
    refused(Reason.FILE_NOT_READABLE, lambda: next(file.records()))


def test_a_large_queue_goes_in_parts(office: HeadOffice, till: Counter, stick: Path) -> None:
    till.sell(protocol.BATCH_EVENTS_MAX + 20)
    up = export(till, stick)
    assert len(list(protocol_carry.read(up, protocol_carry.UP).records())) == 3
    done = carry_in(office, up, stick)
    assert done.applied == protocol.BATCH_EVENTS_MAX + 20
    assert carry.take_in(till.store, done.answer, CLOCK).acked_seq == protocol.BATCH_EVENTS_MAX + 20
    assert DirectLine(office) is not None and till.sync().pushed == 0


def test_the_file_says_what_is_on_it_and_how_far_it_is(
    office: HeadOffice, till: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BATCH_EVENTS_MAX", 100)
    till.sell(230, member=MEMBERS[0], points=1)
    told: list[tuple[int, int]] = []
    made = carry.export(till.store, stick, CLOCK, tell=lambda done, total: told.append((done, total)))
    queued = till.store.events_from(1, limit=1_000, max_bytes=1 << 30)
    assert (made.first, made.last, made.bills) == (1, 230, 230)
    assert (made.oldest, made.newest) == (min(e.created_at for e in queued), max(e.created_at for e in queued))
    assert told == [(100, 230), (200, 230), (230, 230)]
    down: list[tuple[int, int]] = []
    carry.take_in(
        till.store, carry_in(office, made.path).answer, CLOCK, tell=lambda done, total: down.append((done, total))
    )
    assert down and down[-1][0] == down[-1][1] == till.store.cursor()


def test_stopped_an_export_leaves_no_file_and_an_import_goes_on_later(
    office: HeadOffice, till: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BATCH_EVENTS_MAX", 100)
    till.sell(230, member=MEMBERS[0], points=1)
    stop = iter([False, True, True])
    with pytest.raises(carry.CarryStopped):
        carry.export(till.store, stick, CLOCK, stopping=lambda: next(stop))
    assert list(stick.iterdir()) == []
    answer = carry_in(office, export(till, stick)).answer
    with pytest.raises(carry.CarryStopped):
        carry.take_in(till.store, answer, CLOCK, stopping=lambda: True)
    assert till.store.cursor() == 0
    done = carry.take_in(till.store, answer, CLOCK)
    assert done.acked_seq == 230 and done.changes and till.store.queue_status().waiting == 0


def test_a_full_stick_is_told_apart_from_one_that_cannot_be_written(
    till: Counter, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sell(3)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(protocol_carry, "_hash", full)
    refused(Reason.CARRY_FULL, lambda: export(till, stick))
    assert list(stick.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full, as Linux has it")
def test_head_office_tells_of_a_full_stick_too_and_takes_the_file_in_once(
    office: HeadOffice, till: Counter, stick: Path
) -> None:
    till.sell(3)
    up = export(till, stick)
    (stick / "up.pmdown.body").symlink_to("/dev/full")
    refused(Reason.CARRY_FULL, lambda: carry_in(office, up))
    assert list(stick.iterdir()) == [up]
    done = carry_in(office, up)
    assert (done.applied, done.duplicate) == (0, 3), "taken in before the answer was written"
    assert carry.take_in(till.store, done.answer, CLOCK).acked_seq == 3
    assert_held_once(office.database, till.sold)


def test_a_place_that_cannot_even_be_looked_at_is_told(till: Counter, stick: Path) -> None:
    """As a stick that is gone and still mounted: the system answers with an error instead of "not there"."""
    till.sell(1)
    refused(Reason.FILE_NOT_WRITABLE, lambda: export(till, stick, "x" * 300))


def test_what_an_export_left_that_was_broken_off_is_cleared_away_by_the_next(till: Counter, stick: Path) -> None:
    """A till that lost its power, a stick that was pulled out: nobody else would ever take the room back."""
    till.sell(2)
    kept = {"0002-20261101-090000-7.pmup.body", "0001-20261101-090000-7.pmup", "photo.body", "0001-notes.part"}
    for name in kept | {"0001-20261101-090000-7.pmup.body", "0001-20261102-090000-9.pmup.part"}:
        (stick / name).write_bytes(b"half")
    made = carry.export(till.store, stick, CLOCK).path
    assert made.name.startswith("0001-")
    assert {each.name for each in stick.iterdir()} == kept | {made.name}
