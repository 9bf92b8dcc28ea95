"""A shop with a program of every kind, a real till on real files, and a head office that takes its facts in."""

from __future__ import annotations

import atexit
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillDraft, BillReturn, Tender
from pos_member.domain.coupon import CouponDefinition, CouponValueKind, Scope
from pos_member.domain.errors import Refusal
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Member
from pos_member.domain.org import Currency
from pos_member.domain.program import (
    Audience,
    Effect,
    EffectKind,
    Goal,
    GoalMetric,
    Limits,
    Program,
    Trigger,
)
from pos_member.domain.tally import Period
from pos_member.domain.tiers import TierLevel, TierMetric, TierScheme
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.portable import Database
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from tests.db_support import SetClock, copy_template, no_keystore
from tests.factories import CASH, QuickHasher, World, make_settings, make_things
from tests.headoffice.direct import DirectLine
from tests.office_database import OFFICES, office_url

DRINKS, GOODS = Scope(categories=("cat-drinks",)), Scope(categories=("cat-goods",))
TWENTY = CouponDefinition("def-20", "C20", "ลด 20", "20 off", CouponValueKind.AMOUNT, 2_000, per_bill_max=3)
TENTH = CouponDefinition("def-10", "C10", "ลด 10%", "10 %", CouponValueKind.PERCENT, 1_000, uses_per_code=2)
DEFINITIONS = (TWENTY, TENTH)
Kind = EffectKind
_OFFICE, _TILL = "office.db", "till"


def program(kind: EffectKind, n: int = 0, *, members: bool = True, **more: object) -> Program:
    """One of a kind; fields of ``Effect`` and of ``Program`` alike."""
    effect = {name: more.pop(name) for name in list(more) if name in Effect.__dataclass_fields__}
    code = f"{kind.value}-{n}"
    return Program(
        id=code,
        code=code.upper(),
        name_th=f"โปรแกรม {code}",
        name_en=code,
        effect=Effect(kind.value, **effect),  # type: ignore[arg-type]
        audience=more.pop("audience", Audience(members_only=members)),  # type: ignore[arg-type]
        format=2,
        **more,  # type: ignore[arg-type]
    )


PROGRAMS = (
    program(Kind.EARN_PER_STEP, points=1, step_satang=2_500, carry=True),
    program(Kind.EARN_PER_STEP, 1, points=1, step_satang=10_000, currency="cup"),
    program(Kind.EARN_IN_PROPORTION, points=3, step_satang=10_000, scope=GOODS),
    program(Kind.EARN_PER_UNIT, points=2, scope=DRINKS, limits=Limits(per_member_day=6)),
    program(Kind.EARN_FIXED, points=100, goal=Goal(GoalMetric.SPEND, 200_000, Period.MONTH, 2)),
    program(Kind.MULTIPLY, factor=Fraction(3, 2), audience=Audience(tiers=("SILVER", "GOLD"))),
    program(Kind.ADD_POINTS, points=5, trigger=Trigger(minimum_satang=20_000)),
    program(Kind.ISSUE_COUPON, coupon=TWENTY.id, step_satang=30_000),
    program(Kind.DISCOUNT_PERCENT, percent_bp=500, scope=DRINKS, members=False, limits=Limits(total=200)),
    program(Kind.DISCOUNT_AMOUNT, amount_satang=1_000, members=False, limits=Limits(budget_satang=500_000)),
    program(Kind.FIXED_PRICE, buy=3, amount_satang=10_000, scope=Scope(products=("tea",)), members=False),
    program(Kind.CHEAPEST_FREE, buy=3, get=1, percent_bp=10_000, scope=Scope(products=("cake", "cookie"))),
    program(Kind.BUY_X_GET_Y, buy=2, get=1, percent_bp=5_000, scope=Scope(products=("mug",)), members=False),
    program(Kind.REWARD_DISCOUNT, points=50, amount_satang=500),
    program(Kind.REWARD_PRODUCT, points=3, get=1, currency="cup", scope=DRINKS),
    program(Kind.REWARD_COUPON, points=80, coupon=TENTH.id, count=1),
    program(Kind.DRAW_ENTRIES, count=1, step_satang=10_000),
    program(Kind.REFERRAL, points=30, referrer_points=40, trigger=Trigger(minimum_satang=10_000)),
    program(Kind.TOP_SPENDER, coupon=TENTH.id, count=2),
    program(Kind.DISCOUNT_PERCENT, 1, percent_bp=200, audience=Audience(birthday_month=True), scope=GOODS),
)
TIERS = TierScheme(
    TierMetric.SPEND, (TierLevel("SILVER", "เงิน", "Silver", 100_000), TierLevel("GOLD", "ทอง", "Gold", 400_000))
)


def things(hasher: QuickHasher) -> list[object]:
    """The test shop with these programs instead of the usual ones."""
    settings = make_settings(currencies=(Currency("cup", "แก้ว", "Cup"),), tiers=TIERS)
    kept = [each for each in make_things(hasher, settings) if not isinstance(each, Program | CouponDefinition)]
    return [*kept, *DEFINITIONS, *PROGRAMS]


