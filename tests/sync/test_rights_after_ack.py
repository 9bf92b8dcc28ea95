"""What a till sold and head office acknowledged can be spent there when the line goes: it was asked for in time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain import codec
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.domain.member import Member
from pos_member.domain.org import Settings
from pos_member.domain.own_rights import own_right
from pos_member.domain.rights import FloorLimits, RightKind
from pos_member.headoffice.online import Online
from pos_member.headoffice.service import INLINE_EVENTS, HeadOffice
from pos_member.sync.engine import SyncEngine
from pos_member.sync.protocol import JSON_TYPE
from pos_member.sync.protocol_rights import RightsRequest
from pos_member.sync.transport import Answer
from tests.e2e.shop_over_http import shop_over_http
from tests.factories import make_settings
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, Till, make_bill, open_exceptions, rows
from tests.headoffice.rights_support import give

CLOSED = FloorLimits(0, 0, 0, 0, coupons_per_till=0)
GOODS = {"giftbox": 12}
PATH = "/v1/rights"


def test_sold_acknowledged_line_down_spent_for_certain(tmp_path: Path) -> None:
    """Over real HTTP. The other till holds all points that there were before."""
    with shop_over_http(tmp_path, make_settings(floor=CLOSED)) as shop:
        one, two = shop.tills
        two.draft(GOODS)
        two.sync()
        sold = one.pay(one.draft(GOODS))
        assert sold.points_earned > 100
        before = one.power(one.draft(GOODS)).guaranteed
        one.sync()
        # From here on the line is down.
        assert one.folder.sync_store.queue_status().waiting == 0
        shop.clock.forward(timedelta(hours=1))
        assert one.power(one.draft(GOODS)).guaranteed == before == sold.points_earned
        spent = one.spend(one.draft(GOODS), 1)
        assert spent.spending is not None
        assert (sum(use.points for use in spent.spending.rights), spent.spending.provisional) == (100, 0)
        for till in (one, two, one):
            till.sync()
        assert shop.cases() == []
        assert all(till.world.till.verify.run().ok for till in shop.tills)


class Counted:
    """A line that counts what is asked for rights, and may lose the next answer."""

    def __init__(self, line: DirectLine) -> None:
        self._line = line
        self.asked: list[RightsRequest] = []
        self.lose = False

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = JSON_TYPE,
        params: Mapping[str, int] | None = None,
        token: str = "",
    ) -> Answer:
        answer = self._line.exchange(method, path, body=body, content_type=content_type, params=params, token=token)
        if path == PATH:
            self.asked.append(codec.from_bytes(RightsRequest, body or b""))
            if self.lose:
                self.lose = False
                raise EnvironmentProblem(Reason.LINE_DOWN)
        return answer


def ring(till: Till, member: Member, points: int) -> None:
    """As the use case does: the bill, and the right to what it earned."""
    bill = make_bill(till.identity, len(till.rung) + 1, member=member, points=points, redeem=0)
    right = own_right(bill, 1, Settings())
    assert right is not None
    with till.folder.store.transaction() as tx:
        tx.add_bill(bill, tx.announce(EventKind.BILL_COMPLETED, bill.id, bill))
        tx.rights.add(right)
    till.rung.append(bill)


def certain(till: Till, member: Member) -> int:
    """What the member may spend here for certain."""
    power = till.folder.store.rights.standing(member.id, "").power(member.id, 10**6, Settings(), CLOCK.now())
    return power.guaranteed


def test_after_a_cut_many_bills_are_asked_about_by_few_requests(office: HeadOffice, tmp_path: Path) -> None:
    """Large batches are applied after their answer: what they earned is asked for when they are."""
    office.settler = lambda: None
    line = Counted(DirectLine(office))
    with DirectLine(office).enrolled(tmp_path, "real") as till:
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1))
        assert engine.sync_once().reason is None and line.asked == []
        count = 2 * INLINE_EVENTS + 5
        for n in range(count):
            ring(till, MEMBERS[n % len(MEMBERS)], 7)
        assert [certain(till, each) for each in MEMBERS] == [7 * count // len(MEMBERS)] * len(MEMBERS)
        for rounds in range(1, 4):
            assert engine.sync_once().reason is None
            assert len(line.asked) == rounds, "one question a round while head office is at work"
        assert [certain(till, each) for each in MEMBERS] == [0] * len(MEMBERS)
        office.settle_effects()
        assert engine.sync_once().reason is None
        assert [certain(till, each) for each in MEMBERS] == [7 * count // len(MEMBERS)] * len(MEMBERS)
        assert len(line.asked) == 4 and (line.asked[-1].acked_seq, line.asked[-1].head_seq) == (count, count)
        assert engine.sync_once().reason is None and len(line.asked) == 4
        states = [(row.kind, row.state) for row in rows(office.database, "spending_right")]
        assert states.count(("own", "released")) == count
        assert states.count(("touch", "live")) == len(MEMBERS)
    assert not open_exceptions(office.database)


def test_a_lost_answer_is_asked_for_again_also_after_a_restart(office: HeadOffice, tmp_path: Path) -> None:
    line = Counted(DirectLine(office))
    with DirectLine(office).enrolled(tmp_path, "real") as till:
        ring(till, MEMBERS[0], 60)
        line.lose = True
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1))
        assert engine.sync_once().reason is Reason.LINE_DOWN
        assert certain(till, MEMBERS[0]) == 0
        again = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(2))
        assert again.sync_once().reason is None
        assert certain(till, MEMBERS[0]) == 60
        given = [row for row in rows(office.database, "spending_right") if row.kind == RightKind.TOUCH]
        assert [row.points for row in given] == [60], "the answer that was lost is given again, not another"


def test_the_answer_that_was_lost_leaves_no_more_aside_than_it_gave(office: HeadOffice, tmp_path: Path) -> None:
    """The member has far more: none of it is set aside for a question that was about what a sale earned."""
    give(office, 300, member_id=MEMBERS[0].id)
    line = Counted(DirectLine(office))
    with DirectLine(office).enrolled(tmp_path, "real") as till:
        ring(till, MEMBERS[0], 60)
        line.lose = True
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1))
        assert engine.sync_once().reason is Reason.LINE_DOWN
        ring(till, MEMBERS[1], 5)  # so that what is asked is not the same, to the letter
        assert engine.sync_once().reason is None
        given = [row.points for row in rows(office.database, "spending_right") if row.kind == RightKind.TOUCH]
        assert sorted(given) == [5, 60]
        # Beside that there is what head office gives ahead. Somebody at the counter is asked about as ever.
        assert certain(till, MEMBERS[0]) == 60 + 150
        till.folder.sync_store.rights.touch(MEMBERS[0].id)
        assert engine.sync_once().reason is None
        assert certain(till, MEMBERS[0]) == 360


class Unlucky(DirectLine):
    """The next question for rights does not arrive; ``after_hello`` happens once, behind the next hello."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__(office)
        self.lose = False
        self.after_hello: Callable[[], None] = lambda: None

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        if path == PATH and self.lose:
            self.lose = False
            raise EnvironmentProblem(Reason.LINE_DOWN)
        answer = super().exchange(method, path, **more)
        if path == "/v1/hello":
            after, self.after_hello = self.after_hello, lambda: None
            after()
        return answer


