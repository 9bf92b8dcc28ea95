"""The longest tests stand where a worker begins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.order import arrange


@dataclass(frozen=True)
class Item:
    path: Path
    name: str


def items(**files: int) -> list[Item]:
    made = {name.replace("_in_", "/"): number for name, number in files.items()}
    return [Item(Path(f"/x/tests/{name}.py"), f"{name}{i}") for name, number in made.items() for i in range(number)]


def arranged(**files: int) -> list[Item]:
    found = items(**files)
    arrange(found)  # type: ignore[arg-type]
    assert set(found) == set(items(**files)) and len(found) == len(items(**files))
    return found


def test_whole_programs_first_and_the_simulation_where_the_second_half_begins() -> None:
    found = arranged(app_in_a=6, domain_in_b=3, e2e_in_c=4, simulation_in_d=2, sync_in_e=3, ui_in_f=4)
    assert [item.path.parent.name for item in found] == [
        *(["e2e"] * 4 + ["app"] * 6 + ["domain"] * 3),
        *(["simulation"] * 2 + ["sync"] * 3 + ["ui"] * 4),
    ]


def test_files_stay_whole_and_in_their_order() -> None:
    found = arranged(app_in_a=7, ui_in_b=2, e2e_in_c=1)
    assert [item.name for item in found] == [
        "e2e/c0",
        *(f"app/a{i}" for i in range(7)),
        *(f"ui/b{i}" for i in range(2)),
    ]


def test_one_folder_alone_is_left_as_it_is() -> None:
    for folder in ("e2e", "simulation", "ui"):
        alone = {f"{folder}_in_a": 3, f"{folder}_in_b": 2}
        assert arranged(**alone) == items(**alone)
