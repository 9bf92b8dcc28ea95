"""What reaches many members, coupons or tills at once, done at a head office whose tables lie apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import delete

from pos_member.domain.chain import GENESIS
from pos_member.domain.codes import make_coupon_code
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import EventKind
from pos_member.domain.member import Member
from pos_member.domain.program import Effect, EffectKind, Program, Window
from pos_member.domain.rights import RightUse
from pos_member.headoffice import schema
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members_apart
from pos_member.headoffice.office_jobs import Office
from pos_member.headoffice.online import Online
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import Doubt
from pos_member.sync import carry, protocol
from pos_member.sync.protocol import Advice
from pos_member.sync.protocol_rights import CouponVerdict, RedeemRequest, RightsRequest
from tests.headoffice.console_support import Browser
from tests.headoffice.office_support import CLOCK, MEMBERS, database_url, make_coupon, make_member, new_id, rows, seed
from tests.headoffice.program_facts import ONCE, TILLS
from tests.headoffice.raw_till import RawTill
from tests.headoffice.rights_support import give
from tests.headoffice.until import WITHIN_S
from tests.sync.disaster_support import enrolled_counter

TOP = Program(
    *("top", "TOP", "ยอดซื้อสูงสุด", "Top spenders"),
    Effect(EffectKind.TOP_SPENDER.value, coupon=ONCE.id, count=3),
    window=Window(date_from=date(2026, 1, 1), date_to=CLOCK.now().date() - timedelta(days=1)),
    format=2,
)
CODES = (make_coupon_code(lambda below: below // 3), make_coupon_code(lambda below: below // 2))
SIGNED = {"who": "สมศรี", "why": "เครื่องหาย"}
PEOPLE = MEMBERS[:3]


@contextmanager
def apart(folder: Path) -> Iterator[tuple[RunningHeadOffice, HeadOffice]]:
    """The real server in distributed mode, with everything that runs beside it."""
    before = CLOCK.at
    server = RunningHeadOffice(HeadOfficeSettings(database_url(folder), clock=CLOCK, distributed=True))
    seed(server.app.state.office.database)
    server.start(WITHIN_S)
    try:
        yield server, server.app.state.office
    finally:
        server.stop()
        CLOCK.at = before


def hello(office: HeadOffice, till: RawTill, **more: object) -> protocol.HelloAnswer:
    """As a till whose queue is empty says it."""
    head = till.queue[-1].seq if till.queue else 0
    chain = till.queue[-1].chain if till.queue else GENESIS
    request = protocol.HelloRequest(protocol.PROTOCOL, "test", till.epoch, head, chain, head, 0, **more)  # type: ignore[arg-type]
    return office.hello(till.identity.id, request)


def touch(office: HeadOffice, till: RawTill, members: Sequence[Member] = PEOPLE) -> tuple[str, ...]:
    """Ask for rights over these; returns what was given."""
    head = till.queue[-1].seq if till.queue else 0
    asked = RightsRequest(till.epoch, tuple(each.id for each in members), acked_seq=head, head_seq=head)
    return tuple(right.id for right in Online(office).rights(till.identity.id, asked).granted)


def sales(office: HeadOffice, till: RawTill) -> None:
    """Sales to several members, their rights ended by the next hello, and given anew."""
    for member, code in zip(PEOPLE, (*CODES, ""), strict=True):
        issued = (make_coupon(till.identity, code),) if code else ()
        till.sell(member, 40, coupons_issued=issued)
    till.push(office)
    assert hello(office, till).advice is Advice.OK
    assert [row.state for row in rows(office.database, "spending_right") if row.kind == "own"] == ["released"] * 3


def rights_go_round(office: HeadOffice, one: RawTill, two: RawTill) -> None:
    """Asked for here, wanted there, asked back, given back, lapsed; coupons are held for bills that never come."""
    held = touch(office, one)
    assert len(held) == len(PEOPLE)
    for member in PEOPLE:
        bill = RedeemRequest(two.epoch, new_id(), member.id, 1_000, CODES)
        word = Online(office).redeem(two.identity.id, bill)
        assert word.right is None and word.elsewhere > 0
    assert set(word.coupons.values()) <= {CouponVerdict.GOOD, CouponVerdict.HELD}
    recalled = hello(office, one).recalls
    assert set(recalled) >= set(held)
    given_back = RightsRequest(one.epoch, release=tuple(RightUse(each, 0) for each in recalled))
    assert Online(office).rights(one.identity.id, given_back).released == recalled
    good = Online(office).redeem(two.identity.id, RedeemRequest(two.epoch, new_id(), PEOPLE[0].id, 10))
    assert good.right is not None
    CLOCK.forward(timedelta(hours=2))
    assert rows(office.database, "coupon_hold")
    hello(office, two)
    assert not rows(office.database, "coupon_hold")


def restored(office: HeadOffice, till: RawTill) -> None:
    """The till goes on in a new epoch: all its rights are void."""
    assert touch(office, till)
    answer = hello(office, till, restored=True, doubt=Doubt.RESTORED.value, database_id="another")
    assert answer.advice is Advice.NEW_EPOCH
    assert [row.state for row in rows(office.database, "spending_right")].count("void") >= len(PEOPLE)


def days(office: HeadOffice, tills: Sequence[RawTill]) -> None:
    """Each certifies a day that comes to something else here."""
    for till in tills:
        till.sell(None)
        head, now = till.queue[-1], CLOCK.now()
        told = DayClosed(new_id(), till.identity.id, 1, now.date(), now, "s", 9, 1, 0, 0, 3, 0, head.seq, head.chain)
        till.add(EventKind.DAY_CLOSED, told)
        till.push(office)


def at_the_console(browser: Browser, till: RawTill) -> None:
    """Every form that reaches members: denied and allowed, a lost till written off, a case settled, found by search."""

    def send(path: str, page: str, **fields: str) -> None:
        answer = browser.send(path, browser.seal(page), **fields, **SIGNED)
        assert answer.status_code == 200, (path, answer.text[:400])

    number = PEOPLE[0].number
    send("/denied/add", "/denied", kind="member", what=number)
    send("/denied/add", "/denied", kind="coupon", what=CODES[0])
    send("/denied/remove", "/denied", kind="member", subject=PEOPLE[0].id)
    send("/exposure/write-off", "/exposure", till=till.identity.id)
    send("/members", "/tills", asked=number)
    day = CLOCK.now().date().isoformat()
    send("/reports/recheck", "/reports/recheck", first=day, last=day)
    send(f"/tills/{till.identity.id}/revoke", "/tills")


def best_customers(office: HeadOffice, till: RawTill) -> None:
    """A program of last month that has its winners by now."""
    last = CLOCK.now().date() - timedelta(days=1)
    with office.database.write() as connection:
        import_catalogue(connection, (TOP, ONCE))
    for member in PEOPLE:
        till.sell(member, business_date=last)
    till.push(office)


def rewarded(office: HeadOffice, browser: Browser) -> None:
    """Each gets a coupon, once; what was broken off is made good when it is asked for again."""
    for _ in range(2):
        browser.send(f"/reports/top/{TOP.id}", browser.seal("/reports/top"), **SIGNED)
        given = [row for row in rows(office.database, "coupon") if row.program_id == TOP.id]
        assert {row.member_id for row in given} == {each.id for each in PEOPLE} and len(given) == len(PEOPLE)
        with office.database.write() as connection:
            lost = schema.coupon.c.code == given[0].code
            connection.execute(delete(schema.coupon).where(lost))


def written_off(office: HeadOffice, till: RawTill, sign_in: Callable[[], AbstractContextManager[Browser]]) -> None:
    """A till holds rights over several members and is not heard again."""
    held = touch(office, till)
    assert len(held) >= 2
    CLOCK.forward(timedelta(hours=13))
    with sign_in() as browser:
        rewarded(office, browser)
        at_the_console(browser, till)
    states = {row.id: row.state for row in rows(office.database, "spending_right")}
    assert {states[each] for each in held} == {"lapsed"}


def once_a_day(office: HeadOffice, aside: Database, till: RawTill) -> None:
    """Lots end, days are looked through, rights are given ahead to the members' home branch."""
    other = HeadOffice(aside, CLOCK, new_id)
    for member in PEOPLE:
        give(other, 500, member_id=member.id)
        give(other, 30, date(2020, 1, 1), member_id=member.id)
    hello(office, till)
    CLOCK.forward(timedelta(hours=20))
    hello(office, till)
    assert DailyWork(office).run_if_due()
    assert len([row for row in rows(aside, "point_entry") if row.kind == "expire"]) == len(PEOPLE)
    ahead = [row for row in rows(aside, "spending_right") if row.kind == "home" and ":" in row.id]
    assert {row.member_id for row in ahead} == {each.id for each in PEOPLE}
    differs = {row.till_id for row in rows(aside, "exception") if row.kind == "day_differs"}
    assert len(differs) == 2