@contextmanager
def sold_and_unheard(office: HeadOffice, folder: Path) -> Iterator[tuple[Till, Unlucky, SyncEngine]]:
    """A bill went to head office; what the till asked behind it did not arrive."""
    give(office, 300, member_id=MEMBERS[0].id)
    line = Unlucky(office)
    with line.enrolled(folder, "real") as till:
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1))
        ring(till, MEMBERS[0], 60)
        line.lose = True
        assert engine.sync_once().reason is Reason.LINE_DOWN
        yield till, line, engine


def touched(office: HeadOffice) -> list[int]:
    """Points of the rights that touching a member gave."""
    return [row.points for row in rows(office.database, "spending_right") if row.kind == RightKind.TOUCH]


def test_what_ended_with_a_hello_and_what_was_sold_behind_it_are_both_given_anew(
    office: HeadOffice, tmp_path: Path
) -> None:
    with sold_and_unheard(office, tmp_path) as (till, line, engine):
        line.after_hello = lambda: ring(till, MEMBERS[0], 50)
        assert engine.sync_once().reason is None
        assert touched(office) == [110]


def test_what_lapsed_is_not_given_anew(office: HeadOffice, tmp_path: Path) -> None:
    """Long ago the question did not arrive, and nobody asked again in time: only what is asked about now is given."""
    with sold_and_unheard(office, tmp_path) as (till, line, engine):
        line.lose = True
        assert engine.sync_once().reason is Reason.LINE_DOWN
        CLOCK.forward(timedelta(days=5))
        ring(till, MEMBERS[0], 50)
        line.lose = True
        assert engine.sync_once().reason is Reason.LINE_DOWN
        assert engine.sync_once().reason is None
        assert touched(office) == [50]


