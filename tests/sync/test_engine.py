"""The engine: what the window is told, when it tries again, and what it does not do."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import engine as engine_module
from pos_member.sync import protocol
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till, rows
from tests.log_watch import ExpectLog


class Line(DirectLine):
    """A direct line that can be down, and that counts."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.problem: EnvironmentProblem | None = None
        self.calls: list[str] = []
        self.answers: dict[str, Answer] = {}

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        self.calls.append(path)
        if self.problem is not None:
            raise self.problem
        if path in self.answers:
            return self.answers[path]
        return super().exchange(method, path, **more)


@pytest.fixture
def line(office: HeadOffice) -> Line:
    return Line(office)


@pytest.fixture
def till(line: Line, tmp_path: Path) -> Iterator[Till]:
    with line.enrolled(tmp_path, "one") as made:
        yield made


def test_the_window_is_told_how_things_stand(line: Line, till: Till) -> None:
    engine = till.engine(line)
    assert (engine.state().line, engine.state().reason) == ("never", None)
    line.problem = EnvironmentProblem(Reason.LINE_DOWN)
    till.ring(member=MEMBERS[0], points=1)
    assert engine.sync_once().reason is Reason.LINE_DOWN
    state = engine.state()
    assert (state.line, state.waiting, state.bills_waiting, state.reason) == ("never", 1, 1, Reason.LINE_DOWN)
    assert state.oldest_waiting_at == CLOCK.now()
    line.problem = None
    assert engine.sync_once().applied == 1
    state = engine.state()
    assert (state.line, state.waiting, state.last_contact_at) == ("online", 0, CLOCK.now())
    line.problem = EnvironmentProblem(Reason.HEADOFFICE_FAILED, status=500)
    engine.sync_once()
    assert (engine.state().line, engine.state().params) == ("offline", {"status": 500})
    # Started anew with the line down: it was in touch before, and knows when.
    fresh = till.engine(line)
    assert (fresh.state().line, fresh.state().last_contact_at) == ("offline", CLOCK.now())


def test_a_till_that_is_not_enrolled_says_so(line: Line, tmp_path: Path) -> None:
    with make_folder(tmp_path, CLOCK, "bare") as data:
        engine = SyncEngine(data.sync_store, line, CLOCK)
        assert engine.sync_once().reason is Reason.TILL_NOT_ENROLLED
        assert engine.state().line == "refused"
        assert line.calls == []


def test_retries_grow_to_five_minutes_and_are_spread(line: Line, till: Till) -> None:
    line.problem = EnvironmentProblem(Reason.LINE_DOWN)
    seen: dict[int, list[float]] = {}
    for chosen in range(60):
        engine = till.engine(line, chosen)
        for failure in range(1, 14):
            engine.sync_once()
            seen.setdefault(failure, []).append(engine.next_delay_s())
    assert max(seen[1]) <= engine_module.FIRST_SPREAD_S and max(seen[1]) > 90
    for failure in range(2, 14):
        cap = min(engine_module.BACKOFF_MAX_S, 2.0**failure)
        assert 0 <= min(seen[failure]) < cap * 0.15 and cap * 0.85 < max(seen[failure]) <= cap
    line.problem = None
    engine.sync_once()
    assert engine.next_delay_s() == engine_module.POLL_S


def test_a_busy_head_office_names_its_time(line: Line, till: Till) -> None:
    line.problem = EnvironmentProblem(Reason.HEADOFFICE_BUSY, retry_after_s=40)
    engine = till.engine(line)
    engine.sync_once()
    assert engine.next_delay_s() >= 40
    line.problem = EnvironmentProblem(Reason.HEADOFFICE_BUSY, retry_after_s=3_600)
    engine.sync_once()
    assert 600 <= engine.next_delay_s() <= 600 + engine_module.BACKOFF_MAX_S


@pytest.mark.parametrize(("named_s", "minutes"), [(890, 15), (60, 1), (0, 1)])
def test_where_no_enrolment_is_taken_a_person_hears_when_to_try_again(
    line: Line, tmp_path: Path, named_s: int, minutes: int
) -> None:
    """Nothing waits at a till that is not enrolled: "it is sent by itself" would be untrue."""
    line.problem = EnvironmentProblem(Reason.HEADOFFICE_BUSY, retry_after_s=named_s)
    with make_folder(tmp_path, CLOCK, "new") as data, pytest.raises(EnvironmentProblem) as problem:
        enrol("http://127.0.0.1:1", "1234-5678-9012", data.sync_store, transport=line)
    assert (problem.value.reason, problem.value.params) == (Reason.ENROL_LATER, {"minutes": minutes})


