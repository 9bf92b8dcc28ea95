"""Rights in any order: granted, used, given back, lapsed, asked back, void; lines cut, answers lost, points taken away.

At every grant Σ of what is set aside ≤ what the member may spend; and whatever tills spent out of rights is there when
their bills come, unless somebody took points away meanwhile.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select, update

from pos_member.domain.chain import GENESIS
from pos_member.domain.clock import business_date
from pos_member.domain.rights import RightKind
from pos_member.headoffice import expiring, lots_evened, rights_aside, rights_ends, rights_grants, schema
from pos_member.headoffice.rights_grants import Forgotten
from tests.db_support import SetClock
from tests.headoffice.office_support import OFFICE, new_id, open_exceptions
from tests.headoffice.offices import open_seeded
from tests.headoffice.rights_support import (
    MARGIN,
    MEMBER,
    SETTINGS,
    START,
    MemoryTill,
    account_in,
    admit,
    give,
    memory_till,
    reserved,
    spendable,
    strict,
    take_in,
    upload,
)
from tests.office_database import OFFICES

TILLS = 2
WHICH = st.integers(0, TILLS - 1)
#: Tills' clocks differ by less than the margin.
SKEWS = (timedelta(minutes=-25), timedelta(minutes=25))
SOON = date(2026, 11, 23)


class RightsMachine(RuleBasedStateMachine):
    @initialize(first=st.integers(1, 400), soon=st.integers(0, 300), disturbed=st.booleans(), silent=st.sets(WHICH))
    def begin(self, first: int, soon: int, disturbed: bool, silent: set[int]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rights-"))
        self.clock = SetClock(START)
        self.office = open_seeded(self.folder, clock=self.clock)
        self.tills = [memory_till(n + 1) for n in range(TILLS)]
        self.taken, self.disturbed = 0, disturbed
        #: They ask for rights, and then their uploads and hellos do not come through for long.
        self.silent = silent
        for till in self.tills:
            till.soon = (SOON, soon)
            admit(self.office.database, till)
        give(self.office, first)
        give(self.office, soon, SOON)
        self._tell_time()

    def teardown(self) -> None:
        """In the end every line is up again: what was spent comes to light."""
        if not hasattr(self, "office"):
            return
        try:
            for till in self.tills:
                upload(self.office, till)
                take_in(self.office, till)
            assert not any(kind == "poison" for kind, _ in open_exceptions(self.office.database))
            self.nothing_guaranteed_overdraws()
        finally:
            self.office.database.close()
            OFFICES.drop(frozenset({str(self.folder / OFFICE)}))
            shutil.rmtree(self.folder)

    def _tell_time(self) -> None:
        for till, skew in zip(self.tills, SKEWS, strict=True):
            till.now = self.clock.now() + skew

    @contextmanager
    def _granting(self) -> Iterator[Connection]:
        """A transaction that grants: what was promised before never exceeds what is there because of it."""
        now = self.clock.now()
        with self.office.database.write() as connection:
            before = reserved(connection, now)
            yield connection
            after = reserved(connection, now)
            assert after <= before or after <= spendable(connection, now)

    @staticmethod
    def _forgotten(connection: Connection, till: MemoryTill) -> Forgotten | None:
        """What a till says of itself with its question, where all that it did is here."""
        table = schema.till
        held = connection.execute(select(table.c.last_seq).where(table.c.id == till.id)).scalar_one()
        if not till.acked or till.seq > held:
            return None
        return Forgotten(till.acked, rights_aside.read(connection, till.id))

    def time_passes(self, hours: int) -> None:
        self.clock.forward(timedelta(hours=hours))
        self._tell_time()

    @rule(
        which=WHICH,
        hours=st.sampled_from([0, 0, 6, 13, 49]),
        asks=st.booleans(),
        lost=st.booleans(),
        share=st.sampled_from([0, 1, 3, 4, 4]),
        earn=st.integers(0, 120),
    )
    def visit(self, which: int, hours: int, asks: bool, lost: bool, share: int, earn: int) -> None:
        """A while later the member comes to a till, which may ask for a right, and spends some of what it may."""
        self.time_passes(hours)
        till = self.tills[which]
        if asks:
            with self._granting() as connection:
                forgotten = self._forgotten(connection, till)
                asked = (till.id, till.epoch, [MEMBER.id], self.clock.now(), new_id, forgotten)
                rights = rights_grants.touch(connection, *asked)
            till.hold(*([] if lost else rights))
        points = till.guaranteed() * share // 4
        if points or earn:
            till.sell(spend=points, earn=earn)

    @rule(which=WHICH, points=st.integers(1, 200), complete=st.booleans(), lost=st.booleans())
    def redeem_online(self, which: int, points: int, complete: bool, lost: bool) -> None:
        till, bill_id = self.tills[which], new_id()
        asked = (till.id, till.epoch, MEMBER.id, bill_id, points, self.clock.now())
        with self._granting() as connection:
            first = rights_grants.for_bill(connection, *asked)
        with self._granting() as connection:
            again = rights_grants.for_bill(connection, *asked)
        assert again.rights == first.rights
        if first.rights and not lost:
            till.hold(*first.rights)
            if complete and till.now < first.rights[0].lapses_at:
                till.sell(spend=points, bill_id=bill_id)

    @rule(which=WHICH, count=st.none() | st.integers(1, 3), lost=st.booleans())
    def send(self, which: int, count: int | None, lost: bool) -> None:
        if which not in self.silent:
            upload(self.office, self.tills[which], count, answer_lost=lost)

    @rule(which=WHICH)
    def is_set_aside(self, which: int) -> None:
        """The next bill cannot be applied; what it spent is spent all the same."""
        till = self.tills[which]
        if which not in self.silent and till.queue and not till.queue[0][1].points_earned:
            upload(strict(self.office), till, 1, reason="too_large")

    @rule(which=WHICH)
    def taken_in(self, which: int) -> None:
        """What was set aside can be applied by now."""
        take_in(self.office, self.tills[which])

    @rule(which=WHICH)
    def hello(self, which: int) -> None:
        till, table = self.tills[which], schema.till
        if which in self.silent:
            return
        with self.office.database.read() as connection:
            held = connection.execute(select(table.c.last_seq).where(table.c.id == till.id)).scalar_one()
        acked, head, now = till.acked, till.seq, self.clock.now()
        rights_ends.heard(
            self.office.units, till.id, till.epoch, acked_seq=acked, head_seq=head, applied_seq=held, now=now
        )
        with self.office.database.read() as connection:
            recalled = set(rights_ends.recalls_for(connection, till.id))
        told = [till.give_back(each) for each in sorted(recalled & set(till.held))]
        given_back = rights_ends.release(self.office.units, till.id, told, self.clock.now())
        assert set(given_back) == {each.right_id for each in told}

    @rule(which=WHICH, lost=st.booleans())
    def give_back(self, which: int, lost: bool) -> None:
        till = self.tills[which]
        ids = [each for each, held in sorted(till.held.items()) if held.right.kind is not RightKind.OWN]
        told = [till.give_back(each) for each in ids[:1]]
        if told and not lost:
            rights_ends.release(self.office.units, till.id, told, self.clock.now())

    @precondition(lambda self: self.disturbed)
    @rule(points=st.integers(1, 150))
    def take_points_away(self, points: int) -> None:
        self.taken += points
        give(self.office, -points)

    @rule()
    def expire(self) -> None:
        expiring.expire(self.office.database, self.clock.now(), new_id)

    @precondition(lambda self: self.disturbed and max(till.epoch for till in self.tills) < 4)
    @rule(which=WHICH)
    def restored(self, which: int) -> None:
        """A till comes back from a backup on the same machine: it knows itself that its rights are gone."""
        till, table = self.tills[which], schema.till
        upload(self.office, till)
        rights_ends.void_epoch(self.office.units, till.id, till.epoch, self.clock.now(), self.clock.now())
        with self.office.database.write() as connection:
            values = {"epoch": till.epoch + 1, "last_seq": 0, "chain": GENESIS}
            connection.execute(update(table).where(table.c.id == till.id).values(**values))
        till.new_epoch(till.epoch + 1)

    @invariant()
    def nothing_guaranteed_overdraws(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.database.read() as connection:
            lots = account_in(connection).buckets
            expired = lots_evened.made(connection, [MEMBER.id])[MEMBER.id].ended
        # What was left of a lot when it ended is no member's; what a late bill drew of it in time was there.
        over = business_date(self.clock.now(), SETTINGS.zone)
        left = {
            lot: min(0, n - expired.get(lot, 0)) if lots_evened.has_ended(lot, over) else n for lot, n in lots.items()
        }
        assert sum(left.values()) >= -self.taken
        if not self.taken:
            assert {kind for kind, _ in open_exceptions(self.office.database)} <= {"poison"}


LIMITS = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_rights_in_any_order() -> None:
    run_state_machine_as_test(RightsMachine, settings=LIMITS)


def test_spent_in_time_and_told_after_the_lot_ended() -> None:
    """At night: the lot has ended in the shop, and head office brought it to zero, while it is the last day in UTC."""
    machine = RightsMachine()
    machine.begin(first=304, soon=240, disturbed=False, silent=set())
    machine.visit(which=0, hours=13, asks=True, lost=False, share=4, earn=0)
    assert machine.tills[0].queue[0][1].points_redeemed == 544
    machine.time_passes(49)
    machine.expire()
    machine.teardown()


def test_the_margin_is_wider_than_the_clocks_here() -> None:
    assert all(abs(skew) < MARGIN for skew in SKEWS)
    assert isinstance(memory_till(1), MemoryTill)
