"""A snapshot is the feed up to its cursor, whatever head office was doing; whole ones are given out, old ones go."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import select
from sqlcipher3 import dbapi2

from pos_member.db.feed import apply
from pos_member.db.plain_replica import plain_replica, set_mark
from pos_member.db.replica_schema import REPLICA_VERSION
from pos_member.db.values import to_us
from pos_member.domain.member import Member
from pos_member.headoffice import feed, schema, snapshot_build
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshot_build import part_plain_bytes
from pos_member.headoffice.snapshot_rows import Cancelled
from pos_member.headoffice.snapshots import KEPT, Snapshots, snapshot_folder
from pos_member.services.snapshot_ports import PART_PLAIN_BYTES, SnapshotManifest
from tests.db_support import SetClock
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    CLOCK,
    LOT,
    MEMBERS,
    Till,
    make_coupon,
    make_member,
    new_id,
    rows,
)


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """All that it holds is numbered."""
    office.stamp()
    return office


def keep(office: HeadOffice, folder: Path, clock: SetClock = CLOCK) -> Snapshots:
    return Snapshots(office.database, folder / "snapshots", clock, new_id)


def make(snapshots: Snapshots) -> SnapshotManifest:
    made = snapshots.make()
    assert made is not None
    return made


def plain_of(snapshots: Snapshots, manifest: SnapshotManifest, target: Path) -> Path:
    """The file, put together from its parts, each checked."""
    whole = b""
    for number, part in enumerate(manifest.parts):
        path = snapshots.part(manifest.id, number)
        assert path is not None
        raw = path.read_bytes()
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (part.bytes, part.sha256)
        whole += zstandard.ZstdDecompressor().decompress(raw, part.plain_bytes)
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (manifest.bytes, manifest.sha256)
    target.write_bytes(whole)
    return target


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a plain replica, as a till looks at it; rows of members without their places."""
    with closing(dbapi2.connect(str(path))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (REPLICA_VERSION,)
        found = {
            table: sorted(map(tuple, connection.execute(f"SELECT * FROM {table}")), key=repr)
            for table in ("item", "product", "account", "coupon", "mark")
        }
        found["member"] = sorted((row[1:] for row in connection.execute("SELECT * FROM member")), key=repr)
        found["words"] = connection.execute("SELECT id, sz FROM member_search_docsize ORDER BY 1").fetchall()
        found["names"] = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name != 'snapshot_seen' ORDER BY 1, 2"
        ).fetchall()
    return found


def feed_as_replica(office: HeadOffice, path: Path, cursor: int, mark: str) -> Path:
    """What a till has that read the feed from its start."""
    with office.database.read() as connection:
        table = schema.feed
        query = select(table).where(table.c.scope.in_(("global", "organisation"))).order_by(table.c.publish_no)
        changes = [feed.change_of(row) for row in connection.execute(query)]
    with plain_replica(path) as target:
        apply(target, changes)
        set_mark(target, cursor, to_us(CLOCK.now()), mark)
    return path


def trade(office: HeadOffice, till: Till) -> None:
    """Bills with points and coupons, a coupon used, a member renewed."""
    for n in range(6):
        coupon = make_coupon(till.identity, f"8{n:015d}")
        till.ring(member=MEMBERS[n % 5], points=n + 1, coupons_issued=(coupon,))
    assert till.engine(DirectLine(office)).sync_once().reason is None


def test_it_is_what_a_till_has_that_read_the_feed(office: HeadOffice, tmp_path: Path) -> None:
    with office.database.write() as connection:
        lots = [MemberImport(make_member(n), buckets={LOT: n, None: 5}, visits=n, months={}) for n in range(50, 90)]
        import_members(connection, lots, CLOCK.now())
    with DirectLine(office).enrolled(tmp_path) as till:
        trade(office, till)
    snapshots = keep(office, tmp_path)
    manifest = make(snapshots)
    assert manifest.cursor == office.horizon() and manifest.members == 45
    mine = content(plain_of(snapshots, manifest, tmp_path / "whole.db"))
    theirs = content(feed_as_replica(office, tmp_path / "feed.db", manifest.cursor, manifest.mark))
    assert mine == theirs
    assert len(mine["coupon"]) == 6 and len(mine["words"]) == 45


def test_what_accounts_are_ahead_of_the_feed_is_written_beside(office: HeadOffice, tmp_path: Path) -> None:
    """The stamper is another's and has not come round: the figures include what the feed does not say yet."""
    with DirectLine(office).enrolled(tmp_path) as till:
        trade(office, till)
        till.ring(member=MEMBERS[0], points=100)
        before = office.horizon()
        office.stamper.run = lambda *_args, **_more: 0  # type: ignore[method-assign]
        assert till.engine(DirectLine(office)).sync_once().reason is None
        assert office.horizon() == before
        snapshots = keep(office, tmp_path)
        manifest = make(snapshots)
        assert manifest.cursor == before
        path = plain_of(snapshots, manifest, tmp_path / "whole.db")
        with closing(dbapi2.connect(str(path))) as connection:
            seen = dict(connection.execute("SELECT id, body FROM snapshot_seen WHERE entity = 'account'"))
        assert {who: json.loads(body) for who, body in seen.items()} == {MEMBERS[0].id: {till.identity.id: "1.7"}}


def test_nothing_is_seen_beside_a_feed_that_says_it_all(office: HeadOffice, tmp_path: Path) -> None:
    with DirectLine(office).enrolled(tmp_path) as till:
        trade(office, till)
    snapshots = keep(office, tmp_path)
    path = plain_of(snapshots, make(snapshots), tmp_path / "whole.db")
    with closing(dbapi2.connect(str(path))) as connection:
        assert connection.execute("SELECT * FROM snapshot_seen").fetchall() == []


