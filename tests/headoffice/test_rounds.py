"""What a round of a till asks of head office: as little as possible, and never less than it has to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pos_member.domain import codec
from pos_member.headoffice import feed
from pos_member.headoffice.acts import Act
from pos_member.headoffice.kept_acts import KeptActs
from pos_member.headoffice.online import Online
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import INLINE_EVENTS, HeadOffice
from pos_member.sync import protocol
from pos_member.sync.enrol import TokenSource
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_rights import RightsRequest
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    Till,
    make_coupon,
    open_exceptions,
    rows,
)
from tests.headoffice.raw_till import worker


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """All there is has its number."""
    office.stamp()
    return office


@pytest.fixture
def till(office: HeadOffice, tmp_path: Path) -> Iterator[Till]:
    with DirectLine(office).enrolled(tmp_path, "one") as made:
        made.ring(member=MEMBERS[0], points=5)
        assert made.engine(DirectLine(office)).sync_once().reason is None
        yield made


@contextmanager
def counted(office: HeadOffice) -> Iterator[list[str]]:
    """The beginnings of what was written meanwhile."""
    written: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            written.append(" ".join(statement.split()[:3]).replace('"', ""))

    event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(office.database.engine, "before_cursor_execute", note)


def hello(office: HeadOffice, till: Till, **changes: Any) -> protocol.HelloAnswer:
    store = till.folder.sync_store
    head_seq, head_chain = store.head()
    said: dict[str, Any] = {
        "protocol": protocol.PROTOCOL,
        "app": "test",
        "epoch": 1,
        "head_seq": head_seq,
        "head_chain": head_chain,
        "acked_seq": store.acked_seq(),
        "cursor": store.mark().cursor,
        "cursor_mark": store.mark().feed_mark,
        "database_id": store.database_id(),
        "at": CLOCK.now(),
    }
    return office.hello(till.identity.id, protocol.HelloRequest(**(said | changes)))


def test_a_hello_without_news_asks_little(office: HeadOffice, till: Till) -> None:
    """A ceiling: over a network each question is a journey, and every till says hello every few seconds."""
    hello(office, till)
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", note)
    assert hello(office, till).advice is protocol.Advice.OK
    assert len(asked) <= 7, asked


def contact(office: HeadOffice) -> str:
    (row,) = rows(office.database, "till")
    return str(row.last_contact_at)


def test_a_hello_without_news_writes_nothing_until_its_contact_is_old(office: HeadOffice, till: Till) -> None:
    hello(office, till)
    with counted(office) as written:
        answer = hello(office, till)
        assert (answer.advice, answer.last_seq, answer.horizon) == (protocol.Advice.OK, 1, office.horizon())
        CLOCK.forward(timedelta(seconds=10))
        before = contact(office)
        hello(office, till)
        assert written == [] and contact(office) == before
        CLOCK.forward(timedelta(seconds=10))
        hello(office, till)
    assert written == ["UPDATE till SET"] and contact(office) > before


def test_what_is_new_in_a_hello_is_written_at_once(office: HeadOffice, till: Till) -> None:
    hello(office, till)
    with counted(office) as written:
        hello(office, till, app="other")
        hello(office, till, app="other", cursor=1, cursor_mark="")
    (row,) = rows(office.database, "till")
    assert (row.app_version, row.cursor) == ("other", 1) and written == ["UPDATE till SET"] * 2
    till.ring(member=MEMBERS[1], points=3)
    with counted(office) as written:
        hello(office, till)
    (mark,) = rows(office.database, "rights_mark")
    assert (mark.head_seq, mark.acked_seq) == (2, 1) and "INSERT INTO rights_mark" in written


def test_a_clock_that_goes_wrong_and_right_is_a_case_that_opens_and_settles(office: HeadOffice, till: Till) -> None:
    for off, cases in ((0, 0), (11, 1), (-11, 1), (9, 0), (0, 0)):
        assert hello(office, till, at=CLOCK.now() + timedelta(minutes=off)).advice is protocol.Advice.OK
        assert len(open_exceptions(office.database)) == cases, off


def test_a_page_goes_out_as_it_is_read(office: HeadOffice, till: Till) -> None:
    """Also with what only one till is told, with what is taken away, and with texts that JSON has to escape."""
    till.ring(member=MEMBERS[0], points=2, coupons_issued=(make_coupon(till.identity, "8000000000000017"),))
    assert till.engine(DirectLine(office)).sync_once().reason is None
    odd = 'ก "quoted" \\ \n \u2028 😀'
    mine = {till.identity.id: "1.2", "another": "1.9"}
    with office.database.write() as connection:
        drafts = [
            feed.Draft("notice", odd, {"text": odd, "deep": {"list": [1, None, True, 2**53]}}),
            feed.Draft("notice", "gone", {}, deleted=True),
            feed.Draft("notice", "twice", {"n": 1}),
            feed.Draft("notice", "twice", {"n": 2}),
            feed.Draft("notice", "seen", {}, seen=mine),
            feed.Draft("notice", "seen by another", {}, seen={"another": "1.9"}),
        ]
        feed.publish(connection, drafts)
    office.stamp()
    after, pages, seen = 0, 0, []
    while True:
        written = json.loads(office.pull_written(till.identity.id, after, 7))
        page = office.pull(till.identity.id, after, 7)
        assert written == json.loads(codec.canonical_bytes(page))
        seen += [change for change in page.changes if change.seen]
        after, pages = page.upto, pages + 1
        if not page.more:
            break
    assert pages > 2 and {change.id for change in seen} >= {"seen"}
    assert next(change for change in seen if change.id == "seen").seen == {till.identity.id: "1.2"}


def test_nothing_is_given_over_sales_that_are_not_applied_yet(office: HeadOffice, till: Till) -> None:
    """But to who stands at the counter meanwhile."""
    online, ids = Online(office), tuple(member.id for member in MEMBERS)
    till.ring(member=MEMBERS[1], points=300)
    till.ring(member=MEMBERS[0], points=300)
    assert till.engine(DirectLine(office)).sync_once().reason is None
    settler, office.settler = office.settler, lambda: None
    for _ in range(INLINE_EVENTS + 1):
        till.ring(member=MEMBERS[2], points=300)
    assert till.engine(DirectLine(office)).sync_once().reason is None
    head = till.folder.sync_store.head()[0]
    before = rows(office.database, "spending_right")
    asked = RightsRequest(1, ids[1:3], acked_seq=head, head_seq=head, earned=2)
    with counted(office) as written:
        answer = online.rights(till.identity.id, asked)
    assert (answer.later, answer.granted, written) == (True, (), [])
    assert rows(office.database, "spending_right") == before
    mixed = RightsRequest(1, ids[:3], acked_seq=head, head_seq=head, earned=2)
    assert {right.member_id for right in online.rights(till.identity.id, mixed).granted} == {ids[0]}
    office.settler = settler
    office.settle_effects()
    answer = online.rights(till.identity.id, asked)
    assert not answer.later and {right.member_id for right in answer.granted} == set(ids[1:3])


@pytest.mark.parametrize("earned", [-1, 3])
def test_more_cannot_be_earned_than_is_asked_about(office: HeadOffice, till: Till, earned: int) -> None:
    asked = RightsRequest(1, tuple(member.id for member in MEMBERS[:2]), acked_seq=1, head_seq=1, earned=earned)
    with pytest.raises(Problem) as caught:
        Online(office).rights(till.identity.id, asked)
    assert caught.value.code is ErrorCode.MALFORMED


def test_a_token_needs_no_database_and_ends_with_its_secret(
    office: HeadOffice, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("pos_member.headoffice.identity.time.monotonic", lambda: now[0])
    link = till.folder.sync_store.link()
    assert link is not None and link.private_key is not None

    def token() -> str:
        return TokenSource(till.identity.id, link.private_key or b"", CLOCK).token(DirectLine(office))

    old = token()
    assert office.authenticate(old) == till.identity.id
    with office.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE setting SET value = '{'ab' * 32}' WHERE name = 'token_secret'")
    fresh = token()
    # One that does not hold is looked at again with the secret of now; that is how the new one is known at once.
    assert office.authenticate(fresh) == till.identity.id
    with pytest.raises(Problem):
        office.authenticate(old)
    asked: list[str] = []
    event.listen(office.database.engine, "before_cursor_execute", lambda _c, _x, text, *_: asked.append(text))
    assert office.authenticate(fresh) == till.identity.id and asked == []
    now[0] += 11
    assert office.authenticate(fresh) == till.identity.id and asked


def test_acts_are_kept_as_far_as_there_is_room() -> None:
    kept = KeptActs(acts_max=3)
    kept.put("a", {(1, 1): Act(source_id="a1"), (1, 2): Act(rows={"bill": [{}]})})
    kept.put("b", {(1, 1): Act(), (1, 2): Act()})
    assert kept.take("b") == {}
    kept.put("b", {(1, 1): Act(source_id="b1")})
    assert [act.source_id for act in kept.take("a").values()] == ["a1", ""] and kept.take("a") == {}
    kept.put("a", {(1, 3): Act(), (1, 4): Act()})
    assert len(kept.take("a")) == 2 and kept.take("b")[(1, 1)].source_id == "b1"


def test_acts_that_somebody_else_applied_are_kept_no_longer(office: HeadOffice, till: Till, tmp_path: Path) -> None:
    """Be it the call that came next, or another worker: else there is no room left for any till in the end."""
    office.settler = lambda: None
    another = worker(tmp_path)

    def large_batch() -> None:
        for n in range(INLINE_EVENTS + 5):
            till.ring(member=MEMBERS[n % 3], points=n)
        assert till.engine(DirectLine(office)).sync_once().reason is None
        assert rows(office.database, "effect")

    large_batch()
    till.ring(member=MEMBERS[0], points=1)
    assert till.engine(DirectLine(office)).sync_once().reason is None
    assert not rows(office.database, "effect") and office._kept.take(till.identity.id) == {}
    large_batch()
    another.settle_effects()
    office.settle_effects()
    assert not rows(office.database, "effect") and office._kept.take(till.identity.id) == {}
    another.database.close()


def test_a_large_batch_is_applied_alike_with_and_without_what_was_kept(office: HeadOffice, till: Till) -> None:
    office.settler = lambda: None
    for n in range(INLINE_EVENTS + 5):
        till.ring(member=MEMBERS[n % 3], points=n)
    assert till.engine(DirectLine(office)).sync_once().reason is None
    read: list[datetime] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "event.payload" in statement and "effect" in statement:
            read.append(CLOCK.now())

    event.listen(office.database.engine, "before_cursor_execute", note)
    office.settle_effects()
    assert read == [] and not rows(office.database, "effect")
    assert sum(row.points for row in rows(office.database, "point_entry")) == 5 + sum(range(INLINE_EVENTS + 5))
