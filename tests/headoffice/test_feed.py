"""The feed: a consistent prefix at every page, and exactly the right own events counted as included."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from pos_member.domain.consent import Consent, Purpose
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.headoffice import admin, feed, importing, schema
from pos_member.headoffice.app import HeadOfficeSettings, create_app
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members, import_members_apart
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.units import remembered
from pos_member.services.sync_ports import FeedChange
from pos_member.sync.enrol import enrol
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    BRANCHES,
    BRAND,
    CLOCK,
    COMPANY,
    MEMBERS,
    Till,
    database_url,
    make_coupon,
    make_member,
    new_id,
    open_office,
    rows,
)
from tests.headoffice.raw_till import worker


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """All that it holds is numbered."""
    office.stamp()
    return office


def audit(till: Till) -> None:
    """An event that changes nothing in the feed."""
    record = AuditRecord(new_id(), "drawer_opened", "staff", "", till.identity.id, CLOCK.now(), "", "")
    till.announce(EventKind.AUDIT, record, record.id)


def busy_day(office: HeadOffice, tills: list[Till], chosen: int) -> None:
    """Two tills upload in turn: bills with and without a member, coupons, acts without a trace in the feed."""
    source = random.Random(chosen)
    for _ in range(12):
        till = source.choice(tills)
        for _ in range(source.randrange(1, 5)):
            if source.random() < 0.3:
                audit(till)
            coupons = (make_coupon(till.identity, f"8{source.randrange(10**15):015d}"),) * source.randrange(2)
            member = source.choice([None, *MEMBERS])
            till.ring(member=member, points=source.randrange(9) if member else 0, coupons_issued=coupons)
        assert till.engine(DirectLine(office)).sync_once().reason is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1_000])
def test_every_page_knows_what_it_includes(office: HeadOffice, tmp_path: Path, limit: int) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two", 1) as two:
        busy_day(office, [one, two], limit)
        published = rows(office.database, "feed")
        assert [row.publish_no for row in published] == list(range(1, len(published) + 1))
        last_seq = one.folder.sync_store.head()[0]
        after, seen = 0, 0
        while True:
            with office.database.read() as connection:
                page = feed.page(connection, one.identity.id, one.identity.branch_id, 1, last_seq, after, limit)
            beyond = {r.origin_seq for r in published if r.origin_till == one.identity.id and r.publish_no > page.upto}
            assert page.included_seq == min(beyond, default=last_seq + 1) - 1
            window = [row for row in published if after < row.publish_no <= page.upto]
            assert {(c.entity, c.id) for c in page.changes} == {(row.entity, row.id) for row in window}
            seen += len(window)
            after = page.upto
            if not page.more:
                break
        assert (seen, page.included_seq, page.horizon) == (len(published), last_seq, after)


def test_a_till_that_reads_page_by_page_always_shows_the_right_balance(office: HeadOffice, tmp_path: Path) -> None:
    """Head office's figure plus the till's own acts since: at every page of a slow load the sum is the truth."""
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one:
        busy_day(office, [one], 5)
        one.ring(member=MEMBERS[0], points=100)  # not uploaded yet
        truth = {m.id: sum(e.points for b in one.rung for e in b.point_entries if e.member_id == m.id) for m in MEMBERS}
        store = one.folder.sync_store
        store.clear_replica()
        with office.database.read() as connection:
            held = connection.execute(select(schema.till.c.last_seq)).scalar_one()
        pages = 0
        while True:
            with office.database.read() as connection:
                page = feed.page(connection, one.identity.id, one.identity.branch_id, 1, held, store.cursor(), 4)
            store.apply_changes(page.changes, page.upto, page.included_seq, CLOCK.now())
            pages += 1
            for member in MEMBERS:
                assert one.folder.store.members.account(member.id).balance == truth[member.id]
            if not page.more:
                break
        assert pages > 10


def test_an_event_without_a_trace_in_the_feed_holds_nothing_back(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as till:
        till.ring(member=MEMBERS[0], points=1)
        for _ in range(3):
            audit(till)
        till.engine(line).sync_once()
        assert till.folder.sync_store.mark().included_seq == 4


def test_scopes_keep_a_branch_to_itself(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two", 1) as two:
        office.stamp()
        with office.database.write() as connection:
            own = feed.Draft("notice", "n1", {"text": "x"}, scope=f"branch:{BRANCHES[0].id}")
            feed.publish(connection, [own])
        assert office.stamp() == 1
        found: dict[str, list[FeedChange]] = {}
        for till in (one, two):
            with office.database.read() as connection:
                page = feed.page(connection, till.identity.id, till.identity.branch_id, 1, 0, 0, 100)
            found[till.identity.id] = [change for change in page.changes if change.entity == "notice"]
            assert (page.upto, page.more) == (page.horizon, False)
        assert [len(found[till.identity.id]) for till in (one, two)] == [1, 0]


@pytest.mark.parametrize("body", [{"price": 1.5}, {"prices": [1e30]}, {"b": {"a": [0, -0.5]}}])
def test_what_is_not_whole_is_not_told(office: HeadOffice, body: dict[str, object]) -> None:
    """The tills take whole numbers alone: one of our own that is not would stop every one of them."""
    with office.database.write() as connection:
        with pytest.raises(TypeError, match="float"):
            feed.publish(connection, [feed.Draft("product", "p", body)])
        feed.publish(connection, [feed.Draft("product", "p", {"sizes": ["1,5.0", ":2.5"], "n": -15})])


def test_what_did_not_change_is_not_published_again(office: HeadOffice) -> None:
    with office.database.write() as connection:
        assert import_catalogue(connection, (COMPANY, BRAND, *BRANCHES)) == 0
    assert office.stamp() == 0
    with office.database.write() as connection:
        assert import_catalogue(connection, (BRAND.__class__(BRAND.id, "CAFE", "ชื่อใหม่", "New"),)) == 1
    assert office.stamp() == 1


def test_an_import_leaves_sums_that_come_from_facts(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as till:
        till.ring(member=MEMBERS[0], points=33)
        till.engine(line).sync_once()
        with office.database.write() as connection:
            newcomer = MemberImport(make_member(900), buckets={None: 7}, visits=2)
            import_members(connection, [MemberImport(MEMBERS[0], buckets={None: 1_000_000}), newcomer], CLOCK.now())
        till.engine(line).sync_once()
        assert till.folder.store.members.account(MEMBERS[0].id).balance == 33
        account = till.folder.store.members.account(newcomer.member.id)
        assert (account.balance, account.visits) == (7, 2)


def test_members_are_loaded_by_one_at_a_time(office: HeadOffice, tmp_path: Path) -> None:
    """Of two who load the same list each would open the accounts that the other opens."""
    people = [MemberImport(make_member(900 + n), buckets={None: n + 1}) for n in range(3)]
    another, refused = worker(tmp_path), list[Reason]()

    def by_both() -> Iterator[MemberImport]:
        for place, each in enumerate(people):
            if place == 1:
                with pytest.raises(Refusal) as caught:
                    import_members_apart(another.units, people, CLOCK)
                refused.append(caught.value.reason)
            yield each

    assert import_members_apart(office.units, by_both(), CLOCK) == 3 and refused == [Reason.JOB_RUNS]
    assert import_members_apart(another.units, people, CLOCK) == 3
    office.stamp()
    ids = {each.member.id for each in people}
    told = [row.entity for row in rows(office.database, "feed") if row.id in ids]
    assert sorted(told) == ["account"] * 3 + ["member"] * 3
    another.database.close()


def test_members_are_loaded_in_parts_and_whoever_is_there_is_not_told_again(
    office: HeadOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_CHUNK", 2)
    people = [MemberImport(make_member(900 + n), buckets={None: n}) for n in range(5)]
    with pytest.raises(JobStopped):
        import_members_apart(office.units, people, CLOCK, Watch(stopped=lambda: True))
    office.stamp()
    told: list[int] = []
    assert import_members_apart(office.units, people, CLOCK, Watch(told.append)) == 5
    assert told == [2, 4, 5]
    assert office.stamp() == 2 * 3, "the first two were told before they were stopped"
    renamed = replace(people[4], member=replace(people[4].member, first_name="สมใจ"))
    assert import_members_apart(office.units, [*people[:4], renamed], CLOCK) == 5
    assert office.stamp() == 1
    agreed = Consent(
        new_id(), people[0].member.id, next(iter(Purpose)), True, "1", "", "th", "till", "s", "t", CLOCK.now()
    )
    import_members_apart(office.units, [replace(people[0], consents=(agreed,))], CLOCK)
    with office.database.read() as connection:
        assert connection.execute(select(schema.consent.c.id)).scalars().all() == [agreed.id]


def test_commands_go_by_how_head_office_was_started(tmp_path: Path) -> None:
    url = database_url(tmp_path)
    for distributed in (True, False):
        create_app(HeadOfficeSettings(url, clock=CLOCK, distributed=distributed)).state.office.database.close()
        database = open_database(url)
        assert remembered(database).distributed is distributed
        database.close()


def test_the_demo_comes_down_whole(tmp_path: Path) -> None:
    url = database_url(tmp_path)
    demo = admin.load_demo(url, hash_pin=lambda _pin: "hash", members=300, clock=CLOCK)
    office = open_office(tmp_path)
    with make_folder(tmp_path, CLOCK, "till") as data:
        line = DirectLine(office)
        till = Till(data, enrol("http://127.0.0.1:1", office.enrol_code("KS01"), data.sync_store, transport=line))
        assert till.engine(line).sync_once().reason is None
        catalogue = data.store.catalogue
        assert catalogue.organisation() == demo.organisation
        assert set(catalogue.branches()) == set(demo.branches)
        assert set(catalogue.staff()) == set(demo.staff)
        assert set(catalogue.programs()) == set(demo.programs)
        assert set(catalogue.definitions()) == set(demo.definitions)
        assert len(catalogue.products(limit=1_000)) == len(demo.products)
        with office.database.read() as connection:
            held = connection.execute(select(schema.account)).all()
        balances = {row.member_id: sum(json.loads(row.buckets).values()) for row in held}
        for member_id, balance in list(balances.items())[:50]:
            assert data.store.members.account(member_id).balance == balance
        assert sum(balances.values()) > 0
    office.database.close()
