"""Limits kept and in use at once, sticks written and read, over real files and a real head office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QStandardPaths

from pos_member.app.line_admin import TillLineAdmin, is_stick, stick_places
from pos_member.app.settings import TillSettings, load_settings, save_settings
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.permission import Session
from pos_member.sync.carry import CarryStopped, Exported, Imported
from pos_member.ui.line_ports import Place
from tests.factories import World, make_world
from tests.services.test_print_jobs import audit_records


@dataclass
class Lane:
    """The lane that talks to head office, as far as a load is concerned."""

    said: list[str] = field(default_factory=list)

    def pause_load(self) -> None:
        self.said.append("off")

    def go_on_loading(self) -> None:
        self.said.append("on")


@dataclass
class Behind:
    """What ``TillLineAdmin`` needs of an open till."""

    world: World

    @property
    def folder(self) -> Any:
        return self.world.folder

    @property
    def clock(self) -> Any:
        return self.world.clock

    @property
    def services(self) -> Any:
        return self.world.till


class Kept:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = TillSettings()

    def change(self, how: Callable[[TillSettings], TillSettings]) -> None:
        wanted = how(self.now)
        save_settings(self.folder, wanted)
        self.now = wanted


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.folder.close()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def admin(world: World, kept: Kept, stick: Path) -> TillLineAdmin:
    place = Place(stick, "KINGSTON", True, 1 << 30)
    return TillLineAdmin(Behind(world), Lane(), lambda: kept.now, kept.change, lambda: (place,))  # type: ignore[arg-type]


def manager(world: World) -> Session:
    return world.session("1004")


def acts(world: World) -> list[tuple[str, str]]:
    """(act, detail) of the till's record, oldest first."""
    return [(each.act, each.detail) for each in audit_records(world)]


def test_limits_are_recorded_kept_and_in_use_at_once(admin: TillLineAdmin, world: World, kept: Kept) -> None:
    wanted = LineSetup(512, 2_000, "22:00", "06:00", 50)
    admin.save(manager(world), wanted)
    assert admin.setup() == wanted == load_settings(kept.folder).line
    assert acts(world)[-1] == ("line_changed", "up=512 down=2000 night=22:00-06:00 large=50")
    with pytest.raises(Refusal) as refused:
        admin.save(world.session("1001"), LineSetup())
    assert refused.value.reason is Reason.NOT_PERMITTED
    assert admin.setup() == wanted


def test_a_settings_file_that_cannot_be_written_changes_and_records_nothing(
    admin: TillLineAdmin, world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = manager(world)
    before = len(acts(world))

    def fails(how: object) -> None:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path="till.json")

    monkeypatch.setattr(admin, "_change", fails)
    with pytest.raises(EnvironmentProblem):
        admin.save(session, LineSetup(upload_kbit=64))
    assert admin.setup() == LineSetup() and len(acts(world)) == before


def test_a_manager_alone_carries_and_it_is_recorded_on_the_stick_itself(
    admin: TillLineAdmin, world: World, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[tuple[str, str]], int | None]] = []

    def export(store: object, target: Path, clock: object, **more: Any) -> Exported:
        seen.append((acts(world)[-1:], more["from_seq"]))
        if more["stopping"]():
            raise CarryStopped
        return Exported(target / "x.pmup", 3, 9, 2, world.clock.now(), world.clock.now())

    monkeypatch.setattr("pos_member.sync.carry.export", export)
    with pytest.raises(Refusal):
        admin.carry_out(world.session("1001"), stick, 0, lambda done, total: None, lambda: False)
    assert seen == []
    made = admin.carry_out(manager(world), stick, 0, lambda done, total: None, lambda: False)
    assert made is not None and (made.events, made.bills) == (7, 2)
    assert seen == [([("carry_exported", "")], None)]
    assert admin.carry_out(manager(world), stick, 4, lambda done, total: None, lambda: True) is None
    assert seen[-1][1] == 4


def quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


