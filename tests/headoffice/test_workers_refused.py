"""Several workers where there is no PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_member.cli import main
from tests.office_database import OFFICES


@pytest.mark.one_database("SQLite has one process")
def test_sqlite_has_one_worker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = OFFICES.empty_url(tmp_path / "office.db")
    assert not (tmp_path / "office.db").exists()
    code = main(["headoffice", "serve", "--workers", "2", "--database", url, "--lang", "en"])
    assert code != 0 and "PostgreSQL" in "".join(capsys.readouterr())
    assert not (tmp_path / "office.db").exists()
