"""``headoffice snapshot build | list`` on head office's own file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK, main
from pos_member.db.lock import FolderLock
from pos_member.headoffice.database import open_database
from pos_member.headoffice.snapshots import snapshot_folder
from tests.headoffice.office_support import MEMBERS, seed


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = f"sqlite:///{tmp_path / 'office.db'}"
    database = open_database(made)
    seed(database)
    database.close()
    return made


def run(capsys: pytest.CaptureFixture[str], url: str, *words: str) -> tuple[int, str]:
    code = main(["headoffice", "snapshot", *words, "--database", url, "--lang", "en"])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_one_is_made_listed_and_given_out(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, url, "list") == (EXIT_ATTENTION, "There is none on this machine. Make one with: "
                                        "headoffice snapshot build\n")  # fmt: skip
    code, said = run(capsys, url, "build", "--json")
    made = json.loads(said)["made"]
    assert code == EXIT_OK and made["members"] == len(MEMBERS) and 0 < made["packed_bytes"] < made["bytes"]
    assert (snapshot_folder(url) / made["id"] / "00000.zst").is_file()
    code, said = run(capsys, url, "build")
    assert code == EXIT_OK and f"Made: {len(MEMBERS)} members" in said
    code, said = run(capsys, url, "list", "--json")
    told = json.loads(said)
    assert code == EXIT_OK and len(told["snapshots"]) == 2 and told["snapshots"][-1]["id"] == made["id"]
    assert told["newest"] == told["snapshots"][0]["id"]
    code, said = run(capsys, url, "list")
    first, second = said.splitlines()
    assert first.startswith("in use ") and second.startswith("kept ") and made["id"] in second


def test_while_another_process_makes_one_it_says_so(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = snapshot_folder(url)
    folder.mkdir()
    lock = FolderLock(folder)
    try:
        code, said = run(capsys, url, "build")
    finally:
        lock.release()
    assert code == EXIT_ATTENTION and "Another process" in said


def test_a_slip_in_the_name_makes_no_head_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "elsewhere.db"
    code, _ = run(capsys, f"sqlite:///{missing}", "list")
    assert code == EXIT_ENVIRONMENT and not missing.exists()
