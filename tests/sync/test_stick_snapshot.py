"""A till that is far behind, or has nothing, gets a snapshot by stick; nothing is lost, nothing counts twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_member.domain import codec
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import admin, carrying
from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.sync import carry, protocol_carry
from tests.headoffice.office_support import CLOCK, LOT, MEMBERS, make_member, new_id
from tests.sync.disaster_support import Counter, assert_held_once

MANY = 40


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many here; parts of four pages."""
    monkeypatch.setattr(carrying, "FAR_BEHIND", 30)
    monkeypatch.setattr("pos_member.headoffice.snapshot_build.PART_PLAIN_BYTES", 4 * 4_096)


@pytest.fixture
def snapshots(office: HeadOffice, tmp_path: Path) -> Snapshots:
    return Snapshots(office.database, tmp_path / "snapshots", CLOCK, new_id)


def add_members(office: HeadOffice, first: int, count: int) -> None:
    with office.database.write() as connection:
        imports = [MemberImport(make_member(n), buckets={LOT: 3}) for n in range(first, first + count)]
        import_members(connection, imports, CLOCK.now())
    office.stamp()


def make(snapshots: Snapshots) -> SnapshotManifest:
    made = snapshots.make()
    assert made is not None and len(made.parts) > 3
    return made


def export(till: Counter, stick: Path, name: str = "up") -> Path:
    assert till.folder is not None
    return carry.export(till.store, stick / f"{name}.pmup", CLOCK, intake=till.folder.intake).path


def take_in(till: Counter, answer: Path, **more: object) -> carry.Imported:
    assert till.folder is not None
    return carry.take_in(till.store, answer, CLOCK, intake=till.folder.intake, **more)  # type: ignore[arg-type]


def known(till: Counter) -> int:
    assert till.folder is not None
    with till.folder.replica.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one())


def balance(till: Counter) -> tuple[int, int]:
    assert till.folder is not None
    account = till.folder.store.members.account(MEMBERS[0].id)
    return account.balance, account.own_points_since


def given(answer: Path) -> SnapshotManifest | None:
    first = next(protocol_carry.read(answer, protocol_carry.DOWN).records())
    return codec.from_feed_bytes(protocol_carry.CarryAnswer, first).snapshot


def test_far_behind_it_gets_the_file_and_its_own_counts_once(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    till.sell(2, member=MEMBERS[0], points=3)
    till.sync()
    add_members(office, 100, MANY)
    manifest = make(snapshots)
    add_members(office, 300, 2)
    till.sell(1, member=MEMBERS[0], points=5)
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    assert given(done.answer) == manifest
    till.sell(1, member=MEMBERS[0], points=7)
    counted: list[tuple[int, int]] = []
    imported = take_in(till, done.answer, tell=lambda *each: counted.append(each))
    assert imported.changes >= manifest.members and imported.acked_seq == 3
    assert counted[: len(manifest.parts)] == [(n + 1, len(manifest.parts)) for n in range(len(manifest.parts))]
    assert known(till) == len(MEMBERS) + MANY + 2
    assert balance(till) == (18, 7), "what head office holds, and what waits on top"
    assert till.store.cursor() == office.horizon()
    again = take_in(till, done.answer)
    assert (again.acked_seq, again.changes) == (3, 0), "twice is as once"
    assert till.sync().applied == 1
    assert balance(till) == (18, 0)
    assert_held_once(office.database, till.sold)


def test_one_that_has_nothing_gets_the_file(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    add_members(office, 100, MANY)
    manifest = make(snapshots)
    assert till.store.cursor() == 0
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    assert take_in(till, done.answer).changes >= manifest.members
    assert known(till) == len(MEMBERS) + MANY


def test_a_revoked_till_gets_its_receipt_and_nothing_else(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    till.sync()
    add_members(office, 100, MANY)
    make(snapshots)
    till.sell(2)
    before = known(till)
    identity = till.store.identity()
    assert identity is not None
    admin.revoke_till(str(office.database.engine.url.render_as_string(hide_password=False)), identity.id)
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    assert given(done.answer) is None
    imported = take_in(till, done.answer)
    assert (imported.acked_seq, imported.changes, known(till)) == (2, 0, before)


def test_who_is_near_or_cannot_read_one_gets_changes(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    add_members(office, 100, MANY)
    make(snapshots)
    older = carry.export(till.store, stick / "older.pmup", CLOCK).path
    assert given(carry_in(office, older, snapshots=snapshots).answer) is None, "an earlier build says nothing of it"
    answer = carry_in(office, export(till, stick), snapshots=snapshots).answer
    take_in(till, answer)
    add_members(office, 300, 2)
    make(snapshots)
    near = carry_in(office, export(till, stick, "near"), snapshots=snapshots).answer
    assert given(near) is None
    assert take_in(till, near).changes == 4
    assert known(till) == len(MEMBERS) + MANY + 2


def test_who_went_further_meanwhile_leaves_the_file_out(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    add_members(office, 100, MANY)
    make(snapshots)
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    till.sync()
    add_members(office, 300, 2)
    till.sync()
    cursor = till.store.cursor()
    assert take_in(till, done.answer).changes == 0
    assert (till.store.cursor(), known(till)) == (cursor, len(MEMBERS) + MANY + 2)


def test_stopped_it_goes_on_with_the_parts_that_came(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_members(office, 100, MANY)
    manifest = make(snapshots)
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    assert till.folder is not None
    put, kept = till.folder.intake.put, []

    def note(number: int, raw: bytes) -> None:
        put(number, raw)
        kept.append(number)

    monkeypatch.setattr(till.folder.intake, "put", note)
    with pytest.raises(carry.CarryStopped):
        take_in(till, done.answer, stopping=lambda: len(kept) == 2)
    assert (known(till), till.store.cursor()) == (0, 0), "all of it or nothing"
    take_in(till, done.answer)
    assert kept == list(range(len(manifest.parts))), "none came twice"
    assert known(till) == len(MEMBERS) + MANY


def test_after_a_reload_the_file_takes_the_place_of_everything(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots
) -> None:
    """The till's cursor is none of this feed's."""
    till.sell(1, member=MEMBERS[0], points=3)
    till.sync()
    add_members(office, 100, MANY)
    make(snapshots)
    page = till.store.mark()
    till.store.apply_changes((), till.store.cursor(), None, page.as_of or CLOCK.now(), "another feed")
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    assert given(done.answer) is not None
    assert take_in(till, done.answer).changes >= len(MEMBERS) + MANY
    assert till.store.mark().feed_mark != "another feed"
    assert (known(till), balance(till)) == (len(MEMBERS) + MANY, (3, 0))
    assert take_in(till, done.answer).changes == 0


def test_a_part_that_is_not_the_named_one_changes_nothing(
    office: HeadOffice, till: Counter, stick: Path, snapshots: Snapshots, tmp_path: Path
) -> None:
    add_members(office, 100, MANY)
    manifest = make(snapshots)
    part = snapshots.part(manifest.id, 1)
    assert part is not None
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    done = carry_in(office, export(till, stick), snapshots=snapshots)
    with pytest.raises(EnvironmentProblem) as caught:
        take_in(till, done.answer)
    assert caught.value.reason is Reason.CARRY_DAMAGED
    assert (known(till), till.store.cursor()) == (0, 0)