@dataclass
class Shop:
    """Head office and one till at the line between them. ``day`` goes on with every bill."""

    database: Database
    office: HeadOffice
    clock: SetClock
    world: World
    engine: SyncEngine
    chance: random.Random
    members: list[Member] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    returns: list[BillReturn] = field(default_factory=list)

    def sync(self) -> None:
        assert self.engine.sync_once().reason is None

    def enrol(self, n: int, **more: object) -> Member:
        self.members.append(self.world.enrol(f"081{n:07d}", **more))
        return self.members[-1]

    def trade(self, bills: int) -> None:
        """Sell, redeem, use coupons and take back, as it comes; the line is there now and then."""
        for _ in range(bills):
            self.clock.forward(timedelta(hours=self.chance.choice((1, 5, 20))))
            self._sell()
            if self.bills and self.chance.random() < 0.25:
                self._take_back()
            if self.chance.random() < 0.4:
                self.sync()
        self.sync()

    def _sell(self) -> None:
        chance, till = self.chance, self.world.till
        names = ("espresso", "tea", "beans", "mug", "cookie", "cake", "latte")
        goods = {name: chance.randint(1, 5) for name in chance.sample(names, chance.randint(1, 4))}
        member = chance.choice([*self.members, *self.members, None])
        draft = self.world.draft(goods, member)
        for code in self._codes():
            with suppress(Refusal):
                draft = till.redemption.lay_coupon(draft, code)
        if member is not None:
            for reward in till.checkout.preview(draft).evaluation.rewards:
                if reward.times_max and chance.random() < 0.6:
                    with suppress(Refusal):
                        draft = till.redemption.choose_reward(draft, reward.program_id, 1)
        self.bills.append(self._complete(draft))

    def _complete(self, draft: BillDraft) -> Bill:
        preview = self.world.till.checkout.preview(draft)
        total = preview.total_cash_satang
        tenders = (Tender(CASH, total),) if total else ()
        return self.world.till.checkout.complete(self.world.session(), draft, tenders).bill

    def _codes(self) -> list[str]:
        issued = [coupon.code for bill in self.bills for coupon in bill.coupons_issued]
        return self.chance.sample(issued, min(len(issued), 2)) if self.chance.random() < 0.7 else []

    def _take_back(self) -> None:
        bill = self.chance.choice(self.bills)
        lines = {line.line_no: line.quantity_milli for line in bill.lines if self.chance.random() < 0.7}
        returns, session = self.world.till.returns, self.world.session("1003")
        with suppress(Refusal):
            done = returns.complete(session, bill.id, lines, return_id=returns.new_id(), reason="ทดสอบ")
            self.returns.append(done.document)


@dataclass(frozen=True)
class _Made:
    """A shop to copy: its files, and what only the process knew of it."""

    folder: Path
    #: What PostgreSQL's database was made for.
    place: Path
    at: datetime
    chance: tuple[Any, ...]
    members: tuple[Member, ...]
    bills: tuple[Bill, ...]
    returns: tuple[BillReturn, ...]


@cache
def _made(_kind: str, dice: int = 1, bills: int = 0) -> _Made:
    """One for each database: making the shop takes ten times as long as copying it."""
    base = Path(tempfile.mkdtemp(prefix="pos-member-shop-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    # Moved when it is made: where no till is left behind, its copies are that till moved, and not clones of it.
    folder = base / "made"
    folder.mkdir()
    OFFICES.keep(folder / _OFFICE)
    with open_shop(folder, dice) if bills else _new_shop(folder) as shop:
        shop.trade(bills)
        facts = (tuple(shop.members), tuple(shop.bills), tuple(shop.returns))
        at, chance = shop.clock.at, shop.chance.getstate()
    return _Made(folder.rename(base / "template"), folder / _OFFICE, at, chance, *facts)


@contextmanager
def _new_shop(folder: Path) -> Iterator[Shop]:
    """The shop with four members, one of them brought by another, everything synced."""
    clock = SetClock()
    with _till(folder, clock) as data, _opened(folder, data, clock, 0, 1) as shop:
        with shop.database.write() as connection:
            import_catalogue(connection, things(QuickHasher()))  # type: ignore[arg-type]
        enrol("http://127.0.0.1:1", shop.office.enrol_code("BK01"), data.sync_store, transport=DirectLine(shop.office))
        shop.sync()
        for n in range(3):
            shop.enrol(n, birthday="21/11/1990" if n == 1 else "")
        shop.enrol(9, referred_by=shop.members[0].number)
        shop.sync()
        yield shop


@contextmanager
def open_shop(folder: Path, dice: int = 1, bills: int = 0) -> Iterator[Shop]:
    """The shop with four members, one of them brought by another, after ``bills`` bills; everything synced."""
    made = _made(OFFICES.kind, dice, bills) if bills else _made(OFFICES.kind)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    OFFICES.copy(made.place, folder / _OFFICE)
    clock = SetClock(made.at)
    # Another seed than its template's: ids that a till makes in one moment come from it.
    with _till(folder, clock) as data, _opened(folder, data, clock, bills + 1, dice) as shop:
        if bills:
            shop.chance.setstate(made.chance)
        for mine, theirs in ((shop.members, made.members), (shop.bills, made.bills), (shop.returns, made.returns)):
            mine.extend(theirs)  # type: ignore[arg-type]
        yield shop


def _till(folder: Path, clock: SetClock) -> DataFolder:
    """With notes of its own: no copy of the shop hears of another."""
    if not (folder / _TILL).exists():
        copy_template(folder / _TILL)
    return DataFolder(folder / _TILL, clock, find_keystore=no_keystore, state=folder / "state")


@contextmanager
def _opened(folder: Path, data: DataFolder, clock: SetClock, seed: int, dice: int) -> Iterator[Shop]:
    database = open_database(office_url(folder / _OFFICE))
    try:
        office = HeadOffice(database, clock, IdMaker(clock))
        engine = SyncEngine(data.sync_store, DirectLine(office), clock, random.Random(dice))
        world = World(data, clock, QuickHasher(), seed)
        yield Shop(database, office, clock, world, engine, random.Random(dice))
    finally:
        database.close()
