"""Each call of the protocol meets each fault of the line: the reason is right, it ends in time, and all is once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.member import Member
from pos_member.domain.rights import RightKind
from pos_member.headoffice import rights_ledger
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.services.sync_ports import Doubt
from pos_member.sync import loading
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from pos_member.sync.online_desk import OnlineDesk
from pos_member.sync.transport import HttpTransport
from pos_member.sync.watching import Watcher
from tests.db_support import SetClock, make_folder
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    LOT,
    MEMBERS,
    Till,
    enrolled_till,
    make_member,
    new_id,
    rows,
    running_office,
)
from tests.log_watch import ExpectLog
from tests.sync.hostile_proxy import EVERY_FAULT, SLOW_FAULTS, HostileProxy

pytestmark = pytest.mark.one_database("the line is what is tried, not what stands behind head office")

DOWN, FOREIGN = Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS
FAILED, BUSY = Reason.HEADOFFICE_FAILED, Reason.HEADOFFICE_BUSY
#: What the till makes of each fault; ``None``: it does not notice.
REASONS: dict[str, Reason | None] = {
    "lost_request": DOWN,
    "lost_response": DOWN,
    "doubled": None,
    "truncated": DOWN,
    "reset_before": DOWN,
    "reset_after": DOWN,
    "html_instead": FOREIGN,
    "html_after": FOREIGN,
    "error_instead": FAILED,
    "error_after": FAILED,
    "garbage": FOREIGN,
    "not_gzip": FOREIGN,
    "busy": BUSY,
    "stalled": DOWN,
    "drips": DOWN,
    "unknown_packing": FOREIGN,
}
#: Everything a new till asks for, in its order: one thing after the other is in trouble once.
FIRST_DAY = (
    *("/v1/token", "/v1/hello", "/v1/push", "/v1/rights", "/v1/feed/catalogue"),
    *("/v1/snapshot/manifest", "part", "/v1/feed/own", "/v1/pull"),
)
ROUNDS_MAX = 200
#: Of a fault that takes time: between two bytes, and in all.
BYTE_S, WHOLE_S = 0.4, 0.6
#: What the rest of a round may take on a machine that is busy with other things.
BUSY_MACHINE_S = 60.0
#: Where nothing is slow: longer than a round may take, so that whoever waits for it is seen to hang.
LONG_S = 120.0
POINTS = 600


def limits(fault: str) -> dict[str, object]:
    """Time limits of a line that meets ``fault``: short ones where they are what is tried."""
    if fault in SLOW_FAULTS:
        return {"timeouts_s": (5.0, BYTE_S if fault == "stalled" else 5.0), "exchange_timeout_s": WHOLE_S}
    return {"timeouts_s": (LONG_S, LONG_S)}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHeadOffice]:
    """Head office with a snapshot of several parts, and more since."""
    monkeypatch.setattr(loading, "_WORTH", 5)
    monkeypatch.setattr("pos_member.headoffice.snapshot_build.PART_PLAIN_BYTES", 4 * 4_096)
    with running_office(tmp_path) as running:
        add_members(running, 100, 40)
        snapshots: Snapshots = running.app.state.snapshots
        made = snapshots.make()
        assert made is not None and len(made.parts) > 3
        add_members(running, 900, 2)
        yield running


def add_members(server: RunningHeadOffice, first: int, count: int, points: int = 3) -> list[Member]:
    office = server.app.state.office
    members = [make_member(n) for n in range(first, first + count)]
    with office.database.write() as connection:
        import_members(connection, [MemberImport(each, buckets={LOT: points}) for each in members], CLOCK.now())
    office.stamp()
    return members


@contextmanager
def in_time(most_s: float = BUSY_MACHINE_S) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < most_s, "it hung"


def new_engine(till: Till, line: HttpTransport) -> SyncEngine:
    intake = till.folder.intake
    return SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1), app_version="test", intake=intake)


def rounds(engine: SyncEngine, proxy: HostileProxy) -> list[Reason | None]:
    """Rounds until all that was planned was met and one had no trouble: how each ended."""
    ended: list[Reason | None] = []
    for _ in range(ROUNDS_MAX):
        with in_time():
            ended.append(engine.sync_once().reason)
        assert engine.state().reason is ended[-1]
        if ended[-1] is None and not proxy.planned:
            return ended
    raise AssertionError(f"no end: {ended}, {proxy.seen[-8:]}")


def assert_ended(ended: list[Reason | None], wanted: list[Reason | None], fault: str) -> None:
    """How rounds ended. Time limits as short as those of the slow faults may be too short for a busy machine, too."""
    if fault in SLOW_FAULTS:
        assert set(ended[:-1]) == {DOWN} and ended[-1] is None and len(ended) >= len(wanted)
    else:
        assert ended == wanted


def held(till: Till, member: Member) -> dict[str, int]:
    """Rights over a member that the till holds, with what is left of each; of its own sales it needs none once they
    are acknowledged."""
    known = [each for each in till.folder.store.rights_evidence.rights() if each.right.member_id == member.id]
    return {
        each.right.id: each.right.points - sum(points for _, points in each.uses)
        for each in known
        if not each.released and each.right.kind is not RightKind.OWN
    }


def assert_aside(server: RunningHeadOffice, till: Till, member: Member) -> None:
    """What head office set aside for the till is what the till holds: nothing is lost to nobody."""
    with server.app.state.office.database.read() as connection:
        aside = rights_ledger.set_aside(connection, [member.id], CLOCK.now()).get(member.id, [])
    mine = [each for each in aside if each.right.till_id == till.identity.id and each.right.kind is not RightKind.OWN]
    assert {each.right.id: each.left for each in mine} == held(till, member)


@pytest.mark.parametrize("fault", [fault for fault in EVERY_FAULT if fault in REASONS])
def test_the_first_day_of_a_till(
    server: RunningHeadOffice, tmp_path: Path, fault: str, expected_logs: ExpectLog
) -> None:
    [member] = add_members(server, 2_000, 1, POINTS)
    with (
        make_folder(tmp_path, CLOCK, "new") as data,
        HostileProxy(server.url, seed=1, rate=0.0) as proxy,
        closing(HttpTransport(proxy.url, **limits(fault))) as line,  # type: ignore[arg-type]
    ):
        code = server.app.state.office.enrol_code(BRANCHES[0].code)
        proxy.plan("/v1/enrol", fault)
        if fault == "busy":  # head office said so before it did anything: the code is still good
            with pytest.raises(EnvironmentProblem) as problem:
                enrol(proxy.url, code, data.sync_store, transport=line)
            assert problem.value.reason is Reason.ENROL_LATER
        with in_time():
            till = Till(data, enrol(proxy.url, code, data.sync_store, transport=line))
        assert len(rows(server.app.state.office.database, "till")) == 1

        newest = server.app.state.snapshots.newest()
        for path in FIRST_DAY:
            proxy.plan(f"/v1/snapshot/{newest.id}/2" if path == "part" else path, fault)
        till.ring(member=member, points=7)
        data.sync_store.rights.touch(member.id)
        # A part of a snapshot is no JSON: what is wrong with it is found by its hash, and it is asked for again.
        part_too = fault != "garbage"
        if not part_too:
            expected_logs("snapshot .*: part . is another")
        ended = rounds(new_engine(till, line), proxy)
        wanted = [] if REASONS[fault] is None else [REASONS[fault]] * (len(FIRST_DAY) - (not part_too))
        assert_ended(ended, [*wanted, None], fault)
        parts = [path for path, _ in proxy.seen if newest.id in path]
        again = len(parts) - len(set(parts))
        assert again == (fault != "doubled") or fault in SLOW_FAULTS, "what came is kept, one part was asked for twice"
        database = server.app.state.office.database
        assert [row.id for row in rows(database, "bill")] == [bill.id for bill in till.rung]
        assert len(rows(database, "point_entry")) == 1
        assert data.store.members.account(member.id).balance == POINTS + 7
        assert data.sync_store.queue_status().waiting == 0
        with data.replica.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one() == len(MEMBERS) + 43
        assert_aside(server, till, member)
        # One for the member who stands here, one for the member's home branch: asked again there are no more.
        assert len(held(till, member)) == 2 and sum(held(till, member).values()) == POINTS + 7


@pytest.mark.parametrize("fault", [fault for fault in EVERY_FAULT if fault in REASONS])
def test_a_later_day_of_a_till(server: RunningHeadOffice, tmp_path: Path, fault: str, expected_logs: ExpectLog) -> None:
    """Points for a bill, a member looked up, a right given back, a new epoch, a wait for news."""
    [member, stranger] = add_members(server, 2_000, 2, POINTS)
    with (
        enrolled_till(server, tmp_path, "one") as till,
        enrolled_till(server, tmp_path, "two", BRANCHES[1]) as other,
        HostileProxy(server.url, seed=1, rate=0.0) as proxy,
        closing(HttpTransport(server.url)) as good,
        closing(HttpTransport(proxy.url, **limits(fault))) as line,  # type: ignore[arg-type]
    ):
        store, reason, bill = till.folder.sync_store, REASONS[fault], new_id()
        assert new_engine(till, good).sync_once().reason is None
        engine, calm = new_engine(till, line), new_engine(till, good)
        slow = fault in SLOW_FAULTS
        with (
            closing(OnlineDesk(store, CLOCK, lambda: timedelta(minutes=15), line, WHOLE_S if slow else LONG_S)) as desk,
            closing(OnlineDesk(store, CLOCK, lambda: timedelta(minutes=15), good, LONG_S)) as calm_desk,
            closing(OnlineDesk(other.folder.sync_store, CLOCK, lambda: timedelta(minutes=15), whole_s=LONG_S)) as there,
        ):
            # A right for one bill: asked for until it is there, and there once.
            ask: Callable[[], object] = lambda: desk.redeem(bill, member.id, 200)  # noqa: E731
            told(proxy, "/v1/redeem", fault, ask, reason)
            word = calm_desk.redeem(bill, member.id, 200)
            assert word.right is not None and (word.right.points, word.right.id) == (200, f"{bill}:online")
            assert_aside(server, till, member)
            told(proxy, "/v1/members", fault, lambda: desk.find_member(number=stranger.number), reason)
            assert [each.id for each in calm_desk.find_member(number=stranger.number)][:1] == [stranger.id]

            other_bill = new_id()
            # What is left is touched here, asked for there, and given back.
            store.rights.touch(member.id)
            assert rounds(calm, proxy) == [None]
            assert there.redeem(other_bill, member.id, 300).right is None
            proxy.plan("/v1/rights", fault)
            ended = rounds(engine, proxy)
            assert ended[0] is reason or slow
            assert_aside(server, till, member)
            given = there.redeem(other_bill, member.id, 300).right
            assert given is not None and given.points == 300

        # Its database is not the one head office knows.
        till.ring(member=member, points=7)
        store.raise_doubt(Doubt.RESTORED)
        proxy.plan("/v1/hello", fault)
        expected_logs("begins epoch 2")
        ended = rounds(engine, proxy)
        assert_ended(ended, [None] if reason is None else [reason, None], fault)
        identity = store.identity()
        assert identity is not None and identity.epoch == 2, "one new epoch, however often it was asked for"
        database = server.app.state.office.database
        assert [row.id for row in rows(database, "bill")] == [till.rung[0].id]
        assert not store.suspended()

        clock = SetClock(CLOCK.now())
        with closing_watcher(Watcher(store, lambda: HttpTransport(proxy.url, **limits(fault)), clock)) as watcher:  # type: ignore[arg-type]
            for path in ("/v1/token", "/v1/pull"):
                proxy.plan(path, fault)
            add_members(server, 5_000, 1)
            heard = []
            while (proxy.planned or not heard[-1]) and len(heard) < ROUNDS_MAX:
                with in_time():
                    heard.append(watcher.news() is not None)
                clock.forward(timedelta(seconds=10))  # longer than a busy head office asks for
            assert heard == ([True] if reason is None else [False, False, True]) or slow
            assert heard[-1] and not proxy.planned
        assert rounds(calm, proxy) == [None]


def told(proxy: HostileProxy, path: str, fault: str, ask: Callable[[], object], reason: Reason | None) -> None:
    """The question meets ``fault`` once."""
    proxy.plan(path, fault)
    with in_time():
        if reason is None:
            ask()
        else:
            with pytest.raises(EnvironmentProblem) as problem:
                ask()
            assert problem.value.reason in (reason, Reason.LINE_SLOW)
    assert not proxy.planned


@contextmanager
def closing_watcher(watcher: Watcher) -> Iterator[Watcher]:
    try:
        yield watcher
    finally:
        watcher.stop()