def test_stopping_takes_effect_between_two_requests(line: Line, till: Till) -> None:
    for _ in range(3):
        till.ring()
    stopped = SyncEngine(till.folder.sync_store, line, CLOCK, stop=lambda: "/v1/hello" in line.calls)
    outcome = stopped.sync_once()
    assert (outcome.pushed, outcome.reason) == (0, None)
    assert line.calls[-1] == "/v1/hello"
    assert till.folder.sync_store.queue_status().waiting == 3


def test_a_large_queue_goes_up_in_batches(line: Line, till: Till, office: HeadOffice) -> None:
    office.limits = protocol.Limits(batch_events=7)
    for _ in range(30):
        till.ring()
    assert till.engine(line).sync_once().applied == 30
    assert line.calls.count("/v1/push") == 5
    assert len(rows(office.database, "bill")) == 30


def test_a_proxy_with_a_small_mouth_gets_smaller_bites(line: Line, till: Till, office: HeadOffice) -> None:
    class SmallMouth(Line):
        def exchange(self, method: str, path: str, *, body: bytes | None = None, **more: Any) -> Answer:
            if path == "/v1/push" and len(body or b"") > 30_000:
                return Answer(413, {"error": "too_large"})
            return super().exchange(method, path, body=body, **more)

    for _ in range(40):
        till.ring(member=MEMBERS[0], points=1)
    outcome = till.engine(SmallMouth(office)).sync_once()
    assert (outcome.applied, outcome.reason) == (40, None)


def test_an_expired_token_is_renewed_by_itself(line: Line, till: Till, office: HeadOffice) -> None:
    engine = till.engine(line)
    assert engine.sync_once().reason is None
    with office.database.write() as connection:  # as after a change of the secret: every token ends
        connection.exec_driver_sql(f"UPDATE setting SET value = '{'ab' * 32}' WHERE name = 'token_secret'")
    assert engine.sync_once().reason is None


def test_a_deceitful_acknowledgement_is_not_believed(line: Line, till: Till) -> None:
    till.ring()
    line.answers["/v1/push"] = Answer(200, {"items": [], "last_seq": 0, "server_time": "2026-11-21T07:05:00Z"})
    assert till.engine(line).sync_once().reason is Reason.ANSWER_NOT_OURS
    assert till.folder.sync_store.queue_status().waiting == 1


@pytest.mark.parametrize(
    "page",
    [
        {"after": 3, "upto": 9, "more": False},
        {"after": 0, "upto": -1, "more": False},
        {"after": 0, "upto": 0, "more": True},
    ],
)
def test_a_page_of_the_feed_that_does_not_follow_is_not_applied(
    line: Line, till: Till, page: Mapping[str, object]
) -> None:
    body = {"horizon": 9, "included_seq": 0, "changes": [], "server_time": "2026-11-21T07:05:00Z", **page}
    line.answers["/v1/pull"] = Answer(200, body)
    assert till.engine(line).sync_once().reason is Reason.ANSWER_NOT_OURS
    assert till.folder.sync_store.cursor() == 0


def test_a_till_of_a_newer_protocol_is_told_to_wait(line: Line, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PROTOCOL", 2)
    engine = till.engine(line)
    # Both sides share the module here, so head office's half is asked directly for what it says to an unknown one.
    request = protocol.HelloRequest(1, "x", 1, 0, "0" * 64, 0, 0)
    assert engine.sync_once().reason is None
    assert line._office.hello(till.identity.id, request).advice is protocol.Advice.UPGRADE


def test_poison_is_counted_and_logged(line: Line, till: Till, expected_logs: ExpectLog) -> None:
    expected_logs("put event 1 aside")
    from pos_member.domain.events import EventKind, ShiftClosed

    at = CLOCK.now()
    till.announce(EventKind.BILL_COMPLETED, ShiftClosed("s", "s", "x", at, at.date(), 1, 1, 1, 0))
    till.ring()
    outcome = till.engine(line).sync_once()
    assert (outcome.quarantined, outcome.applied, outcome.reason) == (1, 1, None)
    assert till.folder.sync_store.queue_status().waiting == 0


def test_the_same_random_source_waits_the_same(line: Line, till: Till) -> None:
    line.problem = EnvironmentProblem(Reason.LINE_DOWN)
    delays = []
    for _ in range(2):
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(9))
        engine.sync_once()
        delays.append(engine.next_delay_s())
    assert delays[0] == delays[1]
