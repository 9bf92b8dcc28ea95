"""A new till over real HTTP: it sells at once, members come as a file, nothing that happened meanwhile is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.member import Member
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.snapshots import Snapshots, snapshot_folder
from pos_member.sync import loading
from pos_member.sync.engine import SyncEngine
from pos_member.sync.news import News
from pos_member.sync.round_figures import SyncOutcome
from pos_member.sync.transport import Answer, HttpTransport
from pos_member.sync.watching import WAIT_S, Watcher
from tests.headoffice.office_support import (
    CLOCK,
    LOT,
    MEMBERS,
    Till,
    database_url,
    enrolled_till,
    make_member,
    running_office,
)
from tests.headoffice.until import until
from tests.log_watch import ExpectLog

MANY = 40


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many here; parts of four pages."""
    monkeypatch.setattr(loading, "_WORTH", 5)
    monkeypatch.setattr(loading, "FAR_BEHIND", 30)
    monkeypatch.setattr("pos_member.headoffice.snapshot_build.PART_PLAIN_BYTES", 4 * 4_096)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningHeadOffice]:
    with running_office(tmp_path) as running:
        add_members(running, 100, MANY)
        yield running


def add_members(server: RunningHeadOffice, first: int, count: int) -> list[Member]:
    office = server.app.state.office
    members = [make_member(n) for n in range(first, first + count)]
    with office.database.write() as connection:
        import_members(connection, [MemberImport(each, buckets={LOT: 3}) for each in members], CLOCK.now())
    office.stamp()
    return members


def snapshot(server: RunningHeadOffice) -> Any:
    snapshots: Snapshots = server.app.state.snapshots
    made = snapshots.make()
    assert made is not None and len(made.parts) > 3
    return made


