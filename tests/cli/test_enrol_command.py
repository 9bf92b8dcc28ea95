"""``enrol``: whoever sets up a till reads the branch by its code and name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos_member.cli.main import EXIT_OK, main
from pos_member.domain.clock import SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.sync.engine import SyncEngine
from tests.headoffice.office_support import BRANCHES, seed
from tests.headoffice.until import WITHIN_S


def test_it_names_the_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    server = RunningHeadOffice(HeadOfficeSettings(f"sqlite:///{tmp_path / 'office.db'}", clock=SystemClock()))
    office = server.app.state.office
    seed(office.database)
    server.start(WITHIN_S)

    def enrol(name: str, *more: str) -> str:
        code = office.enrol_code(BRANCHES[0].code)
        folder = str(tmp_path / name)
        assert main(["enrol", "--server", server.url, "--code", code, "--data", folder, *more]) == EXIT_OK
        return capsys.readouterr().out

    def cut_off(*_: object) -> None:
        raise EnvironmentProblem(Reason.LINE_DOWN)

    try:
        assert "สาขา KS01 คลองสาน" in enrol("one", "--lang", "th")
        told = json.loads(enrol("two", "--json"))
        assert (told["branch"], told["branch_id"]) == ("KS01", BRANCHES[0].id)
        monkeypatch.setattr(SyncEngine, "_round", cut_off)
        assert "not here yet" in enrol("three", "--lang", "en")
    finally:
        server.stop()
