"""A slip in the folder's name is said, and makes no till."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_member.cli.main import EXIT_ENVIRONMENT, main


@pytest.mark.parametrize(
    "command", [("verify",), ("report",), ("export", "bills"), ("load", "--bills", "1"), ("sync", "--once")]
)
@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_without_a_till_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], exists: bool
) -> None:
    folder = tmp_path / "tilll"
    if exists:
        folder.mkdir()
    assert main([*command, "--data", str(folder), "--lang", "en"]) == EXIT_ENVIRONMENT
    assert "holds no shop yet" in capsys.readouterr().err
    assert not folder.exists() or not any(folder.iterdir())