def test_nothing_is_given_anew_while_a_bill_may_be_on_its_way(office: HeadOffice, tmp_path: Path) -> None:
    """A bill that used the first one's earnings is not sent yet: they are not free, whoever asks."""
    with DirectLine(office).enrolled(tmp_path, "real") as till:
        ring(till, MEMBERS[0], 60)
        engine = SyncEngine(till.folder.sync_store, DirectLine(office), CLOCK, random.Random(1))
        assert engine.sync_once().reason is None
        online = Online(office)
        asked = RightsRequest(1, (MEMBERS[0].id,), acked_seq=1, head_seq=2)
        assert online.rights(till.identity.id, asked).later
        nonsense = RightsRequest(1, (MEMBERS[0].id,), acked_seq=3, head_seq=2)
        assert online.rights(till.identity.id, nonsense).later
        said = online.rights(till.identity.id, RightsRequest(1, (MEMBERS[0].id,), acked_seq=1, head_seq=1))
        assert not said.later and sum(right.points for right in said.granted) == 60


class Older(DirectLine):
    """Head office of a build that does not know some fields of a request for rights."""

    def __init__(self, office: HeadOffice, *unknown: str) -> None:
        super().__init__(office)
        self.unknown, self.refused = unknown, 0

    def exchange(self, method: str, path: str, *, body: bytes | None = None, **more: Any) -> Answer:
        named = [name for name in self.unknown if path == PATH and name in json.loads(body or b"{}")]
        if named:
            self.refused += 1
            return Answer(400, {"error": "malformed", "where": f"RightsRequest.{named[0]}"})
        return super().exchange(method, path, body=body, **more)


@pytest.mark.parametrize("unknown", [("earned",), ("acked_seq", "earned", "head_seq")], ids=["one", "all"])
def test_an_older_head_office_is_asked_as_it_can_read(
    office: HeadOffice, tmp_path: Path, unknown: tuple[str, ...]
) -> None:
    give(office, 40, member_id=MEMBERS[0].id)
    line = Older(office, *unknown)
    with DirectLine(office).enrolled(tmp_path, "real") as till:
        ring(till, MEMBERS[0], 60)
        engine = SyncEngine(till.folder.sync_store, line, CLOCK, random.Random(1))
        outcome = engine.sync_once()
        assert (outcome.applied, outcome.reason, line.refused) == (1, None, len(unknown))
        given = [row.points for row in rows(office.database, "spending_right") if row.kind == RightKind.TOUCH]
        # One that hears nothing of acknowledgements keeps what was earned aside; half of the rest is here ahead.
        assert given == ([60] if len(unknown) == 1 else [20])
        assert engine.sync_once().reason is None
        assert line.refused == len(unknown), "there is nothing left to ask"
