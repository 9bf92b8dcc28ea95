"""News that a till waited for: one request is the whole of it, and what a round would have noticed is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import Doubt
from pos_member.sync.engine import HELLO_LASTS, SyncEngine
from pos_member.sync.news import News
from pos_member.sync.transport import Answer
from pos_member.sync.watching import Watcher
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till, make_member
from tests.log_watch import ExpectLog
from tests.sync.disaster_support import Counter, enrolled_counter

ROUND = ["/v1/hello", "/v1/pull"]


#: Members of this file, each with its id.
person = cache(make_member)


class Line(DirectLine):
    """Counts what is asked; ``without``: fields of a page that this head office is too old to say."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.calls: list[str] = []
        self.without: tuple[str, ...] = ()

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if path != "/v1/token":
            self.calls.append(path)
        answer = super().exchange(method, path, **more)
        kept = {name: value for name, value in answer.data.items() if name not in self.without}
        return replace(answer, data=kept) if path == "/v1/pull" else answer

    def asked(self) -> list[str]:
        calls, self.calls = self.calls, []
        return calls


class Listening:
    """A till whose first round is through, and what it listens with."""

    def __init__(self, line: Line, till: Till) -> None:
        self.line, self.till = line, till
        self.store = till.folder.sync_store
        self.engine: SyncEngine = till.engine(line)
        self.ear = Watcher(self.store, lambda: line, CLOCK, wait_s=0)  # type: ignore[arg-type,return-value]
        assert self.engine.sync_once().reason is None
        line.calls.clear()

    def news(self) -> News:
        """What it hears."""
        found = self.ear.news()
        assert found is not None
        return found


@pytest.fixture
def listening(office: HeadOffice, tmp_path: Path) -> Iterator[Listening]:
    line = Line(office)
    with line.enrolled(tmp_path, "one") as till:
        yield Listening(line, till)


def changes(office: HeadOffice, first: int, count: int = 1) -> None:
    """Members at head office, in the feed."""
    with office.database.write() as connection:
        import_members(connection, [MemberImport(person(n)) for n in range(first, first + count)], CLOCK.now())
    office.stamp()


def knows(listening: Listening, n: int) -> bool:
    return listening.till.folder.store.members.by_id(person(n).id) is not None


def test_one_request_brings_what_is_new(office: HeadOffice, listening: Listening) -> None:
    for n in range(500, 505):
        changes(office, n)
        outcome = listening.engine.hear(listening.news())
        assert (outcome.reason, outcome.pulled > 0) == (None, True) and knows(listening, n)
        assert listening.line.asked() == ["/v1/pull"]
    mark = listening.store.mark()
    assert (mark.cursor, listening.ear.news()) == (office.horizon(), None)


def test_a_till_still_says_hello_every_few_seconds(office: HeadOffice, listening: Listening) -> None:
    CLOCK.forward(HELLO_LASTS - timedelta(seconds=1))
    changes(office, 500)
    listening.engine.hear(listening.news())
    assert listening.line.asked() == ["/v1/pull"]
    CLOCK.forward(timedelta(seconds=1))
    changes(office, 501)
    listening.engine.hear(listening.news())
    assert listening.line.asked() == ["/v1/pull", *ROUND] and knows(listening, 501)
    CLOCK.forward(-timedelta(seconds=2))  # a clock that is set back: nobody knows how long ago it was
    changes(office, 502)
    listening.engine.hear(listening.news())
    assert listening.line.asked() == ["/v1/pull", *ROUND] and knows(listening, 502)


def test_bills_go_first_and_members_at_the_counter_are_asked_about(office: HeadOffice, listening: Listening) -> None:
    changes(office, 500)
    news = listening.news()
    listening.till.ring(member=MEMBERS[0], points=4)
    assert listening.engine.hear(news).applied == 1 and knows(listening, 500)
    asked = listening.line.asked()
    assert asked.index("/v1/push") < asked.index("/v1/pull", 1)
    listening.engine.sync_once()
    listening.line.asked()
    changes(office, 501)
    news = listening.news()
    listening.store.rights.touch(MEMBERS[1].id)
    listening.engine.hear(news)
    assert "/v1/rights" in listening.line.asked() and knows(listening, 501)


