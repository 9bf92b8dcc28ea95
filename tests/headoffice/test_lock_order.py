"""Rows are locked in one order, whichever of them are there already: nobody waits for another in a circle."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event, text

from pos_member.headoffice import portable, schema
from pos_member.headoffice.accounts import AccountState, load_accounts, lock_accounts
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.outgoing import Key, lock_revisions
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import FeedEntity
from tests.headoffice.office_support import CLOCK, make_member, rows
from tests.headoffice.until import WITHIN_S, somebody_waits, until

pytestmark = pytest.mark.one_database("rows are locked one by one there, not the whole file", on="postgresql")
T = TypeVar("T")
AT = "2026-03-01T03:00:00Z"
_FREE = "SELECT id FROM revision WHERE entity = 'coupon' FOR UPDATE SKIP LOCKED"


def coupon(code: str) -> Key:
    return code, FeedEntity.COUPON.value, code


def written(database: Database, work: Callable[[Connection], T]) -> T:
    """``work`` in a transaction of its own."""
    with database.write() as connection:
        return work(connection)


def test_some_are_locked_one_by_one_and_some_all_at_once(office: HeadOffice) -> None:
    """A bill holds two coupons one after another while events that use both are applied. The feed has told all of the
    second, so that its row was forgotten."""
    database, first, second = office.database, coupon("A"), coupon("B")
    written(database, lambda connection: lock_revisions(connection, [first]))
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            lock_revisions(connection, [first])
            events = pool.submit(written, database, lambda other: lock_revisions(other, [second, first]))
            until(lambda: somebody_waits(database))
            assert lock_revisions(connection, [second]) == {second: (0, "{}")}
        assert events.result(WITHIN_S) == {first: (0, "{}"), second: (0, "{}")}


@pytest.mark.parametrize("many", [4, 400])
def test_new_and_old_are_locked_and_the_old_stay_as_they_are(office: HeadOffice, many: int) -> None:
    """Few and many go by different ways."""
    database, keys = office.database, [coupon(f"C{n:03d}") for n in range(many)]
    with database.write() as connection:
        lock_revisions(connection, keys[::2])
        connection.execute(text("UPDATE revision SET n = 7, seen = 'x' WHERE entity = 'coupon'"))
    written(database, lambda connection: lock_revisions(connection, keys[1::4]))
    with database.write() as connection:
        found = lock_revisions(connection, keys)
        with database.write() as other:
            free = other.execute(text(_FREE)).scalars().all()
    assert found == {key: (0, "{}") if at % 2 else (7, "x") for at, key in enumerate(keys)}
    assert free == [], "all of them are locked"


@pytest.mark.parametrize("figures", [{"buckets": {"": 7}, "n": 3}, {}], ids=["told", "empty"])
def test_an_account_that_a_till_makes_while_its_member_is_loaded(office: HeadOffice, figures: dict[str, Any]) -> None:
    """Its figures stay, and tills are told nothing else; one that is still empty is opened."""
    database, member = office.database, make_member(77)
    made = list[str]()

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not made and statement.startswith("INSERT INTO account"):
            made.append(statement)
            row = AccountState(member.id, **figures).row(AT)
            written(database, lambda other: portable.insert_new(other, schema.account, [row]))

    with database.write() as connection:
        event.listen(connection, "before_cursor_execute", meanwhile)
        import_members(connection, [MemberImport(member, buckets={None: 100})], CLOCK.now())
    assert made
    with database.read() as connection:
        (account,) = load_accounts(connection, [member.id]).values()
    told = [row for table in ("outgoing", "feed") for row in rows(database, table)]
    assert member.id in [row.id for row in told if row.entity == "member"]
    points = {row.n: json.loads(row.body)["buckets"] for row in told if (row.entity, row.id) == ("account", member.id)}
    if figures:
        assert (account.buckets, account.n, points) == ({"": 7}, 3, {})
    else:
        assert (account.buckets, account.n, points) == ({"": 100}, 1, {1: [{"bucket": None, "points": 100}]})


def test_a_member_who_is_made_while_another_is_locked(office: HeadOffice) -> None:
    """Of two members one has no account. Another till's events make it, and those of a third want both."""
    database, thirds = office.database, list[Future[Any]]()
    written(database, lambda connection: lock_accounts(connection, ["z"], AT))

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not thirds and statement.startswith("INSERT INTO account"):
            written(database, lambda other: lock_accounts(other, ["y"], AT))
            thirds.append(pool.submit(written, database, lambda other: lock_accounts(other, ["y", "z"], AT)))
            until(lambda: thirds[0].done() or somebody_waits(database))

    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            event.listen(connection, "before_cursor_execute", meanwhile)
            assert set(lock_accounts(connection, ["y", "z"], AT)) == {"y", "z"}
        assert set(thirds[0].result(WITHIN_S)) == {"y", "z"}


def test_a_member_who_is_loaded_while_a_till_makes_the_account(office: HeadOffice) -> None:
    """Of two members who are loaded one is here. A till's events want both."""
    database, others = office.database, list[Future[Any]]()
    new, old = sorted((make_member(78), make_member(79)), key=lambda each: each.id)
    written(database, lambda connection: lock_accounts(connection, [old.id], AT))

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not others and statement.startswith("INSERT INTO account"):
            ids = [new.id, old.id]
            others.append(pool.submit(written, database, lambda other: lock_accounts(other, ids, AT)))
            until(lambda: others[0].done() or somebody_waits(database))

    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            event.listen(connection, "before_cursor_execute", meanwhile)
            import_members(connection, [MemberImport(old), MemberImport(new, buckets={None: 9})], CLOCK.now())
        assert set(others[0].result(WITHIN_S)) == {new.id, old.id}
    with database.read() as connection:
        found = load_accounts(connection, [new.id, old.id])
    assert [(found[each.id].buckets, found[each.id].n) for each in (new, old)] == [({"": 9}, 1), ({}, 1)]


@pytest.mark.parametrize("many", [3, 150])
def test_loading_and_tills_never_wait_in_a_circle(office: HeadOffice, many: int) -> None:
    """Both want the same members, a third of whom are here, again and again; few and many go by different ways."""
    database, rounds = office.database, 20
    members = sorted((make_member(n) for n in range(100, 100 + rounds * many)), key=lambda each: each.id)
    written(database, lambda connection: lock_accounts(connection, [each.id for each in members[1::3]], AT))
    together = Barrier(2)

    def load() -> None:
        for start in range(rounds):
            together.wait(WITHIN_S)
            items = [MemberImport(each, buckets={None: 9}) for each in members[start::rounds]]
            with database.write() as connection:
                import_members(connection, items, CLOCK.now())

    def sell() -> None:
        for start in range(rounds):
            together.wait(WITHIN_S)
            ids = [each.id for each in members[start::rounds]]
            for some in (ids, ids[::-1], ids[:1]):
                with database.write() as connection:
                    lock_accounts(connection, some, AT)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(load), pool.submit(sell)]
        wait(both, WITHIN_S, FIRST_EXCEPTION)
        together.abort()  # where one of them failed the other waits for nobody
        for each in both:
            each.result(WITHIN_S)
    with database.read() as connection:
        found = load_accounts(connection, [each.id for each in members])
        circles = connection.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        assert circles.scalar_one() == 0
    assert {(each.buckets[""], each.n) for each in found.values()} == {(9, 1)} and len(found) == len(members)
