"""Head office was put back to an earlier state: nothing is given over rights that tills were given since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from pos_member.domain.chain import GENESIS
from pos_member.headoffice import backing, rights_ends, rights_grants, schema, settling, times
from pos_member.headoffice.exceptions import ExceptionKind, Resolution
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.online import Online
from pos_member.headoffice.restoring import SUBJECT
from pos_member.headoffice.rights_grants import FROZEN_UNTIL
from pos_member.headoffice.schema_sync import effect
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from pos_member.sync import protocol
from pos_member.sync.protocol_rights import RedeemRequest
from tests.headoffice.office_support import CLOCK, database_url, new_id, open_exceptions, open_office
from tests.headoffice.offices import open_seeded
from tests.headoffice.rights_support import MEMBER, SETTINGS, MemoryTill, account, admit, give, memory_till, upload

LONGEST = rights_grants.longest_right(SETTINGS)
Story = tuple[HeadOffice, MemoryTill, MemoryTill]


def touch(office: HeadOffice, till: MemoryTill) -> int:
    """What it can spend for certain after it asked."""
    with office.database.write() as connection:
        till.hold(*rights_grants.touch(connection, till.id, till.epoch, [MEMBER.id], CLOCK.now(), new_id))
    till.now = CLOCK.now()
    return till.guaranteed()


def hello(office: HeadOffice, till: MemoryTill) -> None:
    """All that it did is there."""
    now, seq = CLOCK.now(), till.seq
    rights_ends.heard(office.units, till.id, till.epoch, acked_seq=seq, head_seq=seq, applied_seq=seq, now=now)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """300 points; a backup; then one till is given a right over all of them, and is cut off."""
    before = CLOCK.at
    office = open_seeded(tmp_path)
    one, two = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    for till in (one, two):
        admit(office.database, till)
    give(office, 300)
    CLOCK.forward(timedelta(minutes=1))
    backup = backing.backup(database_url(tmp_path), tmp_path / "backup.db").path
    assert touch(office, one) == 300
    office.database.close()
    backing.restore(database_url(tmp_path), backup, who="ann", why="disk", clock=CLOCK, anyway=True)
    office = open_office(tmp_path)
    yield office, one, two
    office.database.close()
    CLOCK.at = before


def test_nothing_is_given_while_unknown_rights_live(story: Story) -> None:
    office, _, two = story
    hello(office, two)
    CLOCK.forward(LONGEST - timedelta(minutes=1))
    assert touch(office, two) == 0
    answer = Online(office).redeem(two.id, RedeemRequest(1, new_id(), MEMBER.id, 10))
    assert (answer.right, answer.free) == (None, 0)


def test_nor_before_the_till_was_heard_that_may_have_spent_of_them(story: Story) -> None:
    office, one, two = story
    one.sell(spend=200)  # in its time, with the line down
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    hello(office, two)
    assert touch(office, two) == 0, "the right is long over; what was spent of it is not known"
    upload(office, one)
    assert touch(office, two) == 0, "more may be on its way"
    hello(office, one)
    assert touch(office, two) == 100
    two.sell(spend=100)
    upload(office, two)
    assert sum(account(office.database).buckets.values()) == 0
    # The right itself was given after the backup: its bill names one that this database never gave.
    assert {kind for kind, _ in open_exceptions(office.database)} == {"headoffice_restored", "right_unknown"}
    with office.database.write() as connection:
        rights_grants.thaw(connection, CLOCK.now())
        assert read_setting(connection, FROZEN_UNTIL) == ""


def says(till: MemoryTill, *, acked_seq: int = 0, cursor: int = 0, mark: str = "") -> protocol.HelloRequest:
    """Its hello."""
    told = {"database_id": till.id, "cursor_mark": mark, "kept_from": 1}
    chain = GENESIS if not acked_seq else "ab" * 32
    return protocol.HelloRequest(protocol.PROTOCOL, "test", till.epoch, acked_seq, chain, acked_seq, cursor, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("known", [{"acked_seq": 1}, {"cursor": 7, "mark": "another"}], ids=["bill", "feed"])
def test_put_back_once_more_while_the_case_is_open_holds_rights_back_again(
    story: Story, known: dict[str, int | str]
) -> None:
    """By hand, from a copy that was made when rights were given again: nobody told head office so."""
    office, one, two = story
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    for till in (one, two):
        hello(office, till)
    with office.database.write() as connection:
        assert not rights_grants.frozen(connection, CLOCK.now())
        rights_grants.thaw(connection, CLOCK.now())
    for _ in range(2):  # the second time nothing is new
        office.hello(one.id, says(one, **known))  # type: ignore[arg-type]
        with office.database.read() as connection:
            assert rights_grants.frozen(connection, CLOCK.now())
            assert read_setting(connection, FROZEN_UNTIL) == times.stored(CLOCK.now() + LONGEST)
    assert touch(office, two) == 0


def test_a_till_that_cannot_read_the_feed_anew_holds_nothing_back_again(story: Story) -> None:
    office, one, two = story
    old = says(one, cursor=7, mark="another")
    office.hello(one.id, old)
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    for till in (one, two):
        hello(office, till)
    office.hello(one.id, old)
    with office.database.read() as connection:
        assert not rights_grants.frozen(connection, CLOCK.now())


def settled(office: HeadOffice, _lost: MemoryTill) -> None:
    by = Signature(new_id(), "ann", "till 1 burnt", CLOCK.now())
    with office.database.write() as connection:
        kind = ExceptionKind.HEADOFFICE_RESTORED.value
        assert settling.settle(connection, kind, SUBJECT, Resolution.ACCEPTED, by)


def revoked(office: HeadOffice, lost: MemoryTill) -> None:
    with office.database.write() as connection:
        assert settling.revoke(connection, lost.id, Signature(new_id(), "ann", "till 1 burnt", CLOCK.now()))


@pytest.mark.parametrize("decided", [settled, revoked])
def test_a_person_may_decide_not_to_wait_for_a_lost_till(
    story: Story, decided: Callable[[HeadOffice, MemoryTill], None]
) -> None:
    office, one, two = story
    decided(office, one)
    hello(office, two)
    assert touch(office, two) == 0, "the time itself is waited for all the same"
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    hello(office, two)
    assert touch(office, two) == 300


def case_state(office: HeadOffice) -> str:
    table = schema.exception
    with office.database.read() as connection:
        here = table.c.kind == ExceptionKind.HEADOFFICE_RESTORED.value
        return str(connection.execute(select(table.c.state).where(here)).scalar_one())


@pytest.mark.parametrize("known", [{"acked_seq": 1}, {"cursor": 7, "mark": "another"}], ids=["bill", "feed"])
def test_a_case_that_a_person_settled_stays_settled_when_the_lost_till_is_heard(
    story: Story, known: dict[str, int | str]
) -> None:
    """It knows more than this database: that is what was decided about."""
    office, one, two = story
    settled(office, one)
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    hello(office, two)
    for _ in range(2):  # the second time it is still sending again
        CLOCK.forward(timedelta(minutes=1))
        office.hello(one.id, says(one, **known))  # type: ignore[arg-type]
        assert case_state(office) == "settled_by_hand"
    hello(office, two)
    assert touch(office, two) == 300


@pytest.mark.parametrize("known", [{"acked_seq": 1}, {"cursor": 7, "mark": "another"}], ids=["bill", "feed"])
def test_put_back_once_more_behind_a_settled_case_opens_it_again(story: Story, known: dict[str, int | str]) -> None:
    office, one, two = story
    settled(office, one)
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    office.hello(one.id, says(one))  # in step with this database
    for till in (one, two):
        hello(office, till)
    CLOCK.forward(timedelta(minutes=1))
    office.hello(one.id, says(one, **known))  # type: ignore[arg-type]
    assert case_state(office) == "open"
    assert touch(office, two) == 0


def wait_again(office: HeadOffice, till: MemoryTill) -> None:
    """The till's last event is on its way into the accounts once more: doing it twice changes nothing."""
    with office.database.write() as connection:
        row = {"till_id": till.id, "epoch": till.epoch, "seq": till.seq, "at": times.stored(CLOCK.now()), "late": False}
        connection.execute(insert(effect).values(row))


def test_under_steady_traffic_it_ends_too(story: Story) -> None:
    """Something is always on its way; what was sold when no unknown right could be used any more is not waited for."""
    office, one, two = story
    before = CLOCK.now()
    CLOCK.forward(LONGEST + timedelta(minutes=1))
    two.now = CLOCK.now()
    two.sell(earn=5)
    upload(office, two)
    for till in (one, two):
        hello(office, till)
    wait_again(office, two)
    with office.database.read() as connection:
        assert not rights_grants.frozen(connection, CLOCK.now())
    one.now = before
    one.sell(spend=200)
    upload(office, one)
    hello(office, one)
    wait_again(office, one)
    with office.database.read() as connection:
        assert rights_grants.frozen(connection, CLOCK.now()), "this one may have spent of them"