def test_what_a_round_brought_meanwhile_is_not_taken_in_again(office: HeadOffice, listening: Listening) -> None:
    changes(office, 500)
    news = listening.news()
    assert listening.engine.sync_once().reason is None
    changes(office, 501)
    assert listening.engine.sync_once().reason is None
    listening.line.asked()
    before = listening.store.mark()
    assert listening.engine.hear(news).pulled == 0
    assert (listening.line.asked(), listening.store.mark()) == ([], before)


def test_more_than_a_page_is_fetched_by_a_round(office: HeadOffice, listening: Listening) -> None:
    office.limits = replace(office.limits, pull_changes=2)
    changes(office, 500, 3)
    outcome = listening.engine.hear(listening.news())
    assert outcome.pulled == 6 and listening.store.mark().cursor == office.horizon()
    assert listening.line.asked()[:3] == ["/v1/pull", *ROUND] and knows(listening, 502)


@pytest.mark.parametrize("without", [("before",), ("epoch",), ("before", "epoch")])
def test_an_older_head_office_is_asked_as_before(
    office: HeadOffice, listening: Listening, without: tuple[str, ...]
) -> None:
    listening.line.without = without
    changes(office, 500)
    assert listening.engine.hear(listening.news()).reason is None
    assert listening.line.asked() == ["/v1/pull", *ROUND] and knows(listening, 500)


@pytest.mark.parametrize(
    "other",
    [
        {"before": "of another history"},
        {"before": ""},
        {"epoch": 2},
        {"after": 3},
    ],
    ids=["mark", "no mark", "epoch", "place"],
)
def test_a_page_that_does_not_follow_is_not_taken_in(
    office: HeadOffice, listening: Listening, other: dict[str, Any]
) -> None:
    changes(office, 500)
    real = listening.news()
    stranger = replace(real.page.changes[0], id="a stranger", entity="notice", body={})
    news = replace(real, page=replace(real.page, changes=(stranger,)), **other)
    assert listening.engine.hear(news).reason is None
    assert listening.line.asked() == ["/v1/pull", *ROUND] and knows(listening, 500)
    with listening.till.folder.replica.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM item WHERE id = 'a stranger'").scalar_one() == 0


def test_after_trouble_comes_a_whole_round(office: HeadOffice, listening: Listening, expected_logs: ExpectLog) -> None:
    expected_logs("begins epoch 2")
    changes(office, 500)
    news = listening.news()
    listening.line.without = ("upto",)
    assert listening.engine.sync_once().reason is not None
    listening.line.without = ()
    listening.line.asked()
    assert listening.engine.hear(news).reason is None
    assert listening.line.asked() == ROUND and knows(listening, 500)
    # In doubt about its own past it says so first.
    changes(office, 501)
    news = listening.news()
    listening.store.raise_doubt(Doubt.UNSURE)
    listening.engine.hear(news)
    assert listening.store.doubt() is None and knows(listening, 501)


def test_a_head_office_that_was_put_back_is_noticed(
    office: HeadOffice, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """The page goes on from a position with another mark: not one row of it is written, and hello says what to do."""
    expected_logs("the cursor is none of head office's feed")
    line = Line(office)
    counter: Counter = enrolled_counter(office, tmp_path, "one", line=line)
    try:
        assert counter.sync().reason is None
        cursor = counter.store.mark().cursor
        with office.database.write() as connection:
            connection.exec_driver_sql("UPDATE feed SET mark = 'another history'")
        changes(office, 500)
        ear = Watcher(counter.store, lambda: line, CLOCK, wait_s=0)  # type: ignore[arg-type,return-value]
        news = ear.news()
        assert news is not None and (news.after, news.before) == (cursor, "another history")
        engine = counter._engine
        assert engine is not None
        line.asked()
        assert engine.hear(news).reason is None
        assert line.asked()[0] == "/v1/hello"
        mark = counter.store.mark()
        assert mark.cursor == office.horizon() and mark.feed_mark != ""
    finally:
        counter.close()


# --- what it costs the till ----------------------------------------------------------------------------------


@contextmanager
def work_of(till: Till) -> Iterator[dict[str, int]]:
    """Statements and transactions at both files of the till meanwhile."""
    done = {"statements": 0, "transactions": 0}
    engines = [till.folder.till._readers, till.folder.replica._readers]

    def statement(*_: Any) -> None:
        done["statements"] += 1

    def begun(*_: Any) -> None:
        done["transactions"] += 1

    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "begin", begun)
    try:
        yield done
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "begin", begun)