class Counted(HttpTransport):
    """Notes what is asked, and does something before an answer is handed on."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[str] = []
        self.before: dict[str, Any] = {}
        self.change: dict[str, Any] = {}

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        self.asked.append(path)
        for part, act in list(self.before.items()):
            if part in path:
                act()
        answer = super().exchange(method, path, **more)
        for part, changed in list(self.change.items()):
            if part in path:
                answer = changed(answer)
        return answer

    def count(self, part: str) -> int:
        return sum(part in path for path in self.asked)


@contextmanager
def till_of(server: RunningHeadOffice, folder: Path, name: str = "till") -> Iterator[tuple[Till, Counted]]:
    line = Counted(server.url)
    with enrolled_till(server, folder, name) as till:
        yield till, line
    line.close()


def engine(till: Till, line: HttpTransport, stop: Any = lambda: False) -> SyncEngine:
    return SyncEngine(till.folder.sync_store, line, CLOCK, app_version="test", intake=till.folder.intake, stop=stop)


def known(till: Till) -> int:
    with till.folder.replica.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one())


def balance(till: Till, member: Member = MEMBERS[0]) -> int:
    return till.folder.store.members.account(member.id).balance


def test_it_sells_while_members_load(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    later = add_members(server, 900, 2)
    with till_of(server, tmp_path) as (till, line):
        seen: list[tuple[int, int]] = []
        percents: list[int | None] = []
        round_ = engine(till, line)

        def sell() -> None:
            if f"/v1/snapshot/{made.id}/1" != line.asked[-1]:
                return
            assert till.folder.store.catalogue.branches(), "the catalogue is here"
            seen.append((known(till), till.folder.sync_store.cursor()))
            till.ring(member=MEMBERS[0], points=10)
            percents.append(round_.state().loading_percent)

        line.before["/v1/snapshot/"] = sell
        assert round_.sync_once().reason is None
        assert seen == [(0, 0)] and percents[0] is not None and 0 < percents[0] < 100
        assert round_.state().loading_percent is None
        assert till.folder.sync_store.queue_status().waiting == 0, "sent between two parts"
        assert known(till) == 5 + MANY + 2
        assert till.folder.store.members.by_id(later[0].id) == later[0], "the tail"
        assert balance(till) == 10
        assert line.count("/v1/pull") == 1
        till.ring(member=MEMBERS[0], points=5)
        assert balance(till) == 15
        assert round_.sync_once().reason is None
        assert balance(till) == 15 and line.count(made.id) == len(made.parts)


def test_parts_that_are_here_are_not_fetched_again(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    with till_of(server, tmp_path) as (till, line):

        def stop() -> bool:
            return line.count(made.id) >= 3

        engine(till, line, stop).sync_once()
        assert known(till) == 0
        again = Counted(server.url)
        assert engine(till, again).sync_once().reason is None
        assert again.count(made.id) == len(made.parts) - 3 and known(till) == 5 + MANY
        again.close()


def test_what_follows_is_fetched_while_the_last_parts_are_kept(server: RunningHeadOffice, tmp_path: Path) -> None:
    snapshot(server)
    add_members(server, 500, 3)
    with till_of(server, tmp_path) as (till, line):
        known_then: list[int] = []

        def note(answer: Answer) -> Answer:
            known_then.append(known(till))
            return answer

        line.change["/v1/pull"] = note
        assert engine(till, line).sync_once().reason is None
        assert known_then == [0]  # asked for once, before the exchange
        assert known(till) == MANY + 3 + len(MEMBERS)


def test_where_it_cannot_be_had_the_parts_are_taken_all_the_same(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    add_members(server, 500, 3)
    with till_of(server, tmp_path) as (till, line):

        def broken(answer: Answer) -> Answer:
            raise EnvironmentProblem(Reason.LINE_DOWN)

        line.change["/v1/pull"] = broken
        assert engine(till, line).sync_once().reason is Reason.LINE_DOWN
        assert till.folder.sync_store.cursor() == made.cursor
        line.change.clear()
        assert engine(till, line).sync_once().reason is None
        assert known(till) == MANY + 3 + len(MEMBERS)


def test_a_damaged_part_is_fetched_again(server: RunningHeadOffice, tmp_path: Path, expected_logs: ExpectLog) -> None:
    made = snapshot(server)
    expected_logs("is another")
    with till_of(server, tmp_path) as (till, line):

        def damaged(answer: Answer) -> Answer:
            line.change.clear()
            return Answer(200, {}, answer.raw[:-1] + b"x")

        line.change[f"{made.id}/2"] = damaged
        assert engine(till, line).sync_once().reason is None
        assert line.count(f"{made.id}/2") == 2 and known(till) == 5 + MANY


def test_always_damaged_it_comes_through_the_feed(
    server: RunningHeadOffice, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    made = snapshot(server)
    expected_logs("is another")
    with till_of(server, tmp_path) as (till, line):
        line.change[made.id] = lambda answer: Answer(200, {}, answer.raw[:-9])
        assert engine(till, line).sync_once().reason is None
        assert known(till) == 5 + MANY and till.folder.sync_store.cursor() == server.app.state.office.horizon()


def test_one_that_goes_in_the_middle_is_exchanged_for_the_next(server: RunningHeadOffice, tmp_path: Path) -> None:
    first = snapshot(server)
    with till_of(server, tmp_path) as (till, line):
        made: list[Any] = []

        def gone() -> None:
            if line.count(first.id) == 2 and not made:
                add_members(server, 500, 3)
                made.append(snapshot(server))
                for path in (snapshot_folder(database_url(tmp_path)) / first.id).iterdir():
                    path.unlink()

        line.before["/v1/snapshot/"] = gone
        assert engine(till, line).sync_once().reason is None
        assert line.count("manifest") == 2 and line.count(made[0].id) == len(made[0].parts)
        assert known(till) == 5 + MANY + 3


def test_put_off_it_goes_on_where_it_was_held_and_bills_go_up_meanwhile(
    server: RunningHeadOffice, tmp_path: Path
) -> None:
    made = snapshot(server)
    with till_of(server, tmp_path) as (till, line):
        round_ = engine(till, line)
        line.before[f"{made.id}/1"] = round_.pause_load
        assert round_.sync_once().reason is None
        state = round_.state()
        assert state.loading_paused and 0 < (state.loading_percent or 0) < 100
        assert line.count(made.id) == 2 and known(till) == 0
        line.before.clear()
        till.ring()
        assert round_.sync_once().reason is None
        assert till.folder.sync_store.queue_status().waiting == 0
        assert line.count(made.id) == 2 and known(till) == 0 and till.folder.sync_store.cursor() == 0
        assert line.count("/v1/feed/catalogue") == 1, "not with every bill"
        round_.go_on_loading()
        assert round_.sync_once().reason is None
        assert line.count(made.id) == len(made.parts) and known(till) == 5 + MANY
        assert (round_.state().loading_paused, round_.state().loading_percent) == (False, None)


def test_put_off_and_brought_otherwise_nothing_is_put_off_any_more(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    with till_of(server, tmp_path) as (till, line):
        round_ = engine(till, line)
        line.before[f"{made.id}/1"] = round_.pause_load
        assert round_.sync_once().reason is None and round_.state().loading_paused
        line.before.clear()
        other = engine(till, line)  # as a stick would
        assert other.sync_once().reason is None and known(till) == 5 + MANY
        add_members(server, 500, 3)
        assert round_.sync_once().reason is None
        assert (round_.state().loading_paused, round_.state().loading_percent) == (False, None)
        assert known(till) == 5 + MANY + 3


def test_there_is_nothing_to_put_off_where_nothing_is_loaded(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    with till_of(server, tmp_path) as (till, line):
        round_ = engine(till, line)
        round_.pause_load()
        assert not round_.state().loading_paused
        line.before[f"{made.id}/{len(made.parts) - 1}"] = lambda: None
        assert round_.sync_once().reason is None
        assert known(till) == 5 + MANY


def test_a_till_far_behind_takes_the_file_and_counts_its_own_once(server: RunningHeadOffice, tmp_path: Path) -> None:
    with till_of(server, tmp_path) as (till, line):
        assert engine(till, line).sync_once().reason is None
        till.ring(member=MEMBERS[0], points=7)
        assert engine(till, line).sync_once().reason is None
        add_members(server, 300, MANY)
        made = snapshot(server)
        till.ring(member=MEMBERS[0], points=100)
        assert engine(till, line).sync_once().reason is None
        assert line.count(made.id) == len(made.parts)
        assert balance(till) == 107 and known(till) == 5 + 2 * MANY


def test_a_cursor_of_another_feed_loads_anew_with_the_old_in_use(server: RunningHeadOffice, tmp_path: Path) -> None:
    made = snapshot(server)
    with till_of(server, tmp_path) as (till, line):
        assert engine(till, line).sync_once().reason is None
        store = till.folder.sync_store
        store.apply_changes((), store.cursor(), None, CLOCK.now(), "another history")
        seen: list[int] = []
        line.before[f"{made.id}/1"] = lambda: seen.append(known(till))
        assert engine(till, line).sync_once().reason is None
        assert seen == [5 + MANY] and known(till) == 5 + MANY
        assert store.mark().feed_mark != "another history"


def test_without_a_token_there_is_nothing(server: RunningHeadOffice) -> None:
    made = snapshot(server)
    line = HttpTransport(server.url)
    for path in ("manifest", f"{made.id}/0"):
        assert line.exchange("GET", f"/v1/snapshot/{path}").status == 401
    line.close()


# --- segments ---------------------------------------------------------------------------------------------


def test_a_till_that_is_behind_reads_segments(
    server: RunningHeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "FAR_BEHIND", 100_000)
    with till_of(server, tmp_path) as (till, line), till_of(server, tmp_path, "other") as (other, plain):
        assert engine(till, line).sync_once().reason is None
        assert engine(other, plain).sync_once().reason is None
        other.ring(member=MEMBERS[1], points=3)
        till.ring(member=MEMBERS[1], points=4)
        assert engine(other, plain).sync_once().reason is None
        add_members(server, 2_000, 1_600)
        line.asked.clear()
        assert engine(till, line).sync_once().reason is None
        assert line.count("/v1/feed/segments/") == 3 and line.count("/v1/feed/own") == 1
        assert known(till) == 5 + MANY + 1_600 and balance(till, MEMBERS[1]) == 7
        store = till.folder.sync_store
        assert store.cursor() == server.app.state.office.horizon()
        assert store.mark().included_seq == 1


def test_a_segment_is_told_to_be_kept_and_comes_once_it_is_whole(server: RunningHeadOffice, tmp_path: Path) -> None:
    import requests

    add_members(server, 2_000, 600)
    with till_of(server, tmp_path) as (till, line):
        round_ = engine(till, line)
        assert round_.sync_once().reason is None
        token = round_._line._tokens.token(line)  # type: ignore[union-attr]
        asked = {"headers": {"Authorization": f"Bearer {token}"}, "timeout": 10}
        first = requests.get(f"{server.url}/v1/feed/segments/0", **asked)  # type: ignore[arg-type]
        assert (first.status_code, first.json()["first"], first.json()["last"]) == (200, 1, 999)
        assert "immutable" in first.headers["Cache-Control"] and "private" in first.headers["Cache-Control"]
        asked["headers"]["If-None-Match"] = first.headers["ETag"]  # type: ignore[index]
        assert requests.get(f"{server.url}/v1/feed/segments/0", **asked).status_code == 304  # type: ignore[arg-type]
        for number in (1, 99, -1):
            url = f"{server.url}/v1/feed/segments/{number}"
            assert requests.get(url, **asked).status_code == 404  # type: ignore[arg-type]


# --- waiting for news -------------------------------------------------------------------------------------


def test_news_reaches_a_waiting_till_within_a_second(server: RunningHeadOffice, tmp_path: Path) -> None:
    with till_of(server, tmp_path) as (till, line):
        round_ = engine(till, line)
        assert round_.sync_once().reason is None
        watcher = Watcher(till.folder.sync_store, lambda: HttpTransport(server.url), CLOCK)
        waiting = server.app.state.waiting
        delays = []
        for n in range(10):
            heard: list[News | None] = []
            thread = threading.Thread(target=lambda heard=heard: heard.append(watcher.news()))
            thread.start()
            until(lambda: waiting.waiting == 1)
            began = time.monotonic()
            [member] = add_members(server, 3_000 + n, 1)
            thread.join(60)
            # The member and its account, and nothing was to be sent.
            assert heard[0] is not None and round_.hear(heard[0]) == SyncOutcome(0, 0, 0, 0, 2)
            assert till.folder.store.members.by_id(member.id) == member
            delays.append(time.monotonic() - began)
        assert min(delays) < 3, f"{delays}"  # each was told: else it had waited to its end and heard nothing
        watcher.stop()


def test_a_change_of_another_process_is_heard_of_too(server: RunningHeadOffice, tmp_path: Path) -> None:
    """As another worker writes it: nobody here is told."""
    with till_of(server, tmp_path) as (till, line):
        assert engine(till, line).sync_once().reason is None
        watcher = Watcher(till.folder.sync_store, lambda: HttpTransport(server.url), CLOCK)
        heard: list[News | None] = []
        thread = threading.Thread(target=lambda: heard.append(watcher.news()))
        thread.start()
        until(lambda: server.app.state.waiting.waiting == 1)
        with server.app.state.office.database.write() as connection:
            import_members(connection, [MemberImport(make_member(777))], CLOCK.now())
        thread.join(60)
        assert heard[0] is not None and heard[0].page.changes
        watcher.stop()


def test_a_wait_ends_when_the_till_or_the_server_stops(tmp_path: Path) -> None:
    with running_office(tmp_path) as server, till_of(server, tmp_path) as (till, line):
        assert engine(till, line).sync_once().reason is None
        watcher = Watcher(till.folder.sync_store, lambda: HttpTransport(server.url), CLOCK)
        for stop in (watcher.stop, server.stop):
            heard: list[News | None] = []
            waiter = Watcher(till.folder.sync_store, lambda: HttpTransport(server.url), CLOCK)
            used = watcher if stop == watcher.stop else waiter
            thread = threading.Thread(target=lambda used=used, heard=heard: heard.append(used.news()))
            before = server.app.state.waiting.waiting
            thread.start()
            until(lambda before=before: server.app.state.waiting.waiting > before)
            stop()
            thread.join(WAIT_S - 2)
            assert heard == [None], "long before the wait is over"
            waiter.stop()
