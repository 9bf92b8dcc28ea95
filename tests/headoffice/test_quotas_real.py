"""Two real tills with a line that comes and goes share a limit: nobody gets more than there is, and all of it goes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pytest

from pos_member.domain.bill import Bill, Tender
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.ids import IdMaker
from pos_member.domain.program import EffectKind, Limits, Program
from pos_member.headoffice import quotas, rechecking
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from tests.db_support import SetClock, make_folder
from tests.factories import CASH, QuickHasher, World
from tests.headoffice.direct import DirectLine
from tests.headoffice.every_kind import program, things
from tests.headoffice.office_support import open_exceptions, rows
from tests.office_database import office_url

TIMES, BUDGET = 23, 30_000
#: So many bills one after the other get nothing: it is all used up.
WITHOUT = 6
FIRST = program(EffectKind.DISCOUNT_AMOUNT, 7, members=False, amount_satang=1_000, limits=Limits(total=TIMES))
MONEY = program(EffectKind.DISCOUNT_PERCENT, 7, members=False, percent_bp=1_000, limits=Limits(budget_satang=BUDGET))


@contextmanager
def tills(folder: Path) -> Iterator[tuple[HeadOffice, list[tuple[World, SyncEngine]]]]:
    """Head office with two limited programs, and two tills that have read them."""
    clock = SetClock()
    office = HeadOffice(open_database(office_url(folder / "office.db")), clock, IdMaker(clock))
    shop = [each for each in things(QuickHasher()) if not isinstance(each, Program | CouponDefinition)]
    with office.database.write() as connection:
        import_catalogue(connection, [*shop, FIRST, MONEY])  # type: ignore[list-item]
    line = DirectLine(office)
    with ExitStack() as stack:
        stack.callback(office.database.close)
        made = []
        for n, name in enumerate(("one", "two")):
            data = stack.enter_context(make_folder(folder, clock, name))
            enrol("http://127.0.0.1:1", office.enrol_code("BK01"), data.sync_store, transport=line)
            engine = SyncEngine(data.sync_store, line, clock, random.Random(n))
            assert engine.sync_once().reason is None
            made.append((World(data, clock, QuickHasher(), n), engine))
        yield office, made


def sell(world: World, pieces: int) -> Bill:
    draft = world.draft({"mug": pieces})
    total = world.till.checkout.preview(draft).total_cash_satang
    tenders = (Tender(CASH, total),) if total else ()
    return world.till.checkout.complete(world.session(), draft, tenders).bill


def used(bills: list[Bill], returned: set[str]) -> tuple[int, int]:
    """Times and money the two programs gave on bills that stand."""
    kept = [d for bill in bills if bill.id not in returned for d in bill.discounts]
    times = sum(d.program_id == FIRST.id for d in kept)
    return times, sum(d.amount_satang for d in kept if d.program_id == MONEY.id)


@pytest.mark.parametrize("dice", range(4))
def test_whatever_the_line_does_a_limit_holds_and_is_used_up(tmp_path: Path, dice: int) -> None:
    chance = random.Random(dice)
    bills: list[Bill] = []
    returned: set[str] = set()
    with tills(tmp_path) as (office, both):
        for _ in range(70):
            world, engine = chance.choice(both)
            what = chance.random()
            if what < 0.3:
                assert engine.sync_once().reason is None
            elif what < 0.4 and bills:
                mine = [b for b in bills if b.id not in returned and world.store.facts.bill(b.id) is not None]
                if mine:
                    bill = chance.choice(mine)
                    lines = {line.line_no: line.quantity_milli for line in bill.lines}
                    returns = world.till.returns
                    returns.complete(world.session("1003"), bill.id, lines, return_id=returns.new_id(), reason="คืน")
                    returned.add(bill.id)
            else:
                bills.append(sell(world, chance.randint(1, 3)))
            times, money = used(bills, returned)
            assert times <= TIMES and money <= BUDGET
        # The line is back for good: one till sells on alone, and gets all but what the other still holds.
        assert both[1][1].sync_once().reason is None
        world, engine = both[0]
        without = 0
        for _ in range(60):
            assert engine.sync_once().reason is None
            bills.append(sell(world, 3))
            without = 0 if bills[-1].discounts else without + 1
            if without == WITHOUT:
                break
        assert engine.sync_once().reason is None
        identity = world.store.facts.identity()
        assert identity is not None
        for key, which, limit in ((FIRST.id, "times", TIMES), (MONEY.id, "satang", BUDGET)):
            held = [row for row in rows(office.database, "quota") if row.key == key]
            assert sum(getattr(row, which) for row in held) == limit
            (mine,) = [row for row in held if row.till_id == identity.id]
            assert getattr(mine, f"used_{which}") == getattr(mine, which)
        with office.database.read() as connection:
            spent = quotas.used(connection)
        assert (spent[FIRST.id][0], spent[MONEY.id][1]) == used(bills, returned)
        assert open_exceptions(office.database) == {}
        found = rechecking.recheck_bills(office.database, date(2026, 1, 1), date(2027, 1, 1), world.context.clock.now())
        assert found == rechecking.Rechecked(checked=len(bills))