def test_a_quiet_round_and_a_page_cost_little(office: HeadOffice, listening: Listening) -> None:
    """Ceilings: a till hears of something several times a second, beside a cashier who sells."""
    till, engine = listening.till, listening.engine
    for n in range(500, 560):
        changes(office, n)
    engine.sync_once()
    with work_of(till) as quiet:
        engine.sync_once()
    assert quiet["statements"] <= 20 and quiet["transactions"] <= 9, quiet
    changes(office, 500)  # known, but for its balance
    with work_of(till) as one:
        assert engine.hear(listening.news()).pulled > 0
    changes(office, 510, 50)
    with work_of(till) as fifty:
        assert engine.hear(listening.news()).pulled >= 50
    assert one["statements"] <= 20 and one["transactions"] <= 10, one
    assert fifty["statements"] <= one["statements"] + 2, fifty
    with work_of(till) as known:
        assert listening.ear.news() is None
    assert known["statements"] <= 6, known


def test_what_is_acknowledged_long_ago_is_let_go_of_once_an_hour(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruned: list[object] = []
    monkeypatch.setattr(type(listening.store), "prune_acked", lambda _self, now: pruned.append(now) or 0)
    for _ in range(13):
        CLOCK.forward(timedelta(minutes=10))
        assert listening.engine.sync_once().reason is None
    assert len(pruned) == 2


def test_another_tier_leaves_the_search_alone(office: HeadOffice, listening: Listening) -> None:
    member = person(600)
    changes(office, 600)
    listening.engine.hear(listening.news())
    written: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "member_search" in statement:
            written.append(statement)

    engine = listening.till.folder.replica._readers
    event.listen(engine, "before_cursor_execute", note)
    try:
        for changed in (replace(member, tier="gold"), replace(member, first_name="Another")):
            with office.database.write() as connection:
                import_members(connection, [MemberImport(changed)], CLOCK.now())
            office.stamp()
            listening.engine.hear(listening.news())
            known = listening.till.folder.store.members.by_id(member.id)
            assert known is not None and (known.tier, known.first_name) == (changed.tier, changed.first_name)
            assert bool(written) == (changed.first_name == "Another")
    finally:
        event.remove(engine, "before_cursor_execute", note)


# --- a head office that asks for quiet -----------------------------------------------------------------------


class Busy(Line):
    """Sends whoever waits for news away, for as long as it is told to."""

    wait_s: int | None = None

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if path == "/v1/pull" and self.wait_s is not None:
            self.calls.append(path)
            raise EnvironmentProblem(Reason.HEADOFFICE_BUSY, retry_after_s=self.wait_s)
        return super().exchange(method, path, **more)


def test_who_waits_for_news_asks_no_sooner_than_head_office_said(office: HeadOffice, tmp_path: Path) -> None:
    line = Busy(office)
    before = CLOCK.at
    with line.enrolled(tmp_path, "busy") as till:
        listening = Listening(line, till)
        changes(office, 1)
        line.wait_s = 90
        assert listening.ear.news() is None and line.asked() == ["/v1/pull"]
        line.wait_s = None
        CLOCK.forward(timedelta(seconds=89))
        assert listening.ear.news() is None and line.asked() == []
        CLOCK.forward(timedelta(seconds=1))
        assert listening.news().page and line.asked() == ["/v1/pull"]
        line.wait_s = 90
        assert listening.ear.news() is None
        line.wait_s = None
        CLOCK.at -= timedelta(days=400)
        assert listening.news(), "a clock that was set back makes nobody deaf"
    CLOCK.at = before