def test_a_stick_that_was_pulled_out_since_is_not_written_beside(
    world: World, kept: Kept, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: list[Path] = []

    def export(_store: object, target: Path, _clock: object, **_more: Any) -> Exported:
        wrote.append(target)
        return Exported(target / "x.pmup", 3, 9, 2, world.clock.now(), world.clock.now())

    monkeypatch.setattr("pos_member.sync.carry.export", export)
    here = Place(tmp_path, "Documents", False, 1 << 30)
    found = [Place(stick, "KINGSTON", True, 1 << 30), here]
    admin = TillLineAdmin(Behind(world), Lane(), lambda: kept.now, kept.change, lambda: tuple(found))  # type: ignore[arg-type]
    assert admin.places() == tuple(found)
    made = admin.carry_out(manager(world), stick, 0, quiet, lambda: False)
    assert made is not None and made.on_stick
    del found[0]  # its folder is there as before
    for gone in (stick, tmp_path / "Documents"):
        with pytest.raises(EnvironmentProblem) as refused:
            admin.carry_out(manager(world), gone, 0, quiet, lambda: False)
        assert refused.value.reason is Reason.FILE_NOT_WRITABLE
    made = admin.carry_out(manager(world), tmp_path, 0, quiet, lambda: False)
    assert made is not None and not made.on_stick
    assert wrote == [stick, tmp_path]


def test_an_answer_that_says_nothing_new_is_told_apart(
    admin: TillLineAdmin, world: World, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter(
        [
            Imported(0, 0, 0, known=True),
            Imported(5, 0, 0, left=True),
            Imported(0, 0, 0, epoch=2),
            Imported(5, 1, 3, again=4),
        ]
    )
    monkeypatch.setattr("pos_member.sync.carry.take_in", lambda *_, **__: next(outcomes))
    with pytest.raises(Refusal):
        admin.take_in(world.session("1001"), stick / "a.pmdown", lambda done, total: None, lambda: False)
    old, left, new_epoch, again = (
        admin.take_in(manager(world), stick / "a.pmdown", lambda done, total: None, lambda: False) for _ in range(4)
    )
    assert old is not None and old.nothing_new
    assert left is not None and left.left and not left.nothing_new
    assert new_epoch is not None and new_epoch.new_epoch and not new_epoch.nothing_new
    assert again is not None and (again.again_from, again.quarantined, again.nothing_new) == (4, 1, False)
    assert acts(world)[-1] == ("carry_imported", "acked=5 changes=3")


def test_answers_are_found_at_the_top_of_a_stick_and_one_folder_down(admin: TillLineAdmin, stick: Path) -> None:
    (stick / "from office" / "deep").mkdir(parents=True)
    for name in ("a.pmdown", "from office/b.pmdown", "from office/deep/c.pmdown", "d.pmup"):
        (stick / name).write_bytes(b"x")
    assert {each.path.name for each in admin.answers()} == {"a.pmdown", "b.pmdown"}


def test_a_stick_that_was_pulled_out_offers_nothing(admin: TillLineAdmin, stick: Path) -> None:
    stick.rmdir()
    assert admin.answers() == ()


@pytest.mark.parametrize(
    ("root", "system", "carried"),
    [
        ("/", "/", False),
        ("/srv", "/", False),
        ("/media/cashier/KINGSTON", "/", True),
        ("/run/media/cashier/X", "/", True),
        ("/Volumes/STICK", "/", True),
        ("/media", "/", False),
        ("C:/", "C:/", False),
        ("E:/", "C:/", True),
    ],
)
def test_what_was_plugged_in_is_known_by_where_it_is(root: str, system: str, carried: bool) -> None:
    assert is_stick(root, system) is carried


def test_the_documents_are_always_a_place() -> None:
    own = stick_places()[-1]
    assert not own.stick and own.path.is_absolute() and own.label


def test_where_a_person_has_no_documents_it_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = str(tmp_path / "Documents")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: missing)
    own = stick_places()[-1]
    assert own.path == Path.home() and own.free_bytes > 0


def test_a_load_is_put_off_where_head_office_is_talked_to(admin: TillLineAdmin) -> None:
    admin.pause_load()
    admin.go_on_loading()
    assert admin._network.said == ["off", "on"]  # type: ignore[attr-defined]
