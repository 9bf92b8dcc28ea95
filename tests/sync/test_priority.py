"""Bills first: before every slice of a download, past a wait for news, by one uploader."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.line_setup import LineSetup
from pos_member.headoffice import schema
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.news import News
from pos_member.sync.transport import Answer, HttpTransport
from pos_member.sync.watching import Watcher
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, Till, enrolled_till, rows, running_office
from tests.headoffice.until import until


class Selling(DirectLine):
    """While the till fetches, its shop goes on selling: a bill before each slice but the first."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.till: Till | None = None
        self.calls: list[str] = []

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        self.calls.append(path)
        answer = super().exchange(method, path, **more)
        if path == "/v1/pull" and self.till is not None and len(self.till.rung) < 3:
            self.till.ring()
        return answer


def test_what_is_sold_during_a_download_goes_up_between_its_slices(office: HeadOffice, tmp_path: Path) -> None:
    office.limits = protocol.Limits(pull_changes=2)
    line = Selling(office)
    with line.enrolled(tmp_path, "one") as till:
        line.till = till
        engine = till.engine(line)
        outcome = engine.sync_once()
        assert (outcome.reason, outcome.pushed) == (None, 3)
        order = [path for path in line.calls if path in ("/v1/pull", "/v1/push")]
        assert order[:6] == ["/v1/pull", "/v1/push"] * 3
        assert order.count("/v1/pull") > 3
        assert not engine.something_waits()
        assert len(rows(office.database, "bill")) == 3


def test_a_sale_does_not_wait_behind_a_wait_for_news(tmp_path: Path) -> None:
    """Over real HTTP: one line waits for news, the other has the bill at head office meanwhile."""
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        office: HeadOffice = server.app.state.office
        line = HttpTransport(server.url)
        engine = till.engine(line)
        assert engine.sync_once().reason is None
        watcher = Watcher(till.folder.sync_store, lambda: HttpTransport(server.url), CLOCK)
        heard: list[News | None] = []
        waiting = threading.Thread(target=lambda: heard.append(watcher.news()))
        waiting.start()
        until(lambda: server.app.state.waiting.waiting == 1)
        till.ring()
        assert engine.sync_once().applied == 1
        line.close()
        assert len(rows(office.database, schema.bill.name)) == 1
        # Head office published nothing that this till lacks beyond its own bill; the wait ends when it is told to.
        assert heard == []
        watcher.stop()
        waiting.join(60)
        assert heard == [None]


def test_a_line_that_is_cut_ends_what_is_under_way(tmp_path: Path) -> None:
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        line = HttpTransport(server.url)
        engine = till.engine(line)
        assert engine.sync_once().reason is None
        line.cut()
        with pytest.raises(EnvironmentProblem) as caught:
            line.exchange("GET", "/healthz")
        assert caught.value.reason is Reason.LINE_DOWN
        line.close()


def test_zstd_is_spoken_once_head_office_named_it(tmp_path: Path) -> None:
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        for _ in range(50):
            till.ring()
        line = HttpTransport(server.url)
        assert line._encoding == "gzip"
        assert till.engine(line).sync_once().applied == 50
        assert line._encoding == "zstd"
        line.close()


def test_one_folder_has_one_uploader(tmp_path: Path) -> None:
    """A second window, or ``sync`` beside the window: the folder is taken."""
    with (
        make_folder(tmp_path, CLOCK, "one"),
        pytest.raises(EnvironmentProblem) as caught,
        make_folder(tmp_path, CLOCK, "one"),
    ):
        raise AssertionError("opened twice")
    assert caught.value.reason is Reason.ALREADY_RUNNING


def test_under_a_limit_a_batch_is_no_more_than_goes_through_in_some_seconds(office: HeadOffice, tmp_path: Path) -> None:
    from pos_member.sync.engine import SyncEngine

    line = Selling(office)
    with line.enrolled(tmp_path, "one") as till:
        for _ in range(200):
            till.ring()
        setup = LineSetup(upload_kbit=16)
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, setup=lambda: setup)
        assert engine.sync_once().applied == 200
        assert engine.state().limited
        assert line.calls.count("/v1/push") > 1


def test_pruning_is_not_part_of_every_round(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Selling(office)
    with line.enrolled(tmp_path, "one") as till:
        pruned: list[object] = []
        monkeypatch.setattr(till.folder.sync_store, "prune_acked", pruned.append)
        engine = till.engine(line)
        for _ in range(5):
            engine.sync_once()
        assert len(pruned) == 1
