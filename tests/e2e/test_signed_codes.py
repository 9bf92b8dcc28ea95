"""Signed codes between a real head office and three tills: what one makes the others believe while the line is down.

The real use cases, the real engine, the real head office, on real files; only the line is direct. A till that "has no
line" is simply not asked to sync.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill
from pos_member.domain.code_keys import CodeKeyKind
from pos_member.domain.coupon import CouponDefinition, CouponState
from pos_member.domain.documents import CouponDocument
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified, Member
from pos_member.domain.rotating_codes import make_rotating_code, time_step
from pos_member.headoffice import certificates, code_keys, member_codes
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from tests.db_support import NOW, SetClock, make_folder
from tests.factories import QuickHasher, World, make_things
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import open_exceptions, rows

LIFE = timedelta(days=90)
CASHIERS = {"BK01": "1001", "CM02": "2001"}


@dataclass
class Counter:
    """A till at its branch."""

    folder: DataFolder
    world: World
    engine: SyncEngine
    cashier: str

    def sync(self) -> None:
        assert self.engine.sync_once().reason is None

    def sell(self, goods: dict[str, int], member: str = "", coupon: str = "") -> Bill:
        """A bill; ``member`` and ``coupon`` are scanned."""
        draft = self.world.draft(goods)
        if member:
            found = self.world.till.lookup.resolve(member)
            assert found.member is not None
            draft = draft.with_member(found.member.card.member_id, found.identified)
        if coupon:
            draft = self.world.till.redemption.lay_coupon(draft, coupon)
        return self.world.pay(draft, code=self.cashier).bill

    def refused(self, text: str) -> Reason:
        with pytest.raises(Refusal) as refusal:
            self.world.till.lookup.resolve(text)
        return refusal.value.reason

    def papers(self, bill: Bill) -> list[CouponDocument]:
        found = self.world.store.facts.documents_of(bill.id)
        return [paper for _, paper in found if isinstance(paper, CouponDocument)]


@dataclass
class Chain:
    """Head office and tills A and B in one branch, C in another."""

    office: HeadOffice
    clock: SetClock
    a: Counter
    b: Counter
    c: Counter

    @property
    def tills(self) -> tuple[Counter, ...]:
        return self.a, self.b, self.c

    def member_code(self, member: Member, life: timedelta = LIFE) -> str:
        with self.office.database.read() as connection:
            return member_codes.signed_code(connection, member.number, life, self.clock.now()).code

    def all_sync(self, *first: Counter) -> None:
        """Everybody uploads, then everybody hears of it; who is named goes first."""
        for till in (*first, *self.tills, *self.tills):
            till.sync()

    def check(self, cases: set[str]) -> None:
        """Healed: every till verifies, all agree with head office, and these coupons alone are open cases."""
        assert not rows(self.office.database, "quarantine")
        assert {subject for _, subject in open_exceptions(self.office.database)} == cases
        for till in self.tills:
            result = till.world.till.verify.run()
            assert result.ok, [check for check in result.checks if not check.ok]
            assert till.world.store.facts.queue_status().waiting == 0
        for row in rows(self.office.database, "coupon"):
            states = {till.world.store.coupons.by_code(row.code).state for till in self.tills}  # type: ignore[union-attr]
            assert states == {CouponState(row.state)}


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    clock, hasher = SetClock(NOW), QuickHasher()
    database = open_database(f"sqlite:///{tmp_path / 'office.db'}")
    office = HeadOffice(database, clock, IdMaker(clock))
    things = [
        replace(thing, signed=True) if isinstance(thing, CouponDefinition) else thing for thing in make_things(hasher)
    ]
    with database.write() as connection:
        import_catalogue(connection, things)  # type: ignore[arg-type]
    line = DirectLine(office)
    made = []
    for seed, (name, branch) in enumerate((("a", "BK01"), ("b", "BK01"), ("c", "CM02"))):
        folder = make_folder(tmp_path, clock, name)
        enrol("http://127.0.0.1:1", office.enrol_code(branch), folder.sync_store, transport=line)
        engine = SyncEngine(folder.sync_store, line, clock, random.Random(seed))
        made.append(Counter(folder, World(folder, clock, hasher, seed), engine, CASHIERS[branch]))
    found = Chain(office, clock, *made)
    found.all_sync()
    try:
        yield found
    finally:
        for till in made:
            till.folder.close()
        database.close()


def test_a_member_whom_a_till_never_heard_of_earns_there(chain: Chain) -> None:
    """Enrolled at A, signed by head office, C has no line since before: the points come to the right account."""
    member = chain.a.world.enrol()
    chain.a.sell({"beans": 2}, member.number)
    chain.a.sync()
    code = chain.member_code(member)
    assert chain.c.world.store.members.by_id(member.id) is None
    bill = chain.c.sell({"beans": 3}, code)
    assert bill.member_id == member.id and bill.identified is Identified.SIGNED_QR and bill.points_earned > 0
    panel = chain.c.world.till.lookup.panel(member.id)
    assert panel.presented and panel.balance == bill.points_earned
    chain.all_sync(chain.c)
    wanted = sum(b.points_earned for b in (bill,)) + sum(
        entry.points for entry in chain.a.world.store.facts.entries_between(bill.business_date, bill.business_date)
    )
    for till in chain.tills:
        shown = till.world.till.lookup.panel(member.id)
        assert not shown.presented and shown.balance == wanted and shown.card.name_masked == "สมหญิง จ."
    chain.check(set())


def test_c_uploads_before_head_office_knows_the_member(chain: Chain) -> None:
    """Head office signs for members it knows only; but of a bill the member may come later all the same."""
    member = chain.a.world.enrol()
    chain.a.sync()
    code = chain.member_code(member, timedelta(minutes=10))
    bill = chain.c.sell({"mug": 1}, code)
    assert bill.identified is Identified.FRESH_QR
    chain.c.sync()
    chain.all_sync()
    assert chain.b.world.till.lookup.panel(member.id).balance == bill.points_earned
    chain.check(set())


@pytest.mark.parametrize("user_first", [False, True])
def test_a_coupon_is_used_where_nobody_heard_of_it(chain: Chain, user_first: bool) -> None:
    """Issued at A, used at B, both without a line; uploads come in either order and no case is left."""
    member = chain.a.world.enrol()
    paper = chain.a.papers(chain.a.sell({"beans": 3}, member.number))[0]
    assert paper.signed_code
    chain.clock.forward(timedelta(days=1))
    assert chain.b.refused(paper.code) is Reason.COUPON_UNKNOWN
    bill = chain.b.sell({"mug": 3}, coupon=paper.signed_code)
    assert [use.code for use in bill.coupons_used] == [paper.code]
    if user_first:
        chain.b.sync()
        assert open_exceptions(chain.office.database)
    chain.all_sync(chain.a)
    assert chain.c.world.till.coupons.find(paper.signed_code).state is CouponState.REDEEMED
    chain.check(set())


def test_a_coupon_used_twice_without_a_line_is_a_case(chain: Chain) -> None:
    paper = chain.a.papers(chain.a.sell({"beans": 3}, chain.a.world.enrol().number))[0]
    chain.clock.forward(timedelta(days=1))
    for till in (chain.b, chain.c):
        till.sell({"mug": 3}, coupon=paper.signed_code)
        with pytest.raises(Refusal) as refusal:
            till.sell({"mug": 3}, coupon=paper.signed_code)
        assert refusal.value.reason is Reason.COUPON_USED
    chain.all_sync()
    assert {kind for kind, _ in open_exceptions(chain.office.database)} == {"coupon_twice"}
    chain.check({paper.code})


def test_a_return_at_the_till_that_used_it(chain: Chain) -> None:
    """B takes the bill back before anybody heard of anything: the coupon is good again everywhere."""
    paper = chain.a.papers(chain.a.sell({"beans": 3}, chain.a.world.enrol().number))[0]
    chain.clock.forward(timedelta(days=1))
    bill = chain.b.sell({"mug": 3}, coupon=paper.signed_code)
    returns = chain.b.world.till.returns
    lines = {line.line_no: line.quantity_milli for line in bill.lines}
    returns.complete(chain.b.world.session("1003"), bill.id, lines, return_id=returns.new_id())
    chain.all_sync(chain.b)
    assert chain.c.sell({"mug": 3}, coupon=paper.code).coupons_used
    chain.all_sync()
    chain.check(set())


def test_a_till_taken_out_of_use(chain: Chain) -> None:
    """What it issued until that day is good; what somebody signs with its key afterwards is not."""
    member = chain.a.world.enrol()
    before = chain.a.papers(chain.a.sell({"beans": 3}, member.number))[0]
    with chain.office.database.write() as connection:
        assert certificates.end_rights(connection, _id(chain.a), chain.clock.now())
    chain.clock.forward(timedelta(days=2))
    chain.b.sync()
    after = chain.a.papers(chain.a.sell({"beans": 3}, member.number))[0]
    assert chain.b.refused(after.signed_code) is Reason.COUPON_ISSUER_REVOKED
    assert chain.b.sell({"mug": 3}, coupon=before.signed_code).coupons_used
    # C has not heard of it: the price of having no line.
    assert chain.c.sell({"mug": 3}, coupon=after.signed_code).coupons_used


def test_keys_follow_one_another(chain: Chain) -> None:
    member = chain.a.world.enrol()
    chain.a.sync()
    old = chain.member_code(member)
    with chain.office.database.write() as connection:
        code_keys.rotate(connection, CodeKeyKind.MEMBER, chain.clock.now())
    new = chain.member_code(member)
    assert chain.c.refused(new) is Reason.CODE_KEY_UNKNOWN
    assert chain.c.world.till.lookup.resolve(old).member is not None
    chain.b.sync()
    for code in (old, new):
        assert chain.b.world.till.lookup.resolve(code).member is not None
    with chain.office.database.write() as connection:
        code_keys.retire(connection, CodeKeyKind.MEMBER, 1, chain.clock.now())
    chain.b.sync()
    assert chain.b.refused(old) is Reason.CODE_OUTDATED
    assert chain.b.world.till.lookup.resolve(new).member is not None


def test_rotating_codes_need_the_organisations_word(chain: Chain) -> None:
    member = chain.a.world.enrol()
    chain.all_sync()
    with chain.office.database.write() as connection:
        code_keys.rotate(connection, CodeKeyKind.ROTATING, chain.clock.now(), anyway=True)
        secret = member_codes.app_secret(connection, member.number)
    step = time_step(chain.clock.now())
    code = make_rotating_code(bytes.fromhex(secret.secret), secret.generation, member.number, step)
    assert chain.b.refused(code) is Reason.CODE_KEY_UNKNOWN
    chain.all_sync()
    assert chain.b.sell({"tea": 1}, code).identified is Identified.FRESH_QR
    assert chain.b.refused(code) is Reason.CODE_REPLAYED
    with chain.office.database.write() as connection:
        assert code_keys.switch_off(connection, chain.clock.now()) == 1
    chain.b.sync()
    later = make_rotating_code(bytes.fromhex(secret.secret), secret.generation, member.number, step + 1)
    assert chain.b.refused(later) in {Reason.CODE_KEY_UNKNOWN, Reason.CODE_OUTDATED}


def test_codes_of_another_organisation(chain: Chain, tmp_path: Path) -> None:
    """Another head office with keys of its own numbers them alike: nothing of it holds here."""
    member = chain.a.world.enrol()
    chain.all_sync()
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        office = HeadOffice(other, chain.clock, IdMaker(chain.clock))
        assert office is not None
        with other.write() as connection:
            key = code_keys.making_key(connection, CodeKeyKind.MEMBER)
        with chain.office.database.read() as connection:
            own = code_keys.making_key(connection, CodeKeyKind.MEMBER)
        assert key.number == own.number and key.private != own.private
        forged = member_codes._signed(key, member.id, member.number, LIFE, chain.clock.now()).code
        for till in chain.tills:
            assert till.refused(forged) is Reason.CODE_SIGNATURE
    finally:
        other.close()


def _id(till: Counter) -> str:
    identity = till.folder.sync_store.identity()
    assert identity is not None
    return identity.id