def commands(office: HeadOffice) -> None:
    """What a person starts on the database: it goes by how head office was started."""

    class AtHand(Office):
        """On the engine that is recorded."""

        @contextmanager
        def _opened(self) -> Iterator[Database]:
            yield office.database

    with office.database.write() as connection:
        import_catalogue(connection, (replace(TOP, id="top2", code="TOP2"),))
    at_hand = AtHand("", "สมศรี", "ทดสอบ", CLOCK)
    numbers = [each.number for each in PEOPLE]
    assert at_hand.set_segment("vip", numbers).added == len(PEOPLE)
    assert at_hand.set_segment("vip", numbers[:1]).removed == len(PEOPLE) - 1
    assert at_hand.give_coupons(ONCE.code, "back", numbers).coupons == len(PEOPLE)
    assert at_hand.top_spenders("TOP2", anyway=True).coupons > 1
    for member in PEOPLE:
        give(office, 30, date(2020, 1, 1), member_id=member.id)
    assert at_hand.expire().points == 30 * len(PEOPLE)
    day = CLOCK.now().date()
    looked = at_hand.recheck(day - timedelta(days=400), day)
    assert looked.checked + looked.not_checkable > 1
    newcomers = [MemberImport(make_member(n), buckets={None: 5}) for n in range(800, 804)]
    assert import_members_apart(office.units, newcomers, CLOCK) == len(newcomers)
    assert {each.member.id for each in newcomers} <= {row.id for row in rows(office.database, "member")}


def by_stick(office: HeadOffice, folder: Path) -> None:
    """A file is carried in, twice."""
    counter = enrolled_counter(office, folder, "carried")
    try:
        for member in PEOPLE:
            counter.sell(2, member=member, points=3)
        up = carry.export(counter.store, folder / "up.pmup", CLOCK, app_version="test").path
        for _ in range(2):
            assert carry_in(office, up).error == ""
    finally:
        counter.close()


def tills_of(database: Database) -> tuple[RawTill, RawTill]:
    """Two, of two branches."""
    return RawTill(database, TILLS[0]), RawTill(database, TILLS[1])