# --- which there are --------------------------------------------------------------------------------------


def add_members(office: HeadOffice, first: int, count: int) -> list[Member]:
    members = [make_member(n) for n in range(first, first + count)]
    with office.database.write() as connection:
        import_members(connection, [MemberImport(each) for each in members], CLOCK.now())
    office.stamp()
    return members


@pytest.mark.parametrize(
    "size", [4_096, 86_016, 2 << 20, (2 << 20) + 4_096, 12_378_112, 8 << 20, 16 << 20, 650_117_120]
)
def test_a_file_is_cut_into_parts_alike(size: int) -> None:
    step = part_plain_bytes(size)
    parts = -(-size // step)
    assert step <= PART_PLAIN_BYTES and step % 4_096 == 0
    assert parts == 1 if size <= 2 << 20 else parts % 2 == 0, "a till works on two at the same time"
    assert size - (parts - 1) * step > step - parts * 4_096, "none is much smaller than the others"


def test_when_one_is_due(office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_member.headoffice.snapshots.WORTH_CHANGES", 40)
    monkeypatch.setattr("pos_member.headoffice.snapshots.BEHIND_CHANGES", 30)
    snapshots = keep(office, tmp_path)
    assert not snapshots.is_due() and snapshots.newest() is None
    add_members(office, 100, 20)
    assert snapshots.is_due()
    made = make(snapshots)
    assert snapshots.newest() == made and not snapshots.is_due()
    add_members(office, 200, 10)
    assert not snapshots.is_due()
    add_members(office, 300, 10)
    assert snapshots.is_due()


def test_old_ones_go_but_not_while_they_are_fetched(office: HeadOffice, tmp_path: Path) -> None:
    clock = SetClock(CLOCK.now())
    snapshots = keep(office, tmp_path, clock)
    made = []
    for n in range(KEPT):
        add_members(office, 100 + n, 1)
        made.append(make(snapshots))
    # The folders' times are the system's: the clock goes on from there.
    folder = tmp_path / "snapshots"
    clock.at = CLOCK.now().fromtimestamp((folder / made[0].id).stat().st_mtime, tz=CLOCK.now().tzinfo)
    assert snapshots.part(made[0].id, 0) is not None
    add_members(office, 200, 1)
    made.append(make(snapshots))
    assert snapshots.part(made[0].id, 0) is not None, "somebody fetched of it just now"
    clock.forward(timedelta(hours=1))
    snapshots.forget_old()
    assert snapshots.part(made[0].id, 0) is None
    assert [each.id for each in snapshots.listed()] == [made[2].id, made[1].id]
    assert {row.id for row in rows(office.database, "snapshot")} == {made[2].id, made[1].id}


def test_another_machines_and_half_made_ones_are_not_given_out(office: HeadOffice, tmp_path: Path) -> None:
    here = keep(office, tmp_path)
    made = make(here)
    there = Snapshots(office.database, tmp_path / "elsewhere", CLOCK, new_id)
    assert there.newest() is None and there.part(made.id, 0) is None
    half = tmp_path / "snapshots" / "half.part"
    half.mkdir()
    make(here)
    assert not half.exists()


@pytest.mark.parametrize("name", ["..", "../secret", "", ".", "a/b", "é", "a" * 5_000])
def test_names_lead_nowhere_else(office: HeadOffice, tmp_path: Path, name: str) -> None:
    snapshots = keep(office, tmp_path)
    make(snapshots)
    (tmp_path / "00000.zst").write_bytes(b"x")
    assert snapshots.part(name, 0) is None
    assert snapshots.part(make(snapshots).id, -1) is None


def test_one_of_a_feed_that_is_no_more_is_not_given_out(office: HeadOffice, tmp_path: Path) -> None:
    snapshots = keep(office, tmp_path)
    made = make(snapshots)
    assert snapshots.newest() == made
    with office.database.write() as connection:
        connection.execute(schema.feed.update().values(mark="another history"))
    assert snapshots.newest() is None


def test_a_manifest_that_cannot_be_read_is_passed_over(office: HeadOffice, tmp_path: Path, expected_logs: Any) -> None:
    snapshots = keep(office, tmp_path)
    made = make(snapshots)
    (tmp_path / "snapshots" / made.id / snapshot_build.MANIFEST).write_bytes(b"{")
    expected_logs("cannot be read")
    assert snapshots.newest() is None


def test_cancelled_and_failed_builds_leave_nothing(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = keep(office, tmp_path)
    asked = iter([False, True, True, True])
    with pytest.raises(Cancelled):
        snapshots.make(lambda: next(asked, True))

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot_build, "_write", full)
    with pytest.raises(OSError, match="No space"):
        snapshots.make()
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == ["in-use.lock"]
    assert snapshots.newest() is None
    make(snapshots)


def test_one_at_a_time(office: HeadOffice, tmp_path: Path) -> None:
    one, other = keep(office, tmp_path), keep(office, tmp_path)
    tries: list[SnapshotManifest | None] = []

    def meanwhile() -> bool:
        if not tries:
            tries.append(None)
            tries.append(other.make())
            tries.append(one.make())
        return False

    assert one.make(meanwhile) is not None
    assert tries[1:] == [None, None]


def test_the_folder_is_beside_the_database(tmp_path: Path) -> None:
    assert snapshot_folder(f"sqlite:///{tmp_path / 'x' / 'office.db'}") == tmp_path / "x" / "snapshots"
    named = snapshot_folder("postgresql+psycopg://user:secret@db.example:5432/shop")
    assert "secret" not in str(named) and named.name == "db-example-5432-shop"
